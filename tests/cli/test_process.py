"""promptc as a process: exit codes, streams, signals, and the machine around it."""

from __future__ import annotations

import os
import pty
import re
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from promptc.cli import main
from tests.cli.conftest import COMMAND, Promptc, environment


def test_data_goes_to_stdout_and_findings_to_stderr(project: Path, promptc: Promptc) -> None:
    (project / "tenants" / "globex.yaml").write_text("variables: {prodct: Globex}\n")
    done = promptc("list", cwd=project)
    assert done.returncode == 3
    assert "acme/reply" in done.stdout
    assert "O101" not in done.stdout
    assert "error[O101]: unknown variable `prodct`" in done.stderr


@pytest.mark.parametrize("place", ["before", "after", "nested", "twice"])
def test_the_folder_may_be_named_anywhere(place: str, started: Path, promptc: Promptc, tmp_path: Path) -> None:
    arguments = {
        "before": ["-C", str(started), "list"],
        "after": ["list", "-C", str(started)],
        "nested": ["list", "-C", str(started / "tenants" / "layers")],
        "twice": ["-C", str(started.parent), "list", "-C", started.name],
    }[place]
    done = promptc(*arguments)
    assert done.returncode == 0, done.stderr
    assert "acme/reply" in done.stdout


def test_the_folder_of_a_nested_command(project: Path, promptc: Promptc) -> None:
    done = promptc("new", "tenant", "initech", "--set", "product=I", "-C", str(project))
    assert done.returncode == 0, done.stderr
    assert (project / "tenants" / "initech.yaml").exists()


def test_the_project_is_found_from_a_folder_below(started: Path, promptc: Promptc) -> None:
    assert promptc("check", cwd=started / "sources" / "prompts").returncode == 0


def test_a_reader_that_goes_away_is_141(started: Path) -> None:
    command = f"{' '.join(COMMAND)} schema tenant; echo $? >&2"
    piped = subprocess.run(
        ["bash", "-c", f"({command}) | true"], cwd=started, env=environment(), capture_output=True, text=True
    )
    assert piped.stderr.strip() in ("141", "0"), piped.stderr  # 0 when everything was written before the reader left
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run([*COMMAND, "list"], cwd=started, env=environment(), stdout=writer, stderr=subprocess.PIPE)
    os.close(writer)
    assert done.returncode == 141
    assert b"Traceback" not in done.stderr


def test_a_closed_stdout_is_refused_before_anything_is_done(project: Path) -> None:
    done = subprocess.run(
        ["bash", "-c", f"exec {' '.join(COMMAND)} build >&-"],
        cwd=project,
        env=environment(),
        stderr=subprocess.PIPE,
        text=True,
    )
    assert done.returncode == 6
    assert "error[C010]: standard output is closed" in done.stderr
    assert not (project / "build" / "latest.json").exists()


def test_closed_stderr_hides_messages_and_nothing_else(started: Path) -> None:
    done = subprocess.run(
        ["bash", "-c", f"exec {' '.join(COMMAND)} list 2>&-"],
        cwd=started,
        env=environment(),
        stdout=subprocess.PIPE,
        text=True,
    )
    assert done.returncode == 0
    assert "acme/reply" in done.stdout


def test_a_full_disk_is_6(started: Path) -> None:
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [*COMMAND, "list"], cwd=started, env=environment(), stdout=full, stderr=subprocess.PIPE, text=True
        )
    assert done.returncode == 6
    assert "no space left on device" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_folder_that_is_gone(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    done = subprocess.run(
        ["bash", "-c", f"cd {gone}; rmdir {gone}; exec {' '.join(COMMAND)} build"],
        env=environment(),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 6
    assert "error[C010]: the current folder is gone" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "env",
    [
        {"HOME": None},
        {"LANG": "tr_TR.UTF-8", "LC_ALL": "tr_TR"},
        {"PYTHONUTF8": "0", "LC_ALL": "C"},
        {"PYTHONIOENCODING": "ascii"},
        {"COLUMNS": "7"},
    ],
    ids=str,
)
def test_the_same_bytes_in_any_environment(env: dict[str, str | None], started: Path, promptc: Promptc) -> None:
    plain = promptc("show", "acme/reply", cwd=started)
    assert plain.returncode == 0
    assert promptc("show", "acme/reply", cwd=started, env=env).stdout == plain.stdout


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 143)])
def test_signals(number: signal.Signals, code: int, project: Path) -> None:
    # Many targets, so that the signal arrives in the midst of them.
    lines = "".join(f'{{"id": "s{i}", "variables": {{"product": "P{i}"}}}}\n' for i in range(20_000))
    (project / "tenants" / "many.jsonl").write_text(lines)
    running = subprocess.Popen(
        [*COMMAND, "build"], cwd=project, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    while not list((project / "build" / "cache").glob("*")) and running.poll() is None:
        time.sleep(0.01)
    time.sleep(0.2)
    running.send_signal(number)
    _, err = running.communicate(timeout=60)
    assert running.returncode == code, err
    assert "Traceback" not in err
    assert not (project / "build" / "latest.json").exists()


LONG = "x" * 200_000
LONG_LINES = [
    [LONG],
    [f"--{LONG}"],
    ["-C", LONG, "check"],
    ["check", LONG],
    ["check", f"--{LONG}"],
    ["check", f"label:{LONG}=x"],
    ["show", LONG],
    ["show", "acme/reply", "--input", LONG],
    ["explain", "acme", LONG],
    ["graph", "--from", LONG],
    ["schema", LONG],
    ["help", LONG],
    ["new", "tenant", LONG],
    ["override", "acme/reply", LONG],
    ["rebase", LONG],
]


def test_long_and_odd_arguments(
    started: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(started)
    for arguments in LONG_LINES:
        began = time.monotonic()
        assert main.run(arguments) == 2, arguments[0][:20]
        assert time.monotonic() - began < 5
        assert len(capsys.readouterr().err) < 2_000
    for arguments in (
        ["check", "-rf"],
        ["check", "--", "-rf"],
        ["check", ""],
        ["show", ""],
        ["explain", "", ""],
        ["init", ""],
    ):
        assert main.run(arguments) == 2, arguments
        assert "Traceback" not in capsys.readouterr().err


def test_bytes_that_are_no_text(started: Path) -> None:
    done = subprocess.run(
        [*map(os.fsencode, COMMAND), b"check", b"acm\xff\x1b[2J"], cwd=started, env=environment(), capture_output=True
    )
    assert done.returncode == 2
    assert b"\x1b" not in done.stderr
    assert b"\\x1b[2J" in done.stderr


def test_a_bug_keeps_its_traceback(
    started: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(request: object, progress: object) -> None:
        raise ZeroDivisionError("a bug of ours")

    monkeypatch.chdir(started)
    monkeypatch.setattr("promptc.driver.checking.check", broken)
    assert main.run(["check"]) == 70
    err = capsys.readouterr().err
    assert err.startswith("error[C070]: this is a bug in promptc")
    assert "ZeroDivisionError: a bug of ours" in err


def test_out_of_memory_is_a_limit(
    started: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def greedy(request: object, progress: object) -> None:
        raise MemoryError

    monkeypatch.chdir(started)
    monkeypatch.setattr("promptc.driver.checking.check", greedy)
    assert main.run(["check"]) == 8
    assert capsys.readouterr().err == "error[C011]: out of memory\n"


def on_terminal(arguments: list[str], cwd: Path, env: dict[str, str]) -> str:
    """What a terminal would see, both streams."""
    master, slave = pty.openpty()
    running = subprocess.Popen([*COMMAND, *arguments], cwd=cwd, env=env, stdin=slave, stdout=slave, stderr=slave)
    os.close(slave)
    seen = b""
    while True:
        try:
            part = os.read(master, 65536)
        except OSError:
            break
        if not part:
            break
        seen += part
    os.close(master)
    running.wait(timeout=30)
    return seen.decode("utf-8", "replace")


@pytest.mark.parametrize(
    ("changes", "coloured"),
    [({"TERM": "xterm"}, True), ({"TERM": "xterm", "NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)],
)
def test_colour_on_a_terminal_alone(changes: dict[str, str], coloured: bool, started: Path) -> None:
    seen = on_terminal(["show", "acme/reply"], started, environment(**changes))
    assert ("\x1b[" in seen) is coloured
    assert "⟦input.message⟧" in re.sub(r"\x1b\[[0-9;]*m", "", seen)


def test_foreign_text_is_escaped_on_a_terminal_too(project: Path) -> None:
    (project / "inputs.json").write_text('{"message": "\\u001b]0;title\\u0007 \\u202e"}')
    seen = on_terminal(["show", "acme/reply", "--input", "inputs.json"], project, environment(TERM="xterm"))
    assert "\\x1b]0;title\\x07 \\u{202E}" in seen
    assert "\x1b]" not in seen
    assert "\u202e" not in seen


def test_a_new_tenant_asks_on_a_terminal(project: Path) -> None:
    master, slave = pty.openpty()
    running = subprocess.Popen(
        [*COMMAND, "new", "tenant", "initech"],
        cwd=project,
        env=environment(TERM="xterm"),
        stdin=slave,
        stdout=slave,
        stderr=slave,
    )
    os.close(slave)
    os.write(master, b"Initech\n")
    seen = b""
    while True:
        try:
            seen += os.read(master, 65536)
        except OSError:
            break
    os.close(master)
    assert running.wait(timeout=30) == 0, seen.decode()
    assert "product: Initech\n" in (project / "tenants" / "initech.yaml").read_text()


def test_progress_is_drawn_on_a_terminal_alone(project: Path, promptc: Promptc) -> None:
    lines = "".join(f'{{"id": "s{i}", "variables": {{"product": "P{i}"}}}}\n' for i in range(5_000))
    (project / "tenants" / "many.jsonl").write_text(lines)
    assert "Checking" in on_terminal(["check"], project, environment(TERM="xterm"))
    assert "Checking" not in promptc("check", cwd=project).stderr


def test_help_costs_little_more_than_click() -> None:
    """Processor time and not the clock's, since tests run beside each other; the least of several, by turns, tried again on a busy machine."""

    def cost(code: str) -> float:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, "-c", code], env=environment(), stdout=subprocess.DEVNULL, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    ours = "from promptc.cli.main import main; import sys; sys.argv = ['promptc', '--help']; main()"
    ratios = []
    for _ in range(4):
        pairs = [(cost("import click"), cost(ours)) for _ in range(8)]
        ratios.append(min(pair[1] for pair in pairs) / min(pair[0] for pair in pairs))
        if ratios[-1] < 1.3:
            return
    raise AssertionError(f"help costs {ratios} times what click does")


def test_help_imports_no_heavy_library() -> None:
    code = (
        "import sys; from promptc.cli.main import run; run(['--help']);"
        "print([m for m in ('rich', 'yaml', 'jinja2', 'pydantic', 'deepdiff', 'promptc.compiler') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], env=environment(), capture_output=True, text=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_help_imports_four_modules_of_ours() -> None:
    """What keeps it fast, and doesn't depend on how busy the machine is."""
    code = (
        "import sys, click; before = set(sys.modules); from promptc.cli.main import run; run(['--help']);"
        "print(sorted(set(sys.modules) - before))"
    )
    done = subprocess.run([sys.executable, "-c", code], env=environment(), capture_output=True, text=True)
    ours = ["promptc", "promptc.cli", "promptc.cli.group", "promptc.cli.main"]
    found = [name for name in ours if f"'{name}'" in done.stdout.splitlines()[-1]]
    assert found == ours
    assert set(re.findall(r"'(.*?)'", done.stdout.splitlines()[-1])) - set(ours) <= {"_locale", "locale", "signal"}
