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
