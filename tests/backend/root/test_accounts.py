"""Accounts and workflows as commands, with the providers' answers made up: what is kept, and what is said."""

from __future__ import annotations

import argparse
import getpass
import io
import json
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from backend import accounts, workflows
from backend.engines.comfy import shelf
from backend.engines.engine import EngineError
from backend.engines.hosted import connect
from backend.engines.hosted.account import accounts as kept
from backend.engines.hosted.account.accounts import Account
from backend.engines.hosted.wire.http import Unreached

KEY = "sk-of-a-test"


class Told(list[tuple[Account, str]]):
    """Whose key was tested, and what was kept."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: list[tuple[Account, str]] = []
        self.answer: Any = ("The key is good.", ("m1", "m2"))


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Told:
    monkeypatch.setenv("TAKE_ONE_HOME", str(tmp_path))
    for variable in ("FAL_KEY", "COMFYUI_KEY"):
        monkeypatch.delenv(variable, raising=False)
    found = Told()

    def checked(account: Account, key: str) -> tuple[str, tuple[str, ...]]:
        found.append((account, key))
        if isinstance(found.answer, Exception):
            raise found.answer
        return found.answer  # type: ignore[no-any-return]

    monkeypatch.setattr(accounts, "_checked", checked)
    monkeypatch.setattr(kept, "remember", lambda account, key: found.kept.append((account, key)))
    monkeypatch.setattr(sys, "stdin", io.StringIO(f" {KEY}\n"))
    return found


def add(provider: str, address: str = "", no_key: bool = False) -> str:
    return accounts._added(argparse.Namespace(provider=provider, address=address, no_key=no_key))


def test_an_account_is_kept_with_what_the_provider_says_it_may_use(told: Told) -> None:
    assert add("fal", "https://eu.fal.example/") == "The key is good."
    assert list(told) == [(Account("fal", "https://eu.fal.example", "keyring"), KEY)]
    assert told.kept == [(Account("fal", "https://eu.fal.example", "keyring", ("m1", "m2")), KEY)]


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (Unreached("no route"), "It is kept, and could not be tested now: no route."),
        (EngineError("online_access", "Nothing may go out."), "It is kept, and not tested: Nothing may go out."),
    ],
)
def test_one_that_cannot_be_tested_is_kept_without_models(told: Told, answer: Exception, says: str) -> None:
    told.answer = answer
    assert add("fal") == says
    assert told.kept == [(Account("fal", "", "keyring", ()), KEY)]


def test_one_that_is_refused_or_has_no_key_or_no_address_is_not_kept(
    told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    told.answer = EngineError("account_refused", "It is not good.")
    with pytest.raises(EngineError, match="not good"):
        add("fal")
    monkeypatch.setattr(sys, "stdin", io.StringIO("  \n"))
    with pytest.raises(EngineError, match="There is no key on standard input") as failure:
        add("fal")
    assert failure.value.problem.param == "key"
    with pytest.raises(EngineError, match=r"Say where .* is: --address https://\.\.\.") as failure:
        add("videos")
    assert failure.value.problem.param == "address"
    with pytest.raises(EngineError, match="no https:// address"):
        add("fal", "http://fal.example", no_key=True)
    with pytest.raises(EngineError, match=r"There is no provider 'nobody'\. They are: model_studio, fal, runway, "):
        add("nobody")
    assert (len(told), told.kept) == (1, [])


@pytest.mark.parametrize(
    ("address", "open_"),
    [("http://127.0.0.1:9", False), ("http://192.168.1.7:8188", True), ("https://comfy.example", False)],
)
def test_a_server_without_a_key_is_not_asked_for_one_and_an_open_line_is_said(
    told: Told, monkeypatch: pytest.MonkeyPatch, address: str, open_: bool
) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    said = add("comfyui", address, no_key=True)
    assert said.removeprefix("The key is good.") == (
        " The connection is not encrypted: only for a network that you trust." if open_ else ""
    )
    assert told.kept == [(Account("comfyui", address, "none", ("m1", "m2")), "")]


def test_a_test_keeps_the_models_of_an_account_that_was_added(told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(
        EngineError, match=r"There is no account with fal\. Add one: python -m backend accounts add fal"
    ) as no:
        accounts._tested("fal")
    assert (no.value.code, no.value.fix) == ("no_account", "accounts")
    mine = Account("fal", "https://eu.fal.example", "keyring", ("old",))
    monkeypatch.setattr(kept, "account", lambda provider, variable: mine)
    monkeypatch.setattr(kept, "from_keyring", lambda provider: KEY)
    assert accounts._tested("fal") == "The key is good."
    assert list(told) == [(mine, KEY)]
    assert told.kept == [(Account("fal", "https://eu.fal.example", "keyring", ("m1", "m2")), KEY)]
    told.answer = ("Good.", ())
    accounts._tested("fal")
    assert len(told.kept) == 1
    told.answer = Unreached("no route")
    with pytest.raises(EngineError, match=r"^fal can't be reached: no route\.$") as away:
        accounts._tested("fal")
    assert (away.value.code, away.value.fix) == ("unreachable", "retry")


def test_a_key_of_the_environment_and_a_server_of_this_machine_are_tested_and_not_kept(
    told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAL_KEY", f" {KEY} ")
    accounts._tested("fal")
    accounts._tested("comfyui")
    assert list(told) == [(Account("fal", kept="environment"), KEY), (Account("comfyui", kept="none"), "")]
    assert told.kept == []
    mine = Account("comfyui", "http://studio:8188", "none")  # one that was added goes first
    monkeypatch.setattr(kept, "account", lambda provider, variable: mine)
    accounts._tested("comfyui")
    assert told[-1] == (mine, "")


@pytest.mark.parametrize(("pace", "now"), [(5.0, 0.25), (0.1, 0.1)])
def test_whoever_looks_on_waits_no_longer_and_the_connection_is_closed(
    monkeypatch: pytest.MonkeyPatch, pace: float, now: float
) -> None:
    said: list[Any] = []
    wire = SimpleNamespace(pace=pace, close=lambda: said.append("closed"))
    provider = SimpleNamespace(check=lambda one: (said.append(one.pace), 1 / 0))
    monkeypatch.setattr(accounts, "_provider", lambda name: provider)
    monkeypatch.setattr(connect, "connect_with", lambda *given: (said.append(given), wire)[1])
    with pytest.raises(ZeroDivisionError):
        accounts._checked(Account("fal"), KEY)
    assert said == [(provider, Account("fal"), KEY), now, "closed"]


def test_a_key_is_asked_for_without_showing_it_and_read_as_far_as_one_can_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(" " + "k" * 5000))
    assert accounts._read_key() == "k" * 4095
    asked: list[str] = []
    monkeypatch.setattr(getpass, "getpass", lambda words: (asked.append(words), f" {KEY} ")[1])
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(isatty=lambda: True, read=None))
    assert (accounts._read_key(), asked) == (KEY, ["Key: "])


@pytest.mark.parametrize("as_json", [False, True])
def test_what_came_of_a_command_is_said_to_people_and_to_programs(
    capsys: pytest.CaptureFixture[str], as_json: bool
) -> None:
    def fails(error: Exception) -> str:
        raise error

    parsed = argparse.Namespace(json=as_json)
    about = lambda: {"rows": [1]}  # noqa: E731
    assert accounts.tried(parsed, lambda: "one\ntwo", about) == 0
    assert capsys.readouterr() == ('{"said": "one two", "rows": [1]}\n' if as_json else "one\ntwo\n", "")
    problem = EngineError("no_account", "There is none.", "accounts", "key")
    assert accounts.tried(parsed, lambda: fails(problem), about) == 1
    out, err = capsys.readouterr()
    assert err == "error: There is none.\n"
    whole = {"code": "no_account", "message": "There is none.", "fix": "accounts", "param": "key"}
    assert (json.loads(out)["error"] if as_json else out) == (whole if as_json else "")
    with pytest.raises(OSError, match=r"^full$"):
        accounts.tried(parsed, lambda: fails(OSError("full")), about)
    out, err = capsys.readouterr()
    assert err == ""
    assert out == ('{"error": {"code": "failed", "message": "full"}}\n' if as_json else "")


def test_the_rows_say_what_each_provider_has_here(told: Told, tmp_path: Path) -> None:
    facts = {"address": "https://eu.fal.example", "kept": "keyring", "models": []}
    (tmp_path / kept.FILE).write_text(json.dumps({"fal": facts}))
    shelf.add(shelf.DELIVERED / "Grain.json")
    rows = {row["provider"]: row for row in accounts.rows()}
    fal, comfy, videos = rows["fal"], rows["comfyui"], rows["videos"]
    assert (fal["kept"], fal["address"], fal["variable"]) == ("keyring", "https://eu.fal.example", "FAL_KEY")
    assert (fal["own_address"], fal["keyless"], fal["workflows"]) == (False, False, False)
    assert fal["models"][:2] == ["HappyHorse 1.1 (fal)", "HappyHorse 1.0 (fal)"]
    assert (comfy["kept"], comfy["address"], comfy["models"]) == ("", "", ["Grain"])
    assert (comfy["own_address"], comfy["keyless"], comfy["workflows"]) == (False, True, True)
    assert (videos["own_address"], videos["kept"]) == (True, "")


def run_workflows(*words: str) -> int:
    parser = argparse.ArgumentParser()
    workflows.add_arguments(parser)
    parsed = parser.parse_args(words)
    code: int = parsed.run(parsed)
    return code


def test_workflows_are_listed_with_what_they_fill_in_and_how_others_are_added(
    told: Told, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_workflows("add", "Grain", "--name", "My Grain") == 0
    said = capsys.readouterr().out
    assert said.startswith("comfy:My Grain is an engine now.\nFills in ")
    assert run_workflows("add", "Grain") == 0
    about = capsys.readouterr().out.splitlines()[1:]
    (tmp_path / shelf.FOLDER / "Torn.json").write_text("{")
    assert run_workflows("list") == 0
    lines = capsys.readouterr().out.splitlines()
    at = lines.index(f"{'Grain':32}comfy:Grain")
    assert lines[at + 1 : at + 1 + len(about)] == [f"{'':32}{line}" for line in about]
    assert f"{'My Grain':32}comfy:My Grain" in lines
    torn = lines.index(f"{'Torn':32}comfy:Torn")
    assert lines[torn + 1].startswith(" " * 32) and lines[torn + 1].strip()
    others = [name for name in shelf.delivered() if name != "Grain"]
    assert lines[-len(others) :] == [f"{name:32}add it: python -m backend workflows add {name!r}" for name in others]
    assert run_workflows("list", "--json") == 0
    rows = json.loads(capsys.readouterr().out)["workflows"]
    assert rows == [
        *({"name": name, "delivered": False} for name in ("Grain", "My Grain", "Torn")),
        *({"name": name, "delivered": True} for name in others),
    ]
    assert [run_workflows("remove", "Torn"), run_workflows("remove", "Torn")] == [0, 0]
    assert capsys.readouterr().out == "It is forgotten.\nThere was no such workflow.\n"


def test_a_file_is_taken_before_what_is_delivered_under_its_name(
    told: Told, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "Grain").write_bytes((shelf.DELIVERED / "Side by Side.json").read_bytes())
    workflows._added("Grain", "")
    assert "ImageStitch" in shelf.workflow("Grain").kinds


def test_what_a_workflow_takes_shows_and_leaves_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    from backend.engines.comfy.graph import parts

    label = lambda words: SimpleNamespace(label=words)  # noqa: E731
    workflow = SimpleNamespace(nodes={"1": label("Still"), "2": label("Also"), "3": label("Words")})
    places = {
        "first_frame": [SimpleNamespace(node="1"), SimpleNamespace(node="2")],
        "prompt": [SimpleNamespace(node="3")],
    }
    found = SimpleNamespace(places=places, settings=[label("Steps"), label("Seed")], unused=["A", "B"])
    monkeypatch.setattr(parts, "parts", lambda one: found)
    assert workflows._about(workflow).splitlines() == [
        "Fills in first frame: Still, Also; prompt: Words.",
        "Settings on the card: Steps, Seed.",
        "Not used, for want of a value of their own: A, B.",
    ]
    found.places, found.settings, found.unused = {}, [], []
    assert workflows._about(workflow) == "It uses nothing of a shot: see the titles in the docs."


def test_an_account_is_looked_up_by_its_name_and_its_variable(told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    found: list[Account | None] = [Account("fal", "https://a", "keyring"), None]

    def account(*words: str) -> Account | None:
        asked.append(words)
        return found.pop(0)

    monkeypatch.setattr(kept, "account", account)
    monkeypatch.setattr(kept, "key_of", lambda *words: asked.append(words) or KEY)
    assert accounts._tested("fal") == "The key is good."
    one = Account("fal", "https://a", "keyring")
    assert asked == [("fal", "FAL_KEY"), (one, "FAL_KEY", "fal"), ("fal", "FAL_KEY")]
    assert told == [(one, KEY)] and told.kept == []  # it was removed meanwhile
    found[:] = [None]
    with pytest.raises(EngineError) as caught:
        accounts._tested("fal")
    assert (caught.value.code, caught.value.message, caught.value.fix) == (
        *("no_account", "There is no account with fal. Add one: python -m backend accounts add fal"),
        "accounts",
    )


def test_what_an_account_needs_is_said_to_the_word(told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(*words: Any, **more: Any) -> tuple[str, str, str | None]:
        with pytest.raises(EngineError) as caught:
            add(*words, **more)
        return caught.value.code, caught.value.message, caught.value.param

    assert wrong("videos") == ("invalid_request", "Say where the video server is: --address https://...", "address")
    monkeypatch.setattr(sys, "stdin", io.StringIO(" \n"))
    assert wrong("fal") == ("invalid_request", "There is no key on standard input.", "key")
    told.answer = EngineError("online_access", "Nothing may go out.", "online_access")
    assert add("videos", "http://127.0.0.1:8000/", no_key=True) == "It is kept, and not tested: Nothing may go out."
    told.answer = Unreached("no route")
    assert add("videos", "http://10.0.0.1:8000", no_key=True) == (
        "It is kept, and could not be tested now: no route. The connection is not encrypted: only for a network that "
        "you trust."
    )
    assert told.kept == [
        (Account("videos", "http://127.0.0.1:8000", "none", ()), ""),
        (Account("videos", "http://10.0.0.1:8000", "none", ()), ""),
    ]
