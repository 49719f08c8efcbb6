"""The session with the real service and its draft engine: a real clip comes back, also when the service is
killed."""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from client.events import READY, RECONNECTING, BackendState, Engines, JobFailed, JobProgress, TakeReady
from client.protocol import Binding, Direction, JobState, Line, TakeRequest, View
from client.session import Session
from client.target import LocalTarget
from tests.client.conftest import wait_for

ROOT = Path(__file__).resolve().parents[3]
BINDING = Binding("f1", "scene1", "shot1", "t1", "Shot 01", 1)
SECONDS = 240.0  # the engine compiles its loops at first use, perhaps on a busy machine


@pytest.fixture
def session(home: Path, make_session: Callable[..., Session]) -> Session:
    cache = ROOT / ".dev" / "test-cache"  # so that loops are compiled once a machine
    cache.mkdir(parents=True, exist_ok=True)
    home.mkdir()
    (home / "cache").symlink_to(cache)
    made = make_session()
    made.connect(LocalTarget(ROOT, Path(sys.executable)))
    wait_for(made, BackendState, 60, lambda event: event.state == READY)
    return made


@pytest.fixture
def make_small(tmp_path: Path) -> Callable[..., TakeRequest]:
    def make(seconds: float = 1.0, fps: Fraction = Fraction(24)) -> TakeRequest:
        ramp = np.linspace(0, 255, 160, dtype=np.uint8)[None, :, None]
        still = tmp_path / "still.png"
        Image.fromarray(np.repeat(np.repeat(ramp, 96, axis=0), 3, axis=2)).save(still)
        return TakeRequest(
            engine="draft",
            direction=Direction("slowly push in", (Line("ANNA", "English", "Now."),), "wind"),
            views=(View(still),),
            seconds=seconds,
            fps=fps,
            size=(160, 96),
            seed=4294967295,
            binding=BINDING,
        )

    return make


def frames_of(clip: Path) -> tuple[int, Fraction, float]:
    """(frames, rate, seconds of sound)."""
    with av.open(str(clip)) as container:
        rate = container.streams.video[0].average_rate
        count = sum(1 for _ in container.decode(video=0))
    with av.open(str(clip)) as container:
        samples = sum(frame.samples for frame in container.decode(audio=0))
        return count, Fraction(rate), samples / container.streams.audio[0].rate


def test_a_real_take(session: Session, make_small: Callable[..., TakeRequest], tmp_path: Path):
    engines = wait_for(session, Engines, 60).engines
    draft = next(engine for engine in engines if engine.id == "draft")
    assert draft.available and draft.depth and "English" in draft.languages
    seen: list = []
    session.submit("real", make_small(), tmp_path / "t.mp4")
    take = wait_for(session, TakeReady, SECONDS, seen=seen)
    count, rate, sound = frames_of(take.clip)
    assert (count, rate) == (24, 24)
    assert abs(sound - 1.0) <= 1 / 24 + 1e-6
    sidecar = json.loads(take.sidecar.read_text())
    assert (sidecar["engine"], sidecar["seed"], sidecar["frames"]) == ("draft", 4294967295, 24)
    assert (take.binding, take.job.seed) == (BINDING, 4294967295)
    progress = [event.job.progress for event in seen if isinstance(event, JobProgress)]
    assert progress and max(progress) <= 100


def test_a_service_killed_in_the_middle_still_makes_the_take_once(
    session: Session, make_small: Callable[..., TakeRequest], tmp_path: Path, home: Path
):
    session.submit("killed", make_small(seconds=6.0, fps=Fraction(24000, 1001)), tmp_path / "t.mp4")
    wait_for(session, JobProgress, SECONDS, lambda event: event.job.status == JobState.IN_PROGRESS)
    os.kill(json.loads((home / "backend.json").read_text())["pid"], signal.SIGKILL)
    wait_for(session, BackendState, 30, lambda event: event.state == RECONNECTING)
    take = wait_for(session, TakeReady, SECONDS)
    assert frames_of(take.clip)[:2] == (144, Fraction(24000, 1001))


def test_a_request_that_the_service_refuses_says_why(
    session: Session, make_small: Callable[..., TakeRequest], tmp_path: Path
):
    session.submit("long", make_small(seconds=1000.0), tmp_path / "t.mp4")
    failed = wait_for(session, JobFailed, 30)
    assert "1000" in failed.problem.message
    assert (failed.problem.param, failed.problem.fix) == ("seconds", "shorter")
