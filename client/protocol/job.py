"""A job as the protocol shows it, and what binds it to a place in a .blend."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction

from .engine import Price
from .problem import Problem


class JobState(StrEnum):
    """The `status` of a job. An answer with another word counts as queued."""

    QUEUED = "queued"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def over(self) -> bool:
        return self in (JobState.COMPLETED, JobState.FAILED, JobState.CANCELLED)


@dataclass(frozen=True)
class BoundPart:
    """Where one of several shots of a clip belongs: as in a Binding. It has `frames` of the clip from the frame `first`
    on, `head` and `tail` of them its handles."""

    shot_uid: str
    take_uid: str
    shot_name: str
    number: int
    first: int
    frames: int
    head: int = 0
    tail: int = 0


@dataclass(frozen=True)
class Binding:
    """Where a take belongs, by ids, so that undo, renames, file load and a restart of Blender do not lose it.

    `take_uid` differs from the job's key only where a take is made again. `placement` and `frame` say where in the
    edit scene `edit_uid` new strips go; `refines` is the uid of a take that this one replaces on its strips; `remade`
    says that the take's strips are there already. `head` and `tail` are the handles: how many frames of the clip lie
    before and after what the shot shows. `parts` are the takes of a clip that has several shots, in their order; for
    one of them, `beyond` is how many frames of the clip after its tail are other shots'.
    """

    file_id: str
    scene_uid: str
    shot_uid: str
    take_uid: str
    shot_name: str
    number: int
    placement: str = ""
    frame: int | None = None
    edit_uid: str = ""
    refines: str = ""
    remade: bool = False
    head: int = 0
    tail: int = 0
    beyond: int = 0
    parts: tuple[BoundPart, ...] = ()

    def each(self) -> tuple[Binding, ...]:
        """The binding of every take of the clip: this one, or one a part."""
        if not self.parts:
            return (self,)
        frames = max(part.first + part.frames for part in self.parts)
        return tuple(self._of(part, frames - part.first - part.frames) for part in self.parts)

    def _of(self, part: BoundPart, beyond: int) -> Binding:
        return replace(
            self,
            shot_uid=part.shot_uid,
            take_uid=part.take_uid,
            shot_name=part.shot_name,
            number=part.number,
            head=part.first + part.head,
            tail=part.tail + beyond,
            beyond=beyond,
            parts=(),
        )


@dataclass(frozen=True)
class Result:
    """What a completed job made, and what it cost (None: nothing, or not known)."""

    frames: int = 0
    fps: Fraction | None = None
    width: int = 0
    height: int = 0
    sound_seconds: float | None = None
    notes: tuple[str, ...] = ()
    cost: Price | None = None


@dataclass(frozen=True)
class Job:
    """The answer of a server about a job. Of another kind of server only `id` and `status` may be known."""

    id: str
    status: JobState = JobState.QUEUED
    progress: int = 0
    stage: str = ""
    eta_seconds: float | None = None
    queue_position: int | None = None
    model: str = ""
    prompt: str = ""
    seconds: float | None = None
    size: str = ""
    fps: Fraction | None = None
    seed: int | None = None
    error: Problem | None = None
    result: Result | None = None
    binding: Binding | None = None
