"""Whose a move is, word by word: the camera's, somebody's, or that of a thing in the picture."""

from __future__ import annotations

import pytest

from backend.engines.draft.direction.clauses import Clause
from backend.engines.draft.direction.found import Found
from backend.engines.draft.direction.moves import find, subject

# A clause and its moves: the verb, its subject, and whether it is the camera's where the sentence so far has no
# subject, the camera, somebody.
WHOSE = {
    "push in": "push: free yyy",
    "push in the chair": "push: free nnn",
    "push in a little": "push: free yyy",
    "turn the camera left": "turn: free yyn",
    "move down the stairs": "move: free yyn",
    "pull back the curtain": "pull: free nnn",
    "ease out slowly": "ease: free yyn",
    "a pan on the stove": "pan: free nnn",
    "a slow pan": "pan: free yyy",
    "pan left": "pan: free yyy",
    "pan": "pan: free yyy",
    "pan so slowly you barely notice": "pan: free yyy",
    "pan very loud": "pan: free nnn",
    "pan over the sofa": "pan: free yyy",
    "a pan over the sofa": "pan: free yyy",
    "a pan to the window": "pan: free yyy",
    "a pan with butter": "pan: free nnn",
    "a truck left the garage": "truck: free nnn",
    "a truck left slowly": "truck: free yyy",
    "a truck left on the road": "truck: free nnn",
    "a truck is parked left of it": "truck: free nnn",
    "the truck stands left of it": "truck: free nnn",
    "the pan glitters left of it": "pan: free nnn",
    "pan glitters left": "pan: free yyy",
    "orbit falls left": "orbit: free nnn",
    "truck left": "truck: free yyy",
    "pan shot": "pan: free yyy",
    "pan movement": "pan: free yyy",
    "pan 20 degrees": "pan: free yyy",
    "pan no tilt": "pan: free yyy, tilt: other nnn",
    "pan sofa": "pan: free nnn",
    "orbit the table": "orbit: free yyy",
    "orbit it": "orbit: free yyy",
    "orbit anna": "orbit: free yyy",
    "orbit around": "orbit: free yyy",
    "arc the sofa": "arc: free yyy",
    "roll": "roll: free nnn",
    "slow roll": "roll: free yyy",
    "slow roll ten degrees": "roll: free yyy",
    "roll 20 degrees": "roll: free yyy",
    "slight roll": "roll: free yyy",
    "with a slight roll": "roll: free yyy",
    "the dog roll slightly": "roll: actor nnn",
    "roll camera": "roll: free nnn",
    "rolls": "roll: free nnn",
    "she rolls slowly": "roll: actor nnn",
    "walk towards the door": "walk: free yyn",
    "walking towards the camera": "walk: free nnn",
    "push in to the viewer": "push: free nnn",
    "a drop of water": "drop: free nnn",
    "drop two metres": "drop: free yyn",
    "a look to the right": "look: free yyn",
    "then a look to the right": "look: free nnn",
    "look right": "look: free yyn",
    "the look left": "look: free yyn",
    "a hold": "hold: free yyy",
    "a hold of 2 seconds": "hold: free yyy",
    "a hold for two seconds": "hold: free yyy",
    "hold": "hold: free yyy",
    "hold still": "hold still: free yyy",
    "hold for the door": "hold: free yyn",
    "hold on the door": "hold: free yyn",
    "hold the last 2 seconds": "hold: free yyy",
    "hold the door": "hold: free nnn",
    "hold 2 seconds": "hold: free yyy",
    "the car pulls up": "pull: actor nnn",
    "hover": "hover: free yyn",
    "hover there": "hover: free yyn",
    "stay": "stay: free yyn",
    "stay on her": "stay: free yyn",
    "to stay on her": "stay: free nnn",
    "stay here": "stay: free yyn",
    "stay on": "stay: free yyn",
    "linger on her": "linger: free yyn",
    "rest on her": "rest: free nyn",
    "stop at the door": "stop: free yyn",
    "wait": "wait: free yyn",
    "wait first": "wait: free yyn",
    "wait sofa": "wait: free nyn",
    "stay static": "stay: free yyn",
    "the ferris wheel stays still": "stays still: actor nnn",
    "everything stays still": "stays still: other yyy",
    "the dog stays still": "stays still: actor nnn",
    "stays still": "stays still: free yyn",
    "static": "static: free yyy",
    "he pans left": "pan: actor nnn",
    "she will pan left": "pan: actor nnn",
    "will pan left": "pan: free yyy",
    "it pans left": "pan: free nnn",
    "it push in": "push: free nnn",
    "pushes in": "push: free yyn",
    "circles them": "circle: free yyn",
    "circles": "circle: free nyn",
    "slowly pushes in": "push: free yyn",
    "glides forward": "glide: free yyn",
    "walks forward": "walk: free nyn",
    "the sofa pushes in": "push: other nnn",
    "panning left": "pan: free yyy",
    "walking forward": "walk: free yyn",
    "the dog panning left": "pan: actor yyy",
    "the sofa panning left": "pan: other yyy",
    "pushing in": "push: free yyn",
    "the sofa pushing in": "push: other nnn",
    "the sofa walking forward": "walk: other nnn",
    "reveal it by craning up": "crane: actor yyy",
    "reveal it by walking up": "walk: actor nnn",
    "a dreamy float forward": "float: other yyn",
    "the dreamy float forward": "float: other nnn",
    "dreams float forward": "float: other nnn",
    "endless float forward": "float: other yyn",
    "glorious float forward": "float: other yyn",
    "a very long big dreamy float forward": "float: other nnn",
    "the crowd begins to pull back": "pull: actor nnn",
    "children push in": "push: actor nnn",
    "glass push in": "push: other yyy",
    "quick push in": "push: free yyy",
    "big push in": "push: free yyy",
    "sofa push in": "push: other yyy",
    "an old truck in the corner": "truck: other nnn",
    "big truck in": "truck: free yyy",
    "old truck alongside": "truck: other yyy",
    "drifting pan left": "drift: free yyn, pan: free yyy",
    "he push in": "push: actor nnn",
    "panned left": "pan: free nnn",
    "backwards": "backwards: free yyy",
    "then backwards": "backwards: free yyy",
    "drone forward": "forward: camera yyy",
    "no camera push in": "push: camera yyy",
    "the camera pushes in": "push: camera yyy",
    "the camera rolls": "roll: camera nnn",
    "the camera rolls slightly": "roll: camera nnn",
    "camera hold": "hold: camera yyy",
    "the car pulls up hold": "pull: actor nnn, hold: other nnn",
    "hold now": "hold: free yyy",
    "a hold now": "hold: free yyy",
    "a move in": "move: free nnn",
    "a step back": "push: free yyy",
    "step back": "step: free yyn",
    "the run to the door": "run: free nnn",
    "lift up": "lift: free yyn",
    "a lift": "lift: free nnn",
    "turn left": "turn: free yyn",
    "a turn left": "turn: free yyn",
}
# What wants no movement at all.
STILL = {
    "no camera movement": True,
    "the camera doesn't move": True,
    "without moving the camera": True,
    "camera stays put": True,
    "keep the camera still": True,
    "the camera hold steady": True,
    "leave the camera": False,
    "keep her still": False,
    "keep the camera static please": False,
    "stays put behind her": False,
    "no movement": True,
    "no moving for 3 seconds": True,
    "no movement first": True,
    "no pan": False,
    "movement": False,
    "nothing moves": True,
    "no camera movement at all": True,
    "no movement of any kind in this shot": True,
    "no movement then pan": False,
    "never moves itself": True,
    "no": False,
}
# What tells the camera something that is not understood.
TOLD = {
    "the camera wobbles": True,
    "camera": False,
    "camera is here": False,
    "camera behind her": False,
    "camera woman walks": False,
    "shot wobbles": False,
    "frame wobbles": False,
    "lens wobbles": True,
    "her camera frobs": True,
    "camera never frobs": True,
    "camera 's here": False,
}
# Orders whose verb is not known; a capital is a name's.
ORDERS = {
    "gribble the camera": True,
    "gribble our view": True,
    "gribble the sofa": False,
    "florp to the left": True,
    "florp to the sofa": False,
    "florp left": True,
    "florp sideways": True,
    "wibble 2 m": True,
    "wibble 20 degrees": True,
    "wibble 3 seconds": False,
    "wibble": False,
    "please gribble the camera": True,
    "slowly gribble the lens": True,
    "push the camera": False,
    "the camera left": False,
    "in the camera": False,
    "left the camera": False,
    "camera the camera": False,
    "she left": False,
    "no left": False,
    "two left": False,
    "static left": False,
    "3 left": False,
    "gribbles left": False,
    "top left": False,
    "keep her in the left third": True,
    "hold her in the left third": False,
    "place it in the corner": True,
    "put it in the background": True,
    "keep it": False,
    "keep the corner": True,
    "Gribble left": False,
    "gribble the frame": True,
    "gribble my camera": False,
}
NOT_SIDEWAYS = {
    "no sideways movement": True,
    "without any lateral motion": True,
    "no camera lateral motion": True,
    "no push lateral": False,
    "sideways no": False,
    "lateral": False,
    "push in without lateral": True,
    "no any camera sideways": True,
}
# By a clause and the place of its move: whose it is, and whether it is denied.
SUBJECTS = {
    ("push in", 0): ("free", False),
    ("the camera push", 2): ("camera", False),
    ("no push", 1): ("free", True),
    ("never the camera push", 3): ("camera", True),
    ("the camera never push", 3): ("camera", True),
    ("she push", 1): ("actor", False),
    ("it push", 1): ("free", False),
    ("then it push", 2): ("actor", False),
    ("the sofa push", 2): ("other", False),
    ("slow left push", 2): ("free", False),
    ("a frame turns", 2): ("actor", False),
    ("his old frame turns", 3): ("actor", False),
    ("the door frame turns", 3): ("other", False),
    ("the frame turns", 2): ("camera", False),
    ("slow frame turns", 2): ("camera", False),
    ("2 lens turns", 2): ("camera", False),
    ("drifting pan", 1): ("free", False),
    ("walking pan", 1): ("free", False),
    ("panning pan", 1): ("other", False),
    ("2 m push", 2): ("free", False),
    ("a big red lens turns", 4): ("other", False),
    ("some slider turns", 2): ("actor", False),
    ("an old slider turns", 3): ("actor", False),
    ("left frame turns", 2): ("camera", False),
}
# The subject of the sentence after a clause without a move; x is the one before.
AFTER = {
    "camera still": "camera",
    "crane there": "camera",
    "jib there": "camera",
    "dolly there": "camera",
    "the camera here": "camera",
    "the sofa": "x",
    "over the shoulder of Anna": "x",
    "close on Anna": "x",
    "Anna there": "actor",
    "she there": "actor",
    "the dog": "actor",
    "extreme close": "x",
    "Camera here": "camera",
    "an old camera": "x",
    "the Big house": "actor",
}


def clause(text: str, link: str = "comma") -> Clause:
    words = text.split()
    return Clause([word.lower() for word in words], [word[0].isupper() for word in words], link)


@pytest.mark.parametrize("text", WHOSE)
def test_whose_a_move_is(text: str) -> None:
    said = []
    for move in find.find(one := clause(text)):
        whose, _ = subject.subject_of(one, move, 0)
        told = (subject.is_camera_move(one, move, whose, sentence) for sentence in ("", "camera", "actor"))
        said.append(f"{move.verb or move.kind}: {whose} " + "".join("y" if yes else "n" for yes in told))
    assert ", ".join(said) == WHOSE[text]


def test_what_wants_no_movement() -> None:
    assert {text: subject.says_no_movement(text.split()) for text in STILL} == STILL
    assert {text: subject.says_not_sideways(text.split()) for text in NOT_SIDEWAYS} == NOT_SIDEWAYS


@pytest.mark.parametrize("text", ORDERS)
def test_an_order_whose_verb_is_not_known(text: str) -> None:
    assert subject.is_an_order(clause(text)) is ORDERS[text]


def test_what_is_about_the_camera_and_after_it() -> None:
    assert {text: subject.is_about_the_camera(clause(text)) for text in TOLD} == TOLD
    assert {text: subject.sentence_subject(clause(text), "x") for text in AFTER} == AFTER


@pytest.mark.parametrize(("text", "at"), SUBJECTS)
def test_the_subject_of_a_move(text: str, at: int) -> None:
    move = Found(at, at + 1, "push", 1, "base", "push")
    assert subject.subject_of(clause(text), move, 0) == SUBJECTS[text, at]


def test_a_subject_before_the_words_asked_for_is_another_moves() -> None:
    move = Found(3, 4, "push", 1, "base", "push")
    assert subject.subject_of(clause("sofa now the push"), move, 1) == ("free", False)
    assert subject.subject_of(clause("sofa now the push"), move, 0) == ("other", False)
    assert subject.subject_of(clause("never now the push"), move, 1) == ("free", False)


def test_phrases_and_bare_ways_are_anybodys_or_the_cameras() -> None:
    def camera(text: str, whose: str, sentence: str, link: str = "comma", **found: str) -> bool:
        move = Found(0, 1, found.get("kind", "push"), 1, found.get("form", "phrase"), found.get("verb", "backwards"))
        return subject.is_camera_move(clause(text, link), move, whose, sentence)

    assert camera("backwards", "actor", "actor") and camera("backwards", "other", "")
    assert not camera("backwards", "free", "actor", "and", form="again")
    assert camera("backwards", "free", "actor", "comma", form="again")
    assert camera("backwards", "free", "camera", "and", form="again")
    assert camera("backwards", "free", "actor", "and", form="measured")
    for verb in ("static", "hold still", "hold steady", "hold position", "stays still"):
        assert not camera("it holds", "actor", "", kind="hold", verb=verb)
        assert camera("it holds", "free", "", kind="hold", verb=verb)
    assert camera("it holds", "actor", "", kind="hold", verb="locked off")
    assert not camera("it holds", "other", "", kind="hold", verb="hold still")
    assert camera("it holds", "other", "", kind="hold", verb="static")
    for word in ("everything", "all", "nothing"):
        assert camera(f"{word} holds", "other", "", kind="hold", verb="hold still")
    assert not camera("it holds", "free", "actor", kind="hold", verb="stays still")


def test_a_person_may_stand_right_before_the_verb() -> None:
    move = Found(2, 3, "pan", 1, "base", "pan", directed=True)
    for text, person in (
        ("now she pan", True),
        ("he will pan", True),
        ("now will pan", False),
        ("she then pan", False),
    ):
        assert subject._has_a_person_as_subject(text.split(), move) is person
