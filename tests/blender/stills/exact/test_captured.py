"""What is taken for a still that nothing is rendered for: an image file, the Render Result and where its camera was."""

from __future__ import annotations

from dataclasses import replace

import bpy
import pytest
from take_one.client.protocol import Camera
from take_one.scene.app.errors import SceneError
from take_one.scene.stills import capture
from take_one.scene.stills.files import Framing

CAMERA = Camera("perspective", 10, 8, 5.0, 4.0, 20.0, 20.0)
FRAMING = Framing(CAMERA, 100.0, 2.0)


def test_an_image_file_is_what_its_name_says_or_no_still(tmp_path):
    image = bpy.data.images.new("x", 4, 4)
    image.filepath_raw, image.file_format = str(tmp_path / "a.png"), "BMP"
    image.save()
    with pytest.raises(SceneError, match="There is no PNG, JPEG or WebP file") as failed:
        capture.capture(
            bpy.context, bpy.context.scene, tmp_path / "still", source="IMAGE", image_path=tmp_path / "a.png"
        )
    assert failed.value.code == "no_image" and list((tmp_path / "still").iterdir()) == []


@pytest.mark.parametrize(
    ("change", "moved"),
    [({}, False), ({"fx": 20.0019}, False), ({"fx": 19.9981}, False), ({"fx": 20.0021}, True), ({"fx": 19.9979}, True),
     ({"width": 20, "fx": 40.0}, False), ({"width": 20}, True)],
)  # fmt: skip
def test_a_lens_is_another_from_a_ten_thousandth_on(change, moved, monkeypatch):
    """As a share of the picture's width, which may be another."""
    now = FRAMING._replace(camera=replace(CAMERA, **change))
    monkeypatch.setattr(capture, "check_camera", lambda scene, camera: (scene, camera))
    monkeypatch.setattr(capture, "framing_of", lambda scene, camera: now if camera == (scene, "eye") else None)
    assert bool(capture._moved("scene", "eye", FRAMING)) is moved


def test_a_file_that_is_no_picture_is_said_by_name(tmp_path):
    (tmp_path / "none.tif").write_bytes(b"II*\0")
    with pytest.raises(SceneError) as failed:
        capture.image_size(tmp_path / "none.tif")
    said = failed.value.code, failed.value.message, failed.value.fix
    assert said == ("no_image", "'none.tif' could not be opened as an image.", "retry")


def test_without_a_view_of_the_scene_its_picture_is_rendered(tmp_path, monkeypatch):
    context, scene, asked = bpy.context, bpy.data.scenes.new("Set"), []
    monkeypatch.setattr(capture, "check_camera", lambda *_: "eye")
    monkeypatch.setattr(capture.viewport, "find_view", lambda *what: asked.append(what))
    monkeypatch.setattr(capture, "render", lambda *what: asked.append(what[1:]) or "a still")
    assert capture.capture(context, scene, tmp_path, source="VIEWPORT", frame=4.5) == "a still"
    assert asked == [(context, scene), (scene, "eye", tmp_path, "VIEWPORT", 4.5, None, capture.NONE)]
    capture.capture(context, scene, tmp_path)
    assert len(asked) == 3
