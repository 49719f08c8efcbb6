"""How an engine words a direction, through the session: from the real service, and where there is no answer."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from client.events import READY, BackendState, FinalPrompt
from client.session import Session
from client.target import LocalTarget, RemoteTarget
from tests.client.conftest import wait_for
from tests.client.fake_server import FakeServer

ROOT = Path(__file__).resolve().parents[2]
EXTRA = {
    "dialogue": [{"speaker": "Anna", "language": "French", "line": "On est en retard."}],
    "sound": "rain",
    "options": {"scene": {"lens_mm": 50.0}},
}
Make = Callable[..., Session]


def test_the_real_service_words_a_direction(make_session: Make) -> None:
    session = make_session()
    session.connect(LocalTarget(ROOT, Path(sys.executable)))
    session.word("s1", "happyhorse", "anna turns", EXTRA)
    told = wait_for(session, FinalPrompt, 60)
    assert (told.key, told.error) == ("s1", None)
    assert told.prompt.startswith("Anna turns. A shot on a 50 mm standard lens. Anna says in French,")
    assert told.prompt.endswith("Background Sound:\n<rain>")
    session.word("s2", "nobody", "anna turns", {})
    told = wait_for(session, FinalPrompt)
    assert told.error is not None
    assert (told.key, told.prompt, told.error["code"]) == ("s2", "", "unknown_model")
    assert not any(isinstance(event, BackendState) and event.state != READY for event in session.poll())


def test_another_kind_of_server_takes_the_prompt_as_it_is(make_session: Make, server: FakeServer) -> None:
    session = make_session()
    session.connect(RemoteTarget(server.url))
    session.word("s1", "happyhorse", "anna turns", EXTRA)
    assert wait_for(session, FinalPrompt).prompt == "As a model reads it."
    assert server.worded == [{"model": "happyhorse", "prompt": "anna turns", "extra_params": EXTRA}]
    server.script.plain = True
    session.word("s2", "happyhorse", "anna turns", EXTRA)
    assert wait_for(session, FinalPrompt) == FinalPrompt("s2", "anna turns")


def test_without_a_server_it_says_so(make_session: Make, server: FakeServer) -> None:
    session = make_session()
    session.connect(RemoteTarget(server.url))
    wait_for(session, BackendState, test=lambda event: event.state == READY)
    server.close()
    session.word("s1", "happyhorse", "anna turns", {})
    told = wait_for(session, FinalPrompt)
    assert told.error is not None
    assert (told.prompt, told.error["code"]) == ("", "unreachable")
    session.word("s2", "happyhorse", "anna turns", {})
    told = wait_for(session, FinalPrompt)
    assert told.error is not None
    assert told.error["code"] in ("unreachable", "not_connected")
