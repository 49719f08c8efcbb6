"""What tells more of the step before it, and is no step of its own: its side, how far it goes, what it is about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from .. import words
from ..clauses import Clause
from ..found import Found
from ..languages.tables.nouns import PEOPLES_NAMES
from ..lists import one_of
from ..modifiers import in_manner, is_figure, is_modifier, modified, telling_at
from ..sentences import CAMERA_NOUNS, LEAD_INS, NEGATIONS, PREPOSITIONS
from ..steps import Step
from ..vocabulary import DIRECTIONS
from ..where.passing import PASSING, over_of
from ..where.target import PEOPLE, noun_phrase, target_of, whole_of
from ..where.ways import VERBS
from .find import is_another_direction
from .joining import ACROSS, once_more, table_of, turned_to

_MORE = ("more", "another", "further", "again", "extra", "additional")
_ARRIVING = ("stop", "pause", "settle", "rest", "linger", "hold")
_TURNS = ("pan", "tilt", "roll", "orbit")
_LEADING_AND_FOLLOWING = ("follow", "lead")  # "a tracking shot that follows her" is one move
_ON_ITS_LEGS = ("pan", "tilt", "roll", "zoom")  # what a camera can do that stays where it is


def measured_by(clause: Clause, steps: list[Step]) -> str:
    """What a clause of a figure and a side is to the last step: "again" ("orbit left 45°, then right 45°"), "how far"
    ("arc shot, 45 degrees to the left"), or "" where it is a move of its own."""
    if not steps:
        return ""
    before, figure = steps[-1], _figure(clause.words)
    fits = figure is not None and figure.kind == ("degrees" if before.kind in _TURNS else "metres")
    if not fits:
        return ""
    if is_another_direction(clause) and not before.open_side:
        return "again"
    if clause.link in ("comma", "but", "sentence") and before.degrees is None and before.metres is None:
        return "how far"
    return ""


def further(clause: Clause, steps: list[Step]) -> Step | None:
    """The last move once more, as far as a clause without a move of its own says: "push in five feet, then five more",
    "pan left 20 degrees, then 20 to the right"; None for any other clause."""
    text = clause.words
    before = next((step for step in reversed(steps) if step.kind not in ("hold", "handheld")), None)
    if before is None or clause.link == "with" or not _goes_on_with(text, before):
        return None
    plain = replace(before, relation="", target="", onward="", together=False, seconds=None, share=None)
    same = replace(turned_to(plain, text), said=" ".join(text))
    more = any(word in _MORE for word in text)
    kind, units = ("degrees", words.DEGREES) if before.kind in _TURNS else ("metres", words.METRES)
    unit = _unit_of(text, units)
    if not more and (unit or same.sign == plain.sign):  # "arc shot, 45 degrees to the left" is of the arc
        return None
    counts = (words.number_at(text, i) for i, word in enumerate(text) if word not in ("a", "an"))
    count = next((found[0] for found in counts if found), None)
    if count is None and not unit:  # "a metre, and then another"
        again = more and (clause.link == "then" or "another" in text) and getattr(before, kind) is not None
        return same if again else None
    unit = unit or _unit_of(before.said.split(), units)
    return replace(same, **{kind: (count or 1.0) * unit}) if unit else None  # type: ignore[arg-type]


def _unit_of(text: list[str], units: Mapping[str, float]) -> float:
    """The first of the `units` in a text; 0 for none."""
    return next((units[word] for word in text if word in units), 0.0)


def resumed(clause: Clause, steps: list[Step]) -> Step | None:
    """The way that goes on after a look: "along the canal, glance at the tower, then resume"; None for any other."""
    text = [word for word in clause.words if not (word in LEAD_INS or word in CAMERA_NOUNS or is_modifier(word))]
    before = next((step for step in reversed(steps) if step.kind in _TRAVELS), None)
    if text != ["resume"] or before is None or before is steps[-1]:
        return None
    return replace(before, metres=None, degrees=None, seconds=None, together=False, said=f"{before.said} resume")


def _goes_on_with(text: list[str], before: Step) -> bool:
    """Whether a clause has nothing but figures, manners and the verb of the step before."""
    return all(
        word in _MORE
        or word in LEAD_INS
        or word in DIRECTIONS
        or is_modifier(word)
        or is_figure(text, i)
        or (word in VERBS and before.kind in {kind for kind, _ in table_of(word).values()})
        for i, word in enumerate(text)
    )


def _figure(text: list[str]) -> words.Measure | None:
    return next((found for i in range(len(text)) if (found := words.measure_at(text, i))), None)


def turned(steps: list[Step], clause: Clause, move: Found) -> list[Step]:
    """The steps after a direction without a verb: the last one once more that way, or the side that it left open."""
    if not steps:
        return []
    before = steps[-1]
    if clause.link == "comma" and clause.words[0] in ACROSS and before.open_side:
        side = [clause.words[0].removesuffix("wards")]
        beside = before.kind == "push" and before.relation in ("past", "along")
        return [*steps[:-1], turned_to(replace(before, kind="truck") if beside else before, side)]
    again = once_more(move, clause, steps)
    if clause.link == "comma" and before.open_side:
        if not again:  # "lateral move, right"
            return [*steps[:-1], turned_to(before, clause.words)]
        if again[0].kind == before.kind and len(clause.words) < 3:  # "around the sofa, clockwise"
            return [*steps[:-1], replace(before, sign=again[0].sign, open_side=False)]
    return [*steps, *again]


def led_on(steps: list[Step], step: Step, clause: Clause, index: int, move: Found) -> list[Step] | None:
    """The steps after one that only says whom the last of them follows; None for any other."""
    how = ("truck", "pan") if move.form == "ing" and index == 0 and clause.link == "comma" else ("truck",)
    if not steps or move.verb not in _LEADING_AND_FOLLOWING or move.kind != "push" or steps[-1].kind not in how:
        return None
    *earlier, before = steps
    if not step.target or step.relation == "with" or before.target:
        return steps
    kind, sign = ("push", 1) if step.relation == "to" else (before.kind, before.sign)
    said = f"{before.said} {step.said}"
    return [*earlier, replace(before, kind=kind, sign=sign, relation=step.relation, target=step.target, said=said)]


def told_more(steps: list[Step], step: Step, clause: Clause, index: int) -> list[Step] | None:
    """The steps after one that says more of the last of them; None where it is a step of its own. `index`: which of
    the clause's moves it is."""
    if not steps:
        return None
    *earlier, before = steps
    joined = index == 0 and clause.link in ("comma", "and", "with") and before.metres is None
    if before.kind == "dolly zoom" and step.kind == "push" and step.metres is not None and joined:
        told = replace(before, sign=step.sign, metres=step.metres, said=f"{before.said} {step.said}")
        return [*earlier, told]  # "vertigo on the lamp: push in 1 m"
    if before.kind == "dolly zoom" and step.kind == "zoom" and clause.link != "then" and not step.target:
        return steps  # which it does by itself
    rests = step.kind == "hold" and step.seconds is None and clause.link in ("comma", "and", "with")
    if rests and before.kind == "handheld" and not before.together:  # "a slight breathing, else static"
        return [*earlier, step, replace(before, together=True)]
    if index == 0 and clause.link == "comma" and _is_how_far_round(before, step):
        return [*earlier, replace(before, degrees=step.degrees, said=f"{before.said} {step.said}")]
    if index == 0 and clause.link == "comma" and _is_same_told(before, step):
        told = in_manner(step, before)  # "start the pan, pan left 45 degrees"
        return [*earlier, replace(told, together=before.together)]
    return None


def stopped_at(steps: list[Step], stop: Step, move: Found) -> list[Step]:
    """The steps before a `stop` at a thing, which is where the last of them leads: "circle the fountain and stop in
    front of the house", "pan right, pausing at the clock"."""
    if not steps or move.verb not in _ARRIVING or stop.relation not in ("to", "past") or not stop.target:
        return steps
    before, arriving = steps[-1], move.verb in ("stop", "pause", "settle", "rest")
    if before.kind in _LOOKS and not before.target:
        return [*steps[:-1], aimed_at(before, stop.target, stop.said)]
    if not arriving or before.kind not in _TRAVELS or before.target == stop.target or before.onward == stop.target:
        return steps
    if not before.target or before.relation in ("along", "with", "from"):
        return (
            [*steps[:-1], aimed_at(before, stop.target, stop.said)]
            if before.sign > 0 or before.kind == "pedestal"
            else steps
        )
    if before.relation == "through" and not before.onward:
        return [*steps[:-1], replace(before, onward=stop.target)]
    return [*steps, Step("push", 1, speed=before.speed, relation="to", target=stop.target, said=stop.said)]


def kept_centred(clause: Clause, steps: list[Step]) -> Step | None:
    """The look that keeps a thing in the middle of the frame beside a way across or up: "truck right, keeping the
    statue centred"; None for any other clause, and where the way keeps to its thing by itself."""
    look = {"truck": "pan", "pedestal": "tilt"}.get(steps[-1].kind) if steps else None
    name = _kept(clause)
    if look is None or not name or steps[-1].relation == "with":
        return None
    said = " ".join(clause.words)
    return Step(look, 1, together=True, relation="at", target=name, open_side=True, said=said)


def _kept(clause: Clause) -> str:
    """What a clause wants to be kept in the middle of the frame, "" for any other clause."""
    text = clause.words
    return noun_phrase(text, 1, len(text))[1] if text[0] == "keep" and text[-1] == "centred" else ""


_LOOKS = ("pan", "tilt", "zoom")
_TRAVELS = ("push", "orbit", "truck", "pedestal", "crane")


def over_first(step: Step, text: list[str]) -> list[Step]:
    """A step, and before it the rise over what it leads over: "crane up over the sofa to the car"."""
    rises = step.kind in ("crane", "pedestal") and step.sign > 0 and step.relation == "to"
    over = over_of(text, 0, len(text)) if rises and step.metres is None else ""
    if not over or over == step.target:
        return [step]
    on = Step("push", 1, speed=step.speed, relation="to", target=step.target, said=step.said)
    return [replace(step, relation="over", target=over), on]


def passing_by(step: Step) -> Step:
    """A step past, over, under or along a thing as one that does so on its way to another."""
    goes = step.relation == "along" if step.kind == "truck" else step.kind == "push" and step.relation in PASSING
    return replace(step, via=step.target, passing=step.relation) if goes and step.target else step


def aimed_at(step: Step, target: str, said: str) -> Step:
    """A step that ends at a thing."""
    relation = "at" if step.kind in _LOOKS else "around" if step.kind == "orbit" else "to"
    step = passing_by(step)  # "past him, ending at the lamp"
    return replace(step, relation=relation, target=target, said=f"{step.said} {said}")


_BEGINNING = one_of("start, starts, starting, begin, begins, beginning, open, opens, opening, first")
_BELOW, _ABOVE = one_of("floor, ground, feet, shoes, carpet, rug"), one_of("ceiling, sky, skylight, chandelier, roof")


def begins(clause: Clause) -> str:
    """What a clause without a move says of the shot's beginning: "on" for a thing ("start on the fireplace"), "so" for
    how it is ("start wide"), "" for any other clause."""
    text = [word for word in clause.words if word not in ("camera", "we", "the", "shot")]
    if not text or text[0] not in _BEGINNING:
        return ""
    return "on" if target_of(clause.words, "pan", "", 0, len(clause.words))[1] else "so"


_NOT_THE_STILLS = one_of("high, low, close, tight, canted, tilted, overhead, above, below, behind, outside")


def begun(clause: Clause) -> str:
    """How a clause without a move wants the shot to begin where the still does not: "on the chair", "high"; "" for any
    other clause."""
    how = begins(clause)
    if how == "on":
        return started_on(target_of(clause.words, "pan", "", 0, len(clause.words))[1])
    return next((word for word in clause.words if word in _NOT_THE_STILLS), "") if how == "so" else ""


def started_on(target: str) -> str:
    """How a beginning on a thing is said: "on the chair", "on Ben"."""
    if not target or target in PEOPLE:
        return f"on {target}" if target else ""
    return f"on {target.capitalize()}" if target.split("'s ")[0] in PEOPLES_NAMES else f"on the {target}"


def ends_on(clause: Clause) -> str:
    """What a clause without a move says the shot ends on; "" for any other clause."""
    return target_of(clause.words, "pan", "", 0, len(clause.words))[1] if clause.words[0] == "ending" else ""


def ending_on(target: str, begins: str) -> Step:
    """The move of which the words name no more than the `target` that it ends on, and what it `begins` with (as from
    `begins`): from thing to thing a look, else nearer to it."""
    if begins != "on":
        return Step("push", 1, relation="to", target=target, said=f"ending on the {target}")
    thing = target.split()[-1]
    kind, sign = ("tilt", -1) if thing in _BELOW else ("tilt", 1) if thing in _ABOVE else ("pan", 1)
    return Step(kind, sign, relation="at", target=target, open_side=kind == "pan", said=f"ending on the {target}")


def told_about(clause: Clause, steps: list[Step]) -> list[Step]:
    """The steps, the last of them with the thing that a clause without a move names: "arc shot, around the table",
    "until we see the whole room"."""
    if not steps or (clause.link == "sentence" and clause.words[0] != "ending"):
        return steps
    *earlier, before = steps
    if before.kind in ("hold", "handheld"):
        return steps
    if before.kind in ("orbit", "dolly zoom") and not before.target and (kept := _kept(clause)):
        said = f"{before.said} {' '.join(clause.words)}"
        relation = "around" if before.kind == "orbit" else "at"
        return [*earlier, replace(before, relation=relation, target=kept, said=said)]
    if whole := whole_of(clause.words):
        if before.kind in ("push", "zoom") and before.sign > 0:
            return steps
        relation = "at" if before.kind in ("pan", "tilt", "truck") else "whole"
        said = f"{before.said} to reveal the whole {whole}"
        return [*earlier, replace(before, relation=relation, target=whole, said=said)]
    if before.relation == "through" and not before.onward and clause.link in ("comma", "and"):
        onward = target_of(clause.words, before.kind, "", 0, len(clause.words))
        if onward[0] == "to" and onward[1]:  # "through the door and to the lamp"
            return [*earlier, replace(before, onward=onward[1])]
    ends = clause.words[0] == "ending"
    if ends and before.kind == "orbit" and before.target:  # it goes on about what it goes about, and may leave it
        goal = ends_on(clause) if clause.words[1:2] == ["at"] else ""
        return [*steps, Step("push", 1, relation="to", target=goal, said=" ".join(clause.words))] if goal else steps
    if not ends and ((before.target and before.relation != "along") or clause.link not in ("comma", "and")):
        return steps
    first = next((i for i, word in enumerate(clause.words) if word in PREPOSITIONS or word == "round"), 0)
    figures = words.measured(clause.words)
    if ends or all(
        word in LEAD_INS or word == "about" or is_modifier(word) or figures[i]
        for i, word in enumerate(clause.words[:first])
    ):
        before = modified(before, clause.words, 0, first)
        relation, target = target_of(clause.words, before.kind, "", 0, len(clause.words))
        if target and relation != "with":
            said = f"{before.said} {' '.join(clause.words)}"
            before = passing_by(before) if relation == "to" else before
            return [*earlier, replace(before, relation=relation, target=target, said=said)]
    return steps


def is_all_that_moves(before: Step, step: Step, clause: Clause, move: Found) -> bool:
    """Whether a hold only says that nothing else moves than what a step does: "the camera doesn't move, only tilts"."""
    only = clause.link in ("but", "with") or any(word in ("only", "just") for word in clause.words[: move.start])
    return only and is_timeless_hold(before) and step.kind in _ON_ITS_LEGS


def is_timeless_hold(step: Step) -> bool:
    """Whether a step is a rest of which the words do not say how long it is."""
    return step.kind == "hold" and (step.seconds, step.share, step.delay) == (None, None, None)


def is_only_a_look(clause: Clause, steps: list[Step]) -> bool:
    """Whether a clause that wants no movement only says that the camera stays where a zoom or a turn is made."""
    denied = any(word in NEGATIONS for word in clause.words) and "then" not in clause.words
    looks = steps != [] and steps[-1].kind in _ON_ITS_LEGS
    return looks and denied and clause.link in ("comma", "and", "but", "with") and not any(words.measured(clause.words))


def is_kept_in_sight(before: Step, move: Found, step: Step) -> bool:
    """Whether a look only says what a rise has in sight: "descend two metres, looking at the fountain"."""
    looks = move.verb == "look" and move.form == "ing" and step.open_side and step.target != ""
    return looks and before.kind == "pedestal" and not before.target


_EACH = one_of("each, apiece, both")


def each_as_far(clause: Clause, steps: list[Step]) -> list[Step] | None:
    """The steps with a length that a clause gives to each of those at the same time: "about a metre each"."""
    figure = _figure(clause.words)
    if (
        figure is None
        or not steps
        or clause.words[-1] not in _EACH
        or telling_at(clause.words[:-1]) < len(clause.words) - 1
    ):
        return None
    first = len(steps) - 1
    while first and (steps[first].together or figure.kind == "seconds"):
        first -= 1
    turning = figure.kind == "degrees"
    fits = [figure.kind == "seconds" or (step.kind in _TURNS) == turning for step in steps]
    return [
        replace(step, **{figure.kind: figure.value}) if i >= first and fits[i] else step  # type: ignore[arg-type]
        for i, step in enumerate(steps)
    ]


def again_as_far(step: Step, steps: list[Step], text: list[str]) -> Step:
    """A step back as far as the one that it undoes: "lower the camera half a metre, then raise it again"."""
    undone = next((one for one in reversed(steps) if one.kind == step.kind), None)
    if undone is None or undone.sign != -step.sign or not {"again", "back", "return"}.intersection(text):
        return step
    if (step.metres, step.degrees, step.factor, step.target) != (None, None, None, ""):
        return step
    if step.amount != 1.0:
        return replace(step, metres=undone.metres, degrees=undone.degrees, factor=undone.factor)
    told = (undone.metres, undone.degrees, undone.factor, undone.amount)
    metres, degrees, factor, amount = told
    return replace(step, metres=metres, degrees=degrees, factor=factor, amount=amount, returns="back")


def _is_how_far_round(before: Step, step: Step) -> bool:
    """Whether a step only says how far round the one before goes: "orbit the table to the left, orbit 180 degrees"."""
    same = before.kind == step.kind == "orbit" and before.degrees is None and step.degrees is not None
    return same and step.open_side and not step.target


def _is_same_told(before: Step, step: Step) -> bool:
    """Whether a step is the one before once more, with the side that was left open."""
    bare = replace(before, amount=1.0, speed=1.0, ease="smooth")
    plain = bare == Step(before.kind, before.sign, open_side=True, said=before.said)
    return plain and before.kind == step.kind and before.sign != step.sign and not step.open_side
