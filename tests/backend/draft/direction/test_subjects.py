"""What people and things do moves no camera, in whatever clause it is told; and it is noted."""

from __future__ import annotations

import pytest

from backend.engines.draft.direction.read import read_moves
from tests.backend.draft.direction.sets.directors import notation

SUBJECTS = ("a woman", "the old man", "the waiter", "Anna", "a dog", "the train", "someone", "a cyclist", "the crowd")
DOINGS = (
    "walks to the window",
    "glides past the house",
    "drifts slowly to the right",
    "comes down the stairs",
    "circles the lamp",
    "pulls back",
    "pushes forward through the gate",
    "tilts to one side",
    "zooms past",
    "pans for gold",
    "stays still",
    "leans in",
    "creeps along the wall and out through the door",
)
FRAMES = ("{who} {does}.", "{who} {does}, then {does}", "{who} waits and {does}", "Morning as {who} {does}")


@pytest.mark.parametrize("who", SUBJECTS)
def test_what_somebody_does_is_not_the_cameras_doing(who: str) -> None:
    for does in DOINGS:
        for frame in FRAMES:
            said = frame.format(who=who, does=does)
            assert read_moves(said[0].upper() + said[1:]).steps == (), said


def test_the_camera_moves_beside_what_somebody_does() -> None:
    for does in DOINGS:
        for said in (
            f"The dog {does} as the camera pans left",
            f"Slow push in. The dog {does}.",
            f"Hold; a man {does}.",
        ):
            (step,) = read_moves(said).steps
            assert step.kind == {"T": "pan", "S": "push", "H": "hold"}[said[0]], said


AMOUNTS = {
    "Fly around the building at roof height, one full lap, drone": "orbit right 360° <around building>",
    "go around him anticlockwise by a third of a circle": "orbit right 120° <around him>",
    "orbit the car two laps": "orbit right 720° <around car>",
    "Zoom: 100% to 150% on the map": "zoom in 1.5x <at map>",
    "Push-in at 10% speed": "push in slow",
    "Half-speed pull out starting from extreme close-up of the keyhole": "pull out slow <from keyhole>",
    "Move in a straight line from camera position to the oak tree, 4 m": "push in 4m <to oak tree>",
    "sliding from one end to the other": "truck right",
    "Camera starts wide and ends in a close-up of the ring": "push in <to ring>",
    "Slow lateral move, right": "truck right slow",
    "Pan so slowly you barely notice, left to right": "pan right slow",
}
OTHERS = {
    "I'd like the viewer to feel as if they're stepping into the lobby": "push in <to lobby>",
    "Reverse dolly out of the bathroom, door frame comes into view": "pull out",
    "From above, looking straight down on the table, the camera rises": "pedestal up",
    "Tracking shot following the waiter from the kitchen to table 4": "push in <to table>",
    "Camera gently bobbing, otherwise it doesn't move": "handheld slow, hold",
    "just sit there for a while, then turn towards the door": "hold, pan right <at door>",
    "Steady pull-back down the nave, the choir gets smaller": "pull out slow",
    "Camera creeps along the wall, peeks around the corner": "push in slow <along wall>, push in <past corner>",
    "Everything stays still except the water": "hold",
}


@pytest.mark.parametrize("text", [*AMOUNTS, *OTHERS])
def test_directions_of_a_second_set(text: str) -> None:
    assert notation(text) == {**AMOUNTS, **OTHERS}[text]


def test_a_side_told_after_a_move_is_not_open() -> None:
    (step,) = read_moves("Slow lateral move, right").steps
    assert (step.sign, step.open_side) == (1, False)


@pytest.mark.parametrize(
    ("text", "noted"),
    [
        ("The old man gets up and walks out left. Camera holds on the empty chair.", ("people",)),
        ("a hand picks up the phone from the desk; we push in on the screen", ("hand",)),
        ("Product turntable: the bottle spins, camera is fixed", ("bottle",)),
        ("Steadicam shot circling the dancers as they spin", ("people",)),
        ("A bee lands on the flower; macro, no camera move", ("bee",)),
        ("The shot starts out of focus and slowly becomes sharp, camera static", ("focus",)),
        ("the camera slowly moves past the lamp", ()),
        ("A girl is drawing, slow push in", ("people",)),
        ("A girl is sitting by the window, slow push in", ()),
        ("the camera spins, the path swings left", ()),
    ],
)
def test_what_moves_by_any_name_is_noted(text: str, noted: tuple[str, ...]) -> None:
    assert read_moves(text).beyond == noted
