"""Links beside a .blend, as a stranger's archive may bring them: whatever is pressed, nothing is written there."""

from __future__ import annotations

from pathlib import Path

import bpy
import pytest
import stand_in
from rooms import room
from strangers import a_still, a_take, keep
from take_one.scene.app.app import app
from take_one.scene.app.errors import SceneError
from take_one.scene.edit import board
from take_one.scene.model.shots import takes
from take_one.scene.model.shots.shot_list import add_shot
from take_one.scene.session.board import drawing
from take_one.scene.session.out import beds
from take_one.scene.session.press import again

LINKS = ("takes/Other", "takes/Other/stills")


@pytest.fixture
def mine(tmp_path) -> Path:
    """A folder of the user's own, empty."""
    folder = tmp_path / "mine"
    folder.mkdir()
    return folder


def link_to(mine: Path, name: str) -> None:
    link = Path(bpy.data.filepath).parent / name
    link.parent.mkdir(parents=True, exist_ok=True)
    link.symlink_to(mine)


@pytest.mark.parametrize("link", LINKS)
@pytest.mark.parametrize("changes", [None, {"seed": 8}], ids=["make again", "refine"])
def test_a_take_is_not_made_again_where_a_link_leads(shot, session, mine, link, changes):
    take = a_take(shot, "", "FAILED")
    take.still = str(a_still(shot))
    keep(shot, take, Path(take.still))
    shot.name = "Other"
    link_to(mine, link)
    with pytest.raises(SceneError, match="is a link, and Take One writes nothing where it leads"):
        again.make_again(shot, "k1", changes)
    assert session.keys == [] and list(mine.iterdir()) == [] and take.number == 1
    (Path(bpy.data.filepath).parent / link).unlink()
    again.make_again(shot, "k1", changes)
    assert session.paths[0].parent == takes.shot_folder(shot) and len(session.keys) == 1


@pytest.mark.parametrize("link", ["takes", *LINKS, "takes/Other/stills/Other_t000", "takes/Other/stills/Other_t000/b"])
def test_no_board_is_drawn_where_a_link_leads(tmp_path, mine, link):
    session = stand_in.attach()
    scene = room(64, 36, "BLENDER_WORKBENCH")
    scene.frame_set(7)
    for name in ("Other", "Hall"):
        add_shot(scene, scene.camera).name = name
    other, hall = scene.take_one.shots
    (tmp_path / "film").mkdir()
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "film" / "film.blend"))
    picture = mine / "picture"
    picture.write_text("mine")
    if link.endswith("/b"):
        link_to(picture, link.removesuffix("b") + board.PICTURE)
    else:
        link_to(mine, link)
    with pytest.raises(SceneError, match="is a link, and Take One writes nothing where it leads"):
        drawing.now(bpy.context, [(shot.uid, scene.take_one.uid) for shot in (other, hall)])
    assert [path.name for path in mine.iterdir()] == ["picture"] and picture.read_text() == "mine"
    assert board.picture_of(hall).is_file() == (link != "takes")
    assert session.keys == []


def test_no_bed_is_made_where_a_link_leads(tmp_path, mine):
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "film.blend"))
    scene = bpy.context.scene
    scene.take_one.ambience = "rain"
    shot = add_shot(scene)
    stand_in.attach()
    edit = bpy.data.scenes.new("Edit")
    board.lay(edit, shot, 21, (64, 36), 24)
    link_to(mine, "takes/beds")
    with pytest.raises(SceneError) as caught:
        beds.begin(bpy.context, scene)
    assert caught.value.code == "foreign_file" and list(mine.iterdir()) == []
    assert app().part(beds.Beds).runs == ()
