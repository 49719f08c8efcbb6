"""The graphics card of this machine, and which build of torch runs on it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from . import pythons
from .pip import PipError

QUESTION = ("name", "memory.total", "driver_version", "compute_cap")
SECONDS = 20.0
# torch's own index: PyPI has its builds for Linux with CUDA 13 only, and for Windows none with CUDA.
INDEX = "https://download.pytorch.org/whl/"
CUDA_13_DRIVER, CUDA_13_CAPABILITY = 580, (7, 5)
CUDA_12_DRIVER, CUDA_12_LAST_CAPABILITY = 528, (9, 0)
HOPPER = (9, 0)


@dataclass(frozen=True)
class Card:
    """An NVIDIA card: `memory` in bytes, `driver` its major version, `capability` such as (8, 9)."""

    name: str
    memory: int
    driver: int
    capability: tuple[int, int]


def find() -> Card | None:
    """The NVIDIA card with the most memory, None where there is none or its driver does not answer. Blocking."""
    program = shutil.which("nvidia-smi")
    if program is None:
        return None
    command = [program, f"--query-gpu={','.join(QUESTION)}", "--format=csv,noheader,nounits"]
    try:
        answer = subprocess.run(
            command, capture_output=True, text=True, timeout=SECONDS, check=True, **pythons.no_window()
        )
        cards = [_read(line) for line in answer.stdout.splitlines() if line.strip()]
    except (OSError, subprocess.SubprocessError, ValueError):
        return None
    return max(cards, key=lambda card: card.memory, default=None)


def _read(line: str) -> Card:
    name, memory, driver, capability = (value.strip() for value in line.split(","))
    major, _, minor = capability.partition(".")
    return Card(name, int(memory) << 20, int(driver.partition(".")[0]), (int(major), int(minor)))


def pip_installs(card: Card | None, requirements: Path, system: str = sys.platform) -> list[list[str]]:
    """What `pip install` is to be told, call by call, so that torch fits the card; `requirements` is the folder of
    those files. torch's own index has other builds than PyPI, with other hashes and needs than are locked.

    Raises:
        PipError: there is no card, or its driver is too old for any build.
    """
    if card is None:
        raise PipError(
            "No NVIDIA card was found here, and the local GPU engines need one. Install Draft and Remote, and connect "
            "to a server that has a card.",
            "connect",
        )
    if card.driver >= CUDA_13_DRIVER and card.capability >= CUDA_13_CAPABILITY:
        if system == "linux":
            files = ("gpu.txt", "torch.txt", *(("hopper.txt",) if card.capability == HOPPER else ()))
            return [locked(*(requirements / file for file in files))]
        build = "cu130"
    elif card.driver >= CUDA_12_DRIVER and card.capability <= CUDA_12_LAST_CAPABILITY:
        build = "cu126"
    else:
        raise PipError(
            f"The driver of {card.name} is version {card.driver}, and {CUDA_13_DRIVER} or later is needed. Update it "
            "from nvidia.com, then try again.",
            "install",
        )
    return [
        locked(requirements / "gpu.txt"),
        ["--extra-index-url", INDEX + build, "-r", str(requirements / "torch.in")],
    ]


def locked(*files: Path) -> list[str]:
    """What `pip install` is to be told of files that name everything with its hashes."""
    return ["--require-hashes", "--no-deps", *(word for file in files for word in ("-r", str(file)))]
