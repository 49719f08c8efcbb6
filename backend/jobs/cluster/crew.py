"""Workers on a Ray cluster, as the queue sees them. What speaks to Ray is a process of its own (bridge)."""

from __future__ import annotations

import importlib.util
import itertools
import logging
import queue
import secrets
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..lanes import CPU, DESCRIBING, GPU, Slot, network_slots
from ..workers.child import ROOT, Child
from ..workers.link import Aside, Link, Loss
from ..workers.local import LocalCrew

log = logging.getLogger("take_one.jobs")

RAY_LOCK = ROOT / "backend" / "requirements" / "ray.txt"
BRIDGE_SECONDS = 5.0  # between two starts of the bridge
KEEP_SECONDS = 0.2
LEAVE_SECONDS = 15.0  # how long the bridge may take to leave the cluster, or to end its own
END_SECONDS = LEAVE_SECONDS + 5.0


@dataclass(frozen=True)
class Cluster:
    """Which cluster, and how much of it. `address` is Ray's, or "local" for one on this machine. `gpus` share a take
    (0: all of a machine), a draft takes `cpus`. `drafts` and `takes` are how many there may be at once (None: as many
    as there is room for). `shared` is a folder that every machine sees under this path; without it files travel."""

    address: str
    gpus: int = 1
    cpus: float = 1.0
    drafts: int | None = None
    takes: int | None = None
    shared: Path | None = None


def missing() -> str:
    """What there is to install before Ray can be used, as a sentence; empty where it is there."""
    if importlib.util.find_spec("ray") is not None:
        return ""
    command = f"{sys.executable} -m pip install --require-hashes --no-deps -r {RAY_LOCK}"
    return (
        f"--ray needs Ray, which is not installed here. Install it here and on every machine of the cluster: {command}"
    )


class ClusterCrew:
    """Makes of the lanes cpu and gpu run in actors; those of the lane network, whose keys are here, in processes of
    this machine, as does what describes the engines."""

    describing = Slot("engines", DESCRIBING)

    def __init__(self, registry: str, cluster: Cluster) -> None:
        self.registry, self._cluster = registry, cluster
        self._local = LocalCrew(registry)
        self._lock = threading.Lock()
        self._bridge: Child | None = None
        self._bridge_at = 0.0
        self._connected = False
        self._nodes: list[dict[str, Any]] = []
        self._links: dict[int, ActorLink] = {}
        self._numbers = itertools.count(1)
        self._stopping = threading.Event()
        self._keeper = threading.Thread(target=self._keep, name="cluster", daemon=True)
        self._keeper.start()

    def slots(self) -> Sequence[Slot]:
        """As many as the machines have room for now."""
        drafts, takes = self._cluster.drafts, self._cluster.takes
        each, size = self._cpus(), self._group()
        room = [(int(node["cpus"] / each), node["gpus"]) for node in self._nodes]
        if drafts is None:
            drafts = sum(cpus for cpus, _ in room)
        if takes is None:
            takes = sum(gpus // size for _, gpus in room)
        cpu = [Slot(f"cpu:{index}", CPU, ahead=True) for index in range(drafts)]
        gpu = [Slot(f"gpu:{index}", GPU, ahead=True) for index in range(takes)]
        return [*cpu, *gpu, *network_slots()]

    def start(self, slot: Slot, aside: Aside | None = None) -> Link:
        """A worker for `slot`: an actor that waits until there is room for it.

        Raises:
            OSError: the cluster can't be reached now, or there is no room for another process here.
        """
        if not slot.ahead:
            return self._local.start(slot, aside)
        with self._lock:
            bridge = self._bridge
            if bridge is None or not bridge.alive or not self._connected:
                raise OSError(f"the Ray cluster {self._cluster.address} is not reached")
            number = next(self._numbers)
            link = self._links[number] = ActorLink(bridge, number, slot.name, aside)
        gpus = self._group() if slot.lane == GPU else 0
        cpus = self._cpus() if slot.lane == CPU else 0
        bridge.send({"do": "open", "line": number, "cpus": cpus, "gpus": gpus})
        return link

    def stop(self) -> None:
        """Leaves the cluster; ends it, if it was started here."""
        self._stopping.set()
        self._keeper.join(END_SECONDS + LEAVE_SECONDS)

    def _keep(self) -> None:
        """Keeps a bridge, until the end."""
        while not self._stopping.wait(KEEP_SECONDS):
            try:
                self._ensure_bridge()
            except OSError as error:
                log.error("The way to the Ray cluster can't be started: %s", error)
        if self._bridge is not None:
            self._bridge.send({"do": "end"})
            self._bridge.wait(END_SECONDS)
            self._bridge.kill()

    def _cpus(self) -> float:
        """Of a draft."""
        return self._each("cpus", self._cluster.cpus, self._cluster.drafts)

    def _group(self) -> int:
        """Cards of a take."""
        return int(self._each("gpus", self._cluster.gpus, self._cluster.takes))

    def _each(self, kind: str, asked: float, number: int | None) -> float:
        """Of a job, as many as were `asked` for (0: as the largest machine has): no more than that has, where no
        `number` of jobs has machines brought."""
        most = self._most(kind)
        wanted = asked or most or 1
        return wanted if number is not None else min(wanted, most or wanted)

    def _say_what_lacks(self) -> None:
        """Where there is less than was asked for: in the log."""
        asked = self._cluster
        if asked.drafts is None and not self._most("cpus"):
            log.warning("No machine of the Ray cluster has CPUs to give: drafts wait until one comes")
        elif (cpus := self._cpus()) < asked.cpus:
            log.warning("No machine of the Ray cluster has %g CPUs: a draft takes %g", asked.cpus, cpus)
        if self._most("gpus") and (gpus := self._group()) < asked.gpus:
            log.warning("No machine of the Ray cluster has %d GPUs: a take has %d", asked.gpus, gpus)

    def _most(self, kind: str) -> float:
        """What the machine has that has most of it."""
        return max((node[kind] for node in self._nodes), default=0)

    def _ensure_bridge(self) -> None:
        with self._lock:
            if self._bridge is not None and self._bridge.alive:
                return
            if self._bridge is not None and self._connected:
                log.error("The Ray cluster %s is lost: its bridge %s", self._cluster.address, self._bridge.ending)
            self._connected, self._nodes = False, []
            for link in self._links.values():
                link.lose("was lost with the way to its cluster", Loss.AGAIN)
            self._links.clear()
            if time.monotonic() < self._bridge_at:
                return
            self._bridge_at = time.monotonic() + BRIDGE_SECONDS
            arguments = [self._cluster.address, self.registry]
            if self._cluster.shared is not None:
                arguments.append(str(self._cluster.shared))
            self._bridge = Child(
                "backend.jobs.cluster.bridge",
                *arguments,
                aside=self._on_message,
                environment=_environment(self._cluster.address),
            )

    def _on_message(self, message: dict[str, Any]) -> bool:
        if "refused" in message:
            log.error("The Ray cluster %s can't be reached: %s", self._cluster.address, message["refused"])
        elif "nodes" in message:
            self._nodes, self._connected = message["nodes"], True
            cpus, gpus = (sum(node[kind] for node in self._nodes) for kind in ("cpus", "gpus"))
            log.info("The Ray cluster has %d machines, %g CPUs and %d GPUs", len(self._nodes), cpus, gpus)
            self._say_what_lacks()
        elif (link := self._links.get(message["line"])) is not None:
            link.on_message(message)
            if "ended" in message:
                self._links.pop(message["line"], None)
        return True


def _environment(address: str) -> dict[str, str]:
    """What Ray reads as it is imported: it reports to nobody, and a cluster of our own lets in nobody else."""
    quiet = {"RAY_USAGE_STATS_ENABLED": "0"}
    if address != "local":
        return quiet
    return {**quiet, "RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": secrets.token_hex(32)}


class ActorLink:
    """A line to one actor, through the bridge."""

    def __init__(self, bridge: Child, number: int, name: str, aside: Aside | None) -> None:
        self._bridge, self._number, self._name = bridge, number, name
        self._aside: Aside = aside or (lambda _: False)
        self._messages: queue.Queue[dict[str, Any] | None] = queue.Queue()
        self._ready = False
        self._ended = threading.Event()
        self._ending, self._loss = "", Loss.COUNTS

    @property
    def ready(self) -> bool:
        return self._ready

    @property
    def alive(self) -> bool:
        return not self._ended.is_set() and self._bridge.alive

    @property
    def ending(self) -> str:
        return self._ending or "was lost with the way to its cluster"

    @property
    def exit_code(self) -> int | None:
        return None

    @property
    def loss(self) -> Loss:
        return self._loss if self._ending else Loss.AGAIN

    def send(self, message: dict[str, Any]) -> None:
        self._bridge.send({"do": "send", "line": self._number, "message": message})

    def receive(self, seconds: float) -> dict[str, Any] | None:
        try:
            return self._messages.get(timeout=seconds)
        except queue.Empty:
            return None

    def last_words(self) -> str:
        return ""

    def kill(self) -> None:
        self._bridge.send({"do": "kill", "line": self._number})
        self.lose("was ended", Loss.AGAIN)

    def wait(self, seconds: float) -> None:
        self._ended.wait(seconds)

    def on_message(self, message: dict[str, Any]) -> None:
        """Takes what the bridge says of this line."""
        if "ready" in message:
            about = message["ready"]
            log.info("%s: its worker is on %s, process %d", self._name, about["host"], about["pid"])
            self._ready = True
        elif "ended" in message:
            self.lose(f"ended ({message['ended']})", Loss.COUNTS)
        elif not self._aside(message["message"]):
            self._messages.put(message["message"])

    def lose(self, ending: str, loss: Loss) -> None:
        """Says that it is over, and why. The first word counts."""
        if not self._ended.is_set():
            self._ending, self._loss = ending, loss
            self._ended.set()
            self._messages.put(None)
