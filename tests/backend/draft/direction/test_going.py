"""A phrase of place means the same after every verb of going, whoever is told to go."""

from __future__ import annotations

import pytest

from tests.backend.draft.direction.sets.directors import notation

VERBS = ("move", "glide", "go", "drift", "fly", "creep", "push", "dolly", "track", "walk", "slip", "head")
WAYS = {
    "up to the window": "push in <to window>",
    "past the sofa to the window": "push in <to window>",
    "out through the doorway": "push in <through doorway>",
    "out onto the terrace": "push in <to terrace>",
    "out from behind the column": "truck right <from column>",
    "out of the kitchen into the garden": "push in <to garden>",
    "out of the kitchen": "pull out",
    "in a circle around the table": "orbit right <around table>",
    "in a wide arc around her to the left": "orbit left <around her>",
    "deeper into the room": "push in <to room>",
    "down the corridor": "push in",
    "up the stairs": "push in <up stairs>",
    "behind the sofa": "push in <to sofa>",
    "under the table": "push in <under table>",
    "beside her": "truck right <past her>",
    "low over the grass": "push in <over grass>",
    "from the door past the sofa to the window": "push in <to window>",
}
FRAMES = ("{verb} {way}", "the camera should {verb} {way}", "A man reads a book. We {verb} {way}.")


@pytest.mark.parametrize("way", WAYS)
def test_a_phrase_of_place_is_one_move(way: str) -> None:
    for frame in FRAMES:
        for verb in VERBS:
            said = notation(frame.format(verb=verb, way=way)).replace(" slow", "")
            assert said == WAYS[way], (verb, frame)


@pytest.mark.parametrize(
    ("text", "moves"),
    [
        ("Push past the sofa to the window", "push in <to window>"),
        ("Take us out through the open window", "push in <through open window>"),
        ("the camera floats with her", "truck right <with her>"),
        ("One continuous take moving forward through the rooms", "push in <through rooms>"),
        ("As if we were floating through the hall", "push in <through hall>"),
        ("pull out through the doorway", "pull out <through doorway>"),
        ("walk backwards out of the room", "pull out"),
        ("track right past the piano", "truck right <past piano>"),
        ("in a slow arc from left to right", "orbit right slow"),
        ("She takes the stairs down into the hall", ""),
        ("The boy goes out through the door", ""),
    ],
)
def test_ways_beside_a_side_or_another_subject(text: str, moves: str) -> None:
    assert notation(text) == moves
