"""The still as the model takes it, against the golden pictures."""

from __future__ import annotations

import json

import numpy as np
import pytest
from PIL import Image
from safetensors.numpy import load_file

from backend.engines.happyhorse.request import picture
from tests.happyhorse.paths import GOLDEN

CASE = GOLDEN / "image_preprocess"


@pytest.mark.parametrize("name", sorted(json.loads((CASE / "case.json").read_text())["runs"]))
def test_conditioning_is_the_references(name):
    run = json.loads((CASE / "case.json").read_text())["runs"][name]
    tensors = load_file(CASE / "tensors.safetensors")
    height, width = run["target_HxW"]
    source = Image.fromarray(tensors[f"{name}.pixels_hwc_u8"])
    assert list(picture.to_aspect(source, width, height).size[::-1]) == run["cropped_HxW"]
    np.testing.assert_array_equal(picture.conditioning(source, width, height), tensors[f"{name}.tensor"])


def test_framed_keeps_the_stills_edges():
    """A shot of 16:9 on a grid of 7:4: nothing of the picture is cut off, as `conditioning` would."""
    pixels = np.zeros((90, 160, 3), np.uint8)
    pixels[:, :2] = pixels[:, -2:] = 255
    framed = picture.framed(Image.fromarray(pixels), 1280, 720, (448, 256))
    assert framed.shape == (1, 3, 256, 448)
    assert framed[..., 0].min() > 0.9
    assert framed[..., -1].min() > 0.9
    assert picture.conditioning(Image.fromarray(pixels), 448, 256)[..., 0].min() < 0.9
