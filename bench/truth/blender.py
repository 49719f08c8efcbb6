"""Has Blender render and plan for the benchmarks of truth, in several processes at once."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Blender:
    """A Python that has bpy, the settings of what it renders, and how many of its processes run at once."""

    python: Path
    size: tuple[int, int]
    samples: int
    device: str
    at_once: int

    def render(self, scene: str, folder: Path, frames: list[dict[str, Any]]) -> None:
        """Renders what is missing in `folder`. For the shape of a frame see render.py."""
        missing = [frame for frame in frames if not _there(folder, frame)]
        self._run("render.py", scene, folder, "frames", missing)

    def plan(self, scene: str, folder: Path, paths: list[dict[str, Any]]) -> None:
        """Plans what is missing in `folder`. For the shape of a path see plan.py."""
        missing = [path for path in paths if not (folder / f"{path['name']}_plan.json").exists()]
        self._run("plan.py", scene, folder, "paths", missing)

    def _run(self, script: str, scene: str, folder: Path, key: str, work: list[dict[str, Any]]) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        threads = max(1, (os.cpu_count() or 1) // self.at_once)
        settings = {"size": self.size, "samples": self.samples, "device": self.device, "threads": threads}
        running = []
        for number in range(min(self.at_once, len(work))):
            job = {"scene": scene, "out": str(folder), **settings, key: work[number :: self.at_once]}
            with tempfile.NamedTemporaryFile("w", suffix=".json", dir=folder, delete=False) as file:
                json.dump(job, file)
            command = [self.python, ROOT / "bench/truth/in_blender" / script, file.name]
            running.append((subprocess.Popen(command, stdout=subprocess.DEVNULL), Path(file.name)))
        failed = [process.args for process, _ in running if process.wait()]
        for _, job_file in running:
            job_file.unlink()
        if failed:
            sys.exit(f"{len(failed)} of {len(running)} processes of {script} failed: what they print is above.")


def _there(folder: Path, frame: dict[str, Any]) -> bool:
    kinds = (".png", ".exr") if frame.get("depth") else (".png",)
    return all((folder / f"{frame['name']}{kind}").exists() for kind in kinds)


def add_arguments(arguments: argparse.ArgumentParser, renders: str, samples: int = 8) -> None:
    """What the benchmarks that render take; `renders` names the folder in the temporary one."""
    arguments.add_argument("--blender-python", type=Path, default=ROOT / ".dev/blender-5.2/bin/python")
    arguments.add_argument("--renders", type=Path, default=Path(tempfile.gettempdir()) / renders)
    arguments.add_argument("--no-render", action="store_true", help="score what is rendered already")
    arguments.add_argument("--size", default="640x360")
    arguments.add_argument("--samples", type=int, default=samples)
    arguments.add_argument("--device", default="CPU", help="CPU, or what Cycles calls a kind of GPU, as CUDA")
    arguments.add_argument("--at-once", type=int, default=1, help="processes that render, and that score, at once")


def of(given: argparse.Namespace) -> Blender:
    """The Blender that the arguments ask for."""
    width, height = map(int, given.size.split("x"))
    return Blender(given.blender_python, (width, height), given.samples, given.device, given.at_once)
