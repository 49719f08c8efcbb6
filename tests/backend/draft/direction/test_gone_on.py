"""Clauses that leave out their verb, relative clauses, things that are called like the camera's words."""

from __future__ import annotations

import pytest

from backend.engines.draft.direction.read import read_moves
from tests.backend.draft.direction.sets.directors import notation

GONE_ON = {
    "Move towards it slowly, then around it": "push in slow, orbit right",
    "Look up at the ceiling, then back down to the floor": "tilt up <at ceiling>, tilt down <at floor>",
    "pan left, then up to the window": "pan left, tilt up <at window>",
    "truck right, then past the sofa": "truck right, push in <past sofa>",
    "pull back from the desk, then over to the lamp": "pull out <from desk>, push in <to lamp>",
    "the camera rises, and then slowly to the left": "pedestal up, truck left slow",
    "orbit the table, then down": "orbit right <around table>, pedestal down",
    "zoom in on the clock, then over to the door": "zoom in <at clock>, pan right <at door>",
    "pan left, then the same to the right": "pan left, pan right",
    "tilt up, then around the statue": "tilt up, orbit right <around statue>",
    "push in until it reaches the lamp": "push in <to lamp>",
    "zoom in on the clock before coming to a stop": "zoom in <at clock>, hold",
    "- wide\n- slow push in\n- end on the lamp": "push in slow <to lamp>",
    "push in, then to her surprise the door opens": "push in",
    "push in, the kettle starts to steam": "push in",
    "He runs to the door, then to the window": "",
}
WHOSE = {
    "Two kids run past the camera, which stays locked on the doorway": "hold <to doorway>",
    "INT. LOFT - NIGHT: handheld, following Maria to the window": "handheld + push in <to window>",
    "Make it feel like a slow walk through the apartment": "push in slow <through apartment>",
    "Ken Burns style, very slow zoom out": "zoom out slow",
    "Dolly out, zooming in, on her face: Vertigo!": "dolly zoom out <at face>",
    "The camera floats weightlessly around the room, drifting up": "orbit right <around room> + pedestal up",
    "drone shot rising above the farmhouse at golden hour": "pedestal up <over farmhouse>",
    "dolly in 6' then hold": "push in 1.8288m, hold",
}
NOUNS = ("truck", "crane", "dolly", "pan", "track", "roll", "boom", "pedestal", "arc", "crab", "jib", "tripod")
PLACES = (
    "on the roof",
    "stands by the window",
    "in the corner",
    "is parked left of the gate",
    "next to the sofa",
    "turns slowly in the wind",
    "and a ladder in the background",
    "with a red lid",
    "hangs above the bed",
    "was left behind",
    "covered in dust",
)


@pytest.mark.parametrize("text", [*GONE_ON, *WHOSE])
def test_the_verb_and_its_subject_are_those_before(text: str) -> None:
    assert notation(text) == {**GONE_ON, **WHOSE}[text]


@pytest.mark.parametrize("noun", NOUNS)
def test_things_called_like_the_cameras_words_move_nothing(noun: str) -> None:
    for place in PLACES:
        for article in ("A", "The", "An old", "There is a", "Her small", "On the left a"):
            assert read_moves(f"{article} {noun} {place}").steps == (), (article, place)
