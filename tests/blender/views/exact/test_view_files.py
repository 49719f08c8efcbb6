"""The files of a take's views, by their index alone: brought in, noted, found again, and linked into another take."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import replace
from pathlib import Path

import bpy
import pytest
from take_one.client.protocol import Camera
from take_one.client.protocol.camera import IDENTITY
from take_one.client.protocol.codec import to_json
from take_one.scene.stills import views
from take_one.scene.stills.files import Still

CAMERA = Camera("perspective", 96, 54, 48.0, 27.0, 100.0, 90.0)
FLAT = replace(CAMERA, projection="orthographic", fx=10.0, fy=10.0, scale=0.1)


@pytest.fixture
def stills(tmp_path):
    """Where a film has the stills of a shot's takes."""
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "film.blend"))
    folder = tmp_path / "takes" / "Walk" / "stills"
    folder.mkdir(parents=True)
    return folder


def moved(x: float, row: int = 0, column: int = 3) -> Camera:
    """The camera with a number of its matrix changed by `x`."""
    rows = [list(one) for one in IDENTITY]
    rows[row][column] += x
    return replace(CAMERA, matrix_world=tuple(map(tuple, rows)))


def made(folder: Path, name="still.png", depth="depth.exr", camera=CAMERA, **more) -> Still:
    """A still whose files hold their own names."""
    folder.mkdir(parents=True, exist_ok=True)
    for one in filter(None, (name, depth)):
        (folder / one).write_text(f"{folder.name}/{one}")
    return Still(folder / name, 96, 54, "RENDER", folder / depth if depth else None, camera, **more)


def with_around(folder: Path, mark="a", **more) -> Still:
    wide = made(folder, "around.png", "around_depth.exr", replace(CAMERA, width=120, cx=60.0))
    still = replace(made(folder, **more), around=wide)
    views.note(folder, still, mark)
    return still


def test_a_further_view_is_taken_in_under_its_number(tmp_path):
    apart = tmp_path / views.APART
    still = views.take_in(made(apart, "still.webp"), tmp_path, 3)
    assert (still.image, still.depth) == (tmp_path / "view_03.webp", tmp_path / "view_03_depth.exr")
    assert still.image.read_text() == "part_view/still.webp" and still.depth.read_text() == "part_view/depth.exr"
    assert not apart.exists() and still.camera == CAMERA
    plain = views.take_in(made(apart, depth=""), tmp_path, 12)
    assert (plain.image, plain.depth) == (tmp_path / "view_12.png", None) and plain.image.exists()
    assert sorted(one.name for one in tmp_path.iterdir()) == ["view_03.webp", "view_03_depth.exr", "view_12.png"]


def test_what_is_noted_is_read_again_and_the_same_picture_is_noted_once(tmp_path):
    first = made(tmp_path, notes=("speckled",))
    views.note(tmp_path, first, "a")
    views.note(tmp_path, made(tmp_path, "view_01.png", "", moved(1.0)), "b")
    assert views.read(tmp_path).views == (
        views.Kept("still.png", "depth.exr", CAMERA, "a", ("speckled",)),
        views.Kept("view_01.png", "", moved(1.0), "b"),
    )
    with_around(tmp_path, "c")
    assert [(one.image, one.depth, one.mark, one.camera.width) for one in views.read(tmp_path).views] == [
        ("view_01.png", "", "b", 96), ("still.png", "depth.exr", "c", 96),
        ("around.png", "around_depth.exr", "c", 120),
    ]  # fmt: skip
    assert not list(tmp_path.glob("part_*"))


@pytest.mark.parametrize("lacks", ["mark", "camera", "camera around", "depth around"])
def test_what_nothing_is_known_of_is_not_noted(lacks, tmp_path):
    still = replace(made(tmp_path), around=made(tmp_path, "around.png", "around_depth.exr"))
    if lacks == "camera":
        still = replace(still, camera=None)
    elif lacks != "mark":
        still = replace(still, around=replace(still.around, **{lacks.split()[0]: None}))
    views.note(tmp_path, still, "" if lacks == "mark" else "a")
    names = [one.image for one in views.read(tmp_path).views]
    assert names == (["still.png"] if "around" in lacks else [])


@pytest.mark.parametrize(
    ("text", "readable"),
    [("[1]", False), ("{", False), ("[" * 100_000, False), ('{"views": 3}', False), ("{}", True)],
)
def test_an_index_may_be_anyones(text, readable, tmp_path):
    (tmp_path / "views.json").write_text(text)
    assert views.read(tmp_path) == views.Index()


def test_an_index_is_read_up_to_a_megabyte(tmp_path):
    with_around(tmp_path)
    text = (tmp_path / "views.json").read_text()
    for size, count in ((views.MAX_INDEX, 2), (views.MAX_INDEX + 1, 0)):
        (tmp_path / "views.json").write_text(text.ljust(size))
        assert len(views.read(tmp_path).views) == count
    assert views.MAX_INDEX == 1024 * 1024


def test_the_newest_view_that_fits_is_found(stills):
    for name in ("Walk_t001", "Walk_t002", "Walk_t003"):
        views.note(stills / name, made(stills / name), "a" if name != "Walk_t003" else "b")
    (stills / "notes.txt").write_text("no folder")
    found = views.find(stills, replace(CAMERA, cx=48.002), "a")
    assert found.image.read_text() == "Walk_t002/still.png" and found.depth.read_text() == "Walk_t002/depth.exr"
    assert (found.source, found.camera.cx, found.around) == ("RENDER", 48.002, None)
    assert views.find(stills, CAMERA, "b").image.parent.name == "Walk_t003"
    assert views.find(stills, CAMERA, "c") is None and views.find(stills, moved(0.01), "a") is None
    assert views.find(stills / "nowhere", CAMERA, "a") is None
    (stills / "Walk_t002" / "depth.exr").unlink()
    assert views.find(stills, CAMERA, "a").image.parent.name == "Walk_t001"
    (stills / "Walk_t001" / "still.png").unlink()
    assert views.find(stills, CAMERA, "a") is None
    views.note(stills / "Walk_t000", made(stills / "Walk_t000", depth="", notes=("plain",)), "a")
    found = views.find(stills, CAMERA, "a")
    assert (found.image.parent.name, found.depth, found.notes) == ("Walk_t000", None, ("plain",))


def test_names_in_an_index_stay_in_their_folder(stills):
    made(stills / "Walk_t001")
    kept = views.Kept("../Walk_t001/still.png", "../Walk_t001/depth.exr", CAMERA, "a")
    (stills / "Walk_t002").mkdir()
    (stills / "Walk_t002" / "views.json").write_text(json.dumps(to_json(views.Index((kept,)))))
    assert views.find(stills, CAMERA, "a") is None
    made(stills / "Walk_t002")
    assert views.find(stills, CAMERA, "a").image.read_text() == "Walk_t002/still.png"


def test_with_its_wider_picture_it_is_the_still_that_is_found(stills):
    wide = replace(CAMERA, width=120, cx=60.0)
    views.note(stills / "Walk_t002", made(stills / "Walk_t002"), "a")  # newer, and without
    with_around(stills / "Walk_t001")
    view = made(stills / "Walk_t001", "view_01.png", "view_01_depth.exr")
    views.note(stills / "Walk_t001", view, "a")
    found = views.find(stills, CAMERA, "a", wide)
    assert (found.image.name, found.around.image.name, found.around.depth.name) == (
        "still.png", "around.png", "around_depth.exr",
    )  # fmt: skip
    assert (found.image.parent.name, found.around.width, found.around.camera) == ("Walk_t001", 120, wide)
    assert views.find(stills, CAMERA, "a", replace(wide, width=121)) is None
    assert views.find(stills, CAMERA, "a").image.parent.name == "Walk_t002"
    index = views.read(stills / "Walk_t001")
    for change in ({"mark": "b"}, {"depth": ""}):  # the wider picture's alone
        changed = [replace(one, **change) if one.image == "around.png" else one for one in index.views]
        (stills / "Walk_t001" / "views.json").write_text(json.dumps(to_json(views.Index(tuple(changed)))))
        assert views.find(stills, CAMERA, "a", wide) is None


@pytest.mark.parametrize("links", [True, False])
def test_a_found_view_is_brought_into_another_take(links, tmp_path, monkeypatch):
    if not links:
        monkeypatch.setattr(os, "link", lambda *_: (_ for _ in ()).throw(OSError("no such thing here")))
    still = with_around(tmp_path / "one")
    new = tmp_path / "film" / "two"
    brought = views.bring(still, new, 0)
    assert sorted(one.name for one in new.iterdir()) == [
        "around.png", "around_depth.exr", "camera.json", "depth.exr", "still.png",
    ]  # fmt: skip
    assert {one.name: one.read_text() for one in new.iterdir() if one.suffix != ".json"} == {
        name: f"one/{name}" for name in ("around.png", "around_depth.exr", "depth.exr", "still.png")
    }
    assert json.loads((new / "camera.json").read_text())["width"] == 96
    paths = (brought.image, brought.depth, brought.around.image, brought.around.depth)
    assert {path.parent for path in paths} == {new} and brought.around.width == still.around.width
    assert (new / "still.png").samefile(still.image) is links
    shutil.rmtree(tmp_path / "one")
    assert brought.image.read_text() == "one/still.png"
    again = views.bring(brought, new, 0)  # where it is already
    assert again == brought and again.image.exists() and again.around.depth.exists()


def test_a_further_view_is_brought_under_its_number_and_over_what_was_there(tmp_path):
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "view_07.jpg").write_text("old")
    brought = views.bring(made(tmp_path / "one", "view_02.jpg"), tmp_path / "new", 7)
    assert brought.image.read_text() == "one/view_02.jpg" and brought.around is None
    assert sorted(one.name for one in (tmp_path / "new").iterdir()) == ["view_07.jpg", "view_07_depth.exr"]
    plain = views.bring(made(tmp_path / "one", depth=""), tmp_path / "plain", 0)
    assert plain.depth is None and plain.image.name == "still.png"
    assert sorted(one.name for one in (tmp_path / "plain").iterdir()) == ["camera.json", "still.png"]


def test_what_travels_of_a_view(tmp_path):
    still = made(tmp_path)
    view = views.view_of(still, 0.25)
    assert (view.image, view.depth, view.camera, view.t) == (still.image, still.depth, CAMERA, 0.25)
    assert views.view_of(still).t == 0


OTHERS = [
    (replace(CAMERA, width=97), False),
    (replace(CAMERA, height=55), False),
    (FLAT, False),
    (replace(CAMERA, fx=100.009), True),
    (replace(CAMERA, fx=100.011), False),
    (replace(CAMERA, fx=99.989), False),
    (replace(CAMERA, fy=90.01), False),
    (replace(CAMERA, cx=48.004), True),
    (replace(CAMERA, cx=48.006), False),
    (replace(CAMERA, cy=26.99), False),
    (moved(0.00009), True),
    (moved(0.00011), False),
    (moved(-0.00011, 1, 2), False),
    (moved(0.00011, 2, 2), False),
    (replace(CAMERA, near=0.5), True),
]


def test_whether_two_cameras_see_the_same():
    for other, same in OTHERS:
        assert views.same_camera(CAMERA, other) is views.same_camera(other, CAMERA) is same
        assert views.same_camera(FLAT, replace(FLAT, scale=0.1002)) is False
        assert views.same_camera(moved(100.0), moved(100.009)) and not views.same_camera(moved(100.0), moved(100.011))
