"""Every value of ours in a .blend may hold anything: loading, drawing, undoing and saving go on."""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path
from types import SimpleNamespace

import bpy
import pytest
import stand_in
from take_one import operators, panels
from take_one.scene.app.app import app
from take_one.scene.app.errors import SceneError
from take_one.scene.edit import compare, landing, moving, strips
from take_one.scene.model.shots import kept, paths, shot_list, takes
from take_one.scene.session import handlers
from take_one.scene.session.press import again
from take_one.scene.stills.borrow import borrowed

DEEP = "[" * 9000
TEXTS = (
    "",
    "[1]",
    "null",
    "3",
    "{}",
    DEEP,
    '{"request": 3}',
    '{"request": {"views": 1}}',
    '{"kept": [1]}',
    '{"fps": "1/0"}',
    '{"fps": 1e999}',
    '{"fps": NaN}',
    '{"sound_seconds": "x"}',
    '{"still_notes": {"a": 1}}',
    "//",
    "/",
    ".",
    "..",
    "//..",
    "//../../../etc/passwd",
    "/etc/passwd",
    r"\\evil\share\x_t001.mp4",
    r"C:\x",
    "x" * 5000,
    "a/" * 3000,
    "%s{name}%(x)s",
    "\n\t\r",
    "../../x",
    "con",
    "RENDER",
    "draft",
    "ü" * 300,
    "{",
    "}",
)
NUMBERS = (0, 1, -1, 5, 999, 2**31 - 1, -(2**31))
RECORDS = (
    *TEXTS,
    3,
    2.5,
    [1, 2],
    {"values": 1},
    b"bytes",
    True,
    '{"values": 1, "markers": []}',
    '{"values": [1], "markers": []}',
    '{"values": {"a": 1}, "markers": []}',
    '{"values": [{}], "markers": []}',
    '{"values": [[]], "markers": [[]]}',
    '{"values": [], "markers": [1]}',
    '{"values": [], "markers": [[1, 2, 3]]}',
    '{"values": [], "markers": {"a": 1}}',
    '{"values": [{"block": 3, "path": "x", "before": 1}], "markers": []}',
    '{"values": [{"block": {"kind": "objects"}, "path": "x", "before": 1}], "markers": []}',
    '{"values": [{"block": null, "path": 3, "before": 1}], "markers": []}',
    '{"values": [{"block": null, "path": "frame_float", "before": 1e999}], "markers": []}',
    '{"values": [{"block": null, "path": "render.fps", "before": 99999999999999999999}], "markers": []}',
    '{"values": [{"block": null, "path": "render.fps", "before": {"block": 3}}], "markers": []}',
    '{"values": [{"block": null, "path": "objects[99]", "before": {"block": {"kind": "x"}}}], "markers": []}',
    '{"values": [{"block": null, "path": "].[(", "before": 1}], "markers": []}',
    '{"markers": [], "values": [{"block": null, "path": "camera", "before": {"block": '
    '{"kind": "worlds", "name": "W", "library": 3}}}]}',
    f'{{"values": {"[" * 900}{"]" * 900}, "markers": []}}',
)


class Layout:
    """Draws nothing: takes every call a panel makes, and is what it gives back."""

    def __getattr__(self, name):
        return self

    def __call__(self, *_args, **_more):
        return self

    def panel_prop(self, *_args):
        return self, self


@pytest.fixture
def session():
    return stand_in.attach()


def fill(item, chance: random.Random) -> None:
    """Give every property of ours a value of the right type that nobody expects."""
    for prop in item.bl_rna.properties:
        if prop.is_readonly or prop.identifier in {"rna_type", "name"}:
            continue
        if prop.type == "STRING":
            setattr(item, prop.identifier, chance.choice(TEXTS))
        elif prop.type == "INT":
            setattr(item, prop.identifier, chance.choice(NUMBERS))
        elif prop.type == "FLOAT":
            setattr(item, prop.identifier, chance.choice((0.1, float("nan"), 1e30, -1.0)))
        elif prop.type == "BOOLEAN":
            setattr(item, prop.identifier, chance.random() < 0.5)
        elif prop.type == "ENUM":
            setattr(item, prop.identifier, chance.choice(prop.enum_items).identifier)


def strange_film(chance: random.Random) -> None:
    """A scene of shots and takes with strange values, and an edit with strange strips."""
    scene = bpy.context.scene
    fill(scene.take_one, chance)
    scene.take_one.active_shot = chance.choice((0, 1, 99, -3))
    for _ in range(2):
        shot = scene.take_one.shots.add()
        fill(shot, chance)
        shot.name = chance.choice(TEXTS)
        shot.active_take = chance.choice((0, 1, 7, -1))
        fill(shot.lines.add(), chance)
        for _ in range(3):
            fill(shot.takes.add(), chance)
    editor = scene.sequence_editor_create()
    for channel in (1, 2):
        ending = {"length": 20} if bpy.app.version >= (5, 0, 0) else {"frame_end": 21}
        strip = editor.strips.new_effect(name="x", type="COLOR", channel=channel, frame_start=1, **ending)
        for key in (strips.SHOT_KEY, strips.TAKE_KEY, strips.JOB_KEY, strips.SIZE_KEY):
            strip[key] = chance.choice((3, "x", [1, 2], [1.0], "k1", scene.take_one.shots[0].uid))
    for key in ("take_one_edit", borrowed.RECORD):
        scene[key] = chance.choice(RECORDS)


def draw_everything() -> None:
    """Every panel, list and menu of ours, in the open file."""
    context = SimpleNamespace(
        scene=bpy.context.scene,
        area=None,
        region=SimpleNamespace(width=300),
        window=None,
        workspace=None,
        selected_objects=[],
        preferences=SimpleNamespace(system=SimpleNamespace(ui_scale=1.0)),
        window_manager=bpy.context.window_manager,
        active_strip=None,
    )
    for cls in classes_of(panels):
        if issubclass(cls, bpy.types.Panel | bpy.types.Menu) and not hasattr(cls, "preset_subdir"):
            poll = getattr(cls, "poll", lambda _context: True)
            if poll(context):
                cls.draw(SimpleNamespace(layout=Layout()), context)
    lists = [cls for cls in classes_of(panels) if issubclass(cls, bpy.types.UIList)]
    for cls in lists:
        for shot in shot_list.all_shots():
            for item in shot.takes if "takes" in cls.__name__ else [shot] if "shots" in cls.__name__ else shot.lines:
                cls.draw_item(SimpleNamespace(wide=True), context, Layout(), shot, item, 0, shot, "")


def classes_of(room) -> list[type]:
    modules = [module for name, module in sys.modules.items() if name.startswith(room.__name__ + ".")]
    return [cls for module in modules for cls in getattr(module, "CLASSES", ())]


def use_everything(folder: Path) -> None:
    """What handlers, the timer and buttons call. What is refused is refused with a sentence."""
    handlers._on_load()
    handlers._on_undo()
    for shot in list(shot_list.all_shots()):
        landing.file_is_open(shot.uid)
        takes.next_number(shot)
        for take in list(shot.takes):
            kept.read(take)
            takes.clip_missing(take)
            landing.has_sound(kept.read(take))
            compare.other_take(shot, take)
            for verb in (
                lambda shot=shot, take=take: again.make_again(shot, take.uid),
                lambda take=take: takes.check_clip(take),
            ):
                try:
                    verb()
                except SceneError as error:
                    assert error.message
    moving.elsewhere()
    moving.left_alone()
    moving.bring_along()
    moving.find_moved()


@pytest.mark.parametrize("seed", range(12))
def test_a_strange_film_is_loaded_drawn_undone_and_saved(session, tmp_path, seed, capfd):
    chance = random.Random(seed)
    strange_film(chance)
    film = tmp_path / "film.blend"
    bpy.ops.wm.save_as_mainfile(filepath=str(film))
    bpy.ops.wm.open_mainfile(filepath=str(film))
    assert borrowed.RECORD not in bpy.context.scene
    draw_everything()
    bpy.ops.ed.undo_push(message="one")
    bpy.context.scene.take_one.placement = "AFTER"
    bpy.ops.ed.undo_push(message="two")
    bpy.ops.ed.undo()
    draw_everything()
    use_everything(tmp_path)
    (tmp_path / "other").mkdir()
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "other" / "film.blend"))
    bpy.ops.wm.save_mainfile()
    told = "".join(capfd.readouterr())
    assert "Traceback" not in told, told[told.index("Traceback") :][:3000]
    assert app().state.last_error is None or app().state.last_error.code != "unexpected"


@pytest.mark.parametrize("record", RECORDS, ids=[f"{index}" for index in range(len(RECORDS))])
def test_what_was_borrowed_may_be_of_any_shape(session, tmp_path, record, capfd):
    scene = bpy.context.scene
    scene.render.fps = 24
    scene.timeline_markers.new("m", frame=3)
    scene[borrowed.RECORD] = record
    shot = shot_list.add_shot(scene)
    take = shot.takes.add()
    take.uid, take.status = "k1", "WAITING"
    film = tmp_path / "film.blend"
    bpy.ops.wm.save_as_mainfile(filepath=str(film))
    bpy.ops.wm.open_mainfile(filepath=str(film))
    assert borrowed.RECORD not in bpy.context.scene
    assert bpy.context.scene.take_one.shots[0].takes[0].status == "CANCELLED"  # so the handler went on to its end
    assert session.replays == 1
    assert bpy.context.scene.render.fps == 24
    assert "Traceback" not in "".join(capfd.readouterr())


def raw(item):
    """Where Blender keeps what a .blend says, of whatever type."""
    return item.bl_system_properties_get(do_create=True) if hasattr(item, "bl_system_properties_get") else item


@pytest.mark.parametrize("value", [3, -1, 99, 2.5, "text", [1, 2, 3], {"a": 1}])
def test_values_of_another_type_or_out_of_their_bounds(session, tmp_path, value, capfd):
    shot = shot_list.add_shot(bpy.context.scene)
    take = shot.takes.add()
    plain = {"STRING", "INT", "FLOAT", "BOOLEAN", "ENUM"}
    for item in (bpy.context.scene.take_one, shot, take):
        for prop in item.bl_rna.properties:
            name = prop.identifier
            if prop.type in plain and not prop.is_readonly and name not in {"words", "frames"}:
                raw(item).pop(name, None)
                raw(item)[name] = value
    film = tmp_path / "film.blend"
    bpy.ops.wm.save_as_mainfile(filepath=str(film))
    bpy.ops.wm.open_mainfile(filepath=str(film))
    draw_everything()
    use_everything(tmp_path)
    assert "Traceback" not in "".join(capfd.readouterr())


@pytest.mark.parametrize("text", TEXTS, ids=[f"{index}" for index in range(len(TEXTS))])
def test_a_request_may_be_any_text(session, text):
    shot = shot_list.add_shot(bpy.context.scene)
    take = shot.takes.add()
    take.uid, take.request, take.status = "k1", text, "FAILED"
    assert kept.read(take).request is None
    with pytest.raises(SceneError) as caught:
        again.make_again(shot, "k1")
    assert (caught.value.code, caught.value.fix) == ("cannot_remake", "retry")
    assert session.keys == []


def test_a_request_of_deep_options_is_read_or_not_but_never_raises(session):
    shot = shot_list.add_shot(bpy.context.scene)
    take = shot.takes.add()
    whole = {
        "engine": "draft",
        "direction": {"prompt": "x"},
        "views": [{"image": "/x.png", "t": 0.0}],
        "seconds": 2.0,
        "fps": "24",
        "size": [64, 36],
        "seed": 1,
    }
    for depth in (1, 50, 200, 400, 900):
        deep = json.loads('{"a":' * depth + "1" + "}" * depth) if depth < 500 else None
        text = json.dumps({"request": {**whole, "options": {"x": deep}}})
        take.request = text.replace("null", "[" * depth + "]" * depth)
        kept.read(take)
    assert operators


@pytest.mark.parametrize("folder", ["/film", "/film/takes", "/other", "/film/take", "film", "."])
def test_a_path_lies_where_pathlib_says(folder):
    for path in ("/film", "/film/takes/x.mp4", "/filmed/x.mp4", "film/x.mp4", "x.mp4", "/"):
        assert paths.lies_in(Path(path), Path(folder)) == Path(path).is_relative_to(folder)


def test_a_linked_scene_with_a_strange_record(session, tmp_path, capfd):
    bpy.context.scene.name = "Library"
    bpy.context.scene[borrowed.RECORD] = "[1]"
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "library.blend"))
    bpy.ops.wm.read_homefile(use_empty=True)
    with bpy.data.libraries.load(str(tmp_path / "library.blend"), link=True) as (_there, here):
        here.scenes = ["Library"]
    shot_list.add_shot(bpy.context.scene)
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "film.blend"))
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "film.blend"))
    assert session.replays == 2
    assert "Traceback" not in "".join(capfd.readouterr())
