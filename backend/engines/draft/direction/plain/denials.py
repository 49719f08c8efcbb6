"""Which moves of a clause in another language a negation denies: the one beside it, and a list that goes on from it."""

from __future__ import annotations

import re

from ..languages.tables.denials import BETWEEN, OR

Moves = list[tuple[int, int, str]]  # start, end and English
NEAR_BY = 16  # letters between a negation and its verb
_SMALL = r"(?:d['’]|l['’]|de|des|di|da|la|le|el|un[ae]?|ein|eine|de la|del|をし|を|する|し|하|를|을|도|는|은)?"


def denied(text: str, moves: Moves, never: re.Pattern[str], after: bool, name: str) -> Moves:
    """The moves that are denied, where `never` finds the language's negations; they stand `after` a move or before."""
    first = [move for move in moves if _is_beside(text, moves, move, never, after)]
    joined = re.compile(rf"\s*(?:,\s*)?(?:{BETWEEN[name]})?\s*{_SMALL}\s*")
    ordered = sorted(moves, reverse=after)
    found: Moves = []
    for index, move in enumerate(ordered):
        before = ordered[index - 1] if index else None
        gap = "" if before is None else text[move[1] : before[0]] if after else text[before[1] : move[0]]
        goes_on = before in found and gap != "" and joined.fullmatch(gap) is not None
        if move in first or goes_on:
            found.append(move)
    found += [move for move in moves if _NEITHER.match(text, move[1])]  # "de zoom ni d'inclinaison"
    return [move for move in moves if move in found]


_NEITHER = re.compile(r"\s*(?:ni|nem|noch|né)\b")


def link_of(text: str, name: str) -> str:
    """What joins the moves of a clause in English: "or" where the language has it."""
    return " or " if re.search(OR[name], text) else " and "


def _is_beside(text: str, moves: Moves, move: tuple[int, int, str], never: re.Pattern[str], after: bool) -> bool:
    for match in never.finditer(text):
        near = match.start() - move[1] if after else move[0] - match.end()
        first, last = (move[1], match.start()) if after else (match.end(), move[0])
        between = [one for one in moves if first <= one[0] and one[1] <= last]
        if 0 <= near <= NEAR_BY and not between:
            return True
    return False
