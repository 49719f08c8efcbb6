"""What an engine composes of a direction, through the session: from the real service, and where there is no answer."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from client.events import READY, BackendState, FinalPrompt
from client.protocol import Direction, Line
from client.session import Session
from client.target import LocalTarget, RemoteTarget
from tests.client.conftest import wait_for
from tests.client.fake_server import OPENAI, FakeServer

ROOT = Path(__file__).resolve().parents[3]
DIRECTION = Direction("anna turns", (Line("Anna", "French", "On est en retard."),), "rain")
OPTIONS = {"scene": {"lens_mm": 50.0}}
Make = Callable[..., Session]


def test_the_real_service_composes_a_prompt(make_session: Make) -> None:
    session = make_session()
    session.connect(LocalTarget(ROOT, Path(sys.executable)))
    session.compose_prompt("s1", "happyhorse", DIRECTION, OPTIONS)
    answer = wait_for(session, FinalPrompt, 60)
    assert (answer.key, answer.problem) == ("s1", None)
    assert answer.prompt.startswith("Anna turns. A shot on a 50 mm standard lens. Anna says in French,")
    assert answer.prompt.endswith("Background Sound:\n<rain>")
    session.compose_prompt("s2", "nobody", DIRECTION, {})
    answer = wait_for(session, FinalPrompt)
    assert answer.problem is not None
    assert (answer.key, answer.prompt, answer.problem.code) == ("s2", "", "unknown_model")
    assert not any(isinstance(event, BackendState) and event.state != READY for event in session.poll())


def test_another_kind_of_server_takes_the_prompt_as_it_is(make_session: Make, server: FakeServer) -> None:
    session = make_session()
    session.connect(RemoteTarget(server.url))
    session.compose_prompt("s1", "happyhorse", DIRECTION, OPTIONS)
    assert wait_for(session, FinalPrompt).prompt == "As a model reads it."
    assert server.asked_prompts == [
        {
            "model": "happyhorse",
            "prompt": "anna turns",
            "extra_params": {
                "dialogue": [{"speaker": "Anna", "language": "French", "line": "On est en retard."}],
                "sound": "rain",
                "options": {"scene": {"lens_mm": 50.0}},
            },
        }
    ]
    server.script.dialect = OPENAI
    session.compose_prompt("s2", "happyhorse", DIRECTION, OPTIONS)
    assert wait_for(session, FinalPrompt) == FinalPrompt("s2", "anna turns")


def test_without_a_server_it_says_so(make_session: Make, server: FakeServer) -> None:
    session = make_session()
    session.connect(RemoteTarget(server.url))
    wait_for(session, BackendState, test=lambda event: event.state == READY)
    server.close()
    session.compose_prompt("s1", "happyhorse", DIRECTION, {})
    answer = wait_for(session, FinalPrompt)
    assert answer.problem is not None
    assert (answer.prompt, answer.problem.code) == ("", "unreachable")
    session.compose_prompt("s2", "happyhorse", DIRECTION, {})
    answer = wait_for(session, FinalPrompt)
    assert answer.problem is not None
    assert answer.problem.code in ("unreachable", "not_connected")
