"""A Ray cluster whose machines are raylets of this computer."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
from typing import Any

from tests.backend.service_process import ROOT

# Ray's own defaults find a dead machine within some 15 seconds; here that would be most of the time.
HEALTH = {"health_check_period_ms": 1000, "health_check_timeout_ms": 2000, "health_check_failure_threshold": 3}


def offer_tests() -> None:
    """Has workers find the engines of the tests. Before there are machines: these hand it on."""
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))


class Machines:
    """A cluster on this computer."""

    def __init__(self, health: dict[str, int] | None = None) -> None:
        os.environ.update(RAY_USAGE_STATS_ENABLED="0", RAY_AUTH_MODE="disabled", RAY_DEDUP_LOGS="0")
        from ray.cluster_utils import Cluster

        logging.getLogger("ray").setLevel(logging.ERROR)
        head = {"num_cpus": 0, "include_dashboard": False, "_system_config": HEALTH if health is None else health}
        self._cluster = Cluster(initialize_head=True, head_node_args=head)
        self.alive: list[Any] = []
        self._dead: list[Any] = []

    @property
    def address(self) -> str:
        return str(self._cluster.address)

    def add(self, cpus: int = 1, gpus: int = 0) -> None:
        """One more, that has so many processors and, as far as Ray knows, cards."""
        self.alive.append(self._cluster.add_node(num_cpus=cpus, num_gpus=gpus, wait=False))

    def kill(self, node: Any) -> None:
        """kill -9 of its raylet, and nothing else."""
        raylet = node.all_processes["raylet"][0].process
        os.kill(raylet.pid, signal.SIGKILL)
        self.alive.remove(node)
        self._dead.append(node)

    def end(self) -> None:
        for node in self._dead:
            with contextlib.suppress(Exception):  # what is left of it
                self._cluster.remove_node(node, allow_graceful=False)
        self._cluster.shutdown()
