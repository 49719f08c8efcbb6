"""What a client can't do to the others: bounds on bodies and forms, slow pictures apart, one shape of error."""

from __future__ import annotations

import io
import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import psutil
import pytest
from PIL import Image

from backend.api import guard, submission
from backend.engines.engine import EngineError
from backend.jobs.inspection import inspector
from backend.jobs.inspection.inspector import Inspector
from tests.backend.api.test_requests import error, raw
from tests.backend.scripted import PATIENT
from tests.backend.service_process import FOR_HOURS, TOKEN, Service

HEAD = f"Host: localhost\r\nAuthorization: Bearer {TOKEN}\r\n"


def chunked(total: int, lead: bytes = b"", size: int = 1 << 20) -> Any:
    """A body of `total` bytes without a length."""
    yield lead
    sent = len(lead)
    while sent < total:
        part = b" " * min(size, total - sent)
        yield part
        sent += len(part)


def post(service: Service, content: Any, kind: str, path: str = "/v1/videos") -> httpx.Response:
    return service.http.post(path, content=content, headers={"Content-Type": kind})


@pytest.mark.parametrize(
    ("path", "kind", "most"),
    [("/v1/videos", "application/json", guard.MAX_TEXT_BODY),
     ("/v1/prompt", "application/json", guard.MAX_SMALL_BODY),
     ("/v1/estimate", "application/json", guard.MAX_SMALL_BODY)],
)  # fmt: skip
def test_a_body_without_a_length_is_counted(service: Service, path: str, kind: str, most: int) -> None:
    """To the byte: as much as is allowed is read, and one more is not."""
    lead = b'{"model": "nobody"}'
    within = post(service, chunked(most, lead), kind, path)
    assert within.status_code == 400, within.text
    try:
        beyond = post(service, chunked(most + 1, lead), kind, path)
    except httpx.WriteError:  # the answer came while the body was still on its way
        return
    assert (beyond.status_code, error(beyond)["code"]) == (413, "too_large")


def test_a_form_without_a_length_is_counted(service: Service) -> None:
    lead = b'--x\r\nContent-Disposition: form-data; name="input_reference"; filename="a"\r\n\r\n'
    try:
        answer = post(service, chunked(guard.MAX_BODY + 1, lead), "multipart/form-data; boundary=x")
    except httpx.WriteError:
        return
    assert (answer.status_code, error(answer)["code"]) == (413, "too_large")


def text_form(parts: int, size: int) -> bytes:
    part = b'--x\r\nContent-Disposition: form-data; name="%d"\r\n\r\n' + b"x" * size + b"\r\n"
    return b"".join(part % number for number in range(parts)) + b"--x--\r\n"


def test_the_text_of_a_form_is_bounded(service: Service) -> None:
    kind = "multipart/form-data; boundary=x"
    one = post(service, text_form(1, submission.MAX_FIELD + 1), kind)
    assert (one.status_code, error(one)["code"]) == (400, "invalid_request")
    together = post(service, text_form(4, 9 << 20), kind)
    assert (together.status_code, error(together)["code"]) == (413, "too_large")
    many = post(service, text_form(submission.MAX_FIELDS + 1, 1), kind)
    assert (many.status_code, error(many)["code"]) == (400, "invalid_request")


def slow_picture(scans: int) -> bytes:
    """A picture that takes about 10 ms a scan to read: the last scan of a progressive JPEG, over and over."""
    noise = np.random.default_rng(5).integers(0, 256, (900, 1350, 3), dtype=np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(noise).save(buffer, "JPEG", quality=60, progressive=True)
    data = buffer.getvalue()
    last = data.rindex(b"\xff\xda")
    return data[:-2] + data[last:-2] * scans + data[-2:]


def at_once(*actions: Callable[[], None]) -> list[threading.Thread]:
    threads = [threading.Thread(target=action) for action in actions]
    for thread in threads:
        thread.start()
    return threads


def test_event_streams_do_not_wait_for_pictures(own_service: Service, still: bytes) -> None:
    """While none of them can come to an end."""
    own_service.variables[PATIENT] = "600"
    service, slow = own_service.start(), slow_picture(25)
    service.http.timeout = httpx.Timeout(120)
    job = service.submit(still, options=FOR_HOURS).json()["id"]
    (checks,) = [child for child in service.children() if "backend.jobs.inspection.inspect" in child.cmdline()]
    answers: list[httpx.Response] = []
    checks.suspend()
    threads = at_once(*[lambda: answers.append(service.submit(slow))] * 3)
    for _ in range(3):
        next(service.events(job))
    assert answers == []
    checks.resume()
    for thread in threads:
        thread.join()
    assert [answer.status_code for answer in answers] == [200] * 3


@pytest.fixture
def files(tmp_path: Path, still: bytes) -> tuple[Path, Path]:
    """A quick and a slow picture."""
    quick, slow = tmp_path / "quick", tmp_path / "slow"
    quick.write_bytes(still)
    slow.write_bytes(slow_picture(60))
    return quick, slow


@pytest.mark.parametrize(("name", "value"), [("QUICK_SECONDS", 0.15), ("LARGE", 1 << 20)], ids=["slow", "large"])
def test_a_slow_picture_waits_for_its_like_only(
    files: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, name: str, value: float
) -> None:
    quick, slow = files
    monkeypatch.setattr(inspector, name, value)
    monkeypatch.setattr(inspector, "WAITING", 1000)  # what is slow is told by its computing alone
    checks = Inspector()
    checks.start()
    done: list[str] = []

    def check(path: Path) -> None:
        assert checks.check("picture", path, "still")[0] in (".png", ".jpg")
        done.append(path.name)

    try:
        checks._patient.start()
        patient = psutil.Process(checks._patient._child.pid)
        patient.suspend()
        threads = at_once(*[lambda: check(slow)] * 3)
        for _ in range(3):
            check(quick)
        assert done == ["quick"] * 3
        patient.resume()
        for thread in threads:
            thread.join()
        assert done.count("slow") == 3
    finally:
        checks.stop()


def test_slow_pictures_are_bounded(files: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    quick, slow = files
    monkeypatch.setattr(inspector, "QUICK_SECONDS", 0.1)
    monkeypatch.setattr(inspector, "PATIENT_SECONDS", 0.2)
    monkeypatch.setattr(inspector, "MAX_PATIENT", 2)
    monkeypatch.setattr(inspector, "WAITING", 1000)
    checks = Inspector()
    refused: list[tuple[str, str]] = []

    def check() -> None:
        with pytest.raises(EngineError) as error:
            checks.check("picture", slow, "still")
        refused.append((error.value.code, error.value.message))

    try:
        for thread in at_once(*[check] * 6):
            thread.join()
        assert {code for code, _ in refused} <= {"invalid_file", "busy"} and len(refused) == 6
        assert any("takes more than 0.2 s" in message for _, message in refused)
        assert checks.check("picture", quick, "still") == (".png", 64, 48)
    finally:
        checks.stop()


@pytest.mark.parametrize("origin", ["http://[", "http://[::1", "null", "http://evil.example"])
@pytest.mark.parametrize("token", [TOKEN, ""])
def test_an_origin_of_any_kind_is_answered(service: Service, origin: str, token: str) -> None:
    headers = {"Origin": origin, "Authorization": f"Bearer {token}" if token else ""}
    answer = service.http.get("/v1/videos", headers=headers)
    assert (answer.status_code, error(answer)["code"]) == (403, "forbidden")


def test_a_name_that_is_not_known_says_how_to_make_it_so(service: Service) -> None:
    said = error(service.http.get("/health", headers={"Host": "render.local:8765"}))
    assert "--allow-host render.local" in said["message"]
    assert "--allow-host" not in error(service.http.get("/health", headers={"Host": "[::1%x"}))["message"]


@pytest.mark.parametrize(
    ("wanted", "status"), [("bytes=99999999-", 416), ("bytes=5-2", 400), ("bytes=x-y", 400), ("bytes=", 400)]
)
def test_a_range_that_is_none_has_an_error_like_others(
    service: Service, still: bytes, wanted: str, status: int
) -> None:
    job = service.wait(service.submit(still).json()["id"])
    path = f"/v1/videos/{job['id']}/content"
    answer = service.http.get(path, headers={"Range": wanted})
    assert (answer.status_code, error(answer)["code"]) == (status, "invalid_request")
    size = len(service.http.get(path).content)
    if status == 416:
        assert answer.headers["content-range"] == f"bytes */{size}"


@pytest.mark.parametrize(
    "request_line",
    ["nonsense", "GET  /v1/videos HTTP/1.1", "GET /v1/videos\x00 HTTP/1.1"],
)
def test_what_is_no_http_has_an_error_like_others(service: Service, request_line: str) -> None:
    answer = raw(service, f"{request_line}\r\n{HEAD}\r\n".encode())
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 "), answer
    assert json.loads(body)["error"]["code"] == "invalid_request"


HUGE = "1" + "0" * 400
DEEP = "[" * 65 + "]" * 65


@pytest.mark.parametrize("path", ["/v1/videos", "/v1/prompt", "/v1/estimate", "/v1/videos/x/move"])
@pytest.mark.parametrize(
    "body",
    [
        r'{"prompt": "\ud800"}',
        f'{{"before": {DEEP}}}',
        f'{{"extra_params": {{"options": {{"x": {DEEP}}}}}}}',
        r'{"extra_params": {"binding": {"x": ["\udc00"]}}}',
        r'{"before": "\ud800"}',
        r'{"model": "\ud800"}',
        f'{{"extra_params": {{"camera": {{"projection": "perspective", "width": 64, "height": 48, "fx": {HUGE}}}}}}}',
        f'{{"extra_params": {{"path": {{"keyframes": [{{"t": {HUGE}, "matrix": []}}]}}}}}}',
        f'{{"seed": {HUGE}, "width": {HUGE}, "height": 5, "fps": {HUGE}, "num_frames": {HUGE}}}',
        f'{{"prompt": {"9" * 5000}}}',
        "[" * 30_000,
        "nul",
        "\xff",
    ],
    ids=lambda body: body[:40],
)
def test_json_that_cant_be_kept_is_refused_at_the_door(service: Service, path: str, body: str) -> None:
    answer = post(service, body.encode("latin-1"), "application/json", path)
    assert answer.status_code in (400, 404), answer.text
    error(answer)
    assert service.http.get("/v1/videos").status_code == 200


@pytest.mark.parametrize("charset", ["unicode_escape", "utf-7", "hex", "undefined", "utf-16", "idna"])
def test_a_form_in_any_charset_is_answered(service: Service, charset: str) -> None:
    body = b"".join(
        b'--x\r\nContent-Disposition: form-data; name="%s"\r\n\r\n\\ud800+2AA-\r\n' % name
        for name in (b"prompt", b"model", b"seed", b"extra_params", b"\\ud800")
    )
    answer = post(service, body + b"--x--\r\n", f"multipart/form-data; boundary=x; charset={charset}")
    assert answer.status_code == 400, answer.text
    error(answer)


def test_the_same_key_with_another_picture_is_another_request(service: Service, still: bytes, depth: bytes) -> None:
    """The fingerprint is of the files' content, not only of their names."""
    buffer = io.BytesIO()
    Image.new("RGB", (64, 48), "red").save(buffer, "PNG")
    first = service.submit(still, key="pictures", seed="1")
    assert service.submit(still, key="pictures", seed="1").json()["id"] == first.json()["id"]
    for files in ({"files": {"depth": depth}}, {"files": {"last_frame": still}}):
        other = service.submit(still, key="pictures", seed="1", **files)
        assert (other.status_code, error(other)["code"]) == (409, "idempotency_conflict")
    other = service.submit(buffer.getvalue(), key="pictures", seed="1")
    assert (other.status_code, error(other)["code"]) == (409, "idempotency_conflict")


def test_nested_fields_are_read_or_refused(service: Service, still: bytes) -> None:
    def send(**fields: str) -> httpx.Response:
        return service.http.post(
            "/v1/videos", data={"prompt": "x", "seconds": "1", **fields}, files={"input_reference": ("a", still)}
        )

    answer = send(**{"extra_params[sound]": "rain"})
    job = service.wait(answer.json()["id"])
    sidecar = service.http.get(f"/v1/videos/{job['id']}/content?variant=sidecar").json()
    assert sidecar["sound"] == "rain"
    for fields in (
        {"extra_params[options][quality]": "best"},
        {"extra_params[dialogue][][line]": "Hi."},
        {"extra_params[binding]": "text"},
        {"extra_params": "{}", "extra_params[sound]": "rain"},
    ):
        answer = send(**fields)
        assert answer.status_code == 400
        assert error(answer)["param"].startswith("extra_params")


def test_a_price_is_estimated_without_making_anything(service: Service) -> None:
    def ask(**body: Any) -> Any:
        return service.http.post("/v1/estimate", json=body)

    before = service.http.get("/v1/videos").json()["data"]
    price = {"amount": 1.5, "currency": "USD", "as_of": "2026-01-01", "source": "", "exact": False, "per": ""}
    views = {"views": [{"name": "view_1", "t": 0.5}]}
    assert ask(model="hosted", seconds=6, extra_params=views).json() == {"price": price}
    assert ask(model="hosted", extra_params={"options": {"known": False}}).json() == {"price": None}
    assert ask(model="scripted").json() == {"price": None}
    assert error(ask(model="nobody"))["code"] == "unknown_model"
    assert error(ask(seconds="-1"))["param"] == "seconds"
    assert service.http.get("/v1/videos").json()["data"] == before
    listed = {engine["id"]: engine["priced"] for engine in service.http.get("/v1/models").json()["data"]}
    assert listed["hosted"] and not listed["scripted"]
