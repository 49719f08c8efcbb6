"""`dev.py lock`: every package of every environment, those that others need included, with the hashes of its files.

What people write is the *.in; uv resolves each for all systems and Pythons at once, and keeps the versions of the locks
that are there unless it is told to upgrade. torch is kept apart from the rest: which build of it fits depends on the
card, and torch's own index has builds with other hashes than the registry that pip asks by itself.
"""

from __future__ import annotations

import re
import subprocess
import tempfile
from pathlib import Path
from typing import NamedTuple

from client.files import write_whole

from .environments import ROOT, SetupError, ensure, python_of

BACKEND, DEVTOOLS = "backend/requirements", "devtools/requirements"
CUDA = r"torch|nvidia-.*|cuda-.*"
OPTIONS = ("--universal", "--generate-hashes", "--no-header", "--no-annotate", "--no-emit-index-url", "--no-config")


class Lock(NamedTuple):
    """A file to make, from `source` (both without suffix), for Pythons from `python` on.

    It holds the packages whose names match `only` and not `never`, and none that `beside` holds.
    """

    target: str
    source: str
    python: str = "3.11"
    only: str = ".*"
    never: str = ""
    beside: str = ""


LOCKS = (
    Lock(f"{BACKEND}/draft", f"{BACKEND}/draft"),
    Lock(f"{BACKEND}/gpu", f"{BACKEND}/gpu", never=f"{CUDA}|triton"),
    Lock(f"{BACKEND}/torch", f"{BACKEND}/gpu", only=f"{CUDA}|triton"),
    Lock(f"{BACKEND}/hopper", f"{BACKEND}/hopper", never=f"{CUDA}|triton", beside=f"{BACKEND}/gpu"),
    Lock(f"{BACKEND}/ray", f"{BACKEND}/ray", beside=f"{BACKEND}/draft"),
    Lock(f"{DEVTOOLS}/test", f"{DEVTOOLS}/test", never=CUDA),
    Lock(f"{DEVTOOLS}/blender-4.5", f"{DEVTOOLS}/blender-4.5"),
    Lock(f"{DEVTOOLS}/blender-5.2", f"{DEVTOOLS}/blender-5.2", "3.13"),
    Lock(f"{DEVTOOLS}/mutate", f"{DEVTOOLS}/mutate"),
    Lock(f"{DEVTOOLS}/lock", f"{DEVTOOLS}/lock"),
    Lock(f"{DEVTOOLS}/pip", f"{DEVTOOLS}/pip"),
)


def lock(upgrade: bool) -> int:
    """Make all locks. `upgrade` takes the newest of what no *.in names a version of. Raises SetupError."""
    ensure("lock")
    resolved: dict[str, dict[str, str]] = {}
    for one in LOCKS:
        if one.source not in resolved:
            resolved[one.source] = _resolve(one, upgrade)
        packages = _chosen(one, resolved[one.source])
        text = f"# Made by `dev.py lock` from {one.source}.in\n" + "".join(packages.values())
        write_whole(ROOT / f"{one.target}.txt", text, 0o644)
        print(f"{one.target}.txt: {len(packages)} packages", flush=True)
    return 0


def _resolve(one: Lock, upgrade: bool) -> dict[str, str]:
    """What `one.source` comes to: the lines of each package, by its name."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "lock.txt"
        if not upgrade:  # uv keeps the versions that it finds there
            known: dict[str, str] = {}
            for other in LOCKS:
                if (file := ROOT / f"{other.target}.txt").exists():
                    known |= _read(file.read_text(encoding="utf-8"))
            out.write_text("".join(known.values()), encoding="utf-8")
        command = [str(python_of("lock")), "-m", "uv", "pip", "compile", f"{one.source}.in", "-o", str(out), "--quiet"]
        if subprocess.run([*command, "--python-version", one.python, *OPTIONS], cwd=ROOT).returncode != 0:
            raise SetupError(f"{one.source}.in could not be resolved.")
        return _read(out.read_text(encoding="utf-8"))


def _chosen(one: Lock, packages: dict[str, str]) -> dict[str, str]:
    held = _read((ROOT / f"{one.beside}.txt").read_text(encoding="utf-8")) if one.beside else {}
    return {
        name: lines
        for name, lines in packages.items()
        if re.fullmatch(one.only, name) and not re.fullmatch(one.never, name) and name not in held
    }


def _read(text: str) -> dict[str, str]:
    """The lines of each package in a lock, by its name: of one that differs by Python, all."""
    found: dict[str, str] = {}
    name = ""
    for line in text.splitlines(keepends=True):
        if line.startswith("#"):
            continue
        if not line.startswith(" "):
            name = line.partition("==")[0]
        found[name] = found.get(name, "") + line
    return found
