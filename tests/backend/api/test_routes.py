"""Every route in this process, with a real list of jobs."""

from __future__ import annotations

import errno
import os
import re
import sqlite3
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from backend import __version__
from backend.api import app as module
from client.protocol import Problem, Result
from tests.backend.api.here import ANNA, OWN, WATCH, Here


def test_who_asks_for_health_is_told_more_with_a_token(here: Here) -> None:
    little = {"status": "ok", "version": __version__}
    known = {**little, "protocol": 1, "pid": os.getpid()}
    assert here.get("/health").json() == known
    assert here.get("/health", headers={"Authorization": "Bearer no"}).json() == little
    assert here.get("/health", headers={"Authorization": f"Bearer {ANNA}"}).json() == known


def test_a_page_of_jobs_is_cut_where_it_was_asked_to_be(here: Here) -> None:
    assert here.get("/v1/videos").json() == {
        "object": "list", "data": [], "first_id": None, "last_id": None, "has_more": False,
    }  # fmt: skip
    for number in range(5):
        here.job(f"video_{number}")
    here.job("video_anna", owner="anna")

    def page(query: str, token: str = OWN) -> tuple[list[str], bool]:
        said = here.get(f"/v1/videos?{query}", headers={"Authorization": f"Bearer {token}"}).json()
        names = [one["id"].removeprefix("video_") for one in said["data"]]
        ends = [said["first_id"].removeprefix("video_"), said["last_id"].removeprefix("video_")]
        assert ends == [names[0], names[-1]]
        return names, said["has_more"]

    assert page("limit=2") == (["4", "3"], True)
    assert page("limit=5") == (["4", "3", "2", "1", "0"], False)
    assert page("limit=4") == (["4", "3", "2", "1"], True)
    assert page("limit=2&after=video_3") == (["2", "1"], True)
    assert page("order=asc&limit=3&after=video_0") == (["1", "2", "3"], True)
    assert page("", ANNA) == (["anna"], False)
    places = {one["id"]: one["queue_position"] for one in here.get("/v1/videos").json()["data"]}
    assert [places[f"video_{number}"] is not None for number in range(5)] == [True] * 5


def test_a_job_says_when_to_ask_again_as_long_as_it_is_not_over(here: Here) -> None:
    job = here.job("video_1")
    answer = here.get("/v1/videos/video_1")
    assert (answer.json()["status"], answer.headers["openai-poll-after-ms"]) == ("queued", "500")
    here.store.claim("cpu")
    here.store.fail(here.store.get(job.id), Problem("engine_failed", "No."))  # type: ignore[arg-type]
    answer = here.get("/v1/videos/video_1")
    assert (answer.json()["status"], "openai-poll-after-ms" in answer.headers) == ("failed", False)


@pytest.mark.parametrize(
    ("method", "tail"),
    [("GET", ""), ("DELETE", ""), ("POST", "/cancel"), ("POST", "/retry"), ("POST", "/move"), ("GET", "/content"),
     ("GET", "/events")],
)  # fmt: skip
def test_another_users_job_is_as_unknown_as_none(here: Here, method: str, tail: str) -> None:
    here.job("video_anna", owner="anna")
    for name in ("video_anna", "video_none", "v" * 90):
        said = here.error(f"/v1/videos/{name}{tail}", 404, method)
        known = {"code": "not_found", "message": f"There is no job {name[:80]}.", "param": "id", "fix": ""}
        assert said == known
    assert here.store.get("video_anna").status == "queued"  # type: ignore[union-attr]
    assert here.pool.woken == 0


def test_a_cancel_ends_the_job_and_wakes_the_queue(here: Here) -> None:
    here.job("video_1")
    answer = here.post("/v1/videos/video_1/cancel")
    assert (answer.status_code, answer.json()["status"], here.pool.woken) == (200, "cancelled", 1)
    assert here.post("/v1/videos/video_1/cancel").json()["status"] == "cancelled"


def test_what_is_deleted_is_gone(here: Here) -> None:
    here.job("video_1")
    assert here.delete("/v1/videos/video_1").json() == {"id": "video_1", "object": "video.deleted", "deleted": True}
    assert not here.store.job_folder("video_1").exists()
    here.error("/v1/videos/video_1", 404)


def test_a_failed_job_goes_on_where_it_was_and_sends_again_only_where_it_is_told(here: Here) -> None:
    for number in (1, 2):
        here.job(f"video_{number}")
        job = here.store.claim("cpu")
        assert job is not None
        here.store.keep_state(job, {"order": number})
        here.store.fail(job, Problem("engine_failed", "No."))
    assert here.post("/v1/videos/video_1/retry").json()["status"] == "queued"
    assert here.post("/v1/videos/video_2/retry", json={"send_again": True}).json()["status"] == "queued"
    states = [here.store.get(f"video_{number}").state for number in (1, 2)]  # type: ignore[union-attr]
    assert states == [{"order": 1, "again": False}, {"order": 2, "again": True}]
    assert here.pool.woken == 2
    assert here.error("/v1/videos/video_1/retry", 409, "POST")["code"] == "not_waiting"
    for body in ("[]", '{"send_again": 1}', '{"send_again": null}', "5"):
        said = here.error("/v1/videos/video_1/retry", 400, "POST", content=body)
        assert (said["param"], said["message"]) == ("send_again", 'Send {"send_again": true or false}.')


def test_a_waiting_job_moves_before_another_of_its_user_or_to_the_end(here: Here) -> None:
    for number in range(3):
        here.job(f"video_{number}")
    here.job("video_anna", owner="anna")

    def order() -> list[str]:
        places = here.store.positions()
        return sorted((name for name in places if name != "video_anna"), key=places.__getitem__)

    answer = here.post("/v1/videos/video_2/move", json={"before": "video_0"})
    assert (answer.json()["id"], order()) == ("video_2", ["video_2", "video_0", "video_1"])
    for body in ({"json": {"before": None}}, {"json": {}}, {"content": "null"}, {}):
        assert here.post("/v1/videos/video_2/move", **body).status_code == 200
        assert order() == ["video_0", "video_1", "video_2"]
    for before in ("video_anna", "video_none"):
        said = here.error("/v1/videos/video_2/move", 404, "POST", json={"before": before})
        assert said["message"] == f"There is no job {before}."
    for body in ("[]", '{"before": 5}', '"video_0"x'):
        assert here.error("/v1/videos/video_2/move", 400, "POST", content=body)["param"] in ("before", "body")


def made(here: Here, name: str = "video_1") -> Path:
    """The folder of a job that was made; its files are for the test to put there."""
    here.job(name)
    job = here.store.claim("cpu")
    assert job is not None
    folder = here.store.attempt_folder(job)
    folder.mkdir()
    assert here.store.complete(job, Result(24, Fraction(24), 64, 48, 0.0))
    return folder


@pytest.mark.parametrize(
    ("query", "name", "kind"),
    [("", "clip.mp4", "video/mp4"), ("?variant=video", "clip.mp4", "video/mp4"),
     ("?variant=thumbnail", "thumbnail.jpg", "image/jpeg"), ("?variant=sidecar", "sidecar.json", "application/json")],
)  # fmt: skip
def test_what_was_made_is_handed_out_and_kept_by_nobody_on_the_way(
    here: Here, query: str, name: str, kind: str
) -> None:
    folder, path = made(here), f"/v1/videos/video_1/content{query}"
    said = here.error(path, 410)
    assert (said["code"], said["fix"]) == ("gone", "retry")
    (folder / name).write_bytes(b"0123456789")
    answer = here.get(path)
    assert (answer.content, answer.headers["content-type"]) == (b"0123456789", kind)
    assert answer.headers["cache-control"] == "no-store"
    head = here.head(path)
    assert (head.content, head.headers["content-length"]) == (b"", "10")
    part = here.get(path, headers={"Range": "bytes=2-4"})
    assert (part.status_code, part.content) == (206, b"234")


def test_what_is_not_made_is_not_handed_out(here: Here) -> None:
    here.job("video_1")
    path = "/v1/videos/video_1/content"
    said = here.error(path, 409)
    assert (said["code"], said["message"]) == ("not_ready", "The take is not made yet: it is queued.")
    here.store.claim("cpu")
    assert here.error(path, 409)["message"] == "The take is not made yet: it is in_progress."
    here.store.cancel("video_1")
    said = here.error(path, 404)
    gone = "There is no take: the job is cancelled."
    assert (said["code"], said["message"], said["fix"]) == ("not_found", gone, "retry")
    assert here.error(f"{path}?variant=poster", 400)["message"] == "variant is one of video, thumbnail, sidecar."


def test_what_was_spent_is_ones_own_and_of_a_day(here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    monkeypatch.setattr(module.time, "time", lambda: 1_000_000.0)
    monkeypatch.setattr(here.store, "spent", lambda *what: (asked.append(what), ({"USD": 3.0}, {"EUR": 1.0}))[1])
    assert here.get("/v1/spending").json() == {"film": {"USD": 3.0}, "since": {"EUR": 1.0}}
    here.get("/v1/spending?film=f&since=0", headers={"Authorization": f"Bearer {ANNA}"})
    assert asked == [("", 1_000_000.0 - 86_400, ""), ("f", 0.0, "anna")]


def test_the_engines_are_listed_and_asked_about_a_submission(here: Here) -> None:
    listed = here.get("/v1/models").json()
    assert (listed["object"], [one["id"] for one in listed["data"]]) == ("list", ["draft", "hosted"])
    ask = {"model": "hosted", "prompt": "Go", "seconds": 2}
    assert here.post("/v1/prompt", json={"prompt": "Go"}).json() == {"prompt": "Go"}
    assert here.post("/v1/estimate", json={"seconds": 2}).json() == {"price": None}
    assert here.post("/v1/path").json() == {"path": None, "notes": []}  # the draft makes none of them here
    assert here.asked == []
    assert here.post("/v1/prompt", json=ask).json() == {"prompt": "in its own words: Go"}
    assert here.post("/v1/estimate", json=ask).json()["price"]["amount"] == 1.5
    assert here.post("/v1/estimate", json={**ask, "seconds": 1}).json() == {"price": None}
    views = {"whole": False, "views": [{"name": "view_1", "t": 0.5}]}
    found = here.post("/v1/path", json={**ask, "size": "1920x1080", "extra_params": views}).json()
    assert (found["notes"], [one["t"] for one in found["path"]["keyframes"]]) == (["It stands."], [0.0, 1.0])
    assert here.asked[::2] == ["hosted"] * 4
    prompt, price, _, (path, whole) = here.asked[1::2]
    assert (prompt.size, price.size, path.size) == ((16, 16), (1280, 720), (1920, 1080))
    assert ([len(one.views) for one in (prompt, price, path)], whole) == ([0, 0, 1], False)
    said = here.error("/v1/estimate", 400, "POST", json={**ask, "seconds": 11})
    assert (said["param"], said["fix"]) == ("seconds", "shorter")
    for path in ("/v1/prompt", "/v1/estimate", "/v1/path"):
        said = here.error(path, 400, "POST", json={"model": "sora"})
        known = "There is no engine called 'sora'. The engines are: draft, hosted."
        assert (said["code"], said["message"], said["param"]) == ("unknown_model", known, "model")
        assert here.error(path, 400, "POST", content="[1]")["message"] == "The body must be a JSON object."


def test_what_runs_is_shown_to_who_watches_and_nothing_else(here: Here) -> None:
    here.job("video_1")
    watching = {"Authorization": f"Bearer {WATCH}"}
    seen = here.get("/v1/cluster", headers=watching).json()
    assert (seen["user"], seen["version"], seen["lanes"][0]["waiting"]) == ("screen", __version__, 1)
    assert (seen["lanes"][0]["your_waiting"], seen["gpus"][0]["memory_total"]) == (0, 8 << 30)
    numbers = here.get("/metrics", headers=watching)
    assert numbers.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert numbers.headers["cache-control"] == "no-store"
    assert 'take_one_jobs{lane="cpu",state="queued"} 1.0' in numbers.text
    for path in ("/v1/videos", "/v1/models", "/v1/spending"):
        assert here.error(path, 403, headers=watching)["code"] == "forbidden"
    assert here.error("/metrics", 401, headers={"Authorization": "Bearer no"})["fix"] == "connect"
    page = here.get("/status", headers={"Authorization": "Bearer no"})
    assert page.status_code == 200 and "<script>" in page.text
    assert re.fullmatch(
        r"default-src 'none'; script-src 'sha256-\S+'; style-src 'sha256-\S+'; connect-src 'self'; base-uri 'none'; "
        r"form-action 'none'; frame-ancestors 'none'",
        page.headers["content-security-policy"],
    )
    rest = {"x-content-type-options": "nosniff", "x-frame-options": "DENY", "referrer-policy": "no-referrer",
            "cross-origin-opener-policy": "same-origin", "cache-control": "no-store"}  # fmt: skip
    assert {name: page.headers[name] for name in rest} == rest


def test_the_calls_are_described_as_they_are(here: Here) -> None:
    said = here.get("/openapi.json").json()
    assert (said["openapi"], said["info"]) == ("3.1.0", {"title": "Take One", "version": __version__})
    paths = said["paths"]
    assert sorted(paths["/v1/videos"]) == ["get", "post"] and sorted(paths["/v1/videos/{job_id}"]) == ["delete", "get"]
    submit, page = paths["/v1/videos"]["post"], paths["/v1/videos"]["get"]
    assert (submit["operationId"], submit["requestBody"]["required"]) == ("submit_post", True)
    assert sorted(submit["requestBody"]["content"]) == ["application/json", "multipart/form-data"]
    assert [one["in"] for one in page["parameters"]] == ["query"] * 3
    assert [one["required"] for one in page["parameters"]] == [False] * 3
    assert paths["/v1/prompt"]["post"]["requestBody"]["required"] is False
    assert list(paths["/v1/guide"]["post"]["responses"]["200"]["content"]) == ["application/zip"]
    assert sorted(page["responses"]) == ["200", "default"]


def test_an_address_or_a_method_that_there_is_not(here: Here) -> None:
    assert here.error("/v1/nothing", 404)["message"] == "There is nothing at this address."
    answer = here.put("/v1/videos/video_1")
    assert (answer.status_code, answer.headers["allow"]) == (405, "DELETE, GET")
    assert answer.json()["error"]["message"] == "This address does not take that method."


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (sqlite3.OperationalError("database or disk is full"), 507, "disk_full"),
        (sqlite3.DatabaseError("the disk is full"), 500, "internal_error"),
        (OSError(errno.ENOSPC, "No space"), 507, "disk_full"),
        (OSError(errno.EDQUOT, "Quota"), 507, "disk_full"),
        (PermissionError(errno.EACCES, "No"), 500, "internal_error"),
        (ZeroDivisionError("x"), 500, "internal_error"),
    ],
)
def test_what_fails_here_is_said_in_one_shape(
    here: Here,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    error: Exception,
    status: int,
    code: str,
) -> None:
    def fails(*_: Any) -> None:
        raise error

    monkeypatch.setattr(here.store, "get", fails)
    said = here.error("/v1/videos/video_1", status)
    assert said["code"] == code
    if code == "disk_full":
        assert said["message"] == f"The disk of {here.store.folder} is full. Free some space."
        assert caplog.records == []
    else:
        assert (said["message"], said["fix"]) == (f"The service failed: {type(error).__name__}.", "open_log")
        assert [one.getMessage() for one in caplog.records if one.name == "take_one.api"] == ["GET /v1/videos/video_1"]
