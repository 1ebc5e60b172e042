"""Runs every payload in one process and prints a JSON line for each: what became of it, CPU seconds, growth of the peak.

`python -m tests.laws.sandbox_run [FIRST [COUNT]]`; test_sandbox.py reads what it prints.
"""

from __future__ import annotations

import json
import resource
import signal
import sys
import time
import traceback

from tests.laws.payloads import all_payloads
from tests.laws.world import PROMPT, Refused, World, one

HANGS_SECONDS = 6
ADDRESSES_BYTES_MAX = 2 * 1024**3


class Hangs(BaseException):
    """A payload that is still running."""


def stop(*_: object) -> None:
    raise Hangs


def peak_mib() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return used / (1024 * 1024 if sys.platform == "darwin" else 1024)


def outcome(world: World) -> tuple[str, str]:
    try:
        world.artifact()
    except Refused as refused:
        errors = [finding for finding in refused.findings if finding.is_error]
        placed = all(finding.place.file for finding in errors)
        return ("refused" if errors and placed else "no place"), " ".join(sorted({finding.code for finding in errors}))
    except Hangs:
        return "hangs", ""
    except MemoryError:
        return "hangs", "out of memory"
    except (Exception, RecursionError) as error:  # noqa: BLE001 - what escapes is what is looked for
        return "crash", "".join(traceback.format_exception(error, limit=-2))[-400:]
    return "accepted", ""


def main(first: int = 0, count: int = 100_000) -> None:
    signal.signal(signal.SIGPROF, stop)
    # A payload that gets away may not take the machine with it.
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESSES_BYTES_MAX, ADDRESSES_BYTES_MAX))
    one("warm {{ 1 }}").artifact()
    for number, (family, world) in enumerate(all_payloads()[first : first + count], first):
        before, began = peak_mib(), time.process_time()
        signal.setitimer(signal.ITIMER_PROF, HANGS_SECONDS)
        kind, detail = outcome(world)
        signal.setitimer(signal.ITIMER_PROF, 0)
        seconds, growth = time.process_time() - began, peak_mib() - before
        body = world.templates[PROMPT]
        print(json.dumps({"number": number, "family": family, "kind": kind, "detail": detail, "seconds": round(seconds, 3), "growth_mib": round(growth, 1), "payload": body[:160]}), flush=True)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
