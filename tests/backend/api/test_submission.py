"""A submission by itself: what counts as the same, which fields are files, and pictures that come as text."""

from __future__ import annotations

import base64
import hashlib
import io
import json
from types import SimpleNamespace
from typing import Any

import pytest

from backend.api.submission import (
    Submission,
    _data_url,
    _from_json,
    _is_file,
    _same,
    _unnested,
    _with_references,
    idempotency_key,
)
from backend.engines.engine import EngineError


def of(fields: dict[str, Any] | None = None, **files: bytes) -> Submission:
    return Submission(dict(fields or {}), {name: io.BytesIO(data) for name, data in files.items()})


def refused(call: Any, *values: Any) -> EngineError:
    with pytest.raises(EngineError) as caught:
        call(*values)
    return caught.value


def test_a_fingerprint_is_of_every_field_name_and_byte() -> None:
    one = of({"a": "1", "b": "2"}, depth=b"dd", input_reference=b"ii")
    digest = hashlib.sha256(json.dumps({"a": "1", "b": "2"}, sort_keys=True).encode())
    for name, data in (("depth", b"dd"), ("input_reference", b"ii")):
        digest.update(name.encode() + b"\0" + hashlib.sha256(data).digest())
    assert one.fingerprint() == digest.hexdigest() == one.fingerprint()  # read again from the beginning
    same = of({"b": "2", "a": "1"}, input_reference=b"ii", depth=b"dd")
    assert same.fingerprint() == one.fingerprint()
    assert one.files["depth"].read() == b"dd"
    one.files["depth"].seek(0)
    others = [
        of({"a": "1", "b": "3"}, depth=b"dd", input_reference=b"ii"),
        of({"a": "1", "b": "2"}, depth=b"ii", input_reference=b"dd"),
        of({"a": "1", "b": "2"}, depth=b"dd", last_frame=b"ii"),
        of({"a": "1", "b": "2"}, depth=b"dd"),
        of({"a": "1", "b": "2"}, depth=b"dd", input_reference=b"ij"),
    ]
    assert len({other.fingerprint() for other in (one, *others)}) == 6
    long = [of({}, depth=bytes(1 << 20) + tail).fingerprint() for tail in (b"a", b"b")]
    assert long[0] != long[1]


@pytest.mark.parametrize(
    ("name", "is_file"),
    [("input_reference", True), ("depth", True), ("last_frame", True), ("last_frame_depth", True), ("view_1", True),
     ("view_99_depth", True), ("view_0", False), ("view_100", False), ("view_1_depths", False), ("reference_1", True),
     ("reference_10", True), ("reference_0", False), ("reference_11", False), ("input_reference_depth", False),
     ("view_", False), ("prompt", False)],
)  # fmt: skip
def test_which_fields_are_files(name: str, is_file: bool) -> None:
    assert _is_file(name) is is_file


def test_nested_fields_become_the_parts_of_one() -> None:
    found = _unnested(of({"extra_params[sound]": "rain", "extra_params[options]": "{}", "prompt": "p"}))
    assert found.fields == {"prompt": "p", "extra_params": {"sound": "rain", "options": "{}"}}
    for fields, param in (
        ({"extra_params[sound]": "rain", "extra_params": "{}"}, "extra_params[sound]"),
        ({"extra_params[a][b]": "1"}, "extra_params[a][b]"),
        ({"extra_params[]": "1"}, "extra_params[]"),
    ):
        error = refused(_unnested, of(fields))
        assert (error.code, error.param) == ("invalid_request", param)
    still = _unnested(of({"input_reference[image_url]": "data:x", "last_frame[url]": "data:y", "other": "z"}))
    assert still.fields == {
        "input_reference": {"image_url": "data:x"},
        "last_frame": {"image_url": "data:y"},
        "other": "z",
    }


def url(data: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(data).decode()


def test_pictures_that_came_as_text_are_files() -> None:
    fields = {
        "input_reference": json.dumps({"image_url": url(b"still")}),
        "depth": {"url": url(b"depth")},
        "view_1": url(b"view"),
        "last_frame": "",
        "reference_1": None,
        "prompt": "p",
    }
    found = _with_references(of(fields))
    assert {name: file.read() for name, file in found.files.items()} == {
        "input_reference": b"still",
        "depth": b"depth",
        "view_1": b"view",
    }
    assert found.fields == {"prompt": "p"}
    for name in ("image_reference", "reference_url"):
        assert {key: file.read() for key, file in _with_references(of({name: url(b"x")})).files.items()} == {
            "input_reference": b"x"
        }
    assert _from_json(json.dumps({"prompt": "q", "depth": url(b"d")}).encode()).fields == {"prompt": "q"}
    assert refused(_from_json, b"[1]").param == "body"


@pytest.mark.parametrize(
    "value", ["/etc/passwd", "http://x/a.png", 5, "data:image/png,abc", "data:;base64", "x" + url(b"a")]
)
def test_neither_a_path_nor_an_address_is_read(value: Any) -> None:
    error = refused(_data_url, value, "depth")
    assert error.param == "depth" and "paths and addresses are not read" in error.message


def test_text_that_is_no_base64_is_said() -> None:
    assert "not valid base64" in refused(_data_url, "data:;base64,a$", "depth").message
    assert _data_url("DATA:image/png;BASE64,YWI=", "depth").read() == b"ab"


def test_a_key_has_one_to_two_hundred_characters() -> None:
    def read(key: str | None) -> str | None:
        return idempotency_key(SimpleNamespace(headers={} if key is None else {"idempotency-key": key}))  # type: ignore[arg-type]

    assert [read(key) for key in (None, "k", "k" * 200)] == [None, "k", "k" * 200]
    for key in ("", "k" * 201):
        assert refused(read, key).param == "Idempotency-Key"


def test_a_key_is_for_one_request() -> None:
    job: Any = SimpleNamespace(fingerprint="f")
    assert _same(job, "f") is job
    error = refused(_same, job, "g")
    assert (error.code, error.param, error.fix) == ("idempotency_conflict", "Idempotency-Key", "")
    assert error.message == "This Idempotency-Key was used for another request. Use a new one."
