"""Finds the Pythons of this machine. Also used by dev.py, so it keeps to what Python 3.8 understands."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

PROBE = "import sys, venv, ssl, sqlite3; print(sys.version_info[0], sys.version_info[1], sys.maxsize > 2**32)"
PROBE_SECONDS = 20


def find(version: tuple[int, int], first: tuple[Path, ...] = ()) -> Path | None:
    """A 64-bit Python of this version, e.g. (3, 13), that has venv, ssl and sqlite3; None where there is
    none.

    `first` are interpreters to be tried before all others.
    """
    tried: set[Path] = set()
    for candidate in (*first, *_candidates(version)):
        if candidate in tried:
            continue
        tried.add(candidate)
        if version_of(candidate) == version:
            return candidate
    return None


def version_of(python: Path) -> tuple[int, int] | None:
    """The version of an interpreter that works and has what we need; None for any other program."""
    try:
        run = subprocess.run(
            [str(python), "-c", PROBE],
            capture_output=True,
            text=True,
            timeout=PROBE_SECONDS,
            env=clean_environment(),
            **no_window(),
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    said = run.stdout.split()
    if run.returncode != 0 or len(said) != 3 or said[2] != "True":
        return None
    return int(said[0]), int(said[1])


def clean_environment() -> dict[str, str]:
    """This process's environment without what would point another Python at this one's modules."""
    return {
        name: value
        for name, value in os.environ.items()
        if not (name.startswith("PYTHON") or name in ("VIRTUAL_ENV", "__PYVENV_LAUNCHER__"))
    }


def no_window() -> dict[str, Any]:
    """subprocess's arguments that keep Windows from opening a console."""
    return {"creationflags": 0x08000000} if sys.platform == "win32" else {}


def venv_python(folder: Path) -> Path:
    """The interpreter of a virtual environment."""
    return folder / "Scripts" / "python.exe" if sys.platform == "win32" else folder / "bin" / "python"


def _candidates(version: tuple[int, int]) -> Iterator[Path]:
    name = f"{version[0]}.{version[1]}"
    if sys.version_info[:2] == version and sys.executable:
        yield Path(sys.executable)
    for command in (f"python{name}", "python3", "python"):
        found = shutil.which(command)
        if found:
            yield Path(found)
    if sys.platform == "win32":
        yield from _windows(version)
        return
    home = Path.home()
    for folder in ("/usr/bin", "/usr/local/bin", "/opt/homebrew/bin", str(home / ".local" / "bin")):
        if (Path(folder) / f"python{name}").exists():
            yield Path(folder) / f"python{name}"
    pyenv = Path(os.environ.get("PYENV_ROOT") or home / ".pyenv") / "versions"
    yield from sorted(pyenv.glob(f"{name}.*/bin/python"), reverse=True)
    uv = Path(os.environ.get("XDG_DATA_HOME") or home / ".local" / "share") / "uv" / "python"
    yield from sorted(uv.glob(f"cpython-{name}.*/bin/python3"), reverse=True)
    yield from Path("/Library/Frameworks/Python.framework/Versions").glob(f"{name}/bin/python3")


def _windows(version: tuple[int, int]) -> Iterator[Path]:
    name, digits = f"{version[0]}.{version[1]}", f"{version[0]}{version[1]}"
    for base in ("LOCALAPPDATA", "ProgramFiles"):
        if folder := os.environ.get(base):
            programs = Path(folder) / "Programs" if base == "LOCALAPPDATA" else Path(folder)
            yield from (programs / "Python").glob(f"Python{digits}/python.exe")
            yield from programs.glob(f"Python{digits}/python.exe")
    if launcher := shutil.which("py"):
        said = subprocess.run(
            [launcher, f"-{name}", "-c", "import sys; print(sys.executable)"],
            capture_output=True,
            text=True,
            **no_window(),
        )
        if said.returncode == 0 and said.stdout.strip():
            yield Path(said.stdout.strip())
