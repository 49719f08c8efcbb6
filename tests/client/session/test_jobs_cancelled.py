"""What becomes of a job that is cancelled on its way, or whose connection changes meanwhile: by a clock that is set."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import pytest

from client.api.errors import ApiError
from client.events import JobFailed, JobProgress, TakeReady
from client.jobs.record import CANCELLING, NEW, SENT, Record
from client.lease import Lease
from client.protocol import Job, JobState
from tests.client.desk import AtOnce, Desk, Server

NOBODY = ApiError("unreachable", "Nobody.", "retry")


def kept(desk: Desk, key: str = "k1") -> Record:
    record = desk.journal.get(key)
    assert record is not None
    return record


def let_go(desk: Desk, key: str = "k1") -> None:
    desk.jobs._open[key].transfer._held = False  # type: ignore[union-attr]


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> None:
    """Transfers go on until they are let go, and it is too late to stop them."""
    monkeypatch.setattr(AtOnce, "held", True)
    monkeypatch.setattr(AtOnce, "stop", lambda self: False)


def test_a_cancel_that_no_server_heard_goes_out_with_the_next_step(desk: Desk) -> None:
    api = Server()
    record = desk.add("k1", SENT)
    desk.step(api)
    desk.jobs.cancel("k1", None)
    assert desk.step(api) == [("cancel", "v-k1")]
    assert desk.failures() == [("k1", "cancelled")] * 2 and kept(desk).state == "failed"
    assert record.ended_at > 1_700_000_000


def test_an_upload_that_was_handed_over_is_waited_for_and_cancelled_there(desk: Desk, held: None) -> None:
    api = Server()
    desk.add("k1")
    desk.step(api)
    under_way = desk.jobs._open["k1"].transfer
    assert under_way is not None
    desk.jobs.cancel("k1", api)  # type: ignore[arg-type]
    assert desk.jobs._open["k1"].transfer is under_way
    assert (desk.failures(), kept(desk).state, api.calls) == ([("k1", "cancelled")], CANCELLING, [])
    let_go(desk)
    assert desk.step(api) == [("submit", "k1"), ("cancel", "v-k1")]
    assert not desk.jobs.busy("local")


def test_an_upload_that_can_be_stopped_was_never_sent(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(AtOnce, "held", True)
    api = Server()
    desk.add("k1")
    desk.step(api)
    desk.jobs.cancel("k1", api)  # type: ignore[arg-type]
    assert (desk.failures(), api.calls) == ([("k1", "cancelled")], [])
    assert not (desk.journal.folder / "k1").exists(), "its copies go with it"


def test_the_id_of_a_job_to_be_cancelled_is_kept_before_its_server_is_asked(desk: Desk, held: None) -> None:
    api = Server()
    api.says["cancel"] = NOBODY
    desk.add("k1")
    desk.step(api)
    desk.jobs.cancel("k1", api)  # type: ignore[arg-type]
    let_go(desk)
    with pytest.raises(ApiError):
        desk.step(api)
    assert (kept(desk).id, kept(desk).state) == ("v-k1", CANCELLING)


def test_a_take_that_was_quicker_is_known_as_sent_while_it_is_fetched(desk: Desk, held: None) -> None:
    api = Server()
    api.says["cancel"] = Job("", JobState.COMPLETED)
    desk.add("k1", SENT)
    desk.jobs.cancel("k1", api)  # type: ignore[arg-type]
    assert kept(desk).state == SENT and desk.jobs._open["k1"].downloading
    let_go(desk)
    desk.step(api)
    assert [event.key for event in desk.told if isinstance(event, TakeReady)] == ["k1"]


def test_what_goes_wrong_with_a_cancelled_job_is_nobodys_business(desk: Desk) -> None:
    api = Server()
    desk.add("k1", SENT)
    api.says["cancel"] = ApiError("busy", "Later.", "retry", 503)
    desk.jobs.cancel("k1", api)  # type: ignore[arg-type]
    assert [type(event) for event in desk.told] == [JobFailed], "it is cancelled for the user, and moves no more"
    assert desk.step(api, 4.9) == []
    api.says["cancel"] = ApiError("odd", "It broke.", "open_log", 500)
    desk.step(api, 0.2)
    assert desk.failures() == [("k1", "cancelled")] * 2
    assert not any(isinstance(event, JobProgress) for event in desk.told)


@pytest.mark.parametrize(("stops", "asked"), [(True, []), (False, [("submit", "k1"), ("cancel", "v-k1")])])
def test_a_server_that_may_have_the_job_is_asked_to_cancel_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, stops: bool, asked: list[tuple[str, str]]
) -> None:
    """An upload that broke off: what could still be stopped had not been handed over."""
    api = Server()
    api.says["submit"] = NOBODY
    monkeypatch.setattr(AtOnce, "stop", lambda self: stops)
    desk.add("k1")
    desk.step(api)
    with pytest.raises(ApiError):
        desk.step(api)
    del api.says["submit"]
    api.calls.clear()
    desk.jobs.cancel("k1", None)
    assert desk.failures() == [("k1", "cancelled")]
    desk.step(api)
    desk.step(api)
    desk.step(api, 2)
    assert api.calls == asked


def test_a_transfer_of_a_connection_that_is_gone_begins_anew_at_once(desk: Desk) -> None:
    before, now = Server(), Server()
    before.says["submit"] = NOBODY
    record = desk.add("k1")
    desk.step(before)
    desk.step(now)  # no word of it: the session has another connection by now
    desk.step(now)
    assert desk.step(now) == [("submit", "k1")]
    assert (record.state, record.id, desk.failures()) == (SENT, "v-k1", [])


def test_a_job_of_another_server_stays_where_it_is(desk: Desk) -> None:
    api = Server()
    desk.add("k1", SENT, "http://other")
    desk.add("k2", SENT)
    assert desk.step(api) == [("job", "v-k2")]
    desk.jobs.move("k2", "k1", api)  # type: ignore[arg-type]
    desk.jobs.cancel("k1", api)  # type: ignore[arg-type]
    assert api.calls == [("job", "v-k2")] and kept(desk).state == CANCELLING


def test_files_that_are_gone_and_a_full_disk_are_said(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(error: OSError) -> Any:
        def keep(record: Record) -> None:
            raise error

        return keep

    cases: list[tuple[OSError, str, str]] = [
        (FileNotFoundError(2, "No such file", "/a/s.png"), "/a/s.png is not there any more.", "retry"),
        (OSError(28, "No space", "/b/s.png"), "The disk is full: /b/s.png could not be written.", "free_space"),
        (PermissionError(13, "Denied"), "a file: Denied. Save the .blend where you may write.", "save_file"),
    ]
    for number, (error, words, fix) in enumerate(cases):
        monkeypatch.setattr(desk.journal, "keep_uploads", failing(error))
        desk.add(f"k{number}")
        desk.step(Server())
        (failed,) = [event for event in desk.told if isinstance(event, JobFailed)]
        assert (failed.problem.code, failed.problem.message, failed.problem.fix) == ("file", words, fix)
        desk.told.clear()


def test_the_copies_of_a_job_go_when_its_take_is_there(desk: Desk) -> None:
    api = Server()
    record = desk.add("k1")
    desk.step(api)
    copies = desk.journal.folder / "k1"
    assert sorted(path.name for path in copies.iterdir()) == ["depth.exr", "input_reference.png"]
    desk.step(api)
    api.says["job"] = Job("", JobState.COMPLETED)
    desk.step(api, 2)
    desk.step(api)
    assert isinstance(desk.told[-1], TakeReady) and record.state == "ready"
    assert not copies.exists() and kept(desk).job is not None


def test_keys_name_files_and_a_damaged_record_is_set_aside(desk: Desk) -> None:
    for key in ("a" * 64, "A-z_9"):
        desk.add(key)
    for key in ("a" * 65, "", "a/b", "a.b", "ä"):
        record = desk.add("k1")
        record.key = key
        with pytest.raises(ValueError, match="at most 64"):
            desk.journal.add(record)
    path = desk.journal.folder / "k1.json"
    path.write_text("{")
    assert desk.journal.get("k1") is None and not path.exists()
    assert path.with_suffix(".damaged").read_text() == "{"
    assert sorted(desk.journal.keys()) == ["A-z_9", "a" * 64]


def test_ones_own_ended_jobs_are_ones_own_at_once(desk: Desk) -> None:
    mine, theirs = Lease(desk.home), Lease(desk.home)
    for key, owner in (("k1", mine.name), ("k2", theirs.name)):
        record = desk.add(key)
        record.owner, record.state = owner, "failed"
        record.ended_at = time.time()
        desk.journal.save(record)
    assert [record.key for record in desk.journal.ended(mine.name)] == ["k1"]
    mine.release()
    theirs.release()


def test_a_copy_has_its_name_in_small_letters(desk: Desk) -> None:
    record = desk.add("k1")
    view = record.request.views[0]
    upper = view.image.with_suffix(".PNG")
    os.rename(view.image, upper)  # noqa: PTH104
    record.request = record.request.with_files({**record.request.files(), "input_reference": upper})
    desk.journal.keep_uploads(record)
    assert [path.name for path in record.request.files().values()] == ["input_reference.png", "depth.exr"]
    assert Path(record.request.views[0].image).read_bytes().startswith(b"\x89PNG")


def test_a_job_that_was_lost_is_sent_again_at_once(desk: Desk) -> None:
    api = Server()
    record = desk.add("k1", SENT)
    api.says["job"] = ApiError("not_found", "Who?", "some_fix", 404, "id")
    desk.step(api)
    assert (record.state, kept(desk).state, kept(desk).resubmitted) == (NEW, NEW, 1)
    desk.step(api)
    assert desk.step(api) == [("submit", "k1")]
    record.resubmitted = 2
    desk.step(api, 5)
    (failed,) = [event for event in desk.told if isinstance(event, JobFailed)]
    assert (failed.problem.code, failed.problem.message, failed.problem.fix, failed.problem.param) == (
        "not_found",
        "Who?",
        "retry",
        "id",
    )
