"""How a move joins those before it, rule by rule: whether it goes on, comes back, runs beside or after them; and what
a step has of its clause."""

from __future__ import annotations

from dataclasses import replace

import pytest

from backend.engines.draft.direction.clauses import Clause
from backend.engines.draft.direction.found import Found
from backend.engines.draft.direction.moves import find, joining, making
from backend.engines.draft.direction.steps import Step

PAN, TILT = Step("pan", 1, said="pan right"), Step("tilt", 1, said="tilt up")
PUSH, ZOOM = Step("push", 1, said="push in"), Step("zoom", 1, said="zoom in")
HOLD, SHAKY, ORBIT = Step("hold", 1), Step("handheld", 1), Step("orbit", 1)
TOUR = Step("push", 1, said="tour")
TO = Step("push", 1, relation="to", target="window", said="walk to the window")
THROUGH = Step("push", 1, relation="through", target="door", said="push in through the door")
TURN = replace(PAN, said="turn left")
THERE = replace(PUSH, target="x")


def clause(text: str, link: str = "comma") -> Clause:
    words = text.split()
    return Clause(words, [False] * len(words), link)


@pytest.mark.parametrize(
    ("text", "before", "said"),
    [
        ("duck back", PUSH, "push -1"),
        ("then we duck back", PAN, "pan -1"),
        ("level", TILT, "tilt -1"),
        ("level", Step("roll", -1), "roll 1"),
        ("level", PAN, ""),
        ("swing back left", PAN, "pan -1"),
        ("swing back right", PAN, ""),
        ("swing back right", replace(PAN, sign=-1), "pan 1"),
        ("rise back up", Step("pedestal", -1), "pedestal 1"),
        ("rise back down", Step("pedestal", -1), ""),
        ("drop back down", Step("crane", 1), "crane -1"),
        ("dip back down", TILT, "tilt -1"),
        ("drop back down", PAN, ""),
        ("come back in", PUSH, "push -1"),
        ("comes back again", PUSH, "push -1"),
        ("come back out", PUSH, ""),
        ("walk back", PUSH, ""),
        ("come", PUSH, ""),
    ],
)
def test_what_says_no_more_than_to_come_back(text: str, before: Step, said: str) -> None:
    made = joining.comes_back(clause(text), [TILT, before, HOLD, SHAKY])
    assert (f"{made.kind} {made.sign}" if made else "") == said
    assert joining.comes_back(clause(text), [HOLD]) is None and joining.comes_back(clause(text), []) is None


def test_a_way_back_is_as_far_and_as_fast_as_it_says() -> None:
    went = Step("push", 1, metres=2.0, seconds=3.0, share=0.5, speed=2.0, relation="to", target="x", onward="y",
                together=True, delay=1.0)  # fmt: skip
    assert joining.comes_back(clause("duck back"), [went]) == Step(
        "push", -1, metres=2.0, returns="back", said="duck back"
    )
    slow = joining.comes_back(clause("duck back slowly"), [went])
    assert slow == Step("push", -1, metres=2.0, speed=0.6, returns="back", said="duck back slowly")
    went = replace(PAN, speed=2.0, degrees=20.0, relation="at", target="x", onward="y", together=True)
    back = Step("pan", -1, speed=2.0, degrees=20.0, returns="back", said="pan back")
    assert joining.gone_back(clause("pan back"), [went, PUSH, HOLD]) == back
    assert joining.gone_back(clause("pan back slowly"), [went]) == replace(back, speed=0.6, said="pan back slowly")
    assert joining.gone_back(clause("pans back again"), [went]) == replace(back, said="pans back again")
    for text, steps in (
        ("pan back left", [PAN]), ("pan", [PAN]), ("sofa back", [PAN]), ("pan around", [PAN]), ("pan back", [PUSH]),
        ("hold back", [HOLD]), ("go back", [PAN]), ("pan back", []),
    ):  # fmt: skip
        assert joining.gone_back(clause(text), steps) is None, text


@pytest.mark.parametrize(
    ("text", "link", "before", "said"),
    [
        ("then around the table", "then", PUSH, "move around the table"),
        ("around the table", "then", PAN, "move around the table"),
        ("to the table", "then", PAN, "pan to the table"),
        ("to the table", "and", PUSH, ""),
        ("to the table", "comma", PUSH, ""),
        ("around the table", "and", PUSH, "move around the table"),
        ("through the door", "and", PUSH, "move through the door"),
        ("past his old dog", "and", PUSH, "move past his old dog"),
        ("back to the table", "then", PUSH, "move back to the table"),
        ("back out to the table", "then", PUSH, "move back out to the table"),
        ("onward to the table", "comma", PUSH, "move to the table"),
        ("onward past the table", "comma", PUSH, ""),
        ("onward to the table", "with", PUSH, ""),
        ("the window", "then", replace(PAN, relation="at", target="bed"), "pan to the window"),
        ("the window", "then", replace(PUSH, relation="to", target="bed"), "move to the window"),
        ("the window", "then", replace(PUSH, relation="past", target="bed"), ""),
        ("the window", "then", PUSH, ""),
        ("the window", "and", replace(PUSH, relation="to", target="bed"), ""),
        ("the window opens", "then", replace(PUSH, relation="to", target="bed"), ""),
        ("the old tall window", "then", replace(PUSH, relation="to", target="bed"), ""),
        ("up the stairs", "comma", PUSH, "move up the stairs"),
        ("up the old stairs", "comma", PUSH, "move up the old stairs"),
        ("up the very old stairs", "comma", PUSH, ""),
        ("up the wall", "comma", PUSH, ""),
        ("past the stairs", "comma", PUSH, ""),
        ("up the stairs", "with", PUSH, ""),
        ("up the stairs", "comma", PAN, ""),
        ("in through the door", "comma", TOUR, "move through the door"),
        ("through the door", "comma", TOUR, "move through the door"),
        ("through the door", "sentence", TOUR, "move through the door"),
        ("through the door", "with", TOUR, ""),
        ("behind the door", "comma", TOUR, ""),
        ("through the door", "comma", PUSH, ""),
        ("out", "then", ZOOM, "zoom out"),
        ("back", "then", ZOOM, "zoom back"),
        ("out", "then", PUSH, "move out"),
        ("out to the balcony", "then", PUSH, "move to the balcony"),
        ("out onto the balcony", "then", PUSH, "move onto the balcony"),
        ("out to the balcony", "then", replace(PUSH, sign=-1), "move out to the balcony"),
        ("out of the house", "then", PUSH, "move out of the house"),
        ("to her surprise the door opens", "then", PUSH, ""),
        ("to the table the chair", "then", PUSH, ""),
        ("to the table and the chair", "then", PUSH, "move to the table and the chair"),
        ("towards him", "then", PUSH, "move towards him"),
        ("towards anna", "then", PUSH, "move towards anna"),
        ("towards she", "then", PUSH, ""),
        ("to table", "then", PUSH, ""),
        ("to 3 m", "then", PUSH, "move to 3 m"),
        ("around", "then", PUSH, "move around"),
        ("slowly around the table", "then", PUSH, "move slowly around the table"),
        ("over the table", "then", PUSH, "move over the table"),
        ("on past the table", "and", THERE, "move past the table"),
        ("on to the table", "and", THERE, "move to the table"),
        ("on to the table", "and", replace(THERE, relation="through"), ""),
        ("sofa", "then", PUSH, ""),
        ("around the table", "then", HOLD, ""),
        ("around the table", "then", SHAKY, ""),
        ("around the table and the bed and the sofa and the bench", "then", PUSH, "move around the table and the bed "
         "and the sofa and the bench"),
        ("around the table and the bed and the sofa and the big bench", "then", PUSH, ""),
    ],
)  # fmt: skip
def test_a_clause_that_leaves_out_its_verb_has_the_one_before(text: str, link: str, before: Step, said: str) -> None:
    made = joining.gone_on(clause(text, link), before, [])
    assert (" ".join(made.words) if made else "") == said
    assert made is None or (made.link, len(made.named)) == ("then", len(made.words))


@pytest.mark.parametrize(
    ("text", "link", "index", "step", "steps", "verb", "form", "together"),
    [
        ("tilt up", "and", 0, TILT, [PAN], "tilt", "base", True),
        ("tilt up", "with", 0, TILT, [PAN], "tilt", "base", True),
        ("tilt up", "comma", 0, TILT, [PAN], "tilt", "base", False),
        ("tilting up", "comma", 0, TILT, [PAN], "tilt", "ing", True),
        ("a tilt up", "comma", 0, TILT, [PAN], "tilt", "base", True),
        ("an arc", "comma", 0, TILT, [PAN], "tilt", "base", True),
        ("subtly tilt", "comma", 0, TILT, [PAN], "tilt", "base", True),
        ("slowly tilt", "comma", 0, TILT, [PAN], "tilt", "base", False),
        ("tilt up", "then", 0, TILT, [PAN], "tilt", "base", False),
        ("tilt up", "sentence", 0, TILT, [PAN], "tilt", "base", False),
        ("a tilt up", "after", 0, TILT, [PAN], "tilt", "base", False),
        ("tilt up", "then", 1, TILT, [PAN], "tilt", "base", True),
        ("tilt up", "and", 0, TILT, [], "tilt", "base", False),
        ("shaky", "then", 0, SHAKY, [PAN], "", "base", True),
        ("shaky", "then", 0, SHAKY, [HOLD], "", "base", True),
        ("tilt up", "then", 0, TILT, [SHAKY], "tilt", "base", True),
        ("hold", "and", 0, HOLD, [SHAKY], "hold", "base", False),
        ("hold", "and", 0, HOLD, [PAN], "hold", "base", False),
        ("tilt up", "and", 0, TILT, [HOLD], "tilt", "base", False),
        ("pan left", "and", 0, PAN, [PAN], "pan", "base", False),
        ("pan left", "and", 0, PAN, [PAN, replace(TILT, together=True)], "pan", "base", False),
        ("pan left", "and", 0, PAN, [PAN, TILT], "pan", "base", True),
        ("enter the room", "and", 0, TO, [PAN], "enter", "base", False),
        ("enter the room", "and", 0, TO, [TILT], "enter", "base", True),
        ("enter the room", "with", 0, TO, [PAN], "enter", "base", True),
        ("enter the room", "and", 1, TO, [PAN], "enter", "base", True),
        ("move to it", "and", 0, TO, [TURN], "move", "base", False),
        ("move to it", "and", 0, TO, [replace(TURN, said="see it turn now")], "move", "base", False),
        ("move to it", "and", 0, TO, [PAN], "move", "base", True),
        ("move to it", "and", 0, TO, [replace(TILT, said="turn up")], "move", "base", True),
        ("move", "and", 0, PUSH, [TURN], "move", "base", True),
        ("move to it", "with", 0, TO, [TURN], "move", "base", True),
        ("move to it", "and", 1, TO, [TURN], "move", "base", True),
        ("push in", "and", 0, THROUGH, [PAN], "push", "base", False),
        ("push in", "and", 0, THROUGH, [TILT], "push", "base", True),
        ("push in", "with", 0, THROUGH, [PAN], "push", "base", True),
        ("push in", "and", 1, THROUGH, [PAN], "push", "base", True),
        ("turn right", "and", 0, PAN, [TO], "turn", "base", False),
        ("turn right", "and", 0, PAN, [PUSH], "turn", "base", True),
        ("pan right", "and", 0, PAN, [TO], "pan", "base", True),
        ("turn right", "with", 0, PAN, [TO], "turn", "base", True),
        ("turn right", "and", 1, PAN, [TO], "turn", "base", True),
        ("rise", "and", 0, Step("pedestal", 1), [replace(THROUGH, said="exit by it")], "rise", "base", False),
        ("rise", "and", 0, Step("crane", 1), [replace(THROUGH, said="enter by it")], "rise", "base", False),
        ("rise", "with", 0, Step("crane", 1), [replace(THROUGH, said="enter by it")], "rise", "base", True),
        ("rise", "and", 1, Step("crane", 1), [replace(THROUGH, said="enter by it")], "rise", "base", True),
        ("rise", "and", 0, Step("pedestal", 1), [THROUGH], "rise", "base", True),
        ("tilt up", "and", 0, TILT, [replace(THROUGH, said="exit by it")], "tilt", "base", True),
        ("look up", "and", 0, TILT, [TO], "look", "base", False),
        ("gaze up", "and", 0, TILT, [replace(TO, relation="past")], "gaze", "base", False),
        ("look up", "and", 0, TILT, [THROUGH], "look", "base", False),
        ("looking up", "and", 0, TILT, [TO], "look", "ing", True),
        ("tilt up", "and", 0, TILT, [TO], "tilt", "base", True),
        ("look up", "with", 0, TILT, [TO], "look", "base", True),
        ("look up", "and", 1, TILT, [TO], "look", "base", True),
        ("look up", "and", 0, TILT, [PUSH], "look", "base", True),
        ("look up", "and", 0, TILT, [replace(TO, target="")], "look", "base", True),
        ("look up", "and", 0, TILT, [replace(TO, sign=-1)], "look", "base", True),
        ("look up", "and", 0, TILT, [replace(TO, kind="truck")], "look", "base", True),
        ("look up", "and", 0, TILT, [replace(TO, relation="along")], "look", "base", True),
        ("pan to keep it", "comma", 0, replace(PAN, target="tree"), [PUSH], "pan", "base", True),
        ("pan to keep it", "comma", 1, replace(PAN, target="tree"), [PUSH], "pan", "base", True),
        ("pan to keep it", "comma", 0, PAN, [PUSH], "pan", "base", False),
        ("push to keep it", "comma", 0, TO, [PAN], "push", "base", False),
        ("pan to have it", "comma", 0, replace(PAN, target="tree"), [PUSH], "pan", "base", False),
        ("circle it", "and", 0, ORBIT, [TO], "circle", "base", False),
        ("circle it all", "and", 0, ORBIT, [TO], "circle", "base", True),
        ("circle him", "with", 0, ORBIT, [replace(TO, relation="past")], "circle", "base", True),
        ("pan to it", "and", 0, PAN, [TO], "pan", "base", True),
    ],
)  # fmt: skip
def test_which_moves_run_at_the_same_time(
    text: str, link: str, index: int, step: Step, steps: list[Step], verb: str, form: str, together: bool
) -> None:
    move = Found(0, 1, step.kind, step.sign, form, verb)
    assert joining.is_together(clause(text, link), index, move, step, steps) is together


@pytest.mark.parametrize(
    ("step", "meant"),
    [
        (Step("roll", 1, metres=0.3), Step("truck", 1, metres=0.3)),
        (Step("roll", 1, degrees=5.0), None),
        (Step("orbit", 1, factor=2.0), Step("orbit", 1, degrees=720.0)),
        (Step("roll", -1, factor=0.5), Step("roll", -1, degrees=180.0)),
        (Step("orbit", 1, factor=2.0, degrees=9.0), None),
        (Step("push", 1, factor=2.0), None),
        (Step("push", 1, relation="from", target="old window"),
         Step("push", 1, relation="through", target="old window")),
        (Step("push", -1, relation="from", target="window"), None),
        (Step("push", 1, relation="to", target="window"), None),
        (Step("push", 1, relation="from", target="window sill"), None),
        (Step("orbit", -1, relation="around", target="corner"), Step("push", 1, relation="past", target="corner")),
        (Step("orbit", -1, relation="around", target="corner house"), None),
        (Step("pan", -1, relation="around", target="corner"), None),
    ],
)  # fmt: skip
def test_a_step_as_its_words_mean_it_together(step: Step, meant: Step | None) -> None:
    assert making.as_meant(step) == (meant or step)


@pytest.mark.parametrize(
    ("text", "index", "made"),
    [
        ("push in slowly to the table", 0, Step("push", 1, speed=0.6, relation="to", target="table", open_side=True)),
        ("push in through the door to the table", 0,
         Step("push", 1, relation="through", target="door", onward="table", open_side=True)),
        ("push in past the bed to the table", 0,
         Step("push", 1, relation="to", target="table", via="bed", open_side=True)),
        ("pan past the bed to the table", 0, Step("pan", 1, relation="at", target="table", open_side=True)),
        ("hold in front of the old house", 0, Step("hold", 1, relation="to", target="old house", open_side=True)),
        ("push in in front of it", 0, Step("push", 1, open_side=True)),
        ("pan left slowly", 0, Step("pan", -1, speed=0.6)),
        ("slow left pan", 0, Step("pan", -1, speed=0.6)),
        ("left slow truck", 0, Step("truck", 1, speed=0.6, open_side=True)),
        ("left to right pan", 0, Step("pan", 1)),
        ("left side orbit", 0, Step("orbit", 1)),
        ("orbit the table to the left", 0, Step("orbit", -1, relation="around", target="table")),
        ("show the whole terrace by pulling back", 0,
         Step("push", -1, relation="whole", target="terrace", open_side=True)),
        ("show the whole terrace by pushing in", 0, Step("push", 1, open_side=True)),
        ("slowly creep in", 0, Step("push", 1, speed=0.3, open_side=True)),
        ("whip left", 0, Step("pan", -1, speed=4.0)),
        ("crane up to the roof", 0, Step("crane", 1, relation="to", target="roof", open_side=True)),
    ],
)  # fmt: skip
def test_a_step_has_what_its_clause_says_of_it(text: str, index: int, made: Step) -> None:
    moves = find.find(clause(text))
    assert replace(making.step_of(clause(text), moves, index, moves[index]), said="") == made


def test_a_step_has_its_own_words_of_those_of_two_moves() -> None:
    text = clause("push in 2 m and pan left 20 degrees")
    first, second = (making.step_of(text, moves := find.find(text), i, moves[i]) for i in (0, 1))
    assert (first.metres, first.degrees, first.open_side, first.said) == (2.0, None, True, "push in 2 m and")
    assert (second.degrees, second.open_side, second.said) == (20.0, False, "2 m and pan left 20 degrees")
