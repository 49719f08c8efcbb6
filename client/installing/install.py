"""Builds the local backend's environment, outside Blender and outside the extension's folder.

An environment cannot be moved, so each gets a folder of its own, TAKE_ONE_HOME/env-<time>, and the small file
env.json says which one counts. It is replaced as the last step: until then the old environment stays in use,
and whatever is not named there is a half-done one that may be removed.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
import shutil
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

from .. import lease
from ..events import InstallState
from ..files import write_whole
from . import cards, pip, pythons
from .pip import Cancelled, PipError

ABSENT = "absent"
OLD = "old"
CURRENT = "current"

# What can be installed: its name and what it is, for people
PROFILES = {
    "draft": ("Draft and Remote", "Small: the draft engine on this computer, and servers that you connect"),
    "gpu": ("Local GPU", "Large: also the engines that run on this computer's graphics card"),
}
LOCKS = {"draft": ("draft.txt",), "gpu": ("gpu.txt", "torch.txt", "hopper.txt")}
VERSIONS = ((3, 13), (3, 12), (3, 11), (3, 14))
NEEDED_BYTES = {"draft": 1.5e9, "gpu": 14e9}  # free on the disk: the environment, and pip's copies on the way
DOWNLOAD_BYTES = {"draft": 2.2e8, "gpu": 3.2e9}
LONGEST_WINDOWS_PATH = 110  # of the home: what packages add below it must stay under 260
START, MADE, LOADED, DONE, READY = 0.02, 0.06, 0.65, 0.75, 0.98  # begun, made, downloaded, installed, compiled
CHECKS = (DONE, "Checking", "models"), (0.78, "Compiling the draft engine", "prepare")
PIP = "pip"  # the folder of the environment that holds pip until all is installed
REMOVE_PAUSES = (0.0, 0.2, 0.5, 1.0, 2.0)


def backend_python(home: Path) -> Path:
    """The interpreter of the installed environment, or the one that TAKE_ONE_PYTHON names. It may not
    exist."""
    chosen = os.environ.get("TAKE_ONE_PYTHON", "")
    if chosen:
        return Path(chosen)
    folder = _pointer(home).get("folder", "")
    return pythons.venv_python(home / folder) if folder else home / "env" / "missing"


def wrong_choice() -> str:
    """What is wrong with the interpreter that TAKE_ONE_PYTHON names, "" for nothing. Blocking."""
    chosen = os.environ.get("TAKE_ONE_PYTHON", "")
    if not chosen or pythons.version_of(Path(chosen)) in VERSIONS:
        return ""
    return (
        f"The variable TAKE_ONE_PYTHON names {chosen}, which is no Python from 3.11 to 3.14. Remove it and "
        "start Blender again."
    )


def state(home: Path, root: Path) -> str:
    """ABSENT, OLD (made for another version's requirements) or CURRENT."""
    if os.environ.get("TAKE_ONE_PYTHON"):
        return CURRENT
    pointer = _pointer(home)
    if not backend_python(home).exists():
        return ABSENT
    return CURRENT if pointer.get("recipe") == recipe(root, pointer.get("profile", "draft")) else OLD


def recipe(root: Path, profile: str) -> str:
    """A hash of all that an environment is made from."""
    folder = root / "backend" / "requirements"
    texts = [(folder / name).read_text(encoding="utf-8") for name in LOCKS[profile]]
    lines = [line for text in texts for line in text.splitlines() if not line.startswith("#")]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


class Installer:
    """One installation. `run` blocks and ends with an InstallState done, failed or cancelled; `cancel` may be
    called from any thread."""

    def __init__(
        self,
        home: Path,
        root: Path,
        profile: str,
        emit: Callable[[InstallState], None],
        blender_python: Path | None = None,
    ) -> None:
        self._home = home
        self._root = root
        self._profile = profile
        self._emit = emit
        self._blender_python = blender_python or Path(sys.executable)
        self._folder = home / f"env-{time.strftime('%Y%m%d-%H%M%S')}-{secrets.token_hex(4)}"
        self._stop = threading.Event()
        self._process: subprocess.Popen[str] | None = None
        self._fraction = 0.0
        self._message = ""

    def cancel(self) -> None:
        self._stop.set()
        if self._process is not None:
            self._process.kill()

    def run(self) -> bool:
        """Whether it was installed."""
        try:
            self._home.mkdir(parents=True, exist_ok=True)
            with lease.exclusively(self._home / "install.lock", seconds=0.5):
                self._install()
        except Cancelled:
            self._end("cancelled", "The installation was cancelled.", "install")
        except PipError as error:
            self._end("failed", error.message, error.fix)
        except TimeoutError:
            self._end("failed", "Another Blender is installing at this moment. Wait for it.", "install")
        except OSError as error:
            self._end("failed", *pip.explain(str(error)))
        else:
            self._emit(InstallState("done", 1.0, "The backend is installed."))
            return True
        return False

    def _end(self, state: str, message: str, fix: str) -> None:
        remove(self._folder)
        self._emit(InstallState(state, self._fraction, message, fix))

    def _install(self) -> None:
        if self._profile not in PROFILES:
            raise PipError(f"There is no profile {self._profile!r}.", "install")
        self._check_place()
        wanted = self._wanted()
        remove_leftovers(self._home)
        log_path = self._home / "logs" / "install.log"
        log_path.parent.mkdir(parents=True, exist_ok=True)
        with log_path.open("w", encoding="utf-8") as log:
            self._report(0.0, "Looking for a Python")
            python = self._find_python()
            log.write(f"{python}\n")
            self._make(python, log)
            self._fill(wanted, log)
            remove(self._folder / PIP)
            self._verify(log)
        self._report(READY, "Switching over")
        _point(
            self._home,
            {
                "folder": self._folder.name,
                "profile": self._profile,
                "recipe": recipe(self._root, self._profile),
                "previous": [name for name in _finished(self._home) if (self._home / name).exists()],
            },
        )

    def _check_place(self) -> None:
        if sys.platform == "win32" and len(str(self._home)) > LONGEST_WINDOWS_PATH:
            raise PipError(
                f"The path {self._home} is too long for Windows. Set the variable TAKE_ONE_HOME to a short "
                "folder, such as C:\\TakeOne, and start Blender again.",
                "open_log",
            )
        free, needed = shutil.disk_usage(self._home).free, NEEDED_BYTES[self._profile]
        if free < needed:
            raise PipError(
                f"The installation needs {needed / 1e9:.1f} GB, and the disk has {free / 1e9:.1f} GB free. Free some "
                "space.",
                "free_space",
            )

    def _wanted(self) -> list[list[str]]:
        """What pip is to install, call by call; for the local GPU engines, by the card that is here."""
        requirements = self._root / "backend" / "requirements"
        if self._profile == "draft":
            return [cards.locked(requirements / "draft.txt")]
        self._report(0.0, "Looking for a graphics card")
        return cards.pip_installs(cards.find(), requirements)

    def _find_python(self) -> Path:
        """Blender's own if it can make environments, else the system's."""
        if pythons.version_of(self._blender_python) in VERSIONS:
            return self._blender_python
        for version in VERSIONS:
            if self._stop.is_set():
                raise Cancelled
            if found := pythons.find(version):
                return found
        raise PipError(
            "No Python from 3.11 to 3.14 was found. Install one from python.org or by your system, then try again.",
            "install",
        )

    def _make(self, python: Path, log: IO[str]) -> None:
        self._report(START, "Making the environment")
        code, output = self._call([str(python), "-m", "venv", "--without-pip", str(self._folder)], log)
        if code != 0:
            raise PipError(*pip.explain(output))
        self._report(MADE, "Downloading")

    def _fill(self, wanted: list[list[str]], log: IO[str]) -> None:
        downloads = pip.Downloads(DOWNLOAD_BYTES[self._profile])

        def on_line(line: str) -> None:
            if line.startswith("Installing collected packages"):
                self._report(LOADED if arguments is wanted[-1] else self._fraction, "Installing")
            elif line.startswith("Collecting "):
                self._report(self._fraction, f"Downloading {re.split('[^A-Za-z0-9._-]', line.split()[1])[0]}")
            elif (fraction := downloads.read(line)) is not None:
                self._report(max(self._fraction, MADE + (LOADED - MADE) * fraction), "")

        command = [
            *self._pip_install(log),
            *("--no-input", "--disable-pip-version-check", "--only-binary", ":all:"),
            "--no-compile",  # Python compiles what is imported, a small part; pip takes longer for all than to unpack
        ]
        for arguments in wanted:
            code, output = self._call([*command, *arguments], log, on_line)
            if code != 0:
                raise PipError(*pip.explain(output))

    def _pip_install(self, log: IO[str]) -> list[str]:
        """`pip install`, from the extension's own wheel, unpacked: read from the archive it takes twice as long to
        start. In a checkout, which has none, Python's (which may be too old to tell its progress)."""
        python = str(pythons.venv_python(self._folder))
        wheel = self._root / "bootstrap" / "pip.whl"
        if wheel.exists():
            with zipfile.ZipFile(wheel) as archive:
                archive.extractall(self._folder / PIP)
            return [python, str(self._folder / PIP / "pip"), "install", "--progress-bar", "raw"]
        code, output = self._call([python, "-m", "ensurepip"], log)
        if code != 0:
            raise PipError(*pip.explain(output))
        return [python, "-m", "pip", "install"]

    def _verify(self, log: IO[str]) -> None:
        """The backend itself must run in it, and make a take. What that compiles is kept for the user's first one."""
        python = str(pythons.venv_python(self._folder))
        for fraction, message, command in CHECKS:
            self._report(fraction, message)
            environment = {"TAKE_ONE_HOME": str(self._home)}
            code, output = self._call([python, "-m", "backend", command], log, environment=environment)
            if code != 0:
                raise PipError(f"The backend was installed but does not run: {_last_line(output)}", "open_log")

    def _call(
        self,
        command: list[str],
        log: IO[str],
        on_line: Callable[[str], None] = lambda line: None,
        environment: dict[str, str] | None = None,
    ) -> tuple[int, str]:
        def started(process: subprocess.Popen[str]) -> None:
            self._process = process
            if self._stop.is_set():
                process.kill()

        result = pip.run(command, log, self._root, on_line, started, environment)
        if self._stop.is_set():
            raise Cancelled
        return result

    def _report(self, fraction: float, message: str) -> None:
        if self._stop.is_set():
            raise Cancelled
        self._fraction = fraction
        self._message = message or self._message
        self._emit(InstallState("running", fraction, self._message))


def remove(folder: Path) -> bool:
    """Delete a folder. Virus scanners hold new files for a moment: tried again with growing pauses. Whether
    it is gone."""
    for pause in REMOVE_PAUSES:
        time.sleep(pause)
        shutil.rmtree(folder, ignore_errors=True)
        if not folder.exists():
            return True
    return False


def remove_leftovers(home: Path, previous: bool = False) -> None:
    """Delete environments that were never finished, and the `previous` ones, which a backend may still run in.
    What cannot be deleted now is deleted the next time."""
    finished = _finished(home)
    kept = finished[:1] if previous else finished
    for folder in home.glob("env-*"):
        if folder.is_dir() and folder.name not in kept:
            remove(folder)


def _finished(home: Path) -> list[str]:
    """The folders of the environments that were installed whole: the one in use first, then those before it."""
    pointer = _pointer(home)
    previous = pointer.get("previous")
    return [name for name in (pointer.get("folder"), *(previous if isinstance(previous, list) else ())) if name]


def _pointer(home: Path) -> dict[str, Any]:
    try:
        pointer = json.loads((home / "env.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return pointer if isinstance(pointer, dict) else {}


def _point(home: Path, pointer: dict[str, Any]) -> None:
    write_whole(home / "env.json", json.dumps(pointer), 0o644)


def _last_line(output: str) -> str:
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    return lines[-1][:300] if lines else "it said nothing"
