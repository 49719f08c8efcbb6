"""A direction's words, split into clauses: the first step of reading a camera move."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from . import words
from .lists import by_phrase
from .marks import mark
from .sentences import CAMERA_NOUNS, FALSE_FRIENDS
from .vocabulary import ALONE, DIRECTIONS, PHRASES, RISING_AND_SINKING
from .where.ways import VERBS

_MARKS = {
    **dict.fromkeys((".", "!", "?", "\n", "|"), "sentence"),
    **dict.fromkeys((";", "…", "...", "->", "=>", "→", ">"), "then"),
    **dict.fromkeys((",", ":", "(", ")", "[", "]", "/", "–", "—", "-"), "comma"),
    "+": "with",
    "&": "and",
}
_LINKS = by_phrase(
    {
        "then": """
            then, and then, after that, afterwards, followed by, ending with, end with, ends with, finish with, before,
            next, finally, and finally, subsequently, later, until, once there, and once there, later on
        """,
        "after": "after, once",
        "with": """
            at the same time as, at the same time, as, while, whilst, with, simultaneously, during, meanwhile,
            combined with, together with, plus, along with, when, and at the same time, and simultaneously
        """,
        "and": "and",
        "but": "but, just, instead, except, except for, apart from, other than, save for",
        "comma": """
            to reveal, revealing, reveals, to show, showing, shows, that reveals, that shows, exposing,
            where, which
        """,
    }
)
# Which of two links in a row counts ("push in, then": then).
_RANK = {"comma": 0, "but": 1, "and": 1, "sentence": 2, "with": 3, "then": 3, "after": 4, "before": 5}
_LINK_OF = {tuple(phrase.split()): link for phrase, link in _LINKS.items()}
_FALSE = frozenset(tuple(phrase.split()) for phrase in FALSE_FRIENDS)
SET_PHRASES = {tuple(phrase.split()): meaning for phrase, meaning in PHRASES.items()}
_LONGEST = max(len(phrase) for phrase in (*_LINK_OF, *_FALSE, *SET_PHRASES))


@dataclass(frozen=True)
class Clause:
    """Words without marks. `named`: which were written as names. `link`: how it joins the clause before it,
    one of sentence, then, after, with, and, but, comma."""

    words: list[str]
    named: list[bool]
    link: str
    told: Mapping[str, object] = field(default_factory=dict)  # what marks in it say: see marks.py


def clauses(found: list[words.Token]) -> list[Clause]:
    """Split at marks and linking words. False friends ("frying pan") become the neutral word "thing"."""
    made: list[Clause] = []
    current: list[words.Token] = []
    link = "sentence"
    found = _without_stress(_from_side_to_side(_in_one_word(found)))
    texts = [token.text for token in found]
    i = 0
    while i < len(found):
        new_link, size = _MARKS.get(texts[i], ""), 1
        if not new_link:
            if size := longest(texts, i, SET_PHRASES):
                current.extend(found[i : i + size])
                i += size
                continue
            if (size := longest(texts, i, _FALSE)) and not _is_meant(texts, i, size, current):
                current.append(words.Token(texts[i + 1] if (texts[i], size) == ("back", 2) else "thing"))
                i += size
                continue
            size = longest(texts, i, _LINK_OF)
            new_link = _LINK_OF[tuple(texts[i : i + size])] if size else ""
            between = any(token.text == "between" for token in current[-5:])
            if new_link == "and" and between and "".join(texts[i + 1 : i + 2]) not in VERBS:
                new_link = ""  # "between the bed and the wardrobe"
            if new_link == "and" and _goes_around_both(texts, i, current):
                new_link = ""
            if texts[i : i + 1] == ["while"] and current and current[-1].text in ("a", "little"):
                new_link = ""  # "for a while"
            if texts[i] == "with" and (
                _goes_with(texts, i, current) or [one.text for one in current[-1:]] == ["level"]
            ):
                new_link = ""  # "tracks with the cyclist"
            if new_link == "then" and texts[i] == "before" and not current and (not made or link == "sentence"):
                new_link = link = "before"
        if not new_link:
            current.append(found[i])
        elif current:
            label = texts[i] == ":" and _is_label(current)
            made.append(_clause(current, link))
            current, link = [], link if label and _RANK[link] > _RANK[new_link] else new_link
        elif made and new_link == "with" and link == "then" and texts[i] in ("at", "simultaneously", "meanwhile"):
            link = new_link  # "pull back; at the same time tilt up"
        elif (made and _RANK[new_link] > _RANK[link]) or (not made and new_link == "after"):
            link = new_link
        if texts[i] in ("which", "that") and not current and made and made[-1].words[-1] in CAMERA_NOUNS:
            current = [words.Token("camera")]  # "past the camera, which stays locked on the doorway"
        i += size or 1
    if current:
        made.append(_clause(current, link))
    return _in_order(_waiting(_without_marks(made)))


def _without_marks(made: list[Clause]) -> list[Clause]:
    """The clauses without their marks, which are kept beside their words; those of a clause of nothing else are of the
    one before it, or of the next."""
    kept: list[Clause] = []
    waiting: dict[str, object] = {}
    for clause in made:
        marks = [mark(word) for word in clause.words]
        told = {**waiting, **dict(one for one in marks if one)}
        plain = [i for i, one in enumerate(marks) if one is None]
        if not told:
            kept.append(clause)
        elif plain:
            words_left, named = [clause.words[i] for i in plain], [clause.named[i] for i in plain]
            kept.append(replace(clause, words=words_left, named=named, told=told))
            waiting = {}
        elif kept:
            kept[-1] = replace(kept[-1], told={**kept[-1].told, **told})
        else:
            waiting = told
    return kept


_AROUND = ("around", "round", "orbit", "circle", "circles", "orbits", "encircle")


def _goes_around_both(texts: list[str], i: int, current: list[words.Token]) -> bool:
    """Whether the "and" at word `i` joins two things that are gone around: "around Anna and Ben"."""
    if not any(token.text in _AROUND for token in current[-4:]) or (current and current[-1].text in _AROUND):
        return False
    end = i + 3 if texts[i + 1 : i + 2] in (["the"], ["his"], ["her"]) else i + 2
    named = i + 1 < len(texts) and texts[end - 1 : end] != [] and texts[end - 1] not in VERBS
    known = texts[end - 1 : end] != [] and (texts[end - 1] in DIRECTIONS or texts[end - 1] in _LINKS)
    over = end >= len(texts) or texts[end] in _MARKS or texts[end] in ("by", "once", "twice", "then", "while")
    return named and not known and over


def _is_meant(texts: list[str], i: int, size: int, current: list[words.Token]) -> bool:
    """Whether a false friend is a move after all: "we come in through the ceiling", "pan left over 3 seconds"."""
    after = i + size
    timed = after < len(texts) and texts[after - 1] == "over" and words.measure_at(texts, after) is not None
    turned = texts[i : i + 2] == ["left", "over"] and current != [] and current[-1].text in VERBS
    return timed or turned or (texts[i] in VERBS and current != [] and current[-1].text in CAMERA_NOUNS)


def _waiting(made: list[Clause]) -> list[Clause]:
    """ "After two seconds push in" as "after two seconds, push in"."""
    parted: list[Clause] = []
    for clause in made:
        wait = words.measure_at(clause.words, 0) if clause.link == "after" else None
        if wait is None or wait.kind != "seconds" or wait.length >= len(clause.words):
            parted.append(clause)
            continue
        parted.append(replace(clause, words=clause.words[: wait.length], named=clause.named[: wait.length]))
        parted.append(Clause(clause.words[wait.length :], clause.named[wait.length :], "comma"))
    return parted


def _is_label(current: list[words.Token]) -> bool:
    """Whether words before a colon only name what comes: "Shot 2:", "End:"."""
    texts = [token.text for token in current]
    return len(texts) <= 4 and not any(text in VERBS or text in ALONE or text in _OF_MANNER for text in texts)


_OF_MANNER = ("speed", "pace", "tempo", "duration", "timing", "length", "easing", "amount", "style", "mood")


def _goes_with(texts: list[str], i: int, current: list[words.Token]) -> bool:
    """Whether the "with" at word `i` tells whom a verb goes beside, and no second move: "glides with her"."""
    before = [token.text for token in current[-2:] if not token.text.endswith("ly")]
    if not before:
        return False
    goes = VERBS.get(before[-1], ("", "", False))
    beside = goes[2] and goes[1] != "ed" and goes[0] not in RISING_AND_SINKING
    return before[-1] in _GOING_WITH or (beside and texts[i + 1 : i + 2] in _SOMEBODY)


_SOMEBODY = (["him"], ["her"], ["them"], ["us"])
_GOING_WITH = (
    *("track", "tracks", "tracking", "move", "moves", "moving", "travel", "travels", "travelling", "walk", "walks"),
    *("pan", "pans", "panning", "truck", "trucks", "trucking", "along", "go", "goes", "run", "runs", "glides"),
)


def _in_order(made: list[Clause]) -> list[Clause]:
    """ "Before the push in, hold" as "hold, then push in"."""
    for i in range(len(made) - 1):
        if made[i].link == "before":
            made[i], made[i + 1] = replace(made[i + 1], link="sentence"), replace(made[i], link="then")
    return [replace(clause, link="sentence") if clause.link == "before" else clause for clause in made]


_STRAIGHT_ON = (
    "push",
    "pushes",
    "dolly",
    "go",
    "goes",
    "move",
    "moves",
    "come",
    "walk",
    "fly",
    "pull",
    "zoom",
    "creep",
)


def _without_stress(found: list[words.Token]) -> list[words.Token]:
    """Without a "right" that is no side: "push right in", "dolly right up to the mirror"."""
    kept: list[words.Token] = []
    texts = [*(token.text for token in found), "", ""]
    for i, token in enumerate(found):
        before, after, next_after = texts[i - 1] if i else "", texts[i + 1], texts[i + 2]
        if token.text == "right" and before.removesuffix("ing") in _STRAIGHT_ON:
            if after in ("into", "through", "onto") or (after == "up" and next_after in ("to", "close")):
                continue
            how = next_after in ("front", "order", "the", "last", *"0123456789") or next_after in words.NUMBERS
            if after in ("in", "out", "back") and not how and next_after not in ("a", "an"):
                continue
        stressed = token.text == "up" and before == "right" and next_after and after in ("to", "close")
        if stressed and kept and kept[-1].text.removesuffix("ing") in _STRAIGHT_ON:
            continue
        kept.append(token)
    return kept


_TWO_AS_ONE = {
    ("instead", "of"): "without",
    ("rather", "than"): "without",
    ("counter", "clockwise"): "counterclockwise",
    ("anti", "clockwise"): "counterclockwise",
    ("next", "to"): "beside",
}


def _in_one_word(found: list[words.Token]) -> list[words.Token]:
    """Two words that mean one thing as one: "instead of" as "without"."""
    kept: list[words.Token] = []
    for token in found:
        if kept and (one := _TWO_AS_ONE.get((kept[-1].text, token.text))):
            kept[-1] = words.Token(one)
        else:
            kept.append(token)
    return kept


def _from_side_to_side(found: list[words.Token]) -> list[words.Token]:
    """ "from left to right" and "right to left" as one word of direction."""
    kept: list[words.Token] = []
    for token in found:
        sides = (kept[-2].text, kept[-1].text, token.text) if len(kept) > 1 else ()
        if sides in (("left", "to", "right"), ("right", "to", "left")):
            del kept[-2:]
            if kept and kept[-1].text == "from":
                kept.pop()
            kept.append(words.Token(token.text + "wards"))
        else:
            kept.append(token)
    return kept


def longest(texts: list[str], i: int, phrases: Collection[tuple[str, ...]]) -> int:
    """How many words from word `i` on make the longest of `phrases` that is there; 0 for none."""
    for size in range(min(_LONGEST, len(texts) - i), 0, -1):
        if tuple(texts[i : i + size]) in phrases:
            return size
    return 0


def _clause(current: list[words.Token], link: str) -> Clause:
    return Clause([token.text for token in current], [token.named for token in current], link)
