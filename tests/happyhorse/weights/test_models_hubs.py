"""Hubs that speak no HTTP, or break off: said in plain words, and a file is asked for again."""

from __future__ import annotations

import pytest

from backend.engines.happyhorse.files.catalogue import CATALOGUE, MAGIHUMAN
from backend.weights import download as fetching
from backend.weights import store
from tests.happyhorse.hub import Hub, serving

TURBO = (CATALOGUE.components["turbo_vae"],)
WEIGHTS = bytes(range(256)) * 8


@pytest.fixture
def hub(tmp_path, monkeypatch):
    monkeypatch.setenv("TAKE_ONE_HOME", str(tmp_path / "home"))
    with serving(Hub({MAGIHUMAN: {"turbo_vae/a.json": b"{}", "turbo_vae/b.ckpt": WEIGHTS}})) as served:
        yield served


def quiet(*_):
    pass


def _raw(sent: bytes):
    """An answer byte by byte, as no server of Python's sends it."""

    def answer(handler):
        handler.wfile.write(sent)
        handler.close_connection = True

    return answer


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        (b"", "can't be reached: Remote end closed connection without response."),
        (b"\x1b[2J garbage from here\r\n\r\n", "can't be reached: its answer is not as HTTP has it."),
        (b"HTTP/1.1 two hundred\r\n\r\n", "can't be reached: its answer is not as HTTP has it."),
        (b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n", "can't be reached: its answer is not as HTTP has it."),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
            "broke off: its answer is not as HTTP has it.",
        ),
        (b"HTTP/1.1 500 \x1b[31m" + b"x" * 5000 + b"\r\nContent-Length: 0\r\n\r\n", "downloaded now (500 [31mxx"),
    ],
)
def test_a_hub_that_speaks_no_http_is_said_in_plain_words(hub, monkeypatch, sent, said):
    monkeypatch.setattr(hub, "answer", _raw(sent))
    with pytest.raises(store.ModelsError) as failure:
        fetching.download(TURBO, quiet, hub.url, online=True)
    assert said in str(failure.value)
    assert str(failure.value).isprintable()
    assert len(str(failure.value)) < 400
    assert failure.value.fix == "retry"


def test_a_file_that_comes_as_no_http_is_asked_for_again(hub, monkeypatch):
    monkeypatch.setattr(fetching.time, "sleep", lambda _: None)
    answer, bad = hub.answer, _raw(b"garbage\r\n\r\n")
    broken = [True, True]
    monkeypatch.setattr(
        hub,
        "answer",
        lambda handler: bad(handler) if "/resolve/" in handler.path and broken and broken.pop() else answer(handler),
    )
    fetching.download(TURBO, quiet, hub.url, online=True)
    assert (store.models_folder() / "turbo_vae" / "b.ckpt").read_bytes() == WEIGHTS
    assert not broken
