"""What a language is to plain/grammar.py: a table of patterns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Rules = Sequence[tuple[str, str]]  # a regular expression and the English of what it matches


@dataclass(frozen=True)
class Language:
    """The words of a language for cameras. All patterns are for text in lower case.

    `splits` end a clause; their English is a link of grammar._LINKS. `moves`: in their order, the first that matches at
    a place counts. `things` have the thing as their group `n`; their English is a relation, or "whole". `others`: what
    makes the clause another's doing. `noun` is the pattern for a thing that stands for {N}.
    """

    nouns: Mapping[str, str]
    noun: str
    camera: str
    splits: Rules
    moves: Rules
    sides: Rules
    manners: Rules
    units: Rules
    things: Rules
    others: str
    never: str  # negations
    blanks: bool = True  # between words
    denies_after: bool = False  # whether a negation follows its verb
    capitals: bool = False  # of nouns
    numbers: str = ""  # the words for 1, 2 ... in their order, those of one number separated by "/"
    counted: str = ""  # what is counted, after a number
