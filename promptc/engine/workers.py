"""Workers: one kind of task done by several processes, whose results depend neither on their number nor on their order.

    tasks -> [workers] -> results, in the order of the tasks

Processes are forked, so that they begin with everything their parent has read, and share its memory. A worker that
fails says why and the whole run fails with that; when the parent is stopped, its workers end with it, and when it is
killed they end as soon as they notice. Where only one process is wanted, or none can be made, the same work is done here.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, Protocol, cast

from promptc.core.errors import Exit, PromptcError

WAITING_MAX = 2  # tasks that a worker has at hand, so that it never waits for the next
JOBS_MAX = 64
END_SECONDS_MAX = 2.0
_SIGNALS = frozenset({signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGALRM})


class Worker(Protocol):
    """What does tasks in one process."""

    def work(self, task: Any) -> Any:
        """Do one task."""

    def finish(self) -> Any:
        """After the last task: what the process gathered."""

    def abandon(self) -> None:
        """The run failed: leave nothing behind."""


def cores() -> int:
    """How many processes may run at once here."""
    if hasattr(os, "sched_getaffinity"):
        return min(len(os.sched_getaffinity(0)), JOBS_MAX)
    return min(os.cpu_count() or 1, JOBS_MAX)


def run(
    tasks: Sequence[Any], start: Callable[[], Worker], *, jobs: int, on_result: Callable[[int, Any], None]
) -> list[Any]:
    """Do all tasks; `on_result` is called here with each one's index and result, in any order. Gives what workers gathered.

    `start` makes a worker, in the process in which it will work. Tasks are small, as pairs of numbers are: two of them
    must fit into a pipe that nobody reads. Results may be large.
    """
    if jobs > 1 and len(tasks) > 1:
        processes = _start_all(start, min(jobs, len(tasks)))
        if processes:
            return _drive(tasks, processes, on_result)
    worker = start()
    try:
        for index, task in enumerate(tasks):
            on_result(index, worker.work(task))
        return [worker.finish()]
    except BaseException:
        worker.abandon()
        raise


def _start_all(start: Callable[[], Worker], jobs: int) -> list[tuple[Any, Any]]:
    """Workers as (process, connection); none where this machine makes none."""
    import gc
    from multiprocessing import get_context

    try:
        context = get_context("fork")
    except ValueError:
        return []
    made: list[tuple[Any, Any]] = []
    # What is here stays; without this, collecting in a worker would copy all of it.
    gc.freeze()
    try:
        for _ in range(jobs):
            ours, theirs = context.Pipe()
            others = [connection for _, connection in made]
            process = context.Process(target=_serve, args=(start, theirs, [*others, ours]), daemon=True)
            with _signals_held():
                process.start()
                made.append((process, ours))
            theirs.close()
    except OSError:
        # No more processes: those that there are will do.
        return made
    except BaseException:
        _end_all(made)
        raise
    finally:
        gc.unfreeze()
    return made


@contextmanager
def _signals_held() -> Iterator[None]:
    """Signals wait meanwhile: what a handler raised in a process that has only begun would be said there, and not heard."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _drive(tasks: Sequence[Any], processes: list[tuple[Any, Any]], on_result: Callable[[int, Any], None]) -> list[Any]:
    from multiprocessing.connection import wait

    gathered: list[Any] = []
    process_of = {connection: process for process, connection in processes}
    left = iter(enumerate(tasks))
    try:
        waiting = {connection: 0 for _, connection in processes}
        for _ in range(WAITING_MAX):
            for connection in waiting:
                _hand_out(connection, left, waiting)
        open_ = set(waiting)
        for connection in [c for c in open_ if not waiting[c]]:
            _send(connection, None)
        while open_:
            for connection in cast(list[Any], wait(list(open_))):
                kind, index, value = _received(connection, process_of[connection])
                if kind == "result":
                    on_result(index, value)
                    waiting[connection] -= 1
                    _hand_out(connection, left, waiting)
                    if not waiting[connection]:
                        _send(connection, None)
                else:
                    gathered.append(value)
                    open_.discard(connection)
    finally:
        _end_all(processes)
    return gathered


def _hand_out(connection: Any, left: Iterator[tuple[int, Any]], waiting: dict[Any, int]) -> None:
    task = next(left, None)
    if task is not None:
        _send(connection, task)
        waiting[connection] += 1


def _send(connection: Any, task: Any) -> None:
    with suppress(ConnectionError):  # a worker's end is heard where its answer is awaited
        connection.send(task)


def _received(connection: Any, process: Any) -> tuple[str, int, Any]:
    try:
        kind, index, value = connection.recv()
    except (EOFError, OSError) as error:  # OSError: it ended in the midst of what it said
        process.join(END_SECONDS_MAX)
        code = process.exitcode
        said = f"by signal {-code}" if code is not None and code < 0 else f"with code {code}"
        hint = "the system's log may say why (memory?); `--jobs 1` does the work in one process"
        message = f"a worker process ended {said} before its work was done"
        raise PromptcError("C021", message, hint=hint, exit_code=Exit.MACHINE) from error
    if kind == "refused":
        code, message, hint, exit_code = value
        raise PromptcError(code, message, hint=hint, exit_code=Exit(exit_code))
    if kind == "memory":
        raise MemoryError
    if kind == "system":
        raise OSError(*value)
    if kind == "bug":
        raise WorkerError(value)
    return kind, index, value


class WorkerError(Exception):
    """A bug of ours that showed in a worker; its text is the traceback there."""


def _end_all(processes: list[tuple[Any, Any]]) -> None:
    for process, _ in processes:
        if process.is_alive():
            process.terminate()
    for process, connection in processes:
        with suppress(OSError):
            connection.close()
        process.join(END_SECONDS_MAX)
        if process.is_alive():
            process.kill()
            process.join()


def _serve(start: Callable[[], Worker], connection: Any, others: list[Any]) -> None:
    """A worker process, from its first task to its last. It inherits its siblings' ends of pipes, which it must not keep."""
    # Whoever interrupts us interrupts our parent too, and that ends us.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for number in _SIGNALS - {signal.SIGINT}:
        # What whoever started us told us to ignore (nohup) stays ignored here, too.
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
    for other in others:
        other.close()
    worker: Worker | None = None
    try:
        worker = start()
        while (task := connection.recv()) is not None:
            index, given = task
            connection.send(("result", index, worker.work(given)))
        connection.send(("done", -1, worker.finish()))
    except (EOFError, BrokenPipeError, ConnectionError):
        if worker is not None:
            worker.abandon()  # the parent is gone
    except BaseException as error:
        if worker is not None:
            with suppress(Exception):
                worker.abandon()
        with suppress(OSError):
            connection.send(_failure(error))


def _failure(error: BaseException) -> tuple[str, int, Any]:
    if isinstance(error, PromptcError):
        return "refused", -1, (error.code, error.message, error.hint, int(error.exit_code))
    if isinstance(error, MemoryError):
        return "memory", -1, None
    if isinstance(error, OSError):
        return "system", -1, (error.errno, error.strerror or str(error), error.filename)
    import traceback

    return "bug", -1, "".join(traceback.format_exception(error))
