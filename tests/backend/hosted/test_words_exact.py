"""What hosted engines say, to the word, and what becomes of a picture and of a clip at each limit."""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PIL import Image

from backend.engines.engine import EngineError
from backend.engines.hosted import connect, fetch
from backend.engines.hosted import engine as hosted
from backend.engines.hosted.account import accounts
from backend.engines.hosted.account.accounts import Account
from backend.engines.hosted.providers import models, providers, runway, videos
from backend.engines.hosted.providers.provider import Poll, Stage
from backend.engines.hosted.request import ask as asking
from backend.engines.hosted.request import still as stills
from backend.engines.hosted.request import words as words_
from backend.engines.hosted.request.model import Pictures
from backend.engines.hosted.wire import http, problems
from backend.engines.hosted.wire.http import Unanswered
from tests.backend.hosted.orders import MODEL, wrong
from tests.backend.hosted.test_pictures import work
from tests.backend.hosted.test_providers import PLACES, polled
from tests.backend.hosted.told import told

PROVIDERS: Any = providers()


def parts(error: EngineError) -> tuple[str, str, str, str | None]:
    return error.code, error.message, error.fix, error.param


@pytest.mark.parametrize(
    ("status", "said", "paid", "wanted"),
    [
        (402, "No", "", ("quota", "P makes nothing more on this account: No. Add credit there, or choose another "
                         "engine.", "accounts")),
        (403, "Overdue", "", ("quota", "P makes nothing more on this account: Overdue. Add credit there, or choose "
                              "another engine.", "accounts")),
        (429, "Quota per minute", "", ("quota", "P takes no more requests now: Quota per minute. Try again later.",
                                       "retry")),
        (401, "Who?", "", ("account_refused", "P does not accept the key: Who? Check the account.", "accounts")),
        (401, "Quota", "", ("account_refused", "P does not accept the key: Quota. Check the account.", "accounts")),
        (401, "Moderation", "It is paid.", ("prompt_refused",
                                            "P refused it: Moderation. Change the words or the still. It is paid.",
                                            "")),
        (400, "NSFW", "", ("prompt_refused", "P refused it: NSFW. Change the words or the still.", "")),
        (500, "Quota", "It is paid.", ("request_refused", "P does not accept this request: Quota.", "")),
        (400, "try again", "", ("request_refused", "P does not accept this request: try again.", "")),
        (429, "NSFW", "", ("quota", "P takes no more requests now: NSFW. Try again later.", "retry")),
    ],
)  # fmt: skip
def test_a_refusal_to_the_word(status: int, said: str, paid: str, wanted: tuple[str, str, str]) -> None:
    assert parts(problems.refused("P", told(status, {"error": said}), paid)) == (*wanted, None)


def test_each_loss_to_the_word() -> None:
    assert parts(problems.expired("P", "a day")) == (
        *("expired", "The clip is not at P any more: it is kept for a day. Make it again.", "retry"),
        None,
    )
    assert parts(problems.uncertain("P", "https://console", "cut off.", "Nobody has a list.")) == (
        "uncertain",
        "Whether P has this request is not known (cut off). Nobody has a list. It may have been paid, so it is not "
        "sent again by itself: see https://console, then send it again or remove it.",
        "send_again",
        None,
    )
    assert parts(problems.unreached("P", "no route")) == (
        *("unreachable", "P can't be reached (no route). Nothing was sent. Try again.", "retry"),
        None,
    )
    with pytest.raises(Unanswered, match=r"^its answer has no id$"):
        problems.ticket("P", told(200, {"id": 5}), id=("id",))
    assert problems.ticket("P", told(201, {"a": {"b": "c"}}), at=("a", "b")) == {"at": "c"}


@pytest.mark.parametrize("name", sorted(PLACES))
def test_who_has_not_kept_what_and_how_long(name: str) -> None:
    provider = PROVIDERS[name]
    words = f"The clip is not at {provider.label} any more: it is kept for {provider.keeps}. Make it again."
    assert parts(wrong(polled, name, told(404, {}))) == ("expired", words, "retry", None)
    refused = wrong(polled, name, told(401, {"error": "no"}))
    assert refused.message == f"{provider.label} does not accept the key: no. Check the account."
    ours = {
        "fal": ("fal", "a day"),
        "runway": ("Runway", "some days"),
        "gemini": ("Gemini API", "two days"),
        "videos": ("the video server", "as long as it runs"),
        "model_studio": ("Alibaba Model Studio", "24 hours"),
    }
    assert (provider.label, provider.keeps) == ours[name]


@pytest.mark.parametrize("status", ["FAILED", "SUCCEEDED", "ODD"])
def test_only_a_task_that_succeeded_has_a_clip(status: str) -> None:
    output = {"task_status": status, "video_url": "https://u", "message": "Oh"}
    found = polled("model_studio", {"output": output})
    assert found.stage is (Stage.DONE if status == "SUCCEEDED" else Stage.FAILED)
    assert found.url == ("https://u" if status == "SUCCEEDED" else "")
    if found.error is not None:
        said = "Alibaba Model Studio could not make it: Oh."
        assert parts(found.error) == ("engine_failed", said, "retry", None)
    unknown = wrong(polled, "model_studio", {"output": {"task_status": "UNKNOWN", "video_url": "https://u"}})
    assert unknown.code == "expired"


@pytest.mark.parametrize(("status", "stage"), [("completed", Stage.DONE), ("odd", Stage.WORKING)])
def test_a_server_s_clip_is_at_its_own_address(status: str, stage: Stage) -> None:
    found = polled("videos", {"status": status, "url": "https://elsewhere", "progress": 100})
    assert found.stage is stage and found.fraction == (None if stage is Stage.DONE else 1.0)
    assert found.url == ("http://here:1/v1/videos/t/content" if stage is Stage.DONE else "")
    gone = polled("videos", told(404, {"status": "failed", "error": {"message": "Oh"}}))  # it says why
    assert gone.error is not None and gone.error.message == "The video server made no clip: Oh."


def test_a_key_has_the_characters_of_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    offline = {"is": False}
    monkeypatch.setattr(connect.accounts, "offline", lambda: offline["is"])
    fal, videos = PROVIDERS["fal"], PROVIDERS["videos"]
    for key in ("kéy", "a\nb", "a\x7f"):
        error = wrong(connect.connect_with, fal, Account("fal"), key)
        assert parts(error) == (
            "account_refused",
            "The key of the account with fal has characters that no key has: copy it again, alone.",
            "accounts",
            None,
        )
    offline["is"] = True
    error = wrong(connect.connect_with, fal, Account("fal"), "key")
    why = "Blender's online access is off, so fal is not asked."
    assert parts(error) == ("online_access", why, "online_access", None)
    connect.check_online(videos, "http://127.0.0.1:1")
    assert wrong(connect.check_online, videos, "http://10.0.0.1:1").code == "online_access"
    assert wrong(connect.check_online, fal, "http://127.0.0.1:1").code == "online_access"  # a provider is elsewhere


# Pictures


def test_a_shape_is_nearest_by_its_ratio_and_not_by_its_difference() -> None:
    assert stills.nearest((100, 48), ("1:1", "4:1")) == "4:1" and stills.nearest((100, 52), ("1:1", "4:1")) == "1:1"
    assert stills.nearest((48, 100), ("1:1", "1:4")) == "1:4"
    assert (stills.width_of("16:9"), stills.width_of("1:4")) == (16 / 9, 0.25)
    assert stills.middle("2:1", (401, 200)) == stills.WHOLE  # half a hundredth is nothing
    assert stills.middle("2:1", (403, 200))[3] == pytest.approx(400 / 403)
    assert stills.middle("2:1", (397, 200))[2] == pytest.approx(397 / 400)


def test_a_picture_of_the_shape_stays_as_it_is_and_another_gets_bars() -> None:
    limits = Pictures(ratios=(0.5, 2.0))
    for size in ((401, 200), (200, 401)):
        picture = Image.new("RGB", size)
        assert stills._framed(picture, limits) == (picture, stills.WHOLE)
    assert stills._framed(Image.new("RGB", (404, 200)), limits)[0].size == (404, 202)
    assert stills._framed(Image.new("RGB", (200, 404)), limits)[0].size == (202, 404)
    frames = Pictures(frames=((1, 1), (3, 1)), ratios=(9.0, 9.0))
    assert stills._framed(Image.new("RGB", (190, 100)), frames)[0].size == (190, 190)
    made, window = stills._framed(Image.new("RGB", (210, 100)), frames)
    assert made.size == (300, 100) and window == (45 / 300, 0.0, 210 / 300, 1.0)


def test_only_a_picture_that_must_be_is_scaled() -> None:
    limits = Pictures(side=100, longest=1000)
    for size in ((1000, 100), (100, 1000), (100, 100)):
        picture = Image.new("RGB", size)
        assert stills._scaled(picture, limits) is picture
    sizes = {(1001, 500): (1000, 500), (99, 500): (100, 505), (1003, 101): (1000, 101), (2000, 100): (2000, 100)}
    assert {size: stills._scaled(Image.new("RGB", size), limits).size for size in sizes} == sizes


def test_a_picture_is_as_light_as_it_must_be(monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[Any] = []
    weights: dict[Any, int] = {}

    def write(picture: Image.Image, kind: str, **options: int) -> bytes:
        written.append((picture.size, kind, options.get("quality"), options.get("subsampling")))
        return b"x" * weights.get((picture.size, options.get("quality")), 100)

    monkeypatch.setattr(stills, "_written", write)
    monkeypatch.setattr(stills, "LIGHT", 50)
    picture = Image.new("RGB", (9, 7))
    weights[(9, 7), None] = 50
    assert stills._encoded(picture, 60) == (b"x" * 50, "image/png", (9, 7))
    assert stills._encoded(picture, 50)[1] == "image/png"
    weights[(9, 7), None] = 51  # light enough for them, and not for the way
    weights[(9, 7), 95] = 61
    weights[(9, 7), 90] = 60
    written.clear()
    assert stills._encoded(picture, 60) == (b"x" * 60, "image/jpeg", (9, 7))
    assert written == [((9, 7), "PNG", None, None), ((9, 7), "JPEG", 95, 0), ((9, 7), "JPEG", 90, 0)]
    weights[(9, 7), 90] = 61
    weights[(4, 3), None] = 40
    written.clear()
    assert stills._encoded(picture, 60) == (b"x" * 40, "image/png", (4, 3))
    assert [quality for size, _, quality, _ in written if size == (9, 7)] == [None, 95, 90, 85, 75, 60]


def test_what_is_light_goes_without_loss() -> None:
    assert stills.LIGHT == 3_145_728 and stills.QUALITIES == (95, 90, 85, 75, 60)
    sent = stills.Sent(b"\0\1", "image/png", (9, 9))
    assert (sent.base64, sent.url, sent.ratio) == ("AAE=", "data:image/png;base64,AAE=", "16:9")
    with pytest.raises(AssertionError):
        assert stills.Seen((1, 1)).first


# The clip


class Wire:
    """Its clips by address: what it answers instead, None where it comes."""

    def __init__(self, **answers: Any) -> None:
        self.answers, self.fetched = answers, list[Any]()

    def fetch(self, url: str, path: Path, arrived: Any) -> Any:
        self.fetched.append((url, path))
        arrived(0.5)
        path.write_bytes(b"clip")
        return self.answers[url]


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("TAKE_ONE_HOME", str(tmp_path))
    return tmp_path / "downloads"


def fetched(wire: Wire, again: Poll) -> tuple[Any, list[Any], list[Any]]:
    """The clip or the error, how it was told, and what the provider was asked."""
    progress: list[Any] = []
    polls: list[Any] = []
    provider: Any = SimpleNamespace(name="prov", label="Prov", keeps="a day")
    provider.poll = lambda *words: polls.append(words) or again
    job = work(progress=lambda *words: progress.append(words))
    try:
        made = fetch.clip_of(provider, MODEL, wire, {"id": "t"}, Poll(Stage.DONE, url="a"), job)  # type: ignore[arg-type]
    except EngineError as error:
        return error, progress, polls
    return made, progress, polls


def test_a_clip_that_comes_is_not_asked_for_twice(here: Path) -> None:
    wire = Wire(a=None)
    made, progress, polls = fetched(wire, Poll(Stage.FAILED))
    assert made.file == wire.fetched[0][1] and made.file.parent == here and made.file.read_bytes() == b"clip"
    assert polls == [] and progress == [(pytest.approx(0.925), "Fetching from Prov")] and len(wire.fetched) == 1


@pytest.mark.parametrize("status", [403, 404, 410])
def test_an_address_that_has_expired_is_asked_for_once_more(here: Path, status: int) -> None:
    wire = Wire(a=told(status), b=None)
    made, progress, polls = fetched(wire, Poll(Stage.DONE, url="b", facts={"new": 1}))
    assert [url for url, _ in wire.fetched] == ["a", "b"] and made.facts["new"] == 1 and len(progress) == 2
    assert polls == [(wire, MODEL, {"id": "t"})]
    for again, urls in ((Poll(Stage.DONE, url="b"), ["a", "b"]), (Poll(Stage.WORKING, url="b"), ["a"])):
        gone = Wire(a=told(status), b=told(status))
        error, _, _ = fetched(gone, again)
        words = "The clip is not at Prov any more: it is kept for a day. Make it again."
        assert parts(error) == ("expired", words, "retry", None) and [url for url, _ in gone.fetched] == urls
        assert not gone.fetched[0][1].exists()


def test_another_answer_than_the_clip_is_said(here: Path) -> None:
    wire = Wire(a=told(500))
    error, _, polls = fetched(wire, Poll(Stage.DONE, url="b"))
    assert parts(error) == ("unreachable", "Prov answers 500 instead of the clip.", "retry", None)
    assert polls == [] and not wire.fetched[0][1].exists()


def test_what_others_left_long_ago_goes_when_the_next_one_comes(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch, "time", SimpleNamespace(time=lambda: 1_000_000.0))
    here.mkdir()
    for name, age in (("old", 172_801), ("new", 172_799)):
        (here / name).write_bytes(b"")
        os.utime(here / name, (0, 1_000_000 - age))
    (here / "folder").mkdir()  # which can't be removed so
    os.utime(here / "folder", (0, 0))
    one, same, other = (fetch.place("prov", ticket) for ticket in ({"a": 1, "b": 2}, {"b": 2, "a": 1}, {"a": 2}))
    assert one == same != other and one.parent == here
    assert one.name.startswith("prov-") and one.suffix == ".mp4" and len(one.stem) == 5 + 24
    assert sorted(path.name for path in here.iterdir()) == ["folder", "new"]
    assert here.parent.stat().st_mode & 0o777 == 0o700


def test_what_of_a_clip_is_to_be_known() -> None:
    whole = work(asked=dataclasses.replace(work().asked, seconds=5))
    assert fetch._notes(MODEL, whole) == ()
    blind = dataclasses.replace(MODEL, references=1, seed=False)
    assert fetch._notes(blind, work()) == (
        "Model M makes clips of whole lengths: 6 s were made and paid.",
        "Model M made it of pictures: it does not begin with the still.",
        "Model M takes no seed: made again, it comes out otherwise.",
    )
    known = models()
    assert all(model.lengths == tuple(sorted(model.lengths)) for _, model in known.values())
    assert all(known[name][1].id == name for name in known)


def test_the_bounds_of_what_is_sent_and_of_what_comes() -> None:
    """Bytes, tries and seconds, as the pages of the providers and ours say them."""
    assert (http.CONNECT_SECONDS, http.READ_SECONDS, http.SEND_SECONDS) == (10.0, 30.0, 60.0)
    assert (http.MAX_ANSWER, http.MAX_CLIP, http.MAX_PAUSE, http.REDIRECTS) == (8_388_608, 2_147_483_648, 30.0, 3)
    assert (hosted.LOOK_FOR_SECONDS, hosted.TRIES, hosted.QUOTE_SECONDS, hosted.NO_QUOTE_SECONDS) == (
        30.0,
        6,
        600.0,
        5.0,
    )
    assert (accounts.MAX_FILE, accounts.MAX_KEY, problems.MOST, fetch.OLD_SECONDS) == (1_048_576, 4096, 300, 172_800.0)
    assert (asking.MAX_SEED, words_.MOST_SHOTS) == (2_147_483_647, 16)
    assert Pictures() == Pictures(300, 2048, (0.4, 2.5), 10_485_760, ())
    assert (runway.MOST_CREDITS, runway.CREDIT, runway.DATA_URI) == (1e9, 0.01, 3_700_000)
    assert runway.GEN == ((1280, 720), (720, 1280), (1104, 832), (832, 1104), (960, 960), (1584, 672))
    assert (videos.GRID, videos.CLOCKS) == (16, 300.0)


def test_an_address_that_is_none_is_shown_without_what_is_secret_in_it() -> None:
    host = "x" * 90
    for url, shown in (
        ("http://example.com/path?key=1", "http://example.com"),
        ("https://me:hush@example.com", "https://example.com"),
        ("ftp://example.com", "ftp://example.com"),
        (f"http://{host}.com", f"http://{host}.co"),  # a hundred characters of it
        ("nothing", "://"),
    ):
        said = f"{shown} is no https:// address, so nothing is sent there."
        assert parts(wrong(http.checked, url)) == ("invalid_request", said, "accounts", None)
    assert http.checked("http://127.0.0.1:1/a") == "http://127.0.0.1:1/a"
    assert http.checked("https://example.com") == "https://example.com"
