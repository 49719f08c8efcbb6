"""`animate --estimate` and `/v1/estimate`: of what was chosen, and nothing of what can't be made."""

from __future__ import annotations

import json
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from backend.__main__ import main
from backend.engines.engine import Clip
from backend.engines.hosted import connect
from backend.engines.hosted import engine as hosted
from backend.engines.hosted.account import accounts
from backend.engines.hosted.account.accounts import Account
from backend.engines.hosted.engine import HostedEngine
from backend.engines.hosted.providers import models, providers
from backend.engines.hosted.providers.provider import Poll, Stage
from backend.engines.hosted.request.ask import ask
from backend.engines.hosted.request.words import compose
from backend.engines.hosted.wire.http import Unreached, Wire
from client.protocol import Direction, Line, Price, TakeRequest
from tests.backend.hosted.conftest import connected
from tests.backend.hosted.fakes.fake import Fake
from tests.backend.hosted.fakes.fal import FakeFal
from tests.backend.service_process import TOKEN, Service


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TAKE_ONE_HOME", str(tmp_path))
    for provider in providers().values():
        monkeypatch.delenv(provider.variable, raising=False)
    return tmp_path


@pytest.mark.parametrize(
    ("engine", "seconds", "options", "said"),
    [
        ("fal-happyhorse-1.0", "10", {}, "about 1.40 USD, price of 2026-11-27 (https://fal.ai/models/alibaba/happy-horse/"),
        ("fal-happyhorse-1.0", "10", {"quality": "1080p"}, "about 2.80 USD, price of 2026-11-27"),
        ("happyhorse-1.1", "2", {}, "about 0.42 USD, price of 2026-11-27 (resellers that repeat Model Studio's)"),
        ("fal-kling-3-pro", "5", {"sound": False}, "about 1.12 USD, price of 2026-11-27"),
        ("fal-kling-3-pro", "5", {}, "(the dearer of two copies))"),
        ("runway-wan-3.0", "5", {}, "What a take of Wan 3.0 (Runway) costs is not known here."),
        ("gemini-omni-1.2", "5", {}, "What a take of Gemini Omni 1.2 Flash costs is not known here."),
        ("draft", "5", {}, "It costs nothing."),
    ],
)  # fmt: skip
def test_the_command_says_what_it_would_cost(
    capsys: pytest.CaptureFixture[str], engine: str, seconds: str, options: dict[str, Any], said: str
) -> None:
    asked = ["--model", engine, "--seconds", seconds, "--options", json.dumps(options), "--prompt", "rain"]
    assert main(["animate", "--estimate", *asked]) == 0
    assert said in capsys.readouterr().out


@pytest.mark.parametrize(
    ("seconds", "options", "said"),
    [
        ("99", {}, "makes clips of at most 15 seconds, not 99"),
        ("5", {"quality": "8k"}, "it must be one of 720p, 1080p"),
    ],
)
def test_what_cannot_be_made_has_no_price(
    capsys: pytest.CaptureFixture[str], seconds: str, options: dict[str, Any], said: str
) -> None:
    asked = ["--model", "fal-happyhorse-1.0", "--seconds", seconds, "--options", json.dumps(options)]
    assert main(["animate", "--estimate", *asked]) == 2
    told = capsys.readouterr()
    assert said in told.err
    assert told.out == ""


def test_the_service_neither(shared: tuple[Service, dict[str, Fake]]) -> None:
    service, _ = shared
    for more, param in (({"seconds": 99}, "seconds"), ({"quality": "8k"}, "extra_params.options.quality")):
        options = {"quality": more["quality"]} if "quality" in more else {}
        fields = {"model": "fal-happyhorse-1.0", "seconds": more.get("seconds", 5)}
        answer = service.http.post("/v1/estimate", json={**fields, "extra_params": {"options": options}})
        assert (answer.status_code, answer.json()["error"]["param"]) == (400, param)


@pytest.mark.parametrize("key", ["sk-one\nsk-two", "sk–with-a-dash", "\x00", "clé"])
def test_what_is_no_key_is_told_and_not_sent(monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    fal = providers()["fal"]
    with pytest.raises(Exception, match="characters that no key has: copy it again") as told:
        connect.connect_with(fal, Account("fal", "http://127.0.0.1:9"), key)
    assert told.value.problem.code == "account_refused"  # type: ignore[attr-defined]


def test_an_order_with_a_header_that_cannot_be_was_not_sent() -> None:
    wire = Wire("fal", "http://127.0.0.1:9", {"Authorization": "Key "}, pace=0.001)
    with pytest.raises(Unreached):
        wire.send("POST", "order", {})
    wire.close()


def test_a_key_whose_variable_is_gone_is_no_account(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / "accounts.json").write_text('{"fal": {"address": "", "kept": "environment"}}')
    assert accounts.account("fal", "FAL_KEY") is None
    monkeypatch.setenv("FAL_KEY", "sk-again")
    assert accounts.account("fal", "FAL_KEY") == Account("fal", "", "environment")


def test_comfyui_of_this_machine_is_tried_without_an_account(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["accounts", "list"]) == 0
    assert "needs none on this machine; elsewhere: python -m backend accounts add comfyui" in capsys.readouterr().out
    assert main(["accounts", "test", "fal"]) == 1
    assert "There is no account with fal. Add one: python -m backend accounts add fal" in capsys.readouterr().err


def test_each_line_ends_before_the_next_begins() -> None:
    lines = (
        Line("Anna", "French", 'Bonjour "toi"'),
        Line("", "Cantonese", "你好！"),
        Line("Ben.", "German", "Na gut…"),
    )
    said = compose(Direction("rain falls", lines, "wind"))
    assert said == (
        'rain falls. Anna says in French, "Bonjour \'toi\'" The person in view says in Cantonese, "你好！" '
        'Ben says in German, "Na gut…" Sound: wind.'
    )
    plain = compose(Direction("", (Line("Anna", "French", "Bonjour"),)))
    assert plain.endswith('Anna says in French, "Bonjour."')


def test_another_take_one_says_what_it_would_pay(tmp_path: Path) -> None:
    fal = FakeFal()
    studio = connected(tmp_path / "studio", {"fal": fal}).start()
    service = Service(tmp_path / "home", "tests.backend.hosted.serving")
    service.home.mkdir()
    account = {"address": studio.url, "kept": "environment", "models": ["fal-happyhorse-1.0", "draft"]}
    (service.home / "accounts.json").write_text(json.dumps({"videos": account}))
    service.variables["TAKE_ONE_VIDEOS_KEY"] = TOKEN
    service.start()
    try:
        said = {}
        for model in account["models"]:
            fields = {"model": "videos-server", "seconds": 4, "extra_params": {"options": {"model": model}}}
            said[model] = service.http.post("/v1/estimate", json=fields).json()["price"]
        assert (said["fal-happyhorse-1.0"]["amount"], said["draft"]["amount"]) == (pytest.approx(0.56), 0.0)
        assert said["fal-happyhorse-1.0"]["source"].startswith("https://fal.ai/models/alibaba/")
        assert fal.orders == []
    finally:
        service.end()
        studio.end()
        fal.close()


HORSE = "fal-happyhorse-1.0"
REQUEST = TakeRequest(HORSE, Direction("rain"), (), 5.0, Fraction(24), (96, 54), 7)


@pytest.fixture
def moment(home: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Sets a clock that stands still. There is an account with fal."""
    monkeypatch.setenv("FAL_KEY", "sk-one")
    monkeypatch.setattr(hosted, "_quotes", {})
    clock = SimpleNamespace(monotonic=lambda: 0.0, time=lambda: 1.79e9)
    monkeypatch.setattr(hosted, "time", clock)
    return lambda seconds: setattr(clock, "monotonic", lambda: seconds)


def test_a_quote_is_of_one_account_and_of_some_minutes(
    home: Path, moment: Callable[[float], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    provider, model = models()[HORSE]
    asked, engine = ask(model, REQUEST), HostedEngine(HORSE)
    live: list[Price | None] = []
    monkeypatch.setattr(type(provider), "quote", lambda *_: live[0])
    found = []
    for at, amount, address in (
        (1.0, 3.0, ""),
        (590.0, 4.0, ""),  # it holds
        (591.0, 5.0, "http://127.0.0.1:9"),  # another account
        (592.0, 6.0, ""),
        (602.0, 7.0, ""),  # it has grown old
    ):
        (home / "accounts.json").write_text(json.dumps({"fal": {"address": address, "kept": "environment"}}))
        moment(at)
        live[:] = [Price(amount)]
        found.append(engine._quote(asked))
    assert found == [Price(3.0), Price(3.0), Price(5.0), Price(3.0), Price(7.0)]


def test_that_there_is_no_quote_holds_for_a_moment(
    moment: Callable[[float], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    provider, model = models()[HORSE]
    asked, engine = ask(model, REQUEST), HostedEngine(HORSE)
    tries: list[float] = []

    def quote(*_: object) -> Price:
        tries.append(hosted.time.monotonic())
        if len(tries) == 1:
            raise Unreached("nobody there")
        return Price(2.0)

    monkeypatch.setattr(type(provider), "quote", quote)
    found = []
    for at in (1.0, 5.0, 7.0, 500.0):
        moment(at)
        found.append(engine._quote(asked))
    assert (found, tries) == ([None, None, Price(2.0), Price(2.0)], [1.0, 7.0])


def test_a_paid_clip_that_does_not_come_is_asked_for_again(
    moment: Callable[[float], None], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Also past all patience of one fetch."""
    monkeypatch.setattr(connect, "pace", 0.001)
    provider, _ = models()[HORSE]
    monkeypatch.setattr(type(provider), "poll", lambda *_: Poll(Stage.DONE, url="https://v3.fal.media/x.mp4"))
    tries: list[str] = []

    def clip_of(_provider: object, _model: object, _wire: object, _ticket: object, poll: Poll, _work: object) -> Clip:
        tries.append(poll.url)
        if len(tries) < 3:
            raise Unreached("v3.fal.media leads to 198.18.0.7.")
        return Clip(file=tmp_path / "x.mp4")

    monkeypatch.setattr(hosted, "clip_of", clip_of)
    told: list[str] = []
    state = {"phase": hosted.SENT, "ticket": {"id": "7"}, "memo": {"at": 1.79e9}}
    clip = HostedEngine(HORSE).resume(
        state, REQUEST, lambda _at, stage, _=None: told.append(stage), lambda: False, lambda _: None
    )
    assert (clip.file, len(tries)) == (tmp_path / "x.mp4", 3)
    assert told == ["No connection to fal: trying again (v3.fal.media leads to 198.18.0.7.)"] * 2
