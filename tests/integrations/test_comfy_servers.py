"""A workflow names an address at most: which token goes where is this machine's word."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from integrations.comfyui.client import Client
from integrations.comfyui.errors import TakeOneError
from integrations.comfyui.servers import Server, server_at, token_of
from tests.integrations.conftest import Answers, say

OWN = "http://127.0.0.1:8765"


def private(path: Path, text: str) -> None:
    path.write_text(text)
    path.chmod(0o600)


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("", OWN),
        (" localhost:8765/ ", OWN),
        ("render-01:9000", "http://render-01:9000"),
        ("https://Studio.example", "https://studio.example"),
        ("http://[::1]:8765", "http://[::1]:8765"),
    ],
)
def test_an_address_has_one_spelling(written: str, address: str) -> None:
    assert server_at(written) == Server(address)


@pytest.mark.parametrize(
    "written",
    [
        "ftp://a",
        "http://",
        "http://a:b",
        "http://a/v1",
        "http://u:p@a",
        "http://a?x=1",
        "http://a#x",
        "http://:p@a",
        "file:///etc/passwd",
    ],
)
def test_what_is_no_address_is_refused(written: str) -> None:
    with pytest.raises(TakeOneError, match="no address of a Take One server"):
        server_at(written)


@pytest.mark.parametrize(
    ("written", "host", "port", "encrypted", "here"),
    [
        ("127.0.0.2:8000", "127.0.0.2", 8000, False, True),
        ("http://[::1]", "::1", 80, False, True),
        ("https://studio.example", "studio.example", 443, True, False),
        ("https://studio.example:8443", "studio.example", 8443, True, False),
        ("10.0.0.7", "10.0.0.7", 80, False, False),
    ],
)
def test_an_address_says_where_to_call(written: str, host: str, port: int, encrypted: bool, here: bool) -> None:
    server = server_at(written)
    assert (server.host, server.port, server.encrypted, server.here) == (host, port, encrypted, here)


@pytest.mark.parametrize(
    ("platform", "variables", "folder"),
    [
        ("linux", {}, "home/.local/share/take-one"),
        ("linux", {"XDG_DATA_HOME": "{}/xdg"}, "xdg/take-one"),
        ("darwin", {"XDG_DATA_HOME": "{}/xdg"}, "home/Library/Application Support/take-one"),
        ("win32", {}, "home/AppData/Local/take-one"),
        ("win32", {"LOCALAPPDATA": "{}/local"}, "local/take-one"),
        ("linux", {"TAKE_ONE_HOME": "{}/chosen"}, "chosen"),
    ],
)
def test_the_own_token_is_where_take_one_keeps_it(
    platform: str, variables: dict[str, str], folder: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("TAKE_ONE_HOME", "XDG_DATA_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {"HOME": "{}/home", "USERPROFILE": "{}/home", **variables}.items():
        monkeypatch.setenv(name, value.format(tmp_path))
    monkeypatch.setattr(sys, "platform", platform)
    (tmp_path / folder).mkdir(parents=True)
    private(tmp_path / folder / "token", "own\n")
    assert token_of(server_at("")) == "own"
    private(tmp_path / "list", "render-01:8765 second")
    monkeypatch.setenv("TAKE_ONE_SERVERS", str(tmp_path / "list"))
    assert token_of(server_at("render-01:8765")) == "second"


def test_each_server_gets_its_own_token_and_no_other(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    private(machine / "token", "own\n")
    private(
        machine / "servers", "# the studio's\nhttp://render-01:8765  second   # the fast one\n\nstudio.example third\n"
    )
    monkeypatch.setenv("TAKE_ONE_SERVER", "http://render-02:8765")
    monkeypatch.setenv("TAKE_ONE_TOKEN", "fourth")
    wanted = {OWN: "own", "render-01:8765": "second", "http://studio.example:80": None, "render-02:8765": "fourth"}
    wanted |= {"studio.example": "third", "https://render-01:8765": None, "http://127.0.0.1:8766": None}
    for address, token in wanted.items():
        if token is not None:
            assert token_of(server_at(address)) == token, address
            continue
        with pytest.raises(TakeOneError, match="no token"):
            token_of(server_at(address))


def test_without_a_named_server_the_variable_is_the_own_ones(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TAKE_ONE_TOKEN", "given")
    assert token_of(server_at("")) == "given"
    with pytest.raises(TakeOneError, match=r"http://render-01:8765.*nothing is sent there.*servers"):
        token_of(server_at("render-01:8765"))


def test_a_list_that_others_may_read_is_not_used(machine: Path) -> None:
    private(machine / "servers", "render-01:8765 second")
    (machine / "servers").chmod(0o640)
    with pytest.raises(TakeOneError, match=r"others may read it\. Run: chmod 600"):
        token_of(server_at("render-01:8765"))


def test_a_line_that_is_none_is_named(machine: Path) -> None:
    private(machine / "servers", "render-01:8765 second\nrender-02:8765")
    with pytest.raises(TakeOneError, match=r"Line 2 of .*servers is not an address and a token"):
        token_of(server_at("render-01:8765"))


def test_nothing_is_sent_to_a_server_that_this_machine_does_not_know(
    machine: Path, answers: Callable[..., Answers]
) -> None:
    private(machine / "token", "own")
    other = answers(lambda handler: say(handler, 200, b"{}"))
    with pytest.raises(TakeOneError, match="nothing is sent there"):
        Client(server_at(other.url)).models()
    assert other.calls == []


def test_no_token_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TAKE_ONE_TOKEN", "a-secret")
    server = server_at("")
    assert token_of(server) == "a-secret"
    assert "a-secret" not in f"{server!r} {Client(server)!r} {vars(server)}"
