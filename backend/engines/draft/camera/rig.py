"""The camera on its rig while a move is planned, and the unsteadiness of an operator."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np


@dataclass(frozen=True)
class RigPose:
    """Where the rig holds the camera. Position in metres; yaw, pitch, roll in radians (left, up, counterclockwise are
    positive); zoom."""

    position: np.ndarray
    yaw: float = 0.0
    pitch: float = 0.0
    roll: float = 0.0
    zoom: float = 1.0


def rotation(pose: RigPose, up: np.ndarray) -> np.ndarray:
    """Camera axes as columns, 3x3: turned about the world's `up` (a unit vector), then tilted, then rolled."""
    x, z = np.array([1.0, 0.0, 0.0]), np.array([0.0, 0.0, 1.0])
    return about(up, pose.yaw) @ about(x, pose.pitch) @ about(z, pose.roll)


def angles_to(there: np.ndarray, up: np.ndarray) -> tuple[float, float]:
    """The yaw and pitch with which a camera looks along `there`, for `up` as above; the nearest where none does."""
    length = float(np.linalg.norm(there))
    if length < 1e-9:
        return 0.0, 0.0
    height = float(there @ up) / length
    tall, lean = math.hypot(up[1], up[2]), math.atan2(up[2], up[1])
    pitch = lean + math.asin(min(max(height / max(tall, 1e-6), -1.0), 1.0))
    ahead = np.array([0.0, math.sin(pitch), -math.cos(pitch)])
    from_, to = (level_part(vector, up) for vector in (ahead, there))
    return math.atan2(float(np.cross(from_, to) @ up), float(from_ @ to)), pitch


def turn_to(base: RigPose, there: np.ndarray, up: np.ndarray) -> tuple[float, float]:
    """Radians to the left and up that bring what lies along `there` from the camera into the middle."""
    yaw, pitch = angles_to(there, up)
    return wrapped(yaw - base.yaw), pitch - base.pitch


def wrapped(angle: float) -> float:
    """The same angle within -pi..pi radians."""
    return (angle + math.pi) % math.tau - math.pi


def level_part(direction: np.ndarray, up: np.ndarray) -> np.ndarray:
    """`direction` without how far it rises, for `up` as above."""
    flat: np.ndarray = direction - up * float(direction @ up)
    return flat


def levelled(direction: np.ndarray, up: np.ndarray) -> np.ndarray:
    """The unit vector along `direction` that is level, for `up` as above; `direction` itself where it is upright."""
    flat = level_part(direction, up)
    length = float(np.linalg.norm(flat))
    return flat / length if length > 1e-6 else direction


def about(axis: np.ndarray, angle: float) -> np.ndarray:
    """Rotation matrix about a unit `axis` by `angle` radians (Rodrigues' formula)."""
    x, y, z = axis
    cross = np.array([[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]])
    return np.eye(3) + math.sin(angle) * cross + (1.0 - math.cos(angle)) * (cross @ cross)


def shaken(poses: list[RigPose], seconds: np.ndarray, amount: float, seed: int, focus: float) -> list[RigPose]:
    """The poses with the unsteadiness of an operator: slow sway, breath and a little tremor, from rest at t
    = 0."""
    random = np.random.default_rng([seed & 0xFFFFFFFF, 0x5A])
    fade = np.clip(seconds / 0.8, 0.0, 1.0)
    fade = amount * fade * fade * (3.0 - 2.0 * fade)

    def sway() -> np.ndarray:
        wave = np.zeros_like(seconds)
        for low, high, weight in ((0.15, 0.4, 1.0), (0.6, 1.2, 0.5), (1.8, 3.2, 0.14)):
            wave += weight * np.sin(math.tau * (random.uniform(low, high) * seconds + random.uniform()))
        return fade * wave / 1.2

    reach = 0.006 * min(focus, 8.0)
    x, y, z = reach * sway(), 0.8 * reach * sway(), 0.5 * reach * sway()
    yaw, pitch, roll = math.radians(0.5) * sway(), math.radians(0.4) * sway(), math.radians(0.25) * sway()
    return [
        replace(
            pose,
            position=pose.position + np.array([x[i], y[i], z[i]]),
            yaw=pose.yaw + float(yaw[i]),
            pitch=pose.pitch + float(pitch[i]),
            roll=pose.roll + float(roll[i]),
        )
        for i, pose in enumerate(poses)
    ]
