"""Directions as directors write them, in every language of the product."""

from __future__ import annotations

import pytest

from tests.backend.draft.direction.directors import FIRST, FOURTH, SECOND, THIRD, notation


@pytest.mark.parametrize("text", FIRST)
def test_directions_that_were_written_before_the_reader(text: str) -> None:
    assert notation(text) == FIRST[text]


@pytest.mark.parametrize("text", SECOND)
def test_directions_that_went_wrong_once(text: str) -> None:
    assert notation(text) == SECOND[text]


@pytest.mark.parametrize("text", [*THIRD, *FOURTH])
def test_directions_of_every_kind(text: str) -> None:
    assert notation(text) == {**THIRD, **FOURTH}[text]
