"""The processes that make takes for the Blenders of a test: stopped, so that what is in the making stays so."""

from __future__ import annotations

import contextlib
import signal
import time
from pathlib import Path

import psutil

from devtools.blender_window import PATIENCE, BlenderWindow

RUNNING = "any(job.status == 'in_progress' for job in STATE.jobs.values())"


class Workers:
    """Those of the services whose homes lie in a folder."""

    def __init__(self, homes: Path) -> None:
        self._homes = homes

    def send(self, number: signal.Signals) -> int:
        """Send all of them a signal. How many there are."""
        count = 0
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error):  # it has ended
                home = process.environ().get("TAKE_ONE_HOME", "")
                if Path(home).parent == self._homes and "backend.jobs.workers.worker_process" in process.cmdline():
                    process.send_signal(number)
                    count += 1
        return count

    def hold(self, blender: BlenderWindow) -> None:
        """Stop them. A take that is ordered then is in progress until they go on, or until others take their place."""
        blender.until("len(STATE.engines)")  # which a worker of its backend has told
        ends = time.monotonic() + PATIENCE
        while not self.send(signal.SIGSTOP):
            assert time.monotonic() < ends, "no worker came"
            time.sleep(0.1)

    def go_on(self) -> None:
        """Let them go on."""
        self.send(signal.SIGCONT)
