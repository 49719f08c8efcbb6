"""What each verb of the camera does in each direction, and each set phrase, by what is found in a clause of them."""

from __future__ import annotations

import pytest

from backend.engines.draft.direction.clauses import Clause
from backend.engines.draft.direction.moves.find import find

DIRECTIONS = ("", "in", "out", "left", "right", "up", "down", "around", "clockwise", "anticlockwise")
# A direction that a verb does not list is that of the verb alone, "-".
VERBS = {
    "pan": "-: pan 1; left: pan -1; up: tilt 1; down: tilt -1; anticlockwise: pan -1",
    "tilt": "-: tilt 1; left: roll -1; right: roll 1; down: tilt -1; clockwise: roll 1; anticlockwise: roll -1",
    "dolly": "-: push 1; out: push -1; left: truck -1; right: truck 1; up: pedestal 1; "
    "down: pedestal -1; around: orbit 1",
    "truck": "-: truck 1; in: push 1; out: push -1; left: truck -1; up: pedestal 1; down: pedestal -1; around: orbit 1",
    "track": "-: truck 1; in: push 1; out: push -1; left: truck -1; up: pedestal 1; down: pedestal -1; around: orbit 1",
    "crab": "-: truck 1; left: truck -1",
    "zoom": "-: zoom 1; out: zoom -1",
    "pedestal": "up: pedestal 1; down: pedestal -1",
    "ped": "up: pedestal 1; down: pedestal -1",
    "crane": "-: crane 1; down: crane -1",
    "jib": "-: crane 1; down: crane -1",
    "boom": "up: crane 1; down: crane -1",
    "orbit": "-: orbit 1; left: orbit -1; clockwise: orbit -1",
    "arc": "-: orbit 1; left: orbit -1; clockwise: orbit -1",
    "circle": "-: orbit 1; left: orbit -1; clockwise: orbit -1",
    "push": "-: push 1; out: push -1; left: truck -1; right: truck 1; up: pedestal 1; "
    "down: pedestal -1; around: orbit 1; clockwise: ; anticlockwise: ",
    "pull": "-: push -1; in: push 1; left: truck -1; right: truck 1; up: crane 1; "
    "down: ; around: ; clockwise: ; anticlockwise: ",
    "roll": "-: roll 1; left: roll -1; anticlockwise: roll -1",
    "glide": "in: push 1; out: push -1; left: truck -1; right: truck 1; up: pedestal 1; "
    "down: pedestal -1; around: orbit 1; clockwise: orbit -1; anticlockwise: orbit 1",
    "turn": "left: pan -1; right: pan 1; up: tilt 1; "
    "down: tilt -1; around: pan 1; clockwise: roll 1; anticlockwise: roll -1",
    "rise": "-: pedestal 1",
    "descend": "-: pedestal -1",
    "hold": "-: hold 1",
    "drop": "-: pedestal -1; out: push -1",
    "fall": "-: pedestal -1; out: push -1",
    "tip": "up: tilt 1; down: tilt -1",
    "settle": "-: hold 1; out: push -1",
    "cant": "-: roll 1; left: roll -1; anticlockwise: roll -1",
    "recoil": "-: push -1 speed 1.8",
    "drift": "-: truck 1; in: push 1; out: push -1; left: truck -1; up: pedestal 1; "
    "down: pedestal -1; around: orbit 1; clockwise: orbit -1; anticlockwise: orbit 1",
    "lean": "in: push 1; out: push -1; left: roll -1; right: roll 1; clockwise: roll 1; anticlockwise: roll -1",
    "stand": "up: pedestal 1 metres 0.45",
    "sit": "down: pedestal -1 metres 0.45",
    "crouch": "-: pedestal -1 metres 0.7",
    "lead": "-: push -1; in: push 1; left: truck -1; right: truck 1",
    "revolve": "-: orbit 1; left: orbit -1; clockwise: orbit -1",
    "encircle": "-: orbit 1; left: orbit -1; clockwise: orbit -1",
    "follow": "-: push 1; left: truck -1; right: truck 1",
    "approach": "-: push 1",
    "enter": "-: push 1",
    "exit": "-: push 1; out: push -1",
    "cross": "-: push 1",
    "retreat": "-: push -1",
    "recede": "-: push -1",
    "reverse": "-: push -1",
    "back": "-: again 1; out: push -1; up: push -1",
    "tighten": "-: zoom 1",
    "widen": "-: zoom -1",
    "loosen": "-: zoom -1",
    "spiral": "-: orbit 1; left: orbit -1; clockwise: orbit -1",
    "shake": "-: handheld 1",
    "sway": "-: handheld 1",
}
PHRASES = {
    "dolly zoom": "dolly zoom -1",
    "dolly out zoom in": "dolly zoom -1",
    "vertigo shot": "dolly zoom -1",
    "dolly zoom in": "dolly zoom 1",
    "dolly in zoom out": "dolly zoom 1",
    "tracking shot": "truck 1",
    "reverse dolly": "push -1",
    "dolly shot": "push 1",
    "crane shot": "crane 1",
    "orbit shot": "orbit 1",
    "panning shot": "pan 1",
    "tilt shot": "tilt 1",
    "zoom shot": "zoom 1",
    "dutch angle": "roll 1",
    "handheld": "handheld 1",
    "static shot": "hold 1",
    "freeze frame": "hold 1",
    "drone shot": "push 1",
    "walkthrough": "push 1 amount 1.4",
    "flythrough": "push 1 amount 1.6",
    "360 shot": "orbit 1 amount 2",
    "360 around": "orbit 1 degrees 360",
    "full orbit": "orbit 1 degrees 360",
    "half orbit": "orbit 1 degrees 180",
    "180 around": "orbit 1 degrees 180",
    "quarter orbit": "orbit 1 degrees 90",
    "90 around": "orbit 1 degrees 90",
    "270 around": "orbit 1 degrees 270",
    "slow push": "push 1",
    "gentle push": "push 1",
    "slow pull": "push -1",
    "bullet time": "orbit 1 speed 0.8",
    "ken burns": "zoom 1 amount 0.6",
    "crash zoom": "zoom 1",
    "punch in": "zoom 1 speed 3",
    "barrel roll": "roll 1 degrees 360",
    "slight dutch": "roll 1 amount 0.6",
    "clockwise rotation": "roll 1",
    "rotation counterclockwise": "roll -1",
    "shaky cam": "handheld 1 amount 1.8",
    "camera shake": "handheld 1 amount 1.5",
    "shoulder mounted": "handheld 1 amount 0.8",
    "static": "hold 1",
    "tripod": "hold 1",
    "orbit": "orbit 1",
    "vertigo": "dolly zoom -1",
    "forward": "push 1",
    "zoom": "zoom 1",
    "pan": "pan 1",
    "tilt": "tilt 1",
    "crane": "crane 1",
    "truck": "truck 1",
    "parallax": "truck 1",
    "backward": "push -1",
    "reverse": "push -1",
    "pull": "push -1",
    "breathing": "handheld 1",
    "sway": "handheld 1",
}
OWN = {
    "creep in": "push 1 speed 0.5",
    "crawl in": "push 1 speed 0.5",
    "inch in": "push 1 speed 0.5",
    "sneak in": "push 1 speed 0.6",
    "stroll in": "push 1 speed 0.7",
    "swoop in": "push 1 speed 1.6",
    "run in": "push 1 speed 1.6",
    "surge in": "push 1 speed 1.8",
    "recoil": "push -1 speed 1.8",
    "rush in": "push 1 speed 2",
    "race in": "push 1 speed 2",
    "rocket in": "push 1 speed 2",
    "plummet": "pedestal -1 speed 2",
    "whip left": "pan -1 speed 4",
    "snap left": "pan -1 speed 4",
    "jerk left": "pan -1 speed 4",
    "stand up": "pedestal 1 metres 0.45",
    "sit down": "pedestal -1 metres 0.45",
    "crouch": "pedestal -1 metres 0.7",
    "kneel": "pedestal -1 metres 0.7",
    "squat down": "pedestal -1 metres 0.7",
    "glide in": "push 1",
}


def told(text: str) -> str:
    words = text.split()
    moves = find(Clause(words, [False] * len(words), "comma"))
    return ", ".join(
        " ".join([one.kind, str(one.sign), *(f"{name} {value:g}" for name, value in one.extra)]) for one in moves
    )


@pytest.mark.parametrize("verb", VERBS)
def test_what_a_verb_does_in_each_direction(verb: str) -> None:
    listed = dict(part.split(": ", 1) for part in VERBS[verb].split("; "))
    for direction in DIRECTIONS:
        assert told(f"{verb} {direction}".strip()) == listed.get(direction or "-", listed.get("-", "")), direction


@pytest.mark.parametrize("phrase", PHRASES)
def test_what_a_set_phrase_does(phrase: str) -> None:
    assert told(phrase) == PHRASES[phrase]


def test_how_fast_and_how_far_a_verb_is_by_itself() -> None:
    assert {text: told(text) for text in OWN} == OWN
