"""The command for servers' tokens, with the keyring's own functions written down."""

from __future__ import annotations

import io
import sys
from argparse import ArgumentParser, Namespace
from typing import Any

import pytest

from backend import keys

keyring = pytest.importorskip("keyring")
ADDRESS = "https://server.lan"


def ring(module: str, name: str = "Keyring") -> Any:
    return type(name, (), {"__module__": module})()


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    calls: list[tuple[str, ...]] = []
    monkeypatch.setattr(keyring, "get_keyring", lambda: ring("keyring.backends.SecretService"))
    monkeypatch.setattr(keyring, "get_password", lambda *words: (calls.append(("get", *words)), "hush")[1])
    monkeypatch.setattr(keyring, "set_password", lambda *words: calls.append(("set", *words)))
    monkeypatch.setattr(keyring, "delete_password", lambda *words: calls.append(("delete", *words)))
    monkeypatch.setattr(sys, "stdin", io.StringIO("k" * 4096 + "more"))
    return calls


@pytest.mark.parametrize(
    ("action", "words", "out"),
    [("get", (), "hush"), ("set", ("k" * 4096,), ""), ("delete", (), "")],
)
def test_each_does_one_thing_for_one_server(
    said: list[tuple[str, ...]], capsys: pytest.CaptureFixture[str], action: str, words: tuple[str, ...], out: str
) -> None:
    assert keys.run(Namespace(action=action, address=ADDRESS)) == 0
    assert said == [(action, "take-one", ADDRESS, *words)]
    assert capsys.readouterr() == (out, "")


def test_what_is_not_there_is_empty_or_forgotten_already(
    said: list[tuple[str, ...]], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def none(*_: str) -> None:
        raise keyring.errors.PasswordDeleteError("no such")

    monkeypatch.setattr(keyring, "get_password", lambda *_: None)
    monkeypatch.setattr(keyring, "delete_password", none)
    assert [keys.run(Namespace(action=one, address=ADDRESS)) for one in ("get", "delete")] == [0, 0]
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("error", [keyring.errors.KeyringLocked("locked"), RuntimeError("locked")])
def test_a_keyring_that_fails_is_told_and_is_none(
    said: list[tuple[str, ...]], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fail(*_: str) -> None:
        raise error

    monkeypatch.setattr(keyring, "get_password", fail)
    assert keys.run(Namespace(action="get", address=ADDRESS)) == 3
    assert capsys.readouterr() == ("", "error: the system's keyring can't be used: locked\n")


@pytest.mark.parametrize(
    ("module", "name", "unsafe"),
    [
        ("keyring.backends.fail", "Keyring", True),
        ("keyring.backends.null", "Keyring", True),
        ("keyrings.alt.file", "PlaintextKeyring", True),
        ("keyrings.alt.file", "EncryptedKeyring", False),
        ("keyring.backends.macOS", "Keyring", False),
    ],
)
def test_a_keyring_that_keeps_nothing_or_keeps_it_open_is_not_used(
    said: list[tuple[str, ...]], monkeypatch: pytest.MonkeyPatch, module: str, name: str, unsafe: bool
) -> None:
    monkeypatch.setattr(keyring, "get_keyring", lambda: ring(module, name))
    assert keys.run(Namespace(action="set", address=ADDRESS)) == (3 if unsafe else 0)
    assert bool(said) is not unsafe


def test_the_command_knows_three_actions(said: list[tuple[str, ...]], capsys: pytest.CaptureFixture[str]) -> None:
    parser = ArgumentParser()
    keys.add_arguments(parser)
    for action in ("get", "set", "delete"):
        parsed = parser.parse_args([action, ADDRESS])
        assert parsed.run(parsed) == 0
    assert [one[:3] for one in said] == [(action, "take-one", ADDRESS) for action in ("get", "set", "delete")]
    for words in (["list", ADDRESS], ["get"]):
        with pytest.raises(SystemExit):
            parser.parse_args(words)
    capsys.readouterr()
