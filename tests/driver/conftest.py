"""The same folders in memory as the engine's tests have."""

from tests.engine.conftest import tmp_path

__all__ = ["tmp_path"]
