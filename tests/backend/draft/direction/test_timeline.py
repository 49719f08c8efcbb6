"""What happens when, by the clock, by parts of the shot, by numbers of a list."""

from __future__ import annotations

import pytest

from backend.engines.draft.camera.timing import grouped, spans
from backend.engines.draft.direction.read import read_moves
from backend.engines.draft.direction.timeline import Part, parts
from tests.backend.draft.direction.sets.directors import notation

BY_THE_CLOCK = {
    "0-2s: static; 2-5s: push in": "hold 2s, push in 3s",
    "0-2s static, 2-5s push in": "hold 2s, push in 3s",
    "[00:00-00:03] slow dolly in on the armchair [00:03-00:05] a pan right to the window": (
        "push in 3s slow <to armchair>, pan right 2s <at window>"
    ),
    "0:00 - she sits. 0:02 push in": "hold 2s, push in",
    "0-2s: he sits; 2-5s: push in and tilt up": "hold 2s, push in 3s + tilt up",
    "0-4s: push in, then pan left": "push in 2s, pan left 2s",
    "[00:00] static\n[00:02] pan left": "hold 2s, pan left",
    "At 0s static, at 2s pan left": "hold 2s, pan left",
    "second 0 to 2: push in, second 2 to 5: static": "push in 2s, hold 3s",
    "t=0-2 push in, t=2-5 hold": "push in 2s, hold 3s",
    "Frames 1-48 push in, frames 49-120 hold": "push in 2s, hold 3s",
    "0-2s: she sits; 2-4s: he smiles": "",
    "hold for 2-3 seconds, then push in 2-3 m": "hold 2.5s, push in 2.5m",
    "pan left, 2-3 seconds": "pan left 2.5s",
    "16:9, push in": "push in",
    "At 4:30 pm the camera pushes in": "push in",
}
IN_A_ROW = {
    "1) hold 2) a slow truck right": "hold, truck right slow",
    "a) push in b) pan left": "push in, pan left",
    "step 1 push in, step 2 static": "push in, hold",
    "Shot 1: push in. Shot 2: a slow truck right": "push in, truck right slow",
    "Beginning: hold / End: push in": "hold, push in",
    "push in > a slow pan left": "push in, pan left slow",
    "push in and once there a slow truck right": "push in, truck right slow",
    "static initially, push in towards the end": "hold, push in",
    "hold first; after that push in": "hold, push in",
    "Step 2 m to the left": "truck left 2m",
    "push in, after 2 seconds a slow truck right": "push in, truck right slow",
    "push in for the first half and static for the second half": "push in, hold",
    "a static, empty look": "",
}


@pytest.mark.parametrize("text", [*BY_THE_CLOCK, *IN_A_ROW])
def test_moves_come_when_they_are_told(text: str) -> None:
    assert notation(text) == {**BY_THE_CLOCK, **IN_A_ROW}[text]


def test_parts_know_how_long_they_last() -> None:
    assert parts("Kitchen. 0-1.5s: hold; 1.5-4s: pan") == [
        Part("Kitchen. "),
        Part(" hold; ", 1.5),
        Part(" pan", 2.5),
    ]
    assert parts("push in over 2-3 seconds") == [Part("push in over 2-3 seconds")]


def test_a_part_of_the_shot_takes_that_much_of_it() -> None:
    for said, share in (("first half", 0.5), ("first quarter", 0.25)):
        steps = read_moves(f"Static for the {said} of the shot, then push in").steps
        assert [(step.kind, step.share) for step in steps] == [("hold", share), ("push", None)]
        assert spans(grouped(steps), 6.0) == [(0.0, share), (share, 1.0)]


def test_a_share_may_be_any_part_of_the_shot() -> None:
    for said, share in (
        ("hold for half the shot, then pan left", 0.5),
        ("for a third of the take hold, then pan left", 0.333),
        ("stay static for two thirds of the shot, then pan left", 0.666),
    ):
        steps = read_moves(said).steps
        assert [(step.kind, step.share) for step in steps] == [("hold", share), ("pan", None)], said


def test_what_is_last_ends_with_the_shot() -> None:
    for said, wanted in (
        ("first 3 seconds static, last 2 seconds zoom in", [("hold", 3.0, False), ("zoom", 2.0, True)]),
        ("The first two seconds are static, the last three push in", [("hold", 2.0, False), ("push", 3.0, True)]),
        ("zoom in over the final 2 seconds", [("zoom", 2.0, True)]),
        ("pan left for the last second", [("pan", 1.0, True)]),
    ):
        steps = read_moves(said).steps
        assert [(step.kind, step.seconds, step.late) for step in steps] == wanted, said
        assert spans(grouped(steps), 8.0)[-1] == (1.0 - wanted[-1][1] / 8.0, 1.0), said
    assert spans(grouped(read_moves("pan left in the last quarter").steps), 8.0) == [(0.75, 1.0)]
    assert spans(grouped(read_moves("push in, then hold the last 2 seconds").steps), 8.0) == [(0.0, 0.75), (0.75, 1.0)]


def test_a_wait_may_stand_before_or_after_its_move() -> None:
    for said in ("after half a second pan right", "after half a second, pan right", "pan right after half a second"):
        (step,) = read_moves(said).steps
        assert (step.name, step.delay, step.seconds) == ("pan right", 0.5, None), said
    (step,) = read_moves("half a second in, tilt up").steps
    assert (step.name, step.delay) == ("tilt up", 0.5)
    (step,) = read_moves("after two seconds push in").steps
    assert (step.name, step.delay) == ("push in", 2.0)
    assert [step.delay for step in read_moves("Pan left. After a second, push in").steps] == [None, 1.0]


@pytest.mark.parametrize(
    ("text", "kinds"), [("push in. Before: pan left", ["push", "pan"]), ('"Before" it": stop', ["hold"])]
)
def test_before_may_stand_by_itself(text: str, kinds: list[str]) -> None:
    assert [step.kind for step in read_moves(text).steps] == kinds
