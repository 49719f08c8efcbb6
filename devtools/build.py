"""`dev.py build`: the extension's zip, holding what Blender needs and nothing else."""

from __future__ import annotations

import zipfile
from fnmatch import fnmatch
from pathlib import Path
from typing import BinaryIO

from client.files import writing

from .environments import ROOT, SetupError, pip_wheel

FILES = ("blender_manifest.toml", "__init__.py", "LICENSE", "README.md")
PACKAGES = ("operators", "panels", "scene", "client", "backend", "presets")
PAGES = "docs/*.md"  # of the guide: what the question mark opens
LEFT_OUT = ("*.pyc", "*/__pycache__/*", "*/.*")
DATE = (2026, 1, 1, 0, 0, 0)  # one date for all: the same files give the same zip


def build(out: Path) -> Path:
    """Make `out`/take_one-VERSION.zip and check it. Raises SetupError."""
    version = _version()
    out.mkdir(parents=True, exist_ok=True)
    path = out / f"take_one-{version}.zip"
    with writing(path, 0o644) as written:
        with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
            for file in sorted(_contents()):
                _add(archive, file, file.relative_to(ROOT).as_posix())
            _add(archive, pip_wheel(), "bootstrap/pip.whl")
        _check(written)
    return path


def _contents() -> list[Path]:
    found = [ROOT / name for name in FILES if (ROOT / name).exists()]
    found += sorted(ROOT.glob(PAGES))
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


def _version() -> str:
    """The manifest's version, which must be the backend's."""
    scope: dict[str, str] = {}
    exec((ROOT / "backend" / "__init__.py").read_text(), scope)  # one docstring, one constant
    manifest = (ROOT / "blender_manifest.toml").read_text()
    if f'\nversion = "{scope["__version__"]}"\n' not in manifest:
        raise SetupError(f"blender_manifest.toml and backend/__init__.py ({scope['__version__']}) differ in version.")
    return scope["__version__"]


def _check(written: BinaryIO) -> None:
    """What `blender --command extension validate` does not look at: that every part is in, and nothing that
    must not be."""
    with zipfile.ZipFile(written) as archive:
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
        "backend/requirements/torch.in",
        "backend/requirements/torch.txt",
        "backend/requirements/hopper.txt",
    ]
    missing = [name for name in needed if name not in names]
    if bad or missing:
        raise SetupError(f"The zip is not whole: {bad or ', '.join(missing)}")
    unwanted = [
        name
        for name in names
        if name.startswith(("tests/", ".", "devtools/", "demo/", "integrations/")) or name.endswith(".pyc")
    ]
    if unwanted:
        raise SetupError(f"The zip holds what it must not: {', '.join(unwanted[:5])}")
