"""The processes that make takes for the Blenders of a test: stopped, so that what is in the making stays so."""

from __future__ import annotations

import contextlib
import signal
import time
from pathlib import Path

import psutil

from devtools.window.blender import PATIENCE, BlenderWindow

REST = 2.0  # seconds without any work of a worker: it has started, and waits
RUNNING = "any(job.status == 'in_progress' for job in STATE.jobs.values())"


class Workers:
    """Those of the services whose homes lie in a folder."""

    def __init__(self, homes: Path) -> None:
        self._homes = homes

    def _processes(self) -> list[psutil.Process]:
        found = []
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error):  # it has ended
                home = process.environ().get("TAKE_ONE_HOME", "")
                if Path(home).parent == self._homes and "backend.jobs.workers.worker_process" in process.cmdline():
                    found.append(process)
        return found

    def _send(self, number: signal.Signals) -> None:
        for process in self._processes():
            with contextlib.suppress(psutil.Error):
                process.send_signal(number)

    def hold(self, blender: BlenderWindow) -> None:
        """Stop them. A take that is ordered then is in progress until they go on, or until others take their place.
        One that has only begun would be given nothing: it is stopped when it waits."""
        blender.until("len(STATE.engines)")
        ends = time.monotonic() + PATIENCE
        while not self._at_rest():
            assert time.monotonic() < ends, "no worker came to rest"
        self._send(signal.SIGSTOP)

    def _at_rest(self) -> bool:
        """Whether there are some, and none of them worked in the last REST seconds, or wanted to."""
        before = self._worked()
        time.sleep(REST)
        return bool(before) and before == self._worked() and not any(map(_wants, before))

    def _worked(self) -> dict[int, float]:
        """The processor seconds of each so far."""
        return {process.pid: sum(process.cpu_times()[:2]) for process in self._processes()}

    def go_on(self) -> None:
        """Let them go on."""
        self._send(signal.SIGCONT)


def _wants(pid: int) -> bool:
    """Whether a thread of this process waits for a core, or for a disk."""
    with contextlib.suppress(OSError):  # it has ended
        states = [path.read_text().rpartition(")")[2].split()[0] for path in Path(f"/proc/{pid}/task").glob("*/stat")]
        return any(state in "RD" for state in states)
    return True
