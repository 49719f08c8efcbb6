"""The session against a server that can be scripted: every way a job can end, and every way the server can
fail it."""

from __future__ import annotations

import json
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest

from client.events import (
    RECONNECTING,
    BackendState,
    Engines,
    JobFailed,
    JobProgress,
    TakeReady,
)
from client.jobs import follow
from client.protocol import Problem, TakeRequest
from client.session import Session
from client.target import RemoteTarget
from tests.client.conftest import binding_of, ready, wait_for
from tests.client.fake_server import CLIP, OPENAI, SIDECAR, FakeServer, Script

Make = Callable[..., Session]
MakeRequest = Callable[..., TakeRequest]


def test_a_take_arrives_whole_with_its_sidecar(
    make_session: Make, make_request: MakeRequest, server: FakeServer, tmp_path: Path
):
    session = make_session()
    ready(session, server)
    assert wait_for(session, Engines).engines[0].id == "draft"
    seen: list = []
    session.submit("k1", make_request(), tmp_path / "takes" / "shot" / "shot_t001.mp4")
    take = wait_for(session, TakeReady, seen=seen)
    assert take.clip.read_bytes() == CLIP
    assert take.sidecar == tmp_path / "takes" / "shot" / "shot_t001.json"
    assert take.sidecar.read_bytes() == SIDECAR
    assert take.binding == take.job.binding == binding_of("k1")
    assert take.job.result is not None and take.job.result.frames == 48
    assert list(take.clip.parent.glob("*.part")) == []
    assert any(isinstance(event, JobProgress) and event.job.status == "in_progress" for event in seen)


def test_all_of_the_request_is_sent(make_session: Make, make_request: MakeRequest, server: FakeServer, tmp_path: Path):
    session = make_session()
    ready(session, server)
    session.submit("k1", make_request(fps=Fraction(24000, 1001)), tmp_path / "t.mp4")
    wait_for(session, TakeReady)
    (job,) = server.jobs.values()
    assert (job["fps"], job["size"], job["seconds"], job["seed"]) == ("24000/1001", "320x180", "2", 7)
    uploads = server.uploads[job["id"]]
    assert uploads["input_reference"] == b"\x89PNG still of k1"
    assert uploads["depth"].endswith(b"depth of k1")


def test_a_preview_picture_comes_through(
    make_session: Make, make_request: MakeRequest, server: FakeServer, tmp_path: Path
):
    server.script.hold = True
    session = make_session()
    ready(session, server)
    session.submit("k1", make_request(), tmp_path / "t.mp4")
    wait_for(session, JobProgress)
    (job,) = server.jobs.values()
    job["status"] = "in_progress"
    progress = wait_for(session, JobProgress, test=lambda event: event.preview is not None)
    assert progress.preview == b"\xff\xd8\xff\xd9"
    assert progress.job.stage == "previewing"


def test_a_failed_job_says_why_and_what_to_do(
    make_session: Make, make_request: MakeRequest, server: FakeServer, tmp_path: Path
):
    server.script.error = {
        "code": "out_of_memory",
        "message": "1080p does not fit.",
        "param": "size",
        "fix": "smaller_size",
    }
    session = make_session()
    ready(session, server)
    session.submit("k1", make_request(), tmp_path / "t.mp4")
    failed = wait_for(session, JobFailed)
    assert failed.problem == Problem("out_of_memory", "1080p does not fit.", "smaller_size", "size")
    assert failed.binding == binding_of("k1")
    assert not (tmp_path / "t.mp4").exists()


@pytest.mark.parametrize("status", [200, 400, 500])
def test_other_servers_that_answer_a_failed_job_with_an_error_status(
    status: int, make_session: Make, make_request: MakeRequest, server: FakeServer, tmp_path: Path
):
    server.script.error = {"code": "oom", "message": "CUDA out of memory"}
    server.script.error_status = status
    server.script.dialect = OPENAI
    session = make_session()
    ready(session, server)
    session.submit("k1", make_request(), tmp_path / "t.mp4")
    assert wait_for(session, JobFailed).problem.message == "CUDA out of memory"


def test_a_plain_server_still_gives_a_take_that_can_be_made_again(
    make_session: Make, make_request: MakeRequest, server: FakeServer, tmp_path: Path
):
    server.script.dialect = OPENAI
    session = make_session()
    ready(session, server)
    session.submit("k1", make_request(), tmp_path / "t.mp4")
    take = wait_for(session, TakeReady)
    sidecar = json.loads(take.sidecar.read_text())
    assert (sidecar["prompt"], sidecar["seed"], sidecar["engine"]) == ("slowly push in", 7, "draft")
    assert (sidecar["model"], sidecar["server"], sidecar["seconds"]) == ("draft", server.url, 2.0)
    assert take.binding == binding_of("k1")


def test_cancel(make_session: Make, make_request: MakeRequest, server: FakeServer, tmp_path: Path):
    server.script.hold = True
    session = make_session()
    ready(session, server)
    session.submit("k1", make_request(), tmp_path / "t.mp4")
    wait_for(session, JobProgress)
    session.cancel("k1")
    assert wait_for(session, JobFailed).problem.code == "cancelled"
    assert [job["status"] for job in server.jobs.values()] == ["cancelled"]


def test_cancel_all_stops_only_our_own_jobs(
    make_session: Make, make_request: MakeRequest, server: FakeServer, tmp_path: Path
):
    server.script.hold = True
    others = server.submit("someone else's", {"prompt": ("", b"theirs")})
    session = make_session()
    ready(session, server)
    for key in ("a", "b", "c"):
        session.submit(key, make_request(key), tmp_path / f"{key}.mp4")
    for _ in range(3):
        wait_for(session, JobProgress)
    session.cancel_all()
    assert {wait_for(session, JobFailed).key for _ in range(3)} == {"a", "b", "c"}
    assert others["status"] == "queued"


def test_a_job_cancelled_before_the_server_was_reached_is_never_sent(
    make_session: Make, make_request: MakeRequest, server: FakeServer, tmp_path: Path
):
    session = make_session()
    session.connect(RemoteTarget("http://127.0.0.1:9"))  # nobody listens there
    session.submit("k1", make_request(), tmp_path / "t.mp4")
    session.cancel("k1")
    assert wait_for(session, JobFailed).problem.code == "cancelled"
    assert server.jobs == {}


def test_a_full_server_is_asked_again(
    make_session: Make,
    make_request: MakeRequest,
    server: FakeServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr("client.jobs.follow.BUSY_SECONDS", 0.1)
    server.script.full = 2
    session = make_session()
    ready(session, server)
    session.submit("k1", make_request(), tmp_path / "t.mp4")
    assert wait_for(session, TakeReady).key == "k1"
    assert len(server.jobs) == 1


def test_a_download_that_breaks_off_leaves_nothing_and_is_taken_up_again(
    make_session: Make, make_request: MakeRequest, server: FakeServer, tmp_path: Path
):
    server.script.cut = True
    session = make_session()
    ready(session, server)
    session.submit("k1", make_request(), tmp_path / "t.mp4")
    wait_for(session, BackendState, test=lambda event: event.state == RECONNECTING)
    assert not (tmp_path / "t.mp4").exists()
    server.script.cut = False
    take = wait_for(session, TakeReady)
    assert take.clip.read_bytes() == CLIP
    assert len(server.jobs) == 1, "the job was not made twice"


def test_a_take_that_cannot_be_written_is_kept_at_the_server_until_it_can(
    make_session: Make, make_request: MakeRequest, server: FakeServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(follow, "HELD_SECONDS", 0.05)
    (tmp_path / "file").write_text("not a folder")
    session = make_session()
    ready(session, server)
    session.submit("k1", make_request(), tmp_path / "file" / "t.mp4")
    stage = "Waiting: its folder can't be written to"
    wait_for(session, JobProgress, test=lambda event: event.job.stage == stage)
    assert len(server.jobs) == 1
    (tmp_path / "file").unlink()
    assert wait_for(session, TakeReady).clip == tmp_path / "file" / "t.mp4"


def test_a_still_that_is_gone_fails_with_its_name(
    make_session: Make, make_request: MakeRequest, server: FakeServer, tmp_path: Path
):
    session = make_session()
    ready(session, server)
    request = make_request()
    request.still.image.unlink()
    session.submit("k1", request, tmp_path / "t.mp4")
    assert "k1.png" in wait_for(session, JobFailed).problem.message


def test_the_clip_survives_an_unreachable_server(make_session: Make, make_request: MakeRequest, tmp_path: Path):
    first = FakeServer(Script(hold=True))
    session = make_session()
    ready(session, first)
    session.submit("k1", make_request(), tmp_path / "t.mp4")
    wait_for(session, JobProgress)
    first.close()
    lost = wait_for(session, BackendState, test=lambda event: event.state == RECONNECTING)
    assert "Trying again in 1 s" in lost.message
    second = FakeServer(port=first.port)
    second.jobs, second.keys = first.jobs, first.keys
    try:
        assert wait_for(session, TakeReady).clip.read_bytes() == CLIP
    finally:
        session.close()
        second.close()


def test_a_server_that_forgot_the_job_gets_it_again_from_our_copies(
    make_session: Make, make_request: MakeRequest, server: FakeServer, tmp_path: Path
):
    server.script.hold = True
    session = make_session()
    ready(session, server)
    request = make_request()
    session.submit("k1", request, tmp_path / "t.mp4")
    wait_for(session, JobProgress)
    request.still.image.unlink()  # Blender's temporary folder is gone by now
    server.jobs.clear()
    server.keys.clear()
    server.script.hold = False
    assert wait_for(session, TakeReady).key == "k1"
    (job,) = server.jobs.values()
    assert server.uploads[job["id"]]["input_reference"] == b"\x89PNG still of k1"


def test_cancel_answers_though_the_server_is_gone_and_tells_it_later(
    make_session: Make, make_request: MakeRequest, tmp_path: Path
):
    first = FakeServer(Script(hold=True))
    session = make_session()
    ready(session, first)
    session.submit("k1", make_request(), tmp_path / "t.mp4")
    wait_for(session, JobProgress)
    first.close()
    session.cancel("k1")
    assert wait_for(session, JobFailed).problem.code == "cancelled"
    session.landed("k1")
    second = FakeServer(Script(hold=True), port=first.port)
    second.jobs, second.keys = first.jobs, first.keys
    try:
        wait_for(session, JobFailed)
        assert [job["status"] for job in second.jobs.values()] == ["cancelled"]
    finally:
        session.close()
        second.close()


def test_a_move_that_is_refused_disturbs_nothing(
    make_session: Make, make_request: MakeRequest, server: FakeServer, tmp_path: Path
):
    server.script.hold = True
    session = make_session()
    ready(session, server)
    session.submit("k1", make_request(), tmp_path / "t.mp4")
    wait_for(session, JobProgress)
    server.script.dialect = OPENAI  # knows no such call: 404
    session.move("k1", None)
    server.script.hold = False
    seen: list = []
    wait_for(session, TakeReady, seen=seen)
    assert not [event for event in seen if isinstance(event, BackendState)]
