"""The session over time: what it connects to, what the journal brings back, how it ends."""

from __future__ import annotations

import functools
import http.server
import stat
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from client.api.calls import Api
from client.api.errors import ApiError
from client.events import (
    FAILED,
    OUTDATED,
    STARTING,
    BackendState,
    FinalPrompt,
    InstallState,
    JobProgress,
    Quote,
    TakeReady,
    WordsFound,
)
from client.jobs import journal
from client.jobs.record import Record
from client.protocol import Camera, CameraPath, Direction, Keyframe, TakeRequest, WordsPath
from client.protocol.camera import IDENTITY
from client.session import Session
from client.target import RemoteTarget, is_exposed
from tests.client.conftest import binding_of, ready, wait_for, wait_until
from tests.client.fake_server import CLIP, FakeServer

Make = Callable[..., Session]
MakeRequest = Callable[..., TakeRequest]


def test_a_job_that_finishes_while_blender_is_closed_lands_on_reopening(
    make_session: Make, make_request: MakeRequest, server: FakeServer, tmp_path: Path, home: Path
):
    server.script.hold = True
    first = make_session()
    ready(first, server)
    first.submit("k1", make_request(), tmp_path / "t.mp4")
    wait_for(first, JobProgress)
    first.close()
    server.script.hold = False
    second = make_session()
    ready(second, server)
    assert wait_for(second, TakeReady).clip.read_bytes() == CLIP
    second.close()
    third = make_session()  # nobody said that it has landed: reported again
    third.connect(RemoteTarget(server.url))
    assert wait_for(third, TakeReady).key == "k1"
    third.landed("k1")
    wait_until(lambda: third.unfinished() == [])
    third.replay()
    with pytest.raises(AssertionError):
        wait_for(third, TakeReady, seconds=1.0)
    assert len(server.jobs) == 1


def test_a_job_never_sent_is_sent_by_the_next_blender(
    make_session: Make, make_request: MakeRequest, server: FakeServer, tmp_path: Path
):
    first = make_session()
    first.connect(RemoteTarget(server.url))
    first.close()
    first.submit("k1", make_request(), tmp_path / "t.mp4")  # into the journal, but its thread is gone
    second = make_session()
    ready(second, server)
    assert wait_for(second, TakeReady).key == "k1"


def test_jobs_of_a_living_blender_are_not_taken_over(
    make_session: Make, make_request: MakeRequest, server: FakeServer, tmp_path: Path
):
    server.script.hold = True
    first, second = make_session(), make_session()
    ready(first, server)
    first.submit("k1", make_request(), tmp_path / "t.mp4")
    wait_for(first, JobProgress)
    ready(second, server)
    server.script.hold = False
    assert wait_for(first, TakeReady).key == "k1"
    assert not any(isinstance(event, TakeReady) for event in second.poll())


def test_jobs_of_a_blender_that_dies_are_taken_over_by_one_that_lives(
    make_session: Make,
    make_request: MakeRequest,
    server: FakeServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr("client.session.ADOPT_SECONDS", 0.3)
    server.script.hold = True
    first, second = make_session(), make_session()
    ready(first, server)
    ready(second, server)
    first.submit("k1", make_request(), tmp_path / "t.mp4")
    wait_for(first, JobProgress)
    first.close()
    server.script.hold = False
    assert wait_for(second, TakeReady).key == "k1"


def test_another_file_can_ask_for_takes_that_have_not_landed(
    make_session: Make, make_request: MakeRequest, server: FakeServer, tmp_path: Path
):
    session = make_session()
    ready(session, server)
    session.submit("k1", make_request(), tmp_path / "t.mp4")
    wait_for(session, TakeReady)
    session.replay()
    assert wait_for(session, TakeReady).binding == binding_of("k1")


def test_beyond_this_machine_only_with_online_access(make_session: Make):
    session = make_session(online_access=False)
    session.connect(RemoteTarget("http://192.0.2.1:8000"))
    state = wait_for(session, BackendState)
    assert (state.state, state.fix) == (FAILED, "online_access")


def test_nothing_is_installed_without_online_access(
    make_session: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.delenv("PIP_NO_INDEX", raising=False)
    session = make_session(online_access=False)
    session.install(tmp_path)
    state = wait_for(session, InstallState)
    assert (state.state, state.fraction, state.fix) == ("failed", 0.0, "online_access")
    assert "online access is off" in state.message
    assert session._installing is None


def test_online_access_counts_from_the_moment_it_is_given(make_session: Make):
    session = make_session(online_access=False)
    session.connect(RemoteTarget("http://192.0.2.1:8000"))
    wait_for(session, BackendState, test=lambda event: event.fix == "online_access")
    session.online_access = True
    session.connect(RemoteTarget("http://192.0.2.1:8000"))
    assert wait_for(session, BackendState).state == STARTING


def test_a_job_without_a_place_to_land_is_refused(
    make_session: Make, make_request: MakeRequest, tmp_path: Path, home: Path
):
    session = make_session()
    with pytest.raises(ValueError, match="binding"):
        session.submit("k1", make_request(binding=None), tmp_path / "t.mp4")
    assert session.unfinished() == []


def test_what_is_kept_is_for_the_user_only(
    make_session: Make, make_request: MakeRequest, server: FakeServer, tmp_path: Path, home: Path
):
    project = tmp_path / "project"
    project.mkdir(mode=0o755)
    home.mkdir(mode=0o755)  # by hand, before Take One was there
    session = make_session()
    ready(session, server)
    session.submit("a", make_request("a"), tmp_path / "unsaved" / "a.mp4")
    session.submit("b", make_request("b"), project / "takes" / "b.mp4")
    for _ in range(2):
        wait_for(session, TakeReady)

    def modes(*paths: Path) -> list[int]:
        return [stat.S_IMODE(path.stat().st_mode) for path in paths]

    assert modes(home, *(folder for folder in home.iterdir() if folder.is_dir())) == [0o700] * 4
    assert modes(*(home / "journal").glob("*.json")) == [0o600] * 2
    unsaved = tmp_path / "unsaved"
    assert modes(unsaved, unsaved / "a.mp4", unsaved / "a.json") == [0o700, 0o600, 0o600]
    takes = project / "takes"
    assert modes(takes, takes / "b.mp4", takes / "b.json") == [0o755, 0o644, 0o644], "as open as the project is"


def test_a_wrong_token_asks_for_another(make_session: Make, server: FakeServer):
    server.script.token = "right"
    session = make_session()
    session.connect(RemoteTarget(server.url, "wrong"))
    state = wait_for(session, BackendState, test=lambda event: event.state == FAILED)
    assert state.fix == "connect"
    assert "wrong" not in repr(RemoteTarget(server.url, "wrong"))
    ready(session, server, "right")


def test_another_protocol_is_outdated(make_session: Make, server: FakeServer):
    server.script.health = {"status": "ok", "version": "9.0.0", "protocol": 2}
    session = make_session()
    session.connect(RemoteTarget(server.url))
    state = wait_for(session, BackendState, test=lambda event: event.state == OUTDATED)
    assert state.fix == "connect" and "9.0.0" in state.message


def test_a_web_server_of_another_kind_is_said(make_session: Make, tmp_path: Path):
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(tmp_path))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as other:
        threading.Thread(target=other.serve_forever, daemon=True).start()
        session = make_session()
        session.connect(RemoteTarget(f"http://127.0.0.1:{other.server_port}"))
        state = wait_for(session, BackendState, test=lambda event: event.state == FAILED)
        other.shutdown()
    assert "not a Take One server" in state.message and state.fix == "connect"


@pytest.mark.parametrize(
    ("url", "exposed"),
    [("http://192.0.2.7:8000", True), ("https://192.0.2.7", False), ("http://localhost:8000", False),
     ("http://[::1]:8000", False), ("", False), ("http://[", False)],
)  # fmt: skip
def test_what_goes_unencrypted_to_another_machine(url: str, exposed: bool):
    assert is_exposed(url) is exposed


def test_a_damaged_record_is_set_aside_and_the_others_go_on(
    make_session: Make, make_request: MakeRequest, server: FakeServer, tmp_path: Path, home: Path
):
    (home / "journal").mkdir(parents=True)
    (home / "journal" / "bad.json").write_text('{"key": "bad"')
    session = make_session()
    ready(session, server)
    session.submit("k1", make_request(), tmp_path / "t.mp4")
    assert wait_for(session, TakeReady).key == "k1"
    assert (home / "journal" / "bad.damaged").exists()


def test_a_key_cannot_leave_the_journal(make_request: MakeRequest, home: Path, tmp_path: Path):
    record = Record("../evil", "local", "me", make_request(), tmp_path / "t.mp4")
    with pytest.raises(ValueError, match="key"):
        journal.Journal(home).add(record)


def test_closing_ends_every_thread(make_session: Make, make_request: MakeRequest, server: FakeServer, tmp_path: Path):
    server.script.hold = True
    session = make_session()
    ready(session, server)
    session.submit("k1", make_request(), tmp_path / "t.mp4")
    wait_for(session, JobProgress)
    session.close()  # while the server holds the job
    assert [thread.name for thread in threading.enumerate() if thread.name.startswith("take-one")] == []


def test_no_method_waits_for_a_server_that_hangs(
    make_session: Make, make_request: MakeRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    import socket

    for name in ("ANSWER_SECONDS", "CONNECT_SECONDS"):
        monkeypatch.setattr(f"client.api.calls.{name}", 600)
    monkeypatch.setattr(Api.health, "__defaults__", (600,))
    with socket.create_server(("127.0.0.1", 0)) as hung:  # accepts, never answers
        session = make_session()
        began = time.monotonic()
        session.connect(RemoteTarget(f"http://127.0.0.1:{hung.getsockname()[1]}"))
        session.submit("k1", make_request(), tmp_path / "t.mp4")
        session.cancel_all()
        session.poll()
        assert time.monotonic() - began < 60


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("http://127.0.0.1:9", "unreachable"),
        ("not an address", "bad_address"),
        ("ftp://127.0.0.1", "bad_address"),
    ],
)
def test_wrong_addresses(address: str, code: str):
    with pytest.raises(ApiError) as caught:
        Api(address).health()
    assert caught.value.code == code
    assert "object at 0x" not in caught.value.message


def test_a_proxy_is_never_asked_for_this_machine(server: FakeServer, monkeypatch: pytest.MonkeyPatch):
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    assert Api(server.url).health().status == "ok"


CAMERA = Camera("perspective", 64, 36, 32.0, 18.0, 50.0, 50.0)


class Noted:
    """Notes what it is asked, and answers what it is told to."""

    def __init__(self, **answers: object) -> None:
        self.asked: list[tuple[object, ...]] = []
        self._answers = answers

    def __getattr__(self, name: str) -> Callable[..., object]:
        def call(*words: object, **more: object) -> object:
            self.asked.append((name, *words, *more.items()))
            return self._answers.get(name)

        return call


def test_each_order_goes_to_the_backend_as_it_was_given(make_session: Make, monkeypatch: pytest.MonkeyPatch):
    session, direction = make_session(), Direction("push in")
    found = WordsPath(CameraPath((Keyframe(0.0, IDENTITY),)))
    api = Noted(words_path=found, compose_prompt="A still.", estimate=None, spending=({"USD": 1.0}, {"EUR": 2.0}))
    jobs = Noted()
    monkeypatch.setattr(session, "_jobs", jobs)
    there: list[Noted | None] = [None]
    monkeypatch.setattr(session._connection, "api", lambda: there[0])

    def order() -> Callable[[], None]:
        session.retry("k1", send_again=True)
        session.move("k2", "k3")
        session.landed("k4")
        session.quote("k5", {"engine": "fal"}, "film", 12.5)
        session.compose_prompt("k6", "fal", direction, {"steps": 3})
        session.words_path("k7", "draft", direction, CAMERA, 2.5, 9)
        answer = session.path_ahead("draft", direction, CAMERA, 3.5, 8)
        while not session._commands.empty():
            try:
                session._commands.get()()
            except ApiError as error:
                assert error.code == "not_connected"
        return answer.result

    ahead = order()
    assert jobs.asked == [("landed", "k4", None)]
    assert [(event.key, event.problem.code) for event in session.poll()] == [  # type: ignore[union-attr]
        ("k6", "not_connected"),
        ("k7", "not_connected"),
    ]
    with pytest.raises(ApiError):
        ahead(0)
    jobs.asked.clear()
    there[0] = api
    assert order()(0) == found
    assert jobs.asked == [("retry", "k1", True, api), ("move", "k2", "k3", api), ("landed", "k4", api)]
    assert api.asked == [
        ("estimate", {"engine": "fal"}),
        ("spending", "film", 12.5),
        ("compose_prompt", "fal", direction, {"steps": 3}),
        ("words_path", "draft", direction, CAMERA, 2.5, 9),
        ("words_path", "draft", direction, CAMERA, 3.5, 8, ("whole", False)),
    ]
    assert session.poll() == [
        Quote("k5", None, {"USD": 1.0}, {"EUR": 2.0}),
        FinalPrompt("k6", "A still."),
        WordsFound("k7", found),
    ]
