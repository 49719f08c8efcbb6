"""`POST /v1/guide` over real HTTP: what it answers, that nobody waits for it, and that nothing of it stays."""

from __future__ import annotations

import asyncio
import http.client
import io
import json
import os
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from backend.api.guides import Guides
from backend.api.submission import Submission
from backend.engines.engine import EngineError
from client.protocol.codec import to_json
from tests.backend.guide.conftest import Walk
from tests.backend.service_process import TOKEN, Service, is_gone

PATIENCE = 180  # seconds; the first guide on a machine may have to compile


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    running = Service(tmp_path_factory.mktemp("home"))
    left = running.home / "guides" / "of-one-that-was-killed"
    left.mkdir(parents=True)
    (left / "warp.mkv").write_bytes(b"half")
    for path in (left / "warp.mkv", left):
        os.utime(path, (0, time.time() - 7200))
    running.start()
    yield running
    running.end()


def form(walk: Walk, **fields: str) -> dict[str, Any]:
    """What a client posts: the form of a job."""
    still, further = walk.request.views
    extra = {
        "camera": to_json(still.camera),
        "path": to_json(walk.request.path),
        "views": [{"name": "view_1", "t": 0.5, "camera": to_json(further.camera)}],
    }
    files = {"input_reference": still.image, "depth": still.depth, "view_1": further.image}
    files["view_1_depth"] = further.depth
    return {
        "data": {"num_frames": "9", "extra_params": json.dumps(extra), **fields},
        "files": {name: (name, path.read_bytes()) for name, path in files.items()},
    }


@pytest.mark.parametrize(
    ("waiting", "says"), [({"anna": 3}, "3 guides"), ({"ben": 2, "carl": 6}, "8 guides"), ({"ben": 7}, "")]
)
def test_so_many_wait_for_a_guide(tmp_path: Path, waiting: dict[str, int], says: str) -> None:
    guides = Guides(None, tmp_path)  # type: ignore[arg-type]
    guides._clients.update(waiting)
    guides._make = lambda *_: tmp_path  # type: ignore[method-assign]

    async def unwanted() -> bool:
        return False

    made = guides.make(Submission(), "anna", unwanted)
    if says:
        with pytest.raises(EngineError, match=says) as caught:
            asyncio.run(made)
        assert caught.value.code == "busy"
    else:
        assert asyncio.run(made) == tmp_path
    assert {user: count for user, count in guides._clients.items() if count} == waiting
    guides.stop()


def makers(service: Service) -> list[psutil.Process]:
    found = []
    for child in service.children():
        try:
            if "backend.guide.process" in child.cmdline():
                found.append(child)
        except psutil.Error:
            continue
    return found


def is_empty(folder: Path, seconds: float = 60) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if not any(folder.iterdir()):
            return True
        time.sleep(0.02)
    return False


def test_it_answers_a_zip_and_keeps_nothing(service: Service, walk: Walk) -> None:
    assert not (service.home / "guides" / "of-one-that-was-killed").exists()
    answer = service.http.post("/v1/guide", **form(walk), timeout=PATIENCE)
    assert answer.status_code == 200 and answer.headers["content-type"] == "application/zip", answer.text
    with zipfile.ZipFile(io.BytesIO(answer.content)) as file:
        assert file.testzip() is None
        about = json.loads(file.read("guide.json"))
    assert (about["fps"], about["size"], len(about["frames"])) == (24, [240, 136], 9)
    assert is_empty(service.home / "guides") and makers(service) == []
    assert service.http.get("/v1/videos").json()["data"] == []


def test_a_client_that_goes_ends_it_and_nobody_else_waits(service: Service, walk: Walk) -> None:
    """A guide of many seconds. Meanwhile others are answered, and the next one waits for its turn."""
    long = form(walk, num_frames="4000", size="960x544")
    asked = httpx.Request("POST", f"{service.url}/v1/guide", **long)
    impatient = http.client.HTTPConnection("127.0.0.1", asked.url.port)
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": asked.headers["Content-Type"]}
    impatient.request("POST", "/v1/guide", asked.read(), headers)
    until = time.monotonic() + 60
    while not (found := makers(service)):
        assert time.monotonic() < until
    (maker,) = found
    assert service.http.get("/health").status_code == 200
    assert makers(service) == [maker]
    impatient.close()
    assert is_gone(maker)
    assert is_empty(service.home / "guides")
    assert service.http.post("/v1/guide", **form(walk), timeout=PATIENCE).status_code == 200


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ({"num_frames": "4321"}, "seconds"),
        ({"num_frames": "2000", "size": "1920x1120"}, "seconds"),  # all of it together: 4.3 billion pixels
        ({"size": "4097x2304"}, "size"),
        ({"fps": "0"}, "fps"),
    ],
)
def test_what_does_not_fit_is_named(service: Service, walk: Walk, fields: dict[str, str], param: str) -> None:
    answer = service.http.post("/v1/guide", **form(walk, **fields))
    assert answer.status_code == 400 and answer.json()["error"]["param"] == param
    assert is_empty(service.home / "guides")


def test_a_guide_needs_a_still_and_files_are_checked(service: Service, walk: Walk) -> None:
    asked = form(walk)
    bad = {**asked["files"], "depth": ("depth", b"no EXR")}
    answer = service.http.post("/v1/guide", data=asked["data"], files=bad)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "invalid_file")
    without = {name: file for name, file in asked["files"].items() if not name.startswith(("input", "depth"))}
    answer = service.http.post("/v1/guide", data=asked["data"], files=without)
    assert answer.json()["error"]["param"] == "input_reference"
    assert is_empty(service.home / "guides")


def test_a_failure_of_its_process_is_said(service: Service, walk: Walk) -> None:
    """Depths that are no depths are found when they are read."""
    from tests.backend.draft.card import write_depth

    asked = form(walk)
    bad = write_depth(service.home / "bad.exr", walk.depths[0] * -1).read_bytes()
    answer = service.http.post(
        "/v1/guide", data=asked["data"], files={**asked["files"], "view_1_depth": ("d", bad)}, timeout=PATIENCE
    )
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "depth_unusable")
    assert is_empty(service.home / "guides") and makers(service) == []
