"""How a move joins those before it: once more in another direction, at the same time, or after them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from ..clauses import Clause
from ..found import Found
from ..lists import one_of
from ..modifiers import is_figure, is_modifier, modified, with_a_bare_figure
from ..sentences import CAMERA_NOUNS, DETERMINERS, INCLINES, LEAD_INS, PREPOSITIONS
from ..steps import Step
from ..vocabulary import CAMERA_VERBS, DIRECTIONS, EVERYDAY_VERBS, SIDEWAYS
from ..where.passing import from_of
from ..where.target import PEOPLE, target_of
from ..where.ways import VERBS, is_manner, is_name
from ..words import NUMBERS, SPEEDS, measured


def is_side(word: str) -> bool:
    return DIRECTIONS.get(word, "") in ("left", "right", "clockwise", "counter") and word not in SIDEWAYS


ACROSS = ("leftwards", "rightwards")  # "truck along the hedge, left to right"
_OWN_VERB = {kind: kind for kind in ("truck", "crane", "pan", "tilt", "roll", "orbit", "zoom")} | {
    "push": "dolly",
    "pedestal": "dolly",
}


def once_more(move: Found, clause: Clause, steps: list[Step]) -> list[Step]:
    """The step before once more in another direction: "pan left, then right", "up and away from the house"."""
    moving = [step for step in steps if step.kind not in ("hold", "handheld")]
    plain = [word for word in clause.words if not (is_modifier(word) or word in ("again", "then", "and", "all", "way"))]
    if moving and plain in (["back"], ["back", "out"]) and clause.link != "with":  # "truck right, hold, then back"
        undone = replace(undoing(moving[-1], clause), delay=None)
        return [modified(undone, clause.words, 1, len(clause.words))]
    if moving and steps[-1].kind == "hold" and clause.link != "with":  # "pan left, hold, then right"
        return once_more(move, clause, moving)
    verb = _OWN_VERB.get(steps[-1].kind) if steps else None
    direction = DIRECTIONS[move.verb]
    turned: tuple[str, int] | None
    if verb == "tilt" and direction in ("left", "right"):  # "pan left, then up, then right"
        verb = "pan"
    if verb and direction in ("in", "out") and direction not in CAMERA_VERBS[verb]:
        ends = clause.link == "then" or (clause.link == "and" and clause.words[1:] in ([], ["again"]))
        back = (
            move.verb == "back"
            and steps[-1].kind in ("pan", "tilt", "truck", "orbit", "roll", "pedestal", "crane")
            and ends
        )
        verb, turned = "dolly", (steps[-1].kind, -steps[-1].sign) if back else CAMERA_VERBS["dolly"][direction]
    else:
        turned = CAMERA_VERBS[verb].get(direction) if verb else None
    if turned is None or turned == (steps[-1].kind, steps[-1].sign):
        return []
    relation, target = target_of(clause.words, turned[0], "", 0, len(clause.words))
    both = clause.link == "and" and turned[0] != steps[-1].kind
    undoes = move.verb == "back" and turned == (steps[-1].kind, -steps[-1].sign) and not has_figure(clause.words)
    again = replace(steps[-1], kind=turned[0], sign=turned[1], together=both, metres=None)
    again = replace(again, returns="back" if undoes else "", watches=False, height=None, gap=None)
    again = modified(again, clause.words, 1, len(clause.words))
    again = with_a_bare_figure(again, clause.words, move, len(clause.words), steps[-1].said)
    again = replace(again, returns="" if target else again.returns)  # "to the window, then back to the door"
    return [replace(again, relation=relation, target=target, open_side=not is_side(move.verb))]


WAYS_ON = one_of(
    """
        to, toward, towards, into, onto, through, past, around, round, over, along, across, between, under, behind,
        beyond, up, down, left, right, forward, forwards, backward, backwards, upward, upwards, downward, downwards,
        out, closer, nearer, deeper, away, back, sideways
    """
)
_ON = (
    "on",
    "onward",
    "onwards",
    "over",
    "again",
    "back",
    "also",
    "finally",
    "then",
    "all",
    "the",
    "same",
    "way",
    "straight",
    "right",
    "it",
)
_ONWARD = ("on", "onward", "onwards", "further", "farther")  # "past the table, onward to the fireplace"
_LOOKING = ("pan", "tilt", "roll", "zoom", "dolly zoom")


def gone_on(clause: Clause, before: Step, moves: list[Found]) -> Clause | None:
    """A clause that leaves out its verb, with the verb that the step before it has: "push in, then around the table" as
    "then move around the table". None for any other. `moves`: what was found in it without a verb."""
    text = clause.words
    if before.kind in ("hold", "handheld") or len(text) > 12:
        return None
    if is_on_a_route(before) and text[0] == "in" and text[1:2] and text[1] in WAYS_ON:  # "in through the door"
        clause = replace(clause, words=text[1:], named=clause.named[1:])
        text = clause.words
    again = moves and moves[0].form == "again"
    climbs = text[0] in ("up", "down") and INCLINES.intersection(text) and before.kind == "push" and len(text) < 5
    if climbs and clause.link != "with":  # "past the sofa, up the stairs"
        return Clause(["move", *text], [False, *clause.named], "then")
    if (moves and not again) or (again and once_more(moves[0], clause, [before])):
        return None
    if clause.link == "then" and before.target and before.relation in ("at", "to") and _is_a_thing(text):
        verb = "pan" if before.kind in _LOOKING else "move"
        return Clause([verb, "to", *text], [False, False, *clause.named], "then")  # "pan to the bed, then the window"
    first = _telling(text)
    if first == len(text) or text[first] not in WAYS_ON or any(word in NOMINATIVES for word in text):
        return None
    further = text[first] in ("around", "round", "through", "past") or (
        first and before.target and before.relation != "through"
    )
    onward = clause.link == "comma" and text[0] in _ONWARD and first > 0 and text[first] in ("to", "toward", "towards")
    route = clause.link in ("comma", "sentence") and is_on_a_route(before) and text[first] in _ALONG_A_ROUTE
    if clause.link != "then" and not (clause.link == "and" and further) and not onward and not route:
        return None
    if text[first + 1 : first + 2] and not _goes_somewhere(text, first):
        return None
    told = (i for i in range(first + 2, len(text)) if text[i] in DETERMINERS)
    if any(text[i - 1] not in PREPOSITIONS and text[i - 1] != "and" for i in told):
        return None  # "to her surprise the door opens"
    verb = "pan" if before.kind in _LOOKING and text[first] not in ("around", "round", "through") else "move"
    if before.kind == "zoom" and text[first] in ("out", "back"):
        verb = "zoom"
    cut = (
        first - 1 if first and text[first - 1] == "back" and text[first] in ("to", "out") and verb == "move" else first
    )
    kept = [word for word in text[:cut] if is_modifier(word)]
    out = text[cut : cut + 1] == ["out"] and text[cut + 1 : cut + 2] in (["to"], ["onto"], ["into"])
    if out and (before.kind, before.sign) == ("push", 1):  # "in through the window and out to the balcony"
        cut += 1
    said = [verb, *kept, *text[cut:]]
    return Clause(said, [False] * (len(said) - len(text) + cut) + clause.named[cut:], "then")


_ON_A_ROUTE = one_of("walkthrough, flythrough, tour")
_ALONG_A_ROUTE = one_of("in, over, across, past, through, up, down, along, to, into, onto, around, between, under, out")


def is_on_a_route(step: Step) -> bool:
    """Whether a step is of a tour, whose ways follow one another without a verb."""
    return step.kind == "push" and not _ON_A_ROUTE.isdisjoint(step.said.split())


def _is_a_thing(text: list[str]) -> bool:
    """Whether a clause is one thing and nothing else: "the window"."""
    rest = [word for word in text if word != "finally"]
    known = (VERBS, DIRECTIONS, PREPOSITIONS, DETERMINERS)
    told = any(word in group for word in rest[1:] for group in known) or any(word.endswith("s") for word in rest[2:])
    return 1 < len(rest) < 4 and rest[0] in DETERMINERS and not told


def gone_back(clause: Clause, steps: list[Step]) -> Step | None:
    """The return of the last step that the clause's verb names: "pan left, pause, pan back"; None for none."""
    text = [word for word in clause.words if not is_modifier(word)]
    if len(text) < 2 or text[0] not in VERBS or text[1] != "back" or text[2:] not in ([], ["again"]):
        return None
    kinds = {kind for kind, _ in table_of(text[0]).values()}
    before = next(
        (step for step in reversed(steps) if step.kind in kinds and step.kind not in ("hold", "handheld")), None
    )
    if before is None:
        return None
    back = undoing(before, clause)
    own = any(word in SPEEDS for word in clause.words)
    return modified(replace(back, speed=1.0), clause.words, 0, len(clause.words)) if own else back


_RETURNING = one_of("come, swing, duck, snap, spring, lean, flick, whip, dip, drop, pop, rise, sink, bob, spring")


def comes_back(clause: Clause, steps: list[Step]) -> Step | None:
    """The way back of the last step, where a clause says no more than to come back: "lean out, then duck back"."""
    text = [word for word in clause.words if not is_manner(word) and word not in ("then", "we", "camera", "the")]
    before = next((step for step in reversed(steps) if step.kind not in ("hold", "handheld")), None)
    if before is None:
        return None
    if text == ["back", "out"] and (before.kind, before.sign) == ("zoom", 1):  # "zoom in, then back out"
        text = ["come", "back"]
    if text in (["level"], ["level", "out"]) and before.kind not in ("tilt", "roll"):  # "dutch, push in, level out"
        before = next((step for step in reversed(steps) if step.kind == "roll"), before)
    if text == ["level", "out"]:
        text = ["level"]
    if text == ["level"] and before.kind in ("tilt", "roll"):  # "nose down ten degrees, then level"
        text = ["come", "back"]
    way = {1: "up", -1: "down"} if before.kind in ("pedestal", "crane", "tilt") else {1: "right", -1: "left"}
    ways = (["back"], ["back", "again"], ["back", "in"], ["back", way[-before.sign]])
    if text[1:] not in ways or (VERBS[text[0]][0] if text[0] in VERBS else text[0]) not in _RETURNING:
        return None
    back = replace(undoing(before, clause), delay=None)
    return modified(replace(back, speed=1.0, seconds=None, share=None), clause.words, 0, len(clause.words))


def undoing(before: Step, clause: Clause, returns: str = "back") -> Step:
    """The way back of a step, as a clause says it; as far as it went where that has no figure of its own."""
    plain = replace(
        before, sign=-before.sign, relation="", target="", via="", onward="", frames="", lens=None, gap=None
    )
    plain = replace(plain, height=None, top=False, watches=False, together=False, said=" ".join(clause.words))
    plain = replace(plain, returns="" if has_figure(clause.words) else returns)
    first = from_of(before.said.split(), 0) if before.kind in ("pan", "tilt") and plain.returns else ""
    return replace(plain, relation="at", target=first) if first else plain  # "from Anna to Ben, then back"


def has_figure(text: list[str]) -> bool:
    """Whether words have a number or a measure in them."""
    return any(measured(text)) or any(word[0].isdigit() or word in NUMBERS for word in text)


_HOME = {"homeward": "home", "wayback": "way"}


def goes_home(clause: Clause, steps: list[Step]) -> Step | None:
    """The way back to where the shot, or the last move, began, where a clause says no more."""
    figures = measured(clause.words)
    idle = (
        figures[i] or is_manner(word) or word in LEAD_INS or word in CAMERA_NOUNS for i, word in enumerate(clause.words)
    )
    text = [word for word, no in zip(clause.words, idle, strict=True) if not no]
    before = next((step for step in reversed(steps) if step.kind not in ("hold", "handheld")), None)
    if before is not None and text == ["back"] != clause.words[:1] and clause.link != "with":  # "then slow back"
        return modified(replace(undoing(before, clause), delay=None), clause.words, 0, len(clause.words))
    if before is None or len(text) != 1 or text[0] not in _HOME:
        return None
    back = replace(undoing(before, clause, _HOME[text[0]]), delay=None, metres=None, degrees=None, factor=None)
    return modified(replace(back, speed=1.0, seconds=None, share=None), clause.words, 0, len(clause.words))


def going_of(clause: Clause) -> list[str]:
    """The words of a clause that says only that the camera goes: "the camera slowly moves"; none of any other."""
    text = [word for word in clause.words if not is_modifier(word) and word not in ("the", "our", "this")]
    subject = len(text) == 2 and text[0] in CAMERA_NOUNS
    return clause.words if subject and text[1] in VERBS and "in" in table_of(text[1]) else []


def table_of(word: str) -> Mapping[str, tuple[str, int]]:
    """The moves of a verb by their direction, for any of its forms."""
    verb, _, everyday = VERBS[word]
    return EVERYDAY_VERBS[verb] if everyday else CAMERA_VERBS[verb]


def _telling(text: list[str]) -> int:
    """The first word that is no filler; a "back" or "over" that ends the clause is one that tells."""
    for i, word in enumerate(text):
        last = i + 1 == len(text)
        goes = text[i + 1 : i + 2] and (text[i + 1] in DETERMINERS or text[i + 1] == "it")
        if last or not (word in _ON or is_modifier(word) or word.endswith("ly")) or (word == "over" and goes):
            return i
    return len(text)


def _goes_somewhere(text: list[str], i: int) -> bool:
    """Whether a place or another direction follows the word `i`, and no "to her surprise"."""
    after = text[i + 1]
    known = (
        after in DETERMINERS
        or is_name(after)
        or after in WAYS_ON
        or after in PEOPLE
        or is_modifier(after)
        or is_figure(text, i + 1)
    )
    return known or after in ("to", "of", "from", "about", "by", "in", "on", "at", "again") or text[i] in DIRECTIONS


NOMINATIVES = ("he", "she", "they", "who", "i")


_TURNED = ("left", "right", "up", "down", "clockwise", "counterclockwise", "anticlockwise", *ACROSS)


def turned_to(step: Step, text: list[str]) -> Step:
    """`step` in the direction that was said after it: "arc shot, 45 degrees to the left"."""
    verb = _OWN_VERB.get(step.kind)
    for word in text:
        turned = CAMERA_VERBS[verb].get(DIRECTIONS.get(word, "?")) if verb else None
        if turned and turned[0] == step.kind and word in _TURNED:
            return replace(step, sign=turned[1], open_side=False)
    return step


def is_together(clause: Clause, index: int, move: Found, step: Step, steps: list[Step]) -> bool:
    """Whether a step runs at the same time as the one before it."""
    if not steps:
        return False
    if step.kind == "handheld" or (steps[-1].kind == "handheld" and step.kind != "hold"):
        return True
    if step.kind == "hold" or steps[-1].kind == "hold":
        return False
    if index == 0 and clause.link in ("then", "sentence", "after"):
        return False
    group = _last_group(steps)
    if any(other.kind == step.kind for other in group):
        return False
    if index == 0 and clause.link == "and" and move.verb in _WALKING and steps[-1].kind == "pan":
        return False  # "turn right and enter the bedroom"
    if index == 0 and clause.link == "and" and steps[-1].kind == "pan" and _turns(steps[-1].said) and _arrives(step):
        return False  # "turn left and move through the doorway"
    if index == 0 and clause.link == "and" and steps[-1].kind == "pan" and step.relation == "through":
        return False  # "pan left 90 degrees and push in through the door"
    if index == 0 and clause.link == "and" and move.verb == "turn" and _walks(steps[-1].said):
        return False  # "walk through the door and turn right"
    if index == 0 and clause.link == "and" and step.kind in ("pedestal", "crane") and _leaves(steps[-1].said):
        return False  # "leave the kitchen by the back door and rise above the garden"
    if index == 0 and clause.link == "and" and move.verb in _GLANCES and move.form != "ing" and _arrives(steps[-1]):
        return False  # "walk to the window and look up"
    if index == 0 and "keep" in clause.words and step.kind in _LOOKING and step.target and clause.link == "comma":
        return True  # "track left, pan right to keep the tree centred"
    if step.kind == "orbit" and steps[-1].relation == "to" and clause.words[-1] in ("it", "him", "them"):
        return False  # "move to the statue and circle it"
    if index > 0 or clause.link in ("with", "and"):
        return True
    return clause.link == "comma" and (move.form == "ing" or clause.words[0] in ("a", "an") or _is_slight(clause))


_WALKING = ("enter", "walk", "go", "step", "run", "head", "approach", "cross")


_GLANCES = ("look", "gaze")


def _arrives(step: Step) -> bool:
    """Whether a step ends where its words say."""
    return (step.kind, step.sign) == ("push", 1) and step.relation in ("to", "through", "past") and step.target != ""


def _turns(said: str) -> bool:
    return any(word in VERBS and VERBS[word][0] == "turn" for word in said.split())


def _leaves(said: str) -> bool:
    return any(word in VERBS and VERBS[word][0] in ("enter", "exit") for word in said.split())


def _walks(said: str) -> bool:
    return any(word in VERBS and VERBS[word][0] in _WALKING for word in said.split())


def _is_slight(clause: Clause) -> bool:
    return clause.words[0] in ("slight", "slightly", "subtle", "subtly")


def _last_group(steps: Sequence[Step]) -> list[Step]:
    """The last steps that run at the same time."""
    group = [steps[-1]]
    for earlier in reversed(steps[:-1]):
        if not group[-1].together:
            break
        group.append(earlier)
    return group
