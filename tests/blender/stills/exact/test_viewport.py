"""The still as a 3D View draws it, by a graphics card that is played: which view, by which shading, from where; its
depth and its files. A real one draws in tests/gui."""

from __future__ import annotations

from contextlib import contextmanager
from types import SimpleNamespace

import bpy
import numpy as np
import pytest
from depth_stage import made_of, plane
from moment import travelling, x_of
from rooms import EEVEE, camera, depth_of, picture, settings_of
from take_one.scene.app.errors import SceneError
from take_one.scene.model.shots import shot_list
from take_one.scene.stills import capture, quick_still, viewport
from take_one.scene.stills.formats import exr

GLASS = "The 3D View's depth counts glass, fog and leaves as solid. A render looks through them."


def area(kind, width, height):
    return SimpleNamespace(type=kind, width=width, height=height)


def test_the_view_is_the_contexts_own_else_the_largest_that_shows_the_scene(monkeypatch):
    scene, other = bpy.context.scene, bpy.data.scenes.new("Other")
    assert viewport.find_view(bpy.context, scene) is None  # in background mode
    monkeypatch.setattr(viewport, "bpy", SimpleNamespace(app=SimpleNamespace(background=False)))
    wide, tall, small = area("VIEW_3D", 300, 10), area("VIEW_3D", 40, 100), area("VIEW_3D", 9, 9)
    windows = [
        SimpleNamespace(scene=scene, screen=SimpleNamespace(areas=[area("OUTLINER", 900, 900), wide, small])),
        SimpleNamespace(scene=other, screen=SimpleNamespace(areas=[area("VIEW_3D", 800, 800)])),
        SimpleNamespace(scene=scene, screen=SimpleNamespace(areas=[tall])),
    ]

    def found(current):
        view = viewport.find_view(SimpleNamespace(window_manager=SimpleNamespace(windows=windows), area=current), scene)
        assert view.area in view.window.screen.areas
        return view.area

    assert found(None) is tall and found(wide) is wide and found(small) is small
    assert found(windows[1].screen.areas[0]) is tall  # which shows another scene
    del windows[0], windows[1]
    nothing = SimpleNamespace(window_manager=SimpleNamespace(windows=windows), area=None)
    assert viewport.find_view(nothing, scene) is None


@pytest.fixture
def scene():
    """At frame 4 of a camera that travels 1 m a frame along x, from 5 m at frame 1 on; with wide pixels."""
    scene = travelling()
    scene.render.pixel_aspect_x = 1.5
    scene.frame_set(4)
    return scene


@pytest.fixture
def view(monkeypatch):
    """A real 3D View of the window, found as in one."""
    window = bpy.context.window
    found = next(one for one in window.screen.areas if one.type == "VIEW_3D")
    view = viewport.View(window, found)
    monkeypatch.setattr(viewport, "find_view", lambda *_: view)
    shading, space = found.spaces.active.shading, found.spaces.active
    shading.type, shading.show_xray, space.show_gizmo, space.overlay.show_overlays = "SOLID", True, True, True
    return view


class Card:
    """A graphics card: what it was told to draw. Its pixels count 0, 1, 2 ... from the lower left corner on, its depth
    is nought there, one at the upper right corner, and a half else."""

    def __init__(self, view, monkeypatch):
        self.view, self.drawn, self.freed, self.fails = view, [], 0, False
        self.types = SimpleNamespace(GPUOffScreen=self.off_screen)
        self.state = SimpleNamespace(active_framebuffer_get=lambda: self)
        monkeypatch.setattr(viewport, "gpu", self)

    def off_screen(self, width, height, *, format):
        assert format == "RGBA8"
        self.size = width, height
        return self

    @contextmanager
    def bind(self):
        yield self

    def free(self):
        self.freed += 1

    def draw_view3d(self, scene, layer, space, region, matrix, projection, *, do_color_management, draw_background):
        if self.fails:
            raise RuntimeError("out of memory")
        assert do_color_management and draw_background and region.type == "WINDOW"
        assert (space, layer) == (self.view.area.spaces.active, self.view.window.view_layer)
        off = space.overlay.show_overlays, space.show_gizmo, space.shading.show_xray
        self.drawn.append((self.size, space.shading.type, off, scene.frame_float, np.array(matrix), projection))

    def read_color(self, x, y, width, height, channels, slot, kind):
        assert (x, y, width, height, channels, slot, kind) == (0, 0, *self.size, 4, 0, "UBYTE")
        flat = np.arange(width * height)
        return np.stack([flat % 256, flat // 256, 0 * flat + 7, 0 * flat], -1).astype(np.uint8)

    def read_depth(self, x, y, width, height):
        assert (x, y, width, height) == (0, 0, *self.size)
        flat = np.full(width * height, 0.5 if len(self.drawn) < 2 else 0.75, np.float32)
        flat[0], flat[-1] = 0, 1
        return flat


@pytest.fixture
def card(view, monkeypatch):
    return Card(view, monkeypatch)


def test_a_still_of_the_view_is_of_the_asked_camera_and_frame(scene, view, card, tmp_path):
    other = camera(scene, "Other", (2.0, -12.0, 3.0))
    other.scale = (2, 2, 2)
    other.data.clip_start, other.data.clip_end = 0.5, 200.0
    scene.unit_settings.system, scene.unit_settings.scale_length = "METRIC", 0.5
    bpy.data.objects["Cube"].name = "Sofa"
    before, own = settings_of(scene), scene.camera
    still = capture.capture(bpy.context, scene, tmp_path, source="VIEWPORT", camera=other, frame=9.5)
    assert (settings_of(scene), scene.camera, scene.frame_float) == (before, own, 4.0)
    ((size, kind, off, frame, matrix, projection),) = card.drawn
    assert (size, kind, off, frame, card.freed) == ((48, 27), "SOLID", (False, False, False), 9.5, 1)
    assert np.allclose(np.linalg.inv(matrix), other.matrix_world.normalized(), atol=1e-6)
    wanted = other.calc_matrix_camera(bpy.context.evaluated_depsgraph_get(), x=48, y=27, scale_x=1.5, scale_y=1.0)
    assert np.allclose(projection, wanted)
    space = view.area.spaces.active
    assert space.overlay.show_overlays and space.show_gizmo and space.shading.show_xray
    assert (still.source, still.notes, still.width, still.height) == ("VIEWPORT", (), 48, 27)
    assert [one.name for one in still.camera.things] == ["Sofa"]
    assert x_of(still) == pytest.approx(1.0) and still.camera.matrix_world[1][3] == pytest.approx(-6.0)
    shown = np.rint(picture(still.image) * 255)
    assert shown[26, 0].tolist() == [0, 0, 7] and shown[26, 47].tolist() == [47, 0, 7]
    assert shown[0, 0].tolist() == [26 * 48 % 256, 26 * 48 // 256, 7]
    depth = depth_of(still.depth)  # in metres, half a unit
    assert depth[26, 0] == pytest.approx(0.25) and depth[0, 47] == pytest.approx(exr.BACKGROUND)
    assert depth[13, 20] == pytest.approx(0.5 * 0.5 * 200 / (200 - 0.5 * 199.5), rel=1e-5)
    assert not list(tmp_path.glob("part_*")) and not [one for one in bpy.data.images if "Viewport" in one.name]


def test_a_parallel_views_depth_is_even(scene, card, tmp_path):
    lens = scene.camera.data
    lens.type, lens.clip_start, lens.clip_end = "ORTHO", 2.0, 50.0
    depth = depth_of(capture.capture(bpy.context, scene, tmp_path, source="VIEWPORT").depth)
    assert (depth[26, 0], depth[13, 20]) == (pytest.approx(2.0), pytest.approx(26.0))
    assert card.drawn[0][3] == 4.0


@pytest.mark.parametrize(
    ("shading", "engine", "kinds"),
    [
        ("WIREFRAME", "CYCLES", ["SOLID"]),
        ("MATERIAL", "CYCLES", ["MATERIAL", "SOLID"]),
        ("RENDERED", "CYCLES", ["MATERIAL", "SOLID"]),
        ("RENDERED", EEVEE, ["RENDERED", "SOLID"]),
        ("RENDERED", "BLENDER_WORKBENCH", ["RENDERED", "SOLID"]),
    ],
)
def test_how_a_shading_is_drawn(shading, engine, kinds, scene, view, card, tmp_path):
    """The depth is of a solid view, which looks through nothing."""
    look = view.area.spaces.active.shading
    scene.render.engine, look.type = engine, shading
    plane("Pane", 3, 4, made_of("glass"))
    still = capture.capture(bpy.context, scene, tmp_path, source="VIEWPORT")
    assert [one[1] for one in card.drawn] == kinds and card.freed == len(kinds)
    assert not any(any(one[2]) for one in card.drawn)
    assert (look.type, look.show_xray) == (shading, True)
    assert still.notes == ((GLASS,) if len(kinds) == 2 else ())
    near, far = scene.camera.data.clip_start, scene.camera.data.clip_end
    share = 0.75 if len(kinds) == 2 else 0.5
    assert depth_of(still.depth)[13, 20] == pytest.approx(near * far / (far - share * (far - near)), rel=1e-4)


@pytest.mark.parametrize("quick", [True, False])
def test_a_view_that_cant_be_drawn_is_said_and_left_as_it_was(quick, scene, view, card, tmp_path):
    card.fails = True
    before, look = settings_of(scene), view.area.spaces.active
    with pytest.raises(SceneError, match="could not be drawn: out of memory") as caught:
        if quick:
            viewport.save_quick_still(view, scene, scene.camera, tmp_path / "still.png")
        else:
            capture.capture(bpy.context, scene, tmp_path, source="VIEWPORT", frame=30)
    assert (caught.value.code, caught.value.fix, card.freed) == ("draw_failed", "retry", 1)
    assert settings_of(scene) == before and look.overlay.show_overlays and look.show_gizmo and look.shading.show_xray
    assert not (tmp_path / "still.png").exists()


@pytest.mark.parametrize(
    ("size", "drawn"),
    [((1280, 720), (640, 360)), ((640, 999), (640, 999)), ((641, 400), (640, 399)), ((320, 180), (320, 180)),
     ((6400, 4), (640, 1))],
)  # fmt: skip
def test_a_picture_to_look_at_is_no_wider_than_needed(size, drawn, scene, card, view, tmp_path):
    scene.render.resolution_x, scene.render.resolution_y = size
    viewport.save_quick_still(view, scene, scene.camera, tmp_path / "still.png")
    assert [one[:3] for one in card.drawn] == [(drawn, "SOLID", (False, False, False))]
    assert picture(tmp_path / "still.png").shape[:2] == drawn[::-1]


@pytest.mark.parametrize("source", ["RENDER", "VIEWPORT"])
def test_a_look_in_a_window_is_drawn_and_not_rendered(source, scene, card):
    shot = shot_list.card(scene)
    shot.still_source, shot.frame, shot.frame_lock = source, 12, True
    shot.camera = other = camera(scene, "Other", (2.0, -12.0, 3.0))
    before = settings_of(scene)
    look = quick_still.make(bpy.context, shot)
    assert settings_of(scene) == before and scene.camera != other
    assert [one[3] for one in card.drawn] == [12.0]
    assert np.allclose(np.linalg.inv(card.drawn[0][4]), other.matrix_world, atol=1e-6)
    assert (look.source, look.frame, look.after, look.image.name) == (source, 12, "", "still.png")
    assert picture(look.image).shape == (27, 48, 3) and quick_still.newest(shot) == look


def test_what_a_look_goes_by(scene):
    shot = shot_list.card(scene)
    shot.still_source = "RENDER"
    lens, size = scene.camera.data, (48, 27)
    lens.lens, lens.ortho_scale, lens.shift_x, lens.shift_y = 40, 7, 0.25, -0.5
    pose = tuple(value for row in scene.camera.matrix_world for value in row)
    number = scene.camera.session_uid
    assert quick_still.mark_of(shot) == ("RENDER", 4, *size, number, "PERSP", 40, 7, 0.25, -0.5, pose)
    look = quick_still.QuickStill(None, "RENDER", 4, quick_still.mark_of(shot), "")
    shot.frame, shot.frame_lock = 4, True
    scene.frame_set(9)
    assert not quick_still.is_stale(shot, look)  # where it is at frame 4 is not known now
    lens.shift_x = 0.5
    assert quick_still.is_stale(shot, look)
    lens.shift_x = 0.25
    scene.frame_set(4)
    assert not quick_still.is_stale(shot, look)
    scene.camera.matrix_world[1][2] += 0.25
    assert quick_still.is_stale(shot, look)
    shot.frame, shot.frame_lock = 5, True
    assert quick_still.mark_of(shot)[1:2] + quick_still.mark_of(shot)[-1:] == (5, None)
    for source in ("RESULT", "IMAGE", "PLAYHEAD"):
        shot.still_source = source
        assert quick_still.mark_of(shot) == (source, None)
    shot.still_source, scene.camera = "VIEWPORT", None
    assert quick_still.mark_of(shot) == ("VIEWPORT", None)
