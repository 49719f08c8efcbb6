"""Directions as directors write them, in every language of the product."""

from __future__ import annotations

import pytest

from backend.engines.draft.direction.read import read_moves
from tests.backend.draft.direction.directors import FIFTH, FIRST, FOURTH, OTHERS, SECOND, THIRD, notation
from tests.backend.draft.direction.directors_again import SIXTH

LATER = {**THIRD, **FOURTH, **FIFTH, **SIXTH}


@pytest.mark.parametrize("text", FIRST)
def test_directions_that_were_written_before_the_reader(text: str) -> None:
    assert notation(text) == FIRST[text]


@pytest.mark.parametrize("text", SECOND)
def test_directions_that_went_wrong_once(text: str) -> None:
    assert notation(text) == SECOND[text]


@pytest.mark.parametrize("text", LATER)
def test_directions_of_every_kind(text: str) -> None:
    assert notation(text) == LATER[text]


@pytest.mark.parametrize("text", OTHERS)
def test_what_happens_in_the_picture_moves_no_camera_in_any_language(text: str) -> None:
    assert notation(text) == ""


def test_a_side_that_is_said_is_not_open_to_a_seed() -> None:
    for text in (
        "the frame drifts down and left",
        "truck along the hedge, left to right",
        "camera moves past the columns, right to left",
    ):
        assert [step.open_side for step in read_moves(text).steps if step.kind == "truck"] == [False], text
    assert [step.open_side for step in read_moves("truck along the fence").steps] == [True]
    (drift,) = read_moves("barely moving, only a hint of drift").steps
    assert (drift.kind, drift.amount, drift.open_side) == ("truck", 0.3, True)
