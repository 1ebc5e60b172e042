"""Main: start the command line, and turn whatever ends it into one message and an exit code.

    console script -> [main] -> group -> one command

Imports nothing at its top but what Python has loaded anyway, so that `promptc --help` costs little more than click.
No traceback is ever shown for bad input; anything unexpected is said to be our bug and keeps its traceback.
"""

from __future__ import annotations

import os
import signal
import sys
from typing import Any, NoReturn

OK, USAGE, MACHINE, LIMIT, BUG, INTERRUPTED, PIPE, TERMINATED = 0, 2, 6, 8, 70, 130, 141, 143
NAME_MAX, MESSAGE_MAX = 120, 400
AGAIN_SECONDS = 0.3
# The exit code of the signal that arrived, if one did; signals have no other way to tell.
_stopped: list[int] = []


class Terminated(BaseException):
    """SIGTERM or SIGHUP arrived. A BaseException, so that no `except Exception` on the way swallows it."""


def main() -> NoReturn:
    """The console script. Never returns: exits with a code of docs/exit-codes.md."""
    code = BUG
    try:
        _prepare()
        code = run(sys.argv[1:])
    except KeyboardInterrupt:
        _caught()
        code = INTERRUPTED
    except Terminated:
        _caught()
        code = TERMINATED
    _leave(_finish(_stopped[0] if _stopped else code))


def run(arguments: list[str]) -> int:
    """Run one command line and say what went wrong, if anything did; the exit code."""
    try:
        return _dispatch(arguments)
    except KeyboardInterrupt:
        _caught()
        _say("\ninterrupted")
        return INTERRUPTED
    except BrokenPipeError:
        return PIPE
    except MemoryError:
        _error("C011", "out of memory")
        return LIMIT
    except OSError as error:
        _error("C010", _os_message(error))
        return MACHINE
    except Exception as error:
        # A signal may arrive wrapped: Python 3.11 turns what is raised while a class is made into a RuntimeError.
        return _stopped[0] if _stopped else _refused(error)


def _dispatch(arguments: list[str]) -> int:
    import click

    from promptc.cli.group import promptc

    if sys.stdout is None:
        # With descriptor 1 closed, the next file that is opened would become standard output.
        os.open(os.devnull, os.O_WRONLY)
        raise OSError(9, "standard output is closed")
    try:
        result = _invoke(promptc, arguments)
    except click.exceptions.Exit as error:
        return error.exit_code
    except click.exceptions.Abort:
        _say("\ninterrupted")
        return INTERRUPTED
    except click.UsageError as error:
        return _usage(error)
    except click.ClickException as error:
        _error("C001", error.format_message())
        return USAGE
    return result if isinstance(result, int) else OK


def _invoke(group: Any, arguments: list[str]) -> Any:
    """The command's own result. click's `main` is left out: it would turn a reader that went away into exit code 1."""
    if "_PROMPTC_COMPLETE" in os.environ:
        return group.main(args=arguments, prog_name="promptc", standalone_mode=False)
    with group.make_context("promptc", arguments, terminal_width=_help_width()) as context:
        return group.invoke(context)


def _help_width() -> int:
    """Columns for help. Asked of the system here, since click's way imports shutil, and that a tenth of its own time."""
    columns = os.environ.get("COLUMNS", "")[:6]
    if not columns.isdecimal():
        try:
            columns = str(os.get_terminal_size().columns)
        except (ValueError, OSError):
            columns = "80"
    return max(50, min(int(columns), 100) - 2)


def _usage(error: Any) -> int:
    """click's own words in the house shape: literals in backticks, cut where nobody would read on."""
    import re

    from click.exceptions import NoSuchOption

    if type(error).__name__ == "NoArgsIsHelpError":  # click 8.2 and later; its message is the help
        _say(error.format_message())
        return USAGE
    hint = f"try `{error.ctx.command_path} --help`" if error.ctx is not None else ""
    if isinstance(error, NoSuchOption):
        message = f"unknown option `{error.option_name[:NAME_MAX]}`"
        hint = f"did you mean `{error.possibilities[0]}`?" if error.possibilities else hint
    else:
        message = re.sub(r"'([^'\n]*)'", r"`\1`", error.format_message()).rstrip(".")
        message = message[:1].lower() + message[1:]
    _error("C001", message if len(message) <= MESSAGE_MAX else message[:MESSAGE_MAX] + "…", hint)
    return USAGE


def _refused(error: Exception) -> int:
    """promptc's own errors, which are imported when there is one; anything else is our bug."""
    from promptc.core.errors import PromptcError

    if not isinstance(error, PromptcError):
        return _bug()
    say_refusal(error)
    return int(error.exit_code)


def say_refusal(error: Any) -> None:
    """What can't be done, on standard error. Errors of inputs carry all that is wrong with them, to be said at once."""
    for problem in getattr(error, "problems", (error,)):
        if getattr(problem, "exit_code", None) == OK:
            _say(f"note[{problem.code}]: {problem.message}; {problem.hint}")
        else:
            _error(problem.code, problem.message, problem.hint)


def _bug() -> int:
    import traceback

    _error("C070", "this is a bug in promptc, not in your sources", "please report it with the lines below")
    _say("\n" + traceback.format_exc())
    return BUG


def _os_message(error: OSError) -> str:
    """The system's own words, with the file's name relative to where we stand: no home path in a message."""
    said = (error.strerror or str(error)).lower()
    if error.filename is None:
        return said
    name = os.fsdecode(error.filename)
    try:
        near = os.path.relpath(name)
        name = os.path.basename(name) if near.startswith("..") else near
    except (OSError, ValueError):
        name = os.path.basename(name)
    return f"{said}: {name}"


def _error(code: str, message: str, hint: str = "") -> None:
    from promptc.cli.terminal import say_error

    say_error(code, message, hint)


def _say(text: str) -> None:
    from promptc.cli.terminal import say

    say(text)


def _prepare() -> None:
    """UTF-8 out whatever the locale says, so that the same command writes the same bytes everywhere; signals."""
    import gc

    # Most of what a command makes stays until its end, so looking for garbage as often as Python does finds none.
    gc.set_threshold(100_000, 20, 100)
    for stream in (sys.stdout, sys.stderr):
        if stream is not None and hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    for name in ("SIGTERM", "SIGHUP", "SIGINT"):
        number = getattr(signal, name, None)
        # What whoever started us told us to ignore (nohup, a shell's background job) stays ignored.
        if number is not None and signal.getsignal(number) in (signal.SIG_DFL, signal.default_int_handler):
            signal.signal(number, _stop)


def _stop(number: int, frame: Any) -> NoReturn:
    """Raise what the signal means, and once more a little later until somebody has caught it.

    Python drops an exception that is raised while it runs a weak reference's callback or a `__del__`, and imports have
    many of those: without the second time, an interrupt there would be lost and the build would go on.
    """
    _stopped[:] = [INTERRUPTED if number == signal.SIGINT else TERMINATED]
    if hasattr(signal, "setitimer"):
        signal.signal(signal.SIGALRM, lambda _, at: _stop(number, at))
        signal.setitimer(signal.ITIMER_REAL, AGAIN_SECONDS)
    raise KeyboardInterrupt if number == signal.SIGINT else Terminated


def _caught() -> None:
    """The signal has been heard: it need not be said again."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, 0)


def _finish(code: int) -> int:
    """Flush what is left: a reader that went away is 141, a full disk 6."""
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except BrokenPipeError:
        return PIPE
    except OSError as error:
        _error("C010", f"can't write to standard output: {_os_message(error)}")
        return MACHINE
    return code


def _leave(code: int) -> NoReturn:
    """Exit at once. Python would free every object by itself, a tenth of the time of a small build; the system frees all.

    Nothing is left to be closed: whoever opened a file, a database or a process has ended it. It also keeps Python from
    flushing once more what can't be written, and from ending by the signal of an interrupt that was caught while text
    was compiled (bpo-1054041), which would make the exit code depend on where it hit.
    """
    from contextlib import suppress

    with suppress(OSError, ValueError):
        if sys.stderr is not None:
            sys.stderr.flush()
    os._exit(code)
