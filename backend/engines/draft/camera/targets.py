"""Which thing a direction's words mean, and where it is."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from client.protocol import Thing

from ..direction.lists import by_phrase, one_of
from ..direction.plain.translate import noun_in_english
from .scene_depth import SceneDepth

PEOPLE = one_of(
    """
        him, her, them, us, she, he, they, someone, somebody, everyone, everybody, man, men, woman, women, boy, boys,
        girl, girls, child, children, kid, kids, baby, person, people, couple, crowd, group, family, mother, father,
        actor, actress, actors, dancer, dancers, character, characters, hero, heroine, subject, subjects, talent, lady,
        guy, guys, singer, speaker, figure, face, faces, head, eyes
    """
)
SEVERAL = one_of(
    "them, they, us, men, women, boys, girls, children, kids, people, couple, crowd, group, family, actors, "
    "everyone, everybody, characters, dancers, subjects, guys, faces"
)
# Words for one thing: what an artist writes and what the object is called.
_SAME = by_phrase(
    {
        "sofa": "sofa, couch, settee, divan",
        "door": "door, doorway, doors, entrance, doorframe, entry, archway, portal, gate, exit",
        "shelf": "shelf, bookshelf, bookcase, shelves, shelving",
        "tv": "tv, television, telly, monitor, screen",
        "fridge": "fridge, refrigerator",
        "rug": "rug, carpet",
        "picture": "picture, painting, portrait, artwork",
        "car": "car, automobile, vehicle, sedan, taxi",
        "house": "house, building, home, facade, villa, tower",
        "plant": "plant, flower, flowers, pot plant, houseplant, bush",
        "stairs": "stairs, staircase, stairway, steps, stair",
        "tree": "tree, branch, branches, trunk, canopy, treetop",
        "lamp": "lamp, light, lantern, chandelier",
        "desk": "desk, worktable",
        "table": "table, coffeetable",
        "chair": "chair, armchair, seat, stool",
        "fence": "fence, railing, hedge",
        "counter": "counter, worktop, island",
        "cupboard": "cupboard, cabinet, wardrobe, closet, dresser",
    }
)
# Parts of a person: how far up the middle of each is, of the body's height, and how high it is, in metres.
BODY = {
    "face": (0.92, 0.5),
    "head": (0.92, 0.5),
    "eyes": (0.93, 0.28),
    "shoulder": (0.82, 0.6),
    "shoulders": (0.82, 0.7),
    "back": (0.7, 0.9),
    "chest": (0.74, 0.6),
    "hand": (0.48, 0.3),
    "hands": (0.5, 0.4),
    "hair": (0.96, 0.4),
    "neck": (0.85, 0.4),
    "waist": (0.58, 0.6),
    "hips": (0.52, 0.6),
    "legs": (0.25, 0.9),
    "knee": (0.28, 0.4),
    "knees": (0.28, 0.4),
    "feet": (0.06, 0.4),
    "foot": (0.06, 0.4),
    "shoe": (0.03, 0.3),
    "shoes": (0.03, 0.3),
    "boots": (0.05, 0.4),
    "toes": (0.02, 0.3),
}
EQUAL = 0.5  # as large as another in the picture, at least: a name may mean the one or the other
_PART = re.compile(r"[A-Z]?[^\W\d_A-Z]+|[A-Z]+(?![^\W\d_A-Z])|[^\W\d_]+")


@dataclass(frozen=True)
class Target:
    """Where a thing is: the middle and size of its box, metres in the start camera's axes. `named`: whether it was
    found by its name; else it is what the camera looks at. `person`: whether it is one, as a whole."""

    centre: np.ndarray
    size: np.ndarray
    named: bool
    person: bool = False


def find_target(name: str, scene: SceneDepth, among: float = 0.0, which: str = "") -> Target | None:
    """The thing called `name` among those in view; None where there is none. Where the name fits several alike it is
    the one that the words tell by `which` (see `target.which_of`), else that nearest to the middle, or by `among`
    (0..1) one that the camera shows as well."""
    asked = [_plain(word) for word in name.lower().split()]
    if not asked:
        return None
    if " and " in name:  # "between the bed and the wardrobe"
        both = [find_target(part, scene, among) for part in name.split(" and ", 1)]
        return _around(both[0], both[1]) if both[0] and both[1] else None
    said = name.lower().split()
    if len(said) > 1 and said[-2].endswith("'s") and said[-1] in BODY:  # "Ben's face"
        owner = find_target(" ".join([*said[:-2], said[-2].removesuffix("'s")]), scene, among)
        return part_of(owner, said[-1]) if owner is not None and owner.person else owner
    asked = [which, *asked]
    if asked[-1] in PEOPLE and (people := [thing for thing in scene.things if thing.person]):
        if asked[-1] in SEVERAL:
            return _together(people)
        person = _of(_one_of(people, scene, among, which))
        return part_of(person, asked[-1]) if asked[-1] in BODY else person
    best: list[Thing] = []
    most = 0.0
    for thing in scene.things:
        score = _likeness(asked, thing.name)
        if score > most:
            best, most = [thing], score
        elif score == most and score > 0:
            best.append(thing)
    if not best and said[-1] in BODY and (people := [thing for thing in scene.things if thing.person]):
        return part_of(_of(_one_of(people, scene, among, which)), said[-1])  # "her shoes"
    if not best:
        return None
    plural = len(best) > 1 and name.lower().split()[-1].endswith("s") and not asked[-1].endswith("s")
    return _together(best) if plural else _of(_one_of(best, scene, among, which))


def part_of(person: Target, part: str) -> Target:
    """A part of a person's body; the start camera's own up is taken for the body's."""
    share, high = BODY[part]
    size = np.minimum(person.size, high)
    return Target(person.centre + np.array([0.0, (share - 0.5) * float(person.size[1]), 0.0]), size, True)


def shown_of(person: Target, times: float) -> Target:
    """As much of a person from the head down as a frame shows in which the whole is `times` as high."""
    high = float(person.size[1]) / max(times, 1.0)
    size = np.minimum(person.size, max(high, 0.1))
    return Target(person.centre + np.array([0.0, 0.5 * (float(person.size[1]) - high), 0.0]), size, True, True)


def _likeness(asked: list[str], name: str) -> float:
    """How well a name fits: its last word, or one that means the same, has to be there."""
    have = {noun_in_english(part.lower()) for part in _PART.findall(name)}
    have |= {_plain(part) for part in have}
    same = {_SAME.get(part, part) for part in have}
    if asked[-1] in have:
        score = 2.0
    elif _SAME.get(asked[-1], asked[-1]) in same:
        score = 1.0
    else:
        return 0.0
    return score + sum(0.5 for word in asked[:-1] if word in have) - 0.01 * len(have)


def _plain(word: str) -> str:
    """A noun in the singular, near enough to compare."""
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith("s") and not word.endswith("ss") and len(word) > 3 and word not in PEOPLE and word not in _SAME:
        return word[:-1]
    return word


def _one_of(things: list[Thing], scene: SceneDepth, among: float, which: str) -> Thing:
    """One of the `things` that a name fits alike: the one that is pointed out, that nearest to the middle, or one that
    looks about as large."""
    if which in _OUTERMOST:
        return min([thing for thing in things if _size_seen(thing, scene)] or things, key=_OUTERMOST[which])
    if found := _pointed_out(things, scene, which):
        return found
    first = _nearest_middle(things)
    if among == 0.0 or which or scene.orthographic:
        return first
    equal = [thing for thing in things if _size_seen(thing, scene) >= EQUAL * _size_seen(first, scene) > 0.0]
    return sorted(equal, key=lambda thing: thing.centre)[int(among * len(equal))] if equal else first


def _pointed_out(things: list[Thing], scene: SceneDepth, which: str) -> Thing | None:
    """That of several which is pointed out by its number from a side ("2 left") or by its neighbour ("left of table");
    None where neither says so, or the neighbour is not in view."""
    by, _, name = which.partition(" ")
    if by.isdigit():
        row = sorted([thing for thing in things if _size_seen(thing, scene)] or things, key=_OUTERMOST[name])
        return row[min(int(by), len(row)) - 1]
    name = name.removeprefix("of ")
    neighbour = find_target(name, scene) if name else None
    if neighbour is None or scene.orthographic:
        return None
    across, far = _aside_of(neighbour.centre), math.hypot(*neighbour.centre)
    fits: dict[str, Callable[[Thing], bool]] = {
        "left": lambda thing: _aside(thing) < across,
        "right": lambda thing: _aside(thing) > across,
        "behind": lambda thing: math.hypot(*thing.centre) > far,
        "before": lambda thing: math.hypot(*thing.centre) < far,
        "near": lambda thing: True,
    }
    kept = [thing for thing in things if by in fits and fits[by](thing)]
    return min(kept, key=lambda thing: math.dist(thing.centre, neighbour.centre), default=None)


def _aside(thing: Thing) -> float:
    """How far to the right a thing stands in the picture."""
    return _aside_of(thing.centre)


def _aside_of(centre: Sequence[float] | np.ndarray) -> float:
    return float(centre[0]) / max(-float(centre[2]), 1e-3)


# The least by these is the one that is meant.
_OUTERMOST: dict[str, Callable[[Thing], float]] = {
    "left": _aside,
    "right": lambda thing: -_aside(thing),
    "nearest": lambda thing: math.hypot(*thing.centre),
    "farthest": lambda thing: -math.hypot(*thing.centre),
}


def _size_seen(thing: Thing, scene: SceneDepth) -> float:
    """How large a thing looks: its greatest side over its distance; 0 where its middle is out of the picture."""
    x, y, z = thing.centre
    if z > -1e-3 or abs(x / z) > 0.5 * scene.width / scene.fx or abs(y / z) > 0.5 * scene.height / scene.fy:
        return 0.0
    return max(thing.size) / -z


def _nearest_middle(things: Iterable[Thing]) -> Thing:
    """Of things with one name that which a camera would mean: near the middle, then large."""

    def off(thing: Thing) -> float:
        x, y, z = thing.centre
        return (abs(x) + abs(y)) / max(-z, 1e-3) if z < 0 else 1e6 + abs(x)

    return min(things, key=lambda thing: (round(off(thing), 3), -max(thing.size)))


def _of(thing: Thing) -> Target:
    return Target(np.array(thing.centre, np.float64), np.array(thing.size, np.float64), True, thing.person)


def _around(one: Target, other: Target) -> Target:
    """The two as one."""
    low = np.minimum(one.centre - one.size / 2, other.centre - other.size / 2)
    high = np.maximum(one.centre + one.size / 2, other.centre + other.size / 2)
    return Target((low + high) / 2, high - low, True)


def _together(things: Iterable[Thing]) -> Target:
    boxes = [(np.array(thing.centre), np.array(thing.size)) for thing in things]
    low = np.min([centre - size / 2 for centre, size in boxes], axis=0)
    high = np.max([centre + size / 2 for centre, size in boxes], axis=0)
    return Target((low + high) / 2, high - low, True)
