"""What ships to production: loads artifacts, renders them with a request's inputs. Standard library, no compiler."""

from promptc.core.errors import PromptcError
from promptc.core.residual import InputError
from promptc.runtime.artifact import Artifact
from promptc.runtime.rendered import Rendered
from promptc.runtime.request import RequestError

__all__ = ["Artifact", "InputError", "PromptcError", "Rendered", "RequestError"]
