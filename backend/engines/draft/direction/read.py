"""From a direction's words to the steps of a camera move.

The text is split into clauses (clauses.py), in each what may be a move is found (moves/find.py) with its subject
(moves/subject.py); here the steps are put together, with how far, how fast and when.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass, field, replace

from . import words
from .beyond import beyond, without_focus
from .clauses import Clause, clauses
from .denials import each_denied
from .eases import with_eases
from .found import Found
from .loosely import loosely
from .marks import marked, started
from .modifiers import in_manner, is_modifier, modified, telling_at, with_a_bare_figure
from .moves.again import once_again
from .moves.find import find, without_things
from .moves.joining import (
    ACROSS,
    WAYS_ON,
    comes_back,
    goes_home,
    going_of,
    gone_on,
    is_on_a_route,
    is_side,
    is_together,
    turned_to,
)
from .moves.making import as_meant, step_of
from .moves.subject import (
    is_about_the_camera,
    is_an_order,
    is_camera_move,
    says_no_movement,
    says_not_sideways,
    sentence_subject,
    subject_of,
)
from .moves.telling import (
    again_as_far,
    aimed_at,
    begins,
    begun,
    each_as_far,
    ending_on,
    ends_on,
    is_all_that_moves,
    is_kept_in_sight,
    is_only_a_look,
    is_timeless_hold,
    led_on,
    measured_by,
    over_first,
    started_on,
    stopped_at,
    told_about,
    told_more,
    turned,
)
from .plain.english.shorthand import written_out
from .plain.english.slips import spelled
from .plain.timing.ranges import in_ranges
from .plain.translate import to_english
from .plain.watching import watching
from .plain.which import reader_of
from .sentences import NEGATIONS
from .steps import Reading, Start, Step, tidy
from .timeline import lasting, parts
from .vocabulary import CAMERA_VERBS, CARRIED
from .where.mentioned import framed_in, goes_about, mentioned_in, named_in, who_is, whose_part
from .where.passing import from_of
from .where.target import target_of
from .where.ways import heading

MOST_STEPS = 12
_LONG = re.compile(r"\d{10,}")  # no amount, and patterns that look for one would take the square of its length


def read_moves(text: str) -> Reading:
    """The moves that `text` asks for. Any text is fine; unknown words give no steps."""
    told, rests = in_ranges(_LONG.sub(" ", text))
    timed = parts(told)
    reader, said = _Reader(), set()
    idle: list[Step] = []
    for part in timed:
        language = reader_of(part.text) or reader_of(text)
        said_of = watching(part.text, language)
        if language:
            said_of = without_focus(said_of)
            plain = functools.partial(written_out, language=language)
            reader.unread += language.unread(words.without_runs(said_of), plain)
        tokens = words.tokens(to_english(written_out(said_of, language), language))
        tokens = [replace(token, text=spelled(token.text)) for token in tokens]
        said |= {token.text for token in tokens}
        begun = len(reader.steps)
        _read(with_eases(without_things(_parted(each_denied(clauses(tokens)), begun)), _has_moves), reader)
        if part.seconds is not None:
            idle += [] if reader.steps[begun:] else [Step("hold", 1)]
            reader.steps[begun:] = lasting(reader.steps[begun:], part.seconds)
    if len(idle) == len(reader.steps):  # no part has a move
        reader.steps = []
    elif rests:
        reader.steps.append(Step("hold", 1, late=True))
    if not (reader.steps or reader.headed or reader.forbidden) and len(timed) == 1:
        reader.steps = _read(loosely(clauses(tokens)), _Reader(manner=reader.manner)).steps
    _tell_last(reader)
    steps = tidy(reader.steps or reader.headed)[:MOST_STEPS]
    unread = tuple(dict.fromkeys(reader.unread))
    forbidden = frozenset(reader.forbidden)
    return Reading(steps, forbidden, reader.manner, beyond(text), frozenset(said), reader.start, unread, reader.stands)


def _tell_last(reader: _Reader) -> None:
    """What only the end of the text tells: that a delay was the last step's ("pan right after half a second"), that
    what the shot ends on is all its move."""
    manner = reader.manner
    if reader.steps and manner and manner.delay:
        reader.steps[-1] = replace(reader.steps[-1], delay=manner.delay)
    if reader.ends and not (reader.steps or reader.headed):
        look = ending_on(reader.ends, reader.begins)
        reader.steps = [look if manner is None else in_manner(look, manner)]


def _read(found: list[Clause], reader: _Reader) -> _Reader:
    for clause in found:
        reader.clause(clause)
    return reader


def _has_moves(found: list[Clause]) -> bool:
    return any(step.kind not in ("hold", "handheld") for step in _read(found, _Reader()).steps)


def _parted(found: list[Clause], begun: int) -> list[Clause]:
    """The clauses of a part of the shot, which come after the `begun` steps so far."""
    return [replace(found[0], link="then"), *found[1:]] if begun and found else found


@dataclass
class _Reader:
    """What is known after the clauses so far."""

    steps: list[Step] = field(default_factory=list)
    forbidden: set[str] = field(default_factory=set)
    manner: Step | None = None
    headed: list[Step] = field(default_factory=list)  # the move of words of manner that say where it goes
    sentence: str = ""  # the subject of the sentence so far: "", "camera" or "actor"
    negated: bool = False  # "no pan, tilt or zoom": the list goes on
    going: list[str] = field(default_factory=list)  # "the camera moves", of which nothing says yet where
    carried: bool = False  # the last move is only what carries the camera ("aerial shot")
    begins: str = ""  # what the words say of the shot's beginning: see moves.telling.begins
    ends: str = ""  # what it ends on, of which no move is known yet
    start: str = ""  # how the shot should start where the still does not: see moves.telling.begun
    stands: Start | None = None  # how the camera should stand at first: see marks.started
    goal: tuple[str, str] = ("", "")  # where somebody goes in the picture: a relation and a thing
    unread: list[str] = field(default_factory=list)  # what is said of the camera and was not understood
    mentioned: str = ""  # a thing that a clause without a move names: "the car: move towards it"
    named: list[str] = field(default_factory=list)  # who was named, in order
    about: str = ""  # what the shot is said to be on
    leaning: bool = False  # the last move is how the camera is held ("dutch tilt"): the next one goes with it

    def clause(self, clause: Clause) -> None:
        first = len(self.steps)
        self._clause(clause)
        if clause.told:
            self.steps = marked(self.steps, clause.told, first)
            self.stands = self.stands or started(clause.told, self.steps, first)

    def _clause(self, clause: Clause) -> None:
        if clause.link == "sentence":
            self.sentence = "camera" if self.sentence == "camera" else ""
            self.negated = False
        if says_no_movement(clause.words):
            if is_only_a_look(clause, self.steps):  # "zoom in, don't move the camera"
                return
            self.steps.append(
                modified(Step("hold", 1, said=" ".join(clause.words)), clause.words, 0, len(clause.words))
            )
            self.sentence = "camera"
            return
        before = self._known()
        self._take(clause)
        if before == self._known() and (is_about_the_camera(clause) or is_an_order(clause)):
            self.unread.append(" ".join(clause.words))

    def _known(self) -> tuple[object, ...]:
        """What a clause that is understood changes."""
        told = (self.manner, self.headed, self.going, self.begins, self.ends, self.negated)
        return list(self.steps), set(self.forbidden), *told

    def _take(self, clause: Clause) -> None:
        """What a clause says, beside that nothing should move."""
        moves, forbidden = self._moves(clause)
        if moves and moves[0].form == "again" and not self.steps:
            across = moves[0].verb in ACROSS  # "slider, left to right"
            sign = 1 if moves[0].verb == "rightwards" else -1
            moves = [replace(moves[0], kind="truck", sign=sign, form="phrase")] if across else []
        if len(moves) < 2 and (back := goes_home(clause, self.steps) or comes_back(clause, self.steps)):
            self.steps.append(back)
            return
        if moves and moves[0].form == "measured" and (said := measured_by(clause, self.steps)):
            moves = [replace(moves[0], form="again", verb=clause.words[0])] if said == "again" else []
        self.negated = bool(forbidden) and not moves
        self.forbidden.update(forbidden)
        toured = self.steps != [] and is_on_a_route(self.steps[-1])
        going = self.steps != [] and not forbidden and (toured or self.sentence != "actor")
        if going and (on := gone_on(clause, self.steps[-1], moves)):
            self.clause(on)
            if toured:
                self.steps[-1] = replace(self.steps[-1], said=f"{self.steps[-1].said} tour")
            return
        if not moves and not forbidden and (told := each_as_far(clause, self.steps)):
            self.steps = told
            return
        if not moves and not forbidden and (again := once_again(clause, self.steps)):
            self.steps.append(again)
            return
        if self.going and clause.link != "sentence" and not moves and clause.words[0] in WAYS_ON:
            whole = [*self.going, *clause.words]  # "the camera moves, straight and level, into the tunnel"
            self.going = []
            self.clause(Clause(whole, [False] * len(whole), "sentence"))
            return
        self.going = [] if moves else going_of(clause) or self.going
        self.named += named_in(clause.words)
        if not moves:
            self.mentioned = mentioned_in(clause.words) or self.mentioned
            self.about = self.about or framed_in(clause.words)
            was = self.sentence
            if not forbidden:
                self.sentence = sentence_subject(clause, self.sentence)
            self._modifiers_alone(clause)
            self.begins = self.begins or begins(clause)
            self.start = self.start or begun(clause)
            if not self.steps and (self.begins or "camera" in (was, self.sentence)):
                self.ends = self.ends or ends_on(clause)
            self.steps = told_about(clause, self.steps)
            return
        self._leave_the_carrier(clause, moves)
        if any(move.verb not in CARRIED for move in moves):
            moves = [move for move in moves if move.verb not in CARRIED]
        for index, move in enumerate(moves):
            self._add(clause, moves, index, move)
        looking = moves[-1].verb == "look" and moves[-1].form == "ing" and "by" not in clause.words
        posture = looking and len(self.steps) == 1  # "looking up, push in"
        self.start = self.start or (begun(clause) if posture else "")
        self.carried = posture or moves[-1].verb in (*CARRIED, "ken burns")
        self.manner = None

    def _moves(self, clause: Clause) -> tuple[list[Found], set[str]]:
        """The clause's moves that are the camera's, and the kinds it forbids."""
        kept: list[Found] = []
        forbidden: set[str] = set()
        negated = self.negated and any(word in ("or", "nor") for word in clause.words)
        first = 0
        for move in find(clause):
            if move.start < first:
                continue
            subject, negates = subject_of(clause, move, first)
            negated = negates or (negated and not kept)
            if not is_camera_move(clause, move, subject, self.sentence):
                if subject == "actor" or (subject == "other" and (move.everyday or move.form != "base")):
                    self.sentence = "actor"
                if self.sentence == "actor":
                    goal = target_of(clause.words, move.kind, move.verb, move.start, len(clause.words))
                    self.goal = goal if goal[0] in ("to", "through") and goal[1] else self.goal
                continue
            if subject == "camera" or (subject == "free" and move.form == "base" and not negated and not self.sentence):
                self.sentence = "camera"
            if negated:
                forbidden.add(move.kind)
            else:
                kept.append(move)
            first = move.end
        if says_not_sideways(clause.words):
            forbidden.add("truck")
        return kept, forbidden

    def _leave_the_carrier(self, clause: Clause, moves: list[Found]) -> None:
        """ "Aerial shot, descending": what carries the camera is no move where one is said after it."""
        goes_on = clause.link in ("comma", "with", "and") and any(move.verb not in CARRIED for move in moves)
        if self.carried and self.steps and goes_on and all(move.kind not in ("hold", "handheld") for move in moves):
            before = self.steps.pop()
            self.manner = before if before.speed != 1.0 else self.manner
        self.carried = False

    def _add(self, clause: Clause, moves: list[Found], index: int, move: Found) -> None:
        if move.form == "again":
            self.steps = turned(self.steps, clause, move)
            return
        step = step_of(clause, moves, index, move)
        if step.kind in ("pan", "tilt") and step.target and (first := from_of(clause.words, move.start)):
            self.start = self.start or started_on(first)
        if (led := led_on(self.steps, step, clause, index, move)) is not None:
            self.steps = led
            return
        if self.manner is not None:
            step = in_manner(step, self.manner)
            step = turned_to(step, self.manner.said.split()) if step.open_side else step
        step = replace(as_meant(step), target=who_is(whose_part(clause.words, step.target, self.named), self.named))
        if step.relation == "with" and step.kind in ("truck", "push") and self.goal[1] and step.open_side:
            step = replace(step, kind="push", sign=1, relation=self.goal[0], target=self.goal[1], open_side=False)
        if not step.target and (self.steps or self.mentioned) and (known := self._pronoun(clause, move, step)):
            step = replace(step, relation=known[0], target=known[1])
        if step.kind == "hold" and step.metres is not None and self.steps and self.steps[-1].kind == "push":
            self.steps[-1] = replace(self.steps[-1], gap=step.metres)  # "to the door, stop a metre short of it"
            step = replace(step, metres=None, relation="", target="")
        if step.metres is None and step.degrees is None and step.seconds is None:
            before = next((one.said for one in reversed(self.steps) if one.metres is not None), "")
            last = moves[index + 1].start if index + 1 < len(moves) else len(clause.words)
            step = with_a_bare_figure(step, clause.words, move, last, before)
        if self.about and not step.target and goes_about(step) and not any(one.target for one in self.steps):
            step = replace(step, about=self.about)
        if self.ends and not self.steps and not step.target and step.kind not in ("hold", "handheld"):
            step = aimed_at(step, self.ends, f"to the {self.ends}")
        step = again_as_far(step, self.steps, clause.words)
        if clause.link == "after" and index == 0 and self.steps:  # "after a hold, push in" comes after the hold
            step = replace(step, together=self.steps[-1].together)
            self.steps[-1:] = [step, replace(self.steps[-1], together=False)]
            return
        if step.delay is not None and self.steps and is_timeless_hold(self.steps[-1]):  # "hold, then after 3 s pan"
            self.steps = self.steps[:-1]
        if step.kind == "hold":
            self.steps = stopped_at(self.steps, step, move)
        if told := told_more(self.steps, step, clause, index):
            self.steps = told
            return
        if self.steps and is_all_that_moves(self.steps[-1], step, clause, move):
            self.steps.pop()
        together = step.delay is None and is_together(clause, index, move, step, self.steps)
        if self.leaning and clause.link in ("comma", "and", "with") and step.kind not in ("roll", "hold"):
            together = True
        if self.steps and together and is_kept_in_sight(self.steps[-1], move, step):
            self.steps[-1] = replace(self.steps[-1], kind="crane", relation="at", target=step.target)
            return
        self.leaning = any(word in _HELD_SO for word in move.verb.split())
        self.steps += over_first(replace(step, together=together), clause.words)
        if move.verb == "spiral" and (height := next((word for word in ("up", "down") if word in clause.words), "")):
            kind, sign = CAMERA_VERBS["pedestal"][height]
            self.steps.append(replace(step, kind=kind, sign=sign, degrees=None, relation="", target="", together=True))

    def _pronoun(self, clause: Clause, move: Found, step: Step) -> tuple[str, str] | None:
        """The relation and the thing of an "it" that a clause ends with: "to the gate and fly through it"."""
        text = clause.words[move.start :]
        named = next((one.onward or one.target for one in reversed(self.steps) if one.target), self.mentioned)
        while len(text) > 2 and is_modifier(text[-1]):
            text = text[:-1]
        if not named or text[-1:] != ["it"] or len(text) < 2:
            return None
        relation, _ = target_of([*text[:-1], "the", "thing-of-it"], step.kind, move.verb, 0, len(text) + 1)
        return (relation, named) if relation else None

    def _heading(self, clause: Clause, end: int) -> None:
        """ "Gentle movement to the left": where it goes, by the words [0, end) of a clause without a verb."""
        text = clause.words
        goes_on = clause.link == "comma" and self.manner is not None and end == len(text)
        if not (goes_on or any(word in _MOVEMENT for word in text[:end])) or any(word in NEGATIONS for word in text):
            return
        if found := heading(text, end):
            relation, target = target_of(text, found[0], "", 0, len(text))
            step = modified(self.manner or Step("push", 1), text, 0, end)
            step = replace(step, kind=found[0], sign=found[1], relation=relation, target=target, said=" ".join(text))
            self.headed = [replace(step, open_side=not any(is_side(word) for word in text[:end]))]

    def _modifiers_alone(self, clause: Clause) -> None:
        """Modifiers with no move beside them: they belong to the step before, or, about "camera movement",
        to the next."""
        text = clause.words
        modifiers = [i for i, word in enumerate(text) if is_modifier(word) or words.measure_at(text, i)]
        telling = telling_at(text)
        self._heading(clause, telling)
        if telling < len(text) or not modifiers or set(text) <= _FRAMINGS:
            return
        if self.steps and clause.link in ("comma", "and", "but", "sentence"):
            self.steps[-1] = turned_to(modified(self.steps[-1], text, 0, len(text)), text)
        elif (
            len(text) <= 2
            or text[0] in ("a", "an", "very")
            or any(words.measured(text))
            or any(word in _ABOUT_THE_CAMERA for word in text)
        ):
            manner = modified(self.manner or Step("push", 1), text, 0, len(text))
            if clause.link == "after":  # "after two seconds, push in"
                manner = replace(manner, delay=manner.seconds, seconds=None)
            self.manner = replace(manner, said=" ".join(text))


_FRAMINGS = frozenset(("a", "an", "very", "extreme", "wide", "long", "full", "shot"))  # no amount
_HELD_SO = ("dutch", "canted")
_MOVEMENT = ("movement", "motion", "move", "camerawork")
_ABOUT_THE_CAMERA = ("camera", *_MOVEMENT)
