"""The camera path that a direction's words mean, asked for over real HTTP before anything is made."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from client.api.calls import Api
from client.protocol import Camera, Direction, Focus, Thing
from tests.backend.service_process import TOKEN, Service

# 1.6 m above the ground, looking along the world's +Y.
LEVEL = ((1.0, 0.0, 0.0, 0.0), (0.0, 0.0, -1.0, 0.0), (0.0, 1.0, 0.0, 1.6), (0.0, 0.0, 0.0, 1.0))
SOFA = Thing("Sofa_Leather", (1.0, -1.2, -5.0), (2.0, 0.8, 0.9))
DOORWAY = Thing("Doorway", (-0.5, -0.6, -17.0), (0.9, 2.0, 0.2))
ANNA = Thing("Anna", (0.2, -0.7, -2.0), (0.5, 1.8, 0.3), person=True)
CAMERA = Camera(
    "perspective", 1920, 1080, 960.0, 540.0, 1600.0, 1600.0, matrix_world=LEVEL, things=(SOFA, DOORWAY, ANNA)
)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    running = Service(tmp_path_factory.mktemp("home"), "backend serve").start()
    yield running
    running.end()


@pytest.fixture(scope="module")
def api(service: Service) -> Api:
    return Api(service.url, TOKEN)


def poses(api: Api, prompt: str, camera: Camera | None = CAMERA, seconds: float = 6.0, seed: int = 0) -> Any:
    """The poses of a path, [keyframes, 4, 4], and its notes."""
    found = api.words_path("draft", Direction(prompt), camera, seconds, seed)
    assert found is not None
    return np.array([key.matrix for key in found.path.keyframes]), found.notes


def test_a_way_through_a_doorway_is_whole(api: Api) -> None:
    found, notes = poses(api, "fly through the doorway")
    assert notes == ()
    # Level, through the middle of the opening, and on behind it.
    crossing = np.abs(found[:, 2, 3] - DOORWAY.centre[2]).argmin()
    assert found[crossing, 0, 3] == pytest.approx(-0.5, abs=0.1)
    assert found[-1, 2, 3] == pytest.approx(-18.0, abs=0.3)


def test_a_full_turn_about_what_is_named_comes_back(api: Api) -> None:
    found, notes = poses(api, "360 around the sofa")
    assert notes == ()
    away = found[:, :3, 3] - np.array(SOFA.centre)
    np.testing.assert_allclose(np.hypot(away[:, 0], away[:, 2]), math.hypot(1.0, 5.0), rtol=1e-4)
    np.testing.assert_allclose(found[-1], np.eye(4), atol=1e-5)
    middle = found[len(found) // 2]
    assert middle[0, 3] == pytest.approx(2.0, abs=0.3) and middle[2, 3] == pytest.approx(-10.0, abs=0.3)


def test_what_the_lens_focuses_on_is_what_a_move_without_a_name_turns_about(api: Api) -> None:
    camera = Camera(**{**vars(CAMERA), "things": (), "focus": Focus(2.0)})
    found, _ = poses(api, "orbit left 90 degrees", camera)
    np.testing.assert_allclose(found[-1, :3, 3], (-2.0, 0.0, -2.0), atol=1e-5)


def test_the_same_seed_is_the_same_path_and_another_is_not(api: Api) -> None:
    one, same, other = (poses(api, "slow push in", seed=seed)[0] for seed in (7, 7, 8))
    np.testing.assert_array_equal(one, same)
    assert abs(one[-1, 2, 3] - other[-1, 2, 3]) > 0.02


def test_without_a_camera_there_is_a_path_too(api: Api) -> None:
    found, _ = poses(api, "truck left 2 metres", None)
    np.testing.assert_allclose(found[-1, :3, 3], (-2.0, 0.0, 0.0), atol=1e-6)


def test_an_engine_that_makes_no_path_of_words_says_none(api: Api, service: Service) -> None:
    assert api.words_path("happyhorse", Direction("push in"), None, 5.0, 1) is None
    data = service.http.get("/v1/models").json()["data"]
    assert [engine["id"] for engine in data if engine["words_path"]] == ["draft"]
    assert service.http.get("/v1/videos").json()["data"] == []


@pytest.mark.parametrize(
    ("camera", "param"),
    [
        ({"focus": {"distance": 0}}, "extra_params.camera.focus.distance"),
        ({"things": [{"name": "x" * 65, "centre": [0, 0, 0], "size": [1, 1, 1]}]}, "extra_params.camera.things.0.name"),
        ({"things": [{"name": "a", "centre": [0, 0, 0], "size": [1, 1, 1]}] * 65}, "extra_params.camera.things"),
        ({"things": [{"name": "a", "centre": [0, 0], "size": [1, 1, 1]}]}, "extra_params.camera.things.0.centre"),
        ({"things": [{"name": "a", "centre": [0, 0, 0], "size": [1, -1, 1]}]}, "extra_params.camera.things.0.size"),
        ({"sight": [[1.0], [1.0, 2.0]]}, "extra_params.camera.sight"),
        ({"sight": [[-1.0]]}, "extra_params.camera.sight"),
    ],
)
def test_what_does_not_fit_is_named(service: Service, camera: dict[str, Any], param: str) -> None:
    plain = {"projection": "perspective", "width": 64, "height": 36, "cx": 32, "cy": 18, "fx": 50, "fy": 50}
    answer = service.http.post("/v1/path", json={"prompt": "push in", "extra_params": {"camera": plain | camera}})
    assert answer.status_code == 400
    assert answer.json()["error"]["param"] == param
