"""The camera move that a direction's words choose, as dense keyframes fitted to the depth of the picture.

Poses are relative to the start pose, in the start camera's own axes (right +X, up +Y, looking along -Z), in
metres. A step's travel is scaled until the camera stays inside the room that the picture shows.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from client.protocol import Camera, CameraPath, Keyframe

from ..direction.read import Reading, Step, read_moves
from .limits import Sizes
from .paths import LEAST_ZOOM, MOST_ZOOM
from .rig import RigPose, shaken
from .scene_depth import SceneDepth
from .timing import ease, grouped, ramps, spans

KEYFRAMES_A_SECOND = 24
MOST_KEYFRAMES = 720
TURN_SPEED = math.radians(400)  # the fastest turn, radians a second
TRAVEL_SPEED = 1.5  # the fastest travel, focus distances a second
HOLES = 0.15  # share of the frame that a move of the usual amount may leave to holes: what the still does not show
MOST_HOLES = 0.3  # the same for "a lot"
MOST_HOLES_ASKED = 0.45  # the same for figures
NOTHING_FOUND = "No camera move found in the words: a gentle push in was used."


@dataclass(frozen=True)
class Move:
    """A camera move over the shot.

    `path`: t rises from 0 to 1, the first pose is the identity. `notes`: for the user.
    """

    path: CameraPath
    notes: tuple[str, ...]


def plan(
    prompt: str,
    seconds: float,
    scene: SceneDepth,
    seed: int,
    up: tuple[float, float, float] = (0.0, 1.0, 0.0),
    coverage: Callable[[np.ndarray, float], float] = lambda pose, zoom: 1.0,
) -> Move:
    """The move that the words of `prompt` choose over `seconds`.

    `up` is the world's up in the start camera's axes: pans, orbits and cranes keep to it, so that a camera
    that looks down does not tip its horizon. `seed` moves only the unsteadiness of a handheld camera.
    `coverage` gives the share of the frame that the still shows, for a 4x4 pose and a zoom; moves end before it
    gets too small.
    """
    reading = read_moves(prompt)
    steps, notes = _chosen(reading)
    if scene.orthographic:
        steps = tuple(_without_perspective(step) for step in steps)
    groups = grouped(steps)
    pilot = _Pilot(scene, np.asarray(up, np.float64), coverage, notes)
    for group, (start, end) in zip(groups, spans(groups, max(seconds, 1e-3)), strict=True):
        pilot.add(group, start, end, max(seconds, 1e-3))
    shake = sum(step.amount for step in steps if step.kind == "handheld")
    count = min(max(2, round(seconds * KEYFRAMES_A_SECOND) + 1), MOST_KEYFRAMES) if pilot.moves or shake else 2
    times = np.linspace(0.0, 1.0, count)
    keyframes = pilot.keyframes(times, max(seconds, 1e-3), min(shake, 3.0), seed)
    return Move(CameraPath(keyframes), tuple(dict.fromkeys(notes)))


def world_up(camera: Camera | None) -> tuple[float, float, float]:
    """The world's up in the axes of a still's `camera`; its own up if no camera is known."""
    if camera is None:
        return 0.0, 1.0, 0.0
    row = camera.matrix_world[2]
    return float(row[0]), float(row[1]), float(row[2])


def _chosen(reading: Reading) -> tuple[tuple[Step, ...], list[str]]:
    if reading.steps:
        return reading.steps, []
    if "push" in reading.forbidden or len(reading.forbidden) > 2:
        return (Step("hold", 1),), ["The words rule camera moves out: the camera holds."]
    manner = reading.manner or Step("push", 1, speed=0.8)
    return (replace(manner, kind="push", sign=1, amount=min(0.7 * manner.amount, 1.0)),), [NOTHING_FOUND]


def _without_perspective(step: Step) -> Step:
    """An orthographic camera sees no change from moving along its axis: zooming is what it can do instead."""
    swapped = {"push": "zoom", "dolly zoom": "zoom"}.get(step.kind)
    return replace(step, kind=swapped, metres=None) if swapped else step


_Change = Callable[[RigPose, float], RigPose]  # the pose a step leads to, at its progress 0..1
_ORDER = ("push", "dolly zoom", "truck", "pedestal", "crane", "orbit", "pan", "tilt", "roll", "zoom")


class _Pilot:
    """Flies the steps one after another and remembers where it was when."""

    def __init__(
        self, scene: SceneDepth, up: np.ndarray, coverage: Callable[[np.ndarray, float], float], notes: list[str]
    ) -> None:
        self.coverage = coverage
        self.notes = notes
        self.size = Sizes.of(scene)
        length = float(np.linalg.norm(up))
        level = up / length if length > 1e-6 and math.isfinite(length) else np.array([0.0, 1.0, 0.0])
        # A camera that looks straight up or down has no horizon to keep.
        self.up = level if abs(level[2]) < 0.94 else np.array([0.0, 1.0, 0.0])
        self.base = RigPose(np.zeros(3))
        self.moves: list[tuple[float, float, RigPose, list[tuple[Step, _Change]]]] = []

    def add(self, group: list[Step], start: float, end: float, seconds: float) -> None:
        """Add steps that run together between `start` and `end` (0..1) of a shot of `seconds`."""
        group = sorted((step for step in group if step.kind != "hold"), key=lambda step: _ORDER.index(step.kind))
        if not group or end <= start:
            return
        duration = (end - start) * seconds
        extents = [self._extent(step, duration) for step in group]
        scale = self._room(group, extents)
        extents = [extent * scale for extent in extents]
        for step, extent in zip(group, extents, strict=True):
            asked = _asked(step)
            if asked is not None and abs(extent) < 0.97 * asked:
                self.notes.append(
                    f"A single still shows only so much: the {step.name} stops at {_amount_text(step, extent)}."
                )
        changes = [(step, self._change(step, extent)) for step, extent in zip(group, extents, strict=True)]
        self.moves.append((start, end, self.base, changes))
        self.base = _through(self.base, changes, 1.0)

    def keyframes(self, times: np.ndarray, seconds: float, shake: float, seed: int) -> tuple[Keyframe, ...]:
        """Poses at `times` (0..1)."""
        poses = [RigPose(np.zeros(3))] * len(times)
        for start, end, base, changes in self.moves:
            progress = [ease((times - start) / (end - start), *ramps(step)) for step, _ in changes]
            for i in np.flatnonzero(times > start):
                pose = base
                for (_, change), at in zip(changes, progress, strict=True):
                    pose = change(pose, float(at[i]))
                poses[i] = pose
        if shake:
            poses = shaken(poses, times * seconds, shake, seed, self.size.focus)
        return (
            Keyframe(0.0, _rows(np.eye(4)), 1.0),
            *(
                Keyframe(
                    round(float(t), 6), _rows(self._matrix(pose)), round(min(max(pose.zoom, LEAST_ZOOM), MOST_ZOOM), 6)
                )
                for t, pose in zip(times[1:], poses[1:], strict=True)
            ),
        )

    def _extent(self, step: Step, duration: float) -> float:
        """How far a step goes, signed: metres, radians or the logarithm of a zoom factor."""
        size = self.size
        usual, most = size.usual[step.kind], size.most[step.kind]
        manner = step.speed**0.5 if step.speed < 1 else min(step.speed, 2.0) ** 0.3
        long = min(max(duration / 5.0, 0.1), 2.0) ** 0.35
        extent = usual * step.amount * manner * (long if step.speed < 2.5 else 1.0)
        asked = _asked(step)
        fastest = duration * (TURN_SPEED if step.kind in _TURNS else TRAVEL_SPEED * size.focus) / 2.0
        if asked is None:
            return step.sign * min(extent, 0.8 * most, fastest)
        return step.sign * min(asked, most, fastest)

    def _room(self, group: list[Step], extents: list[float]) -> float:
        """The greatest factor (0..1) on the extents with which the camera stays in the room that is seen, and
        most of its frame within the still."""
        before = self._holes(self.base)
        allowed = max(
            MOST_HOLES_ASKED if _asked(step) is not None else min(HOLES * step.amount, MOST_HOLES) for step in group
        )
        # In a sequence every move may add something.
        most = max(allowed, before + min(0.5 * allowed, max(MOST_HOLES_ASKED - before, 0.0)))

        def fits(scale: float) -> bool:
            changes = [(step, self._change(step, extent * scale)) for step, extent in zip(group, extents, strict=True)]
            if not all(self.size.inside(_through(self.base, changes, u).position) for u in np.linspace(0.1, 1.0, 10)):
                return False
            return self._holes(_through(self.base, changes, 1.0)) <= most

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

    def _change(self, step: Step, extent: float) -> _Change:
        """What `step` does to a pose, over `extent`."""
        turned = self._rotation(self.base)
        ahead = -turned[:, 2]
        if step.kind == "push":
            return lambda pose, u: replace(pose, position=pose.position + ahead * (extent * u))
        if step.kind == "truck":
            return lambda pose, u: replace(pose, position=pose.position + turned[:, 0] * (extent * u))
        if step.kind == "pedestal":
            return lambda pose, u: replace(pose, position=pose.position + self.up * (extent * u))
        if step.kind == "crane":
            return lambda pose, u: replace(
                pose,
                position=pose.position + self.up * (extent * u),
                pitch=pose.pitch - 0.85 * math.atan2(extent * u, self.size.focus),
            )
        if step.kind == "orbit":
            pivot = self.base.position + ahead * self._subject()
            return lambda pose, u: replace(
                pose,
                position=pivot + _about(self.up, extent * u) @ (pose.position - pivot),
                yaw=pose.yaw + extent * u,
            )
        if step.kind == "dolly zoom":
            distance = self._subject()
            return lambda pose, u: replace(
                pose,
                position=pose.position + ahead * (extent * u),
                zoom=pose.zoom * (distance - extent * u) / distance,
            )
        if step.kind == "zoom":
            return lambda pose, u: replace(pose, zoom=pose.zoom * math.exp(extent * u))
        if step.kind == "pan":
            return lambda pose, u: replace(pose, yaw=pose.yaw - extent * u)
        if step.kind == "tilt":
            return lambda pose, u: replace(pose, pitch=pose.pitch + extent * u)
        return lambda pose, u: replace(pose, roll=pose.roll - extent * u)

    def _subject(self) -> float:
        """Metres from where the camera is now to what it looked at first."""
        return max(self.size.focus + float(self.base.position[2]), 0.3 * self.size.focus)

    def _rotation(self, pose: RigPose) -> np.ndarray:
        """Camera axes as columns: turned about the world's up, then tilted, then rolled."""
        x, z = np.array([1.0, 0.0, 0.0]), np.array([0.0, 0.0, 1.0])
        return _about(self.up, pose.yaw) @ _about(x, pose.pitch) @ _about(z, pose.roll)

    def _matrix(self, pose: RigPose) -> np.ndarray:
        matrix = np.eye(4)
        matrix[:3, :3] = self._rotation(pose)
        matrix[:3, 3] = pose.position
        return matrix


_TURNS = ("pan", "tilt", "roll", "orbit")


def _through(pose: RigPose, changes: list[tuple[Step, _Change]], u: float) -> RigPose:
    for _, change in changes:
        pose = change(pose, u)
    return pose


def _asked(step: Step) -> float | None:
    """The extent that the words give in figures: radians, the logarithm of a factor, or metres."""
    if step.kind in _TURNS:
        return math.radians(step.degrees) if step.degrees is not None else None
    if step.kind == "zoom":
        return math.log(min(max(step.factor, 1.01), 100.0)) if step.factor else None
    return step.metres


def _amount_text(step: Step, extent: float) -> str:
    if step.kind in _TURNS:
        return f"{math.degrees(abs(extent)):.0f} degrees"
    return f"{math.exp(abs(extent)):.1f} times" if step.kind == "zoom" else f"{abs(extent):.2g} m"


def _about(axis: np.ndarray, angle: float) -> np.ndarray:
    """Rotation matrix about a unit `axis` by `angle` radians (Rodrigues' formula)."""
    x, y, z = axis
    cross = np.array([[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]])
    return np.eye(3) + math.sin(angle) * cross + (1.0 - math.cos(angle)) * (cross @ cross)


def _rows(matrix: np.ndarray) -> tuple[tuple[float, ...], ...]:
    return tuple(tuple(round(float(value), 7) + 0.0 for value in row) for row in matrix)
