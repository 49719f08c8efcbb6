"""Further limits of what travels, on both sides, and the answer on a cluster as it is read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from client.protocol import Camera
from client.protocol.camera import IDENTITY, CameraPath, Focus, Keyframe, Thing, WordsPath, check_matrix
from client.protocol.cluster import Cluster, Gpu, Lane, Worker
from client.protocol.codec import from_json, to_json
from client.protocol.problem import Unfit

FLAT = {"projection": "orthographic", "width": 64, "height": 48, "cx": 32.0, "cy": 24.0}


@pytest.mark.parametrize(
    ("make", "good", "bad", "place"),
    [
        (lambda value: Camera(**FLAT, scale=value), 0.001, 0.0, "scale"),
        (lambda value: Camera(**FLAT, scale=value), 1e12, 1.1e12, "scale"),
        (lambda value: Camera(**{**FLAT, "projection": value}, scale=1.0), "orthographic", "fisheye", "projection"),
        (lambda value: Camera(**FLAT, scale=1.0, near=value), 1e12, 1.1e12, "near"),
        (lambda value: Camera(**FLAT, scale=1.0, fx=value), -1e12, -1.1e12, "fx"),
        (lambda value: Camera(**FLAT, scale=1.0, sight=((value,),)), 1e12, 1.1e12, "sight"),
        (lambda value: Camera(**FLAT, scale=1.0, sight=((1.0,) * value,)), 1, 0, "sight"),
        (lambda value: Focus(value), 1e12, 1.1e12, "distance"),
        (lambda value: Focus(1.0, "x" * value), 64, 65, "name"),
        (lambda value: Focus(1.0, position=(0.0,) * value), 3, 2, "position"),
        (lambda value: Thing("a", (value, 0, 0), (1, 1, 1)), -1e12, 1.1e12, "centre"),
        (lambda value: Thing("a", (0, 0, 0), (0, value, 0)), 0, -1e-9, "size"),
        (lambda value: check_matrix((*IDENTITY[:3], (0.0,) * value), "m"), 4, 3, "m"),
        (lambda value: check_matrix(IDENTITY[:value], "m"), 4, 3, "m"),
        (lambda value: check_matrix((*IDENTITY[:3], (0.0, 0.0, value, 1.0)), "m"), 1e12, float("inf"), "m"),
        (lambda value: CameraPath((Keyframe(0, IDENTITY),) * value), 1, 0, "keyframes"),
        (lambda value: CameraPath(tuple(Keyframe(t, IDENTITY) for t in value)), (0, 0.5), (0.5, 0.4), "keyframes"),
    ],
)  # fmt: skip
def test_both_sides_of_each_limit(make: Callable[[Any], Any], good: Any, bad: Any, place: str) -> None:
    make(good)
    with pytest.raises(Unfit) as refused:
        make(bad)
    assert refused.value.place == place


def test_what_a_cluster_says_is_read_as_it_was_written() -> None:
    lanes = (Lane("gpu", 3, 1, 2, 1), Lane("cpu"))
    workers = (Worker("gpu:0", "gpu", "busy", "draft", "v1", 12.5), Worker("cpu:0", "cpu", "off"))
    made = Cluster("1.0", "anna", lanes, workers, (Gpu(0, "H100", 5, 80, 0.5), Gpu(1, "H100", 0, 80)))
    assert from_json(Cluster, to_json(made)) == made
    bare = from_json(Cluster, {"version": "1", "user": "", "workers": [{"name": "w", "lane": "cpu", "state": "idle"}]})
    assert bare == Cluster("1", "", (), (Worker("w", "cpu", "idle", "", None, 0.0),), ())
    assert to_json(made)["gpus"][1] == {"index": 1, "name": "H100", "memory_used": 0, "memory_total": 80, "busy": None}
    with pytest.raises(Unfit, match=r"lanes\.0\.name: is missing"):
        from_json(Cluster, {"version": "1", "user": "", "lanes": [{}]})


def test_a_path_of_words_has_its_notes() -> None:
    path = CameraPath((Keyframe(0.0, IDENTITY, 2.0), Keyframe(1.0, IDENTITY)))
    assert from_json(WordsPath, to_json(WordsPath(path, ("one", "two")))) == WordsPath(path, ("one", "two"))
    assert from_json(WordsPath, {"path": to_json(path)}).notes == ()
