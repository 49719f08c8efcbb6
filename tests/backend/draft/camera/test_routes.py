"""Ways with corners: along things, under and over them, and around what can't be gone through."""

from __future__ import annotations

import numpy as np
import pytest

from backend.engines.draft.camera.moves import Move, path_of
from client.protocol import Camera, Thing

LEVEL = ((1.0, 0, 0, 0), (0, 0, -1.0, 0), (0, 1.0, 0, 1.6), (0, 0, 0, 1.0))
THINGS = (
    Thing("Fence", (3.0, -1.0, -8.0), (0.1, 1.2, 6.0), False),
    Thing("Hedge", (-1.0, -1.0, -12.0), (6.0, 1.2, 0.5), False),
    Thing("Table", (0.5, -1.2, -5.0), (1.4, 0.8, 0.8), False),
    Thing("Window", (-2.0, 0.0, -12.5), (1.6, 1.4, 0.1), False),
    Thing("Anna", (-1.2, -0.75, -3.0), (0.5, 1.7, 0.4), True),
    Thing("Ben", (1.8, -0.7, -3.2), (0.5, 1.8, 0.4), True),
)
ABOVE_AGAIN = ". Hold. Then rise until we look straight down at the table"
SIGHT = ((14.0,) * 8,) * 6
CAMERA = Camera("perspective", 1920, 1080, 960.0, 540.0, 1500.0, 1500.0, matrix_world=LEVEL, things=THINGS, sight=SIGHT)


def flown(words: str) -> Move:
    return path_of(words, CAMERA, 6.0)


def places(move: Move) -> np.ndarray:
    return np.array([np.array(key.matrix)[:3, 3] for key in move.path.keyframes])


def at_depth(words: str, depth: float) -> np.ndarray:
    """Where the camera is as it passes so many metres ahead."""
    found = places(flown(words))
    return np.asarray(found[int(np.argmin(np.abs(-found[:, 2] - depth)))])


@pytest.mark.parametrize(
    "words", ["Track along the fence", "Truck left along the fence", "Walk along the fence to its end"]
)
def test_along_what_leads_away_the_camera_goes_beside_it_to_its_end(words: str) -> None:
    assert at_depth(words, 8.0) == pytest.approx([2.05, 0.0, -8.0], abs=0.05)
    assert places(flown(words))[-1] == pytest.approx([2.05, 0.0, -11.0], abs=0.01)


def test_along_what_lies_across_it_goes_sideways() -> None:
    end = places(flown("Glide along the hedge"))[-1]
    assert end[0] < -2.0 and end[1:] == pytest.approx([0.0, 0.0])


def test_under_a_table_is_below_its_top_and_over_it_above() -> None:
    under, over = (at_depth(f"{way} the table to the window", 5.0) for way in ("Glide under", "Fly over"))
    assert under == pytest.approx([0.5, -1.28, -5.0], abs=0.1) and over == pytest.approx([0.5, 0.3, -5.0], abs=0.1)
    for way in ("Glide under", "Fly over"):
        assert places(flown(f"{way} the table to the window"))[-1][0] == pytest.approx(-1.8, abs=0.3)
    assert at_depth("Duck under the table", 5.0)[1] == pytest.approx(-1.28, abs=0.02)


def test_a_top_shot_is_right_above_its_thing_and_a_second_one_stays_there() -> None:
    once, twice = (places(flown(f"Crane up to a top shot of the table{more}"))[-1] for more in ("", ABOVE_AGAIN))
    assert once == pytest.approx([0.487, 1.052, -4.871], abs=1e-3)  # it fills 0.6 of the frame, 4 degrees from upright
    assert twice == pytest.approx(once, abs=1e-6)


@pytest.mark.parametrize("views", [1, 5])
@pytest.mark.parametrize("words", ["Push through the table", "Push through Ben"])
def test_it_goes_around_bodies_and_says_so(words: str, views: int) -> None:
    thing = next(thing for thing in THINGS if thing.name.lower() in words.lower())
    made = path_of(words, CAMERA, 6.0, views=views)
    for place in places(made):
        outside = np.abs(place - thing.centre)[[0, 2]] > np.array(thing.size)[[0, 2]] / 2
        assert outside.any()
    assert places(made)[-1][2] < thing.centre[2] - 0.9
    assert made.notes == (
        f'The camera does not go through things: "{words.lower()}" leads around: {thing.name.lower()}.',
    )


def test_between_two_it_goes_through_the_middle_of_both_and_on() -> None:
    assert at_depth("Move between Anna and Ben to the window", 3.1)[0] == pytest.approx(0.3, abs=0.1)
    assert flown("Move between Anna and Ben").notes == ()


def test_beside_somebody_it_ends_face_to_face() -> None:
    end = np.array(flown("Push past Anna on her left towards Ben").path.keyframes[-1].matrix)
    assert abs(np.degrees(np.arcsin(end[1, 2]))) < 25  # and not on the belly
