"""What a move is about: the thing it goes to, past, through, over or around, or looks at."""

from __future__ import annotations

from .. import words
from ..lists import by_phrase, one_of
from ..modifiers import is_figure, is_modifier
from ..sentences import ACTORS, CAMERA_NOUNS, DETERMINERS, INCLINES, NEGATIONS
from ..vocabulary import CAMERA_VERBS, DIRECTIONS, EVERYDAY_VERBS

# How a move and its thing hang together, by the word between them. The first of these in a clause that says several
# ("past the chair to the door") is the one that counts.
RELATIONS = (
    "whole",
    "around",
    "through",
    "to",
    "up",
    "down",
    "level",
    "top",
    "over",
    "under",
    "past",
    "along",
    "at",
    "with",
    "from",
    "behind",
)
_LINKING = by_phrase(
    {
        "around": "around, about, round",
        "through": "through, between",
        "to": "to, toward, towards, into, onto, on, at, upon, reach, reaches, near, nearer",
        "over": "over, above, across",
        "past": "past, beyond, beside, by",
        "along": "along, alongside",
        "under": "under, underneath, beneath, below",
        "top": "topdown",
        "from": "from",
        "with": "with",
        "behind": "behind",
    }
)
_WITH_AN_OBJECT = {
    "orbit": "around",
    "circle": "around",
    "encircle": "around",
    "arc": "around",
    "approach": "to",
    "enter": "through",
    "exit": "from",
    "follow": "with",
    "track": "with",
    "lead": "with",
    "explore": "through",
}
_PURPOSES = one_of(
    """
        compensate, match, emphasise, emphasize, highlight, finish, start, help, avoid, stay, keep, keeps,
        keeping, hold, follow, show, see, catch, build, match, create, give, make, let, add,
        bring, put, get, place, center, centre, have, allow
    """
)
_KEEPING = ("keep", "keeps", "hold")
_IN_FRAME = one_of("frame, shot, view, sight, centre, center, middle, centred, centered, framed")
_FINDING = ("face", "find", "discover", "meet", "include", "frame")
_LOOKS = ("pan", "tilt", "zoom", "dolly zoom", "roll")  # they look at a thing and do not go there
PEOPLE = one_of("him, her, them, us, me, it, everyone, everybody, someone, somebody")
WHOLE = one_of("whole, entire, full, complete")
OPENINGS = one_of("door, doorway, doors, window, gate, archway, arch, tunnel, entrance, exit, hatch, portal")
# Words that end the name of a thing.
_ENDS = one_of(
    """
        of, in, on, to, at, by, from, with, and, or, then, while, as, that, which, who, for, behind, under, inside,
        outside, between, beside, until, into, onto, toward, towards, over, above, across, past, along, around, through,
        near, is, are, so, but, before, after, over, off, down, up, sitting, standing, lying, walking, where, beyond,
        we, i, you, he, she, they, it, during, per, like, without, against, next, front, when, there, here, again, via,
        facing, looking, talking, centred, centered, framed, ever, keeps, only, waiting, wearing, throughout,
        keeping, leaving, holding
    """
)
_NO_THINGS = one_of(
    """
        side, end, other, top, bottom, rear, middle, center, centre, start, beginning, same, way, time, once,
        first, last, final, least, all, quarter, most, motion, speed, direction, distance, height, level, ground level,
        foreground, background, rest, lot, bit, little, tad, touch, turn, circle, degree, degrees, order,
        seconds, second, foot, pace, one, it, itself, close, closeup, slow motion, frame, tripod, sticks, dolly, rails,
        crane, gimbal, space, set, point, order, thing, half, axis, very, really, quite, so, overhead, once,
        twice, angle, low, high
    """
)
_ROWS = one_of("row, rows, line, series, pair, bank, wall, set")
_TIMES = one_of("hour, dawn, dusk, night, noon, midday, midnight, twilight, sunset, sunrise, day, daybreak, nightfall")
OF_A_BODY = one_of(
    "back, feet, foot, head, face, eyes, hair, neck, hand, hands, waist, hips, legs, knees, shoes, boots, toes, "
    "shoulder, shoulders, chest"
)
_ADJECTIVES_OF_SIDE = frozenset(("left", "right", "upper", "lower", "far", "near", "back", "front"))
# Words that say which of several things is meant: before its name ("the left chair"), or after it.
WHICH = by_phrase(
    {
        "left": "left, leftmost",
        "right": "right, rightmost",
        "middle": "middle, center, centre, central",
        "nearest": "nearest, closest, near, front, foreground",
        "farthest": "farthest, furthest, far, back, rear, background",
    }
)
_TOLD_BY = one_of("by, near, beside, behind, next, in, on, under, at, to, of, opposite, below, above, between, closest")
_PICTURE = one_of("picture, image, screen, room, scene")
_NEIGHBOURS = (DETERMINERS - {"a", "an"}) | PEOPLE | {"to"}


def target_of(text: list[str], kind: str, verb: str, start: int, stop: int) -> tuple[str, str]:
    """The relation (one of RELATIONS, or "") and the thing of a move of `kind` and `verb` that is said in the words
    [start, stop) of a clause."""
    found: dict[str, str] = {}
    i, ended = start, -1  # where the thing before ended
    while i < stop:
        if kind == "push" and text[i] in ("up", "down"):  # "up the spiral stairs"
            found.update((text[i], word) for word in text[i + 1 : min(i + 4, stop)] if word in INCLINES)
        relation = _relation(text, i, verb, start)
        if relation is None or (relation == "under" and kind not in _GOES_UNDER):
            i += 1
            continue
        if relation == "to" and text[i + 1 : i + 2] and text[i + 1] in _FINDING:  # "to find the couple"
            i += 1
        elif relation == "to" and text[i + 1 : i + 2] and text[i + 1] in _PURPOSES:
            if kind in _LOOKS and text[i + 1] in _KEEPING and _IN_FRAME.intersection(text[i + 2 : stop]):
                found.setdefault("at", noun_phrase(text, i + 2, stop)[1])  # "pan left to keep her in frame"
            i += 2
            continue
        if found and i == ended and text[i] in _STANDING:  # "past the painting on the left wall"
            i = noun_phrase(text, i + 1, stop)[2]
            continue
        if relation == "behind" and i and text[i - 1] == "from":
            relation = "from"
        if relation == "behind" and stands_behind(text, i, start):
            i = max(noun_phrase(text, i + 1, stop)[2], i + 1)
            continue
        between, began = text[i] == "between" or relation == "around", i
        whole, name, i = noun_phrase(text, i + 1, stop)
        if between and name and text[i : i + 1] == ["and"]:  # "between the bed and the wardrobe"
            _, other, i = noun_phrase(text, i + 1, stop)
            name = f"{name} and {other}" if other else name
        if name and text[began] == "at" and name.split()[-1] in _TIMES:  # "at golden hour"
            continue
        if name and whole:
            found.setdefault("whole", name)
        elif name:
            ended = i
            found[relation] = name if relation == "to" else found.get(relation, name)
    for relation in RELATIONS:
        if found.get(relation):
            return _as_seen(relation, kind), found[relation]
    return "", ""


_GOES_UNDER = ("push", "pedestal", "crane")
_STANDING = ("on", "at", "near", "upon", "under", "underneath", "beneath", "below")


def stands_behind(text: list[str], i: int, start: int) -> bool:
    """Whether "behind" at word `i` tells where a thing stands: "the crowd behind the wall"."""
    before = text[i - 1] if i > start else ""
    return bool(before) and not (
        before in DIRECTIONS
        or before in EVERYDAY_VERBS
        or before in CAMERA_VERBS
        or before in _ENDS
        or is_modifier(before)
        or before.endswith("ing")
        or before.endswith("s")
    )


# How a thing stands to the neighbour that tells it.
BY = by_phrase(
    {
        "left of": "to the left of, on the left of, on the left side of, left of",
        "right of": "to the right of, on the right of, on the right side of, right of",
        "behind": "behind, beyond",
        "before": "in front of",
        "near": "by, near, beside, next to, under, below, above, on, opposite, closest to, nearest to, at",
    }
)
_BY = {tuple(phrase.split()): meaning for phrase, meaning in BY.items()}


def _neighbour(text: list[str], at: int) -> str:
    """By what thing the words from word `at` on tell the one before: "left of table"; "" for none."""
    for size in range(min(5, len(text) - at), 0, -1):
        meaning = _BY.get(tuple(text[at : at + size]))
        if meaning and at + size < len(text) and text[at + size] in _NEIGHBOURS:
            name = noun_phrase(text, at + size, len(text))[1]
            return f"{meaning} {name}" if name and name.split()[-1] not in _PICTURE else ""
    return ""


def which_of(said: str, name: str) -> str:
    """Which of several things called `name` these words mean: a meaning of WHICH ("the left chair", "the chair on the
    left"), its number from a side ("2 left": "the second chair from the left"), a word of BY and its neighbour ("near
    window": "the chair by the window"), "told" where they tell it by something else, "" where they leave it open."""
    text, noun = said.split(), name.split()[-1:]
    if not noun or noun[0] not in text:
        return ""
    at = len(text) - 1 - text[::-1].index(noun[0])  # "from the left chair to the right chair"
    side = text[at + 3 : at + 4] if text[at + 1 : at + 3] == ["from", "the"] else []
    for word in reversed(text[max(at - 4, 0) : at]):
        if word in RANKS and side and side[0] in ("left", "right"):
            return f"{RANKS.index(word) + 1} {side[0]}"
        if word in DETERMINERS or word in _LINKING:
            break
        if word in WHICH:
            return WHICH[word]
    if beside := _neighbour(text, at + 1):
        return beside
    after = [*text[at + 1 : at + 7], "", "", ""]
    if after[0] not in _TOLD_BY or after[1] not in _NEIGHBOURS:
        return ""
    whole = after[3] != "of" or any(word in CAMERA_NOUNS or word in _PICTURE for word in after[4:])
    return WHICH.get(after[2], "told") if after[0] != "to" and after[1] == "the" and whole else "told"


def whole_of(text: list[str]) -> str:
    """The thing of which these words want the whole to be seen: "we see the entire kitchen", "" for none."""
    for i, word in enumerate(text):
        if word in DETERMINERS and i + 1 < len(text) and text[i + 1] in WHOLE:
            return noun_phrase(text, i, len(text))[1]
    return ""


def _as_seen(relation: str, kind: str) -> str:
    if relation == "behind":
        return "around" if kind == "orbit" else "to"
    if relation == "whole" and kind in ("pan", "tilt", "roll", "truck"):
        return "at"
    looked_at = ("to", "over", "past", "along", "through", "top")
    return "at" if kind in _LOOKS and relation in looked_at else relation


def _relation(text: list[str], i: int, verb: str, start: int) -> str | None:
    word = text[i]
    if word in ("by", "via") and verb in ("enter", "exit", "leave") and text[i + 1 : i + 2] != []:
        return "through"  # "leave the kitchen by the back door"
    if word == "by" and any(words.measure_at(text, at) for at in range(i + 1, min(i + 3, len(text)))):
        return None  # "by a quarter turn"
    if word == "of" and i > start and text[i - 1] == "out" and OPENINGS.intersection(text[i + 1 : i + 4]):
        return "from"
    if word == "level" and text[i + 1 : i + 2] == ["with"]:
        return "level"
    if word == "with" and i and text[i - 1] == "level":
        return "level"
    if word in _LINKING:
        return _LINKING[word]
    if i == start and verb in _WITH_AN_OBJECT:
        return _WITH_AN_OBJECT[verb]
    return None


def noun_phrase(text: list[str], i: int, stop: int) -> tuple[bool, str, int]:
    """Whether the whole of a thing is meant, its name without articles ("" where there is none) and where it ends."""
    whole = False
    name: list[str] = []
    began = i
    while i < stop:
        word = text[i]
        if word in PEOPLE and not name:
            following = text[i + 1 : i + 2]
            if (
                word != "her"
                or not following
                or following[0] in _ENDS
                or is_modifier(following[0])
                or is_figure(following, 0)
                or following[0] in _NO_THINGS
                or following[0].endswith("ly")
            ):
                return whole, "" if word == "it" else word, i + 1
        if word in ("two", "three", "both", "all") and text[i + 1 : i + 3] == ["of", "them"]:
            return whole, "them", i + 3
        if word in WHOLE and i > began and text[i - 1] in DETERMINERS:
            whole = True
        elif word in DETERMINERS and not name:
            pass
        elif name and name[-1].endswith("'s") and word in ("left", "right") and i + 1 < len(text):
            if text[i + 1] not in OF_A_BODY and text[i + 1] in _NO_THINGS:
                i += 1  # "Ben's left side", which is no "Ben's left shoulder"
        elif name and name[-1].endswith("'s") and word in OF_A_BODY:  # "Anna's back"
            name.append(word)
        elif _stops(text, i, bool(name)):
            break
        elif word in DIRECTIONS and not name:
            if word == "back" and text[i + 1 : i + 2] == ["of"] and text[i - 1] == "the":  # "the back of the statue"
                return noun_phrase(text, i + 2, stop)
            if word not in _ADJECTIVES_OF_SIDE or i + 1 >= stop or _stops(text, i + 1, False):
                return whole, "", max(i, began)
            if text[i + 1] in _NO_THINGS or text[i + 1] in DIRECTIONS:
                return whole, "", i + 1
        elif not is_modifier(word) and not _counts(text, i) and not _ranks(text, i):
            name.append(word)
        i += 1
    part = name != [] and (name[-1] in _NO_THINGS or name[-1] in _ROWS)
    if part and text[i : i + 1] == ["of"] and i + 1 < stop:  # "the far end of the table", "the row of windows"
        whole, of, end = noun_phrase(text, i + 1, stop)
        return whole, of, max(end, i)
    if name and name[-1] in ("level", "height"):  # "to eye level"
        return whole, "", max(i, began)
    while name and name[-1] in _NO_THINGS:
        name.pop()
    if not name or name[-1] in CAMERA_NOUNS or any(word in NEGATIONS for word in name):
        return whole, "", max(i, began)
    return whole, " ".join(name[-4:]), max(i, began)


def _counts(text: list[str], i: int) -> bool:
    """ "The two columns": how many there are, and no measure."""
    return text[i] in ("two", "three", "four", "both") and words.measure_at(text, i) is None and i + 1 < len(text)


def _ranks(text: list[str], i: int) -> bool:
    """ "The second chair": which of a row, and no time."""
    return text[i] in RANKS and i > 0 and text[i - 1] in DETERMINERS and "from" in text[i + 2 : i + 5]


RANKS = ("first", "second", "third", "fourth")


def _stops(text: list[str], i: int, named: bool) -> bool:
    word = text[i]
    if _counts(text, i) or _ranks(text, i):
        return False
    if word == "front" and not named and text[i + 1 : i + 2] not in ([], ["of"]):  # "to the front door"
        return False
    if word == "couple" and text[i + 1 : i + 2] != ["of"]:
        return False
    if word in _ENDS or (is_figure(text, i) and word not in ("a", "an", "one")):
        return True
    if not named:
        return word in NEGATIONS
    if word.endswith("ing") and text[i - 1] in ACTORS:  # "the couple dancing"
        return True
    return (
        word.endswith("ly")
        or word in DETERMINERS
        or word in DIRECTIONS
        or is_modifier(word)
        or word in CAMERA_VERBS
        or word in EVERYDAY_VERBS
        or words.measure_at(text, i) is not None
    )
