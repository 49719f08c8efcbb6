"""The engine of a workflow in this process, at a ComfyUI that is a fake: what it writes down and tells, and when."""

from __future__ import annotations

import contextlib
import dataclasses
import io
import json
import threading
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from backend.engines.comfy import follow, shelf
from backend.engines.comfy.engine import ComfyEngine
from backend.engines.comfy.server import address as addresses
from backend.engines.comfy.server.listen import RunState
from backend.engines.comfy.work import Work, facts_of
from backend.engines.engine import Cancelled, Clip, EngineError
from backend.engines.hosted import connect
from backend.engines.hosted.wire.http import Unreached
from client.protocol import Direction, TakeRequest
from devtools.take_requests import take_request
from tests.backend.comfy.fake import FakeComfy
from tests.backend.hosted.fakes.fake import Script

NODES = 7  # of Grain


@dataclasses.dataclass
class Asked:
    """An engine's four arguments, and what came of them."""

    request: TakeRequest
    told: list[tuple[float, str]] = dataclasses.field(default_factory=list)
    kept: list[dict[str, Any]] = dataclasses.field(default_factory=list)
    unwanted: Callable[[], bool] = lambda: False  # by the commits
    stop: Callable[[], bool] = lambda: False

    def progress(self, fraction: float, stage: str, preview: np.ndarray | None = None) -> None:
        self.told.append((fraction, stage))

    def commit(self, state: dict[str, Any]) -> None:
        if self.unwanted():
            raise Cancelled
        self.kept.append(state)

    def made(self, state: dict[str, Any] | None = None) -> Clip:
        engine, rest = ComfyEngine("Grain"), (self.request, self.progress, self.stop, self.commit)
        return engine.generate(*rest) if state is None else engine.resume(state, *rest)

    @property
    def phases(self) -> list[str]:
        return [state["phase"] for state in self.kept]


@pytest.fixture
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeComfy]:
    monkeypatch.setenv("TAKE_ONE_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(connect, "pace", 0.02)
    (tmp_path / "home").mkdir()
    shelf.add(shelf.DELIVERED / "Grain.json")
    comfy = FakeComfy()
    account(tmp_path / "home", comfy.url)
    yield comfy
    comfy.comfy.away = True  # its websockets end, and with them those who listen
    comfy.close()
    for thread in threading.enumerate():
        if thread.name == "ComfyUI":
            thread.join(30)


def account(home: Path, address: str) -> None:
    (home / "accounts.json").write_text(json.dumps({"comfyui": {"address": address, "kept": "none"}}))


@pytest.fixture
def asked(tmp_path: Path, still: bytes) -> Asked:
    path = tmp_path / "still.png"
    path.write_bytes(still)
    return Asked(take_request("Push in", 2, 25, (96, 54), 7, still=path))


def failure(asked: Asked, state: dict[str, Any] | None = None) -> EngineError:
    with pytest.raises(EngineError) as caught:
        asked.made(state)
    return caught.value


def test_what_is_written_down_and_told_from_the_order_to_the_clip(fake: FakeComfy, asked: Asked) -> None:
    clip = asked.made()
    (order,) = fake.orders
    assert asked.phases == ["sending", "sent"]
    sending, sent = asked.kept
    titles = {
        "1": "Still",
        "2": "Size",
        "3": "Length",
        "4": "Strength (parameter)",
        "5": "Seconds",
        "6": "FPS",
        "7": "Take",
    }
    assert sending == {
        "address": fake.url,
        "phase": "sending",
        "id": order.id,
        "nodes": NODES,
        "titles": titles,
        "rate": "25",
    }
    assert sent == {**sending, "phase": "sent", "prompt": order.id}
    assert (asked.told[0], asked.told[-1]) == (
        (0.01, "Sending to ComfyUI"),
        (pytest.approx(0.95), "Fetching from ComfyUI"),
    )
    assert clip.facts == {"prompt_id": order.id, "comfyui": fake.url, "workflow": "Grain"}
    assert clip.file is not None and clip.file.stat().st_size > 1000
    assert all(seen.method == "GET" for seen in fake.seen if seen.path not in ("/upload/image", "/prompt"))


def test_what_was_sent_is_followed_and_what_was_not_is_sent(fake: FakeComfy, asked: Asked) -> None:
    asked.made()
    sending, sent = asked.kept
    again = Asked(asked.request)
    assert again.made(sent).facts["prompt_id"] == sent["prompt"] and again.kept == []
    assert again.made(sending).facts["prompt_id"] == sent["prompt"]
    assert again.kept == [sent] and (0.01, "Looking for it in ComfyUI") in again.told
    assert len(fake.orders) == 1
    lost = Asked(asked.request)
    lost.made({**sending, "id": "unheard of"})  # in neither queue nor history
    assert lost.phases == ["sending", "sent"] and lost.kept[0]["id"] == fake.orders[1].id
    fresh = Asked(asked.request)
    fresh.made({**sending, "phase": "unsent", "address": "http://127.0.0.1:9"})  # the account's address counts then
    assert fresh.kept[1]["address"] == fake.url and len(fake.orders) == 3


def test_what_nobody_wants_any_more_as_it_is_sent_is_taken_back(fake: FakeComfy, asked: Asked) -> None:
    fake.script = Script(seconds=60)
    asked.unwanted = lambda: bool(asked.kept)  # what would be kept second: that it was sent
    with pytest.raises(Cancelled):
        asked.made()
    assert fake.orders[0].cancelled and fake.interrupts == [fake.orders[0].id]
    assert asked.phases == ["sending"]
    found = Asked(asked.request)
    found.stop = lambda: len(fake.seen) > 0 and fake.seen[-1].path == "/queue"
    fake.script, fake.orders[0].cancelled = Script(seconds=60), False
    fake.interrupts.clear()
    fake.seen.clear()
    with pytest.raises(Cancelled):
        found.made({**asked.kept[0], "id": fake.orders[0].id})
    assert fake.interrupts == [fake.orders[0].id]


def test_what_is_looked_for_is_looked_for_some_seconds_and_taken_back_when_cancelled(asked: Asked) -> None:
    at = "http://127.0.0.1:8188"
    work = Work(asked.request, asked.progress, asked.stop, asked.commit, {"id": "ours", "address": at})
    clock = [0.0]

    class Patient:
        """Nothing is in its queue until `comes`."""

        pace = 2.0
        cancelled: Any = None
        stops = False

        def __init__(self, comes: float) -> None:
            self.comes, self.sent = comes, list[Any]()

        def ask(self, path: str, **_: Any) -> Any:
            from backend.engines.hosted.wire.http import Answer

            running = [[1, "its own", {}, {"take_one": "ours"}, []]] if clock[0] >= self.comes else []
            stats = {"system": {"comfyui_version": "0.4"}}
            told = {"queue": {"queue_running": running, "queue_pending": []}, "system_stats": stats}
            return Answer(200, told.get(path, {}), {})

        def send(self, method: str, path: str, body: Any) -> None:
            self.sent.append((path, body))

        def wait(self, seconds: float) -> None:
            clock[0] += seconds * self.pace
            if self.stops:
                clock[0] = self.comes
                raise Cancelled

    def looked(wire: Patient) -> Any:
        clock[0] = 0.0
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(follow, "time", type("Clock", (), {"monotonic": staticmethod(lambda: clock[0])}))
            return follow.sought(wire, work)  # type: ignore[arg-type]

    assert looked(Patient(16.0)) == "its own"
    assert looked(Patient(1e9)) is None and clock == [18.0]  # 8 s of a pace of 2, and the look after them
    stopped = Patient(5.0)
    stopped.stops = True
    with pytest.raises(Cancelled):
        looked(stopped)
    assert stopped.sent == [("queue", {"delete": ["its own"]}), ("interrupt", {"prompt_id": "its own"})]


def test_no_way_to_it_leaves_the_state_from_which_it_can_go_on(fake: FakeComfy, asked: Asked) -> None:
    fake.comfy.away = True
    place = fake.url.partition("://")[2]
    error = failure(asked)
    assert (error.code, error.fix, asked.kept) == ("unreachable", "retry", [])
    assert error.message.startswith(f"ComfyUI does not answer at {place} (") and "Start it, then" in error.message
    state = {"phase": "sending", "id": "ours", "address": fake.url}
    error = failure(asked, state)
    assert (error.code, asked.kept) == ("unreachable", []) and f"at {place} (" in error.message
    fake.comfy.away = False
    fake.script = Script(refusals=[(400, {"error": "no"})])
    assert failure(asked).code == "request_refused" and asked.phases == ["sending", "unsent"]
    asked.kept.clear()
    fake.script = Script(refusals=[(500, None)] * 3)
    error = failure(asked)
    assert asked.phases == ["sending", "sending", "unsent"] and len({one["id"] for one in asked.kept}) == 2
    assert f"at {place} (it did not answer when the take was sent)" in error.message


def test_what_failed_may_be_sent_again_and_what_can_not_be_fetched_now_may_be_fetched(
    fake: FakeComfy, asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake.comfy.error = {"exception_type": "E", "exception_message": "no"}
    assert failure(asked).code == "engine_failed" and asked.phases == ["sending", "sent", "unsent"]
    fake.comfy.error = {}
    later = Asked(asked.request)

    def unfetched(*_: Any) -> None:
        raise EngineError("unreachable", "Not now.", "retry")

    with monkeypatch.context() as patch:
        patch.setattr(follow.result, "clip_of", unfetched)
        assert failure(later).code == "unreachable" and later.phases == ["sending", "sent"]
    later.made(later.kept[-1])
    fake.forgotten |= {made.id for made in fake.orders}
    error = failure(later, later.kept[-1])
    assert (error.code, error.fix, later.phases[-1]) == ("engine_failed", "retry", "unsent")
    assert error.message.startswith("ComfyUI was started again") and error.message.endswith("Make it again.")


def test_away_for_ten_minutes_it_is_given_up(fake: FakeComfy, asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    state = {
        "phase": "sent",
        "id": "ours",
        "prompt": "its own",
        "address": fake.url,
        "nodes": 1,
        "titles": {},
        "rate": "24",
    }
    clock, waits = [1000.0], list[float]()

    def away(*_: Any) -> None:
        raise Unreached("the plug is out.")

    def waited(self: Any, seconds: float) -> None:
        waits.append(seconds)
        clock[0] += 100 * self.pace

    monkeypatch.setattr(connect, "pace", 2.0)
    listened: list[Any] = []

    def listener(*given: Any) -> Any:
        listened.append(given)
        return contextlib.nullcontext()

    monkeypatch.setattr(follow, "Listener", listener)
    monkeypatch.setattr(follow, "_poll", away)
    monkeypatch.setattr("backend.engines.hosted.wire.http.Wire.wait", waited)
    monkeypatch.setattr(follow, "time", type("Clock", (), {"monotonic": staticmethod(lambda: clock[0])}))
    error = failure(asked, state)
    assert (error.code, waits, clock) == ("unreachable", [1.0] * 7, [2400.0])  # 600 s of a pace of 2 are not over
    assert "(the plug is out). Start it" in error.message
    assert asked.told == [(0.02, "No connection to ComfyUI: trying again")] * 7 and asked.kept == []
    assert listened == [(fake.url, "ours", "its own", {})]


def test_the_progress_is_that_of_its_nodes_and_a_preview_is_told_once(asked: Asked) -> None:
    buffer = io.BytesIO()
    Image.new("RGB", (6, 4), (9, 200, 30)).save(buffer, "PNG")
    told: list[Any] = []
    state = {"nodes": 8, "titles": {"3": "Sampler"}}
    work = Work(asked.request, lambda *values: told.append(values), asked.stop, asked.commit, state)
    work.report(RunState(), 3)
    at = RunState(True, node="3", within=0.5, done=frozenset({"1", "2"}), preview=buffer.getvalue())
    work.report(at, 3)
    work.report(at, 0)
    work.report(dataclasses.replace(at, node="4", done=frozenset("12345678")), 0)
    work.report(RunState(), 0)
    assert told[0] == (0.02, "In the queue of ComfyUI: 3 before it")
    assert [one[:2] for one in told[1:]] == [
        (pytest.approx(0.05 + 0.85 * 2.5 / 8), "Made by ComfyUI: Sampler"),
        (pytest.approx(0.05 + 0.85 * 2.5 / 8), "Made by ComfyUI: Sampler"),
        (pytest.approx(0.9), "Made by ComfyUI"),
        (0.05, "Made by ComfyUI"),
    ]
    assert told[1][2].shape == (4, 6, 3)
    assert [one[2] for one in told[2:]] == [None] * 3


def test_titles_are_kept_as_far_as_eight_kilobytes_hold_them() -> None:
    graph = {str(index): {"_meta": {"title": "t" * 41}} for index in range(100, 400)}
    facts = facts_of(graph, Fraction(24000, 1001))
    assert (facts["nodes"], facts["rate"]) == (300, "24000/1001")
    assert set(facts["titles"].values()) == {"t" * 40}
    assert list(facts["titles"]) == [
        str(index) for index in range(100, 100 + (8 << 10) // len('{"100": "' + "t" * 40 + '"}'))
    ]


def test_the_key_goes_to_the_accounts_own_address_alone(fake: FakeComfy, monkeypatch: pytest.MonkeyPatch) -> None:
    from backend.engines.hosted.account import accounts
    from backend.engines.hosted.providers import providers

    assert addresses.headers(addresses.address()) == {}  # the account has no key
    found = dataclasses.replace(accounts.account("comfyui", providers()["comfyui"].variable), kept="keyring")  # type: ignore[type-var]
    monkeypatch.setattr(accounts, "account", lambda name, variable: found)
    monkeypatch.setattr(accounts, "key_of", lambda *_: "sk-1")
    assert addresses.headers(fake.url) == {"Authorization": "Bearer sk-1"}
    assert addresses.headers("http://127.0.0.1:1") == {}
    wire = addresses.wire(fake.url, lambda: True)
    assert (wire.secret, wire.pace, wire.plain, wire.cancelled()) == ("sk-1", connect.pace, True, True)
    assert wire.label == f"ComfyUI at {fake.url.partition('://')[2]}"
    wire.close()


def test_without_an_account_it_is_this_machines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TAKE_ONE_HOME", str(tmp_path))
    assert (addresses.address(), addresses.headers(addresses.address())) == ("http://127.0.0.1:8188", {})
    account(tmp_path, "https://there.example/comfy/")
    assert addresses.address() == "https://there.example/comfy"
    about = ComfyEngine("gone").capabilities()
    assert (about.available, about.id, about.name, about.fix) == (False, "comfy:gone", "gone (ComfyUI)", "")
    assert about.reason.startswith("There is no workflow 'gone'")


def test_a_workflow_at_anothers_address_says_what_goes_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TAKE_ONE_HOME", str(tmp_path))
    shelf.add(shelf.DELIVERED / "Guide and Mask.json")
    shelf.add(shelf.DELIVERED / "Side by Side.json")
    account(tmp_path, "https://there.example:9")
    monkeypatch.setattr("backend.engines.comfy.engine.known", lambda at, kinds: (None, "", {}, False))
    guided, side = (ComfyEngine(name).capabilities() for name in ("Guide and Mask", "Side by Side"))
    assert (guided.available, guided.sends_to, guided.account) == (True, "there.example:9", "comfyui")
    assert guided.rate is not None and (guided.rate.amount, guided.rate.per) == (0.0, "second")
    assert (guided.depth, guided.camera_path, guided.views, guided.fps, guided.last_frame) == (
        True,
        True,
        64,
        None,
        False,
    )
    assert (side.depth, side.camera_path, side.views, side.fps, side.last_frame) == (False, False, 2, 24, True)
    assert side.description.startswith("Your own workflow in ComfyUI. It uses: still, last frame")
    monkeypatch.setattr("backend.engines.comfy.engine.known", lambda at, kinds: (False, "timed out.", {}, False))
    away = ComfyEngine("Side by Side").capabilities()
    assert (away.available, away.fix) == (False, "retry")
    assert away.reason == "ComfyUI does not answer at there.example:9 (timed out). Start it, then try again."
    monkeypatch.setattr("backend.engines.comfy.engine.known", lambda at, kinds: (True, "", {}, True))
    assert "lacks nodes" in ComfyEngine("Side by Side").capabilities().reason


def test_what_is_heard_goes_with_the_words_where_it_has_no_node(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: Asked
) -> None:
    monkeypatch.setenv("TAKE_ONE_HOME", str(tmp_path))
    words = {"class_type": "A", "inputs": {"text": ""}, "_meta": {"title": "Prompt"}}
    heard = {"class_type": "A", "inputs": {"text": ""}, "_meta": {"title": "Sound"}}
    loud = {"class_type": "B", "inputs": {"audio": ["1", 0]}, "_meta": {"title": ""}}
    request = dataclasses.replace(asked.request, direction=Direction("She turns", (), "rain"))
    said = {}
    for name, graph in {
        "mute": {"1": words},
        "loud": {"1": words, "2": loud},
        "apart": {"1": words, "2": loud, "3": heard},
    }.items():
        (tmp_path / f"{name}.json").write_text(json.dumps(graph))
        shelf.add(tmp_path / f"{name}.json")
        said[name] = "rain" in ComfyEngine(name).final_prompt(request)
    assert said == {"mute": False, "loud": True, "apart": False}
