"""The whole path: a real server process, the tiny model, an mp4 with sound, and that take refined."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time

import av
import numpy as np
import pytest
import requests
from PIL import Image

from tests.happyhorse.paths import ROOT

PROMPT = "Slowly push in on the table"
TOKEN = "a-token-only-for-tests"
EXTRA = {
    "dialogue": [{"speaker": "ANNA", "language": "German", "line": "Wir sind spät dran."}],
    "sound": "rain on a window",
}


@pytest.fixture
def service(tiny_home, tmp_path):
    ready = tmp_path / "ready.json"
    environment = {**os.environ, "TAKE_ONE_TOKEN": TOKEN, "OMP_NUM_THREADS": "2", "OMP_WAIT_POLICY": "passive"}
    command = [sys.executable, "-m", "backend", "serve", "--port", "0", "--ready-file", str(ready)]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdin=subprocess.PIPE)
    try:
        until = time.monotonic() + 120
        while not ready.exists() and process.poll() is None and time.monotonic() < until:
            time.sleep(0.05)
        yield Client(f"http://127.0.0.1:{json.loads(ready.read_text())['port']}")
    finally:
        process.kill()
        process.wait()


class Client:
    def __init__(self, url):
        self.url, self.session = url, requests.Session()
        self.session.headers["Authorization"] = f"Bearer {TOKEN}"

    def get(self, path, **options):
        answer = self.session.get(self.url + path, timeout=60, **options)
        answer.raise_for_status()
        return answer

    def engine(self):
        return next(entry for entry in self.get("/v1/models").json()["data"] if entry["id"] == "happyhorse")

    def make(self, still, options):
        """The finished job, its events, and the seconds from submission to the end."""
        fields = {
            "prompt": PROMPT,
            "model": "happyhorse",
            "seconds": "0.5",
            "size": "640x360",
            "seed": "7",
            "fps": "24",
            "extra_params": json.dumps({**EXTRA, "options": options}),
        }
        began = time.monotonic()
        answer = self.session.post(
            self.url + "/v1/videos", data=fields, files={"input_reference": still.open("rb")}, timeout=60
        )
        answer.raise_for_status()
        events = list(self._events(answer.json()["id"]))
        name, job = events[-1]
        assert name == "end"
        assert job["status"] == "completed", job["error"]
        return job, [data for name, data in events if name == "progress"], time.monotonic() - began

    def _events(self, job):
        with self.get(f"/v1/videos/{job}/events", stream=True) as answer:
            name = ""
            for line in answer.iter_lines(decode_unicode=True):
                if line.startswith("event:"):
                    name = line[6:].strip()
                elif line.startswith("data:"):
                    yield name, json.loads(line[5:])
                    if name == "end":
                        return


@pytest.fixture
def still(tmp_path):
    y, x = np.mgrid[0:360, 0:640]
    pixels = np.stack([x * 255 / 640, y * 255 / 360, (np.hypot(x - 320, y - 180) < 90) * 255], -1)
    Image.fromarray(pixels.astype(np.uint8)).save(tmp_path / "still.png")
    return tmp_path / "still.png"


def watch(data, tmp_path):
    """(frames, width, height, seconds of sound, loudness) of an mp4."""
    path = tmp_path / "read_back.mp4"
    path.write_bytes(data)
    with av.open(str(path)) as container:
        frames = [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]
    with av.open(str(path)) as container:
        rate = container.streams.audio[0].rate
        sound = np.concatenate([frame.to_ndarray() for frame in container.decode(audio=0)], axis=1)
    return frames, sound.shape[1] / rate, float(np.sqrt(np.mean(sound**2)))


def test_a_take_and_its_refinement(service, still, tmp_path):
    engine = service.engine()
    assert engine["available"], engine["reason"]
    assert engine["fps"] == "25"
    assert engine["languages"][0] == "English"
    assert "256p, 540p, 1080p" in engine["description"]

    job, events, cold = service.make(still, {"quality": "256p"})
    frames, seconds, loudness = watch(service.get(f"/v1/videos/{job['id']}/content").content, tmp_path)
    assert (len(frames), frames[0].shape) == (12, (360, 640, 3))
    assert seconds == pytest.approx(0.5, abs=0.03)
    assert loudness > 0.01
    assert frames[6].std() > 5
    sidecar = service.get(f"/v1/videos/{job['id']}/content?variant=sidecar").json()
    assert '<ANNA, German>: "Wir sind spät dran."' in sidecar["facts"]["final_prompt"]
    assert sidecar["facts"]["final_prompt"].endswith("Background Sound:\n<rain on a window>")
    assert [event for event in events if event.get("preview", "").startswith("data:image/jpeg;base64,")]
    assert [event for event in events if event["stage"].startswith("Picture and sound, ")]

    refine = {"quality": "540p", "refine_from": sidecar["facts"]["latents"]}
    job, events, warm = service.make(still, refine)
    frames, seconds, _ = watch(service.get(f"/v1/videos/{job['id']}/content").content, tmp_path)
    assert (len(frames), frames[0].shape) == (12, (360, 640, 3))
    stages = {event["stage"].split(",")[0] for event in events}
    assert "Picture and sound" not in stages
    assert "Refining" in stages
    print(f"\n256p from cold {cold:.1f} s, refined to 540p {warm:.1f} s")


def test_what_cannot_be_is_refused_before_a_job(service, still):
    with pytest.raises(requests.HTTPError) as failure:
        fields = {"prompt": PROMPT, "model": "happyhorse", "seconds": "60", "size": "640x360"}
        with still.open("rb") as file:
            answer = service.session.post(
                service.url + "/v1/videos", data=fields, files={"input_reference": file}, timeout=60
            )
        answer.raise_for_status()
    error = failure.value.response.json()["error"]
    assert error["fix"] == "shorter"
