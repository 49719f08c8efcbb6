"""`dev.py build`: the extension's zip, holding what Blender needs and nothing else."""

from __future__ import annotations

import subprocess
import zipfile
from fnmatch import fnmatch
from pathlib import Path

from .environments import DEV, ROOT, SetupError, ensure, python_of

FILES = ("blender_manifest.toml", "__init__.py", "LICENSE", "README.md")
PACKAGES = ("operators", "panels", "scene", "client", "backend")
LEFT_OUT = ("*.pyc", "*/__pycache__/*", "*/.*")
PIP = "pip==26.3"
DATE = (2026, 1, 1, 0, 0, 0)  # one date for all: the same files give the same zip


def build(out: Path) -> Path:
    """Make `out`/take_one-VERSION.zip and check it. Raises SetupError."""
    ensure("backend")
    version = _version()
    wheel = _pip_wheel()
    out.mkdir(parents=True, exist_ok=True)
    path = out / f"take_one-{version}.zip"
    part = path.with_suffix(".part")
    with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(_contents()):
            _add(archive, file, file.relative_to(ROOT).as_posix())
        _add(archive, wheel, "bootstrap/pip.whl")
    _check(part)
    part.replace(path)
    return path


def _contents() -> list[Path]:
    found = [ROOT / name for name in FILES if (ROOT / name).exists()]
    for package in PACKAGES:
        found += [path for path in (ROOT / package).rglob("*") if path.is_file()]
    return [
        path for path in found if not any(fnmatch("/" + path.relative_to(ROOT).as_posix(), rule) for rule in LEFT_OUT)
    ]


def _add(archive: zipfile.ZipFile, file: Path, name: str) -> None:
    entry = zipfile.ZipInfo(name, DATE)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    archive.writestr(entry, file.read_bytes())


def _pip_wheel() -> Path:
    """pip itself, for Blenders whose Python has none. Fetched once."""
    folder = DEV / "bootstrap" / PIP
    wheels = sorted(folder.glob("pip-*.whl"))
    if not wheels:
        command = [
            str(python_of("backend")),
            "-m",
            "pip",
            "download",
            "--disable-pip-version-check",
            "--no-deps",
            "-q",
            "-d",
            str(folder),
            PIP,
        ]
        if subprocess.run(command).returncode != 0:
            raise SetupError("pip's wheel, which goes into the zip, could not be fetched. Is there a network?")
        wheels = sorted(folder.glob("pip-*.whl"))
    return wheels[-1]


def _version() -> str:
    """The manifest's version, which must be the backend's."""
    scope: dict[str, str] = {}
    exec((ROOT / "backend" / "__init__.py").read_text(), scope)  # one docstring, one constant
    manifest = (ROOT / "blender_manifest.toml").read_text()
    if f'\nversion = "{scope["__version__"]}"\n' not in manifest:
        raise SetupError(f"blender_manifest.toml and backend/__init__.py ({scope['__version__']}) differ in version.")
    return scope["__version__"]


def _check(path: Path) -> None:
    """What `blender --command extension validate` does not look at: that every part is in, and nothing that
    must not be."""
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        bad = archive.testzip()
    needed = [
        "__init__.py",
        "blender_manifest.toml",
        "client/session.py",
        "backend/__main__.py",
        "bootstrap/pip.whl",
        "backend/requirements/draft.txt",
        "backend/requirements/gpu.txt",
    ]
    missing = [name for name in needed if name not in names]
    if bad or missing:
        raise SetupError(f"The zip is not whole: {bad or ', '.join(missing)}")
    unwanted = [
        name for name in names if name.startswith(("tests/", ".", "devtools/", "demo/")) or name.endswith(".pyc")
    ]
    if unwanted:
        raise SetupError(f"The zip holds what it must not: {', '.join(unwanted[:5])}")
