"""The environments under .dev/: made once, marked complete, and then used without the network."""

from __future__ import annotations

import ast
import concurrent.futures
import functools
import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from client.files import write_whole
from client.installing import cards, pythons

ROOT = Path(__file__).resolve().parents[1]
DEV = ROOT / ".dev"
KERNELS = DEV / "kernels"  # the draft engine's machine code, for all homes of tests
STAMP = ".complete.json"


class SetupError(Exception):
    """Something that the developer has to see to."""


class Kind(NamedTuple):
    """An environment: the Pythons that fit, best first, and the lock of what to install. `torch`: with torch's build
    for the processor."""

    name: str
    pythons: tuple[tuple[int, int], ...]
    lock: str
    torch: bool = False


REQUIREMENTS = "devtools/requirements"
PIP = f"{REQUIREMENTS}/pip.txt"
UV = f"{REQUIREMENTS}/lock.txt"
CACHE = DEV / "uv"  # packages as uv unpacked them: environments link to them
# What uv is told of pip's settings, which it does not read, by variables: addresses may hold passwords.
SETTINGS = {
    "index-url": "UV_INDEX_URL",
    "extra-index-url": "UV_EXTRA_INDEX_URL",
    "find-links": "UV_FIND_LINKS",
    "cert": "SSL_CERT_FILE",
}
FOR_PIP = frozenset({"no-index", "proxy"})  # uv would go past them
TORCH = f"{REQUIREMENTS}/torch-cpu.txt"
LOCKED = ("--require-hashes", "--no-deps")
KINDS = {
    kind.name: kind
    for kind in (
        Kind("blender-5.2", ((3, 13),), f"{REQUIREMENTS}/blender-5.2.txt"),
        Kind("blender-4.5", ((3, 11),), f"{REQUIREMENTS}/blender-4.5.txt"),
        Kind("backend", ((3, 11), (3, 13), (3, 12), (3, 14)), "backend/requirements/draft.txt"),
        Kind("test", ((3, 11), (3, 12), (3, 13)), f"{REQUIREMENTS}/test.txt", torch=True),
        Kind("mutate", ((3, 11), (3, 12), (3, 13), (3, 14)), f"{REQUIREMENTS}/mutate.txt"),
        Kind("lock", ((3, 11), (3, 12), (3, 13), (3, 14)), f"{REQUIREMENTS}/lock.txt"),
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
    uv = _fetch_uv()
    pip_settings()
    with concurrent.futures.ThreadPoolExecutor() as pool:
        for made in [pool.submit(_make, kind, uv) for kind in missing]:
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


def _make(kind: Kind, uv: Path | None) -> None:
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
        _run(kind.name, [str(base), "-m", "venv", "--without-pip", str(folder)])
    (folder / STAMP).unlink(missing_ok=True)
    with concurrent.futures.ThreadPoolExecutor() as beside:  # torch takes as long as all the others
        torch = beside.submit(_torch, kind.name, python) if kind.torch and uv is not None else None
        made = uv is not None and _made_by_uv(kind, python, uv)
    if torch is not None:
        torch.result()
    if not made:
        _pip(kind.name, python, "-r", kind.lock)
    if kind.torch and torch is None:
        _torch(kind.name, python)
    write_whole(folder / STAMP, json.dumps({"recipe": _recipe(kind)}), 0o644)
    print(f"  .dev/{kind.name} is ready", flush=True)


def _torch(name: str, python: Path) -> None:
    """By pip: where torch's own index can't be reached, it may still find the build in a folder that it knows."""
    _pip(name, python, "--retries", "1", "--extra-index-url", f"{cards.INDEX}cpu", "-r", TORCH)


def pip_wheel() -> Path:
    """pip itself, which goes into the extension's zip. Fetched once. Raises SetupError."""
    folder = DEV / "bootstrap" / hashlib.sha256((ROOT / PIP).read_bytes()).hexdigest()[:16]
    if not (wheels := list(folder.glob("pip-*.whl"))):
        base = _find_python(KINDS["backend"])
        if base is None:
            raise SetupError("No Python from 3.11 to 3.14 was found. Install one, and start again.")
        with tempfile.TemporaryDirectory() as made:  # a Python of the system's may come without pip
            _run("bootstrap", [str(base), "-m", "venv", made])
            pip = [str(pythons.venv_python(Path(made))), "-m", "pip"]
            _run("bootstrap", [*pip, "download", "--disable-pip-version-check", *LOCKED, "-d", str(folder), "-r", PIP])
        wheels = list(folder.glob("pip-*.whl"))
    return wheels[0]


def _fetch_uv() -> Path | None:
    """uv, which makes our environments in a quarter of the processor's time that pip takes; None where it can't be had.
    Fetched once. Raises SetupError where there is no pip either."""
    folder = DEV / "bootstrap" / hashlib.sha256((ROOT / UV).read_bytes()).hexdigest()[:16]
    found = folder / "bin" / ("uv.exe" if sys.platform == "win32" else "uv")
    pip_wheel()
    base = _find_python(KINDS["backend"])
    if not found.exists() and base is not None:
        try:
            _pip("bootstrap", base, "--target", str(folder), "-r", UV)
        except SetupError as error:
            print(f"  {error}\n  pip makes the environments.", flush=True)
    return found if found.exists() else None


@functools.lru_cache(maxsize=1)
def pip_settings() -> dict[str, str]:
    """What this machine's pip settings say, from files and PIP_* variables, by option. Raises SetupError."""
    base = _find_python(KINDS["backend"])
    command = [str(base), str(pip_wheel() / "pip"), "config", "list"]
    listed = subprocess.run(command, capture_output=True, text=True, env=pythons.clean_environment(), cwd=str(ROOT))
    said = dict(line.split("=", 1) for line in listed.stdout.splitlines() if "=" in line)
    settings = {}
    for level in ("global", "install", ":env:"):  # the later counts
        for name, value in said.items():
            if name.startswith(f"{level}."):
                settings[name[len(level) + 1 :]] = str(ast.literal_eval(value))
    return settings


def _made_by_uv(kind: Kind, python: Path, uv: Path) -> bool:
    """Whether uv could fill the environment. It knows fewer ways to an index than pip, which is tried then."""
    settings = pip_settings()
    if not FOR_PIP.isdisjoint(settings):
        return False
    given = {SETTINGS[name]: value for name, value in settings.items() if name in SETTINGS}
    if links := given.get("UV_FIND_LINKS"):
        given["UV_FIND_LINKS"] = ",".join(links.split())
    command = [str(uv), "pip", "install", "--python", str(python), "--cache-dir", str(CACHE), "--no-config"]
    command += ["--index-strategy", "unsafe-best-match"]  # any index, as pip does: hashes say what may come
    try:
        _run(kind.name, [*command, *LOCKED, "-r", kind.lock], given)
    except SetupError as error:
        print(f"  {kind.name}: {error}\n  pip is tried.", flush=True)
        return False
    return True


def _pip(name: str, python: Path, *arguments: str) -> None:
    options = ("--disable-pip-version-check", "--progress-bar", "off", "--no-compile")  # Python does it on import
    _run(name, [str(python), str(pip_wheel() / "pip"), "install", *options, *LOCKED, *arguments])


def _run(name: str, command: list[str], variables: dict[str, str] | None = None) -> None:
    log = DEV / f"{name}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as file:
        process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={**pythons.clean_environment(), **(variables or {})},
            cwd=str(ROOT),
        )
        assert process.stdout is not None
        said = []
        for raw in process.stdout:
            file.write(raw)
            line = raw.decode("utf-8", "replace").rstrip()
            said.append(line)
            if line.startswith(("Collecting", "Installing collected", "Downloading")):
                print(f"  {name}: {line[:100]}", flush=True)
        if process.wait() != 0:
            raise SetupError(f"Setting up .dev/{name} failed:\n" + "\n".join(said[-12:]) + f"\nThe whole log: {log}")


def _find_python(kind: Kind) -> Path | None:
    for version in kind.pythons:
        found = pythons.find(version)
        if found is not None:
            return found
    return None


def _recipe(kind: Kind) -> str:
    """A hash of all that the environment is made from."""
    texts = [(ROOT / file).read_text() for file in (kind.lock, *([TORCH] if kind.torch else []))]
    return hashlib.sha256(json.dumps([texts, sys.platform]).encode()).hexdigest()


def _is_complete(kind: Kind) -> bool:
    stamp = DEV / kind.name / STAMP
    try:
        return json.loads(stamp.read_text())["recipe"] == _recipe(kind) and python_of(kind.name).exists()
    except (OSError, ValueError, KeyError):
        return False
