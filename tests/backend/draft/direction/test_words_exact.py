"""The words of a direction before they are moves: figures, clauses, stretches of time, eases."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from backend.engines.draft.direction import clauses, eases, timeline, words
from backend.engines.draft.direction.found import Found
from backend.engines.draft.direction.modifiers import in_manner, modified
from backend.engines.draft.direction.plain.amounts import numbers
from backend.engines.draft.direction.steps import Step

# What is asked, of which words, and what it answers.
ANSWERS: dict[str, tuple[Callable[..., Any], dict[str, Any]]] = {
    "a figure with its unit": (
        lambda text: (found := words.measure_at(text.split(), 0)) and (found.kind, round(found.value, 9), found.length),
        {
            "half turn": ("degrees", 180.0, 2),
            "half circle now": ("degrees", 180.0, 2),
            "quarter turn": ("degrees", 90.0, 2),
            "quarter circle": ("degrees", 90.0, 2),
            "full turn": ("degrees", 360.0, 2),
            "full circle": ("degrees", 360.0, 2),
            "twice": ("factor", 2.0, 1),
            "two full turns": ("degrees", 720.0, 3),
            "two complete laps": ("degrees", 720.0, 3),
            "a full turn": None,
            "3 turns": ("degrees", 1080.0, 2),
            "1 turns": None,
            "one turn": ("degrees", 360.0, 2),
            "a turn": None,
            "half a turn": ("degrees", 180.0, 3),
            "an circle": ("degrees", 360.0, 2),
            "2 loops": ("degrees", 720.0, 2),
            "90 degrees": ("degrees", 90.0, 2),
            "30 °": ("degrees", 30.0, 2),
            "2.5 m": ("metres", 2.5, 2),
            "2,5 metres": ("metres", 2.5, 2),
            "10 cm": ("metres", 0.1, 2),
            "5 mm": ("metres", 0.005, 2),
            "3 feet": ("metres", 0.9144, 2),
            "6 inches": ("metres", 0.1524, 2),
            "2 yards": ("metres", 1.8288, 2),
            "4 steps": ("metres", 2.8, 2),
            "2 floors": ("metres", 6.0, 2),
            "1 km": ("metres", 1000.0, 2),
            "3 s": ("seconds", 3.0, 2),
            "two beats": ("seconds", 2.0, 2),
            "half halfshot": ("share", 0.25, 2),
            "a thirdshot": ("share", 0.333, 2),
            "one quartershot": ("share", 0.25, 2),
            "2 x": ("factor", 2.0, 2),
            "3 times": ("factor", 3.0, 2),
            "20 %": ("percent", 20.0, 2),
            "20 percent": ("percent", 20.0, 2),
            "90": ("degrees", 90.0, 1),
            "180": ("degrees", 180.0, 1),
            "270": ("degrees", 270.0, 1),
            "360": ("degrees", 360.0, 1),
            "91": None,
            "a couple of seconds": None,
            "couple metres": ("metres", 2, 2),
            "forty five degrees": ("degrees", 45.0, 3),
            "forty degrees": ("degrees", 40.0, 2),
            "half an hour": None,
            "half a metre": ("metres", 0.5, 3),
            "half metre": ("metres", 0.5, 2),
            "the door": None,
            "5": None,
            "hundred m": ("metres", 100, 2),
        },
    ),
    "a number and its length": (
        lambda text: words.number_at(text.split(), 0),
        {
            "9999999999": (1000000.0, 1),
            "half": (0.5, 1),
            "half a": (0.5, 2),
            "half an": (0.5, 2),
            "half the": (0.5, 1),
            "couple": (2, 1),
            "couple of": (2.0, 2),
            "couple ofs": (2, 1),
            "a": (1.0, 1),
            "an": (1.0, 1),
            "the": None,
            "forty five": (45, 2),
            "forty": (40, 1),
        },
    ),
    "which words are of a figure": (
        lambda text: words.measured(text.split()),
        {
            "push in over 3 seconds now": [False, False, False, True, True, False],
            "half a turn left": [True, True, True, False],
            "two": [False],
        },
    ),
    "words and names": (
        lambda text: [(one.text, one.named) for one in words.tokens(text)],
        {
            "Anna walks. Ben sits, A b": [
                ("anna", False),
                ("walks", False),
                (".", False),
                ("ben", False),
                ("sits", False),
                (",", False),
                ("a", False),
                ("b", False),
            ],
            "push-in 2.5m - “Go left” now": [
                ("push", False),
                ("in", False),
                ("2.5", False),
                ("m", False),
                ("-", False),
                ("now", False),
            ],
            "it’s “x": [("it's", False), ("x", False)],
            "a…B": [("a", False), ("...", False), ("b", False)],
            "“": [],
        },
    ),
    "clauses and how they join": (
        lambda text: [(" ".join(one.words), one.link) for one in clauses.clauses(words.tokens(text))],
        {
            "push in, then pan left": [("push in", "sentence"), ("pan left", "then")],
            "push in. Then pan left": [("push in", "sentence"), ("pan left", "then")],
            "push in and tilt up": [("push in", "sentence"), ("tilt up", "and")],
            "push in while tilting up": [("push in", "sentence"), ("tilting up", "with")],
            "after 2 seconds push in": [("2 seconds", "after"), ("push in", "comma")],
            "after 2 seconds": [("2 seconds", "after")],
            "before the push in, hold": [("hold", "sentence"), ("the push in", "then")],
            "hold before the push in": [("hold", "sentence"), ("the push in", "then")],
            "a frying pan": [("a thing", "sentence")],
            "come in through the door": [("thing through the door", "sentence")],
            "we come in through the door": [("we come in through the door", "sentence")],
            "pan left over 3 seconds": [("pan left over 3 seconds", "sentence")],
            "left over food": [("thing food", "sentence")],
            "between the bed and the wardrobe": [("between the bed and the wardrobe", "sentence")],
            "between the bed and push in": [("between the bed", "sentence"), ("push in", "and")],
            "tracks with the cyclist": [("tracks with the cyclist", "sentence")],
            "glides with her": [("glides with her", "sentence")],
            "rises with her": [("rises", "sentence"), ("her", "with")],
            "pull back; at the same time tilt up": [("pull back", "sentence"), ("tilt up", "with")],
            "Shot 2: push in": [("shot 2", "sentence"), ("push in", "sentence")],
            "first: then push in": [("first", "sentence"), ("push in", "then")],
            "a slow pace: push in": [("a slow pace", "sentence"), ("push in", "comma")],
            "past the camera, which stays locked": [("past the camera", "sentence"), ("camera stays locked", "comma")],
            "past the car, which stays locked": [("past the car", "sentence"), ("stays locked", "comma")],
            "push right in": [("push in", "sentence")],
            "push right into the room": [("push into the room", "sentence")],
            "dolly right up to the mirror": [("dolly to the mirror", "sentence")],
            "dolly right up": [("dolly right up", "sentence")],
            "push right in front": [("push right in front", "sentence")],
            "push right in a circle": [("push right in a circle", "sentence")],
            "push right in 3 seconds": [("push right in 3 seconds", "sentence")],
            "pan right in": [("pan right in", "sentence")],
            "instead of a pan": [("without a pan", "sentence")],
            "rather than": [("without", "sentence")],
            "next to the door": [("beside the door", "sentence")],
            "from left to right": [("rightwards", "sentence")],
            "right to left": [("leftwards", "sentence")],
            "left to left": [("left to left", "sentence")],
            "push in but pan left": [("push in", "sentence"), ("pan left", "but")],
            "push in, to reveal the room": [("push in", "sentence"), ("the room", "comma")],
            "then push in": [("push in", "sentence")],
            "with a pan": [("a pan", "sentence")],
            "push in - pan left": [("push in", "sentence"), ("pan left", "comma")],
            "push in -> pan left": [("push in", "sentence"), ("pan left", "then")],
            "back wall pan": [("wall pan", "sentence")],
        },
    ),
    "clauses that only ease": (
        lambda text: eases._eases(text.split()),
        {
            "ease in": "in",
            "slowly ease out": "out",
            "ease in the door": "",
            "ease": "",
            "ease up": "",
            "easing out end": "out",
            "in ease": "",
        },
    ),
    "stretches of time": (
        lambda text: [(one.text, one.seconds) for one in timeline.parts(text)],
        {
            "0-2s: static; 2-5s: push in": [(" static; ", 2.0), (" push in", 3.0)],
            "[00:03] pan left": [("[00:03] pan left", None)],
            "[0:00] hold [0:03.5] pan left": [("hold ", 3.5), ("pan left", None)],
            "hold 2-3 seconds": [("hold 2-3 seconds", None)],
            "push in 2 m": [("push in 2 m", None)],
            "at 2s pan left": [("at 2s pan left", None)],
            "0s: a, at 2s pan": [(" a, at ", 2.0), ("pan", None)],
            "frames 1-48: push in, frames 49-72: pan": [(" push in, ", 2.0), (" pan", 1.0)],
            "1:00:00-1:00:04 push": [("push", 4.0)],
            "3-2s: x": [("3-2s: x", None)],
            "(2-4 sec) push in": [("push in", 2.0)],
            "t=0: hold t=2: pan": [("t=0: hold t=2: pan", None)],
            "from 0 to 3 seconds: push": [(" push", 3.0)],
            "intro. 1-3s: push": [("intro. ", None), (" push", 2.0)],
            "5s: x 2s: y": [("5s: x 2s: y", None)],
            "0-2s: a; 1-3s: b; 2-3s: c": [(" a; 1-3s: b; ", 2.0), (" c", 1.0)],
        },
    ),
}


@pytest.mark.parametrize("what", ANSWERS)
def test_what_parts_of_a_direction_mean(what: str) -> None:
    ask, answers = ANSWERS[what]
    assert {text: ask(text) for text in answers} == answers


NUMBERS = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
TENS = {"twelve": 12, "fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "ninety": 90}


def test_numbers_in_words_are_their_numbers() -> None:
    for value, word in enumerate(NUMBERS, 1):
        assert words.number_at([word, "metres"], 0) == (value, 1)
    for word, value in {**TENS, "forty five": 45, "hundred": 100}.items():
        assert words.number_at(word.split(), 0) == (value, len(word.split()))


@pytest.mark.parametrize(
    ("kind", "before", "fields"),
    [
        ("seconds", "last", {"seconds": 2.0, "late": True}),
        ("seconds", "final", {"seconds": 2.0, "late": True}),
        ("share", "closing", {"share": 2.0, "late": True}),
        ("metres", "last", {"metres": 2.0}),
        ("seconds", "after", {"delay": 2.0}),
        ("seconds", "at", {"delay": 2.0}),
        ("seconds", "for", {"seconds": 2.0}),
        ("share", "at", {"share": 2.0}),
        ("degrees", "after", {"degrees": 2.0}),
        ("percent", "", {"factor": 1.02}),
    ],
)
def test_what_a_figure_is_about(kind: str, before: str, fields: dict[str, float]) -> None:
    assert words.meant(words.Measure(kind, 2.0, 2), before) == fields
    for value, factor in ((100.0, 2.0), (101.0, 1.01), (250.0, 2.5)):
        assert words.meant(words.Measure("percent", value, 2), "") == {"factor": factor}


def test_steps_share_what_is_left_of_their_stretch() -> None:
    steps = [Step("push", 1), Step("pan", 1, seconds=2.0), Step("tilt", 1, together=True), Step("handheld", 1)]
    for seconds, left in ((5.0, 3.0), (1.0, 0.1), (2.05, 0.1)):
        assert [one.seconds for one in timeline.lasting(steps, seconds)] == [left, 2.0, None, None]
    assert [one.seconds for one in timeline.lasting([*steps, Step("roll", 1)], 5.0)] == [1.5, 2.0, None, None, 1.5]
    assert timeline.lasting([], 3.0) == [Step("hold", 1, seconds=3.0)]
    assert timeline.lasting([Step("push", 1, seconds=9.0)], 3.0) == [Step("push", 1, seconds=9.0)]


# Each word that says how much or how fast, by what it says.
SPEEDS = {
    "glacial": 0.4, "creeping": 0.5, "slowly": 0.6, "calm": 0.7, "gentle": 0.75, "steady": 0.9, "brisk": 1.5,
    "energetic": 1.6, "fast": 1.8, "rapid": 2.0, "sudden": 2.5, "crash": 3.0, "whip": 4.0,
}  # fmt: skip
AMOUNTS = {
    "invisible": 0.2, "barely": 0.25, "tiny": 0.3, "subtle": 0.4, "slight": 0.5, "short": 0.6, "modest": 0.7,
    "gently": 0.8, "all": 1.0, "extremely": 1.3, "further": 1.4, "long": 1.5, "dramatic": 1.6, "far": 1.7, "huge": 2.0,
}  # fmt: skip
LENGTHS = {
    "mm": 0.001,
    "cm": 0.01,
    "inches": 0.0254,
    "ft": 0.3048,
    "paces": 0.7,
    "yards": 0.9144,
    "meters": 1,
    "km": 1000,
}


def test_how_much_and_how_fast_words_are() -> None:
    assert {word: words.SPEEDS[word] for word in SPEEDS} == SPEEDS
    assert {word: words.AMOUNTS[word] for word in AMOUNTS} == AMOUNTS
    assert {word: words.METRES[word] for word in LENGTHS} == LENGTHS
    assert len(set(words.SPEEDS.values())) == len(SPEEDS) and len(set(words.AMOUNTS.values())) == len(AMOUNTS)


def manner(text: str, move: Found | None = None, **told: float) -> tuple[float, float, str]:
    made = modified(Step("push", 1, **told), text.split(), 0, len(text.split()), move)  # type: ignore[arg-type]
    return round(made.amount, 6), round(made.speed, 6), made.ease


def test_what_words_of_manner_do_to_a_step() -> None:
    assert manner("slowly") == (1.0, 0.6, "smooth") and manner("very slowly") == (1.0, round(0.6**1.4, 6), "smooth")
    assert manner("extremely slowly")[1] == round(0.6**1.4, 6) and manner("quite slowly")[1] == 0.6
    assert manner("slowly", speed=2.0)[1] == 1.2 and manner("huge", amount=3.0)[0] == 4.0
    assert manner("glacial glacial")[1] == 0.2 and manner("whip whip")[1] == 6.0 and manner("barely barely")[0] == 0.1
    assert manner("not too fast")[1] == 1.0 and manner("no a b fast")[1] == 1.0 and manner("no a b c fast")[1] == 1.8
    assert (
        manner("long shot")[0] == 1.0 and manner("long door")[0] == 1.5 and manner("very long")[0] == round(1.5**1.4, 6)
    )
    assert [manner(text)[2] for text in ("linear", "accelerating", "ease in", "ease out", "ease up")] == [
        "linear", "in", "in", "out", "smooth",
    ]  # fmt: skip
    move = Found(0, 2, "push", 1, "base", "push", True)
    assert manner("push in on the big house", move)[0] == 1.0 and manner("push in a little", move)[0] == 0.5
    assert manner("push in slowly", move)[1] == 0.6 and manner("push in on big", move)[0] == 1.6
    assert manner("ease in", replace(move, verb="ease"))[2] == "smooth"
    assert manner("creeping in", replace(move, verb="creep"))[1] == 1.0
    assert manner("creeping in", replace(move, verb="creep", everyday=False))[1] == 0.5
    wide = replace(move, end=4, kind="pan", verb="pan")
    assert manner("pan the large right", wide)[0] == 1.0 and manner("pan a large right", wide)[0] == 1.6


def test_a_step_in_the_manner_that_was_asked_for_before() -> None:
    asked = Step("hold", 1, 0.5, 90.0, 2.0, None, 3.0, 0.5, 1.0, True, 0.6, "in")
    made = in_manner(Step("push", -1, 3.0), asked)
    assert (made.kind, made.sign, made.amount, made.speed, made.ease, made.late) == ("push", -1, 1.5, 0.6, "in", True)
    assert (made.degrees, made.metres, made.seconds, made.share, made.delay) == (90.0, 2.0, 3.0, 0.5, 1.0)
    own = Step("push", 1, 1.0, 10.0, 4.0, None, 5.0, 0.25, 6.0, True, 2.0, "out")
    assert in_manner(own, replace(asked, late=False, amount=9.0)) == replace(own, amount=4.0)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("german", "elf, fünfundvierzig, neunzehn, hundertachtzig, dreihundertsechzig", "11, 45, 19, 180, 360"),
        ("french", "onze, vingt et un, trente-cinq, quatre-vingt-dix, cent vingt", "11, 21, 35, 90, 120"),
        ("spanish", "diecinueve, veinticuatro, treinta y cinco, cien", "19, 24, 35, 100"),
        ("italian", "undici, ventotto, trentacinque, novanta", "11, 28, 35, 90"),
        ("portuguese", "quatorze, vinte e dois, noventa, cem", "14, 22, 90, 100"),
        ("dutch", "elf, vijfenveertig, negentig, honderd", "11, 45, 90, 100"),
        ("chinese", "十度, 十五, 四十五, 一百八十, 三百六十", "10度, 15, 45, 180, 360"),
        ("korean", "십도 이십도 삼십도 사십도 사십오도 오십도 육십도 구십도 백팔십도 삼백육십도",
         "10도 20도 30도 40도 45도 50도 60도 90도 180도 360도"),
    ],
)  # fmt: skip
def test_numbers_of_other_languages_are_figures(name: str, text: str, said: str) -> None:
    assert numbers.in_figures(text, name) == said
