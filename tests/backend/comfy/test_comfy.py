"""A workflow from a request to a clip, and all that may go wrong between: a real service, a real HTTP server."""

from __future__ import annotations

import base64
import io
import json
import time
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from PIL import Image

from backend.engines.comfy import shelf
from backend.engines.comfy.engine import TRIES
from tests.backend.comfy.fake import GREEN, Comfy, FakeComfy
from tests.backend.hosted.fakes.clip import level
from tests.backend.hosted.fakes.fake import Script
from tests.backend.service_process import Service

GRAIN, SIDE = "comfy:Grain", "comfy:Side by Side"


@pytest.fixture
def at(shared: tuple[Service, FakeComfy]) -> tuple[Service, FakeComfy]:
    """The service, and the fake as new."""
    service, fake = shared
    fake.script, fake.comfy = Script(), Comfy()
    for kept in (fake.orders, fake.seen, fake.inputs, fake.interrupts, fake.forgotten):
        kept.clear()
    return service, fake


def order(service: Service, still: bytes, engine: str = GRAIN, **more: Any) -> str:
    fields = {"seconds": "2", "fps": "25", "seed": "7", "size": "96x54", **more}
    answer = service.submit(still, model=engine, **fields)
    assert answer.status_code == 200, answer.text
    return answer.json()["id"]


def until(true: Any, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)


def finish(fake: FakeComfy) -> None:
    """Has all that it works at done now."""
    fake.script = Script()
    fake.scripts.clear()


def sent(fake: FakeComfy, kind: str) -> dict[str, Any]:
    """The inputs of the node of a class, as they were sent."""
    return next(node["inputs"] for node in fake.orders[-1].body["prompt"].values() if node["class_type"] == kind)


def test_a_take_is_queued_fetched_and_in_sync(at: tuple[Service, FakeComfy], still: bytes, tmp_path: Path) -> None:
    service, fake = at
    job = service.wait(order(service, still, options={"strength": 0.25}))
    assert job["status"] == "completed", job
    assert len(fake.orders) == 1
    path = tmp_path / "clip.mp4"
    path.write_bytes(service.http.get(f"/v1/videos/{job['id']}/content").content)
    with av.open(str(path)) as container:
        frames = [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]
    with av.open(str(path)) as container:
        sound = np.concatenate([frame.to_ndarray() for frame in container.decode(audio=0)], axis=1)
    assert len(frames) == 50
    for index in (0, 25, 49):
        assert abs(int(frames[index][30, 60].mean()) - level(index)) <= 3
    assert abs(sound.shape[1] - 2 * 48_000) <= 1024
    assert np.abs(sound[:, 48_000:48_480]).max() > 0.15  # the tone of the fake's clip, in its middle
    assert sent(fake, "RepeatImageBatch")["amount"] == 50
    assert (sent(fake, "CreateVideo")["fps"], sent(fake, "EmptyAudio")["duration"]) == (25.0, 2.0)
    assert (sent(fake, "ImageAddNoise")["seed"], sent(fake, "ImageAddNoise")["strength"]) == (7, 0.25)
    assert (sent(fake, "ImageScale")["width"], sent(fake, "ImageScale")["height"]) == (96, 54)
    with Image.open(io.BytesIO(fake.inputs[sent(fake, "LoadImage")["image"]])) as picture:
        assert picture.size == (96, 54)
        ramp = np.asarray(picture)[27, :, 0].astype(int)  # the still is a ramp from left to right
    assert [ramp[0] < 10, abs(ramp[48] - 130) < 6, ramp[95] > 245] == [True, True, True]
    sidecar = service.http.get(f"/v1/videos/{job['id']}/content?variant=sidecar").json()
    assert sidecar["facts"]["workflow"] == "Grain"
    assert sidecar["facts"]["prompt_id"] == fake.orders[0].id
    assert not list((service.home / "downloads").iterdir())


def test_a_workflow_tells_what_it_uses_and_its_settings(at: tuple[Service, FakeComfy]) -> None:
    service, _ = at

    def engines() -> dict[str, Any]:
        return {one["id"]: one for one in service.http.get("/v1/models").json()["data"]}

    until(lambda: engines()[SIDE]["options"][0]["kind"] == "enum")  # once ComfyUI has told what its nodes take
    grain, side = engines()[GRAIN], engines()[SIDE]
    assert (grain["name"], grain["available"], grain["lane"]) == ("Grain (ComfyUI)", True, "network")
    assert (grain["sound"], grain["last_frame"], grain["needs_still"]) == (True, False, True)
    assert (side["sound"], side["last_frame"], side["fps"]) == (False, True, "24")
    assert [(one["name"], one["kind"], one["low"], one["high"]) for one in grain["options"]] == [
        ("strength", "float", 0, 1)
    ]
    direction, gap = side["options"]
    assert (direction["kind"], direction["default"]) == ("enum", "right")
    assert [choice["value"] for choice in direction["choices"]] == ["right", "down", "left", "up"]
    assert (gap["label"], gap["kind"], gap["low"], gap["high"]) == ("Gap", "int", 0, 64)


def test_a_last_frame_goes_along_and_is_left_out(at: tuple[Service, FakeComfy], still: bytes) -> None:
    service, fake = at
    options = {"direction": "down", "gap": 8}
    assert service.wait(order(service, still, SIDE, fps="24", options=options))["status"] == "completed"
    assert sent(fake, "ImageStitch") == {
        "image1": ["1", 0],
        "direction": "down",
        "match_image_size": True,
        "spacing_width": 8,
        "spacing_color": "black",
    }
    files = {"last_frame": still}
    assert service.wait(order(service, still, SIDE, fps="24", files=files))["status"] == "completed"
    assert sent(fake, "ImageStitch")["image2"] == ["2", 0]
    assert fake.orders[-1].body["prompt"]["2"]["inputs"]["image"].startswith("take-one/last_frame-")
    assert "ETN_Parameter" not in json.dumps(fake.orders[-1].body)


def test_its_progress_and_previews_come_from_the_websocket(at: tuple[Service, FakeComfy], still: bytes) -> None:
    service, fake = at
    fake.script = Script(seconds=60)
    strength, halfway = "Made by ComfyUI: Strength (parameter)", pytest.approx(100 * (0.05 + 0.85 * 2.5 / 7), abs=1.01)
    job_id = order(service, still)
    told, previews = [], []
    for name, data in service.events(job_id):
        if name == "progress":
            told.append((data["stage"], data["progress"]))
            previews += [data["preview"]] if data.get("preview") else []
            if previews and told[-1] == (strength, halfway):  # two nodes of seven, and half of the third
                finish(fake)
    assert service.job(job_id)["status"] == "completed"
    at_it = [progress for stage, progress in told if stage == strength]
    assert at_it and at_it[-1] == halfway, told
    with Image.open(io.BytesIO(base64.b64decode(previews[0].partition(",")[2]))) as picture:
        assert picture.size == (48, 32)
        assert np.abs(np.asarray(picture.convert("RGB")).astype(int)[16, 24] - GREEN).max() < 12


def test_what_waits_is_taken_out_of_the_queue(at: tuple[Service, FakeComfy], still: bytes) -> None:
    service, fake = at
    fake.comfy.ahead = time.time() + 600
    job_id = order(service, still)
    until(lambda: "1 before it" in str(service.job(job_id)))
    service.http.post(f"/v1/videos/{job_id}/cancel")
    until(lambda: fake.orders[0].cancelled)
    until(lambda: fake.interrupts == [fake.orders[0].id])  # it may have begun in between


def test_what_runs_is_interrupted_and_only_that(at: tuple[Service, FakeComfy], still: bytes) -> None:
    service, fake = at
    fake.script = Script(seconds=600)
    job_id = order(service, still)
    until(lambda: "Made by" in str(service.job(job_id)))
    service.http.post(f"/v1/videos/{job_id}/cancel")
    until(lambda: fake.orders[0].cancelled)
    assert fake.interrupts == [fake.orders[0].id]


def test_an_old_comfyui_is_not_interrupted_for_it_would_stop_anybodys(
    at: tuple[Service, FakeComfy], still: bytes
) -> None:
    service, fake = at
    fake.comfy.version, fake.script = "0.3.40", Script(seconds=600)
    job_id = order(service, still)
    until(lambda: "Made by" in str(service.job(job_id)))
    service.http.post(f"/v1/videos/{job_id}/cancel")

    def since_it_was_taken_out() -> list[str]:
        asked = [(seen.method, seen.path) for seen in fake.seen]
        taken = ("POST", "/queue")
        return [path for _, path in asked[asked.index(taken) :]] if taken in asked else []

    until(lambda: "/system_stats" in since_it_was_taken_out())
    assert fake.interrupts == []


def test_missing_nodes_are_named_before_anything_is_sent(at: tuple[Service, FakeComfy], still: bytes) -> None:
    service, fake = at
    fake.comfy.lacks = ("ImageAddNoise", "EmptyAudio")
    job = service.wait(order(service, still))  # that it lacks them is not known yet when it is taken
    assert (job["status"], job["error"]["code"]) == ("failed", "engine_unavailable")
    assert "ImageAddNoise (#4), EmptyAudio (#5)" in job["error"]["message"]
    assert fake.orders == []
    assert fake.inputs == {}


def test_what_does_not_pass_its_checks_is_told_by_node(at: tuple[Service, FakeComfy], still: bytes) -> None:
    service, fake = at
    fake.script.refusals = [
        (
            400,
            {
                "error": {"type": "prompt_outputs_failed_validation", "message": "Prompt outputs failed validation"},
                "node_errors": {
                    "4": {
                        "errors": [{"message": "Value not in list", "details": "strength: 'x' not in []"}],
                        "class_type": "ImageAddNoise",
                    }
                },
            },
        )
    ]
    job = service.wait(order(service, still))
    assert (job["status"], job["error"]["code"]) == ("failed", "request_refused")
    assert "\"Strength (parameter)\" (#4): Value not in list: strength: 'x' not in []." in job["error"]["message"]
    assert fake.orders == []


def test_a_failure_is_told_with_its_node_and_can_be_tried_again(at: tuple[Service, FakeComfy], still: bytes) -> None:
    service, fake = at
    fake.comfy.error = {"exception_type": "RuntimeError", "exception_message": "the tensors do not fit"}
    job = service.wait(order(service, still))
    assert (job["error"]["code"], job["error"]["fix"]) == ("engine_failed", "retry")
    assert 'failed at "Strength (parameter)" (#4): the tensors do not fit.' in job["error"]["message"]
    fake.comfy.error = {}
    service.http.post(f"/v1/videos/{job['id']}/retry", json={})
    assert service.wait(job["id"])["status"] == "completed"
    assert len(fake.orders) == 2
    fake.comfy.error = {"exception_type": "torch.OutOfMemoryError", "exception_message": "Allocation on device"}
    job = service.wait(order(service, still))
    assert (job["error"]["code"], job["error"]["fix"]) == ("out_of_memory", "smaller_size")


def test_a_workflow_that_saves_nothing_says_so(at: tuple[Service, FakeComfy], still: bytes) -> None:
    service, fake = at
    fake.comfy.result = ""
    job = service.wait(order(service, still))
    assert job["error"]["code"] == "engine_failed"
    assert "Save Video" in job["error"]["message"]


@pytest.mark.parametrize("version", ["0.3.64", "0.3.40"])  # the old one gives prompts ids of its own
def test_a_lost_answer_is_found_by_its_mark(at: tuple[Service, FakeComfy], still: bytes, version: str) -> None:
    service, fake = at
    fake.comfy.version, fake.script = version, Script(lose_answers=1, seconds=0.3)
    job = service.wait(order(service, still))
    assert job["status"] == "completed", job
    assert len(fake.orders) == 1


def test_what_never_arrived_is_sent_once_more(at: tuple[Service, FakeComfy], still: bytes) -> None:
    service, fake = at
    fake.script = Script(lose_orders=1)
    assert service.wait(order(service, still))["status"] == "completed"
    assert len(fake.orders) == 1
    assert len([seen for seen in fake.seen if seen.path == "/prompt"]) == 2


@pytest.mark.parametrize("lost", [False, True])
def test_a_server_that_is_overloaded_for_a_while_is_asked_again(
    at: tuple[Service, FakeComfy], still: bytes, lost: bool
) -> None:
    """503 to what only reads, while it is looked for and while it is followed. What is made goes on meanwhile."""
    service, fake = at
    fake.script = Script(seconds=600, lose_answers=int(lost))
    fake.comfy.overloaded = {"queue": 1, "history": 1}
    job_id = order(service, still)
    until(lambda: fake.comfy.overloaded == {"queue": 0, "history": 0})
    finish(fake)
    assert service.wait(job_id)["status"] == "completed"
    assert len([seen for seen in fake.seen if seen.path == "/prompt"]) == 1


@pytest.mark.parametrize("queued", [False, True])
def test_an_order_that_is_answered_with_500_is_looked_for_first(
    at: tuple[Service, FakeComfy], still: bytes, queued: bool
) -> None:
    service, fake = at
    fake.comfy.broken, fake.script = int(queued), Script(refusals=[] if queued else [(500, {"error": "internal"})])
    assert service.wait(order(service, still))["status"] == "completed"
    assert len(fake.orders) == 1
    asked = [seen.path for seen in fake.seen if seen.path in ("/prompt", "/queue")]
    first = asked.index("/prompt")
    assert asked[first + 1] == "/queue"
    assert asked.count("/prompt") == (1 if queued else 2)


def test_a_server_that_answers_every_order_with_500_has_none(at: tuple[Service, FakeComfy], still: bytes) -> None:
    service, fake = at
    fake.script = Script(refusals=[(500, {"error": "internal"})] * 9)
    job_id = order(service, still)
    job = service.wait(job_id)
    assert (job["status"], job["error"]["code"], job["error"]["fix"]) == ("failed", "unreachable", "retry")
    assert (fake.orders, len(fake.script.refusals)) == ([], 9 - TRIES)
    fake.script = Script()
    service.http.post(f"/v1/videos/{job_id}/retry", json={})
    assert service.wait(job_id)["status"] == "completed"
    assert len(fake.orders) == 1


def test_a_download_that_breaks_off_goes_on(at: tuple[Service, FakeComfy], still: bytes) -> None:
    service, fake = at
    fake.script = Script(break_at=3000, breaks=2)
    assert service.wait(order(service, still))["status"] == "completed"
    ranges = [seen.headers["range"] for seen in fake.seen if "range" in seen.headers]
    assert ranges == ["bytes=3000-", "bytes=6000-"]
    assert len(fake.orders) == 1


def test_a_file_that_was_cleared_away_says_so(at: tuple[Service, FakeComfy], still: bytes) -> None:
    service, fake = at
    fake.script = Script(expired=True)
    job = service.wait(order(service, still))
    assert (job["status"], job["error"]["code"], job["error"]["fix"]) == ("failed", "expired", "retry")
    assert len(fake.orders) == 1
    assert not list((service.home / "downloads").iterdir())


def test_comfyui_that_ends_and_starts_again_knows_nothing_of_it(at: tuple[Service, FakeComfy], still: bytes) -> None:
    service, fake = at
    fake.script = Script(seconds=600)
    job_id = order(service, still)
    until(lambda: "Made by" in str(service.job(job_id)))
    fake.end()
    until(lambda: "No connection" in str(service.job(job_id)))
    fake.comfy.away, fake.script = False, Script()
    job = service.wait(job_id)
    assert (job["error"]["code"], job["error"]["fix"]) == ("engine_failed", "retry")
    assert "started again" in job["error"]["message"]
    assert len(fake.orders) == 1
    service.http.post(f"/v1/videos/{job_id}/retry", json={})
    assert service.wait(job_id)["status"] == "completed"
    assert len(fake.orders) == 2


def test_a_workflow_that_is_removed_is_no_engine_any_more(at: tuple[Service, FakeComfy], still: bytes) -> None:
    service, fake = at
    path = service.home / shelf.FOLDER / "Side by Side.json"
    kept = path.read_bytes()
    path.unlink()
    try:
        until(lambda: SIDE not in service.http.get("/v1/models").text)
        assert GRAIN in service.http.get("/v1/models").text
        assert service.submit(still, model=SIDE).status_code == 400
        assert fake.orders == []
    finally:
        path.write_bytes(kept)
