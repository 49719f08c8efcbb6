"""How a still is taken, with stand-ins for what draws, renders and writes: what each step is given, in which order, and
what is said and undone where one fails."""

from __future__ import annotations

import errno
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from no_file import blender  # noqa: F401
from take_one.client.protocol import Camera
from take_one.scene.app.errors import SceneError
from take_one.scene.stills import capture
from take_one.scene.stills.borrow.compositor import Composed
from take_one.scene.stills.coverage.margin import Margin
from take_one.scene.stills.files import Framing, Still

CAMERA = Camera("perspective", 10, 8, 5.0, 4.0, 20.0, 20.0)
FRAMING = Framing(CAMERA, 100.0, 2.0)
WIDE = Margin(1, 2, 3, 4)


def said(caught):
    return caught.value.code, str(caught.value), caught.value.fix


# --- which kind ---


def test_each_source_of_a_still_is_asked_with_what_it_needs(watch, calls, tmp_path):
    watch(capture, _from_file="file", _from_result="result", check_camera="eye", render="rendered", _from_view="drawn")
    watch(capture.playhead, save_frame=(7, 5))
    watch(capture.viewport, find_view="view")
    folder, size, path = tmp_path / "a" / "b", (30, 20), Path("x.png")

    def take(**more):
        calls.clear()
        return capture.capture("context", "scene", folder, camera="cam", frame=4.5, image_path=path, size=size,
                               margin=WIDE, **more)  # fmt: skip

    assert (take(source=capture.IMAGE), calls) == ("file", [("_from_file", path, folder)])
    assert take(source=capture.PLAYHEAD) == Still(folder / "still.png", 7, 5, "PLAYHEAD") and folder.is_dir()
    assert calls == [("save_frame", "context", "scene", folder / "still.png")]
    assert (take(source=capture.RESULT), calls) == ("result", [("_from_result", "scene", "cam", folder)])
    assert take() == "rendered" and calls == [
        ("check_camera", "scene", "cam"), ("render", "context", "scene", "eye", folder, "RENDER", 4.5, size, WIDE),
    ]  # fmt: skip
    assert take(source=capture.VIEWPORT) == "drawn" and calls[1:] == [
        ("find_view", "context", "scene"), ("_from_view", "view", "scene", "eye", 4.5, folder),
    ]  # fmt: skip


def test_a_disk_that_is_full_is_said_with_its_folder(watch, tmp_path):
    watch(capture, _from_file=OSError(errno.ENOSPC, "No space left on device"))
    with pytest.raises(SceneError) as caught:
        capture.capture("context", "scene", tmp_path, source=capture.IMAGE)
    assert said(caught)[:2] == ("disk", f"The still could not be written to {tmp_path}: No space left on device.")


@pytest.mark.parametrize(
    ("drawn", "glass", "noted"),
    [("SOLID", True, False), ("SOLID", False, False), ("MATERIAL", False, False), ("MATERIAL", True, True)],
)
def test_a_view_drawn_with_materials_says_where_its_depth_knows_no_glass(
    drawn, glass, noted, watch, calls, monkeypatch
):
    borrowed = []

    @contextmanager
    def borrowing(scene, changes):
        borrowed.append(changes)
        calls.append("borrowed")
        yield
        calls.append("given back")

    monkeypatch.setattr(capture, "borrowing", borrowing)
    wide = replace(CAMERA, things=())
    watch(capture, framing_of=FRAMING, own_size=(3, 2), with_things=wide)
    watch(capture.viewport, save_picture="depth", drawn_as=drawn)
    watch(capture.see_through, natures={"glass": 1} if glass else {})
    watch(capture.files, finish="still", write_depth="written")
    layer = SimpleNamespace(update=lambda: calls.append("updated"), depsgraph="graph")
    view, scene = SimpleNamespace(window=SimpleNamespace(view_layer=layer)), SimpleNamespace(frame_float=7.25)
    folder = Path("/f")
    assert capture._from_view(view, scene, "eye", None, folder) == "still"
    notes = ("The 3D View's depth counts glass, fog and leaves as solid. A render looks through them.",) * noted
    framing = FRAMING._replace(camera=wide)
    drawing = [one for one in calls if one[0] not in {"drawn_as", "natures"}]
    assert drawing == [
        "borrowed", "updated", ("own_size", scene), ("framing_of", scene, "eye", "graph", (3, 2)),
        ("with_things", scene, CAMERA), ("save_picture", view, scene, "eye", folder / "still.png"), "given back",
        ("write_depth", folder, "depth", framing), ("finish", folder, framing, "written", "VIEWPORT", notes),
    ]  # fmt: skip
    capture._from_view(view, scene, "eye", 3.5, folder)
    assert borrowed == [{"camera": "eye", "frame_float": 7.25}, {"camera": "eye", "frame_float": 3.5}]


# --- the Render Result ---


@pytest.fixture
def result(watch, monkeypatch):
    """A Render Result whose depth fits; what of it is otherwise is set on it."""
    depth = np.full((8, 10), 5.0, np.float32)
    given = SimpleNamespace(shown=Composed(("A", "B"), True), depth=depth, framing=FRAMING, doubt=0.0, wide=False)
    watch(capture, check_free=None, composed=lambda _: given.shown, image_size=(10, 8), _moved=("moved",),
          doubtful=lambda _: given.doubt, with_things=lambda _scene, one: replace(one, near=0.5))  # fmt: skip
    watch(capture.rendered, is_wide_still=lambda _: given.wide, framing=lambda _: given.framing)
    watch(capture.files, save_picture=None, save_layers=None, read_layers=lambda *_: given.depth, finish="still",
          write_depth="written")  # fmt: skip
    return given


SET = SimpleNamespace(name="Set")


def test_a_render_result_has_its_depth_and_its_camera(result, calls):
    folder, framing = Path("/f"), FRAMING._replace(camera=replace(CAMERA, near=0.5))
    result.doubt = capture.SPECKLED
    assert capture._from_result(SET, "eye", folder) == "still"
    names = ["check_free", "is_wide_still", "save_picture", "save_layers", "composed", "read_layers", "image_size",
             "framing", "doubtful", "_moved", "with_things", "write_depth", "finish"]  # fmt: skip
    assert [one[0] for one in calls] == names
    told = {one[0]: one[1:] for one in calls}
    assert told["save_picture"] == (SET, folder / "still.png") and told["save_layers"] == (SET, folder)
    assert told["read_layers"] == (folder, ("A", "B")) and told["_moved"] == (SET, "eye", FRAMING)
    assert told["write_depth"] == (folder, result.depth, framing) and told["with_things"] == (SET, CAMERA)
    assert told["finish"] == (folder, framing, "written", "RESULT", ("moved",))


@pytest.mark.parametrize(
    ("what", "note"),
    [
        ({"depth": None}, "no depth pass that fits"),
        ({"depth": np.ones((10, 8))}, "no depth pass that fits"),
        ({"shown": Composed(("A",), False)}, "no depth pass that fits"),
        ({"framing": None}, "is not known"),
        ({"framing": FRAMING._replace(camera=replace(CAMERA, width=11))}, "is not known"),
        ({"framing": FRAMING._replace(camera=replace(CAMERA, height=7))}, "is not known"),
        ({"doubt": 0.11}, "speckled"),
    ],
)
def test_a_render_result_without_depth_says_why(what, note, result, calls):
    for name, value in what.items():
        setattr(result, name, value)
    still = capture._from_result(SET, "eye", Path("/f"))
    assert (still.image, still.width, still.height, still.source) == (Path("/f/still.png"), 10, 8, "RESULT")
    assert (still.depth, still.camera) == (None, None) and len(still.notes) == 1 and note in still.notes[0]
    assert "write_depth" not in [one[0] for one in calls]


def test_what_is_no_render_result_of_the_users_is_refused(result, watch, calls):
    result.wide = True
    with pytest.raises(SceneError) as caught:
        capture._from_result(SET, "eye", Path("/f"))
    assert said(caught) == ("no_result", "The Render Result of scene 'Set' is a take's still with more around it. "
                            "Render it (F12), or choose another still.", "retry")  # fmt: skip
    assert [one[0] for one in calls] == ["check_free", "is_wide_still"]
    result.wide = False
    for name in ("save_layers", "save_picture"):
        watch(capture.files, **{name: RuntimeError("none")})
        with pytest.raises(SceneError) as caught:
            capture._from_result(SET, "eye", Path("/f"))
        assert said(caught) == ("no_result", "Scene 'Set' has no Render Result yet. Render it (F12), or choose another "
                                "still.", "retry")  # fmt: skip
        assert calls[-1][0] == name
