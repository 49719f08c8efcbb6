"""Directions as directors write them, in every language of the product."""

from __future__ import annotations

import pytest

from tests.backend.draft.direction.directors import FIFTH, FIRST, FOURTH, OTHERS, SECOND, THIRD, notation

LATER = {**THIRD, **FOURTH, **FIFTH}


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
