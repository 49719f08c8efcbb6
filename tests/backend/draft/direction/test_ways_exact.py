"""Ways one after the other, what they pass, sides that stand after a thing; and what happens out of doors by itself,
word by word."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from backend.engines.draft.direction import clauses, loosely, words
from backend.engines.draft.direction.clauses import Clause
from backend.engines.draft.direction.languages.tables.weather import WEATHER
from backend.engines.draft.direction.moves import telling
from backend.engines.draft.direction.steps import Step, tidy
from backend.engines.draft.direction.where import ways

AROUND = {
    "orbit around Anna and Ben": "orbit around anna and ben",
    "orbit around the table and the sofa": "orbit around the table and the sofa",
    "circle him and her": "circle him | and: her",
    "around and up": "around | and: up",
    "orbit around the table and pan left": "orbit around the table | and: pan left",
    "orbit around the table and then pan": "orbit around the table | then: pan",
    "around the table and left": "around the table | and: left",
    "around the table and sofa by 20 degrees": "around the table and sofa by 20 degrees",
    "around the table and sofa slowly pan": "around the table | and: sofa slowly pan",
    "push in to the table and the sofa": "push in to the table | and: the sofa",
    "orbit the big old red table and sofa": "orbit the big old red table | and: sofa",
    "around and the sofa": "around | and: the sofa",
    "around the table and the": "around the table | and: the",
}
ORDERS = {
    "down the escalator, along the platform": "then: move down the escalator | then: move along the platform",
    "entrance -> corridor -> hall": "sentence: move to the hall",
    "it climbs along the column": "",
    "estate tour: from the sofa to the stairs, and up them": "then: move to the stairs | then: move up the stairs",
    "no other movement": "sentence: no camera movement",
    "it waits, pan left": "sentence: camera waits | comma: pan left",
    "land on the lamp": "sentence: land on the lamp",
    "onto the lamp": "sentence: move onto the lamp",
    "to the lamp": "sentence: move to the lamp",
    "past the chair, then on to the window": "then: move past the chair | then: move to the window",
    "past the chair, on to the window": "then: move to the window",
    "past the chair to the window": "",
    "swoop down": "sentence: swoop down",
    "in the morning, he walks": "",
    "camera path: entrance, then hall": "sentence: move to the hall",
    "walk: through the door, past the bed": "then: move through the door | then: move past the bed",
    "hall, corridor": "",
    "hall, then the big corridor": "sentence: move to the big corridor",
    "hall, then a very big corridor": "",
    "hall, then no corridor": "",
    "swoop down then hall": "sentence: swoop down",
    "over the wall, into the yard": "then: move into the yard",
    "along it, through the door": "",
}
ASIDE = {
    "lean out 30 cm to the left": ("left", 7),
    "wander off to the right": ("right", 5),
    "pull out to the left": ("out", 2),
    "lean out left": ("left", 3),
    "lean out of the window": ("out", 2),
    "lean over the sofa to the right": ("right", 7),
    "lean out pan left": ("out", 2),
    "lean out and here and there and now to the left": ("out", 2),
    "lean out to the sofa left": ("out", 2),
}
# What words tell of the weather; "" for those that only look like it.
OUTDOORS = {
    "english": {
        "rain drizzle": "rain",
        "snow hail": "snow",
        "wind breeze gust": "wind",
        "lightning": "lightning",
        "storm thunder": "storm",
        "fireworks": "fireworks",
        "explosion": "explosion",
        "sound of rain": "",
        "rain coat": "",
        "snow globe": "",
        "wind turbine": "",
        "lightning fast": "",
        "thunder sound": "",
        "raincoat": "",
    },
    "german": {
        "regen": "rain",
        "regnet": "rain",
        "schnee": "snow",
        "schneit": "snow",
        "hagel": "snow",
        "wind": "wind",
        "brise": "wind",
        "blitz": "lightning",
        "gewitter": "storm",
        "sturm": "storm",
        "donner": "storm",
        "feuerwerk": "fireworks",
        "explosion": "explosion",
        "blitzschnell": "",
        "windel": "",
        "regenschirm": "",
    },
    "french": {
        "pluie": "rain",
        "il pleut": "rain",
        "neige": "snow",
        "flocons": "snow",
        "vent": "wind",
        "brise": "wind",
        "éclair": "lightning",
        "foudre": "lightning",
        "orage": "storm",
        "tempête": "storm",
        "feux d'artifice": "fireworks",
        "explosion": "explosion",
        "éclairage": "",
        "souvent": "",
    },
    "spanish": {
        "lluvia": "rain",
        "llueve": "rain",
        "nieve": "snow",
        "granizo": "snow",
        "viento": "wind",
        "brisa": "wind",
        "relámpago": "lightning",
        "rayo": "lightning",
        "tormenta": "storm",
        "truenos": "storm",
        "fuegos artificiales": "fireworks",
        "explosión": "explosion",
        "rayo de sol": "",
        "rayos de luz": "",
        "ensayo": "",
    },
    "italian": {
        "pioggia": "rain",
        "piove": "rain",
        "neve": "snow",
        "grandine": "snow",
        "vento": "wind",
        "raffiche": "wind",
        "fulmine": "lightning",
        "lampo": "lightning",
        "temporale": "storm",
        "tuono": "storm",
        "fuochi d'artificio": "fireworks",
        "esplosione": "explosion",
        "lampada": "",
        "evento": "",
    },
    "portuguese": {
        "chuva": "rain",
        "chove": "rain",
        "neve": "snow",
        "granizo": "snow",
        "vento": "wind",
        "rajada": "wind",
        "relâmpago": "lightning",
        "raio": "lightning",
        "tempestade": "storm",
        "trovão": "storm",
        "fogos de artifício": "fireworks",
        "explosão": "explosion",
        "raio de sol": "",
        "evento": "",
    },
    "dutch": {
        "regen": "rain",
        "stortbui": "rain",
        "sneeuw": "snow",
        "hagel": "snow",
        "wind": "wind",
        "windvlaag": "wind",
        "bliksem": "lightning",
        "storm": "storm",
        "onweer": "storm",
        "vuurwerk": "fireworks",
        "explosie": "explosion",
        "regenjas": "",
        "winden": "",
    },
    "japanese": {
        "雨": "rain",
        "雪": "snow",
        "風が吹く": "wind",
        "稲妻": "lightning",
        "嵐": "storm",
        "雷鳴": "storm",
        "花火": "fireworks",
        "爆発": "explosion",
        "風景": "",
        "風船": "",
        "日本風に、": "",
        "屏風で、": "",
    },
    "korean": {
        "비가 온다": "rain",
        "소나기": "rain",
        "눈이 내리": "snow",
        "우박": "snow",
        "바람": "wind",
        "번개": "lightning",
        "천둥": "storm",
        "불꽃놀이": "fireworks",
        "폭발": "explosion",
        "준비가 된": "",
        "눈이 크다": "",
        "바람직": "",
    },
    "chinese": {
        "雨": "rain",
        "雪": "snow",
        "大风": "wind",
        "刮风": "wind",
        "闪电": "lightning",
        "雷声": "storm",
        "烟花": "fireworks",
        "爆炸": "explosion",
        "风景": "",
        "风格": "",
    },
}


def clause(text: str, link: str = "comma") -> Clause:
    told = text.split()
    return Clause(told, [False] * len(told), link)


@pytest.mark.parametrize("text", AROUND)
def test_two_things_that_are_gone_around_are_one(text: str) -> None:
    made = clauses.clauses(words.tokens(text))
    said = " | ".join((f"{one.link}: " if i else "") + " ".join(one.words) for i, one in enumerate(made))
    assert said == AROUND[text]


@pytest.mark.parametrize("text", ORDERS)
def test_what_can_only_be_the_cameras(text: str) -> None:
    made = loosely.loosely(clauses.clauses(words.tokens(text)))
    assert " | ".join(f"{one.link}: {' '.join(one.words)}" for one in made) == ORDERS[text]


def test_a_side_may_stand_after_a_thing_or_a_length() -> None:
    assert {text: ways.direction_of(text.split(), 0, 1, 4, False) for text in ASIDE} == ASIDE
    names = {"anna": True, "ben's": True, "it's": False, "door's": True, "door": False}
    assert {word: ways.is_name(word) for word in names} == names


@pytest.mark.parametrize("name", OUTDOORS)
def test_what_happens_out_of_doors_in_each_language(name: str) -> None:
    found = {
        text: " ".join(topic for topic, pattern in WEATHER[name].items() if re.search(pattern, text))
        for text in OUTDOORS[name]
    }
    assert found == OUTDOORS[name]


PAST = Step("push", 1, relation="past", target="sofa", beside=1, together=True, said="past")
ON = Step("push", 1, relation="to", target="door", said="on")


def test_what_is_passed_on_the_way_to_a_thing_is_of_that_way() -> None:
    assert tidy([PAST, ON]) == (replace(ON, via="sofa", beside=1, together=True),)
    for before, step in (
        (replace(PAST, metres=1.0), ON), (PAST, replace(ON, metres=1.0)), (replace(PAST, seconds=1.0), ON),
        (PAST, replace(ON, share=0.5)), (PAST, replace(ON, delay=1.0)), (replace(PAST, sign=-1), ON),
        (replace(PAST, relation="along"), ON), (replace(PAST, target="corner"), ON), (PAST, replace(ON, sign=-1)),
        (PAST, replace(ON, via="bed")), (PAST, replace(ON, relation="through")), (replace(PAST, kind="truck"), ON),
    ):  # fmt: skip
        assert all(step.via != "sofa" for step in tidy([before, step])), (before, step)
    assert tidy([PAST, replace(ON, target="sofa")])[-1].via == ""


def test_the_same_move_named_once_more() -> None:
    first, again = Step("truck", 1, open_side=True, said="a"), Step("truck", 1, said="b")
    told = tidy([first, replace(again, metres=2.0, degrees=3.0, factor=4.0, speed=0.5, target="x", relation="past",
                                onward="y")])  # fmt: skip
    assert told == (Step("truck", 1, metres=2.0, degrees=3.0, factor=4.0, speed=0.5, target="x", relation="past",
                         onward="y", said="a b"),)  # fmt: skip
    known = replace(first, metres=1.0, degrees=1.5, factor=2.5, speed=2.0, target="z", open_side=False)
    assert tidy([known, replace(again, factor=4.0, speed=0.5, target="")]) == (known,)
    with_her = replace(again, sign=-1, open_side=True, relation="with", target="her")
    assert tidy([first, with_her]) == (replace(first, relation="with", target="her", said="a b"),)
    assert len(tidy([first, replace(with_her, open_side=False)])) == 2
    shaky = Step("handheld", 1, amount=0.5)
    assert tidy([shaky, first, replace(shaky, amount=0.4)]) == (replace(shaky, amount=0.2), first)
    rest = Step("hold", 1, said="stays")
    assert tidy([rest, Step("hold", 1, said="still")]) == (replace(rest, said="stays still"),)
    legs = Step("hold", 1, said="on sticks")
    for kind in ("pan", "tilt", "zoom", "roll"):
        assert tidy([legs, Step(kind, 1)]) == (Step(kind, 1),)
        assert tidy([rest, Step(kind, 1)]) == (rest, Step(kind, 1))
    assert tidy([legs, ON]) == (legs, ON)
    for relation in ("through", "up", "down"):
        assert len(tidy([ON, replace(ON, relation=relation, target="")])) == 2
    assert len(tidy([ON, replace(ON, relation="past", target="")])) == 1
    assert len(tidy([replace(ON, metres=1.0), replace(ON, metres=2.0)])) == 2
    assert len(tidy([replace(ON, metres=1.0), replace(ON, degrees=2.0)])) == 1
    assert len(tidy([ON, replace(ON, seconds=2.0)])) == 2 and len(tidy([ON, replace(ON, target="bed")])) == 2


def test_a_push_against_a_zoom_is_a_dolly_zoom() -> None:
    push, zoom = Step("push", 1, speed=0.5, said="a"), Step("zoom", -1, together=True, speed=2.0, target="x", said="b")
    one = Step("dolly zoom", 1, speed=0.5, relation="at", target="x", said="a b")
    assert tidy([push, zoom]) == (one,)
    assert tidy([replace(zoom, together=False), replace(push, together=True, sign=1, speed=1.0)]) == (
        replace(one, said="b a", speed=2.0),
    )
    about = replace(push, target="y", relation="to")
    assert tidy([about, zoom]) == (replace(one, target="y"),)
    assert len(tidy([push, replace(zoom, together=False)])) == 2 and len(tidy([push, replace(zoom, sign=1)])) == 2
    named = Step("dolly zoom", -1, metres=1.0, said="vertigo")
    assert tidy([replace(one, together=True), named]) == (replace(named, relation="at", target="x", together=True),)
    assert tidy([one, replace(named, metres=None)]) == (one,)


def test_what_names_the_whole_or_a_stop_of_a_tour() -> None:
    tour = Step("push", 1, relation="through", target="door", said="in")
    assert telling.told_about(clause("to the lamp"), [tour]) == [replace(tour, onward="lamp")]
    assert telling.told_about(clause("to the lamp", "then"), [tour]) == [tour]
    assert telling.told_about(clause("to the lamp"), [replace(tour, onward="bed")]) == [replace(tour, onward="bed")]
    orbit = Step("orbit", 1, said="round")
    made = telling.told_about(clause("keep the old lamp centred"), [orbit])
    assert made == [replace(orbit, relation="around", target="old lamp", said="round keep the old lamp centred")]
    zoom = Step("dolly zoom", 1, said="vertigo")
    (kept,) = telling.told_about(clause("keep the old lamp centred"), [zoom])
    assert (kept.relation, kept.target) == ("at", "old lamp")
    whole = {("push", -1): "whole", ("zoom", -1): "whole", ("pan", 1): "at", ("tilt", 1): "at", ("truck", 1): "at",
             ("crane", 1): "whole", ("push", 1): "", ("zoom", 1): ""}  # fmt: skip
    for (kind, sign), relation in whole.items():
        (step,) = telling.told_about(clause("until we see the whole room"), [Step(kind, sign, said="q")])
        assert (step.relation, step.target) == (relation, "room" if relation else "")
    passed = Step("push", 1, relation="past", target="him", said="past him")
    (to,) = telling.told_about(clause("ending to the lamp"), [passed])
    assert (to.relation, to.target, to.via) == ("to", "lamp", "him")
    assert telling.told_about(clause("around the table"), [Step("hold", 1)]) == [Step("hold", 1)]
    assert telling.told_about(clause("around the table", "sentence"), [orbit]) == [orbit]
    (about,) = telling.told_about(clause("slowly around the table"), [orbit])
    assert (about.relation, about.target, about.speed) == ("around", "table", 0.6)
    assert telling.told_about(clause("people around the table"), [orbit]) == [orbit]
    assert telling.told_about(clause("around the table", "then"), [orbit]) == [orbit]
