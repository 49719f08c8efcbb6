"""A share of the malformed requests of bench/server/malformed.py: no crash, no 5xx, and every error in its shape."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.backend import malformed
from tests.backend.malformed import Tally
from tests.backend.service_process import Service


@pytest.mark.parametrize("send", [malformed.send_ours, malformed.send_by_schema], ids=["ours", "schema"])
def test_nothing_that_is_sent_breaks_the_service(
    service: Service, still: bytes, send: Callable[[Service, str, int, int, Tally], None]
) -> None:
    job = service.submit(still, options={"frames": 1}).json()["id"]
    service.wait(job)
    tally = Tally()
    send(service, job, 150, 20_261, tally)
    assert tally.wrong == []
    assert tally.statuses.total() > 100
    unknown = tally.statuses[404] + tally.statuses[405]
    assert tally.statuses[400] > 20 and unknown > 1 and tally.statuses[200] > 3, tally.statuses
    assert service.process is not None and service.process.poll() is None
    assert service.job(job)["status"] == "completed"


def test_the_documented_busy_of_a_guide_is_counted_apart() -> None:
    busy = b'{"error": {"code": "busy", "message": "Try again.", "param": null, "fix": "retry"}}'
    tally = Tally()
    tally.note("POST /v1/guide", 503, "application/json", busy)
    assert (tally.busy, tally.wrong) == (1, [])
    tally.note("POST /v1/guide", 503, "text/html", busy)
    tally.note("POST /v1/guide", 503, "application/json", busy.replace(b'"message"', b'"words"'))
    tally.note("POST /v1/guide", 503, "application/json", busy.replace(b"busy", b"failed"))
    tally.note("GET /v1/videos", 503, "application/json", busy)
    tally.note("POST /v1/guide", 500, "application/json", busy)
    assert (tally.busy, len(tally.wrong), tally.statuses[503]) == (1, 5, 5)
