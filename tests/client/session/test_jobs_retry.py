"""What becomes of a failed job that is to go on at its server, offline."""

from __future__ import annotations

from typing import Any

import pytest

from client.api.errors import ApiError
from client.jobs.record import FAILED, SENT
from client.protocol import Problem
from tests.client.desk import Desk, Server


def failed(desk: Desk, key: str, **facts: Any) -> None:
    """A job that ended without a take."""
    record = desk.add(key, SENT)
    desk.jobs._open.pop(key)
    for name, value in {"state": FAILED, "problem": Problem("uncertain", "Perhaps."), **facts}.items():
        setattr(record, name, value)
    desk.journal.save(record)


def kept(desk: Desk, key: str) -> tuple[str, Problem | None]:
    record = desk.journal.get(key)
    assert record is not None
    return record.state, record.problem


@pytest.mark.parametrize("again", [True, False])
def test_a_failed_job_goes_on_at_its_server(again: bool, desk: Desk) -> None:
    api = Server()
    failed(desk, "k1")
    desk.jobs.retry("k1", again, api)
    assert api.calls == [("retry", "v-k1", again)]
    assert kept(desk, "k1") == (SENT, None)
    api.calls.clear()
    assert desk.step(api) == [("job", "v-k1")]  # it is tended to again
    assert desk.failures() == []


@pytest.mark.parametrize("facts", [{"state": SENT}, {"id": None}, {"server": "http://else"}])
def test_what_has_not_failed_here_is_not_retried(facts: dict[str, Any], desk: Desk) -> None:
    api = Server()
    failed(desk, "k1", **facts)
    desk.jobs.retry("k1", True, api)
    desk.jobs.retry("nobody", True, api)
    assert api.calls == [] and not desk.jobs.busy("local")
    assert kept(desk, "k1")[0] == facts.get("state", FAILED)


def test_a_job_that_can_not_go_on_is_reported_with_the_reason_and_one_out_of_reach_stays(desk: Desk) -> None:
    api = Server()
    failed(desk, "k1")
    api.says["retry"] = ApiError("gone", "Its order is gone.", "retry", 409)
    desk.jobs.retry("k1", False, api)
    assert desk.failures() == [("k1", "gone")]
    assert kept(desk, "k1") == (FAILED, Problem("gone", "Its order is gone.", "retry"))  # also after a restart
    api.says["retry"] = ApiError("unreachable", "Nobody.", "retry")
    with pytest.raises(ApiError):
        desk.jobs.retry("k1", False, api)
    assert desk.failures() == [("k1", "gone")] and kept(desk, "k1")[0] == FAILED
