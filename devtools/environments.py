"""The environments under .dev/: made once, marked complete, and then used without the network."""

from __future__ import annotations

import concurrent.futures
import hashlib
import json
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

from client import pythons

ROOT = Path(__file__).resolve().parents[1]
DEV = ROOT / ".dev"
STAMP = ".complete.json"


class SetupError(Exception):
    """Something that the developer has to see to."""


class Kind(NamedTuple):
    """An environment: the Pythons that fit, best first, and what to install."""

    name: str
    pythons: tuple[tuple[int, int], ...]
    files: tuple[str, ...]  # requirements files
    packages: tuple[str, ...]


BLENDER_TESTS = ("pytest==9.2.0",)
KINDS = {
    kind.name: kind
    for kind in (
        Kind("blender-5.2", ((3, 13),), (), ("bpy==5.2.3", *BLENDER_TESTS)),
        Kind("blender-4.5", ((3, 11),), (), ("bpy==4.5.15", *BLENDER_TESTS)),
        Kind("backend", ((3, 11), (3, 13), (3, 12), (3, 14)), ("backend/requirements/draft.txt",), ()),
        Kind("test", ((3, 11), (3, 12), (3, 13)), ("backend/requirements/gpu.txt", "requirements-dev.txt"), ()),
    )
}


def python_of(name: str) -> Path:
    """The interpreter of an environment (which may not exist)."""
    return pythons.venv_python(DEV / name)


def possible(name: str) -> bool:
    """Whether the environment exists or a Python for it is on this machine."""
    return _is_complete(KINDS[name]) or _find_python(KINDS[name]) is not None


def blender() -> str:
    """The name of the Blender environment to use here: 5.2 where Python 3.13 is found, else 4.5. Raises
    SetupError."""
    for name in ("blender-5.2", "blender-4.5"):
        if possible(name):
            return name
    raise SetupError(
        "Blender as a Python module needs Python 3.13 (for Blender 5.2) or 3.11 (for 4.5), and neither was found.\n"
        "Install one of them, from python.org or your system's packages, and start again."
    )


def ensure(*names: str) -> float:
    """Set up environments, several at a time. Returns the seconds it took. Raises SetupError."""
    began = time.monotonic()
    missing = [KINDS[name] for name in names if not _is_complete(KINDS[name])]
    if not missing:
        return 0.0
    print(
        "Setting up",
        ", ".join(f".dev/{kind.name}" for kind in missing),
        "(once; this takes the network)",
        flush=True,
    )
    with concurrent.futures.ThreadPoolExecutor() as pool:
        for made in [pool.submit(_make, kind) for kind in missing]:
            made.result()
    return time.monotonic() - began


def run_environment() -> dict[str, str]:
    """The environment variables for what runs in .dev/: nothing touches the user's own Blender or Take
    One."""
    return {
        **pythons.clean_environment(),
        "BLENDER_USER_RESOURCES": str(DEV / "blender-user"),
        "TAKE_ONE_PYTHON": str(python_of("backend")),
        "PYTHONUNBUFFERED": "1",
    }


def kernel_cache() -> Path:
    """Where the tests keep the draft engine's machine code: one folder for all their homes, by what it is made from."""
    sources = sorted((ROOT / "backend" / "engines" / "draft").rglob("*.py"))
    made_from = hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()[:16]
    return DEV / "kernels" / made_from


def _make(kind: Kind) -> None:
    folder = DEV / kind.name
    python = python_of(kind.name)
    if pythons.version_of(python) not in kind.pythons:
        base = _find_python(kind)
        if base is None:
            wanted = " or ".join(f"{major}.{minor}" for major, minor in sorted(kind.pythons))
            raise SetupError(
                f"Setting up .dev/{kind.name} needs Python {wanted}, and none was found. Install one "
                "from python.org or your system's packages, and start again."
            )
        shutil.rmtree(folder, ignore_errors=True)
        _run(kind, [str(base), "-m", "venv", str(folder)])
    (folder / STAMP).unlink() if (folder / STAMP).exists() else None
    requirements = [part for file in kind.files for part in ("-r", str(ROOT / file))]
    _run(
        kind,
        [
            str(python),
            "-m",
            "pip",
            "install",
            "--disable-pip-version-check",
            "--prefer-binary",
            "--progress-bar",
            "off",
            *requirements,
            *kind.packages,
        ],
    )
    (folder / STAMP).write_text(json.dumps({"recipe": _recipe(kind)}))
    print(f"  .dev/{kind.name} is ready", flush=True)


def _run(kind: Kind, command: list[str]) -> None:
    log = DEV / f"{kind.name}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as file:
        process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=pythons.clean_environment(),
            cwd=str(ROOT),
        )
        assert process.stdout is not None
        said = []
        for raw in process.stdout:
            file.write(raw)
            line = raw.decode("utf-8", "replace").rstrip()
            said.append(line)
            if line.startswith(("Collecting", "Installing collected", "Downloading")):
                print(f"  {kind.name}: {line[:100]}", flush=True)
        if process.wait() != 0:
            raise SetupError(
                f"Setting up .dev/{kind.name} failed:\n" + "\n".join(said[-12:]) + f"\nThe whole log: {log}"
            )


def _find_python(kind: Kind) -> Path | None:
    for version in kind.pythons:
        found = pythons.find(version)
        if found is not None:
            return found
    return None


def _recipe(kind: Kind) -> str:
    """A hash of all that the environment is made from."""
    texts = [(ROOT / file).read_text() for file in _with_includes(kind.files)]
    return hashlib.sha256(json.dumps([kind.packages, texts, sys.platform]).encode()).hexdigest()


def _with_includes(files: tuple[str, ...]) -> list[str]:
    """Requirements files and those that they name by `-r`."""
    found = []
    for file in files:
        found.append(file)
        for line in (ROOT / file).read_text().splitlines():
            if line.startswith("-r "):
                found.extend(_with_includes(((Path(file).parent / line[3:].strip()).as_posix(),)))
    return found


def _is_complete(kind: Kind) -> bool:
    stamp = DEV / kind.name / STAMP
    try:
        return json.loads(stamp.read_text())["recipe"] == _recipe(kind) and python_of(kind.name).exists()
    except (OSError, ValueError, KeyError):
        return False
