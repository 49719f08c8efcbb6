"""The steps of a camera move, as words ask for them."""

from __future__ import annotations

from dataclasses import dataclass, replace

from .vocabulary import NAMES


@dataclass(frozen=True)
class Step:
    """One move of the sequence, as the words ask for it. None: the words did not say."""

    kind: str
    sign: int
    amount: float = 1.0  # factor on the usual amount
    degrees: float | None = None
    metres: float | None = None
    factor: float | None = None  # zoom
    seconds: float | None = None  # length in time
    share: float | None = None  # length in time, as a share of the shot
    delay: float | None = None  # a hold before it, seconds
    late: bool = False  # it ends with the shot; of a hold: it takes what time others leave
    speed: float = 1.0
    ease: str = "smooth"  # smooth | linear | in | out
    together: bool = False  # at the same time as the step before
    relation: str = ""  # how the thing is meant: see where.target.RELATIONS; "height": to it, whether up or down
    via: str = ""  # what it goes past on its way to the target
    passing: str = "past"  # how it does: past | over | under | along | through
    about: str = ""  # what the shot is said to be on, which the move is about where it names nothing else
    gap: float | None = None  # metres that it keeps from the target, or ends above it
    height: float | None = None  # metres above the ground that it ends at
    beside: int = 0  # on which side of what it passes: 1 right, -1 left, 0 where that is open
    top: bool = False  # of a look: it ends at the top of its thing
    frames: str = ""  # how large its thing is in the end: one of marks.FRAMES
    lens: float | None = None  # the focal length that it ends with, millimetres
    watches: bool = False  # of a look: its thing stays in the middle all along what runs beside it
    returns: str = ""  # "back" undoes the last move of its kind, "way" all the last moves, "home" leads to the start
    onward: str = ""  # what a way through the target leads to
    target: str = ""  # what the move is about, as the words name it; "" for what the camera looks at
    open_side: bool = False  # whether the words leave open which way round, or to which side
    said: str = ""  # the words of it

    @property
    def name(self) -> str:
        """What users call it: "push in", "pan left"."""
        return NAMES[self.kind, self.sign]


@dataclass(frozen=True)
class Start:
    """How the words want the shot to start, where only the scene tells whether the still does so: `height` metres above
    the ground, with a camera that `looks` up (1) or down (-1), or close `beside` somebody."""

    how: str
    height: float | None = None
    looks: int = 0
    beside: bool = False


@dataclass(frozen=True)
class Reading:
    """What the words say: the steps, the kinds they forbid, and how a move without a name should be."""

    steps: tuple[Step, ...]
    forbidden: frozenset[str]
    manner: Step | None  # words of manner alone ("slow camera movement")
    beyond: tuple[str, ...] = ()  # what they ask for that a camera can't do: see beyond.py
    words: frozenset[str] = frozenset()  # all of them, in English
    start: str = ""  # how they want the shot to start where the still does not: "on the door", "high"
    unread: tuple[str, ...] = ()  # clauses about the camera of which no move was made
    stands: Start | None = None  # how the camera should stand at first


def tidy(steps: list[Step]) -> tuple[Step, ...]:
    """Without what is named twice: the same move in a row, a second handheld."""
    kept: list[Step] = []
    for step in steps:
        before = next((i for i, other in enumerate(kept) if other.kind == step.kind == "handheld"), None)
        if before is not None:
            kept[before] = replace(kept[before], amount=kept[before].amount * step.amount)
        elif kept and kept[-1].kind == step.kind == "truck" and step.open_side and step.relation == "with":
            kept[-1] = _told_more(kept[-1], step)  # "tracking right to left, keeping pace with the runner"
        elif kept and _passes_on_its_way(kept[-1], step):
            kept[-1] = replace(step, via=kept[-1].target, beside=kept[-1].beside, together=kept[-1].together)
        elif not kept or (kept[-1].kind, kept[-1].sign) != (step.kind, step.sign) or _goes_on(kept[-1], step):
            kept.append(step)
        elif step.kind != "hold":  # "parallax: truck right 40 cm", "move forward, approaching the table"
            kept[-1] = _told_more(kept[-1], step)
        else:  # "stays, on sticks"
            kept[-1] = replace(kept[-1], said=f"{kept[-1].said} {step.said}")
    if any(step.kind in ("pan", "tilt", "zoom", "roll") for step in kept):  # a tripod's head moves
        kept = [step for step in kept if step.kind != "hold" or not _ON_LEGS.intersection(step.said.split())]
    kept = [step for i, step in enumerate(kept) if not (i and _again_along(kept[i - 1], step))]
    return tuple(_told_once(_dolly_zooms(_seen_whole(kept))))


def _again_along(before: Step, step: Step) -> bool:
    """Whether a way along a thing is the way along it that is said before: "truck right, following the fence"."""
    along = step.relation == before.relation == "along" and step.target == before.target
    return along and step.together and before.kind == "truck" and step.kind == "push"


def _seen_whole(steps: list[Step]) -> list[Step]:
    """Going back shows the whole of a thing, and not the rise beside: "back and up to reveal the whole house"."""
    made = list(steps)
    for i in range(1, len(made)):
        back, rise = made[i - 1], made[i]
        beside = rise.together and rise.kind in ("pedestal", "crane") and rise.relation == "whole"
        if beside and (back.kind, back.sign, back.target) == ("push", -1, ""):
            made[i - 1] = replace(back, relation="whole", target=rise.target)
            made[i] = replace(rise, relation="", target="")
    return made


def _passes_on_its_way(before: Step, step: Step) -> bool:
    """Whether a step goes past something that the next one leads on from: "past the sofa and on to the door"."""
    open_ways = all(
        (one.metres, one.seconds, one.share, one.delay) == (None, None, None, None) for one in (before, step)
    )
    goes = (before.kind, before.sign, before.relation) == ("push", 1, "past")
    goes = goes and before.target not in (step.target, "corner")
    return goes and open_ways and (step.kind, step.sign, step.relation) == ("push", 1, "to") and not step.via


def _told_once(steps: list[Step]) -> list[Step]:
    """Without a dolly zoom that only names the one before it: "dolly out, zooming in: vertigo"."""
    for i in range(len(steps) - 1, 0, -1):  # "vertigo on Anna: dolly back 1 m, zooming in"
        before, step = steps[i - 1], steps[i]
        bare = before.metres is None and (step.metres is not None or (before.target == "" and before.open_side))
        if before.kind == step.kind == "dolly zoom" and bare and (step.target or step.metres is not None):
            about = step if step.target else before
            steps[i - 1 : i + 1] = [
                replace(step, relation=about.relation, target=about.target, together=before.together)
            ]
    named = [
        i > 0 and step.kind == "dolly zoom" == steps[i - 1].kind and not step.target for i, step in enumerate(steps)
    ]
    return [step for step, again in zip(steps, named, strict=True) if not again]


def _told_more(before: Step, step: Step) -> Step:
    """A step with what the same move, named once more, says of it."""
    if step.target and not before.target:
        before = replace(
            before, relation=step.relation, target=step.target, onward=step.onward, said=f"{before.said} {step.said}"
        )
    if before.open_side and not step.open_side:  # "parallax: truck left"
        before = replace(before, sign=step.sign, open_side=False)
    return replace(
        before,
        metres=before.metres if before.metres is not None else step.metres,
        degrees=before.degrees if before.degrees is not None else step.degrees,
        factor=before.factor if before.factor is not None else step.factor,
        speed=before.speed if before.speed != 1.0 else step.speed,
        height=before.height if before.height is not None else step.height,
    )


_ON_LEGS = frozenset(("tripod", "sticks"))


def _dolly_zooms(steps: list[Step]) -> list[Step]:
    """ "Dolly in while zooming out" as the one move that it is."""
    made: list[Step] = []
    for step in steps:
        before = made[-1] if made else None
        if before and before.kind == "dolly zoom" and not before.target and step.watches:  # "keeping Ben the same size"
            made[-1] = replace(before, relation="at", target=step.target, said=f"{before.said} {step.said}")
        elif before and step.together and {before.kind, step.kind} == {"push", "zoom"} and before.sign == -step.sign:
            push, zoom = (before, step) if before.kind == "push" else (step, before)
            told = push if push.target else zoom
            made[-1] = replace(
                push,
                kind="dolly zoom",
                speed=push.speed if push.speed != 1.0 else zoom.speed,
                metres=push.metres if push.metres is not None else zoom.metres,
                relation="at" if told.target else "",
                target=told.target,
                said=f"{before.said} {step.said}",
                together=before.together,
            )
        else:
            made.append(step)
    return made


def _goes_on(before: Step, step: Step) -> bool:
    """Whether the same move is meant once more: for so many seconds, so far again, or to something else."""
    if step.relation in ("through", "up", "down") and step.relation != before.relation and before.target:
        return True  # "to the gate and fly through it"
    if (before.metres and step.metres) or (before.degrees and step.degrees):
        return True
    return step.seconds is not None or bool(before.target and step.target and before.target != step.target)
