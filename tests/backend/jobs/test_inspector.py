"""Which of two processes checks a file, and what is said where one ends of it: processes are made up."""

from __future__ import annotations

import signal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from backend.engines.engine import EngineError
from backend.jobs.inspection import inspector as module
from backend.jobs.inspection.inspector import Inspector

FOUND = {"found": [".png", 64, 48]}


class Checking:
    """A process that answers from a list; without more it ends with `code`, or goes on computing where that is None."""

    begun: list[Checking] = []
    answers: list[list[Any]] = []
    code: int | None = None

    def __init__(self, name: str) -> None:
        assert name == "backend.jobs.inspection.inspect"
        Checking.begun.append(self)
        self.left = [{"ready": True}, *(Checking.answers.pop(0) if Checking.answers else [])]
        self.asked: list[Any] = []
        self.killed = False

    def send(self, question: Any) -> None:
        self.asked.append(question)

    def receive(self, seconds: float) -> Any:
        assert 0 <= seconds <= 0.2
        clock.now += seconds
        if self.left:
            return self.left.pop(0)
        if Checking.code is not None:
            self.killed = True
        return None

    @property
    def alive(self) -> bool:
        return not self.killed

    @property
    def exit_code(self) -> int | None:
        return Checking.code

    def kill(self) -> None:
        self.killed = True


clock: Any = SimpleNamespace(monotonic=lambda: clock.now, now=0.0)


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> list[Checking]:
    monkeypatch.setattr(module, "Child", Checking)
    monkeypatch.setattr(module, "time", clock)
    Checking.begun, Checking.answers, Checking.code, clock.now = [], [], None, 0.0
    return Checking.begun


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(module, "LARGE", 10)
    (tmp_path / "still").write_bytes(b"0123456789")
    return tmp_path / "still"


def refused(checks: Inspector, file: Path) -> EngineError:
    with pytest.raises(EngineError) as failure:
        checks.check("picture", file, "still")
    return failure.value


def test_a_file_has_a_moment_in_the_first_process_which_stays(begun: list[Checking], file: Path) -> None:
    begun_with = [[FOUND, {"found": [".exr", 3, 2]}]]
    Checking.answers = begun_with
    checks = Inspector()
    checks.start()
    checks.start()
    assert checks.check("picture", file, "still") == (".png", 64, 48)
    assert checks.check("depth", file, "view_1_depth") == (".exr", 3, 2)
    [one] = begun
    question = {"path": str(file), "kind": "picture", "param": "still", "seconds": 0.6}
    assert one.asked == [question, {**question, "kind": "depth", "param": "view_1_depth"}]
    checks.stop()
    assert one.killed


def test_a_large_file_goes_to_the_second_at_once(begun: list[Checking], file: Path) -> None:
    file.write_bytes(b"0123456789+")
    Checking.answers = [[FOUND]]
    assert Inspector().check("picture", file, "still") == (".png", 64, 48)
    assert [one.asked[0]["seconds"] for one in begun] == [20.0]


@pytest.mark.parametrize("code", [None, -getattr(signal, "SIGPROF", 0)])
def test_a_slow_file_begins_anew_in_the_second(begun: list[Checking], file: Path, code: int | None) -> None:
    """It was given up after three times its moment, or the kernel ended it after its moment of computing."""
    Checking.answers, Checking.code = [[], [FOUND]], code
    assert Inspector().check("picture", file, "still") == (".png", 64, 48)
    assert [one.asked[0]["seconds"] for one in begun] == [0.6, 20.0]
    assert begun[0].killed
    assert clock.now < 1 if code else 1.8 <= clock.now < 2.5


def test_a_file_that_is_slow_for_both_is_refused_and_one_that_ends_its_process_too(
    begun: list[Checking], file: Path
) -> None:
    error = refused(Inspector(), file)
    says = "The file still can't be read: its check takes more than 20 s. Send a smaller one."
    assert (error.code, error.message, error.problem.param) == ("invalid_file", says, "still")
    assert 61.8 <= clock.now < 63
    Checking.code = -11
    error = refused(Inspector(), file)
    assert error.message == "The file still can't be read: its check was ended by SIGSEGV."


def test_what_is_wrong_with_a_file_is_said_and_the_process_stays(begun: list[Checking], file: Path) -> None:
    wrong = {"wrong": {"code": "invalid_file", "message": "It is an animation.", "fix": "", "param": "still"}}
    Checking.answers = [[wrong, FOUND]]
    checks = Inspector()
    assert refused(checks, file).message == "It is an animation."
    assert checks.check("picture", file, "still")[0] == ".png"
    assert len(begun) == 1


def test_slow_files_are_so_many_and_each_frees_its_place(begun: list[Checking], file: Path) -> None:
    file.write_bytes(b"0123456789+")
    checks = Inspector()
    for _ in range(8):
        assert checks._slow.acquire(blocking=False)
    error = refused(checks, file)
    assert (error.code, error.message) == ("busy", "Other large pictures are being checked. Try again in a moment.")
    checks._slow.release()
    for _ in range(2):
        assert "takes more than 20 s" in refused(checks, file).message
    checks.stop()
    assert refused(checks, file).message == "This service is ending. Try again in a moment."
