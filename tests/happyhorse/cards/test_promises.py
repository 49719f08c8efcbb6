"""What processes are about to take of the computer's memory."""

from __future__ import annotations

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
def test_what_a_process_had_promised_itself_is_free_once_it_is_gone(ten_gib, other) -> None:
    other.process.kill()
    other.process.wait()
    assert promises.free(GIB) == 9 * GIB
    with promises.promised(9 * GIB, GIB) as good:
        assert good
