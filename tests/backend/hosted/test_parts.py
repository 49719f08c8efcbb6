"""The parts of a hosted order by themselves: words, lengths, prices, what a refusal means. No server runs."""

from __future__ import annotations

import dataclasses
from types import SimpleNamespace
from typing import Any

import pytest

from backend.engines.hosted.engine import _shown
from backend.engines.hosted.request.ask import MAX_SEED, ask, describe, price
from backend.engines.hosted.request.words import compose, numbered, prompt_of, shots_of
from backend.engines.hosted.wire.nearness import distance
from backend.engines.hosted.wire.problems import expired, refused, sentence, ticket, uncertain, unreached, words
from client.protocol import Direction, Line, Price, Tariff
from client.protocol.several import PartOfClip
from tests.backend.hosted.orders import MODEL, request, wrong


def test_a_direction_is_one_paragraph_of_prose() -> None:
    lines = (Line(" Anna: ", "German", 'Das "Ende".'), Line("", "English", "Yes"))
    said = compose(Direction(" Push\n in ", lines, " rain.  wind. "))
    assert said == (
        'Push in. Anna says in German, "Das \'Ende\'." The person in view says in English, "Yes." Sound: rain. wind.'
    )
    assert compose(Direction()) == "The scene of the first frame comes to life with small, natural movements."
    for end in ".!?…":
        assert compose(Direction("Go" + end)) == "Go" + end


def test_a_silent_clip_gets_the_picture_and_a_prompt_that_was_written_is_taken_as_it_is() -> None:
    asked = request(direction=Direction("Push in", (Line(line="Yes"),), "rain"))
    assert prompt_of(asked, sound=False) == "Push in."
    assert prompt_of(asked) == 'Push in. The person in view says in English, "Yes." Sound: rain.'
    assert prompt_of(dataclasses.replace(asked, options={"final_prompt": " as it is "})) == " as it is "
    assert prompt_of(dataclasses.replace(asked, options={"final_prompt": " "}), False) == "Push in."


def test_several_shots_are_numbered_by_their_seconds() -> None:
    shots = shots_of(request(options={"shots": [{"prompt": " a  b", "seconds": 3}, {"prompt": "c", "seconds": 60}]}), 3)
    assert numbered(shots) == "Shot 1 (0-3s): a b\nShot 2 (3-63s): c"
    parts = (PartOfClip(Direction("one"), 2.0), PartOfClip(Direction("two", sound="rain"), 3.0))
    found = shots_of(request(shots=parts), 3)
    assert [(shot.prompt, shot.seconds) for shot in found] == [("one.", 2), ("two. Sound: rain.", 3)]
    assert shots_of(request(), 3) == ()


@pytest.mark.parametrize(
    "shots",
    [
        [],
        "abc",
        5,
        [{"prompt": "a", "seconds": 1}] * 4,
        [{"prompt": " ", "seconds": 1}],
        [{"prompt": "a", "seconds": 0}],
        [{"prompt": "a", "seconds": 61}],
        [{"prompt": "a", "seconds": True}],
        [{"prompt": "a", "seconds": 1.5}],
        ["a"],
    ],
)
def test_shots_that_are_none_are_refused(shots: Any) -> None:
    assert wrong(shots_of, request(options={"shots": shots}), 3).param == "extra_params.options.shots"


def test_no_clip_has_more_than_sixteen_shots() -> None:
    shots = [{"prompt": "a", "seconds": 1}] * 17
    assert len(shots_of(request(options={"shots": shots[:16]}), 20)) == 16
    assert "a list of 1 to 16 shots" in wrong(shots_of, request(options={"shots": shots}), 20).message


def test_shots_of_broken_seconds_are_refused() -> None:
    parts = (PartOfClip(Direction("one"), 2.5), PartOfClip(Direction("two"), 2.5))
    assert "whole seconds" in wrong(shots_of, request(shots=parts), 3).message


@pytest.mark.parametrize(
    ("wanted", "made"), [(0.1, 4), (4.0, 4), (4.0000005, 4), (4.1, 6), (6.1, 10), (10.0, 10), (99.0, 10)]
)
def test_a_model_makes_the_shortest_length_that_holds_it(wanted: float, made: int) -> None:
    assert MODEL.seconds(wanted) == made
    assert ask(MODEL, request(seconds=wanted)).seconds == made


def test_what_is_asked_of_a_model() -> None:
    asked = ask(MODEL, request(seed=MAX_SEED + 5, options={"quality": "1080p", "sound": False}))
    assert asked == dataclasses.replace(asked, endpoint="there/m", prompt="Push in.", seconds=6, seed=4)
    assert (asked.resolution, asked.sound, asked.shots) == ("1080p", False, ())
    assert (ask(MODEL, request()).resolution, ask(MODEL, request()).sound) == ("720p", True)
    assert ask(MODEL, request(seed=MAX_SEED)).seed == MAX_SEED
    for sound, made in (("always", True), ("never", False)):
        other = dataclasses.replace(MODEL, sound=sound)
        assert ask(other, request(options={"sound": not made})).sound is made
    assert dataclasses.replace(MODEL, resolutions=("480p", "1080p")).resolution == "480p"
    assert dataclasses.replace(MODEL, resolutions=()).resolution == ""
    named = dataclasses.replace(MODEL, endpoint="")
    assert ask(named, request(options={"model": "chosen"})).endpoint == "chosen"


def test_a_prompt_is_counted_to_its_last_character() -> None:
    exact = request(direction=Direction("x" * 59))
    assert len(ask(MODEL, exact).prompt) == 60
    error = wrong(ask, MODEL, request(direction=Direction("x" * 60)))
    assert error.param == "prompt" and "takes 60 characters" in error.message and "has 61" in error.message


@pytest.mark.parametrize(
    ("seconds", "fix", "words_"),
    [
        ((5, 6), "shorter", "at most 10 seconds, and the shots have 11"),
        ((2, 3), "", "at least 3 seconds, and one has 2"),
    ],
)
def test_shots_that_go_into_no_clip(seconds: tuple[int, ...], fix: str, words_: str) -> None:
    model = dataclasses.replace(MODEL, shortest_shot=3, prompt_limit=999)
    shots = [{"prompt": "a", "seconds": one} for one in seconds]
    error = wrong(ask, model, request(options={"shots": shots}))
    assert error.fix == fix and words_ in error.message
    good = ask(model, request(options={"shots": [{"prompt": "a", "seconds": 3}, {"prompt": "b", "seconds": 4}]}))
    assert (good.seconds, good.shots) == (10, ()) and good.prompt.startswith("Shot 1 (0-3s): a")
    listed = ask(
        dataclasses.replace(model, fields={"shots": "list"}),
        request(options={"shots": [{"prompt": "a", "seconds": 3}]}),
    )
    assert [(shot.prompt, shot.seconds) for shot in listed.shots] == [("a", 3)] and listed.seconds == 4
    assert listed.digest != good.digest


@pytest.mark.parametrize(
    ("options", "amount"),
    [
        ({}, 0.6),
        ({"sound": False}, 0.42),
        ({"quality": "1080p"}, 1.8),
        ({"quality": "1080p", "sound": False}, 1.8),
        ({"quality": "480p"}, 0.6),
    ],
)
def test_a_price_is_the_first_rate_that_fits_times_the_seconds_that_are_made(options: dict, amount: float) -> None:
    assert price(MODEL, ask(MODEL, request(options=options))) == Price(
        amount, as_of="2026-03-01", source="https://prices"
    )
    info = describe(MODEL, "prov", "Provider")
    said = info.price(5, options)
    assert said is not None and said.amount == amount  # as the card says it


def test_an_engine_is_described_as_its_model_is() -> None:
    info = describe(MODEL, "prov", "Provider")
    assert (info.max_seconds, info.lengths, info.shots, info.shot_seconds, info.shot_requests) == (
        10.0,
        (4.0, 6.0, 10.0),
        3,
        1.0,
        True,
    )
    assert (info.sound, info.dialogue, info.views, info.last_frame) == (True, True, 1, False)
    assert (info.account, info.sends_to, info.lane, info.priced) == ("prov", "Provider", "network", True)
    assert [option.name for option in info.options] == ["quality", "sound"] and info.options[0].default == "720p"

    def second(amount: float) -> Price:
        return Price(amount, as_of="2026-03-01", source="https://prices", per="second")

    assert info.rate == second(0.1)
    assert info.tariffs == (
        Tariff(second(0.3), {"quality": "1080p"}),
        Tariff(second(0.1), {"sound": True}),
        Tariff(second(0.07), {}),
    )
    silent = describe(dataclasses.replace(MODEL, sound="never", last_frame=True, shots=1, references=4), "p", "P")
    assert [tariff.price.amount for tariff in silent.tariffs] == [0.3, 0.07] and silent.rate == second(0.07)
    assert (silent.sound, silent.views, silent.shot_seconds, silent.shot_requests) == (False, 2, 0.0, False)
    assert [option.name for option in silent.options] == ["quality", "with_still"] and silent.references == 4
    free = describe(dataclasses.replace(MODEL, prices=None), "p", "P")
    assert (free.rate, free.tariffs, free.priced) == (None, (), False)


@pytest.mark.parametrize(
    ("host", "near"),
    [
        ("localhost", "machine"),
        ("a.localhost.", "machine"),
        ("127.0.0.1", "machine"),
        ("127.1", "machine"),
        ("2130706433", "machine"),
        ("0177.0.0.1", "machine"),
        ("0.0.0.0", "machine"),
        ("::1", "machine"),
        ("::", "machine"),
        ("::ffff:127.0.0.1", "machine"),
        ("64:ff9b::7f00:1", "machine"),
        ("192.168.1.1", "network"),
        ("10.0.0.9", "network"),
        ("169.254.169.254", "network"),
        ("fe80::1%eth0", "network"),
        ("fec0::1", "network"),
        ("fd00::1", "network"),
        ("224.0.0.1", "network"),
        ("::ffff:10.0.0.1", "network"),
        ("2002:0a00:0001::", "network"),
        ("64:ff9b::808:808", ""),
        ("8.8.8.8", ""),
        ("2606:4700::1111", ""),
        ("example.com", ""),
        ("localhost.example.com", ""),
        ("", ""),
    ],
)
def test_how_near_a_host_is(host: str, near: str) -> None:
    assert distance(host) == near


def answer(status: int, data: Any) -> Any:
    def get(*path: str) -> Any:
        found = data
        for name in path:
            found = found.get(name) if isinstance(found, dict) else None
        return found

    return SimpleNamespace(status=status, data=data, good=200 <= status < 300, get=get)


@pytest.mark.parametrize(
    ("status", "said", "code", "fix"),
    [
        (402, "No.", "quota", "accounts"),
        (403, "Your balance is too low", "quota", "accounts"),
        (400, "Insufficient credits", "quota", "accounts"),
        (404, "billing page", "request_refused", ""),
        (429, "Quota exceeded: too many requests per minute", "quota", "retry"),
        (429, "Quota exhausted", "quota", "accounts"),
        (429, "Slow down", "quota", "retry"),
        (401, "Wrong key", "account_refused", "accounts"),
        (403, "Forbidden", "account_refused", "accounts"),
        (403, "Blocked by content policy", "prompt_refused", ""),
        (400, "NSFW", "prompt_refused", ""),
        (422, "seconds: too long", "request_refused", ""),
    ],
)
def test_what_a_refusal_means(status: int, said: str, code: str, fix: str) -> None:
    error = refused("Prov", answer(status, {"error": {"message": said}}), "It was paid.")
    assert (error.code, error.fix) == (code, fix) and error.message.startswith("Prov ") and said in error.message
    assert ("It was paid." in error.message) == (code == "prompt_refused")


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ({"error": "Broken"}, "Broken."),
        ({"error": {"message": "Broken!", "code": "E1"}}, "Broken! (E1)."),
        ({"message": "Broken E1", "code": "E1"}, "Broken E1."),
        ({"detail": [{"msg": "a", "type": "value_error.x"}, {"msg": "b", "type": "odd"}, "c", "d"]}, "a; b (odd); c."),
        ({"output": {"message": "Inside", "code": 5}}, "Inside."),
        ({"failure": "Why?"}, "Why?"),
        ([], "HTTP 418."),
        (None, "HTTP 418."),
    ],
)
def test_what_a_provider_says_is_found_in_any_shape(data: Any, text: str) -> None:
    assert words(answer(418, data)) == text


def test_anothers_words_are_cut_and_ended() -> None:
    assert sentence(" a\n b ") == "a b." and sentence("a!") == "a!"
    assert sentence("x" * 300) == "x" * 300 + "." and sentence("x" * 301) == "x" * 300 + " ..."


def test_a_ticket_is_whole_or_there_is_none() -> None:
    good = answer(200, {"id": "a", "urls": {"get": "b"}, "n": 5})
    assert ticket("P", good, id=("id",), url=("urls", "get")) == {"id": "a", "url": "b"}
    with pytest.raises(Exception, match="no id"):
        ticket("P", good, id=("id",), number=("n",))
    assert wrong(lambda: ticket("P", answer(402, {}), id=("id",))).code == "quota"


def test_each_loss_says_whether_it_was_paid() -> None:
    lost = uncertain("Prov", "https://console", "no answer.", "It was not found.")
    assert (lost.code, lost.fix) == ("uncertain", "send_again")
    assert (
        "not known (no answer). It was not found. It may have been paid" in lost.message
        and "https://console" in lost.message
    )
    away = unreached("Prov", "refused.")
    assert (away.code, away.fix, away.message) == (
        "unreachable",
        "retry",
        "Prov can't be reached (refused). Nothing was sent. Try again.",
    )
    gone = expired("Prov", "24 hours")
    assert (gone.code, gone.fix) == ("expired", "retry") and "kept for 24 hours" in gone.message


@pytest.mark.parametrize(
    ("told", "wanted"),
    [
        ((0, None), (0.02, "In the queue of P: next")),
        ((1, 0.5), (0.02, "In the queue of P: 1 before it")),
        ((None, 0.0), (0.05, "Made by P")),
        ((None, 0.5), (0.475, "Made by P")),
        ((None, 7.0), (0.9, "Made by P")),
        ((None, -1.0), (0.05, "Made by P")),
        ((None, None), (0.05, "Made by P since 1:05")),
    ],
)
def test_how_far_an_order_is(told: tuple[Any, Any], wanted: tuple[float, str]) -> None:
    provider: Any = SimpleNamespace(label="P")
    fraction, stage = _shown(provider, *told, 65.9)
    assert (pytest.approx(fraction), stage) == wanted


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"message": "Broken", "code": "E1", "type": "t", "failureCode": "f", "status": "s"}, "Broken (E1)."),
        ({"message": "Broken", "type": "t", "failureCode": "f", "status": "s"}, "Broken (t)."),
        ({"message": "Broken", "failureCode": "f", "status": "FAILED"}, "Broken (f)."),
        ({"message": "Broken", "status": "FAILED"}, "Broken (FAILED)."),
        ({"message": "FAILED: it broke", "status": "FAILED"}, "FAILED: it broke."),
        ({"message": "Broken", "code": 7}, "Broken."),
        ({"msg": "Field", "type": "value_error.x"}, "Field."),
        ({"msg": "Field", "type": "missing"}, "Field."),
        ({"error": {"message": "Deep", "code": "E"}, "detail": "not this"}, "Deep (E)."),
        ({"error": None, "detail": [{"msg": "a"}, {"msg": "b"}, "", {"msg": "d"}]}, "a; b."),
        ({"failure": "gone"}, "gone."),
        ({"output": {"message": "Inner", "code": "C"}}, "Inner (C)."),
        ({"status": "FAILED"}, "HTTP 418."),
        ([], "HTTP 418."),
        (None, "HTTP 418."),
        ("plain words", "plain words."),
    ],
)
def test_what_an_answer_says_in_any_of_its_shapes(data: Any, said: str) -> None:
    assert words(SimpleNamespace(data=data, status=418)) == said  # type: ignore[arg-type]
