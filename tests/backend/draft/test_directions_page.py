"""docs/directions.md says what the code does: its word lists are the vocabularies, its examples make their moves."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest

from backend.engines.draft.direction.read import read_moves
from backend.engines.draft.direction.vocabulary import NAMES
from backend.engines.draft.sound.read import read_sound

DOCS = Path(__file__).parents[3] / "docs"
PAGE = (DOCS / "directions.md").read_text(encoding="utf-8")
SPEC = importlib.util.spec_from_file_location("make_directions", DOCS / "make_directions.py")
assert SPEC is not None and SPEC.loader is not None
lists = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(lists)


def moves() -> dict[str, list[str]]:
    """The examples of each move on the page."""
    _, _, rest = PAGE.partition("| move |")
    rows = {}
    for line in rest.splitlines()[2:]:
        if not line.startswith("|"):
            break
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        rows[cells[0]] = re.findall(r"`([^`]+)`", cells[-1])
    return rows


def test_the_word_lists_are_those_of_the_vocabularies() -> None:
    assert lists.page(PAGE) == PAGE, "run docs/make_directions.py"
    assert set(re.findall(r"<!-- words: (\w+) -->", PAGE)) == set(lists.LISTS)


def test_a_list_that_lacks_a_word_is_written_again() -> None:
    for word in ("`drizzle`, ", "`slowly`, ", "`soundless`, "):
        assert word in PAGE
        assert lists.page(PAGE.replace(word, "", 1)) == PAGE


def test_every_move_is_listed() -> None:
    assert set(moves()) == set(NAMES.values())


@pytest.mark.parametrize(("move", "examples"), moves().items())
def test_what_is_listed_makes_that_move(move: str, examples: list[str]) -> None:
    assert examples
    for text in examples:
        assert [step.name for step in read_moves(text).steps] == [move], text


def test_examples_of_order_are_read_so() -> None:
    for examples, together in ((lists.ONE_AFTER_ANOTHER, False), (lists.AT_THE_SAME_TIME, True)):
        for text in examples:
            steps = read_moves(text).steps
            assert len(steps) == 2 and steps[1].together == together, text
    for text in lists.NOT_THAT:
        reading = read_moves(text)
        assert reading.forbidden or reading.steps[0].kind == "hold", text


def test_examples_of_figures_are_read_so() -> None:
    for text in lists.EXACTLY_HOW_FAR:
        (step,) = read_moves(text).steps
        assert step.metres or step.degrees or step.factor, text
    for text in lists.EXACTLY_HOW_LONG:
        assert read_moves(text).steps[0].seconds, text


def test_examples_of_places_are_read_so() -> None:
    for relation, (_, examples) in lists.PLACES.items():
        for text in examples:
            assert read_moves(text).steps[-1].relation == relation, text


def test_examples_of_surfaces_are_rain_and_steps() -> None:
    for text in lists.SURFACES:
        assert {event.kind for event in read_sound(text, "").events} <= {"rain", "footsteps", "room"}, text
