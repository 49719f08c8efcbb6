"""Requests that nobody should send, as Hypothesis draws them."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from hypothesis import strategies as st
from PIL import Image

from tests.backend.service_process import TOKEN

SPECIAL = (
    "",
    "\0",
    "\ud800",
    "a" * 6000,
    "../../etc/passwd",
    "NaN",
    "-1",
    "1e999",
    "0x10",
    "٣",
    "24/0",
    "1" * 45,
    "{",
    "[]",
    "null",
    "'; DROP TABLE jobs; --",
    "\r\nX: y",
    "%00",
    "data:image/png;base64,AAAA",
    "data:,x",
    "file:///etc/passwd",
    "http://[",
)
ANNA = "anna-has-a-token-of-hers"  # another user, where the service knows her
MODELS = (
    "scripted",
    "hosted",
    "elsewhere",
    "broken",
    "draft",
    "comfy:Grain",
    "comfy:Side by Side",
    "comfy:../Grain",
    "fal-happyhorse-1.1",
    "happyhorse-1.1",
    "runway-gen-4.5",
    "gemini-omni-1.1",
    "videos-server",
)
NUMBERS = (0, -1, 1, 2**31, 2**32, 2**64, 10**400, 1e308, 0.1, True, False)
FIELDS = (
    "model",
    "prompt",
    "seconds",
    "num_frames",
    "fps",
    "size",
    "width",
    "height",
    "seed",
    "extra_params",
    "input_reference",
    "depth",
    "last_frame",
    "view_1",
    "view_99_depth",
    "image_reference",
    "reference_url",
    "extra_params[sound]",
    "extra_params[a][b]",
    "unknown",
)
PARTS = (
    "dialogue",
    "sound",
    "camera",
    "path",
    "views",
    "options",
    "binding",
    "keyframes",
    "matrix",
    "t",
    "zoom",
    "fx",
    "name",
    "projection",
    "width",
    "matrix_world",
    "speaker",
    "language",
    "line",
    "before",
    "send_again",
)


def _picture() -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (16, 16), (40, 90, 200)).save(buffer, "PNG")
    return buffer.getvalue()


PICTURE = _picture()
text = st.sampled_from(SPECIAL) | st.text(st.characters(), max_size=30)
scalars = st.none() | st.sampled_from(NUMBERS) | text | st.floats(allow_nan=False, allow_infinity=False)
names = st.sampled_from(PARTS) | text
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=4), max_leaves=12
)
deep = st.integers(1, 400).map(lambda levels: json.loads("[" * levels + "]" * levels))
questions = st.fixed_dictionaries(
    {"model": st.sampled_from(MODELS)},
    optional={
        "prompt": text,
        "seconds": scalars,
        "size": text | st.just("64x48"),
        "fps": scalars,
        "extra_params": st.dictionaries(st.sampled_from(PARTS), values | deep, max_size=4),
    },
)
bodies = st.one_of(
    questions.map(lambda value: json.dumps(value).encode()),
    values.map(lambda value: json.dumps(value).encode()),
    deep.map(lambda value: json.dumps(value).encode()),
    st.dictionaries(st.sampled_from(FIELDS), values | deep, max_size=5).map(lambda value: json.dumps(value).encode()),
    st.sampled_from([b'{"a": NaN}', b"[Infinity]", b"\xff\xfe", b'{"before": "\\ud800"}', b'{"a":' * 300, b"", b"{}"]),
    st.binary(max_size=60),
)
extra_params = st.dictionaries(st.sampled_from(PARTS), values | deep, max_size=4).map(json.dumps)
field_values = text | extra_params | st.sampled_from(["1", "24", "64x48", "auto", *MODELS])
spoilt = st.one_of(
    st.integers(0, len(PICTURE) - 30).map(lambda end: PICTURE[:end]),  # without its last bytes it could still be read
    st.binary(max_size=200),
    st.binary(max_size=40).map(lambda tail: b"\x76\x2f\x31\x01\x02\0\0\0" + tail),
    st.sampled_from([b"", b"RIFF\xff\xff\xff\xffWEBPVP8 ", b"\xff\xd8\xff\xe0", b"GIF89a", b"<svg/>"]),
)
files = st.just(PICTURE) | spoilt
job_ids = st.sampled_from(["JOB", "video_0", "..", ".", "%2e%2e", "", "a" * 300, "\ud800", "é", "JOB?x=1"]) | text
kinds = st.sampled_from(
    [
        "application/json",
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "multipart/form-data; boundary=x",
        "application/x-www-form-urlencoded",
        "text/plain",
        "",
        "application/json; charset=utf-16",
        "multipart/form-data; boundary=\xe9",
    ]
)
methods = st.sampled_from(["GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH", "TRACE", "get", "X" * 40])
HEADERS = (
    ("Host", "evil.example"),
    ("Host", "localhost"),
    ("Host", "[::1"),
    ("Host", ""),
    ("Origin", "http://["),
    ("Origin", "null"),
    ("Authorization", "Bearer"),
    ("Authorization", "Bearer \xff"),
    ("Authorization", "Basic x"),
    ("Authorization", f"Bearer {ANNA}"),
    ("Authorization", f"Bearer {ANNA}\xff"),
    ("Authorization", f"bearer  {ANNA} "),
    ("Content-Length", "-1"),
    ("Content-Length", "9" * 30),
    ("Content-Length", "0"),
    ("Transfer-Encoding", "chunked"),
    ("Range", "bytes=5-1"),
    ("Range", "bytes=" + "0-0," * 50),
    ("Range", "pages=1"),
    ("Idempotency-Key", ""),
    ("Idempotency-Key", "k" * 201),
    ("Idempotency-Key", "same"),
    ("Expect", "100-continue"),
    ("Content-Encoding", "gzip"),
    ("If-Range", "x"),
    ("X", "\x01"),
)
LIES = ("Host", "Content-Length", "Transfer-Encoding", "Expect")  # what a client's library would put right


@dataclass(frozen=True)
class Sent:
    """One request. `path` may hold JOB, for the id of a job that is there."""

    method: str
    path: str
    headers: tuple[tuple[str, str], ...] = ()
    content: bytes = b""
    fields: tuple[tuple[str, str], ...] = ()
    files: tuple[tuple[str, bytes], ...] = ()
    raw: bytes = b""  # instead of all that


headers = st.lists(st.sampled_from(HEADERS), max_size=2).map(tuple)
posts = st.sampled_from(
    [
        "/v1/videos",
        "/v1/guide",
        "/v1/prompt",
        "/v1/estimate",
        "/v1/path",
        "/v1/videos/JOB/move",
        "/v1/videos/JOB/cancel",
        "/v1/videos/JOB/retry",
    ]
)
json_posts = st.builds(
    lambda path, content, more: Sent("POST", path, (("Content-Type", "application/json"), *more), content),
    posts,
    bodies,
    st.just(()) | headers,
)
more_headers = headers.map(lambda pairs: tuple(pair for pair in pairs if pair[0] not in LIES))


def _forms(path: str, contents: Any) -> Any:
    uploads = st.tuples(st.sampled_from(FIELDS[10:17]), contents)
    return st.builds(
        lambda pairs, files, more: Sent("POST", path, more, fields=tuple(pairs), files=tuple(files)),
        st.lists(st.tuples(st.sampled_from(FIELDS), field_values), max_size=5, unique_by=lambda pair: pair[0]),
        st.lists(uploads, min_size=1, max_size=3, unique_by=lambda pair: pair[0]),
        st.just(()) | more_headers,
    )


forms = _forms("/v1/videos", files)
guides = _forms("/v1/guide", spoilt)  # none that is drawn, which takes seconds
loose = st.builds(
    lambda path, kind, content, more: Sent("POST", path, (("Content-Type", kind), *more), content),
    posts,
    kinds,
    bodies | st.binary(max_size=300),
    headers,
)
paths = st.builds(
    lambda job, tail: f"/v1/videos/{job}{tail}",
    job_ids.map(lambda job: job if job.startswith("JOB") or "%" in job else quote(job.encode("utf-8", "replace"))),
    st.sampled_from(
        ["", "/content", "/content?variant=x", "/content?variant=sidecar", "/cancel", "/move", "/retry", "/x", "//"]
    ),
)
queries = text.map(lambda value: quote(value.encode("utf-8", "replace")))
lists = st.builds(
    lambda name, value: f"/v1/videos?{name}={value}", st.sampled_from(["limit", "after", "order", "x"]), queries
)
spending = st.builds(
    lambda film, since: f"/v1/spending?film={film}&since={since}",
    queries,
    st.sampled_from(["nan", "inf", "-inf", "1e999", "-1", "0", "1" * 400, "x", ""]) | queries,
)
elsewhere = st.sampled_from(
    [
        *("/", "/health", "/v1/models", "/openapi.json", "/docs", "/v1", "//health", "/health/../v1/videos"),
        *("/metrics", "/status", "/status/", "/v1/cluster", "/v1/cluster?x=1", "/v1/guide", "/v1/estimate", "/v1/path"),
    ]
)
walks = st.builds(Sent, methods, paths | lists | spending | elsewhere, headers)
raws = st.builds(
    lambda lines: Sent("", "", raw=b"\r\n".join(lines) + b"\r\n\r\n"),
    st.lists(
        st.sampled_from(
            [
                b"GET /health HTTP/1.1",
                b"GET / HTTP/9.9",
                b"Host: localhost",
                b"POST /v1/videos HTTP/1.1",
                b": x",
                b"Content-Length: 5, 6",
                b"Transfer-Encoding: gzip, chunked",
                b"A" * 70_000,
                b"\x16\x03\x01",
                f"Authorization: Bearer {TOKEN}".encode(),
            ]
        )
        | st.binary(max_size=40),
        min_size=1,
        max_size=6,
    ),
)
REQUESTS = (json_posts, forms, guides, loose, walks, raws)
