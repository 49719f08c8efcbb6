"""From a direction's words to the steps of a camera move.

Words are read clause by clause. In a clause a move is found by its verb and direction ("pan ... left") or by a
set phrase ("tracking shot"); then the words before it must show that it is the camera that moves: nothing but
lead-ins ("a slow"), or the camera itself ("the camera", "we"). "She tilts her head", "a frying pan on the left"
and "the truck left" stay where they belong, in the picture.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from . import words, words_foreign
from .words_moves import (
    ACTORS,
    ALONE,
    CAMERA_NOUNS,
    CAMERA_VERBS,
    DIRECTIONS,
    EVERYDAY_VERBS,
    FALSE_FRIENDS,
    LEAD_INS,
    NAMES,
    NEGATIONS,
    PHRASES,
)

MOST_STEPS = 12


@dataclass(frozen=True)
class Step:
    """One move of the sequence, as the words ask for it. None: the words did not say."""

    kind: str
    sign: int
    amount: float = 1.0  # factor on the usual amount
    degrees: float | None = None
    metres: float | None = None
    factor: float | None = None  # zoom
    seconds: float | None = None  # length in time
    delay: float | None = None  # a hold before it, seconds
    speed: float = 1.0
    ease: str = "smooth"  # smooth | linear | in | out
    together: bool = False  # at the same time as the step before

    @property
    def name(self) -> str:
        """What users call it: "push in", "pan left"."""
        return NAMES[self.kind, self.sign]


@dataclass(frozen=True)
class Reading:
    """What the words say: the steps, the kinds they forbid, and how a move without a name should be."""

    steps: tuple[Step, ...]
    forbidden: frozenset[str]
    manner: Step | None  # words of manner alone ("slow camera movement")


@dataclass(frozen=True)
class _Clause:
    words: list[str]
    named: list[bool]
    link: str  # how it joins the one before: "sentence" | "then" | "comma" | "and" | "with" | "before" | "after" | "until"


@dataclass(frozen=True)
class _Found:
    """A move's core in a clause: words [start, end)."""

    start: int
    end: int
    kind: str
    sign: int
    form: str  # "phrase" | "base" | "s" | "ing" | "ed"
    everyday: bool
    directed: bool
    verb: str
    extra: tuple[tuple[str, float], ...] = ()


def read(text: str) -> Reading:
    """The moves that `text` asks for. Any text is fine; unknown words give no steps."""
    clauses = _clauses(words.tokens(words_foreign.to_english(text)))
    steps: list[Step] = []
    forbidden: set[str] = set()
    manner: Step | None = None
    subject = ""  # of the sentence so far: "", "camera" or "actor"
    negated_before = False
    for clause in clauses:
        if clause.link == "sentence":
            subject = "camera" if subject == "camera" else ""
        found, negated, subject = _moves(clause, subject, negated_before)
        negated_before = bool(negated) and not found and clause.link != "sentence"
        forbidden.update(negated)
        if not found:
            manner = _manner_alone(clause, steps, manner)
            continue
        for index, (move, step) in enumerate(found):
            if move.form == "again":
                again = _again(move, steps)
                if again is not None:
                    steps.append(again)
                continue
            if manner is not None:
                step = _adopt(step, manner)
            together = bool(steps) and _together(clause, index, move, step, steps)
            if clause.link == "after" and index == 0 and steps:
                steps.insert(len(steps) - 1, replace(step, together=steps[-1].together))
                steps[-1] = replace(steps[-1], together=False)
            else:
                steps.append(replace(step, together=together))
        manner = None
    return Reading(tuple(steps[:MOST_STEPS]), frozenset(forbidden), manner)


_OWN_VERB = {
    "push": "dolly", "pedestal": "dolly", "truck": "truck", "crane": "crane", "pan": "pan", "tilt": "tilt",
    "roll": "roll", "orbit": "orbit", "zoom": "zoom",
}  # fmt: skip


def _again(move: _Found, steps: list[Step]) -> Step | None:
    """The step before once more in another direction: "pan left, then right"."""
    verb = _OWN_VERB.get(steps[-1].kind) if steps else None
    if verb is None:
        return None
    turned = CAMERA_VERBS[verb].get(DIRECTIONS[move.verb])
    if turned is None or turned == (steps[-1].kind, steps[-1].sign):
        return None
    return replace(steps[-1], kind=turned[0], sign=turned[1], together=False)


# Clauses

_MARKS = {".": "sentence", ";": "then", "!": "sentence", "?": "sentence", "\n": "sentence", ":": "sentence",
          "…": "then", "...": "then", ",": "comma", "(": "comma", ")": "comma", "[": "comma", "]": "comma",
          "/": "comma", "|": "sentence", "–": "comma", "—": "comma", "-": "comma", "+": "with", "&": "and",
          "->": "then", "=>": "then", "→": "then"}  # fmt: skip
_LINKS: dict[tuple[str, ...], str] = {
    ("and", "then"): "then", ("then",): "then", ("after", "that"): "then", ("afterwards",): "then",
    ("followed", "by"): "then", ("ending", "with"): "then", ("before",): "then", ("finally",): "then",
    ("next",): "then", ("subsequently",): "then", ("later",): "then", ("until",): "then",
    ("and", "finally"): "then", ("once",): "after", ("after",): "after",
    ("at", "the", "same", "time", "as"): "with", ("at", "the", "same", "time"): "with", ("as",): "with",
    ("while",): "with", ("whilst",): "with", ("with",): "with", ("simultaneously",): "with",
    ("during",): "with", ("meanwhile",): "with", ("combined", "with"): "with", ("together", "with"): "with",
    ("plus",): "with", ("along", "with"): "with", ("when",): "with",
    ("and", "at", "the", "same", "time"): "with", ("and", "simultaneously"): "with", ("and",): "and",
    ("but",): "but", ("just",): "but", ("instead",): "but", ("to", "reveal"): "comma",
    ("revealing",): "comma", ("where",): "comma", ("which",): "comma",
}  # fmt: skip
_LONGEST_LINK = max(len(link) for link in _LINKS)
_FALSE = {tuple(phrase.split()) for phrase in FALSE_FRIENDS}
_LONGEST_FALSE = max(len(phrase) for phrase in _FALSE)
_PHRASES = {tuple(phrase.split()): meaning for phrase, meaning in PHRASES.items()}
_LONGEST_PHRASE = max(len(phrase) for phrase in _PHRASES)


def _clauses(found: list[words.Token]) -> list[_Clause]:
    """Split at marks and linking words; false friends become the neutral word "thing"."""
    clauses: list[_Clause] = []
    current: list[words.Token] = []
    link = "sentence"
    i = 0

    def close(new_link: str) -> None:
        nonlocal current, link
        if current:
            clauses.append(_Clause([t.text for t in current], [t.named for t in current], link))
            current, link = [], new_link
        elif clauses and _RANK[new_link] > _RANK[link]:
            link = new_link

    texts = [token.text for token in found]
    while i < len(found):
        if texts[i] in _MARKS:
            close(_MARKS[texts[i]])
            i += 1
            continue
        if size := _longest(texts, i, _PHRASES, _LONGEST_PHRASE):
            current.extend(found[i : i + size])
            i += size
            continue
        if size := _longest(texts, i, _FALSE, _LONGEST_FALSE):
            current.append(words.Token("thing"))
            i += size
            continue
        if size := _longest(texts, i, _LINKS, _LONGEST_LINK):
            close(_LINKS[tuple(texts[i : i + size])])
            i += size
            continue
        current.append(found[i])
        i += 1
    close("sentence")
    return clauses


_RANK = {"comma": 0, "but": 1, "and": 1, "sentence": 2, "with": 3, "then": 3, "after": 3}


def _longest(texts: list[str], i: int, phrases: object, most: int) -> int:
    for size in range(min(most, len(texts) - i), 0, -1):
        if tuple(texts[i : i + size]) in phrases:  # type: ignore[operator]
            return size
    return 0


# Verbs and their forms


def _forms(verb: str) -> dict[str, str]:
    """The written forms of a verb: "pan" -> pan, pans, panning, panned."""
    irregular = {
        "go": ("goes", "going", "went"), "fly": ("flies", "flying", "flew"), "rise": ("rises", "rising", "rose"),
        "come": ("comes", "coming", "came"), "run": ("runs", "running", "ran"), "get": ("gets", "getting", "got"),
        "drive": ("drives", "driving", "drove"), "swing": ("swings", "swinging", "swung"),
        "spin": ("spins", "spinning", "spun"), "sink": ("sinks", "sinking", "sank"), "hold": ("holds", "holding", "held"),
        "sweep": ("sweeps", "sweeping", "swept"), "creep": ("creeps", "creeping", "crept"),
        "slide": ("slides", "sliding", "slid"), "shake": ("shakes", "shaking", "shook"),
        "freeze": ("freezes", "freezing", "froze"), "lead": ("leads", "leading", "led"),
        "dolly": ("dollies", "dollying", "dollied"), "truck": ("trucks", "trucking", "trucked"),
        "rotate": ("rotates", "rotating", "rotated"), "travel": ("travels", "travelling", "travelled"),
    }  # fmt: skip
    if verb in irregular:
        s, ing, ed = irregular[verb]
        extra = {"dollys": "s", "dolling": "ing", "traveling": "ing", "traveled": "ed"}
        own = {form: kind for form, kind in extra.items() if form.startswith(verb[:4])}
        return {verb: "base", s: "s", ing: "ing", ed: "ed", **own}
    s = verb + ("es" if verb.endswith(("sh", "ch", "s", "x")) else "s")
    if verb.endswith("e"):
        return {verb: "base", s: "s", verb[:-1] + "ing": "ing", verb + "d": "ed"}
    if verb in ("pan", "step", "get", "stop", "drop", "whip", "ped", "crab", "jib"):
        return {verb: "base", s: "s", verb + verb[-1] + "ing": "ing", verb + verb[-1] + "ed": "ed"}
    return {verb: "base", s: "s", verb + "ing": "ing", verb + "ed": "ed"}


_VERBS: dict[str, tuple[str, str, bool]] = {
    **{form: (verb, kind, True) for verb in EVERYDAY_VERBS for form, kind in _forms(verb).items()},
    **{form: (verb, kind, False) for verb in CAMERA_VERBS for form, kind in _forms(verb).items()},
}

# Words that may stand between a verb and its direction.
_BETWEEN = frozenset((
    "to", "the", "a", "an", "from", "camera", "shot", "it", "view", "lens", "frame", "very", "slowly",
    "more", "some", "just", "over", "straight", "all", "way", "towards", "its", "side", "motion", "movement",
    "move", "and", "still", "his", "her", "our", "us", "picture", "image", "so", "by", "about", "of",
    "quite", "really", "further", "in", "on", "only", "ever", "across", "whole",
))  # fmt: skip
_DETERMINERS = frozenset((
    "the", "a", "an", "his", "her", "their", "its", "my", "your", "our", "this", "that", "these", "those",
    "each", "every", "some",
))  # fmt: skip
_PREPOSITIONS = frozenset((
    "to", "on", "onto", "into", "toward", "towards", "at", "from", "across", "along", "over", "past",
    "through", "around", "for", "until", "up", "down", "in", "of", "between", "behind", "under", "above",
    "inside", "outside", "by", "with", "upon", "off", "beyond",
))  # fmt: skip
_ROADS = frozenset((
    "street", "road", "hall", "hallway", "corridor", "aisle", "path", "alley", "lane", "tunnel", "track",
    "driveway", "stairs", "staircase", "steps", "stairway", "hill", "river", "avenue", "passage", "walkway",
    "runway", "bridge", "escalator", "ladder", "slope",
))  # fmt: skip


def _moves(
    clause: _Clause, subject: str, negated_before: bool
) -> tuple[list[tuple[_Found, Step]], set[str], str]:
    """The clause's moves with their modifiers, the kinds it forbids, and whose clause it is."""
    text = clause.words
    if _no_movement(text):
        found = _Found(0, len(text), "hold", 1, "phrase", False, True, "hold")
        return [(found, Step("hold", 1))], set(), "camera"
    cores = _cores(clause)
    kept: list[_Found] = []
    negated: set[str] = set()
    start_of_free = 0
    saw_negation = negated_before
    for core in cores:
        if core.start < start_of_free:
            continue
        who, negates = _who(clause, core, start_of_free)
        saw_negation = (saw_negation and bool(kept or not negates)) or negates
        if not _is_camera(clause, core, who, subject):
            if who in ("actor", "other"):
                subject = "actor"
            continue
        if who == "camera":
            subject = "camera"
        if saw_negation:
            negated.add(core.kind)
        else:
            kept.append(core)
        start_of_free = core.end
    if not kept and not negated:
        subject = _subject_of(clause, subject)
        return [], set(), subject
    return [(core, _step(clause, core, kept, i)) for i, core in enumerate(kept)], negated, subject


def _no_movement(text: list[str]) -> bool:
    """ "no camera movement", "the camera doesn't move", "without moving the camera", "camera stays put"."""
    joined = " ".join(text)
    moving = ("movement", "movements", "move", "moves", "motion", "moving", "motions", "camerawork")
    negated = next((i for i, word in enumerate(text) if word in NEGATIONS), None)
    if negated is not None:
        rest = text[negated + 1 :]
        plain = [
            word
            for word in rest
            if word not in ("camera", "any", "the", "at", "all", "of", "kind", "is", "does")
        ]
        if plain and plain[0] in moving and (len(plain) == 1 or "camera" in text):
            return len(plain) == 1 or not any(word in DIRECTIONS for word in plain)
    return any(
        phrase in joined
        for phrase in ("camera stays", "camera remains", "camera holds still", "camera at rest", "camera does nothing",
                       "zero camera", "shot stays still", "frame stays still", "camera is locked", "camera locked",
                       "camera is completely still", "camera is not moving", "camera isn't moving")
    ) and not any(word in ("behind", "with", "close", "closer") for word in text)  # fmt: skip


def _cores(clause: _Clause) -> list[_Found]:
    """All that might be a move, in order, before asking whose it is."""
    text = clause.words
    found: list[_Found] = []
    i = 0
    bare = [word for word in text if word not in LEAD_INS or word in ALONE]
    content = [
        word for word in bare if not _is_modifier(word) and word not in CAMERA_NOUNS and not word[0].isdigit()
    ]
    if (len(content) == 1 and content[0] in ALONE and content[0] not in ("static",)) or content == ["static"]:
        at = text.index(content[0])
        directed = next((w for w in text if w in DIRECTIONS and w != content[0]), None)
        if directed is None:
            kind, sign = ALONE[content[0]]
            return [_Found(at, at + 1, kind, sign, "phrase", False, True, content[0])]
    while i < len(text):
        if size := _longest(text, i, _PHRASES, _LONGEST_PHRASE):
            (kind, sign), extra = _PHRASES[tuple(text[i : i + size])]
            end = i + size
            if kind in ("truck", "pan", "roll", "orbit", "push", "crane", "tilt", "zoom"):
                near = _direction(text, i, end, 5, True)
                verb = {"truck": "truck", "push": "dolly", "roll": "roll"}.get(kind, kind)
                if near and near[0] in CAMERA_VERBS[verb]:
                    kind, sign = CAMERA_VERBS[verb][near[0]]
                    end = max(end, near[1])
            found.append(
                _Found(
                    i,
                    end,
                    kind,
                    sign,
                    "phrase",
                    False,
                    True,
                    " ".join(text[i : i + size]),
                    tuple(extra.items()),
                )
            )
            i = end
            continue
        if text[i] in _VERBS:
            core = _verb_core(clause, i)
            if core:
                found.append(core)
                i = max(core.end, i + 1)
                continue
        elif (
            text[i] in ("left", "right", "up", "down", "in", "out", "back", "forward")
            and found
            and not found[-1].everyday
        ):
            pass
        i += 1
    if (
        not found
        and clause.link in ("then", "and", "comma")
        and text
        and text[0] in DIRECTIONS
        and len(text) <= 3
    ):
        found.append(_Found(0, 1, "again", 1, "again", False, True, text[0]))
    return found


def _verb_core(clause: _Clause, i: int) -> _Found | None:
    """The move of the verb at word `i`, if its direction (or lack of one) has a meaning."""
    text = clause.words
    verb, form, everyday = _VERBS[text[i]]
    table = EVERYDAY_VERBS[verb] if everyday else CAMERA_VERBS[verb]
    near = _direction(text, i, i + 1, 7 if everyday else 12, not everyday)
    if near and near[0] in table:
        direction, end = near
        if everyday and verb in (
            "walk",
            "go",
            "run",
            "drive",
            "travel",
            "head",
            "come",
            "move",
            "fly",
            "glide",
        ):
            direction = _road(text, end, direction)
        kind, sign = table[direction] if direction in table else table[near[0]]
        if kind == "pan" and text[i + 1 : i + 3] == ["around", "the"] and everyday:
            kind = "orbit"
        return _Found(i, max(end, i + 1), kind, sign, form, everyday, True, verb)
    if verb == "roll":
        return _Found(i, i + 1, "roll", 1, form, False, False, verb)
    if "" not in table:
        return None
    kind, sign = table[""]
    return _Found(i, i + 1, kind, sign, form, everyday, False, verb)


def _road(text: list[str], end: int, direction: str) -> str:
    """ "walk down the street" goes forward; so does "walk up to the door"."""
    if direction not in ("up", "down"):
        return direction
    after = text[end : end + 4]
    if after[:1] == ["to"] or any(word in _ROADS for word in after):
        return "in"
    return direction


def _direction(text: list[str], start: int, end: int, reach: int, far: bool) -> tuple[str, int] | None:
    """The direction that belongs to the verb at [start, end): after it, else right before it."""
    after_from = False
    best: tuple[str, int] | None = None
    for i in range(end, min(len(text), end + reach)):
        word = text[i]
        if i > end and word in _VERBS and word not in ("back", "left") and word not in DIRECTIONS:
            break
        if word == "from":
            after_from = True
            continue
        if word == "counter" and text[i + 1 : i + 2] == ["clockwise"]:
            return "counter", i + 2
        if word == "anti" and text[i + 1 : i + 2] == ["clockwise"]:
            return "counter", i + 2
        if word in DIRECTIONS and not _idle(text, i):
            direction = DIRECTIONS[word]
            if not after_from:
                if (
                    direction in ("in", "out")
                    and text[i + 1 : i + 2]
                    and text[i + 1] in ("left", "right", "up", "down")
                ):
                    continue
                return direction, i + 1
            best = (direction, i + 1)  # "from left to right": the last one counts
            if direction in ("left", "right", "up", "down") and "to" not in text[i + 1 : i + 3]:
                return best
            continue
        if (
            word in _BETWEEN
            or _is_modifier(word)
            or words.number_at(text, i)
            or word in words.METRES
            or word in words.DEGREES
        ):
            continue
        if not far and not after_from:
            break
    if best:
        return best
    if (
        start
        and text[start - 1] in DIRECTIONS
        and text[start - 1] not in ("in", "out", "off", "through", "about")
    ):
        return DIRECTIONS[text[start - 1]], end
    if text[start - 2 : start] == ["left", "to"]:
        return None
    return None


def _idle(text: list[str], i: int) -> bool:
    """Words of direction that point nowhere: "in a slow arc", "about 2 metres", "left of", "at the back"."""
    word, rest = text[i], text[i + 1 : i + 3]
    if (
        word in ("in", "on")
        and rest[:1]
        and rest[0] in ("slow", "a", "an", "order", "real", "front", "general")
    ):
        return True
    if (
        word == "in"
        and (measure := words.measure_at(text, i + 1) if rest else None)
        and measure.kind == "seconds"
    ):
        return True
    if word == "about" and rest[:1] and (rest[0][0].isdigit() or rest[0] in words.NUMBERS):
        return True
    return word in ("close", "off", "back") and i > 0 and text[i - 1] in ("the", "very", "at", "her", "his")


def _is_modifier(word: str) -> bool:
    return word in words.SPEEDS or word in words.AMOUNTS or word in words.EASES


# Whose move it is


def _who(clause: _Clause, core: _Found, first: int) -> tuple[str, bool]:
    """Who moves, from the words before: "free" (nobody named), "camera", "actor" or "other"; and if it's negated."""
    text = clause.words
    negates = False
    who = "free"
    i = core.start - 1
    while i >= first:
        word = text[i]
        if word in NEGATIONS:
            negates = True
        elif word in CAMERA_NOUNS:
            who = "camera"
            negates = negates or any(w in NEGATIONS for w in text[first:i])
            break
        elif word in ACTORS and not (word == "it" and i == first):
            who = "actor"
            break
        elif not (
            word in LEAD_INS
            or _is_modifier(word)
            or words.number_at(text, i)
            or word in words.DEGREES
            or word in words.METRES
            or word in words.SECONDS
            or word in DIRECTIONS
            or word in ("%", "percent")
        ):
            who = "other"
            break
        i -= 1
    return who, negates


_PRONOUNS = frozenset((
    "he", "she", "they", "it", "who", "someone", "somebody", "everyone",
))  # fmt: skip
_MODALS = frozenset((
    "can", "could", "will", "would", "should", "must", "may", "might", "does", "did", "is", "was", "are",
    "were",
))  # fmt: skip
_OBJECTS_ALLOWED = {
    "orbit",
    "circle",
    "approach",
    "follow",
    "enter",
    "explore",
    "zoom",
    "pan",
    "track",
    "reveal",
}


def _is_camera(clause: _Clause, core: _Found, who: str, subject: str) -> bool:
    """Whether this move is the camera's and not somebody's in the picture."""
    text = clause.words
    if core.form in ("phrase", "again"):
        return True
    before = text[core.start - 1] if core.start else ""
    after = text[core.end] if core.end < len(text) else ""
    next_word = text[core.start + 1] if core.start + 1 < len(text) else ""
    if core.verb == "roll" and not core.directed:
        return who in ("free", "camera") and any(word in words.DEGREES for word in text)
    if who == "camera":
        return True
    if before in _PRONOUNS or (
        before in _MODALS and text[core.start - 2 : core.start - 1][:1] and text[core.start - 2] in _PRONOUNS
    ):
        return False
    if who == "actor" and not (
        core.form == "base" and not core.everyday and before not in ACTORS and core.directed
    ):
        return False
    if _towards_us(text, core) or _has_object(text, core, next_word, after):
        return False
    if core.form == "ed":
        return False
    if core.form == "s":
        return who == "free" and subject == "camera"
    if core.form == "ing":
        if who == "free":
            return subject != "actor" or (
                not core.everyday and core.directed and core.verb not in ("push", "pull", "roll")
            )
        return (
            not core.everyday
            and core.directed
            and core.verb in ("pan", "zoom", "dolly", "truck", "crane", "pedestal")
        )
    # base form: an order ("pan left"), or a noun ("a slow pan")
    if core.everyday:
        if (
            who != "free"
            or (before in ("a", "an", "the", "to", "and")
            and before != "and"
            and core.verb
            in (
                "turn",
                "look",
                "step",
                "run",
                "walk",
                "drive",
                "lift",
                "rest",
                "drop",
                "back",
                "swing",
                "lead",
                "spin",
                "head",
                "hold",
                "stop",
            ))
        ):
            return who == "free" and before not in ("a", "an", "the") and bool(core.directed)
        if core.verb == "hold":
            return (
                not after
                or after in _PREPOSITIONS
                or after in ("still", "steady", "position", "there", "here", "static")
                or after[0].isdigit()
            )
        if core.kind == "hold":
            return (
                subject == "camera"
                or not after
                or after in ("still", "there", "here", "static", "put")
                or words.measure_at(text, core.end) is not None
                or after == "for"
            )
        return True
    if who == "other" or who == "actor":
        plural = before.endswith("s") and not before.endswith("ss")
        return core.directed and not plural and before not in _DETERMINERS
    if core.directed:
        noun = before in _DETERMINERS and core.verb in (
            "pan",
            "truck",
            "crane",
            "track",
            "dolly",
            "roll",
            "circle",
        )
        if noun and after and after not in _PREPOSITIONS and not _is_modifier(after):
            return False
        return not (noun and text[core.end - 1] == "left" and after in ("on", "in", "behind", "by", "under"))
    return _bare_verb_is_move(core, before, after)


def _bare_verb_is_move(core: _Found, before: str, after: str) -> bool:
    """A camera's verb with no direction, and nobody named: "a slow pan", "zoom", but not "a pan on the stove"."""
    if core.verb in ("orbit", "circle", "arc"):
        return not after or after in _DETERMINERS or after in _PREPOSITIONS or _is_modifier(after)
    if (
        after
        and after
        not in (
            "across",
            "along",
            "over",
            "to",
            "toward",
            "towards",
            "from",
            "between",
            "onto",
            "past",
            "through",
            "shot",
            "on",
            "at",
            "of",
            "for",
            "into",
            "movement",
            "move",
            "motion",
            "by",
        )
        and not (  # fmt: skip
            _is_modifier(after) or after[0].isdigit() or after in words.NUMBERS
        )
    ):
        return False
    if before in ("a", "an", "the", "this", "one") and after in (
        "on",
        "at",
        "of",
        "from",
        "for",
        "by",
        "through",
        "over",
        "past",
        "to",
    ):
        return (core.verb in ("zoom", "pan") and after in ("over", "through", "to")) or core.verb == "zoom"
    return not (
        before in ("a", "an", "the", "this")
        and core.verb in ("truck", "crane", "dolly", "track", "pan")
        and not after
    )


def _towards_us(text: list[str], core: _Found) -> bool:
    """ "walking towards the camera" is what an actor does."""
    rest = [word for word in text[core.end : core.end + 3] if word not in _DETERMINERS and word != "to"]
    return core.kind == "push" and bool(rest) and rest[0] in ("camera", "us", "viewer", "lens", "viewers")


def _has_object(text: list[str], core: _Found, next_word: str, after: str) -> bool:
    """Whether the verb acts on something that is not the camera: "push in the chair", "turn the wheel left"."""

    def thing(i: int) -> bool:
        if i >= len(text) or text[i] not in _DETERMINERS:
            return False
        nouns = text[i + 1 : i + 3]
        return not any(
            noun in CAMERA_NOUNS
            or noun in ("way", "bit", "little", "tad", "touch", "lot", "distance")
            or noun in words.METRES
            for noun in nouns
        )

    if core.verb in _OBJECTS_ALLOWED:
        return False
    if thing(core.start + 1) and words.measure_at(text, core.start + 1) is None:
        return True
    last = text[core.end - 1]
    return (
        last in ("in", "out", "up", "down", "back", "off")
        and core.verb
        in (
            "push",
            "pull",
            "move",
            "roll",
            "lift",
            "raise",
            "lower",
            "swing",
            "turn",
            "shift",
            "slide",
            "pan",
            "press",
            "ease",
            "get",
            "shake",
        )
        and thing(core.end)
    )


def _subject_of(clause: _Clause, subject: str) -> str:
    """Whose clause this is when it holds no move."""
    text = clause.words
    if text[:1] == ["camera"] or text[:2] == ["the", "camera"]:
        return "camera"
    if any(word in ACTORS for word in text):
        return "actor"
    if any(named and word not in CAMERA_NOUNS for word, named in zip(text, clause.named, strict=True)):
        return "actor"
    return subject


# How much, how fast


def _together(clause: _Clause, index: int, move: _Found, step: Step, steps: list[Step]) -> bool:
    """Whether a step runs at the same time as the one before it."""
    if step.kind == "handheld" or steps[-1].kind == "handheld":
        return step.kind != "hold" and steps[-1].kind != "hold"
    before = steps[-1]
    if index == 0 and clause.link in ("then", "sentence", "after"):
        return False
    if step.kind == "hold" or before.kind == "hold":
        return False
    group = [steps[-1]]
    for earlier in reversed(steps[:-1]):
        if not group[-1].together:
            break
        group.append(earlier)
    if any(other.kind == step.kind for other in group):
        return False
    if index > 0 or clause.link in ("with", "and"):
        return True
    return clause.link == "comma" and (
        move.form == "ing" or clause.words[0] in ("a", "an", "slight", "slightly", "subtle")
    )


def _step(clause: _Clause, core: _Found, cores: list[_Found], index: int) -> Step:
    """The step of a core, with the modifiers that belong to it."""
    first = cores[index - 1].end if index else 0
    last = cores[index + 1].start if index + 1 < len(cores) else len(clause.words)
    kind, sign = core.kind, core.sign
    step = Step(kind, sign, **dict(core.extra))  # type: ignore[arg-type]
    return _modified(step, clause.words, first, last, core)


def _modified(step: Step, text: list[str], first: int, last: int, core: _Found | None = None) -> Step:
    """`step` with every modifier of words [first, last) applied."""
    amount, speed, ease = step.amount, step.speed, step.ease
    fields: dict[str, float] = {}
    i = first
    while i < last:
        word = text[i]
        measure = words.measure_at(text, i)
        if measure is not None and i + measure.length <= last:
            before = text[i - 1] if i else ""
            if measure.kind == "seconds":
                fields["delay" if before in ("after", "at") else "seconds"] = measure.value
            elif measure.kind == "percent":
                fields["factor"] = 1 + measure.value / 100
            else:
                fields[measure.kind] = measure.value
            i += measure.length
            continue
        strength = 1.0
        if i and text[i - 1] in ("very", "extremely", "super", "really", "ultra"):
            strength = 1.4
        if word in words.SPEEDS and not (core and core.verb == word):
            value = words.SPEEDS[word]
            speed *= value**strength
        if word in words.AMOUNTS and not (
            word in ("wide", "long", "full", "large", "deep")
            and text[i + 1 : i + 2] in (["shot"], ["angle"], ["lens"])
        ):
            amount *= words.AMOUNTS[word] ** strength
        ease = words.EASES.get(word, ease)
        if word == "ease" and text[i + 1 : i + 2] in (["in"], ["out"]) and not (core and core.start == i):
            ease = text[i + 1]
        i += 1
    return replace(
        step, amount=min(max(amount, 0.1), 4.0), speed=min(max(speed, 0.2), 6.0), ease=ease, **fields
    )  # type: ignore[arg-type]


def _manner_alone(clause: _Clause, steps: list[Step], manner: Step | None) -> Step | None:
    """Modifiers with no move beside them: they belong to the step before, or, about "camera movement", to the next."""
    text = clause.words
    plain = all(
        word in LEAD_INS
        or _is_modifier(word)
        or word in CAMERA_NOUNS
        or words.measure_at(text, i) is not None
        or word in words.METRES
        or word in words.DEGREES
        or word in words.SECONDS
        for i, word in enumerate(text)
    )
    if not plain or not any(_is_modifier(word) or words.measure_at(text, i) for i, word in enumerate(text)):
        return manner
    if steps and clause.link in ("comma", "and", "but", "sentence"):
        steps[-1] = _modified(steps[-1], text, 0, len(text))
        return manner
    if (
        any(word in ("camera", "movement", "motion", "move", "camerawork") for word in text)
        or (clause.link == "sentence"
        and len(text) <= 2)
    ):
        return _modified(manner or Step("push", 1), text, 0, len(text))
    return manner


def _adopt(step: Step, manner: Step) -> Step:
    """`step` in the manner that was asked for before it was named."""
    return replace(
        step,
        amount=step.amount * manner.amount,
        speed=step.speed if step.speed != 1.0 else manner.speed,
        ease=step.ease if step.ease != "smooth" else manner.ease,
    )
