"""What a workflow gets of the camera's way: movies of guide, mask and depth, frame by frame, and where they go."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from PIL import Image

from backend.engines.comfy.graph.fill import fill, frames_of
from backend.engines.comfy.graph.parts import parts
from backend.engines.comfy.graph.spec import kind_of
from backend.engines.comfy.graph.workflow import Place, Workflow, read
from backend.engines.comfy.shelf import DELIVERED
from backend.engines.comfy.streams import streams
from backend.engines.engine import Cancelled, EngineError
from backend.guide.guide import guide
from client.api.form import extra_params
from tests.backend.comfy.fake import OBJECT_INFO, FakeComfy
from tests.backend.comfy.test_comfy import at, sent
from tests.backend.guide.conftest import Walk, walk
from tests.backend.service_process import Service

__all__ = ["at", "walk"]
GUIDED = "comfy:Guide and Mask"
KINDS = {name: kind_of(about) for name, about in OBJECT_INFO.items()}


def guided() -> Workflow:
    return read((DELIVERED / "Guide and Mask.json").read_bytes())


def read_back(file: Path | io.BytesIO) -> tuple[np.ndarray, Fraction]:
    with av.open(str(file) if isinstance(file, Path) else file) as container:
        frames = [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]
        rate = container.streams.video[0].average_rate
    assert rate is not None
    return np.stack(frames).astype(int), rate


def test_the_movies_are_what_the_camera_sees(walk: Walk, tmp_path: Path) -> None:
    told: list[float] = []
    paths = streams(walk.request, Fraction(24), 12, ("guide", "mask", "depth"), tmp_path, told.append, lambda: False)
    found = {role: read_back(path) for role, path in paths.items()}
    made = guide(walk.request)
    truth = list(made.frames)
    assert {(len(frames), rate) for frames, rate in found.values()} == {(12, Fraction(24))}
    for index in (0, 4, 8, 11):  # the last of nine is held
        frame = truth[min(index, 8)]
        assert np.abs(found["guide"][0][index] - frame.warp).mean() < 2.0
        assert np.array_equal(found["mask"][0][index], np.repeat(frame.hole[..., None] * 255, 3, 2))
        share = (frame.inverse_depth - 1 / made.far) / (1 / made.near - 1 / made.far)
        wanted = np.where(frame.inverse_depth > 0, np.clip(share, 0, 1) * 255, 0)
        assert np.abs(found["depth"][0][index] - wanted[..., None]).mean() < 2.0
    assert found["mask"][0][8].any()
    assert not found["mask"][0][0].any()
    assert np.abs(found["guide"][0][8] - found["guide"][0][0]).mean() > 10  # the camera moved
    assert told[-1] == 1.0


def test_nothing_is_drawn_without_depth_and_nothing_more_once_it_is_cancelled(walk: Walk, tmp_path: Path) -> None:
    flat = replace(walk.request, views=(replace(walk.request.views[0], depth=None),))
    assert streams(flat, Fraction(24), 9, ("guide",), tmp_path, lambda _: None, lambda: False) == {}
    assert list(tmp_path.iterdir()) == []
    drawn: list[float] = []
    with pytest.raises(Cancelled):
        streams(walk.request, Fraction(24), 9, ("mask",), tmp_path, drawn.append, lambda: len(drawn) == 2)
    assert len(drawn) == 2


def test_movies_go_to_their_titles_and_a_still_depth_to_a_picture() -> None:
    found = parts(guided())
    assert found.moving() == {
        "guide": (Place("2", "file"),),
        "mask": (Place("3", "file"),),
        "depth": (Place("4", "file"),),
    }
    graph = {"1": {"class_type": "LoadImage", "inputs": {"image": "x.png"}, "_meta": {"title": "Depth"}}}
    graph["2"] = {
        "class_type": "VHS_LoadVideo",
        "inputs": {"video": "x.mp4", "force_rate": 0},
        "_meta": {"title": "guide"},
    }
    graph["3"] = {"class_type": "LoadImage", "inputs": {"image": "mine.png"}, "_meta": {"title": "Mask"}}
    other = parts(read(json.dumps(graph).encode()))
    assert other.places["depth"] == (Place("1", "image"),)
    assert other.moving() == {"guide": (Place("2", "video"),)}
    assert "mask" not in other.places
    assert other.unused == ('"Mask" (#3)',)


def test_a_movie_is_as_long_as_what_the_workflow_makes() -> None:
    workflow = guided()
    found = parts(workflow)
    (fps,) = found.places["fps"]
    assert frames_of(workflow, found, {fps: 25.0}, 2.01) == 51
    grain = read((DELIVERED / "Grain.json").read_bytes())
    (length,) = parts(grain).places["length"]
    assert frames_of(grain, parts(grain), {length: 81}, 3.0) == 81


def test_without_a_guide_it_says_what_is_missing() -> None:
    workflow = guided()
    with pytest.raises(EngineError, match="needs a guide, which is made of a still with depth"):
        fill(workflow, parts(workflow), KINDS, {Place("1", "image"): "still.png"})


def order(service: Service, walk: Walk, **more: Any) -> str:
    """The walk, to be made by the workflow that is guided."""
    asked = replace(walk.request, engine=GUIDED)
    files = {name: path.read_bytes() for name, path in asked.files().items()}
    still = files.pop("input_reference")
    extra = extra_params(asked) | {"options": {"blend_factor": 0.25}}
    fields = {"seconds": "0.375", "fps": "24", "size": f"{asked.width}x{asked.height}", **more}
    answer = service.submit(still, model=GUIDED, extra=extra, files=files, **fields)
    assert answer.status_code == 200, answer.text
    job_id: str = answer.json()["id"]
    return job_id


def test_a_guided_take(at: tuple[Service, FakeComfy], walk: Walk) -> None:
    service, fake = at
    listed = {one["id"]: one for one in service.http.get("/v1/models").json()["data"]}[GUIDED]
    assert (listed["depth"], listed["camera_path"], listed["views"]) == (True, True, 64)
    job = service.wait(order(service, walk), seconds=120)
    assert job["status"] == "completed", job
    names = {node["_meta"]["title"]: node["inputs"].get("file") for node in fake.orders[0].body["prompt"].values()}
    assert [names[title].partition("-")[0] for title in ("Guide", "Mask", "Depth")] == ["take"] * 3
    assert len(fake.inputs) == 4
    for title, role in (("Guide", "guide"), ("Mask", "mask"), ("Depth", "depth")):
        assert names[title].startswith(f"take-one/{role}-") and names[title].endswith(".mp4")
        frames, rate = read_back(io.BytesIO(fake.inputs[names[title]]))
        assert (len(frames), rate) == (9, Fraction(24))
    guide_frames, _ = read_back(io.BytesIO(fake.inputs[names["Guide"]]))
    with Image.open(walk.request.views[0].image) as still:
        assert np.abs(guide_frames[0] - np.asarray(still.convert("RGB")).astype(int)).mean() < 2.0
    assert sent(fake, "ImageBlend")["blend_factor"] == 0.25


def test_a_movie_that_comfyui_does_not_take_says_what_helps(at: tuple[Service, FakeComfy], walk: Walk) -> None:
    service, fake = at
    fake.comfy.most_upload = 20_000  # more than the still has, less than the guide
    job = service.wait(order(service, walk), seconds=60)
    assert (job["error"]["code"], job["error"]["fix"]) == ("request_refused", "smaller_size")
    assert "--max-upload-size" in job["error"]["message"]
    assert fake.orders == []
