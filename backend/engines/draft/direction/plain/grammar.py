"""From a clause of another language to English that read.py knows, by what is in it and not by where it stands:
the move, its side, its manner, its figures and its thing, in whatever order a language has them."""

from __future__ import annotations

import re
from collections.abc import Callable

from ..languages.language import Language
from ..languages.tables.denials import NOUNS_OF_MOVES, STILL
from ..languages.tables.nouns import PEOPLES_NAMES
from ..languages.tables.routes import UNDER_AND_ABOVE, from_and_to
from ..languages.tables.verbs import BACK, LOOK, START, verbs_of
from ..marks import OWNED
from ..sentences import INCLINES, ROADS
from ..where.target import OPENINGS
from .amounts.figures import Figures
from .amounts.framing import MARKS
from .between import paired, unpaired
from .crews import JARGON, JARGON_OF_MANNER, JARGON_OF_SIDES, SIDED, UNSIDED
from .denials import denied, link_of
from .going_back import way_back
from .patterns import MOST, apart, compiled, taken, with_nouns
from .people.naming import Names
from .people.subjects import acts, creature_of, is_somebodys
from .splitting import Splitter
from .there import is_there
from .verbs import BARE, BESIDE, ENTERS, OF_AN_OBJECT, ONLY, PASSING, PRONOUNS, as_meant, measured_move, whose

# What a generic "moves" is by the thing it goes to, where no side is said.
_BY_RELATION = {"to": "push in", "from": "pull out", "around": "orbit"}
PAIR_OF_THINGS = r"(?P<n>⟨[^⟩]*⟩)"
_LINKS = {"then": ", then ", "while": " while ", "and": " and ", ",": ", ", ".": ". "}


_GOES_ON = re.compile(r"push in (?:past|along|over|between) the [\w ]+")
_MOVES = re.compile(r"\b(?:truck|tracking|pan|push|pull|orbit|pedestal|crane|dolly)\b")
_ONLY_SECONDS = re.compile(r"(?:, then |, |\. )?over [\d.]+ seconds")
_HEIGHTS = re.compile(r"(?:(pedestal up|rise|crane up)|pedestal down|descend|crane down)\b")
_CREW = re.compile(r"\b(dolly|push|track|pull|zoom)[ -](in|out|back)\b")  # its "in" is no preposition


_FRAMED = re.compile(r"\bframe[a-z]+", re.ASCII)
_FROM_A_PART = re.compile(
    r".*\bstart on (?:the )?(?:[\w']+ )?(?:shoes?|boots?|feet|foot|toes|legs?|knees?|face|head|eyes)\b", re.DOTALL
)
_TO_A_PART = re.compile(r"(rise|descend) to ")


class Reader:
    """One language's patterns, compiled."""

    def __init__(self, language: Language, name: str) -> None:
        self.language, self.name = language, name
        self.names = Names(language)
        self.clauses = Splitter(language)
        self.camera = re.compile(language.camera)
        self.others = re.compile(language.others)
        self.never = re.compile(language.never)
        self.moves = compiled(
            [
                (STILL[name], "static shot"),
                *(JARGON if language.blanks else ()),
                *language.moves,
                *NOUNS_OF_MOVES.get(name, ()),
            ]
        )
        self.own = compiled(language.moves)
        self.verbs = compiled(verbs_of(name))
        named = {*language.nouns, *(PEOPLES_NAMES if name in _LATIN else ())}
        known = "|".join(map(re.escape, sorted(named, key=len, reverse=True)))
        known = f"{'(?<![가-힣])' if name == 'korean' else ''}(?:{known})"
        self.bare = re.compile(rf"(?<!\w)(?:{known})(?!\w)" if name in _LATIN else known)
        self.turns = compiled([rule for rule in language.sides if rule[1] in _TURNS])
        self.sides = compiled(
            [
                *(rule for rule in language.sides if rule[1] not in _TURNS),
                *(JARGON_OF_SIDES if language.blanks else ()),
            ]
        )
        self.manners = compiled([*language.manners, *JARGON_OF_MANNER])
        self.figures = Figures(language, name)
        stairs = "|".join(form for form, english in language.nouns.items() if english in INCLINES)
        self.stairs = re.compile((rf"\b(?:{stairs})\b" if language.blanks else stairs) if stairs else r"(?!)")
        things = (*from_and_to(name), *UNDER_AND_ABOVE.get(name, ()), *language.things)
        noun = language.noun if name in _LATIN else language.noun.replace("(?P<n>", f"(?P<n>{OWNED}|", 1)
        self.things = compiled(
            [(PAIR_OF_THINGS, "between"), *((with_nouns(rule, noun), english) for rule, english in things)]
        )

    def english(self, text: str) -> str:
        """`text` with the clauses that are about the camera in English, the others as they are."""
        made: list[str] = []
        about_camera = False
        nouns, has_camera = self.language.nouns, self.camera.search(text.lower()) is not None
        text = paired(text, nouns, self.language.blanks)
        for link, clause in self.clauses.of(text):
            if link == ".":
                about_camera = False
            lower = clause.lower()
            own = bool(self.camera.search(lower))
            if not own and is_somebodys(
                clause, nouns, self.language.blanks, self._is_verb, self._is_manner, has_camera
            ):
                said, about_camera = clause, False
            elif not own and (is_there(lower) or (not about_camera and self.others.search(lower))):
                said = clause
            elif not own and self.others.search(lower) and not self._is_pronoun(lower):
                said, about_camera = clause, False
            else:
                found = self._sentence(lower, link == "while")
                said = clause if found is None else found
                about_camera = about_camera or own or found is not None
            if link == "then" and made and _ONLY_SECONDS.fullmatch(made[-1]):  # "2 seconds, then ..."
                made[-1], link = made[-1].replace("over", "after"), ","
            if (
                made and _FROM_A_PART.match(made[-1]) and (up := _TO_A_PART.match(said))
            ):  # "from the shoes up to the face"
                said = f"tilt {'up' if up[1] == 'rise' else 'down'} to {said[up.end() :]}"
            if said is clause and self.language.capitals:
                said = lower  # a noun's capital makes no name
            if (
                link == ","
                and made
                and _MOVES.search(made[-1])
                and _GOES_ON.fullmatch(said.strip())
                and self._only_goes(lower)
            ):
                said = said.replace("push in ", "", 1)  # "moves right, past the shelf"
            made.append((_LINKS[link] if made else "") + said.strip())
        return unpaired("".join(made))

    def somebody_acts(self, text: str) -> bool:
        """Whether a person does something in a clause of a text in this language."""
        clauses = [clause for _, clause in self.clauses.of(text)]
        nouns, blanks = self.language.nouns, self.language.blanks
        return any(
            acts(clause, nouns, blanks, self._is_manner)
            for clause in clauses
            if blanks is False or not self.camera.search(clause.lower())
        )

    def creatures(self, text: str) -> list[str]:
        """The animals and vehicles, in English, that do something in a clause of a text in this language."""
        nouns, blanks = self.language.nouns, self.language.blanks
        clauses = [clause for _, clause in self.clauses.of(text) if not self.camera.search(clause.lower())]
        found = (creature_of(clause, nouns, blanks, self._is_manner) for clause in clauses)
        return [one for one in found if one]

    def unread(self, text: str, plainly: Callable[[str], str]) -> list[str]:
        """The clauses that have a side or a figure and of which nothing was understood, not even as `plainly` says
        them."""
        nouns, missed = self.language.nouns, []
        for _, clause in self.clauses.of(text):
            lower = clause.lower()
            others = is_somebodys(clause, nouns, self.language.blanks, self._is_verb, self._is_manner, True)
            if others or acts(clause, nouns, self.language.blanks, self._is_manner) or is_there(lower):
                continue
            figures, camera = self.figures.taken_of(lower)[1], self.camera.search(lower) is not None
            long = len(clause.split()) > 2 if self.language.blanks else len(clause.strip()) > 4
            told = (camera and long) or figures or self._sides(lower)
            if not told or self.never.search(lower) or self.others.search(lower):
                continue
            plain = plainly(lower)
            if not MARKS.sub("", plain).strip() and not _FRAMED.search(plain):  # how the shot starts is said so
                continue
            said = self._sentence(plain, False)
            if said is None or (camera and _ONLY_SIDES.issuperset(said.split())):
                missed.append(" ".join(clause.split()))
        return missed

    def tells(self, text: str) -> int:
        """How many moves and things this language knows in `text`, in lower case."""
        return len(apart([*self.own, *self.verbs], text)) + sum(
            bool(pattern.search(text)) for pattern, _ in self.things
        )

    def _is_verb(self, word: str) -> bool:
        """Whether a word is a form of a verb, and no noun."""
        known = any(pattern.fullmatch(word) for pattern, _ in (*self.verbs, *self.own))
        return (known or ENTERS.fullmatch(word) is not None) and word not in self.language.nouns

    def _is_manner(self, word: str) -> bool:
        return any(pattern.fullmatch(word) for pattern, _ in (*self.manners, *self.sides))

    def _only_goes(self, clause: str) -> bool:
        """Whether a clause names no move but that it goes somewhere."""
        return {move for _, _, move in self._moves(clause)} <= {"move", *PASSING}

    def _is_pronoun(self, clause: str) -> bool:
        """Whether the clause goes on about the camera as "she" or "it"."""
        return bool(re.match(r"\s*(elle|ella|sie|die)\b", clause))

    def _sentence(self, clause: str, linked: bool) -> str | None:
        """The clause in English, its marks (see marks.py) with it; None where it says nothing of a camera."""
        marks = "".join(f" {mark.strip()}" for mark in MARKS.findall(clause))
        said = self._told(MARKS.sub(" ", clause) if marks else clause, linked)
        return said if said is None else said + marks

    def _told(self, clause: str, linked: bool) -> str | None:
        """The clause in English; None where it says nothing of a camera. `linked`: it is at the same time as the one
        before it."""
        if self.language.blanks:
            clause = _CREW.sub(r"\1\2", clause)
        rest, measures, late = self.figures.taken_of(clause)
        figures = " ".join(measures)
        rest, turns = taken(self.turns, rest)
        rest, manner = taken(self.manners, rest)
        if (back := way_back(rest)) and not figures:
            return " ".join([late, *(name for name, _ in manner), back])
        before = rest
        rest, things = taken(self.things, rest)
        moves = self._moves(rest) or self._verbs(before)
        things = [(self._entered(relation, name, clause), name) for relation, name in things]
        only = ONLY.search(rest) is not None
        things = things or self._object(rest, moves)
        moves, things = as_meant(moves, things, self.language.blanks or self.never.search(rest) is not None)
        if not moves:
            said_so = self._without_a_move(rest, manner, [turn for turn, _ in turns], figures, things)
            return f"{late}{said_so or ''}" or None
        negated = denied(rest, moves, self.never, self.language.denies_after, self.name)
        if negated and len(negated) == len(moves) > 1 and not _STATIC & {move for _, _, move in moves}:
            return ", ".join(f"no {move}" for _, _, move in moves)
        if len(negated) < len(moves):
            moves = [move for move in moves if move not in negated]
        beside = (name for relation, name in things if relation == "around" and _HERUM.search(name))
        sides = self._sides(" ".join([rest, *beside]))  # "um Anna links herum"
        looking = any(move.startswith(("tilt", "pan", "zoom", "look")) for _, _, move in moves)
        going = any(move in _GOING for _, _, move in moves)
        of_whom = [measured_move([move for _, _, move in moves], figure) for figure in measures]
        said = []
        for index, (_, _, move) in enumerate(moves):
            mine = [side for at, side in sides if self._nearest(moves, at) == index] + [turn for turn, _ in turns]
            about = [] if going and move not in _GOING and len(moves) > 1 else things
            if looking and move.startswith(("pedestal", "crane")):  # "rises and looks down on the city"
                about = [thing for thing in about if thing[0] != "to"]
            mine_too = " ".join(one for one, of in zip(measures, of_whom, strict=True) if of == index)
            english = self._said(
                move, mine, about, mine_too, len(moves) > 1 or linked, _AT_ONCE.search(clause) is not None
            )
            height = _HEIGHTS.match(english) if "metres" not in english else None
            if height and (stairs := self.stairs.search(clause)):
                english = f"move {'up' if height[1] else 'down'} the {self.language.nouns[stairs[0]]}"
            said.append(english)
        never = "no " if negated and moves[0] in negated and not _STATIC & set(said) else ""
        said = [part for part in said if part]
        if not said:
            return f"{late}{self.names.named(things)}" or None
        for name in reversed(dict.fromkeys(name for name, _ in manner)):
            at = whose(name, said)
            said[at] = f"{said[at]} {name}" if said[at].startswith("back") else f"{name} {said[at]}"
        return late + never + ("only " if only and not never else "") + link_of(rest, self.name).join(said)

    def _entered(self, relation: str, name: str, clause: str) -> str:
        """How a thing is meant that one goes in or out by: "문으로 들어간다" is through the door."""
        if relation == "with" and self.noun_of(name) in _LONG:
            return "along"
        if relation not in ("to", "from", "past", "through") or self.noun_of(name) not in OPENINGS:
            return "past" if relation == "through" and "지나" in clause else relation
        if BESIDE.search(clause):
            return relation
        passed = (relation == "past" and not self.language.blanks) or "지나" in clause
        return "through" if passed or ENTERS.search(clause) else relation

    def _object(self, rest: str, moves: list[tuple[int, int, str]]) -> list[tuple[str, str]]:
        """What a verb is about that takes a thing without a word between: "dépasse le canapé", "俯拍地毯"."""
        relation = next((OF_AN_OBJECT[move] for _, _, move in moves if move in OF_AN_OBJECT), "")
        if not relation:
            return []
        for start, end, _ in moves:
            rest = f"{rest[:start]}{' ' * (end - start)}{rest[end:]}"
        named = next((match[0] for match in self.bare.finditer(rest) if match[0] not in PRONOUNS), "")
        if relation == "past" and self.language.nouns.get(named) in OPENINGS:
            relation = "through"
        vague = relation == "to" and self.language.nouns.get(named) in ("floor", "room", "street")
        return [(relation, named)] if named and not vague else []

    def _without_a_move(
        self, rest: str, manner: list[tuple[str, str]], turns: list[str], figures: str, things: list[tuple[str, str]]
    ) -> str | None:
        sides = turns + [side for _, side in self._sides(rest)]
        words = [name for name, _ in manner] + ([figures] if figures else []) + sides
        named = [self.names.named(things)] if things else []
        forth = next((side for side in sides if side in ("in", "out")), "")
        if forth == "in" and not figures and things and things[0][0] == "to":  # "avanti verso Ben"
            return " ".join(["push in", *(word for word in words if word != forth), *named])
        if forth and not named and ("metres" in figures or len(rest.split()) < 3):
            return " ".join(["push in" if forth == "in" else "pull out", *(word for word in words if word != forth)])
        across = next((side for side in sides if side in ("left", "right")), "")
        height = next((side for side in sides if side in ("up", "down")), "")
        if height and ("metres" in figures or figures.isdigit()) and not across:
            words = ["pedestal", height, *(word for word in words if word != height)]
        elif across and any(relation in ("along", "past") for relation, _ in things):
            words = ["truck", across, *(word for word in words if word != across)]
        elif things and things[0][0] in ("between", "through", "past", "over", "under") and not sides and not figures:
            words = ["push in", *words]
        elif any(relation == "around" for relation, _ in things):
            words = ["orbit", *words]
        return " ".join([*words, *named]) if words or named else None

    def _nearest(self, moves: list[tuple[int, int, str]], at: int) -> int:
        return min(range(len(moves)), key=lambda i: min(abs(at - moves[i][0]), abs(at - moves[i][1])))

    def _moves(self, text: str) -> list[tuple[int, int, str]]:
        """Start, end and English of the moves, in order; a generic "move" only where nothing else is."""
        found = apart(self.moves, text)
        told = [one for one in found if one[2] != "move"] or self._verbs(text) or found[:1]
        if told and not any(one[2].startswith(_LOOKING) for one in told):  # "sale guardando la fontana"
            seen = (one for one in apart(self.verbs, text) if one[2] == LOOK)
            told += [one for one in seen if _AT_ONCE.search(text[: one[1]])][:1]
        if any(one[2] == "orbit" for one in told):
            told = [one for one in told if one[2] != "turn"]
        if any(one[2] == "pan" for one in told):
            told = [one for one in told if one[2] != "turn"]
        if any(one[2] == "crane" for one in told) and (up := [one for one in told if one[2].startswith("pedestal")]):
            told = [(*one[:2], f"crane{up[0][2][8:]}") if one[2] == "crane" else one for one in told if one not in up]
        once: dict[str, tuple[int, int, str]] = {}
        for one in sorted(told):
            once.setdefault(one[2], one)
        return list(once.values())

    def _verbs(self, text: str) -> list[tuple[int, int, str]]:
        """What the table of verbs tells beyond a generic "move"; that, where it has nothing else."""
        found = [one for one in apart(self.verbs, text) if text[one[0] : one[1]] not in self.language.nouns]
        return [one for one in found if one[2] != "move"] or found[:1]

    def _sides(self, text: str) -> list[tuple[int, str]]:
        return [(start, side) for start, _, side in sorted(apart(self.sides, text))][:MOST]

    def _said(
        self, move: str, sides: list[str], things: list[tuple[str, str]], figures: str, beside: bool, at_once: bool
    ) -> str:
        """`beside`: whether another move goes with it; `at_once`: whether a verb's form says so."""
        relations = [relation for relation, _ in things]
        if "level" in relations and move.startswith(("pedestal", "crane", "move")):
            move = f"pedestal {'up' if 'up' in sides else 'down'}" if move == "move" else move
        table = SIDED.get(move)
        known_sides = set(sides) & set(SIDED["turn"])
        said = move
        if table is not None:
            known = [side for side in sides if side in table]
            said = table[known[0]] if known else UNSIDED.get(move, move)
            if move == "move" and not said:
                said = next((_BY_RELATION[one] for one in relations if one in _BY_RELATION), "")
                said = said or ("push in" if _LED_BY.intersection(relations) else "")
                said = said or ("pull out" if "whole" in relations else "")
        if move == LOOK and not known_sides:
            said = ("looking at" if beside or at_once else "look at") if "to" in relations else ""
            named = self.names.named([thing for thing in things if thing[0] == "to"]).removeprefix("to ")
            return f"{said} {named} {figures}".strip() if said else ""
        if move == START:
            first = next((noun for _, name in things if (noun := self.noun_of(name))), "")
            return f"start on the {first}" if first else ""
        if move == BACK:
            whither = self.names.named([thing for thing in things if thing[0] == "to"])
            return " ".join(part for part in ("back", figures, whither) if part)
        if said in ("orbit", "push in") and "around" in relations:
            said = "orbit"
        if move == "turn" and "around" in relations:
            said = "orbit"
        elif move == "turn" and not known_sides and "to" in relations:
            said = "pan"
        elif move == "turn" and not known_sides:
            said = f"roll {sides[0]}" if sides else "pan"
        if said == "orbit":
            turns = [side for side in sides if side in ("left", "right", "clockwise", "counterclockwise")]
            said += f" {turns[0]}" if turns else ""
        if "to" in relations:
            said = {"pedestal up": "rise", "pedestal down": "descend"}.get(said, said)
        if said == "follow" and not any(one in ("with", "to") for one in relations):
            said = "push in"
        if not said:
            return ""
        if said == "static shot" and {"to", "past"} & set(relations):  # "stops before the house"
            said = "stop"
        return " ".join(part for part in (said, figures, self.names.named(things) if said not in BARE else "") if part)

    def noun_of(self, name: str) -> str:
        """A thing's name, as a clause has it, in English where it is known."""
        return self.names.noun_of(name)


_LATIN = ("german", "french", "spanish", "italian", "portuguese", "dutch")
_AT_ONCE = re.compile(r"\b(?:[a-z]+[aei]ndo(?:si|se|ci)?|en [a-z]+ant|dabei|regardant|blickend)\b")
_LONG = ROADS | {"wall", "fence", "hedge", "facade", "shelf", "railing"}
_LOOKING = (LOOK, "pan", "tilt", "zoom", "whip")
_HERUM = re.compile(r" (?:links|rechts)$")
_ONLY_SIDES = {"left", "right", "up", "down", "in", "out", "slow", "fast", "slight", "sudden", "very", "linear"}
_LED_BY = {"between", "through", "over", "under", "past", "along", "with"}
_STATIC = {"static shot", "tripod shot"}
_TURNS = ("clockwise", "counterclockwise")
_GOING = ("turn", "push in", "pull out", "follow", "move", "orbit", "truck", "dolly zoom")
