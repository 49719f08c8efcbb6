"""The final prompt of a direction, asked for over real HTTP before anything is made."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from tests.backend.service_process import ROOT, Service

DIRECTION = {
    "dialogue": [{"speaker": "Anna", "language": "German", "line": "Wir sind spät dran."}],
    "sound": "rain on a window",
    "options": {"scene": {"lens_mm": 35.0, "shot_size": "medium shot", "time_of_day": "day", "objects": ["Sofa"]}},
}


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    running = Service(tmp_path_factory.mktemp("home"), "backend serve").start()
    yield running
    running.end()


def ask(service: Service, **body: Any) -> Any:
    return service.http.post("/v1/prompt", json=body)


def test_an_engine_with_a_form_words_the_direction(service: Service) -> None:
    answer = ask(service, model="happyhorse", prompt="anna turns to the window", extra_params=DIRECTION)
    assert answer.json() == {
        "prompt": "Anna turns to the window. A medium shot on a 35 mm standard lens. Day. In view: sofa. "
        'Anna says in German, "Wir sind spät dran."\n\n'
        'Dialogue:\n<Anna, German>: "Wir sind spät dran."\n\n'
        "Background Sound:\n<rain on a window>"
    }
    assert service.http.get("/v1/videos").json()["data"] == []


def test_an_own_prompt_is_used_as_it_is(service: Service) -> None:
    extra = {**DIRECTION, "options": {"final_prompt": "All mine."}}
    assert ask(service, model="happyhorse", prompt="push in", extra_params=extra).json() == {"prompt": "All mine."}


@pytest.mark.parametrize("model", [{"model": "draft"}, {}])
def test_an_engine_without_a_form_takes_the_prompt_as_it_is(service: Service, model: dict[str, str]) -> None:
    assert ask(service, prompt="  push in", extra_params=DIRECTION, **model).json() == {"prompt": "  push in"}


@pytest.mark.parametrize(
    ("body", "code", "param"),
    [({"model": "nobody"}, "unknown_model", "model"), ({"prompt": 7}, "invalid_request", "prompt"),
     ({"model": "happyhorse", "extra_params": {"options": {"scene": "dusk"}}}, "invalid_request",
      "extra_params.options.scene"),
     ({"extra_params": {"dialogue": [{"language": "Klingon", "line": "Hab."}]}}, "invalid_request",
      "extra_params.dialogue.0.language")],
)  # fmt: skip
def test_what_is_wrong_is_named(service: Service, body: dict[str, Any], code: str, param: str) -> None:
    answer = ask(service, **body)
    assert answer.status_code == 400
    assert (answer.json()["error"]["code"], answer.json()["error"]["param"]) == (code, param)


def test_only_an_object_is_a_body(service: Service) -> None:
    assert service.http.post("/v1/prompt", content=b"[1]").json()["error"]["param"] == "body"
    assert service.http.post("/v1/prompt", content=b"{").status_code == 400
    assert service.http.post("/v1/prompt", json={}, headers={"Authorization": ""}).status_code == 401


def test_the_engines_say_which_of_them_have_a_form(service: Service) -> None:
    data = service.http.get("/v1/models").json()["data"]
    forms = {engine["id"]: engine["prompt_form"] for engine in data if engine["lane"] != "network"}
    assert forms == {"draft": False, "happyhorse": True}
    assert all(engine["prompt_form"] for engine in data if engine["lane"] == "network")


def test_wording_loads_no_torch() -> None:
    code = (
        "import sys, fractions; from backend.engines.registry import engine;"
        "from devtools.take_requests import take_request;"
        "print(engine('happyhorse').final_prompt(take_request('push in', size=(16, 16))));"
        "sys.exit('torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("Push in.\n\nBackground Sound:")
