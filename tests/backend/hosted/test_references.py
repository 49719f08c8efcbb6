"""Reference pictures from a form to the provider, and the clip of another shape back: a real service, a real server."""

from __future__ import annotations

import base64
import io
import json
from pathlib import Path
from typing import Any

import av
import pytest
from PIL import Image

from tests.backend.hosted.fakes.fake import Script
from tests.backend.hosted.test_hosted import Shared, order

ENGINES = {"fal": "fal-happyhorse-1.1-references", "model_studio": "happyhorse-1.1-references"}


def png(size: tuple[int, int], colour: tuple[int, int, int]) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size, colour).save(buffer, "PNG")
    return buffer.getvalue()


ANNA, FAN = png((450, 600), (200, 30, 30)), png((600, 450), (30, 200, 30))


def seen(url: str) -> tuple[tuple[int, int], tuple[int, ...]]:
    """Size and middle of a picture in a data URL."""
    with Image.open(io.BytesIO(base64.b64decode(url.partition(",")[2]))) as picture:
        pixel = picture.convert("RGB").getpixel((picture.width // 2, picture.height // 2))
        assert isinstance(pixel, tuple)
        return picture.size, pixel


def sent(name: str, body: dict[str, Any]) -> tuple[list[str], str]:
    """The pictures and the shape of an order."""
    if name == "fal":
        return body["image_urls"], body["aspect_ratio"]
    media = body["input"]["media"]
    assert {one["type"] for one in media} == {"reference_image"}
    return [one["url"] for one in media], body["parameters"]["ratio"]


@pytest.mark.parametrize(("name", "height"), [("fal", 54), ("model_studio", 40)])
def test_a_take_of_pictures(shared: Shared, still: bytes, tmp_path: Path, name: str, height: int) -> None:
    """Of the clip, which is 16:9, the middle in the shape that was asked for comes back."""
    service, fake = shared[0], shared[1][name]
    fake.script = Script()
    fake.orders.clear()
    files = {"reference_2": FAN, "reference_1": ANNA}
    job = service.wait(order(service, still, ENGINES[name], size=f"96x{height}", files=files))
    assert job["status"] == "completed", job
    pictures, shape = sent(name, fake.orders[0].body)
    assert shape == "16:9"
    assert [seen(url) for url in pictures[:2]] == [((450, 600), (200, 30, 30)), ((600, 450), (30, 200, 30))]
    assert len(pictures) == 3
    wide, high = seen(pictures[2])[0]
    assert wide / high == pytest.approx(96 / height, abs=0.05)
    path = tmp_path / "clip.mp4"
    path.write_bytes(service.http.get(f"/v1/videos/{job['id']}/content").content)
    with av.open(str(path)) as container:
        frame = next(container.decode(video=0))
    assert (frame.width, frame.height) == (96, height)
    sidecar = service.http.get(f"/v1/videos/{job['id']}/content?variant=sidecar").json()
    assert [len(one) for one in sidecar["references"]] == [64, 64]
    assert any("does not begin with the still" in note for note in sidecar["notes"])


def test_too_many_and_what_is_no_picture_are_refused_at_the_door(shared: Shared, still: bytes) -> None:
    service, fakes = shared
    fakes["fal"].orders.clear()
    nine = {f"reference_{number}": ANNA for number in range(1, 10)}
    answer = service.submit(still, model=ENGINES["fal"], files=nine)
    assert (answer.status_code, answer.json()["error"]["param"]) == (400, "references")
    assert "takes 8 reference pictures, not 9" in answer.json()["error"]["message"]
    answer = service.submit(still, model=ENGINES["fal"], files={"reference_1": b"#EXTM3U"})
    assert (answer.status_code, answer.json()["error"]["param"]) == (400, "reference_1")
    assert fakes["fal"].orders == []


def test_an_engine_that_takes_none_says_so(shared: Shared, still: bytes) -> None:
    service, fakes = shared
    fakes["fal"].script = Script()
    job = service.wait(order(service, still, "fal-happyhorse-1.1", files={"reference_1": ANNA}))
    assert job["status"] == "completed"
    assert any("does not use the reference pictures" in note for note in job["result"]["notes"])
    listed = {one["id"]: one for one in service.http.get("/v1/models").json()["data"]}
    assert [listed[name]["references"] for name in ("fal-happyhorse-1.1", ENGINES["fal"])] == [0, 8]


def test_older_records_have_no_references() -> None:
    """As the journal, the store and a .blend of before have them."""
    from client.protocol import TakeRequest
    from client.protocol.codec import from_json, to_json
    from devtools.take_requests import take_request

    asked = to_json(take_request(seconds=1, size=(64, 48)))
    assert asked.pop("references") == []
    assert from_json(TakeRequest, json.loads(json.dumps(asked))).references == ()
