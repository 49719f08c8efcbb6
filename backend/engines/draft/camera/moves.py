"""The camera move that a direction's words choose, as dense keyframes fitted to the depth of the picture.

Poses are relative to the start pose, in the start camera's own axes (right +X, up +Y, looking along -Z), in
metres. With one still a step's travel is scaled until the camera stays inside the room that the picture shows; with
several views along the path a move is what its words mean.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from client.protocol import Camera, CameraPath, Keyframe

from ..direction.beyond import CUTS, FOCUS, OTHER_CAMERA, notes_of
from ..direction.read import read_moves
from ..direction.steps import Reading, Step
from . import remarks
from .courses import LOOKS, Course, asked, course_of
from .limits import Sizes
from .paths import LEAST_ZOOM, MOST_ZOOM
from .returns import Flown, way_back
from .rig import RigPose, rotation, shaken
from .scene_depth import SceneDepth
from .sight import scene_of
from .targets import find_target
from .timing import ease, grouped, spans
from .variation import Manner, among, free_to_lean, life, open_move, varied
from .ways import Stage

KEYFRAMES_A_SECOND = 24
MOST_KEYFRAMES = 720
HOLES = 0.15  # share of the frame that a move of the usual amount may leave to holes: what the still does not show
MOST_HOLES = 0.3  # the same for "a lot"
MOST_HOLES_ASKED = 0.45  # the same for figures, and for words that mean much
SEVERAL = 2  # views, and any more

Coverage = Callable[[np.ndarray, float], float]


@dataclass(frozen=True)
class Move:
    """A camera move over the shot.

    `path`: t rises from 0 to 1, the first pose is the identity. `notes`: for the user.
    """

    path: CameraPath
    notes: tuple[str, ...]


def path_of(
    prompt: str,
    camera: Camera | None,
    seconds: float,
    seed: int = 0,
    scene: SceneDepth | None = None,
    views: int = SEVERAL,
) -> Move:
    """The move that the words of `prompt` mean over `seconds`, before anything is made: nothing of it is cut by what
    is not seen. With `views` 1 it is as gentle as with one still.

    `camera` is the still's: what its lens focuses on, the named things in view and its `sight` say where things are.
    `scene` is what is known better, such as from a depth picture. Pure: the same arguments give the same path.
    """
    return plan(prompt, seconds, scene or scene_of(camera), seed, world_up(camera), views=views)


def plan(
    prompt: str,
    seconds: float,
    scene: SceneDepth,
    seed: int,
    up: tuple[float, float, float] = (0.0, 1.0, 0.0),
    coverage: Coverage = lambda pose, zoom: 1.0,
    views: int = 1,
) -> Move:
    """The move that the words of `prompt` choose over `seconds`.

    `up` is the world's up in the start camera's axes: pans, orbits and cranes keep to it, so that a camera
    that looks down does not tip its horizon. `seed` varies what the words leave open; 0 is the neutral one.
    `coverage` gives the share of the frame that the still shows, for a 4x4 pose and a zoom; moves end before it
    gets too small. It does not count where there are several `views`.
    """
    seconds = max(seconds, 1e-3)
    reading = read_moves(prompt)
    steps, notes = _chosen(reading, seed)
    notes += notes_of(reading.beyond) + remarks.left_out(reading.start, reading.unread)
    notes += remarks.stands(reading.stands, scene, up)
    if scene.orthographic:
        steps = tuple(_without_perspective(step) for step in steps)
    free = free_to_lean(reading)
    made = [varied(step, index, seed, free) for index, step in enumerate(steps)]
    steps = tuple(step for step, _ in made)
    manners = {id(step): manner for step, manner in made}
    groups = grouped(steps)
    pilot = _Pilot(_stage(scene, up, views, among(seed)), coverage, notes)
    for group, (start, end) in zip(groups, spans(groups, seconds), strict=True):
        pilot.add([(step, manners[id(step)]) for step in group if step.kind != "hold"], start, end, seconds)
    shake = sum(step.amount for step in steps if step.kind == "handheld") + life(reading, seed)
    count = min(max(2, round(seconds * KEYFRAMES_A_SECOND) + 1), MOST_KEYFRAMES) if pilot.moves or shake else 2
    keyframes = pilot.keyframes(np.linspace(0.0, 1.0, count), seconds, min(shake, 3.0), seed)
    notes += remarks.not_found(steps, pilot.found, scene)
    return Move(CameraPath(keyframes), tuple(dict.fromkeys(notes)))


def world_up(camera: Camera | None) -> tuple[float, float, float]:
    """The world's up in the axes of a still's `camera`; its own up if no camera is known."""
    if camera is None:
        return 0.0, 1.0, 0.0
    row = camera.matrix_world[2]
    return float(row[0]), float(row[1]), float(row[2])


def _stage(scene: SceneDepth, up: Sequence[float], views: int, among: float) -> Stage:
    given = np.asarray(up, np.float64)
    length = float(np.linalg.norm(given))
    level = given / length if length > 1e-6 and math.isfinite(length) else np.array([0.0, 1.0, 0.0])
    # A camera that looks straight up or down has no horizon to keep.
    kept = level if abs(level[2]) < 0.94 else np.array([0.0, 1.0, 0.0])
    return Stage(scene, Sizes.of(scene, views), kept, max(views, 1), among)


def _chosen(reading: Reading, seed: int) -> tuple[tuple[Step, ...], list[str]]:
    if reading.steps:
        return reading.steps, []
    if "push" in reading.forbidden or len(reading.forbidden) > 2:
        return (Step("hold", 1),), ["The words rule camera moves out: the camera holds."]
    if reading.unread or not {OTHER_CAMERA, FOCUS, CUTS}.isdisjoint(reading.beyond):  # what is left out is said beside
        return (Step("hold", 1),), []
    manner = reading.manner or Step("push", 1, speed=0.8)
    kind = open_move(seed)
    if kind in reading.forbidden or "truck" in reading.forbidden:  # an arc, too, goes to the side
        kind = "push"
    gentle = replace(manner, kind=kind, sign=1, amount=min(0.7 * manner.amount, 1.0), open_side=kind != "push")
    return (gentle,), [remarks.NOTHING_FOUND.format(move=remarks.OPEN[kind])]


def _without_perspective(step: Step) -> Step:
    """An orthographic camera sees no change from moving along its axis: zooming is what it can do instead."""
    swapped = {"push": "zoom", "dolly zoom": "zoom"}.get(step.kind)
    return replace(step, kind=swapped, metres=None, relation="", target="") if swapped else step


_ORDER = ("push", "dolly zoom", "truck", "pedestal", "crane", "orbit", "pan", "tilt", "roll", "zoom")


class _Pilot:
    """Flies the steps one after another and remembers where it was when."""

    def __init__(self, stage: Stage, coverage: Coverage, notes: list[str]) -> None:
        self.stage = stage
        self.coverage = coverage
        self.notes = notes
        self.base = RigPose(np.zeros(3))
        self.moves: list[Flown] = []
        self.found: set[str] = set()

    def add(self, group: list[tuple[Step, Manner]], start: float, end: float, seconds: float) -> None:
        """Add steps that run together between `start` and `end` (0..1) of a shot of `seconds`."""
        if not group or end <= start:
            return
        group = sorted(group, key=lambda one: _ORDER.index(one[0].kind))
        duration = (end - start) * seconds
        steps = [step for step, _ in group]
        courses: tuple[Course, ...] = ()
        at = self.base  # where those that look at a thing do so from: where the others lead
        for step, manner in group:
            beside = [one for one in steps if one is not step]
            returns = step.returns and find_target(step.target, self.stage.scene) is None
            back = way_back(step, manner, self.base, self.moves) if returns else None
            courses = (*courses, back or course_of(step, manner, self.base, self.stage, duration, beside, at))
            at = at if step.kind in LOOKS else courses[-1].change(at, 1.0)
        flown = Flown(start, end, self.base, courses, 1.0)
        if self.stage.views == 1:
            flown = replace(flown, part=self._room(flown))
        self.notes += remarks.cuts(flown.courses, flown.part, self.stage.views)
        self.notes += remarks.arounds(flown.courses)
        self.notes += remarks.heights(flown.courses, self.stage.scene)
        self.found.update(course.step.target for course in courses if course.to is not None)
        self.found.update(step.target for step in steps if any(step.onward == c.step.target and c.to for c in courses))
        self.moves.append(flown)
        self.base = flown.pose([1.0] * len(courses))

    def keyframes(self, times: np.ndarray, seconds: float, shake: float, seed: int) -> tuple[Keyframe, ...]:
        """Poses at `times` (0..1)."""
        poses = [RigPose(np.zeros(3))] * len(times)
        for flown in self.moves:
            at = (times - flown.start) / (flown.end - flown.start)
            progress = np.stack([ease(at, one.manner.rise, one.manner.fall) for one in flown.courses], -1)
            for i in np.flatnonzero(times > flown.start):
                poses[i] = flown.pose(progress[i])
        if shake:
            poses = shaken(poses, times * seconds, shake, seed, self.stage.size.focus)
        return (
            Keyframe(0.0, _rows(np.eye(4)), 1.0),
            *(
                Keyframe(
                    round(float(t), 6), _rows(self._matrix(pose)), round(min(max(pose.zoom, LEAST_ZOOM), MOST_ZOOM), 6)
                )
                for t, pose in zip(times[1:], poses[1:], strict=True)
            ),
        )

    def _room(self, flown: Flown) -> float:
        """The greatest part (0..1) of the courses with which the camera stays in the room that is seen, and most of
        its frame within the still."""
        before = self._holes(self.base)
        allowed = max(
            MOST_HOLES_ASKED
            if asked(course.step) is not None or course.large
            else min(HOLES * course.step.amount, MOST_HOLES)
            for course in flown.courses
        )
        # In a sequence every move may add something.
        most = max(allowed, before + min(0.5 * allowed, max(MOST_HOLES_ASKED - before, 0.0)))
        whole = [1.0] * len(flown.courses)

        def fits(part: float) -> bool:
            tried = replace(flown, part=part)
            way = np.linspace(0.1, 1.0, 10)
            if not all(self.stage.size.inside(tried.pose([u] * len(whole)).position) for u in way):
                return False
            return self._holes(tried.pose(whole)) <= most

        if fits(1.0):
            return 1.0
        low, high = 0.0, 1.0
        for _ in range(12):
            middle = 0.5 * (low + high)
            low, high = (middle, high) if fits(middle) else (low, middle)
        return low

    def _holes(self, pose: RigPose) -> float:
        """Share of the frame that the still does not show."""
        return 1.0 - self.coverage(self._matrix(pose), pose.zoom)

    def _matrix(self, pose: RigPose) -> np.ndarray:
        matrix = np.eye(4)
        matrix[:3, :3] = rotation(pose, self.stage.up)
        matrix[:3, 3] = pose.position
        return matrix


def _rows(matrix: np.ndarray) -> tuple[tuple[float, ...], ...]:
    return tuple(tuple(round(float(value), 7) + 0.0 for value in row) for row in matrix)
