"""docs/directions.md says what the code does: no word more, none less."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from backend.engines.draft.direction import words
from backend.engines.draft.direction.read import read_moves
from backend.engines.draft.direction.vocabulary import NAMES
from backend.engines.draft.sound.read import read_sound
from backend.engines.draft.sound.vocabulary import (
    DISTANCES,
    KINDS,
    ONLY_AS_SOUND,
    SILENCE,
    STRENGTHS,
    WALKING,
    WORDS,
)

PAGE = (Path(__file__).parents[3] / "docs" / "directions.md").read_text(encoding="utf-8")


def table(first_head: str) -> dict[str, list[str]]:
    """The rows of the table whose first column is headed `first_head`: first cell: code words of the last."""
    _, _, rest = PAGE.partition(f"| {first_head} |")
    rows = {}
    for line in rest.splitlines()[2:]:
        if not line.startswith("|"):
            break
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        rows[cells[0]] = re.findall(r"`([^`]+)`", cells[-1])
    return rows


MOVES, SOUNDS, MANNER = table("move"), table("sound"), table("to say")
MANNER_OF_SOUNDS = {
    row.split("|")[1].strip(): re.findall(r"`([^`]+)`", row)
    for row in PAGE[PAGE.index("write beside the sound") :].splitlines()
    if row.startswith("| ")
}


def test_every_move_is_listed() -> None:
    assert set(MOVES) == set(NAMES.values())


@pytest.mark.parametrize(("move", "words_for_it"), MOVES.items())
def test_what_is_listed_makes_that_move(move: str, words_for_it: list[str]) -> None:
    assert words_for_it
    for text in words_for_it:
        assert [step.name for step in read_moves(text).steps] == [move], text


def test_manner_is_listed_as_the_code_has_it() -> None:
    assert set(MANNER["less"]) == {word for word, factor in words.AMOUNTS.items() if factor < 0.75}
    assert set(MANNER["more"]) == {word for word, factor in words.AMOUNTS.items() if factor > 1.25}
    assert set(MANNER["slower"]) == {word for word, factor in words.SPEEDS.items() if factor < 1}
    assert set(MANNER["faster"]) == {word for word, factor in words.SPEEDS.items() if factor > 1}
    assert set(MANNER["how it starts and ends"]) == {*words.EASES, "ease in", "ease out"}
    for row in ("one after another", "at the same time"):
        for text in MANNER[row]:
            steps = read_moves(text).steps
            assert len(steps) == 2 and steps[1].together == (row == "at the same time"), text
    for text in MANNER["not that"]:
        reading = read_moves(text)
        assert reading.forbidden or reading.steps[0].kind == "hold", text


def test_every_sound_word_is_listed_with_its_sound() -> None:
    listed = {word: title for title, all_words in SOUNDS.items() for word in all_words}
    known = {word: KINDS[kinds[0].partition(":")[0]][0] for word, kinds in WORDS.items() if len(kinds) == 1}
    assert listed == known | dict.fromkeys(WALKING, KINDS["footsteps"][0])
    places = dict(re.findall(r"^\| `([^`]+)` \| (.+) \|$", PAGE, re.MULTILINE))
    assert places == {
        word: ", ".join(KINDS[kind.partition(":")[0]][0] for kind in kinds)
        for word, kinds in WORDS.items()
        if len(kinds) > 1
    }


def test_manner_of_sounds_is_listed_as_the_code_has_it() -> None:
    assert set(MANNER_OF_SOUNDS["less of it"]) == {word for word, factor in STRENGTHS.items() if factor < 1}
    assert set(MANNER_OF_SOUNDS["more of it"]) == {word for word, factor in STRENGTHS.items() if factor > 1}
    assert set(MANNER_OF_SOUNDS["farther away"]) == {word for word, far in DISTANCES.items() if far > 0.2}
    for text in MANNER_OF_SOUNDS["on what rain falls, on what somebody walks"]:
        assert {event.kind for event in read_sound(text, "").events} <= {"rain", "footsteps", "room"}
    for word in (*SILENCE, *ONLY_AS_SOUND, *WALKING):
        assert f"`{word}`" in PAGE, word
