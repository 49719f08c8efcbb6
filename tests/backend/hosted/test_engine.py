"""The engine of a hosted model at a provider that is told what to answer: what is written, sent and told."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from backend.engines.engine import Cancelled, Clip, EngineError
from backend.engines.hosted import engine as hosted
from backend.engines.hosted.account.accounts import Account
from backend.engines.hosted.engine import HostedEngine
from backend.engines.hosted.providers.provider import Memo, Order, Poll, Stage
from backend.engines.hosted.wire.http import Unanswered, Unreached
from client.protocol import Price, View
from tests.backend.hosted.orders import MODEL, request

STATE = {
    "phase": "sending",
    "again": False,
    "cost": {"amount": 0.6},
    "memo": dataclasses.asdict(Memo(900.0, "e", "d", 7, 6, "k")),
}


class Clock:
    """Time that passes only where somebody waits."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.time = self.monotonic = lambda: self.now


class Way:
    """A wire that only waits. `stops` is when it is cancelled."""

    def __init__(self, clock: Clock) -> None:
        self.clock, self.pace, self.waits = clock, 2.0, list[float]()
        self.stops = 1e9
        self.cancelled: Callable[[], bool] = lambda: True

    def wait(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.clock.now += seconds
        if self.clock.now >= self.stops:
            raise Cancelled

    def close(self) -> None: ...


class Provider:
    """It answers from lists, whose last entry stays."""

    name, label, address, console, variable = "prov", "Prov", "https://prov", "https://console", "PROV_KEY"
    keeps, keeps_seconds, pace, lists = "a day", 100.0, (1.0, 2.0), True
    knows_keys = False

    def __init__(self, **answers: list[Any]) -> None:
        self.answers, self.seen = answers, list[Any]()

    def _next(self, name: str, *seen: Any) -> Any:
        self.seen.append((name, *seen))
        told = self.answers[name]
        one = told.pop(0) if len(told) > 1 else told[0]
        if isinstance(one, Exception):
            raise one
        return one

    def order(self, model: Any, asked: Any, seen: Any, memo: Memo) -> Order:
        return Order("there", {"prompt": asked.prompt, "key": memo.key, "still": seen.first.kind}, endpoint="special")

    def idempotent(self, wire: Any) -> bool:
        return self.knows_keys

    def submit(self, wire: Any, order: Order) -> Any:
        return self._next("submit", order.body["key"])

    def find(self, wire: Any, memo: Memo) -> Any:
        return self._next("find", memo.key)

    def poll(self, wire: Any, model: Any, ticket: Any) -> Any:
        return self._next("poll", ticket)

    def cancel(self, wire: Any, ticket: Any) -> None:
        self.seen.append(("cancel", ticket, wire.cancelled()))
        raise Unanswered("as ever")

    def quote(self, wire: Any, model: Any, asked: Any) -> Price | None:
        return None


class Made:
    """An engine at work, and what came of it."""

    def __init__(self, provider: Provider, clock: Clock, still: Path) -> None:
        self.provider, self.clock, self.way = provider, clock, Way(clock)
        self.engine = HostedEngine.__new__(HostedEngine)
        self.engine._provider, self.engine._model = provider, MODEL  # type: ignore[assignment]
        self.engine._wire = lambda *_: contextlib.closing(self.way)  # type: ignore[assignment, method-assign]
        self.engine._account = lambda: Account("prov")  # type: ignore[method-assign]
        self.told: list[tuple[float, str]] = []
        self.kept: list[dict[str, Any]] = []
        self.unwanted = 99  # from which commit on
        self.request = request(views=(View(still),))

    def __call__(self, state: dict[str, Any] | None = None) -> Clip:
        def commit(kept: dict[str, Any]) -> None:
            if len(self.kept) + 1 >= self.unwanted:
                raise Cancelled
            self.kept.append(kept)

        def progress(fraction: float, stage: str, preview: Any = None) -> None:
            self.told.append((fraction, stage))

        rest = (self.request, progress, lambda: False, commit)
        return self.engine.generate(*rest) if state is None else self.engine.resume(state, *rest)

    def fails(self, state: dict[str, Any] | None = None) -> EngineError:
        with pytest.raises(EngineError) as caught:
            self(state)
        return caught.value

    @property
    def asked(self) -> list[str]:
        return [seen[0] for seen in self.provider.seen]

    @property
    def phases(self) -> list[str]:
        return [kept["phase"] for kept in self.kept]


DONE = Poll(Stage.DONE, url="https://clip")
TICKET = {"id": "t"}


@pytest.fixture
def make(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, still: bytes) -> Iterator[Callable[..., Made]]:
    clock = Clock()
    monkeypatch.setenv("TAKE_ONE_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(hosted, "time", clock)
    monkeypatch.setattr(hosted, "_quotes", {})
    monkeypatch.setattr(hosted, "clip_of", lambda *given: Clip(facts={"url": given[4].url, "cost": given[5].cost}))
    (tmp_path / "still.png").write_bytes(still)

    def made(lists: bool = True, keys: bool = False, **answers: Any) -> Made:
        provider = Provider(**{"submit": [TICKET], "find": [None], "poll": [DONE], **answers})
        provider.lists, provider.knows_keys = lists, keys
        return Made(provider, clock, tmp_path / "still.png")

    return made


def test_an_order_is_written_down_before_and_after_it_is_sent(make: Any) -> None:
    made = make()
    clip = made()
    sending, sent = made.kept
    memo = sending["memo"]
    assert (sending["phase"], sending["again"], sending["cost"]["amount"]) == ("sending", False, 0.6)
    assert (memo["at"], memo["endpoint"], memo["seed"], memo["seconds"]) == (1000.0, "special", 7, 6)
    assert len(memo["key"]) == 32 and len(memo["digest"]) == 32
    assert sent == {**sending, "phase": "sent", "ticket": TICKET}
    assert made.provider.seen == [("submit", memo["key"]), ("poll", TICKET)]
    assert made.told == [(0.01, "Sending to Prov")]
    assert clip.facts == {
        "url": "https://clip",
        "cost": Price(0.6, as_of="2026-03-01", source="https://prices"),
    }
    bare = make()
    bare.request = request()
    error = bare.fails()
    assert (error.code, error.fix, error.param) == ("invalid_request", "pick_camera", "input_reference")
    assert error.message == "Model M needs a still."
    assert bare.kept == [] and bare.provider.seen == []


def test_what_is_not_taken_for_sure_may_be_sent_again(make: Any) -> None:
    away = make(submit=[Unreached("no route.")])
    error = away.fails()
    assert error.message == "Prov can't be reached (no route). Nothing was sent. Try again."
    assert away.phases == ["sending", "unsent"] and away.kept[1]["cost"] is None
    refused = make(submit=[EngineError("request_refused", "No.", "")])
    assert refused.fails().message == "No." and refused.phases == ["sending", "unsent"] and refused.way.waits == []
    busy = EngineError("quota", "Busy.", "retry")
    late = make(submit=[busy, busy, busy, busy, busy, TICKET])
    late()
    assert late.way.waits == [2.0, 4.0, 8.0, 16.0, 32.0] and late.phases == ["sending", "sent"]
    assert late.told[1:] == [(0.01, "Prov is busy: waiting to send")] * 5
    never = make(submit=[busy])
    assert never.fails().code == "quota" and never.asked == ["submit"] * 6
    assert never.phases == ["sending", "unsent"] and never.kept[1]["cost"] is None and len(never.way.waits) == 5


def test_an_answer_that_is_lost_is_looked_for_in_the_list(make: Any) -> None:
    lost = Unanswered("timed out.")
    late = make(submit=[lost], find=[None, Unreached("x"), {"id": "found"}])
    late()
    assert late.asked == ["submit", "find", "find", "find", "poll"] and late.way.waits == [3.0, 3.0]
    assert late.kept[-1]["ticket"] == {"id": "found"} and (0.01, "Looking for it at Prov") in late.told
    gone = make(submit=[lost])
    error = gone.fails()
    assert (error.code, error.fix) == ("uncertain", "send_again") and gone.phases == ["sending"]
    assert "(timed out). It was not found in the list there." in error.message
    assert gone.way.waits == [3.0] * 21 and gone.asked.count("submit") == 1  # 30 s of a pace of 2
    blind = make(lists=False, submit=[lost])
    assert "It has no list in which to look for it." in blind.fails().message and blind.asked == ["submit"]


def test_one_that_knows_orders_by_their_key_is_sent_it_again(make: Any) -> None:
    lost, away = Unanswered("timed out."), Unreached("no route")
    again = make(keys=True, submit=[lost, away, lost, TICKET])
    again()
    assert again.asked == ["submit"] * 4 + ["poll"] and again.way.waits == [2.0] * 3
    assert {seen[1] for seen in again.provider.seen[:4]} == {again.kept[0]["memo"]["key"]}
    never = make(keys=True, submit=[lost, away])
    assert "(no route). It did not answer when asked again." in never.fails().message
    assert never.asked == ["submit"] * 7 and never.phases == ["sending"]


def test_what_was_being_sent_as_the_backend_ended(make: Any) -> None:
    found = make(find=[{"id": "f"}])
    found(STATE)
    assert found.asked == ["find", "poll"] and found.phases == ["sent"] and found.kept[0]["ticket"] == {"id": "f"}
    lost = make()
    assert "(the backend ended while it was sent)" in lost.fails(STATE).message and "submit" not in lost.asked
    keyed = make(keys=True)
    keyed(STATE)
    assert keyed.provider.seen == [("submit", "k"), ("poll", TICKET)] and keyed.phases == ["sent"]
    told = make()
    told({**STATE, "again": True})  # the user has said so
    assert told.asked == ["submit", "poll"] and told.phases == ["sending", "sent"] and told.kept[0]["again"] is False
    unsent = make()
    unsent({**STATE, "phase": "unsent"})
    assert unsent.asked == ["submit", "poll"]
    sent = make()
    clip = sent({**STATE, "phase": "sent", "ticket": {"id": "s"}})
    assert sent.provider.seen == [("poll", {"id": "s"})] and sent.kept == [] and clip.facts["cost"] == Price(0.6)


def test_what_nobody_wants_any_more_is_taken_back(make: Any) -> None:
    before = make()
    before.unwanted = 1
    with pytest.raises(Cancelled):
        before()
    assert before.provider.seen == []
    after = make()
    after.unwanted = 2
    with pytest.raises(Cancelled):
        after()
    assert after.asked == ["submit", "cancel"] and after.provider.seen[-1] == ("cancel", TICKET, False)
    while_made = make(poll=[Poll(Stage.WORKING)])
    while_made.way.stops = while_made.clock.now + 2
    with pytest.raises(Cancelled):
        while_made()
    assert while_made.asked[-2:] == ["poll", "cancel"] and while_made.provider.seen[-1] == ("cancel", TICKET, False)


def test_how_often_it_is_looked_at_and_what_is_told(make: Any) -> None:
    polls = [
        Poll(Stage.WAITING, before=2),
        Poll(Stage.WORKING, fraction=0.5),
        *[Poll(Stage.WORKING)] * 3,
        Unreached("gone"),
        DONE,
    ]
    made = make(poll=polls)
    made()
    assert made.way.waits == pytest.approx([1.0, 1.3, 1.69, 2.0, 2.0, 2.0])
    assert made.told[1:] == [
        (0.02, "In the queue of Prov: 2 before it"),
        (pytest.approx(0.475), "Made by Prov"),
        (0.05, "Made by Prov since 0:02"),
        (0.05, "Made by Prov since 0:03"),
        (0.05, "Made by Prov since 0:05"),
        (0.02, "No connection to Prov: trying again (gone)"),
    ]


def test_the_ends_of_an_order(make: Any) -> None:
    state = {**STATE, "phase": "sent", "ticket": TICKET}
    failed = make(poll=[Poll(Stage.FAILED, error=EngineError("prompt_refused", "No.", ""), cost=Price(0.2))])
    assert failed.fails(state).code == "prompt_refused" and failed.kept[0]["cost"]["amount"] == 0.2
    free = make(poll=[Poll(Stage.FAILED)])
    error = free.fails(state)
    assert (error.code, error.fix, error.message) == ("engine_failed", "retry", "Prov made no clip.") and free.kept[0][
        "cost"
    ] is None
    taken = make(poll=[Poll(Stage.CANCELLED)]).fails(state)
    assert (taken.code, taken.fix, taken.message) == ("engine_failed", "retry", "It was cancelled at Prov.")
    told = make(poll=[Poll(Stage.WORKING, cost=Price(0.3)), DONE])
    assert told(state).facts["cost"] == Price(0.3)
    away = make(poll=[Unreached("x")])
    away.clock.now = 1000.0
    error = away.fails(state)
    assert error.code == "expired" and away.way.waits == [1.0]  # ordered at 900, kept for 100 s: 1000 is not past it
    away.clock.now = 1000.0


def test_while_nothing_may_go_out_it_is_not_asked(make: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    offline = iter([True, False])
    monkeypatch.setattr(hosted.accounts, "offline", lambda: next(offline))
    made = make()
    made({**STATE, "phase": "sent", "ticket": TICKET})
    assert made.told == [(0.02, "No connection to Prov: trying again (Blender's online access is off)")]
    assert made.asked == ["poll"]


def test_what_an_engine_says_of_its_account(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TAKE_ONE_HOME", str(tmp_path))
    engine = HostedEngine("fal-wan-2.7")
    found: dict[str, Any] = {"account": None, "offline": False}
    monkeypatch.setattr(hosted.accounts, "account", lambda name, variable: found["account"])
    monkeypatch.setattr(hosted.accounts, "offline", lambda: found["offline"])
    none = engine.capabilities()
    assert (none.available, none.fix) == (False, "accounts") and "no account with fal yet" in none.reason
    with pytest.raises(EngineError) as caught:
        engine._wire()
    assert (caught.value.code, caught.value.fix) == ("no_account", "accounts")
    found["account"] = Account("fal")
    assert engine.capabilities().available
    found["offline"] = True
    off = engine.capabilities()
    assert (off.available, off.fix) == (False, "online_access") and "fal is beyond this machine" in off.reason
    server = HostedEngine("videos-server")
    assert server._account() is None  # it has no address of its own, and the account names none
    found["account"] = Account("videos", "http://10.0.0.1:8000")
    assert server._account() == found["account"]


def test_a_quote_is_forgotten_with_a_thousand_others(make: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    made = make()
    monkeypatch.setattr(hosted.accounts, "offline", lambda: False)
    quotes: dict[Any, Any] = dict.fromkeys(range(1000))
    monkeypatch.setattr(hosted, "_quotes", quotes)
    made.provider.quote = lambda *_: Price(2.0)
    made.engine._model = SimpleNamespace(id="m")
    keys = [hosted.ask(MODEL, request(seed=seed)) for seed in (1, 2)]
    assert [made.engine._quote(one) for one in keys] == [Price(2.0)] * 2
    assert list(quotes) == [(Account("prov"), "m", keys[1])]
    monkeypatch.setattr(hosted.accounts, "offline", lambda: True)
    assert made.engine._quote(hosted.ask(MODEL, request(seed=3))) is None
