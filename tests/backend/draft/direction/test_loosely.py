"""What only a second reading finds, and what later sets of fresh directions had."""

from __future__ import annotations

import pytest

from tests.backend.draft.direction.sets.directors import notation

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
    "Go up the stairs, turn right at the top and enter the bedroom": (
        "push in <up stairs>, pan right, push in <through bedroom>"
    ),
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
FOURTH_SET = {
    "The camera pans from the entrance door to the large window on the right": "pan right <at window>",
    "Overhead shot of the table, camera slowly rotates": "roll clockwise slow",
    "POV of somebody entering the apartment and looking around": "push in <through apartment> + pan right",
    "No movement for the first 3 seconds, then a whip pan left": "hold 3s, pan left fast",
    "Swing the camera left past the shelves": "pan left <at shelves>",
    "in through the front door, along the corridor, out to the pool": "push in <to pool>",
    "Roll 10 degrees, then back": "roll clockwise 10°, roll counterclockwise 10°",
    "Smooth arc shot from the left side of the bed to the right side": "orbit right",
    "Walk me through the living room to the terrace": "push in <through living room>",
    "The driver takes us through town": "",
    "camera pedestal down 30cm, pan left 20°, both at once": "pedestal down 0.3m + pan left 20°",
    "Look straight up and turn slowly under the dome": "tilt up + pan right slow",
}
FIFTH_SET = {
    "Drone circles the tower from left to right while rising to the top": "orbit right <around tower> + pedestal up",
    "Camera turns its head to the right as if searching": "pan right",
    "Lower the camera from 2 m to 50 cm while keeping the lamp in frame": "pedestal down 1.5m + tilt up <at lamp>",
    "Rotate around the vertical axis by 120 degrees to the right": "pan right 120°",
    "spin 360 degrees on the spot": "pan right 360°",
    "crash in on the red button": "zoom in fast <at red button>",
    "Zoom in on her eyes, hold for a beat, snap back out": "zoom in <at eyes>, hold 1s, zoom out fast",
    "Very wide, unmoving. A tiny figure crosses the desert.": "hold",
    "fixed tripod, shadows move": "hold",
    "camera motion: none": "hold",
    "Camera moves as though on rails, straight and level, into the tunnel": "push in <to tunnel>",
    "The camera moves, slowly, past the sofa": "push in slow <past sofa>",
    "truck 3 m right then pan left to bring the couple back into frame": "truck right 3m, pan left",
    "Approach the table; when close, drift down to the cup": "push in <to table>, pedestal down <to cup>",
    "Rack from the cup to the window while dollying left": "truck left",
    "Move the camera from her left side to her right side": "truck right",
    "We come in through the ceiling": "push in <through ceiling>",
    "They come in and look out": "",
}
SIXTH_SET = {
    "The camera falls from the balcony to the ground": "pedestal down <to ground>",
    "Snow falls on the roof": "",
    "Don't move at first; after a moment drift slowly right": "hold, truck right slow",
    "glide between the two sofas and turn toward the fireplace": "push in <through sofas> + pan right <at fireplace>",
    "pan to the left, following the waiter": "pan left",
    "turn right, and continue along the cloister": "pan right, push in <along cloister>",
    "Slight pull back; at the same time a slow tilt up": "pull out + tilt up slow",
    "Crane down and in on the fountain": "crane down + push in <to fountain>",
    "water splash, camera rotates around it": "orbit right",
    "Pan left 45 degrees over 3 seconds, pause 1 second, pan back": "pan left 45° 3s, hold 1s, pan right 45° 3s",
    "orbit left, hold, orbit back": "orbit left, hold, orbit right",
    "Let the camera breathe a little.": "handheld",
    "enter through the terrace door and finish in front of the fireplace": "push in <through terrace door>",
    "Move the camera in a semicircle from the front of the car to the back": "orbit right 180°",
    "Gradually go wider": "pull out slow",
    "Handheld walking shot behind two soldiers": "handheld + push in",
    "Please create a smooth camera flight from the street up to the balcony": "push in <to balcony>",
    "Create a slow push in on the vase": "push in slow <to vase>",
}


@pytest.mark.parametrize("text", [*SECOND_READING, *THIRD_SET, *FOURTH_SET, *FIFTH_SET, *SIXTH_SET])
def test_directions_of_later_sets(text: str) -> None:
    assert notation(text) == {**SECOND_READING, **THIRD_SET, **FOURTH_SET, **FIFTH_SET, **SIXTH_SET}[text]
