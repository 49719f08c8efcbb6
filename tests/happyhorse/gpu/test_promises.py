"""What processes are about to take of the computer's memory."""

from __future__ import annotations

import os
import subprocess
import sys
from types import SimpleNamespace

import pytest

from backend.gpu import promises

GIB = 1 << 30
OTHER = """
import sys
from types import SimpleNamespace
from backend.gpu import promises
promises.psutil.virtual_memory = lambda: SimpleNamespace(available=10 << 30)
with promises.promised(7 << 30, 1 << 30) as good:
    print(good, flush=True)
    sys.stdin.readline()
    taken = bytearray(b"1") * (300 << 20)
    print("taken", flush=True)
    sys.stdin.readline()
"""


@pytest.fixture
def other(home):
    """A process that promises itself 7 of 10 GiB, and takes 300 MiB of them at the next line."""
    process = subprocess.Popen([sys.executable, "-c", OTHER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def step(word: str) -> None:
        assert process.stdout is not None
        assert process.stdout.readline().strip() == word

    def on(word: str) -> None:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
        step(word)

    step("True")
    yield SimpleNamespace(on=on, process=process)
    process.kill()
    process.wait()


@pytest.fixture
def ten_gib(monkeypatch):
    monkeypatch.setattr(promises.psutil, "virtual_memory", lambda: SimpleNamespace(available=10 * GIB))


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere one process has all GPUs")
def test_two_processes_do_not_count_on_the_same_bytes(ten_gib, other) -> None:
    assert promises.free() == 3 * GIB
    with promises.promised(2 * GIB, GIB) as good:
        assert good
        assert promises.free() == 3 * GIB  # one's own is no other's
    with promises.promised(2 * GIB + 1, GIB) as good:
        assert not good
    other.on("taken")  # so many are no longer free, and no longer promised either
    assert 3 * GIB + (295 << 20) < promises.free() < 3 * GIB + (320 << 20)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere one process has all GPUs")
def test_what_a_process_had_promised_itself_is_free_once_it_is_gone(home, ten_gib, other) -> None:
    other.process.kill()
    other.process.wait()
    left = home / "cache" / "memory" / str(other.process.pid)
    assert left.read_text().split()[0] == str(7 * GIB)
    assert promises.free(GIB) == 9 * GIB
    assert not left.exists()
    with promises.promised(9 * GIB, GIB) as good:
        assert good


class Process:
    """A process of this machine: 1, which has 500 bytes, or 2, which has 50; nobody may look at 4."""

    def __init__(self, number: int = 0) -> None:
        if number == 3:
            raise promises.psutil.NoSuchProcess(number)
        if number == 4:
            raise promises.psutil.AccessDenied(number)
        self.has = {1: 500, 2: 50}.get(number, 77)

    def memory_info(self) -> SimpleNamespace:
        return SimpleNamespace(rss=self.has)


@pytest.mark.parametrize(
    ("said", "promised"),
    [
        ({"1": "900 300"}, 700),  # 200 of them are taken
        ({"1": "900 500"}, 900),
        ({"1": "150 300"}, 0),  # more than it said
        ({"2": "900 60"}, 900),  # it has become smaller
        ({"1": "900 300", "2": "30 40"}, 720),
        ({"3": "9000 1", "1": "900 300"}, 700),  # gone
        ({"0": "", "1": "900 300", "4": "7 7", "5": "8", "6": "a b", "lock": "", "x1": "5 5"}, 700),
    ],
)
def test_what_others_promised_themselves_and_have_not_taken_yet(home, ten_gib, monkeypatch, said, promised) -> None:
    folder = home / "cache" / "memory"
    folder.mkdir(parents=True)
    for name, words in said.items():
        (folder / name).write_text(words)
    monkeypatch.setattr(promises.psutil, "Process", Process)
    assert promises.free() == 10 * GIB - promised
    assert promises.free(5) == 10 * GIB - promised - 5
    assert {path.name for path in folder.iterdir()} == said.keys() - {"3"}


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere one process has all GPUs")
def test_a_promise_is_a_file_while_it_holds_and_is_made_by_one_process_at_a_time(home, ten_gib, monkeypatch) -> None:
    import fcntl

    folder = home / "cache" / "memory"
    mine = folder / str(os.getpid())
    free, tried = promises.free, []

    def try_lock(spare: int) -> int:
        with (folder / "lock").open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                tried.append("free")
            except BlockingIOError:
                tried.append("locked")
        return free(spare)

    monkeypatch.setattr(promises, "free", try_lock)
    monkeypatch.setattr(promises.psutil, "Process", Process)
    with pytest.raises(KeyError), promises.promised(2 * GIB, 8 * GIB) as good:
        assert good
        assert mine.read_text() == f"{2 * GIB} 77"
        try_lock(0)
        raise KeyError
    assert tried == ["locked", "free"]
    assert not mine.exists()
    with promises.promised(2 * GIB + 1, 8 * GIB) as good:
        assert not good and not mine.exists()


def test_elsewhere_what_is_free_is_all_that_counts(home, ten_gib, monkeypatch) -> None:
    monkeypatch.setattr(promises.sys, "platform", "win32")
    for needed, there in ((2 * GIB, True), (2 * GIB + 1, False)):
        with promises.promised(needed, 8 * GIB) as good:
            assert good is there
    assert not (home / "cache").exists()
