"""Where a clause speaks of a move, by its words: which of them they are, what the move is, and by what it was found."""

from __future__ import annotations

import pytest

from backend.engines.draft.direction.clauses import Clause
from backend.engines.draft.direction.found import Found
from backend.engines.draft.direction.moves.find import find

# A clause, "then:" before one that comes after another; under it each move: its words, kind, sign, form and verb.
FOUND = """
push in
    0-2 push +1 base push
forward through the door
    0-1 push +1 phrase forward
slowly forward through the door
    1-2 push +1 phrase forward
backwards
    0-1 push -1 phrase backwards
then: backwards
    0-1 push -1 phrase backwards
forwards 2 m
    0-1 push +1 phrase forwards
backward slowly
    0-1 push -1 phrase backward
forward sofa
    nothing
half a metre up
    0-0 pedestal +1 measured
30 cm to the left
    0-0 truck -1 measured
a quarter turn to the right
    0-0 pan +1 measured
a quarter turn in
    nothing
2 metres
    nothing
2 m up to the door
    nothing
past the sofa to the door
    0-0 push +1 phrase
towards the altar
    0-0 push +1 phrase
through the hall
    0-0 push +1 phrase
through the big old dark hall
    nothing
past the sofa
    nothing
from the door
    nothing
steadicam around the table
    0-2 orbit +1 phrase steadicam
steadicam in the hall
    nothing
steadicam in hall
    0-2 push +1 phrase steadicam
gimbal through trees here
    0-2 push +1 phrase gimbal
slider rightwards 50 cm
    0-0 truck +1 measured
rightwards
    nothing
then: rightwards
    0-1 again +1 again rightwards
sofa rightwards
    nothing
the camera leftwards slowly
    2-3 truck -1 phrase leftwards
static
    0-1 hold +1 phrase static
a static look
    nothing
fixed tripod
    1-2 hold +1 phrase tripod
slow zoom
    1-2 zoom +1 phrase zoom
zoom left
    0-1 zoom +1 base zoom undirected
static door
    nothing
a crane shot rising over the crowd
    1-3 crane +1 phrase crane shot
rise towards the roof
    0-1 pedestal +1 base rise undirected
    1-2 push +1 base approach undirected
rises to the top floor
    0-1 pedestal +1 s rise undirected
descend to the floor
    0-1 pedestal -1 base descend undirected
descending diagonally from the corner to the entrance
    0-1 pedestal -1 ing descend undirected
    1-2 push +1 ing approach undirected
ease into a slow dolly left
    4-6 truck -1 base dolly
go into a big dolly left
    4-6 truck -1 base dolly
go into dolly left
    0-2 push +1 base go
    2-4 truck -1 base dolly
arc around the table clockwise
    0-2 orbit -1 base arc
arc around the table on the left
    0-2 orbit +1 base arc
clockwise arc shot
    1-3 orbit -1 phrase arc shot
arc left
    0-2 orbit -1 base arc
orbit 90 degrees around
    0-4 orbit +1 base orbit
orbit the table walk left
    0-1 orbit +1 base orbit undirected
    3-5 truck -1 base walk
tracking shot to the left
    0-5 truck -1 phrase tracking shot
tracking shot down the corridor
    0-3 push +1 phrase tracking shot
tracking shot up the wall
    0-3 pedestal +1 phrase tracking shot
tracking shot along the fence left
    0-2 truck -1 phrase tracking shot
tracking shot along the fence
    0-2 truck +1 phrase tracking shot
tracking shot along the corridor
    0-3 push +1 phrase tracking shot
reverse dolly left
    0-2 push -1 phrase reverse dolly
pan from the sink to the fridge
    0-1 pan +1 base pan undirected
from the sink to the walk
    0-0 push +1 phrase
pull back down the nave
    0-2 push -1 base pull
pull back down the floor
    nothing
drift down to the signature
    0-2 pedestal -1 base drift
walk down to the door
    0-2 push +1 base walk
truck along the fence
    0-2 truck +1 base truck
truck along the street
    0-2 push +1 base truck
dolly alongside the car
    0-2 truck +1 base dolly
track in alongside
    0-2 push +1 base track
rotate around the table
    0-2 orbit +1 base rotate
turn to the door
    0-1 pan +1 base turn
turn to the floor
    0-1 tilt -1 base turn
look at the floor
    0-1 tilt -1 base look
look at the sky
    0-1 tilt +1 base look
look at her
    0-1 pan +1 base look
look at door
    nothing
turn from the door to the window
    0-1 pan +1 base turn
turn to face her
    0-1 pan +1 base turn
turns slowly
    0-1 pan +1 s turn undirected
turn slowly left
    0-3 pan -1 base turn
turn
    nothing
turning
    0-1 pan +1 ing turn undirected
turning fan
    nothing
whip 90 degrees
    0-1 pan +1 base whip undirected
sweep by 20 degrees
    0-1 pan +1 base sweep undirected
push
    0-1 push +1 phrase push
push until
    0-1 push +1 base push
push on
    0-1 push +1 phrase push
push door
    nothing
pull over
    0-1 push -1 phrase pull
pull 2 m
    0-1 push -1 phrase pull
walk 2 m slowly
    0-1 push +1 base walk
walk 2 seconds
    nothing
creep
    0-1 push +1 phrase creep
inch in
    0-2 push +1 base inch speed=0.5
spin
    nothing
hover
    0-1 hold +1 base hover undirected
spiral up
    0-2 orbit +1 base spiral
"""


def told(move: Found) -> str:
    words = [f"{move.start}-{move.end}", move.kind, f"{move.sign:+d}", move.form, move.verb]
    words += [f"{name}={value}" for name, value in move.extra] + ([] if move.directed else ["undirected"])
    return " ".join(filter(None, words))


def rows() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    text = ""
    for line in FOUND.strip().splitlines():
        if line.startswith("    "):
            found[text].append(line.strip())
        else:
            found[text := line] = []
    return found


@pytest.mark.parametrize("text", rows())
def test_which_moves_a_clause_speaks_of(text: str) -> None:
    words = text.removeprefix("then: ").split()
    link = "then" if text.startswith("then: ") else "sentence"
    found = find(Clause(words, [False] * len(words), link))
    assert ([told(move) for move in found] or ["nothing"]) == rows()[text]
