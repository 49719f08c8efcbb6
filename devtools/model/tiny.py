"""A complete tiny model in the layout of the published files: `python -m devtools.model.tiny FOLDER`.

The whole path runs on a CPU in seconds. What comes out is noise.
Then: `python -m backend models link all FOLDER`.
"""

from __future__ import annotations

import argparse
import hashlib
import shutil
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
KEPT = ROOT / ".dev" / "tiny-model"
SOURCES = (
    *sorted((ROOT / "tests" / "golden").glob("*/weights.safetensors")),
    Path(__file__).with_name("components.py"),
)


def make(folder: Path) -> None:
    """Has all components below `folder` (about 30 MB). They are made once, which takes some seconds and torch, and
    copied from then on."""
    digest = hashlib.sha256()
    for source in SOURCES:
        digest.update(source.read_bytes())
    made = KEPT / digest.hexdigest()[:16]
    if not made.exists():
        KEPT.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=KEPT) as room:
            _write(Path(room) / "model", made)
    shutil.copytree(made, folder, dirs_exist_ok=True)


def _write(place: Path, made: Path) -> None:
    from .components import write

    place.mkdir()
    write(place)
    try:
        place.rename(made)
    except OSError:
        if not made.exists():  # else another process was first, with the same
            raise


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Make a complete tiny model in the published layout.")
    parser.add_argument("folder", type=Path)
    make(parser.parse_args().folder)
