"""Machine code of the draft's kernels: found by what their sources say."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from backend.engines.draft.view import kernels

ROOT = Path(__file__).resolve().parents[4]
ADD = "from .small import double\n\n\n@kernel\ndef add(a):\n    return double(a) + 1\n"
DOUBLE = "from .kernels import helper\n\n\n@helper\ndef double(a):\n    return a * {by}\n"
CALL = """
from backend.engines.draft.view.adding import add
print(add(5.0), sum(add.stats.cache_hits.values()))
"""


def engine(folder: Path, by: int = 2) -> Path:
    """A small engine: as ours is laid out, with one kernel whose helper lies in a file of its own."""
    view = folder / "backend" / "engines" / "draft" / "view"
    view.mkdir(parents=True)
    shutil.copy(ROOT / "backend" / "home.py", folder / "backend")
    shutil.copy(ROOT / "backend" / "engines" / "draft" / "view" / "kernels.py", view)
    (view / "small.py").write_text(DOUBLE.format(by=by))
    (view / "adding.py").write_text("from .kernels import kernel\n" + ADD)
    return folder


def call(folder: Path, cache: Path) -> list[float]:
    """What the kernel answers to 5, in a process of its own, and how often it was found compiled."""
    environment = os.environ | {"NUMBA_CACHE_DIR": str(cache), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run([sys.executable, "-c", CALL], cwd=folder, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return [float(word) for word in done.stdout.split()]


def test_an_engine_that_moved_compiles_nothing_and_one_whose_helper_changed_all(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    first = engine(tmp_path / "first")
    assert call(first, cache) == [11, 0]
    assert call(first, cache) == [11, 1]
    assert call(engine(tmp_path / "moved"), cache) == [11, 1]
    helper = first / "backend" / "engines" / "draft" / "view" / "small.py"
    helper.write_text(DOUBLE.format(by=3))
    assert call(first, cache) == [16, 0]
    assert len(list((cache / kernels.OURS).iterdir())) == 2


def test_the_machine_code_of_the_newest_versions_stays(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(kernels.SETTINGS, "CACHE_DIR", str(tmp_path))
    kernels.forget_earlier()
    ours = tmp_path / kernels.OURS
    for number in range(6):
        (tmp_path / f"another's {number}").mkdir()
    for age, name in enumerate(("newest", "newer", kernels.DIGEST, "new", "old", "oldest")):
        (ours / name).mkdir(parents=True)
        (ours / name / "kernel.nbi").write_bytes(b"code")
        os.utime(ours / name, (1e9 - age, 1e9 - age))
    kernels.forget_earlier()
    assert {folder.name for folder in ours.iterdir()} == {"newest", "newer", "new", kernels.DIGEST}
    assert len(list(tmp_path.glob("another's *"))) == 6
    assert kernels.compiled()
    shutil.rmtree(ours / kernels.DIGEST)
    assert not kernels.compiled()
