"""What only a second reading finds, and what a third set of fresh directions had."""

from __future__ import annotations

import pytest

from tests.backend.draft.direction.directors import notation

SECOND_READING = {
    "It begins on the floor, climbs along the column, and ends at the capital": "pedestal up <to capital>",
    "Imagine a bird landing on the railing: swoop down": "pedestal down fast",
    "Camera path: entrance -> corridor -> meeting room": "push in <to meeting room>",
    "Down the escalator, along the platform, onto the train.": "push in <to train>",
    "The lens racks from the rose to the gate, no other movement": "hold",
    "Through the window the sea, over the sofa a painting": "",
    "Over the sofa, a painting.": "",
    "A dog, a cat and a mouse": "",
}
THIRD_SET = {
    "An elderly couple dances. The camera orbits them once, slowly.": "orbit right 360° slow <around them>",
    "descending diagonally from the corner to the entrance": "pedestal down + push in <to entrance>",
    "Just let the clouds move, keep the camera where it is": "hold",
    "Go up the stairs, turn right at the top and enter the bedroom": "push in, pan right, push in <through bedroom>",
    "from close up of hands to wide of workshop": "pull out",
    "Slow roll to the left until the horizon is at 20 degrees": "roll counterclockwise 20° slow",
    "Very subtle push, like breathing": "push in",
    "Turn the camera towards the left wall and then bring it back to the center": "pan left <at wall>, pan right",
    "Side view. The car drives to the right, camera keeps pace with it.": "truck right",
    "We sweep across the rooftops from left to right": "truck right <over rooftops>",
    "Look around: first left, then right, then up": "pan left, pan right, tilt up",
    "30° pan, direction window, duration 3s": "pan right 30° 3s <at window>",
    "Move forward at human walking speed, eye height 1.65 m": "push in slow",
    "A couple of steps forward, then a look to the right": "push in 1.4m, pan right",
    "Camera lifts off like a helicopter and turns to face the windows": "pedestal up + pan right <at windows>",
    "the camera rises like an elevator past the balcony": "pedestal up <past balcony>",
    "I'd like a slow push in": "push in slow",
    "move onto the terrace": "push in <to terrace>",
}


@pytest.mark.parametrize("text", [*SECOND_READING, *THIRD_SET])
def test_directions_of_a_third_set(text: str) -> None:
    assert notation(text) == {**SECOND_READING, **THIRD_SET}[text]
