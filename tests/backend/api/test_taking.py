"""A submission on its way into the list of jobs, in this process: what is kept of it, where, and what never is."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from backend.api import submission as module
from backend.api.errors import OneShape
from backend.api.submission import Submission, read
from backend.engines.engine import EngineError
from backend.jobs.store import store as store_module
from tests.backend.api.here import ANNA, Here

STILL = {"input_reference": ("x.png", b"still", "image/png")}


def jobs_folder(here: Here) -> list[str]:
    return sorted(path.name for path in here.store.folder.iterdir())


def test_a_submission_is_a_job_with_its_files_beside_it(here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[Path] = []
    monkeypatch.setattr(module, "sync_folder", synced.append)
    extra = {"binding": {"b": 1}, "options": {"o": 2}, "sound": "rain", "views": [{"name": "view_1", "t": 0.5}]}
    files = {**STILL, "depth": ("a", b"depth"), "view_1": ("b", b"view"), "view_1_depth": ("c", b"deep"),
             "reference_2": ("d", b"who"), "unknown": ("e", b"?")}  # fmt: skip
    data = {"prompt": "Go", "seconds": "2", "seed": "7", "extra_params": json.dumps(extra)}
    answer = here.post("/v1/videos", data=data, files=files, headers={"Authorization": f"Bearer {ANNA}"})
    said = answer.json()
    assert (answer.status_code, said["status"], said["queue_position"], said["seed"]) == (200, "queued", 1, 7)
    assert (said["binding"], said["model"], said["prompt"], said["seconds"]) == ({"b": 1}, "draft", "Go", "2")
    assert said["size"] == "554x414"  # the still's 800x600, as far as the engine goes
    assert answer.headers["openai-poll-after-ms"] == "500"
    job = here.store.get(said["id"])
    assert job is not None and (job.owner, job.lane, job.key) == ("anna", "cpu", None)
    assert job.notes == tuple(f"Draft does not use {what}." for what in
                              ("the sound", "the depth", "the further views", "the reference pictures"))  # fmt: skip
    folder = here.store.job_folder(job.id)
    kept = {"input_reference.jpg": b"still", "depth.exr": b"depth", "view_1.jpg": b"view", "view_1_depth.exr": b"deep",
            "reference_2.jpg": b"who"}  # fmt: skip
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == kept
    assert sorted(here.inspector.asked) == [
        ("depth", "depth.part", "depth"), ("depth", "view_1_depth.part", "view_1_depth"),
        ("picture", "input_reference.part", "input_reference"), ("picture", "reference_2.part", "reference_2"),
        ("picture", "view_1.part", "view_1"),
    ]  # fmt: skip
    still, view = job.request.views
    assert (still.image, still.depth, still.t) == (Path("input_reference.jpg"), Path("depth.exr"), 0.0)
    assert (view.image, view.depth, view.t) == (Path("view_1.jpg"), Path("view_1_depth.exr"), 0.5)
    assert job.request.references == (Path("reference_2.jpg"),)
    assert (synced, here.pool.woken) == ([folder, folder.parent], 1)


def test_one_key_is_one_job_of_one_user(here: Here) -> None:
    def send(seed: str, key: str = "k", token: str = "") -> Any:
        headers = {"Idempotency-Key": key, **({"Authorization": f"Bearer {token}"} if token else {})}
        return here.post("/v1/videos", data={"seed": seed}, files=STILL, headers=headers)

    first = send("1").json()["id"]
    assert send("1").json()["id"] == first
    again = send("2")
    assert (again.status_code, again.json()["error"]["code"]) == (409, "idempotency_conflict")
    others = {send("1", token=ANNA).json()["id"], send("1", key="k2").json()["id"]}
    assert len(others | {first}) == 3
    assert jobs_folder(here) == sorted(others | {first})
    assert here.pool.woken == 3
    assert (
        here.error("/v1/videos", 400, "POST", headers={"Idempotency-Key": "k" * 201}, data={})["param"]
        == "Idempotency-Key"
    )


def test_of_two_at_once_with_one_key_one_is_the_job_and_nothing_stays_of_the_other(
    here: Here, monkeypatch: pytest.MonkeyPatch
) -> None:
    headers = {"Idempotency-Key": "k"}
    first = here.post("/v1/videos", data={"seed": "1"}, files=STILL, headers=headers).json()["id"]
    monkeypatch.setattr(here.store, "with_key", lambda *_: None)  # as if both had looked before either was kept
    assert here.post("/v1/videos", data={"seed": "1"}, files=STILL, headers=headers).json()["id"] == first
    assert here.error("/v1/videos", 409, "POST", data={"seed": "2"}, files=STILL, headers=headers)
    assert (jobs_folder(here), here.pool.woken) == ([first], 1)


@pytest.mark.parametrize(
    ("data", "status", "code"),
    [({"model": "sora"}, 400, "unknown_model"), ({"seconds": "11"}, 400, "invalid_request"),
     ({"extra_params": '{"binding": 5}'}, 400, "invalid_request"), ({}, 429, "queue_full")],
)  # fmt: skip
def test_what_is_refused_leaves_nothing(
    here: Here, monkeypatch: pytest.MonkeyPatch, data: dict[str, str], status: int, code: str
) -> None:
    if code == "queue_full":
        monkeypatch.setattr(store_module, "MAX_WAITING", 0)
    said = here.error("/v1/videos", status, "POST", data=data, files=STILL)
    assert (said["code"], jobs_folder(here), here.pool.woken) == (code, [], 0)


def test_what_was_sent_is_closed_however_it_went(here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    closed: list[list[str]] = []
    close = Submission.close
    monkeypatch.setattr(Submission, "close", lambda one: (closed.append(sorted(one.files)), close(one))[1])
    for path, data, status in (("/v1/videos", {}, 200), ("/v1/videos", {"seconds": "99"}, 400), ("/v1/guide", {}, 400)):
        assert here.post(path, data=data, files=STILL).status_code == status
    assert closed == [["input_reference"]] * 3


def test_a_file_that_is_none_leaves_nothing(here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuses(kind: str, path: Path, param: str) -> Any:
        assert path.read_bytes() == b"still"
        raise EngineError("invalid_file", "It is none.", "", param)

    monkeypatch.setattr(here.inspector, "check", refuses)
    assert here.error("/v1/videos", 400, "POST", files=STILL)["param"] == "input_reference"
    assert jobs_folder(here) == []


@pytest.mark.parametrize("kind", ["text/plain", "", "multipart/mixed", "application/jsonp"])
def test_other_kinds_of_bodies_are_not_read(here: Here, kind: str) -> None:
    said = here.error("/v1/videos", 400, "POST", content=b"{}", headers={"Content-Type": kind})
    assert (said["message"], said["param"]) == ("Send multipart/form-data, or application/json.", "Content-Type")


def form(**files: bytes) -> tuple[bytes, str]:
    parts = b"".join(
        b'--x\r\nContent-Disposition: form-data; name="%s"; filename="f"\r\n\r\n%s\r\n' % (name.encode(), data)
        for name, data in files.items()
    )
    return parts + b"--x--\r\n", " Multipart/Form-Data; boundary=x"


def reading(body: bytes, kind: str) -> Submission:
    async def stream() -> Any:
        yield body

    from starlette.datastructures import Headers

    request: Any = SimpleNamespace(headers=Headers({"content-type": kind}), stream=stream)
    return asyncio.run(read(request))


def test_files_that_are_none_of_a_request_are_closed_and_text_beside_them_is_kept() -> None:
    body, kind = form(input_reference=b"still", notes=b"no")
    found = reading(body, kind)
    assert ({name: file.read() for name, file in found.files.items()}, found.fields) == (
        {"input_reference": b"still"},
        {},
    )
    found.close()
    assert all(file.closed for file in found.files.values())
    assert reading(b"prompt=a&seed=2", "application/x-www-form-urlencoded").fields == {"prompt": "a", "seed": "2"}


@pytest.mark.parametrize(
    ("name", "beside"),
    [("options[a][b]", {}), ("binding[a]", {}), ("metadata[x]", {}), ("extra_body[sound]", {}), ("prompt[0]", {}),
     ("prompt[]", {}), ("prompt[url]", {}), ("notes[image_url]", {}), ("depth[0]", {}), ("view_100[url]", {}),
     ("extra_params[unknown]", {}), ("extra_params[url]", {}), ("extra_params[options][a]", {}), ("extra_params[", {}),
     ("extra_params[sound]", {"extra_params": "{}"}), ("depth[url]", {"depth": "data:x"}), ("[a]", {}),
     ("input_reference[image_url]", {}), ("depth[url]", {"depth[image_url]": "data:x"})],
)  # fmt: skip
def test_a_nested_field_that_would_be_lost_is_refused_by_name(here: Here, name: str, beside: dict[str, str]) -> None:
    data = {"prompt": "Go", "extra_params[camera]": "", **beside, name: "data:y"}
    if "extra_params" in beside:
        del data["extra_params[camera]"]
    for sent in ({"data": data, "files": STILL}, {"data": {"prompt": "Go"}, "files": {**STILL, name: ("f", b"x")}}):
        said = here.error("/v1/videos", 400, "POST", **sent)
        assert (said["code"], said["param"], said["fix"]) == ("invalid_request", name, "")
        assert said["message"].startswith(f"The field {name} can't be read. ")
    assert (jobs_folder(here), here.pool.woken) == ([], 0)


def test_a_form_has_so_many_files_and_fields_and_so_much_text(monkeypatch: pytest.MonkeyPatch) -> None:
    assert module.MAX_FILES == 2 * module.MAX_VIEWS + module.MAX_REFERENCES
    monkeypatch.setattr(module, "MAX_FILES", 2)
    assert len(reading(*form(depth=b"1", last_frame=b"2")).files) == 2
    with pytest.raises(EngineError, match="Too many files"):
        reading(*form(depth=b"1", last_frame=b"2", view_1=b"3"))
    fields = "&".join(f"f{number}=x" for number in range(100))
    assert len(reading(fields.encode(), "application/x-www-form-urlencoded").fields) == 100
    with pytest.raises(EngineError, match="Too many fields"):
        reading(fields.encode() + b"&one=more", "application/x-www-form-urlencoded")
    monkeypatch.setattr(module, "MAX_TEXT_BODY", 3 << 20)

    def text(size: int) -> bytes:
        return b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n' + b"y" * size + b"\r\n--x--\r\n"

    assert len(reading(text(3 << 20), "multipart/form-data; boundary=x").fields["a"]) == 3 << 20
    with pytest.raises(EngineError, match=r"^The form has more than 3 MiB of text\.$"):
        reading(text((3 << 20) + 1), "multipart/form-data; boundary=x")


def test_a_range_that_there_is_not_and_other_errors_of_libraries_have_our_shape() -> None:
    def through(status: int, kind: bytes, *bodies: bytes, **headers: bytes) -> tuple[int, dict[bytes, bytes], bytes]:
        sent: list[Any] = []

        async def app(scope: Any, receive: Any, send: Any) -> None:
            listed = [
                (b"content-type", kind),
                *((name.replace("_", "-").encode(), word) for name, word in headers.items()),
            ]
            await send({"type": "http.response.start", "status": status, "headers": listed})
            for body in bodies:
                await send({"type": "http.response.body", "body": body, "more_body": True})

        async def send(message: Any) -> None:
            sent.append(message)

        asyncio.run(OneShape(app)({"type": "http"}, None, send))  # type: ignore[arg-type]
        body = b"".join(message.get("body", b"") for message in sent)
        return sent[0]["status"], dict(sent[0]["headers"]), body

    status, headers, body = through(416, b"text/plain", b"no", b"more", content_range=b"bytes */9", x_other=b"1")
    assert (status, headers[b"content-range"], headers[b"content-type"]) == (416, b"bytes */9", b"application/json")
    assert b"x-other" not in headers
    assert json.loads(body)["error"]["message"] == "The take has no such range of bytes."
    for status, says in ((400, "The request can't be read."), (404, "Not Found."), (500, "Internal Server Error.")):
        assert json.loads(through(status, b"text/plain", b"no")[2])["error"] == {
            "code": "invalid_request", "message": says, "param": None, "fix": "",
        }  # fmt: skip
    assert through(399, b"text/plain", b"ok", b"!")[2] == b"ok!"
    assert through(404, b"application/json; charset=x", b"{}")[2] == b"{}"
