"""A camera that turns, the way of words that say so, and the timer that goes on: for tests of stills in the queue."""

from __future__ import annotations

import math

import numpy as np
from take_one.client.protocol import CameraPath, Keyframe, WordsPath
from take_one.scene.app import timer
from take_one.scene.app.app import app

FIRST = 17


def turn(camera, degrees):
    begin = camera.rotation_euler.z
    for frame, angle in ((FIRST, 0), (FIRST + 23, degrees)):
        camera.rotation_euler.z = begin + math.radians(angle)
        camera.keyframe_insert("rotation_euler", frame=frame)
    camera.rotation_euler.z = begin


def pan(degrees):
    keys = []
    for t in np.linspace(0, 1, 9).tolist():
        c, s = math.cos(math.radians(degrees * t)), math.sin(math.radians(degrees * t))
        keys.append(Keyframe(t, ((c, 0.0, s, 0.0), (0.0, 1.0, 0.0, 0.0), (-s, 0.0, c, 0.0), (0.0, 0.0, 0.0, 1.0))))
    return WordsPath(CameraPath(tuple(keys)))


def until(condition):
    """Let the timer go on until it is true."""
    for _ in range(4000):
        if condition():
            return
        for due in app().part(timer.Tasks)._due:
            due.at = 0
        app().part(timer.Tasks).run()
    raise AssertionError("it never came")
