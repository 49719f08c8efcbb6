"""Machine code of the draft's kernels: found by what their sources say."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from backend import kernels
from devtools.mutation import run

ROOT = Path(__file__).resolve().parents[4]
ADD = "from .small import double\n\n\n@kernel\ndef add(a):\n    return double(a) + 1\n"
DOUBLE = "from ....kernels import helper\n\n\n@helper\ndef double(a):\n    return a * {by}\n"
CALL = """
from backend.engines.draft.view.adding import add
print(add(5.0), sum(add.stats.cache_hits.values()))
"""


def engine(folder: Path, by: int = 2) -> Path:
    """A small engine: as ours is laid out, with one kernel whose helper lies in a file of its own."""
    view = folder / "backend" / "engines" / "draft" / "view"
    view.mkdir(parents=True)
    for name in ("home.py", "kernels.py", "media/planes.py"):
        (folder / "backend" / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / "backend" / name, folder / "backend" / name)
    (view / "small.py").write_text(DOUBLE.format(by=by))
    (view / "adding.py").write_text("from ....kernels import kernel\n" + ADD)
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


def closed(cache: Path) -> None:
    """As it comes about by itself: some leave it to all to look inside."""
    (cache / kernels.OURS).mkdir(parents=True, mode=0o755)


def open_to_all(cache: Path) -> None:
    closed(cache)
    (cache / kernels.OURS).chmod(0o1777)


def open_on_the_way(cache: Path) -> None:
    closed(cache)
    cache.chmod(0o777)


def another_group_may_write(cache: Path) -> None:
    closed(cache)
    os.chown(cache / kernels.OURS, -1, 4242)
    (cache / kernels.OURS).chmod(0o770)


def a_link(cache: Path) -> None:
    closed(cache.with_name("elsewhere"))
    cache.mkdir()
    (cache / kernels.OURS).symlink_to(cache.with_name("elsewhere") / kernels.OURS)


def another_users(cache: Path) -> None:
    closed(cache)
    os.chown(cache / kernels.OURS, 4242, -1)


def another_users_on_the_way(cache: Path) -> None:
    closed(cache)
    os.chown(cache, 4242, -1)


@pytest.mark.skipif(os.name == "nt", reason="a user's folders are private there")
@pytest.mark.parametrize(
    ("made", "ours"),
    [(lambda _: None, True), (closed, True), (open_to_all, False), (open_on_the_way, False), (a_link, False),
     (another_group_may_write, False), (another_users, False), (another_users_on_the_way, False)],
    ids=["none", "closed", "open", "way", "link", "group", "user", "user_way"],
)  # fmt: skip
def test_machine_code_lies_where_nobody_else_can_put_any(
    tmp_path: Path, made: Callable[[Path], None], ours: bool
) -> None:
    cache = tmp_path / "cache" / "numba"
    try:
        made(cache)
    except PermissionError:
        pytest.skip("only root may give a folder away")
    assert kernels.is_ours(cache / kernels.OURS) is ours
    if ours:
        assert (cache / kernels.OURS).stat().st_mode & 0o777 == 0o700


@pytest.mark.skipif(os.name == "nt", reason="a user's folders are private there")
def test_where_others_could_put_code_it_is_kept_for_one_process(tmp_path: Path) -> None:
    cache, small = tmp_path / "cache", engine(tmp_path / "first")
    open_to_all(cache)
    assert [call(small, cache), call(small, cache)] == [[11, 0], [11, 0]]
    assert list((cache / kernels.OURS).iterdir()) == []
    shutil.rmtree(cache)
    assert [call(small, cache), call(small, cache)] == [[11, 0], [11, 1]]
    assert (cache.stat().st_mode & 0o777, (cache / kernels.OURS).stat().st_mode & 0o777) == (0o700, 0o700)


def test_the_machine_code_of_the_newest_versions_stays(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(kernels.SETTINGS, "CACHE_DIR", str(tmp_path))
    kernels.forget_earlier()
    ours = tmp_path / kernels.OURS
    for number in range(6):
        (tmp_path / f"another's {number}").mkdir()
    for age, name in enumerate(("newest", "newer", kernels.DIGEST, "new", "old", "oldest")):
        (ours / name / kernels.VIEW).mkdir(parents=True)
        (ours / name / kernels.VIEW / "kernel.nbi").write_bytes(b"code")
        os.utime(ours / name, (1e9 - age, 1e9 - age))
    kernels.forget_earlier()
    assert {folder.name for folder in ours.iterdir()} == {"newest", "newer", "new", kernels.DIGEST}
    assert len(list(tmp_path.glob("another's *"))) == 6
    assert kernels.compiled()
    (ours / kernels.DIGEST / "media").mkdir()
    (ours / kernels.DIGEST / kernels.VIEW / "kernel.nbi").rename(ours / kernels.DIGEST / "media" / "kernel.nbi")
    assert not kernels.compiled()


def test_mutants_of_what_is_in_the_digest_have_time_to_compile_and_a_folder_of_their_own() -> None:
    rooms, copy = (Path("kernels.py"), *kernels.ROOMS), Path("copy")
    assert set(run.KERNEL_ROOMS) == {f"backend/{room.as_posix()}{'' if room.suffix else '/'}" for room in rooms}
    for module in ("backend/engines/draft/view/film.py", "backend/media/planes.py", "backend/kernels.py"):
        assert run.limit_of(module, 10.0) == 30 + run.PATIENCE + run.COMPILING
        assert run.variables_of(module, copy)["NUMBA_CACHE_DIR"] == str(copy / "mutation-kernels")
    assert run.limit_of("backend/media/audio.py", 10.0) == 30 + run.PATIENCE
    assert run.variables_of("backend/media/audio.py", copy) == run.environment_of()
