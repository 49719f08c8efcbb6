"""Calls are as /openapi.json says, over real HTTP."""

from __future__ import annotations

import pytest

from tests.backend.api.test_requests import error
from tests.backend.service_process import Service


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("videos?limit=x", "limit is a whole number from 1 to 1000."),
        ("videos?limit=0", "limit is a whole number from 1 to 1000."),
        ("videos?limit=1001", "limit is a whole number from 1 to 1000."),
        ("videos?limit=1.5", "limit is a whole number from 1 to 1000."),
        ("videos?limit=1_000", "limit is a whole number from 1 to 1000."),
        ("videos?limit=%205", "limit is a whole number from 1 to 1000."),
        ("videos?limit=%EF%BC%91", "limit is a whole number from 1 to 1000."),
        ("videos?limit=" + "9" * 5000, "limit is a whole number from 1 to 1000."),
        ("videos?order=up", "order is one of asc, desc."),
        ("spending?since=yesterday", "since is a number."),
        ("spending?since=nan", "since is a number."),
        ("spending?since=1_0.5", "since is a number."),
        ("spending?since=1e400", "since is a number."),
        ("spending?since=-inf", "since is a number."),
    ],
)
def test_a_query_that_does_not_fit_says_what_would(service: Service, query: str, message: str) -> None:
    answer = service.http.get(f"/v1/{query}")
    param = message.split()[0]
    assert (answer.status_code, error(answer)["param"], error(answer)["message"]) == (400, param, message)


def test_the_edges_of_a_query_fit(service: Service) -> None:
    assert service.http.get("/v1/videos?limit=1&order=asc").status_code == 200
    assert service.http.get("/v1/videos?limit=1000").status_code == 200
    assert service.http.get("/v1/spending?since=-1.5e3").json() == {"film": {}, "since": {}}
    assert service.http.get("/v1/spending?since=0.5").json() == {"film": {}, "since": {}}


def test_every_call_is_described(service: Service) -> None:
    paths = service.http.get("/openapi.json").json()["paths"]
    assert [name["name"] for name in paths["/v1/videos"]["get"]["parameters"]] == ["limit", "after", "order"]
    assert paths["/v1/videos/{job_id}/content"]["head"]["parameters"][0] == {
        "name": "job_id",
        "in": "path",
        "required": True,
        "schema": {"type": "string"},
    }
    for path, methods in paths.items():
        allowed = service.http.request("PATCH", path.replace("{job_id}", "video_nothing"))
        assert allowed.status_code == 405, path
        assert allowed.headers["allow"].lower().split(", ") == sorted(methods), path


def test_a_stream_has_no_head(service: Service) -> None:
    assert service.http.head("/v1/videos/video_nothing/events").status_code == 405
