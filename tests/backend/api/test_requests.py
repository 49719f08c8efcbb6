"""What the service accepts and refuses, over real HTTP."""

from __future__ import annotations

import base64
import io
import json
import socket
import time
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from tests.backend.service_process import TOKEN, Service

CAMERA = {
    "projection": "perspective",
    "width": 64,
    "height": 48,
    "fx": 50.0,
    "fy": 50.0,
    "cx": 32.0,
    "cy": 24.0,
    "matrix_world": np.eye(4).tolist(),
}


def error(answer: Any) -> dict[str, Any]:
    """The error of an answer, whose shape is always the same."""
    said = answer.json()["error"]
    assert set(said) == {"code", "message", "param", "fix"}
    assert said["message"]
    return said


def raw(service: Service, request: bytes) -> bytes:
    """The answer to `request`, byte for byte."""
    port = int(service.url.rsplit(":", 1)[1])
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(request)
        answer = b""
        while part := connection.recv(65536):
            answer += part
            head, separator, body = answer.partition(b"\r\n\r\n")
            if separator and b"content-length: " in head.lower():
                length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
                if len(body) >= length:
                    break
    return answer


def test_health_says_little_without_the_token(service: Service) -> None:
    known = service.http.get("/health").json()
    assert known["protocol"] == 1
    assert known["pid"] == service.process.pid
    assert set(service.http.get("/health", headers={"Authorization": ""}).json()) == {"status", "version"}


@pytest.mark.parametrize("header", ["", "Bearer wrong", f"Basic {TOKEN}", "Bearer", f"Bearer {TOKEN}x"])
def test_a_wrong_token_is_refused_everywhere(service: Service, header: str) -> None:
    for method, path in (
        ("GET", "/v1/videos"),
        ("POST", "/v1/videos"),
        ("GET", "/v1/models"),
        ("GET", "/nothing"),
    ):
        answer = service.http.request(method, path, headers={"Authorization": header})
        assert answer.status_code == 401
        assert error(answer)["code"] == "unauthorized"


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:80",
        "127.0.0.1.evil.example",
        "192.168.1.5",
        "",
        "[::1",
        "localhost@evil",
    ],
)
def test_a_foreign_host_is_refused(service: Service, host: str) -> None:
    answer = service.http.get("/health", headers={"Host": host})
    assert answer.status_code in (400, 403)
    if answer.status_code == 403:
        assert error(answer)["code"] == "forbidden"


@pytest.mark.parametrize("host", ["localhost", "localhost:99", "127.0.0.1", "[::1]:8765", "LOCALHOST."])
def test_this_machine_is_accepted(service: Service, host: str) -> None:
    assert service.http.get("/health", headers={"Host": host}).status_code == 200


def test_other_web_pages_are_refused(service: Service) -> None:
    for origin in ("http://evil.example", "null", "https://127.0.0.1"):
        assert service.http.get("/v1/videos", headers={"Origin": origin}).status_code == 403
    assert service.http.get("/v1/videos", headers={"Origin": service.url}).status_code == 200


def test_unknown_addresses_and_methods(service: Service) -> None:
    assert error(service.http.get("/v1/nothing"))["code"] == "not_found"
    assert error(service.http.get("/v1/videos/video_nothing"))["code"] == "not_found"
    answer = service.http.put("/v1/videos")
    assert (answer.status_code, error(answer)["code"]) == (405, "method_not_allowed")


@pytest.mark.parametrize(
    ("fields", "param", "fix"),
    [
        ({"seconds": "0"}, "seconds", ""),
        ({"seconds": "nan"}, "seconds", ""),
        ({"seconds": "21"}, "seconds", "shorter"),
        ({"seconds": "five"}, "seconds", ""),
        ({"fps": "0"}, "fps", ""),
        ({"fps": "24/0"}, "fps", ""),
        ({"fps": "1e9"}, "fps", ""),
        ({"size": "4000x4000"}, "size", "smaller_size"),
        ({"size": "99999999x1"}, "size", ""),
        ({"size": "wide"}, "size", ""),
        ({"width": "640"}, "size", ""),
        ({"seed": "-7"}, "seed", ""),
        ({"seed": "1.5"}, "seed", ""),
        ({"prompt": "x" * 5001}, "prompt", ""),
        ({"model": "sora-2"}, "model", ""),
        ({"model": "elsewhere"}, "model", "models"),
        ({"model": "broken"}, "model", "install"),
        ({"extra_params": "{"}, "extra_params", ""),
        ({"extra_params": "[]"}, "extra_params", ""),
        ({"extra_params": '{"sound": NaN}'}, "extra_params", ""),
        ({"extra_params": '{"binding": {"x": 1e999}}'}, "extra_params", ""),
        ({"extra_params": '{"binding": {"x": "%s"}}' % ("x" * 5000)}, "extra_params.binding", ""),
        ({"extra_params": '{"binding": 5}'}, "extra_params.binding", ""),
        ({"extra_params": "[" * 100_000}, "extra_params", ""),
        ({"extra_params": json.dumps({"dialogue": [{"line": "Hi", "language": "Klingon"}]})},
         "extra_params.dialogue.0.language", ""),
        ({"extra_params": json.dumps({"dialogue": [{"line": "Hi", "language": "Korean"}]})},
         "extra_params.dialogue", ""),
        ({"extra_params": json.dumps({"dialogue": [{"line": "Hi"}] * 65})}, "extra_params.dialogue", ""),
        ({"extra_params": json.dumps({"camera": {**CAMERA, "fx": 0}})}, "extra_params.camera", ""),
        ({"extra_params": json.dumps({"camera": {**CAMERA, "matrix_world": [[1]]}})},
         "extra_params.camera.matrix_world", ""),
        ({"extra_params": json.dumps({"path": {"keyframes": []}})}, "extra_params.path.keyframes", ""),
        ({"extra_params": json.dumps({"path": {"keyframes": [{"t": 2, "matrix": np.eye(4).tolist()}]}})},
         "extra_params.path.keyframes.0.t", ""),
        ({"extra_params": r'{"binding": {"x": "\ud800"}}'}, "extra_params", ""),
        ({"extra_params": '{"binding": {"x": %s}}' % ("[" * 225 + "]" * 225)}, "extra_params", ""),
        ({"extra_params": r'{"options": {"\udfff": 1}}'}, "extra_params", ""),
        ({"extra_params": json.dumps({"views": [{"name": "view_1", "t": 0.5}]})}, "view_1", ""),
        ({"extra_params": json.dumps({"views": [{"name": "view_1", "t": "x"}]})}, "extra_params.views.0.t", ""),
    ],
)  # fmt: skip
def test_bad_fields_are_named(service: Service, still: bytes, fields: dict[str, str], param: str, fix: str) -> None:
    answer = service.submit(still, **fields)
    assert answer.status_code in (400, 409), answer.text
    said = error(answer)
    assert said["param"].startswith(param), said
    assert said["fix"] == fix


def pictures() -> dict[str, bytes]:
    buffer = io.BytesIO()
    Image.new("RGB", (64, 48), "red").save(buffer, "PNG")
    png = buffer.getvalue()
    frames = io.BytesIO()
    Image.new("RGB", (64, 48)).save(frames, "WEBP", save_all=True, append_images=[Image.new("RGB", (64, 48), "red")])
    gif = io.BytesIO()
    Image.new("P", (64, 48)).save(gif, "GIF")
    # A picture of 40000 x 40000 in some bytes
    bomb = bytearray(png)
    bomb[16:24] = (40_000).to_bytes(4, "big") * 2
    import zlib

    bomb[29:33] = zlib.crc32(bytes(bomb[12:29])).to_bytes(4, "big")
    return {
        "empty": b"",
        "text": b"not a picture",
        "cut": png[:-40],
        "flipped": png[:50] + b"\xff\x00\xff" + png[53:],
        "animation": frames.getvalue(),
        "gif": gif.getvalue(),
        "bomb": bytes(bomb),
        "svg": b'<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>',
        "postscript": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n",
    }


@pytest.mark.parametrize("name", list(pictures()))
def test_stills_are_checked_by_their_content(service: Service, name: str) -> None:
    answer = service.submit(pictures()[name])
    assert answer.status_code == 400, answer.text
    assert error(answer)["param"] == "input_reference"


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_the_kind_of_a_still_is_told_by_its_content(service: Service, kind: str) -> None:
    buffer = io.BytesIO()
    Image.new("RGB", (64, 48), "teal").save(buffer, kind)
    job = service.submit(buffer.getvalue(), options={"frame_seconds": 0.02}).json()
    assert job["size"] == "64x48"  # the still's own, as none was asked for
    suffix = {"PNG": ".png", "JPEG": ".jpg", "WEBP": ".webp"}[kind]
    stored = service.home / "jobs" / job["id"]
    assert [path.name for path in stored.glob("input_reference*")] == ["input_reference" + suffix]
    assert service.wait(job["id"])["status"] == "completed"
    until = time.monotonic() + 60
    while list(stored.glob("still*")) and time.monotonic() < until:
        time.sleep(0.02)
    assert [path.name for path in stored.iterdir()] == ["attempt-1"]  # what came is not kept


def test_bad_depth_is_refused(service: Service, still: bytes, depth: bytes) -> None:
    rng = np.random.default_rng(1)
    bad = [b"", b"EXR", still, depth[:60], depth[:-30]]
    for _ in range(20):  # a good file with some bytes changed: read or refused, never a crash of the service
        damaged = bytearray(depth)
        for _ in range(6):
            damaged[rng.integers(4, len(damaged))] = rng.integers(0, 256)
        bad.append(bytes(damaged))
    for index, data in enumerate(bad):
        answer = service.submit(still, files={"depth": data})
        if index < 5:
            assert answer.status_code == 400, index
        if answer.status_code == 400:
            assert error(answer)["param"] == "depth"
        else:
            assert answer.status_code == 200
    assert service.submit(still, files={"depth": depth}).status_code == 200


def test_what_clients_of_other_servers_send(service: Service, still: bytes) -> None:
    url = "data:image/png;base64," + base64.b64encode(still).decode()
    bodies = [
        {"prompt": "x", "seconds": 1, "input_reference": url},
        {"prompt": "x", "num_frames": 12, "fps": 12, "width": 64, "height": 48, "reference_url": url},
        {"prompt": "x", "seconds": "1", "size": "64x48", "image_reference": {"image_url": url},
         "num_inference_steps": 8, "guidance_scale": 1.0, "negative_prompt": "", "generate_audio": True},
    ]  # fmt: skip
    for body in bodies:
        answer = service.http.post("/v1/videos", json=body)
        assert answer.status_code == 200, answer.text
        assert answer.json()["size"] == "64x48"
        assert service.wait(answer.json()["id"])["status"] == "completed"
    form = {"prompt": "x", "seconds": "1", "image_reference": json.dumps({"image_url": url})}
    assert service.http.post("/v1/videos", data=form).status_code == 200


@pytest.mark.parametrize(
    "reference",
    [
        "/etc/hostname",
        "file:///etc/hostname",
        "http://127.0.0.1:1/x.png",
        "data:,x",
        5,
        ["x"],
        "data:image/png;base64,@@@",
    ],
)
def test_paths_and_addresses_are_never_read(service: Service, reference: Any) -> None:
    answer = service.http.post("/v1/videos", json={"prompt": "x", "input_reference": reference})
    assert answer.status_code == 400
    assert error(answer)["param"] == "input_reference"


def test_unused_parts_are_noted(service: Service, still: bytes) -> None:
    job = service.wait(service.submit(still, files={"last_frame": still}).json()["id"])
    assert "Scripted does not use the last frame." in job["result"]["notes"]


def test_a_body_that_is_too_large_is_refused_unread(service: Service) -> None:
    head = f"POST /v1/videos HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {TOKEN}\r\n"
    head += "Content-Type: multipart/form-data; boundary=x\r\n"
    answer = raw(service, f"{head}Content-Length: 99999999999\r\n\r\n".encode())
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b'"too_large"' in answer
    move = f"POST /v1/videos/x/move HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {TOKEN}\r\n"
    chunks = b"8000\r\n" + b"x" * 0x8000 + b"\r\n"
    answer = raw(service, f"{move}Transfer-Encoding: chunked\r\n\r\n".encode() + chunks * 3)
    assert answer.startswith(b"HTTP/1.1 413 "), answer[:200]
    assert service.http.get("/health").status_code == 200


def test_without_a_token_no_body_is_taken(service: Service) -> None:
    answer = raw(service, b"POST /v1/videos HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000000\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 401 ")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
NAMES = (
    "prompt",
    "model",
    "seconds",
    "fps",
    "size",
    "width",
    "height",
    "num_frames",
    "seed",
    "extra_params",
    "input_reference",
    "image_reference",
    "depth",
)
EXTRA = st.fixed_dictionaries(
    {}, optional=dict.fromkeys(("dialogue", "sound", "camera", "path", "binding", "options"), JSON)
)
QUIET = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def never_breaks(answer: Any) -> None:
    assert answer.status_code < 500, answer.text
    if answer.status_code >= 400:
        error(answer)


@QUIET
@given(body=st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=10), JSON, max_size=8), extra=EXTRA)
def test_any_json_is_answered(service: Service, body: dict[str, Any], extra: dict[str, Any]) -> None:
    content = json.dumps({**body, "extra_params": body.get("extra_params", extra)}).encode()
    never_breaks(service.http.post("/v1/videos", content=content, headers={"Content-Type": "application/json"}))


@QUIET
@given(
    content=st.binary(max_size=400),
    kind=st.sampled_from(
        [
            "multipart/form-data",
            "multipart/form-data; boundary=x",
            "application/json",
            'multipart/form-data; boundary="',
            "application/x-www-form-urlencoded",
            "application/x-www-form-urlencoded; charset=nope",
            "",
            "text/plain",
            "multipart/form-data; boundary=x; charset=utf-16",
        ]
    ),
)
def test_any_bytes_are_answered(service: Service, content: bytes, kind: str) -> None:
    never_breaks(service.http.post("/v1/videos", content=content, headers={"Content-Type": kind}))


@QUIET
@given(
    parts=st.lists(
        st.tuples(st.sampled_from(NAMES) | st.text(max_size=6), st.binary(max_size=60), st.booleans()),
        max_size=6,
    ),
    cut=st.integers(0, 30),
)
def test_any_multipart_is_answered(service: Service, parts: list[tuple[str, bytes, bool]], cut: int) -> None:
    content = b""
    for name, data, is_file in parts:
        file = b'; filename="a"' if is_file else b""
        content += b'--x\r\nContent-Disposition: form-data; name="' + name.encode("utf-8", "replace") + b'"' + file
        content += b"\r\n\r\n" + data + b"\r\n"
    content += b"--x--\r\n"
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    never_breaks(service.http.post("/v1/videos", content=content[: len(content) - cut], headers=headers))


@QUIET
@given(
    method=st.sampled_from(["GET", "POST", "DELETE", "PUT", "PATCH", "HEAD", "OPTIONS"]),
    job=st.text(max_size=20),
    tail=st.sampled_from(["", "/content", "/events", "/cancel", "/move", "/..", "/content/x"]),
    query=st.dictionaries(st.sampled_from(["variant", "limit", "after", "order"]), st.text(max_size=8), max_size=3),
    body=st.binary(max_size=40),
)
def test_any_address_is_answered(
    service: Service, method: str, job: str, tail: str, query: dict[str, str], body: bytes
) -> None:
    from urllib.parse import quote

    path = f"/v1/videos/{quote(job, safe='', errors='replace')}{tail}"
    answer = service.http.request(method, path, params=query, content=body)
    assert answer.status_code < 500, answer.text


def test_the_service_is_still_the_same_process(service: Service, still: bytes) -> None:
    """After all that: nothing crashed, and it works."""
    assert service.process.poll() is None
    assert "take_one.api" not in service.log()  # where unexpected errors are logged
    assert service.wait(service.submit(still).json()["id"])["status"] == "completed"
