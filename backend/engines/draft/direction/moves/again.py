"""A step that a clause without a move adds."""

from __future__ import annotations

from ..clauses import Clause
from ..steps import Step
from .joining import gone_back
from .telling import further, kept_centred, resumed


def once_again(clause: Clause, steps: list[Step]) -> Step | None:
    """What a clause without a move adds: an earlier step once more, back, further, or on after a look; a look that
    keeps a thing in the frame."""
    return gone_back(clause, steps) or further(clause, steps) or resumed(clause, steps) or kept_centred(clause, steps)
