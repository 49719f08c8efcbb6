"""A child process, spoken to in lines of JSON: what it hears and says, and how its end is told."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from backend.jobs.workers import child as module
from backend.jobs.workers.child import Child, ending
from backend.jobs.workers.link import Loss

PLAYS = """
import os, sys
sys.path.insert(0, {root!r})
from backend.jobs.workers.child import end_with_parent, serve
end_with_parent(int(sys.argv[1]))
send, messages = serve()
print("this is no message", flush=True)
send({{"hello": sys.argv[1:], "mine": os.environ.get("MINE"), "utf8": os.environ["PYTHONUTF8"]}})
for message in messages:
    if message["do"] == "say":
        send(message["what"])
    elif message["do"] == "write":
        os.write(int(message["to"]), message["text"].encode())
    else:
        os._exit(message["code"])
"""


def test_a_child_hears_and_says_line_by_line_and_its_end_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    root = str(module.ROOT)
    (tmp_path / "plays.py").write_text(PLAYS.format(root=root))
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    seen: list[dict[str, Any]] = []

    def aside(message: dict[str, Any]) -> bool:
        seen.append(message)
        if message.get("n") == 1:
            raise ValueError("it can't be taken")
        return message.get("n") == 2

    child = Child("plays", str(os.getpid()), "more", aside=aside, environment={"MINE": "yes"})
    try:
        assert child.receive(60) == {"hello": [str(os.getpid()), "more"], "mine": "yes", "utf8": "1"}
        os.kill(child.pid, signal.SIGINT)  # as Ctrl-C in a terminal
        for number in range(1, 4):
            child.send({"do": "say", "what": {"n": number}})
        assert child.receive(60) == {"n": 3}
        assert [one.get("n") for one in seen] == [None, 1, 2, 3]
        assert (child.alive, child.exit_code, child.ready, child.loss) == (True, None, True, Loss.FAILS)
        assert child.receive(0.01) is None
        child.send({"do": "write", "to": 2, "text": "one\n\xe9 last word\n \n"})
        child.send({"do": "end", "code": 5})
        assert child.receive(60) is None
        child.wait(60)
        assert (child.alive, child.exit_code, child.ending) == (False, 5, "ended with exit code 5")
        assert child.last_words() == "\xe9 last word"
        child.send({"do": "say", "what": {}})  # into the void
    finally:
        child.kill()
    assert "this is no message\n" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (-9, "was ended by SIGKILL"),
        (-15, "was ended by SIGTERM"),
        (-1, "was ended by SIGHUP"),
        (0, "ended with exit code 0"),
        (1, "ended with exit code 1"),
        (-200, "ended with exit code -200"),
        (None, "ended with exit code None"),
    ],
)
def test_how_a_process_ended(code: int | None, words: str) -> None:
    assert ending(code) == words


class Quiet:
    """A process that has said all before it is listened to."""

    def __init__(self, out: list[bytes], errors: list[bytes]) -> None:
        self.stdout, self.stderr, self.stdin = out, errors, None
        self.waited: list[float] = []

    def poll(self) -> int:
        return 0

    def kill(self) -> None:
        self.waited.append(-1)

    def wait(self, seconds: float) -> None:
        self.waited.append(seconds)


def test_what_is_cut_off_is_no_message_and_the_last_lines_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    out = [b'{"a": 1}\n', b'{"a": 2', b'{"a": 3}\n']
    errors = [b"line %d\n" % number for number in range(50)] + [b"\xff\n", b"\n"]
    process = Quiet(out, errors)
    begun: list[Any] = []
    begin = lambda command, **facts: (begun.append((command, facts)), process)[1]  # noqa: E731
    monkeypatch.setattr(module.subprocess, "Popen", begin)
    monkeypatch.setenv("PYTHONPATH", "/theirs")
    child = Child("a.module", "x")
    child.kill()
    assert [child.receive(5), child.receive(5), child.receive(0)] == [{"a": 1}, {"a": 3}, None]
    assert (child.last_words(), len(child._said), child._said[0]) == ("\ufffd", 40, "line 12")
    assert process.waited == [-1, 10]
    [(command, facts)] = begun
    assert command == [sys.executable, "-m", "a.module", "x"]
    assert facts["env"]["PYTHONPATH"] == os.pathsep.join([str(module.ROOT), "/theirs"])
    assert [facts[name] for name in ("stdin", "stdout", "stderr")] == [subprocess.PIPE] * 3
    assert (module.ROOT / "backend" / "jobs").is_dir()


@pytest.mark.parametrize(("parent", "ends"), [(os.getppid(), []), (os.getppid() + 1, [0])])
def test_the_kernel_is_asked_to_end_it_with_its_parent(
    monkeypatch: pytest.MonkeyPatch, parent: int, ends: list[int]
) -> None:
    import ctypes

    asked: list[tuple[int, ...]] = []
    ended: list[int] = []
    monkeypatch.setattr(ctypes, "CDLL", lambda _: SimpleNamespace(prctl=lambda *what: asked.append(what)))
    monkeypatch.setattr(module.os, "_exit", ended.append)
    module.end_with_parent(parent)
    assert (asked, ended) == ([(1, signal.SIGKILL)], ends)
    monkeypatch.setattr(module.sys, "platform", "darwin")
    module.end_with_parent(parent)
    assert (len(asked), len(ended)) == (1, len(ends))
