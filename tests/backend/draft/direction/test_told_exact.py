"""What a clause tells of the step before it, rule by rule: each with what it is not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from backend.engines.draft.direction.clauses import Clause
from backend.engines.draft.direction.found import Found
from backend.engines.draft.direction.modifiers import with_a_bare_figure
from backend.engines.draft.direction.moves import telling
from backend.engines.draft.direction.steps import Step
from backend.engines.draft.direction.where.passing import from_of

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


@pytest.mark.parametrize(
    ("text", "before", "step", "made"),
    [
        ("rotate 35 to the right", "", PAN, {"degrees": 35.0}),
        ("rotate 5 to the right", "", PAN, {"degrees": 5.0}),
        ("rotate 4 to the right", "", PAN, {}),
        ("roll 20 slowly", "", Step("roll", 1), {"degrees": 20.0}),
        ("push three", "", PUSH, {"metres": 3.0}),
        ("push four", "rise 2 cm", PUSH, {"metres": 0.04}),
        ("push 30", "", PUSH, {"metres": 30.0}),
        ("push 31", "", PUSH, {}),
        ("truck 2 and", "", TRUCK, {"metres": 2.0}),
        ("push 3 left", "", PUSH, {"metres": 3.0}),
        ("push 3 past it", "", PUSH, {"metres": 3.0}),
        ("hold for two", "", Step("hold", 1), {"seconds": 2.0}),
        ("push three metres", "", PUSH, {}),
        ("push 3 doors", "", PUSH, {}),
        ("push the 3", "", PUSH, {}),
        ("push of 3", "", PUSH, {}),
        ("take 3", "", PUSH, {}),
        ("push a", "", PUSH, {}),
        ("push half", "", PUSH, {}),
        ("push in one", "", PUSH, {"metres": 1.0}),
        ("push left one", "", PUSH, {"metres": 1.0}),
        ("the left one", "", PUSH, {}),
        ("push the one", "", PUSH, {}),
        ("push one", "", PUSH, {}),
        ("pan 3 35", "", PAN, {"degrees": 35.0}),
        ("zoom 3", "", Step("zoom", 1), {}),
    ],
)
def test_a_figure_without_a_unit(text: str, before: str, step: Step, made: dict[str, float]) -> None:
    words = text.split()
    told = with_a_bare_figure(step, words, found(step.kind, words[0]), len(words), before)
    assert told == replace(step, **made)  # type: ignore[arg-type]
    assert with_a_bare_figure(step, words, found(step.kind, words[0]), 1, before) == step


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("about a metre each", [{}, {}, {"metres": 1.0}, {}]),
        ("20 degrees each", [{}, {"degrees": 20.0}, {}, {"degrees": 20.0}]),
        ("2 metres apiece", [{}, {}, {"metres": 2.0}, {}]),
        ("3 seconds both", [{"seconds": 3.0}, {"seconds": 3.0}, {"seconds": 3.0}, {"seconds": 3.0}]),
        ("each", None),
        ("2 metres", None),
        ("2 sofa metres each", None),
    ],
)
def test_a_figure_of_each_of_those_at_the_same_time(text: str, figures: list[dict[str, float]] | None) -> None:
    steps = [Step("tilt", 1), PAN, replace(PUSH, together=True), Step("roll", 1, together=True)]
    made = telling.each_as_far(clause(text), steps)
    if figures is None:
        assert made is None
    else:
        assert made == [replace(one, **more) for one, more in zip(steps, figures, strict=True)]  # type: ignore[arg-type]
    assert telling.each_as_far(clause(text), []) is None


def test_a_step_back_is_as_far_as_the_one_that_it_undoes() -> None:
    down = Step("pedestal", -1, metres=0.5, amount=2.0, factor=3.0, degrees=4.0)
    up = Step("pedestal", 1)
    as_far = replace(up, metres=0.5, amount=2.0, factor=3.0, degrees=4.0)
    for text in ("raise it again", "raise it back", "return"):
        assert telling.again_as_far(up, [down, PUSH], text.split()) == replace(as_far, returns="back")
    assert telling.again_as_far(up, [down], ["raise", "it"]) == up
    assert telling.again_as_far(replace(up, amount=0.5), [down], ["again"]) == replace(as_far, amount=0.5)
    for step in (replace(up, sign=-1), Step("crane", 1), replace(up, metres=1.0), replace(up, target="x"),
                 replace(up, degrees=1.0), replace(up, factor=1.0)):  # fmt: skip
        assert telling.again_as_far(step, [down], ["again"]) == step
    assert telling.again_as_far(up, [], ["again"]) == up


def test_what_a_way_up_leads_over_is_risen_over_first() -> None:
    text = ["crane", "up", "over", "the", "sofa", "to", "the", "car"]
    rise = Step("crane", 1, relation="to", target="car", speed=0.5, said="q")
    on = Step("push", 1, speed=0.5, relation="to", target="car", said="q")
    for kind in ("crane", "pedestal"):
        up = replace(rise, kind=kind)
        assert telling.over_first(up, text) == [replace(up, relation="over", target="sofa"), on]
    for step in (replace(rise, sign=-1), replace(rise, metres=2.0), replace(rise, relation="over"),
                 replace(rise, kind="push"), replace(rise, target="sofa")):  # fmt: skip
        assert telling.over_first(step, text) == [step]
    assert telling.over_first(rise, ["crane", "up", "to", "the", "car"]) == [rise]


@pytest.mark.parametrize(
    ("text", "begins", "begun"),
    [
        ("start on the chair", "on", "on the chair"), ("start high", "so", "high"), ("start wide", "so", ""),
        ("starting from ben", "on", "on Ben"), ("the camera begins low", "so", "low"), ("push high", "", ""),
        ("start on him", "on", "on him"), ("begin outside", "so", "outside"), ("first", "so", ""),
        ("start close on the door", "on", "on the door"), ("the shot", "", ""),
    ],
)  # fmt: skip
def test_how_a_shot_should_begin(text: str, begins: str, begun: str) -> None:
    assert (telling.begins(clause(text)), telling.begun(clause(text))) == (begins, begun)


def test_what_a_look_begins_on() -> None:
    for text, thing in {
        "pan from the door to the window": "door", "pan from left to right": "", "pan from the door": "",
        "pan from anna towards ben": "anna", "pan from the old door across to it": "old door",
    }.items():  # fmt: skip
        assert from_of(text.split(), 0) == thing
        assert from_of(text.split(), 2) == ""
    assert (
        telling.started_on("") == ""
        and telling.started_on("anna") == "on Anna"
        and telling.started_on("her") == ("on her")
    )


def test_what_is_all_that_moves_and_what_only_looks() -> None:
    rest, look, tilt = Step("hold", 1), found("tilt", "look", "ing"), Step("tilt", 1, open_side=True, target="x")
    for link in ("but", "with"):
        assert telling.is_all_that_moves(rest, tilt, clause("tilts", link), look)
    for word in ("only", "just"):
        moved = replace(look, start=1)
        assert telling.is_all_that_moves(rest, tilt, clause(f"{word} tilts"), moved)
        assert not telling.is_all_that_moves(rest, tilt, clause(f"tilts {word}"), moved)
    assert not telling.is_all_that_moves(rest, PUSH, clause("tilts", "but"), look)
    for timed in (replace(rest, seconds=1.0), replace(rest, share=0.5), replace(rest, delay=1.0), PAN):
        assert not telling.is_all_that_moves(timed, tilt, clause("tilts", "but"), look)
    assert telling.is_only_a_look(clause("no movement"), [PUSH, PAN])
    for text, link, steps in (
        ("movement", "comma", [PAN]), ("no movement then", "comma", [PAN]), ("no movement", "then", [PAN]),
        ("no movement", "comma", [PUSH]), ("no movement", "comma", []), ("no movement for 2 seconds", "comma", [PAN]),
    ):  # fmt: skip
        assert not telling.is_only_a_look(clause(text, link), steps)
    down = Step("pedestal", -1)
    assert telling.is_kept_in_sight(down, look, tilt)
    for before, move, step in (
        (PUSH, look, tilt), (replace(down, target="x"), look, tilt), (down, replace(look, form="base"), tilt),
        (down, replace(look, verb="tilt"), tilt), (down, look, replace(tilt, open_side=False)),
        (down, look, replace(tilt, target="")),
    ):  # fmt: skip
        assert not telling.is_kept_in_sight(before, move, step)
