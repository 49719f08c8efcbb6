"""What a clause tells of the step before it, rule by rule: each with what it is not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from backend.engines.draft.direction.clauses import Clause
from backend.engines.draft.direction.found import Found
from backend.engines.draft.direction.moves import telling
from backend.engines.draft.direction.steps import Step

PAN = Step("pan", 1, said="pan right")
PUSH = Step("push", 1, said="push in")
TRUCK = Step("truck", 1, speed=0.5, said="truck right")


def clause(text: str, link: str = "comma") -> Clause:
    words = text.split()
    return Clause(words, [False] * len(words), link)


def found(kind: str = "push", verb: str = "push", form: str = "base", **more: Any) -> Found:
    return Found(0, 1, kind, 1, form, verb, **more)


@pytest.mark.parametrize(
    ("text", "link", "before", "said"),
    [
        ("45 degrees to the left", "comma", replace(PAN, open_side=True), "how far"),
        ("left 45 degrees", "comma", PAN, "again"),
        ("left 45 degrees", "then", replace(PAN, degrees=9.0), "again"),
        ("left 45 degrees", "comma", replace(PAN, open_side=True), "how far"),
        ("45 degrees", "comma", PAN, "how far"),
        ("45 degrees", "sentence", PAN, "how far"),
        ("45 degrees", "then", PAN, ""),
        ("45 degrees", "comma", replace(PAN, degrees=10.0), ""),
        ("2 metres", "comma", PAN, ""),
        ("2 metres", "comma", PUSH, "how far"),
        ("45 degrees", "comma", PUSH, ""),
        ("2 metres", "comma", replace(PUSH, metres=1.0), ""),
        ("to the left", "comma", PAN, ""),
    ],
)
def test_a_figure_is_how_far_or_once_more(text: str, link: str, before: Step, said: str) -> None:
    assert telling.measured_by(clause(text, link), [PUSH, before]) == said
    assert telling.measured_by(clause(text, link), []) == ""


@pytest.mark.parametrize(
    ("text", "link", "metres", "degrees"),
    [
        ("two metres more", "then", 2.0, None),
        ("another metre", "then", 1.0, None),
        ("2 metres", "then", None, None),
        ("two metres more", "with", None, None),
        ("two metres more at the sofa", "then", None, None),
    ],
)
def test_a_move_once_more_as_far_as_is_said(text: str, link: str, metres: float | None, degrees: float | None) -> None:
    before = replace(PUSH, metres=3.0, relation="to", target="sofa", onward="x", together=True, seconds=2.0, share=0.5)
    made = telling.further(clause(text, link), [before, Step("hold", 1)])
    if metres is None:
        assert made is None
        return
    assert made == Step("push", 1, metres=metres, degrees=degrees, said=text)
    assert telling.further(clause(text, link), []) is None
    assert telling.further(clause(text, link), [Step("hold", 1), Step("handheld", 1)]) is None


def test_a_way_goes_on_after_a_look() -> None:
    way = replace(TRUCK, metres=2.0, degrees=3.0, seconds=4.0, together=True, relation="along", target="canal")
    went_on = replace(way, metres=None, degrees=None, seconds=None, together=False, said="truck right resume")
    assert telling.resumed(clause("resume"), [way, PAN]) == went_on
    assert telling.resumed(clause("then resume"), [way, PAN]) == went_on
    for text, steps in (("resume", [way]), ("resume", [PAN]), ("resume", []), ("resume walking", [way, PAN])):
        assert telling.resumed(clause(text), steps) is None


def test_a_side_after_a_step_is_its_own_where_it_left_that_open() -> None:
    unsure, sure = replace(TRUCK, open_side=True), TRUCK
    move = found("truck", "left", "again")
    assert telling.turned([PAN, unsure], clause("left"), move)[0] == PAN
    assert telling.turned([PAN, unsure], clause("left"), move)[1:] == [replace(TRUCK, sign=-1)]
    for steps, link in (([unsure], "then"), ([sure], "comma")):
        made = telling.turned(steps, clause("left", link), move)
        assert made[0] == steps[0]
    assert telling.turned([], clause("left"), move) == []


@pytest.mark.parametrize(("link", "open_side", "sign"), [("comma", True, -1), ("then", True, 1), ("comma", False, 1)])
def test_leftwards_is_the_side_of_a_step_only_after_a_comma_and_where_it_is_open(
    link: str, open_side: bool, sign: int
) -> None:
    before = replace(TRUCK, open_side=open_side)
    made = telling.turned([before], clause("leftwards", link), found("truck", "left", "again"))
    assert made[0].sign == sign and made[0].open_side is (open_side and sign == 1)
    past = replace(PUSH, relation="past", target="lamp", open_side=True)
    if link == "comma" and open_side:
        (beside,) = telling.turned([past], clause("leftwards"), found("truck", "left", "again"))
        assert (beside.kind, beside.sign, beside.target) == ("truck", -1, "lamp")
        (there,) = telling.turned([replace(past, relation="to")], clause("leftwards"), found("push", "left", "again"))
        assert there.kind == "push"


STOP = Step("push", 1, relation="to", target="house", said="stop at the house")


@pytest.mark.parametrize(
    ("verb", "before", "made"),
    [
        ("stop", PAN, replace(PAN, relation="at", target="house", said="pan right stop at the house")),
        ("linger", PAN, replace(PAN, relation="at", target="house", said="pan right stop at the house")),
        ("stop", PUSH, replace(PUSH, relation="to", target="house", said="push in stop at the house")),
        ("linger", PUSH, None),
        ("push", PAN, None),
        ("stop", replace(PUSH, target="house"), None),
        ("stop", replace(PUSH, onward="house"), None),
        ("stop", replace(PUSH, sign=-1), None),
        ("stop", Step("pedestal", -1, said="down"),
         Step("pedestal", -1, relation="to", target="house", said="down stop at the house")),
        ("stop", Step("orbit", 1, relation="along", target="x", said="round"),
         Step("orbit", 1, relation="around", target="house", said="round stop at the house")),
        ("stop", Step("push", 1, relation="through", target="door"),
         Step("push", 1, relation="through", target="door", onward="house")),
        ("stop", Step("hold", 1), None),
    ],
)  # fmt: skip
def test_where_a_stop_has_the_step_before_it_end(verb: str, before: Step, made: Step | None) -> None:
    steps = telling.stopped_at([TRUCK, before], STOP, found(verb=verb))
    assert steps == [TRUCK, made or before]


def test_a_stop_elsewhere_than_the_step_goes_about_is_a_way_of_its_own() -> None:
    about = Step("orbit", 1, speed=0.5, relation="around", target="fountain", said="round")
    made = telling.stopped_at([about], STOP, found(verb="stop"))
    assert made == [about, replace(STOP, speed=0.5)]
    assert telling.stopped_at([], STOP, found(verb="stop")) == []
    for other in (replace(STOP, relation="at"), replace(STOP, target="")):
        assert telling.stopped_at([about], other, found(verb="stop")) == [about]
    passed = Step("push", 1, relation="past", target="him", said="past him")
    assert telling.aimed_at(passed, "lamp", "to it") == replace(
        passed, relation="to", target="lamp", via="him", said="past him to it"
    )


@pytest.mark.parametrize(("kind", "look"), [("truck", "pan"), ("pedestal", "tilt"), ("push", None), ("pan", None)])
def test_what_is_kept_centred_is_looked_at_beside_the_way(kind: str, look: str | None) -> None:
    steps = [PAN, Step(kind, 1)]
    text = "keep the old statue centred"
    made = telling.kept_centred(clause(text), steps)
    if look is None:
        assert made is None
        return
    assert made == Step(look, 1, together=True, relation="at", target="old statue", open_side=True, said=text)
    for words in ("hold the old statue centred", "keep the old statue near"):
        assert telling.kept_centred(clause(words), steps) is None
    assert telling.kept_centred(clause(text), [replace(steps[1], relation="with")]) is None
    assert telling.kept_centred(clause(text), []) is None


def test_whom_a_step_follows() -> None:
    follows = Step("push", 1, relation="along", target="her", said="follow her")
    move = found(verb="follow")
    assert telling.led_on([TRUCK], follows, clause("follow her", "then"), 1, move) == [
        replace(TRUCK, relation="along", target="her", said="truck right follow her")
    ]
    beside = replace(follows, relation="with")
    assert telling.led_on([TRUCK], beside, clause("follow her", "then"), 1, move) == [TRUCK]
    ahead = replace(follows, relation="to")
    (made,) = telling.led_on([TRUCK], ahead, clause("follow her", "then"), 1, move) or []
    assert (made.kind, made.sign, made.relation, made.target) == ("push", 1, "to", "her")
    bare = replace(follows, target="")
    assert telling.led_on([TRUCK], bare, clause("follow", "then"), 1, move) == [TRUCK]
    told = replace(TRUCK, target="him")
    assert telling.led_on([told], ahead, clause("follow her", "then"), 1, move) == [told]
    for steps, other, kind, index, link in (
        ([], "follow", "push", 1, "then"), ([TRUCK], "push", "push", 1, "then"), ([TRUCK], "follow", "pan", 1, "then"),
        ([PAN], "follow", "push", 0, "comma"),
    ):  # fmt: skip
        assert telling.led_on(steps, follows, clause("follow her", link), index, found(kind, other)) is None
    following = found(verb="follow", form="ing")
    made_of = telling.led_on([PAN], follows, clause("following her"), 0, following)
    assert made_of == [replace(PAN, relation="along", target="her", said="pan right follow her")]
    assert telling.led_on([PAN], follows, clause("following her", "then"), 0, following) is None


@pytest.mark.parametrize(
    ("begins", "target", "made"),
    [
        ("so", "lamp", ("push", 1, "to", False)), ("on", "lamp", ("pan", 1, "at", True)),
        ("on", "red carpet", ("tilt", -1, "at", False)), ("on", "sky", ("tilt", 1, "at", False)),
        ("", "sky", ("push", 1, "to", False)),
    ],
)  # fmt: skip
def test_a_move_of_which_only_the_end_is_named(begins: str, target: str, made: tuple[str, int, str, bool]) -> None:
    step = telling.ending_on(target, begins)
    assert (step.kind, step.sign, step.relation, step.open_side) == made
    assert (step.target, step.said) == (target, f"ending on the {target}")


def test_what_a_clause_says_of_the_beginning_and_of_the_end() -> None:
    texts = ("start on the fireplace", "the shot begins on the fireplace", "start wide", "fireplace", "camera")
    assert [telling.begins(clause(text)) for text in texts] == ["on", "on", "so", "", ""]
    assert telling.ends_on(clause("ending on the lamp")) == "lamp" and telling.ends_on(clause("on the lamp")) == ""


def test_a_rest_is_that_of_a_hand_held_camera() -> None:
    shaky, rest = Step("handheld", 1, said="breathing"), Step("hold", 1, said="static")
    for link in ("comma", "and", "with"):
        made = telling.told_more([PAN, shaky], rest, clause("else static", link), 1)
        assert made == [PAN, rest, replace(shaky, together=True)]
    assert telling.told_more([PAN, shaky], rest, clause("static", "then"), 1) is None
    assert telling.told_more([PAN, shaky], replace(rest, seconds=2.0), clause("static"), 1) is None
    assert telling.told_more([replace(shaky, together=True)], rest, clause("static"), 1) is None
    assert telling.told_more([], rest, clause("static"), 1) is None
