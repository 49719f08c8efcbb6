"""What the name of the machine code is made of, and how it is compiled."""

from __future__ import annotations

from pathlib import Path

from backend import kernels


def sources(folder: Path) -> Path:
    for name in ("kernels.py", "media/planes.py", "engines/draft/view/a.py", "engines/draft/view/deep/b.py"):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"# {name}\n")
    return folder


def test_machine_code_is_named_by_all_that_it_is_made_of_and_by_nothing_else(tmp_path: Path) -> None:
    folder = sources(tmp_path / "one")
    before = kernels.digest_of(folder)
    assert len(before) == 16 and set(before) <= set("0123456789abcdef")
    assert kernels.digest_of(sources(tmp_path / "two")) == before
    for name in ("home.py", "media/other.py", "engines/draft/view/notes.txt", "engines/draft/sound.py"):
        (folder / name).write_text("x = 1\n")
        assert kernels.digest_of(folder) == before, name
    found = {before}
    for name in ("kernels.py", "media/planes.py", "engines/draft/view/deep/b.py", "engines/draft/view/new.py"):
        (folder / name).write_text("x = 2\n")
        found.add(kernels.digest_of(folder))
    (folder / "engines/draft/view/new.py").rename(folder / "engines/draft/view/other.py")  # as it was, but for its name
    found.add(kernels.digest_of(folder))
    (folder / "engines/draft/view/a.py").write_text("")
    found.add(kernels.digest_of(folder))
    assert len(found) == 7


def test_the_code_of_each_file_lies_by_where_it_is_from() -> None:
    for name in ("engines/draft/view/raster.py", "media/planes.py"):
        path = kernels.SOURCES / name
        place = kernels.ByContent.get_suitable_cache_subpath(str(path))
        assert Path(place) == Path("take-one", kernels.DIGEST, Path(name).parent)
    assert (kernels.SOURCES / "kernels.py").is_file()
    assert all((kernels.SOURCES / room).exists() for room in kernels.ROOMS)


def test_what_is_compiled_runs_beside_other_threads_and_divides_as_numpy_does() -> None:
    from backend.media import planes

    found = [one for one in vars(planes).values() if hasattr(one, "targetoptions")]
    assert found
    for function in (*found, kernels.helper(lambda a, b: a / b)):
        assert function.targetoptions["nogil"] is True
        assert function.targetoptions["error_model"] == "numpy"
    assert all(one.stats.cache_path for one in found)
