"""The one error that scene/ raises: something an artist can read and act on."""

from __future__ import annotations

from ...client.protocol import Problem, ProblemError


class SceneError(ProblemError):
    """What went wrong in Blender. `fix` is the word of a button that would help (see protocol.Problem)."""

    @classmethod
    def of(cls, problem: Problem) -> SceneError:
        """The error that raises this problem."""
        return cls(problem.code, problem.message, problem.fix, problem.param)
