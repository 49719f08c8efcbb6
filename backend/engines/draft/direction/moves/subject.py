"""The subject of a move: the camera, or somebody or something in the picture.

Camera moves are orders and nouns that nothing but lead-ins come before ("a slow push in"), verbs with the
camera as their subject, and the camera's own jargon where grammar speaks against another subject. The rules
err towards leaving the camera alone: an artist who sees no move adds one, who sees a wrong one loses trust.
"""

from __future__ import annotations

from .. import words
from ..clauses import Clause
from ..found import Found
from ..lists import one_of
from ..modifiers import is_figure, is_modifier, telling_at
from ..sentences import ACTORS, CAMERA_NOUNS, DETERMINERS, LEAD_INS, MOVING, NEGATIONS, PREPOSITIONS, ROADS, STILL
from ..vocabulary import ALONE, DIRECTIONS, SIDEWAYS
from ..where.ways import VERBS, is_manner, is_name

_PRONOUNS = one_of("he, she, they, it, who, someone, somebody, everyone")
_MODALS = one_of("can, could, will, would, should, must, may, might, did, does, is, are")
_TRANSITIVE = one_of("orbit, circle, encircle, lead, approach, follow, enter, exit, explore, zoom, pan, track, arc")
_ACT_ON_THINGS = one_of(
    "push, pull, move, roll, lift, raise, lower, swing, turn, shift, slide, press, ease, get, shake, drop, back"
)
_ALSO_THINGS = one_of(
    "pan, truck, crane, track, dolly, roll, circle, arc, crab, jib, boom, pedestal, ped"
)  # a pan, a truck, a crane ...
_ALSO_EVENTS = one_of(
    "turn, look, step, run, walk, drive, lift, rest, drop, swing, lead, spin, head, hold, stop, rise, move"
)


_SLIGHT = one_of("slight, slightly, subtle, subtly, gentle, gently")
_AT_REST = one_of("still, static, motionless, stationary, fixed, locked, steady")


def says_no_movement(text: list[str]) -> bool:
    """ "no camera movement", "the camera doesn't move", "without moving the camera", "camera stays put"."""
    joined = " ".join(text)
    if any(phrase in joined for phrase in STILL) and not any(
        word in ("behind", "with", "close", "closer", "on", "near") for word in text
    ):
        return True
    if text[-1] in _AT_REST and "camera" in text and any(word in ("keep", "keeps", "leave", "hold") for word in text):
        return True
    at = next((i for i, word in enumerate(text) if word in NEGATIONS), None)
    if at is None:
        return False
    fillers = (
        "camera",
        "any",
        "the",
        "at",
        "all",
        "of",
        "kind",
        "is",
        "does",
        "here",
        "please",
        "whatsoever",
        "in",
        "this",
        "shot",
        "itself",
    )
    timed = words.measured(text)
    said = [word for i, word in enumerate(text) if i > at and not timed[i] and word not in fillers]
    return [word for word in said if word not in ("for", "first", "during", "initially")] in [[word] for word in MOVING]


def is_about_the_camera(clause: Clause) -> bool:
    """Whether a clause tells the camera something: it is its subject, and a word follows that may be a verb, or the
    clause comes after others in time."""
    text = [word for word in clause.words if word not in DETERMINERS and word not in NEGATIONS]
    subject = len(text) > 1 and text[0] in CAMERA_NOUNS and text[0] not in ("shot", "frame", "view", "video", "clip")
    return subject and text[1] not in _BEING and not any(word in ACTORS for word in text[1:2])


def is_an_order(clause: Clause) -> bool:
    """Whether a clause begins with a word that is no known one, and goes on with the camera, a side or a length, as an
    order does whose verb is not known: "gribble the camera", "florp to the left"."""
    if clause.words[0] in ("keep", "keeps", "keeping", "place", "put") and _THIRDS.intersection(clause.words):
        return True
    text = [word for word in clause.words if not (word in LEAD_INS or is_manner(word)) or word in DETERMINERS]
    if len(text) < 2 or not text[0].isalpha() or clause.named[clause.words.index(text[0])]:
        return False
    known = (DETERMINERS, PREPOSITIONS, DIRECTIONS, CAMERA_NOUNS, ACTORS, NEGATIONS)
    also = (VERBS, ALONE, words.NUMBERS, MOVING)
    if any(text[0] in group for group in (*known, *also)) or text[0].endswith("s") or text[0] == "top":
        return False
    rest = clause.words[clause.words.index(text[0]) + 1 :]
    camera = rest[:1] in (["the"], ["our"]) and rest[1:2] in (["camera"], ["view"], ["lens"], ["frame"])
    aside = rest[:1] != [] and (rest[0] in _WHITHER or rest[:3] in (["to", "the", "left"], ["to", "the", "right"]))
    figures = (words.measure_at(rest, i) for i in range(len(rest)))
    far = any(found is not None and found.kind in ("metres", "degrees") for found in figures)
    return camera or aside or far


_THIRDS = one_of("third, thirds, half, corner, edge, foreground, background")  # of the frame
_WHITHER = one_of("left, right, up, down, back, forward, forwards, backwards, sideways, upwards, downwards, clockwise")
_BEING = one_of("is, are, on, at, in, of, with, from, which, that, behind, and, to, has, see, sees, 's")


def says_not_sideways(text: list[str]) -> bool:
    """ "No sideways movement", "push in without any lateral motion"."""
    negated = False
    for word in text:
        if negated and word in SIDEWAYS:
            return True
        negated = word in NEGATIONS or (negated and word in ("any", "camera"))
    return False


def subject_of(clause: Clause, move: Found, first: int) -> tuple[str, bool]:
    """The subject of a move, by the words from `first` up to the move: "free" (nobody named), "camera", "actor" or
    "other" (some word that is no lead-in); and whether the move is negated."""
    text = clause.words
    negated = False
    for i in range(move.start - 1, first - 1, -1):
        word = text[i]
        if word in NEGATIONS:
            negated = True
        elif word in _OBJECTS_TOO and any(before in _SOMEBODYS for before in text[max(0, i - 2) : i]):
            return "actor", negated
        elif word in _OBJECTS_TOO and _is_part_of_a_thing(text, i):
            return "other", negated
        elif word in CAMERA_NOUNS:
            return "camera", negated or any(before in NEGATIONS for before in text[first:i])
        elif word in ACTORS and not (word == "it" and i == first):
            return "actor", negated
        elif not (word in LEAD_INS or word in DIRECTIONS or is_manner(word) or is_figure(text, i) or _is_going(word)):
            return "other", negated
    return "free", negated


def _is_going(word: str) -> bool:
    """Whether a word says in what manner another move is made: "a drifting pan"."""
    return word in VERBS and VERBS[word][1] == "ing" and VERBS[word][2]


_ANYBODYS_HOLD = ("stays still", "hold still", "hold steady", "hold position")
_OBJECTS_TOO = ("frame", "lens", "slider")  # "an old frame turns in the wind"
_SOMEBODYS = ("a", "an", "his", "their", "some")


def _is_part_of_a_thing(text: list[str], i: int) -> bool:
    """Whether another noun stands before word `i`: "the door frame"."""
    before = text[i - 1] if i else ""
    known = (LEAD_INS, DETERMINERS, CAMERA_NOUNS, DIRECTIONS, PREPOSITIONS, NEGATIONS)
    return bool(before) and not (
        is_modifier(before) or is_figure(text, i - 1) or any(before in words for words in known)
    )


def is_camera_move(clause: Clause, move: Found, subject: str, sentence: str) -> bool:
    """Whether the move is the camera's. `subject`: as from `subject_of`; `sentence`: the subject of
    the sentence so far, "camera", "actor" or ""."""
    if move.form in ("phrase", "again", "measured"):
        if move.kind == "hold" and move.verb in _ANYBODYS_HOLD and subject == "other":  # "the ferris wheel stays still"
            return clause.words[0] in ("everything", "all", "nothing")
        if sentence == "actor" and (move.verb == "stays still" or (move.form == "again" and clause.link == "and")):
            return False  # "the dog creeps along the wall and out through the door"
        return not (move.kind == "hold" and move.verb in ("static", *_ANYBODYS_HOLD) and subject == "actor")
    if move.verb == "roll" and not move.directed:  # a camera that rolls, records
        degrees = any(word in words.DEGREES for word in clause.words)
        said = {*clause.words[: move.start], *clause.words[move.end :]}
        noun = (
            move.start > 0 and is_modifier(clause.words[move.start - 1]) and move.form == "base" and not said & ACTORS
        )
        if noun and all(word in LEAD_INS or is_modifier(word) for word in said):  # "slow roll, ten degrees"
            return subject in ("free", "camera")
        slight = bool(said & _SLIGHT) and said <= _SLIGHT | LEAD_INS  # "with a slight roll", "roll slightly"
        return subject in ("free", "camera") and (degrees or slight)
    if subject == "camera":
        return True
    if move.form == "base" and not move.everyday and _is_told_of(clause.words, move):
        return False
    if move.form == "ed" or _has_a_person_as_subject(clause.words, move):
        return False
    if _is_towards_us(clause.words, move) or _acts_on_a_thing(clause.words, move):
        return False
    if move.verb == "hold" and move.form == "base" and _is_all_that_is_said(clause.words, move):
        return True  # "the car pulls up, hold 2 seconds"
    if move.kind == "hold" and move.everyday and move.start and clause.words[move.start - 1] == "to":
        return False  # "to stay on her"
    if move.form == "s":
        opens = sentence != "actor" and _opens(clause.words, move)
        return subject == "free" and (sentence == "camera" or opens)
    if move.form == "ing":
        if not move.everyday and move.start and clause.words[move.start - 1] == "by":  # "reveal it by craning up"
            return True
        return _ing_is_camera_move(move, subject, sentence)
    if move.everyday and move.form == "base" and subject == "other" and move.directed and _is_described(clause, move):
        return sentence != "actor"
    if move.everyday:
        return subject == "free" and sentence != "actor" and _order_is_camera_move(clause.words, move, sentence)
    if subject == "free":
        return _jargon_is_camera_move(clause.words, move)
    before = clause.words[move.start - 1]
    if before == "to":  # "the crowd begins to pull back"
        return False
    plural = before.endswith("s") and not before.endswith("ss")  # "children push in": their doing
    described = move.verb in _ALSO_THINGS and any(word in DETERMINERS for word in clause.words[: move.start])
    if described and clause.words[move.end - 1] in ("in", "beside", "alongside", "along"):
        return False  # "an old truck in the corner"
    return move.directed and not plural and before not in DETERMINERS and before not in ACTORS


def _is_all_that_is_said(text: list[str], move: Found) -> bool:
    """Whether a clause has no thing and nobody beside its verb."""
    rest = [*text[: move.start], *text[move.end :]]
    return telling_at(rest) == len(rest)


_GLIDING = one_of("move, glide, drift, float, creep, ease, sweep, soar, travel, slide, swoop, descend, rise, follow")
_OPENING = one_of("pan, tilt, zoom, dolly, push, pull, arc, orbit, circle, truck")


_MAKES = one_of(
    """
        the, his, her, their, my, your, its, this, that, these, those, to, let, lets, have, has, make,
        makes, made, watch, see,
        hear, who, which, will, would, can, could, should, must, may, might, did, does, do, and, or, in, on,
        at, of, from, with,
        help, they, we, you, i, people, children, men, women
    """
)


def _is_described(clause: Clause, move: Found) -> bool:
    """Whether nothing but words of manner stand before a verb's plain form: "a dreamy float forward". A verb of that
    form has no single thing as its subject."""
    before = clause.words[: move.start]
    if any(word in _MAKES for word in before) or any(clause.named[: move.start]) or len(before) > 4:
        return False
    return all((word.isascii() and not word.endswith("s")) or word.endswith(("ss", "ous", "less")) for word in before)


def _opens(text: list[str], move: Found) -> bool:
    """ "Circles them", "pushes in": the camera's own verbs, with nothing before them."""
    begins = all(is_modifier(word) for word in text[: move.start])
    if move.everyday:
        return begins and move.verb in _GLIDING and move.directed
    return begins and move.verb in _OPENING and (move.directed or text[1:2] != [])


_FRAMINGS = one_of(
    """
        open, opens, opening, start, starts, starting, begin, begins, from, on, close, closeup, wide, wider,
        tight, tighter, medium, mid, over, ots, establishing, extreme, low, high
    """
)


def sentence_subject(clause: Clause, sentence: str) -> str:
    """The subject of the sentence after a clause without a move."""
    text = clause.words
    if (
        text[0] in CAMERA_NOUNS
        or text[0] in ("crane", "jib", "dolly")
        or (text[0] == "the" and text[1:2] and text[1] in CAMERA_NOUNS)
    ):
        return "camera"
    if text[0] in _FRAMINGS:  # "over the shoulder of Anna", "close on her face": how she is seen, not what she does
        return sentence
    named = any(is_name and word not in CAMERA_NOUNS for word, is_name in zip(text, clause.named, strict=True))
    return "actor" if named or any(word in ACTORS for word in text) else sentence


def _has_a_person_as_subject(text: list[str], move: Found) -> bool:
    """ "he pans", "she will pan"."""
    before, earlier = ([*text[max(0, move.start - 2) : move.start][::-1], "", ""])[:2]
    return before in _PRONOUNS or (before in _MODALS and earlier in _PRONOUNS)


def _ing_is_camera_move(move: Found, subject: str, sentence: str) -> bool:
    jargon = not move.everyday and move.directed
    if subject == "free":
        return sentence != "actor" or (jargon and move.verb not in ("push", "pull", "roll"))
    return jargon and move.verb in ("pan", "zoom", "dolly", "truck", "crane", "pedestal")


def _order_is_camera_move(text: list[str], move: Found, sentence: str) -> bool:
    """An everyday verb that nobody is named for: "walk towards the door", but not "a drop of water"."""
    before = text[move.start - 1] if move.start else ""
    after = text[move.end] if move.end < len(text) else ""
    pause = after in ("of", "for") and text[move.end + 1 :] and words.measure_at(text, move.end + 1)
    told = move.start == 1 and move.directed and move.end > move.start + 1 and text[move.end - 1] not in ("in", "into")
    if before in DETERMINERS and move.verb in _ALSO_EVENTS and not (move.kind == "hold" and pause) and not told:
        return False  # but "then a look to the right"
    if before in ("a", "an", "the") and not move.directed and not pause:
        return False
    if move.kind == "hold":
        if move.verb == "hover" or after in (
            "still",
            "steady",
            "position",
            "there",
            "here",
            "static",
            "put",
            "for",
            "first",
            "initially",
        ):
            return True
        timed = words.measure_at(text, move.end) is not None if after else True
        return (
            bool(pause)
            or timed
            or sentence == "camera"
            or (move.verb in ("hold", "stop") and after in PREPOSITIONS)
            or (move.verb in ("stay", "remain", "linger") and after == "on")
        )
    return True


def _jargon_is_camera_move(text: list[str], move: Found) -> bool:
    """A camera's verb that nobody is named for: "pan left", "a slow pan", but not "a pan on the stove"."""
    before = text[move.start - 1] if move.start else ""
    after = text[move.end] if move.end < len(text) else ""
    a_thing = before in DETERMINERS and move.verb in _ALSO_THINGS
    if move.directed:
        if a_thing and after and after not in PREPOSITIONS and not is_modifier(after):
            return False  # "a truck left the garage"
        lies_there = text[move.end - 1] == "left" and after in ("on", "in", "behind", "by", "under")
        return not (a_thing and lies_there)
    if after in ("so", "very", "really", "quite", "ever") and text[move.end + 1 :] and is_modifier(text[move.end + 1]):
        after = text[move.end + 1]  # "pan so slowly you barely notice"
    follows = after in PREPOSITIONS or after in ("shot", "movement", "move", "motion")
    measured = bool(after) and words.measure_at(text, move.end) is not None
    if after in NEGATIONS:  # "no pan no tilt"
        return True
    if after and not (follows or measured or is_modifier(after) or is_figure([after], 0)):
        return move.verb in ("orbit", "circle", "arc") and (
            after in DETERMINERS or after in ("it", "him", "them") or is_name(after)
        )
    if a_thing:
        return move.verb == "pan" and after in ("over", "through", "across", "along", "to")
    return True


def _is_told_of(text: list[str], move: Found) -> bool:
    """Whether a word of the camera's is the subject of a verb: "a truck is parked left of it"."""
    after = text[move.start + 1] if move.start + 1 < len(text) else ""
    if after in ("is", "was", "has", "stands", "hangs", "lies", "sits", "leans", "falls"):
        return True
    told = after.endswith("s") and not after.endswith(("ss", "us", "wards")) and after not in VERBS
    known = (
        after in DIRECTIONS or after in DETERMINERS or after in PREPOSITIONS or is_modifier(after) or after in LEAD_INS
    )
    return told and not known and any(word in DETERMINERS for word in text[: move.start]) and move.kind != "orbit"


def _is_towards_us(text: list[str], move: Found) -> bool:
    """ "walking towards the camera" is what an actor does."""
    rest = [word for word in text[move.end : move.end + 3] if word not in DETERMINERS and word != "to"]
    return move.kind == "push" and bool(rest) and rest[0] in ("camera", "us", "viewer", "lens", "viewers")


def _acts_on_a_thing(text: list[str], move: Found) -> bool:
    """Whether the verb acts on something that is not the camera: "push in the chair", "turn the wheel
    left"."""
    if move.verb in _TRANSITIVE:
        return False
    if _is_thing(text, move.start + 1) and words.measure_at(text, move.start + 1) is None:
        return True
    if any(word in ROADS for word in text[move.end : move.end + 3]):  # "move down the stairs"
        return False
    ends_short = text[move.end - 1] in ("in", "out", "up", "down", "back", "off")
    return ends_short and move.verb in _ACT_ON_THINGS and _is_thing(text, move.end)


def _is_thing(text: list[str], i: int) -> bool:
    """Whether "the chair" or the like stands at word `i`, and not "the camera", "a little" or "a metre"."""
    if i >= len(text) or text[i] not in DETERMINERS:
        return False
    measures = ("way", "bit", "little", "tad", "touch", "lot", "distance")
    if text[i + 1 : i + 2] in (["last"], ["final"]) and words.measure_at(text, min(i + 2, len(text) - 1)):
        return False  # "hold the last 2 seconds"
    return not any(word in CAMERA_NOUNS or word in measures or word in words.METRES for word in text[i + 1 : i + 3])
