"""Where a clause speaks of a move: a set phrase, or a verb with its direction. subject.py finds its
subject."""

from __future__ import annotations

import itertools
from dataclasses import replace

from .. import words
from ..clauses import SET_PHRASES, Clause, longest
from ..found import Found
from ..modifiers import is_figure, is_modifier, telling_at
from ..sentences import CAMERA_NOUNS, DETERMINERS, LEAD_INS, PREPOSITIONS, ROADS
from ..vocabulary import (
    ALONE,
    CAMERA_VERBS,
    CARRIERS,
    DIRECTIONS,
    EVERYDAY_VERBS,
    RISING_AND_SINKING,
    SIDEWAYS,
    TURN_ABOUT,
    VERB_METRES,
    VERB_SPEEDS,
)
from ..where.going import way_after
from ..where.ways import (
    ABOUT,
    ALONG,
    GOES_BY,
    MOVES_ASIDE,
    NO_HEADINGS,
    STRAIGHT_DOWN,
    VERBS,
    degrees_after,
    direction_of,
    goes_to,
    is_manner,
    is_name,
    metres_after,
    on_a_road,
    turns_about,
)

FAR = 12  # words between a camera's verb and its direction ("pan from the door past the table to the left")
NEAR = 7
MOST_MOVES = 24  # of a clause


def find(clause: Clause) -> list[Found]:
    """All that might be a move, in order."""
    text = clause.words
    if alone := _alone(text):
        return [alone]
    if measured := _measured(text):
        return [measured]
    found: list[Found] = []
    measured_words = words.measured(text)
    i = 0
    while i < len(text) and len(found) < MOST_MOVES:
        if size := longest(text, i, SET_PHRASES):
            phrase = _phrase(text, i, i + size)
            if found and found[-1].kind == phrase.kind == "orbit" and phrase.extra:  # "orbit 90 degrees around"
                i += 1
                continue
            found.append(phrase)
        elif text[i] in VERBS and not (measured_words[i] or _is_place(text, i)) and (core := _verb(text, i)):
            found.append(core)
        else:
            i += 1
            continue
        i = max(found[-1].end, i + 1)
        if found[-1].verb in RISING_AND_SINKING and _is_towards_a_thing(text, i):
            found.append(replace(found[-1], start=i, end=i + 1, kind="push", sign=1, verb="approach"))
            i += 1
    onward = next((i for i, word in enumerate(text) if not is_modifier(word)), 0)
    if (
        not found
        and onward
        and text[onward] in _ONWARD
        and text[onward + 1 : onward + 2]
        and text[onward + 1] in (*_WAYS, "between")
    ):
        kind, sign = ALONE[text[onward]]
        return [Found(onward, onward + 1, kind, sign, "phrase", text[onward])]
    if not found and text[0] in _ONWARD and (len(text) == 1 or text[1] in _WAYS or is_figure(text, 1)):
        kind, sign = ALONE[text[0]]
        return [Found(0, 1, kind, sign, "phrase", text[0])]
    if not found and (carried := _carried(text)):
        return [carried]
    if not found and (way := _way_alone(clause)):
        return [way]
    if not found and (across := _across(text)):
        return [across]
    if not found and is_another_direction(clause):
        return [Found(0, 1, "again", 1, "again", text[0])]
    found = _craned(found)
    return [_sided(text, move) for i, move in enumerate(found) if not _leads_into(text, move, found[i + 1 : i + 2])]


def without_things(found: list[Clause]) -> list[Clause]:
    """ "A dolly with a red lid", "the crane and a ladder": things, not moves that something goes with."""
    made = list(found)
    for i, (clause, after) in enumerate(itertools.pairwise(found)):
        text = clause.words[2:] if clause.words[0] == "there" else clause.words
        named = len(text) == 2 and text[0] in DETERMINERS and text[1] in ALONE
        if named and after.link in ("with", "and") and telling_at(after.words) < len(after.words) and not find(after):
            made[i] = replace(clause, words=[*clause.words[:-1], "thing"])
    return made


_INTO = ("ease", "settle", "go", "move", "come", "drift", "get", "step", "sweep", "press", "glide", "drop")


def _leads_into(text: list[str], move: Found, after: list[Found]) -> bool:
    """Whether a move is only how the next begins: "ease into a slow dolly left"."""
    if not after or not move.everyday or move.verb not in _INTO or text[move.end - 1] != "into":
        return False
    between = range(move.end, after[0].start)
    told = (text[i] in ("a", "an", "the") or is_modifier(text[i]) or is_figure(text, i) for i in between)
    return len(between) > 0 and all(told)


def _measured(text: list[str]) -> Found | None:
    """A move of figures alone: "half a metre up", "30 cm to the left", "a quarter turn to the right"."""
    part = words.measured(text)
    if telling_at(text) < len(text) or any(
        word in VERBS and word not in DIRECTIONS for word, of in zip(text, part, strict=True) if not of
    ):
        return None
    measure = next((found for i in range(len(text)) if (found := words.measure_at(text, i))), None)
    side = next((DIRECTIONS[word] for word in text if word in DIRECTIONS and word not in NO_HEADINGS), "")
    side = side or ("in" if text[0] == "in" else "")  # "in 2 m"
    if measure is None or measure.kind not in ("metres", "degrees") or side not in _WAYS_OF[measure.kind]:
        return None
    table = CAMERA_VERBS["pan"] if measure.kind == "degrees" else EVERYDAY_VERBS["move"]
    kind, sign = table[side]
    return Found(0, 0, kind, sign, "measured", "")


_WAYS_OF = {"metres": ("in", "out", "left", "right", "up", "down"), "degrees": ("left", "right", "up", "down")}


def _way_alone(clause: Clause) -> Found | None:
    """Where it goes, without a verb: "past the sofa to the door", "towards the altar"."""
    text = clause.words
    if clause.link != "sentence" or text[0] not in _OPENING_WAYS or len(text) > 10:
        return None
    goes_on = any(word in ("to", "toward", "towards", "into") for word in text[2:])
    alone = text[0] in ("toward", "towards") or (text[0] == "through" and len(text) < 5)
    return Found(0, 0, "push", 1, "phrase", "") if goes_on or alone else None


_OPENING_WAYS = ("past", "through", "over", "along", "toward", "towards", "between", "from")


def _across(text: list[str]) -> Found | None:
    """ "Slider, left to right, 50 cm": across, with no verb."""
    at = next((i for i, word in enumerate(text) if word in ("leftwards", "rightwards")), -1)
    if (
        at < 0
        or len(text) < 2
        or not all(
            word in LEAD_INS or word in CAMERA_NOUNS or word in CARRIERS or is_modifier(word) for word in text[:at]
        )
    ):
        return None
    return Found(at, at + 1, "truck", 1 if text[at] == "rightwards" else -1, "phrase", text[at])


def _ends(text: list[str], i: int) -> bool:
    """Whether nothing but a word of manner follows at word `i`: "the camera rotates slowly", but not "rotating fan"."""
    return i >= len(text) or is_modifier(text[i])


def _craned(found: list[Found]) -> list[Found]:
    """ "A crane shot rising over the crowd" is one move."""
    made: list[Found] = []
    for move in found:
        if made and made[-1].kind == "crane" and move.kind == "pedestal":
            made[-1] = replace(made[-1], sign=move.sign)
        else:
            made.append(move)
    return made


def _is_place(text: list[str], i: int) -> bool:
    """Whether the verb at word `i` is a thing: "from the sink to the fridge"."""
    return i > 1 and text[i - 1] in ("the", "his", "her", "their") and text[i - 2] in PREPOSITIONS and VERBS[text[i]][2]


def _is_towards_a_thing(text: list[str], i: int) -> bool:
    """Whether "toward the door" or the like stands at word `i`."""
    if text[i : i + 1] == ["diagonally"]:  # "descending diagonally from the corner to the entrance"
        i += text[i:].index("to") if text[i + 1 : i + 2] == ["from"] and "to" in text[i : i + 8] else 1
    if text[i : i + 1] not in (["toward"], ["towards"], ["to"], ["into"]) or i + 1 >= len(text):
        return False
    if any(word in STRAIGHT_DOWN for word in text[i + 1 : i + 4]):
        return False
    return (
        text[i + 1] not in DIRECTIONS and text[i + 1] not in ("finish", "end", "start") and not is_figure(text, i + 1)
    )


def _carried(text: list[str]) -> Found | None:
    """ "Steadicam around the table": the move by what carries the camera and where it goes."""
    for i, word in enumerate(text[:-2]):
        if word in CARRIERS and text[i + 1] in _WAYS and not (text[i + 1] == "in" and text[i + 2] in DETERMINERS):
            kind = "orbit" if text[i + 1] in ("around", "round") else "push"
            return _sided(text, Found(i, i + 2, kind, 1, "phrase", word))
    return None


_WAYS = ("around", "round", "through", "past", "over", "along", "toward", "towards", "into", "to", "in", "from")


def is_another_direction(clause: Clause) -> bool:
    """Whether a clause without a verb goes on with the move before it: "then right", "and away from the house"."""
    text = clause.words
    if clause.link not in ("then", "and", "comma") or text[0] not in DIRECTIONS or text[0] in _NO_DIRECTION_ALONE:
        return False
    goes = clause.link == "and" and DIRECTIONS[text[0]] in ("out", "up", "down", "left", "right")
    return len(text) <= 3 or text[0] == "back" or goes or text[:2] == ["in", "on"]


_ONWARD = ("forward", "forwards", "backward", "backwards")
_NO_DIRECTION_ALONE = ("along", "between", "through", "around", "round", "about", "above", "toward", "towards", "close")


def _sided(text: list[str], move: Found) -> Found:
    """An orbit that says its side after what it goes around: "arc around the table clockwise"."""
    if move.kind != "orbit":
        return move
    figures = words.measured(text)
    for i in range(move.start, len(text)):
        if text[i] in VERBS and not figures[i] and i >= move.end and text[i] not in DIRECTIONS:
            break
        direction = DIRECTIONS.get(text[i], "")
        if direction in ("left", "right") and (
            i == 0 or (text[i - 1] in ("the", "on") and text[i - 2] in ("on", "at", "from"))
        ):
            continue  # "around the table on the left"
        if direction in ("left", "right", "clockwise", "counter"):
            return replace(move, sign=CAMERA_VERBS["orbit"][direction][1])
    for word in text[: move.start]:  # "clockwise arc shot"
        if DIRECTIONS.get(word) in ("clockwise", "counter"):
            return replace(move, sign=CAMERA_VERBS["orbit"][DIRECTIONS[word]][1])
    return move


def _alone(text: list[str]) -> Found | None:
    """A clause of one telling word: "Static.", "slow zoom"."""
    content = [
        word
        for i, word in enumerate(text)
        if (word not in LEAD_INS or word in ALONE)
        and word not in CAMERA_NOUNS
        and not is_manner(word)
        and not is_figure(text, i)
    ]
    if len(content) == 2 and all(word in _AT_REST for word in content):  # "fixed tripod"
        content = content[1:]
    if len(content) != 1 or content[0] not in ALONE or any(word in DIRECTIONS and word != content[0] for word in text):
        return None
    if content[0] == "static" and any(word in DETERMINERS for word in text[: text.index("static")][-1:]):
        return None  # "a static, empty look"
    at = text.index(content[0])
    if any(_says_how_far(text[first:end]) for first in range(at + 1) for end in range(at + 1, len(text) + 1)):
        return None  # "half orbit"
    kind, sign = ALONE[content[0]]
    return Found(at, at + 1, kind, sign, "phrase", content[0])


def _says_how_far(text: list[str]) -> bool:
    """Whether words are a set phrase that says how far its move goes."""
    manner = SET_PHRASES[tuple(text)][1] if tuple(text) in SET_PHRASES else ()
    return any(name == "degrees" for name, _ in manner)


_AT_REST = frozenset(word for word, move in ALONE.items() if move == ("hold", 1))
_PHRASE_VERBS = {kind: kind for kind in ("truck", "pan", "tilt", "roll", "orbit", "crane", "zoom")} | {"push": "dolly"}


def _phrase(text: list[str], start: int, end: int) -> Found:
    """A set phrase, with the direction that may follow it: "tracking shot to the left"."""
    (kind, sign), extra = SET_PHRASES[tuple(text[start:end])]
    verb = " ".join(text[start:end])
    if kind == "truck" and text[end : end + 1] in (["down"], ["up"]) and any(word in ROADS for word in text[end:]):
        return Found(start, end + 1, "push", 1, "phrase", verb, extra=extra)  # "tracking shot down the corridor"
    if (
        kind == "truck"
        and text[end : end + 1] in (["along"], ["alongside"])
        and not any(word in ROADS for word in text[end:])
    ):
        across = next((word for word in text[end:] if DIRECTIONS.get(word) in ("left", "right")), "")
        return Found(start, end, kind, -1 if DIRECTIONS.get(across) == "left" else 1, "phrase", verb, extra=extra)
    if kind in _PHRASE_VERBS and not verb.startswith("reverse") and (near := direction_of(text, start, end, 9, True)):
        turned = CAMERA_VERBS[_PHRASE_VERBS[kind]].get(near[0])
        if turned:
            (kind, sign), end = turned, max(end, near[1])
    return Found(start, end, kind, sign, "phrase", verb, extra=extra)


def _verb(text: list[str], i: int) -> Found | None:
    """The move of the verb at word `i`, if its direction, or the lack of one, has a meaning."""
    verb, form, everyday = VERBS[text[i]]
    table = EVERYDAY_VERBS[verb] if everyday else CAMERA_VERBS[verb]
    sideways = i > 0 and text[i - 1] in SIDEWAYS and "right" in table
    if verb not in _OWN_WAYS and not sideways and (way := way_after(text, i + 1, table, everyday)):
        (kind, sign), end = way
        return Found(i, end, kind, sign, form, verb, everyday, extra=_own_manner(verb))
    near = direction_of(text, i, i + 1, NEAR if everyday else FAR, not everyday)
    if text[i + 1 : i + 2] == ["back"] and text[i + 2 : i + 3] in (["up"], ["down"]) and _is_a_place(text, i + 3):
        near = ("out", i + 2)  # "pull back down the nave"
    down = near and near[0] == "down" and verb in _SINKS and text[near[1] : near[1] + 1] == ["to"]
    if near and near[0] in ("up", "down") and "in" in table and verb not in _OWN_WAYS and not down:
        near = on_a_road(text, near[1], near[0]), near[1]
    if near and near[0] in table:
        direction, end = near
        beside = verb in MOVES_ASIDE or (verb in ("dolly", "track") and text[end - 1] == "alongside")
        if beside and text[end - 1] in ALONG and not any(word in ROADS for word in text[end:]):
            table, direction = CAMERA_VERBS["truck"], "right"  # "truck along the fence": beside it, whichever way
        kind, sign = table[direction]
        if verb in TURN_ABOUT and turns_about(text, i):
            kind = "orbit"
        return Found(i, max(end, i + 1), kind, sign, form, verb, everyday, extra=_own_manner(verb))
    if everyday and "in" in table and goes_to(text, i + 1):
        kind, sign = table["in"]
        return Found(i, i + 1, kind, sign, form, verb, everyday, extra=_own_manner(verb))
    looks = (verb == "look" and text[i + 1 : i + 2] == ["at"]) or (
        verb in TURN_ABOUT and text[i + 1 : i + 2] in (["to"], ["toward"], ["towards"])
    )
    whom = (text[i + 2 : i + 3] or [""])[0]
    if looks and (whom in ABOUT or is_name(whom)):
        told = text[i + 3 : i + 4]
        if told in (["floor"], ["ground"], ["feet"], ["ceiling"], ["sky"]):
            return Found(i, i + 1, "tilt", 1 if told[0] in ("ceiling", "sky") else -1, form, verb, everyday)
        return Found(i, i + 1, "pan", 1, form, verb, everyday)
    if verb in (*TURN_ABOUT, "look", "whip") and text[i + 1 : i + 2] == ["from"] and goes_to(text, i + 1):
        return Found(i, i + 1, "pan", 1, form, verb, everyday, extra=_own_manner(verb))
    if verb in TURN_ABOUT and text[i + 1 : i + 3] == ["to", "face"]:
        return Found(i, i + 1, "pan", 1, form, verb, everyday)
    if verb in (*TURN_ABOUT, "sweep", "whip") and (
        degrees_after(text, i + 1)
        or (form != "base" and _ends(text, i + 1))
        or (form == "base" and i + 1 < len(text) and is_modifier(text[i + 1]))
    ):
        return Found(i, i + 1, "pan", 1, form, verb, everyday, directed=False)
    if verb in ("push", "pull") and "".join(text[i + 1 : i + 2]) in ("", "until", "to", "from", "for", "over", "on"):
        return Found(i, i + 1, "push", GOES_BY[verb], form, verb, everyday)
    if "" not in table and verb in GOES_BY and (by := metres_after(text, i + 1)):
        return Found(i, by, "push", GOES_BY[verb], form, verb, everyday, extra=_own_manner(verb))
    if "" not in table:
        return None
    kind, sign = table[""]
    return Found(i, i + 1, kind, sign, form, verb, everyday, directed=False, extra=_own_manner(verb))


def _is_a_place(text: list[str], i: int) -> bool:
    return text[i : i + 1] != [] and text[i] in DETERMINERS and text[i + 1 : i + 2] not in (["floor"], ["ground"])


_SINKS = ("drift", "float", "ease", "glide", "slide")  # "drift down to the signature"; one walks down to a door
_OWN_WAYS = ("pull", "lead", "follow")  # back, whichever way; before or behind somebody


def _own_manner(verb: str) -> tuple[tuple[str, float], ...]:
    """How fast and how far a verb goes by itself."""
    if verb in VERB_METRES:
        return (("metres", VERB_METRES[verb]),)
    return (("speed", VERB_SPEEDS[verb]),) if verb in VERB_SPEEDS else ()
