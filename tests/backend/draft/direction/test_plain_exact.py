"""What a clause of another language is made of: patterns and what they take, moves as they are meant together, and
whose doing it is."""

from __future__ import annotations

import pytest

from backend.engines.draft.direction.plain import patterns, verbs
from backend.engines.draft.direction.plain.people.subjects import acts, is_somebodys


def test_patterns_and_what_they_take() -> None:
    assert patterns.with_nouns("a {N} b {N}", r"(?P<n>\w+)") == r"a (?P<n0>\w+) b (?P<n1>\w+)"
    assert patterns.with_nouns("a b", "(?P<n>x)") == "a b"
    rules = patterns.compiled([("ab", "first"), ("bc?", "second"), ("d", "third")])
    assert patterns.apart(rules, "abc bc d") == [(0, 2, "first"), (4, 6, "second"), (7, 8, "third")]
    things = patterns.compiled([(r"to (?P<n0>\w+)|at (?P<n1>\w+)", "to"), (r"by (?P<keep>\w+)", "by")])
    assert patterns.taken(things, "go to it at them by her by him") == (
        "go her by him", [("to", "it"), ("to", "them"), ("by", "")],
    )  # fmt: skip
    many = patterns.taken(patterns.compiled([("a", "x")]), "a " * (patterns.MOST + 1))
    assert many == ("a", [("x", "")] * patterns.MOST)


@pytest.mark.parametrize(
    ("moves", "things", "dollies", "told", "about"),
    [
        ("follow pan", "with:anna with:la", True, "pan", "to:anna"),
        ("follow turn", "at:x", True, "pan", "to:her"),
        ("follow", "along:muro", True, "move", "along:muro"),
        ("follow", "to:muro", True, "follow", "to:muro"),
        ("push-in follow", "along:muro", True, "push-in move", "along:muro"),
        ("static-shot pan", "", True, "pan", ""),
        ("pan static-shot", "", True, "pan static-shot", ""),
        ("static-shot push-in", "", True, "static-shot push-in", ""),
        ("static-shot look", "", True, "look", ""),
        ("zoom push-in", "", False, "zoom", ""),
        ("zoom pull-out", "", False, "zoom-out", ""),
        ("zoom-in pull-out", "", False, "zoom-in", ""),
        ("zoom push-in", "", True, "zoom push-in", ""),
        ("pan push-in", "", False, "pan push-in", ""),
        ("move move pan pan", "", True, "move pan pan", ""),
        ("pass fly-over", "", True, "move", ""),
    ],
)
def test_moves_and_things_as_they_are_meant_together(
    moves: str, things: str, dollies: bool, told: str, about: str
) -> None:
    said = [(i, i + 1, move.replace("-", " ")) for i, move in enumerate(moves.split(" "))]
    named = [(one.split(":")[0], one.split(":")[1]) for one in things.split()]
    made, left = verbs.as_meant(said, named, dollies)
    assert " ".join(move.replace(" ", "-") for _, _, move in made) == told
    assert " ".join(":".join(one) for one in left) == about


def test_which_move_a_figure_and_a_manner_is_about() -> None:
    assert [verbs.measured_move(["pan", "push in", "tilt up", "rise"], figure) for figure in (
        "20 degrees", "2 metres", "over 3 seconds",
    )] == [2, 3, 3]  # fmt: skip
    assert verbs.measured_move(["push in", "rise"], "20 degrees") == 1
    assert verbs.measured_move(["pan", "tilt"], "2 metres") == 1
    held = ["static shot", "slow handheld", "dutch left", "pan"]
    assert [verbs.whose(manner, held) for manner in ("slight", "slow")] == [0, 3]
    assert verbs.whose("slight", ["pan", "handheld"]) == 1 and verbs.whose("slow", ["handheld"]) == 0


NOUNS = {"frau": "woman", "haus": "house", "アンナ": "her", "女": "woman", "女性": "woman", "房子": "house"}


@pytest.mark.parametrize(
    ("clause", "blanks", "beside", "somebodys", "does"),
    [
        ("Die Frau geht weg", True, False, True, True),
        ("Anna geht weg", True, False, True, True),
        ("das Haus geht weg", True, True, False, False),
        ("Egon geht weg", True, True, True, False),
        ("Egon geht weg", True, False, False, False),
        ("egon geht weg", True, True, False, False),
        ("Ed geht weg", True, True, False, False),
        ("nun geht Anna", True, True, False, False),
        ("geht geht weg", True, True, False, False),
        ("die Frau links weg", True, False, False, False),
        ("die Frau sitzt da", True, False, False, False),
        ("die Frau haus da", True, False, False, False),
        ("während die Frau lacht", True, False, False, True),
        ("geht", True, True, False, False),
        ("女走向门口", False, False, True, True),
        ("女性笑了", False, False, True, True),
        ("女性が走る", False, False, True, True),
        ("女性が見える", False, False, False, False),
        ("女性がいる", False, False, True, False),
        ("房子走", False, False, False, False),
        ("女在走", False, False, False, False),
        ("女走る", False, False, False, False),
    ],
)
def test_whose_doing_a_clause_of_another_language_is(
    clause: str, blanks: bool, beside: bool, somebodys: bool, does: bool
) -> None:
    def is_verb(word: str) -> bool:
        return word == "geht"

    def is_manner(word: str) -> bool:
        return word == "links"

    assert is_somebodys(clause, NOUNS, blanks, is_verb, is_manner, beside) is somebodys
    assert acts(clause, NOUNS, blanks, is_manner) is does
