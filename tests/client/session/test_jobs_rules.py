"""What becomes of a job by each word of a server, and when it is asked again: by a clock that is set, offline."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from client.api.errors import ApiError
from client.events import JobFailed, JobProgress, TakeReady
from client.jobs import follow
from client.jobs.record import CANCELLING, NEW, SENT
from client.protocol import Job, JobState, Problem
from tests.client.desk import AtOnce, Desk, Server

QUEUED, WORKING, DONE = JobState.QUEUED, JobState.IN_PROGRESS, JobState.COMPLETED


@pytest.mark.parametrize(
    ("answer", "seconds"),
    [(Job("", WORKING), 0.3), (Job("", QUEUED, queue_position=1), 0.3), (Job("", QUEUED, queue_position=2), 1.0),
     (Job("", QUEUED), 0.3)],
)  # fmt: skip
def test_what_runs_or_is_next_is_asked_for_more_often(desk: Desk, answer: Job, seconds: float) -> None:
    api = Server()
    api.says["job"] = answer
    desk.add("k1", SENT)
    assert desk.step(api) == [("job", "v-k1")]
    assert desk.step(api, seconds - 0.01) == []
    assert desk.step(api, 0.02) == [("job", "v-k1")]
    assert len([event for event in desk.told if isinstance(event, JobProgress)]) == 1, "nothing new, nothing told"
    desk.jobs.poll_soon()
    assert desk.step(api) == [("job", "v-k1")]


def test_the_first_job_that_runs_is_the_one_to_watch(desk: Desk) -> None:
    api = Server()
    for key in ("k1", "k2", "k3"):
        desk.add(key, SENT)
    api.says["job"] = Job("", QUEUED, queue_position=1)
    desk.step(api)
    assert desk.jobs.running is None
    api.says["job"] = Job("", WORKING)
    desk.step(api, 2)
    assert desk.jobs.running is not None and desk.jobs.running.key == "k1"
    assert desk.jobs.busy("local") and not desk.jobs.busy("http://other")
    assert desk.step(Server("http://other"), 2) == []


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_busy_server_is_asked_again_after_a_while(desk: Desk, status: int) -> None:
    api = Server()
    desk.add("k1")
    api.says["submit"] = ApiError("http_x", "Later.", "retry", status)
    desk.step(api)
    assert desk.step(api) == [("submit", "k1")]
    assert [event.job.stage for event in desk.told] == ["the server is busy"]
    assert desk.step(api, 4.9) == []
    del api.says["submit"]
    desk.step(api, 0.2)
    assert desk.step(api) == [("submit", "k1")]
    assert desk.failures() == []


def unwritten(error: OSError) -> Callable[..., Callable[..., Job]]:
    """What fetches a clip and can't write it."""

    def work(*_: object) -> Job:
        raise error

    return lambda _record, _job: work


@pytest.mark.parametrize(
    ("error", "stage"),
    [(OSError(28, "No space"), "Waiting: the disk is full"), (OSError(122, "Quota"), "Waiting: the disk is full"),
     (PermissionError(13, "Denied"), "Waiting: its folder can't be written to")],
)  # fmt: skip
def test_a_clip_that_cant_be_written_stays_at_its_server_until_it_can(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, error: OSError, stage: str
) -> None:
    api, fetch = Server(), follow.fetch
    api.says["job"] = Job("", DONE)
    monkeypatch.setattr(follow, "fetch", unwritten(error))
    monkeypatch.setattr(follow, "room_for", lambda _: room[0])
    room = [1000]
    records = [desk.add(key, SENT) for key in ("k1", "k2")]
    for seconds in (0, 0, 0.3, 0, 10, 0):
        desk.step(api, seconds)
    told = [(event.key, event.job.status, event.job.progress, event.job.stage) for event in desk.told]
    assert [event.held.message.split("/")[-1][:6] for event in desk.told] == ["k1.mp4", "k2.mp4"]
    assert desk.jobs.running is None, "no other is kept from being watched"
    assert told == [("k1", WORKING, 100, stage), ("k2", WORKING, 100, stage)], "once each"
    assert [record.state for record in records] == [SENT, SENT] and desk.jobs.busy("local")
    api.calls.clear()
    desk.jobs.cancel("k2", api)  # type: ignore[arg-type]
    assert desk.failures() == [("k2", "cancelled")] and api.calls == []
    monkeypatch.setattr(follow, "fetch", fetch)
    room[0] = 1001
    desk.step(api, 10)
    desk.step(api)
    assert desk.fetched == ["k1"] and isinstance(desk.told[-1], TakeReady) and desk.told[-1].key == "k1"


def test_a_clip_for_a_full_disk_is_not_fetched_over_and_over_nor_made_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    api, room = Server(), [700]
    api.says["job"] = Job("", DONE)
    monkeypatch.setattr(follow, "fetch", unwritten(OSError(28, "No space")))
    monkeypatch.setattr(follow, "room_for", lambda _: room[0])
    record = desk.add("k1", SENT)
    desk.step(api)
    desk.step(api)
    asked = []
    for free in (700, 650, 700, 900, 900, 650):
        room[0] = free
        desk.jobs.poll_soon()
        asked.append(len(desk.step(api, 10)))
        desk.step(api)
    assert asked == [0, 0, 0, 1, 0, 0], "only where there is more room than ever"
    assert desk.step(api, 270) == [] and len(desk.step(api, 10)) == 1, "or now and then, for quotas"
    desk.step(api)
    api.says["job"] = ApiError("not_found", "Unknown.", "retry", 404)
    room[0] = 2000
    desk.step(api, 10)
    assert desk.failures() == [("k1", "not_found")] and record.resubmitted == 0


def test_a_job_is_cancelled_also_while_the_disk_is_full(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    api = Server()
    desk.add("k1", SENT)
    monkeypatch.setattr(desk.journal, "save", lambda _: (_ for _ in ()).throw(OSError(28, "No space")))
    desk.jobs.cancel("k1", api)  # type: ignore[arg-type]
    assert api.calls == [("cancel", "v-k1")] and desk.failures() == [("k1", "cancelled")]


def test_a_job_that_cant_be_noted_as_sent_goes_on(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    api, save = Server(), desk.journal.save
    desk.add("k1")
    desk.step(api)
    monkeypatch.setattr(desk.journal, "save", lambda _: (_ for _ in ()).throw(OSError(28, "No space")))
    desk.step(api)
    assert [event.job.stage for event in desk.told] == ["Waiting: the disk is full"]
    monkeypatch.setattr(desk.journal, "save", save)
    desk.jobs.cancel("k1", api)  # type: ignore[arg-type]
    assert api.calls[-1] == ("cancel", "v-k1"), "the server makes it meanwhile"


@pytest.mark.parametrize("status", [400, 401, 413, 500, 507])
def test_what_is_refused_for_good_ends(desk: Desk, status: int) -> None:
    api = Server()
    desk.add("k1")
    api.says["submit"] = ApiError("a_code", "No.", "retry", status, "seed")
    desk.step(api)
    desk.step(api)
    (event,) = desk.told
    assert event == JobFailed("k1", Problem("a_code", "No.", "retry", "seed"), event.binding)
    assert not desk.jobs.busy("local")


@pytest.mark.parametrize("code", ["too_large", "bad_clip"])
def test_nonsense_is_borne_three_times(desk: Desk, code: str) -> None:
    api = Server()
    desk.add("k1", SENT)
    api.says["job"] = ApiError(code, "What?", "connect")
    for _ in range(3):
        assert desk.step(api, 5.0) == [("job", "v-k1")]
        assert desk.failures() == []
        assert desk.step(api, 4.9) == []
    desk.step(api, 0.2)
    assert desk.failures() == [("k1", code)]


def test_an_unreachable_server_is_the_sessions_business(desk: Desk) -> None:
    api = Server()
    desk.add("k1", SENT)
    api.says["job"] = ApiError("unreachable", "Nobody.", "retry")
    with pytest.raises(ApiError):
        desk.step(api)
    assert desk.failures() == [] and desk.jobs.busy("local")


@pytest.mark.parametrize(
    ("code", "status"),
    [("certificate", 0), ("redirected", 302), ("unauthorized", 401), ("not_a_server", 0), ("not_a_server", 404)],
)
def test_a_job_outlives_a_network_that_wants_a_login_and_a_token_that_was_changed(
    code: str, status: int, desk: Desk
) -> None:
    """Ten times: then it is the job's own page that nobody may see, and the others are followed meanwhile."""
    api = Server()
    desk.add("k1", SENT)
    api.says["job"] = ApiError(code, "Log in.", "connect", status)
    for _ in range(10):
        with pytest.raises(ApiError, match="Log in"):
            desk.step(api, 5.1)
    desk.add("k2")
    desk.step(api, 4.8)
    assert desk.step(api, 0.1) == [("submit", "k2")] and desk.failures() == []
    desk.jobs.cancel("k2", api)  # type: ignore[arg-type]
    desk.step(api, 0.2)
    assert desk.failures() == [("k2", "cancelled"), ("k1", code)]


def test_a_job_that_the_server_lost_is_made_again_twice(desk: Desk) -> None:
    api = Server()
    record = desk.add("k1", SENT)
    api.says["job"] = ApiError("not_found", "Who?", "", 404)
    for times in (1, 2):
        assert desk.step(api, 5) == [("job", "v-k1")]
        assert (record.state, record.id, record.resubmitted) == (NEW, None, times)
        desk.step(api)
        assert desk.step(api) == [("submit", "k1")] and record.id == "v-k1"
    desk.step(api, 5)
    assert desk.failures() == [("k1", "not_found")]
    failed = next(event for event in desk.told if isinstance(event, JobFailed))
    assert failed.problem.fix == "retry"


def test_a_lost_job_whose_files_are_gone_ends(desk: Desk) -> None:
    api = Server()
    record = desk.add("k1", SENT)
    list(record.request.files().values())[1].unlink()
    api.says["job"] = ApiError("not_found", "Who?", "", 404)
    desk.step(api)
    assert desk.failures() == [("k1", "not_found")] and api.calls == [("job", "v-k1")]


@pytest.mark.parametrize(("status", "code"), [(JobState.FAILED, "failed"), (JobState.CANCELLED, "cancelled")])
def test_how_a_job_ends(desk: Desk, status: JobState, code: str) -> None:
    api = Server()
    record = desk.add("k1", SENT)
    api.says["job"] = Job("", status)
    desk.step(api)
    assert desk.failures() == [("k1", code)] and desk.fetched == []
    kept = desk.journal.get("k1")
    assert kept is not None and kept.problem is not None and kept.problem.code == code
    assert record.ended_at > 1_700_000_000


def test_one_clip_is_fetched_at_a_time_from_each_server(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    api, other = Server(), Server("http://other")
    api.says["job"] = other.says["job"] = Job("", DONE)
    for key in ("k1", "k2"):
        desk.add(key, SENT)
    desk.add("k3", SENT, "http://other")
    monkeypatch.setattr(AtOnce, "held", True)
    desk.step(api)
    assert [job.downloading for job in desk.jobs._open.values()] == [True, False, False]
    desk.step(other)
    assert [job.downloading for job in desk.jobs._open.values()] == [True, False, True]
    desk.jobs._open["k1"].transfer._held = False  # type: ignore[union-attr]
    monkeypatch.setattr(AtOnce, "held", False)
    desk.step(api)
    assert [event.key for event in desk.told if isinstance(event, TakeReady)] == ["k1"]
    desk.step(api, 0.31)
    desk.step(api)
    assert [event.key for event in desk.told if isinstance(event, TakeReady)] == ["k1", "k2"]


def test_a_clip_that_trickles_holds_no_other_up(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    api = Server()
    api.says["job"] = Job("", DONE)
    for number in range(6):
        desk.add(f"k{number}", SENT)
    monkeypatch.setattr(AtOnce, "held", True)
    desk.step(api)
    for seconds, begun in [(29.9, 1), (0.2, 1), (0.31, 2), (29.0, 2), (1.5, 3), (31.0, 4), (31.0, 4)]:
        desk.step(api, seconds)
        assert sum(job.downloading for job in desk.jobs._open.values()) == begun
    transfer = desk.jobs._open["k1"].transfer
    transfer._held = False  # type: ignore[union-attr]
    monkeypatch.setattr(AtOnce, "held", False)
    for _ in range(3):
        desk.step(api, 1.1)
    assert [event.key for event in desk.told if isinstance(event, TakeReady)] == ["k1", "k4", "k5"]


def test_requests_are_sent_in_their_order(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    api = Server()
    monkeypatch.setattr(AtOnce, "held", True)
    desk.add("k1")
    desk.add("k2")
    desk.step(api)
    desk.step(api)
    assert [job.uploading for job in desk.jobs._open.values()] == [True, False]
    desk.jobs._open["k1"].transfer._held = False  # type: ignore[union-attr]
    monkeypatch.setattr(AtOnce, "held", False)
    desk.step(api)
    desk.step(api)
    desk.step(api)
    assert [call for call in api.calls if call[0] == "submit"] == [("submit", "k1"), ("submit", "k2")]


def test_cancelling_what_the_server_has_nothing_of(desk: Desk) -> None:
    api = Server()
    desk.add("k1")
    desk.jobs.cancel("k1", api)  # type: ignore[arg-type]
    assert (desk.failures(), api.calls) == ([("k1", "cancelled")], [])
    desk.jobs.cancel("k1", api)  # type: ignore[arg-type]
    assert len(desk.told) == 1


def test_cancelling_what_the_server_may_have(desk: Desk) -> None:
    """Its answer may have been lost: it is sent again under its key, to be cancelled there."""
    api = Server()
    record = desk.add("k1", attempted=True)
    desk.jobs.cancel("k1", None)
    assert (desk.failures(), record.state) == ([("k1", "cancelled")], CANCELLING)
    kept = desk.journal.get("k1")
    assert kept is not None and kept.state == CANCELLING
    desk.jobs.cancel("k1", api)  # type: ignore[arg-type]  # once more: it is under way
    assert (api.calls, len(desk.told)) == ([], 1)
    desk.step(api)
    desk.step(api, 2)
    assert api.calls == [("submit", "k1"), ("cancel", "v-k1")]
    assert not desk.jobs.busy("local")


@pytest.mark.parametrize(("status", "deletes"), [(404, True), (405, True), (409, False)])
def test_a_server_without_cancel_is_told_to_delete(desk: Desk, status: int, deletes: bool) -> None:
    api = Server()
    desk.add("k1", SENT)
    api.says["cancel"] = ApiError("no", "No.", "", status)
    desk.jobs.cancel("k1", api)  # type: ignore[arg-type]
    assert api.calls == [("cancel", "v-k1"), *([("delete", "v-k1")] if deletes else [])]
    assert desk.failures() == [("k1", "cancelled")]


def test_a_take_that_was_quicker_than_its_cancel_is_kept(desk: Desk) -> None:
    api = Server()
    desk.add("k1", SENT)
    api.says["cancel"] = Job("", DONE)
    desk.jobs.cancel("k1", api)  # type: ignore[arg-type]
    desk.step(api)
    assert desk.failures() == [] and desk.fetched == ["k1"]
    assert [type(event) for event in desk.told] == [TakeReady]


def test_cancelling_all_begins_with_those_that_wait_longest(desk: Desk) -> None:
    api = Server()
    for key, server in (("k1", "local"), ("k2", "http://other"), ("k3", "local")):
        desk.add(key, SENT, server)
    desk.jobs.cancel_all("local", api)  # type: ignore[arg-type]
    assert api.calls == [("cancel", "v-k3"), ("cancel", "v-k1")]
    assert desk.jobs.busy("http://other")


def test_moving(desk: Desk) -> None:
    api = Server()
    for key, state, server in (
        ("k1", SENT, "local"),
        ("k2", SENT, "local"),
        ("k3", NEW, "local"),
        ("k4", SENT, "http://b"),
    ):
        desk.add(key, state, server)
    for key, before in (("k2", "k1"), ("k1", None), ("k3", "k1"), ("k4", None), ("k1", "k4"), ("k9", "k1")):
        desk.jobs.move(key, before, api)  # type: ignore[arg-type]
    assert api.calls == [("move", "v-k2", "v-k1"), ("move", "v-k1", None)]


def test_what_has_landed_is_forgotten_and_at_the_local_backend_too(desk: Desk) -> None:
    api, other = Server(), Server("http://other")
    api.says["job"] = other.says["job"] = Job("", DONE)
    for key, server in (("k1", "local"), ("k2", "http://other"), ("k3", "local")):
        desk.add(key, SENT, server)
    desk.jobs.landed("k1", api)  # type: ignore[arg-type]
    assert desk.journal.get("k1") is not None, "it is not over"
    for one in (api, other):
        desk.step(one)
        desk.step(one, 0.5)
        desk.step(one, 0.5)
    asked = len(api.calls), len(other.calls)
    desk.jobs.landed("k1", other)  # type: ignore[arg-type]  another server is connected by now
    desk.jobs.landed("k2", other)  # type: ignore[arg-type]
    desk.jobs.landed("k3", api)  # type: ignore[arg-type]
    desk.jobs.landed("k9", api)  # type: ignore[arg-type]
    assert (api.calls[asked[0] :], other.calls[asked[1] :]) == ([("delete", "v-k3")], [])
    assert desk.journal.keys() == []
