"""What is seen of the service while it works: numbers for Prometheus, what runs where, and the page that shows it."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from backend.api.watch import cards
from client.protocol.cluster import Gpu
from tests.backend.export.browser import browser, program
from tests.backend.service_process import FOR_HOURS, ROOT, Service
from tests.backend.several.conftest import CARDS, TOKENS, Shared

GIB = 1 << 30


def samples(service: Service) -> dict[str, float]:
    """What /metrics says, as Prometheus reads it: by name and labels."""
    answer = service.http.get("/metrics")
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    found: dict[str, float] = {}
    for family in text_string_to_metric_families(answer.text):
        assert family.documentation and family.type in ("gauge", "counter", "histogram"), family
        for sample in family.samples:
            labels = ",".join(f"{name}={value}" for name, value in sorted(sample.labels.items()))
            name = f"{sample.name}{{{labels}}}"
            assert name not in found
            found[name] = sample.value
    return found


def settled(service: Service, name: str, value: float) -> dict[str, float]:
    """The numbers once one of them is what it should be: a job is counted after it is over."""
    until = time.monotonic() + 60
    while (found := samples(service)).get(name) != value and time.monotonic() < until:
        time.sleep(0.05)
    assert found.get(name) == value, found
    return found


def worker(service: Service, state: str) -> dict[str, Any]:
    """The card's worker as /v1/cluster tells of it, once it is in this state: a job is at work a moment before."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        (found,) = [one for one in service.http.get("/v1/cluster").json()["workers"] if one["lane"] == "gpu"]
        if found["state"] == state:
            break
        time.sleep(0.02)
    assert found["state"] == state
    return dict(found)


def test_numbers_count_what_happened(shared: Shared, still: bytes) -> None:
    began, clock = samples(shared), time.monotonic()
    assert shared.http.get("/metrics", headers={"Authorization": ""}).status_code == 401
    with shared.by("ben") as service:
        making = service.submit(still, model="card", options=FOR_HOURS, prompt="secret").json()["id"]
        service.wait(making, "in_progress")
    with shared.by("anna") as service:
        bad = service.submit(still, model="card", options={"end": "engine_error"}).json()["id"]
        good = service.submit(still, model="card").json()["id"]
    worker(shared, "busy")
    during = samples(shared)
    assert during["take_one_jobs{lane=gpu,state=in_progress}"] == 1
    assert during["take_one_jobs{lane=gpu,state=queued}"] == 2
    assert during["take_one_users_waiting{lane=gpu}"] == 1
    assert during["take_one_jobs{lane=network,state=queued}"] == 0
    assert {state: during[f"take_one_workers{{lane=gpu,state={state}}}"] for state in ("busy", "idle", "off")} == {
        "busy": 1,
        "idle": 0,
        "off": 0,
    }
    assert during["take_one_workers{lane=network,state=off}"] == 4
    assert during["take_one_gpu_memory_used_bytes{gpu=0}"] == 20 * GIB
    assert during["take_one_gpu_memory_total_bytes{gpu=1}"] == 81_559 << 20
    assert during["take_one_gpu_busy_ratio{gpu=0}"] == 0.87
    with shared.by("ben") as service:
        service.http.post(f"/v1/videos/{making}/cancel")
    with shared.by("anna") as service:
        assert (service.wait(bad)["status"], service.wait(good)["status"]) == ("failed", "completed")
    makes = "take_one_make_seconds_count{engine=card,lane=gpu}"
    after = settled(shared, makes, began.get(makes, 0) + 1)

    def risen(name: str) -> float:
        return after[name] - began.get(name, 0)

    assert risen("take_one_wait_seconds_count{engine=card,lane=gpu}") == 3
    assert risen("take_one_wait_seconds_bucket{engine=card,lane=gpu,le=+Inf}") == 3
    assert 0 < risen("take_one_make_seconds_sum{engine=card,lane=gpu}") < time.monotonic() - clock
    assert risen("take_one_failures_total{code=no_camera,engine=card}") == 1
    assert risen("take_one_cancels_total{engine=card}") == 1
    text = shared.http.get("/metrics").text
    assert not re.search(f"secret|anna|ben|video_|{'|'.join(TOKENS.values())}", text)


def test_each_sees_where_their_own_jobs_are(shared: Shared, still: bytes) -> None:
    with shared.by("ben") as service:
        up = service.submit(still, model="card", seconds="0.1").json()["id"]
        assert service.wait(up)["status"] == "completed"  # a worker that still starts is ended with its job
        before = time.time()
        making = service.submit(still, model="card", options=FOR_HOURS).json()["id"]
        service.wait(making, "in_progress")
        since = worker(service, "busy")["since"]
        service.submit(still, model="card")
        waiting = service.http.get("/v1/videos", params={"limit": 1}).json()["first_id"]
    for user, job, counts in (("ben", making, (1, 1, 1, 1)), ("anna", None, (1, 1, 0, 0)), ("", None, (1, 1, 0, 0))):
        with shared.by(user) as service:
            said = service.http.get("/v1/cluster").json()
        assert said["user"] == user
        (lane,) = [lane for lane in said["lanes"] if lane["name"] == "gpu"]
        names = ("waiting", "making", "your_waiting", "your_making")
        assert tuple(lane[name] for name in names) == counts
        (one,) = [one for one in said["workers"] if one["lane"] == "gpu"]
        told = {"name": "gpu:0", "lane": "gpu", "state": "busy", "engine": "card", "job": job, "since": since}
        assert one == told and before <= since <= time.time()
        assert [gpu["memory_used"] for gpu in said["gpus"]] == [20 * GIB, 4 << 20]
    with shared.by("ben") as service:
        for one in (waiting, making):
            service.http.delete(f"/v1/videos/{one}")
    one = worker(shared, "idle")
    assert (one["engine"], one["job"]) == ("card", None)


def test_a_screen_on_the_wall_sees_all_of_it_and_makes_nothing(shared: Shared, still: bytes) -> None:
    with shared.by("wall") as service:
        assert service.http.get("/v1/cluster").json()["user"] == "wall"
        for path in ("/metrics", "/status", "/health"):
            assert service.http.get(path).status_code == 200
        calls = [("GET", "/v1/models"), ("GET", "/v1/videos"), ("GET", "/v1/spending"), ("GET", "/openapi.json")]
        calls += [
            ("GET", "/v1/cluster/"),
            ("GET", "//metrics"),
            ("POST", "/v1/prompt"),
            ("DELETE", "/v1/videos/video_1"),
        ]
        answers = [service.submit(still), *(service.http.request(*call) for call in calls)]
    assert [answer.status_code for answer in answers] == [403] * len(answers)
    error = answers[0].json()["error"]
    said = "This token only shows what runs here. Takes need one of your own."
    assert (error["code"], error["message"], error["fix"]) == ("forbidden", said, "connect")


def test_prometheus_may_ask_as_the_page_says(shared: Shared, tmp_path: Path) -> None:
    page = (ROOT / "docs" / "remote-server.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    (job,) = yaml.safe_load(block)["scrape_configs"]
    assert job.keys() == {"job_name", "metrics_path", "scheme", "authorization", "static_configs"}
    assert job["authorization"].keys() == {"type", "credentials_file"}
    assert [target.rpartition(":")[2] for target in job["static_configs"][0]["targets"]] == ["8000"]
    kept = tmp_path / Path(job["authorization"]["credentials_file"]).name
    kept.write_text(TOKENS["wall"] + "\n")  # Prometheus takes blanks off its ends
    headers = {"Authorization": f"{job['authorization']['type']} {kept.read_text().strip()}"}
    answer = shared.http.get(job["metrics_path"], headers=headers)
    assert (answer.status_code, job["scheme"]) == (200, "http")


def test_what_the_driver_says_is_read() -> None:
    said = "\n".join((*CARDS, "2, NVIDIA GB10, [N/A], [N/A], 3", '3, "A, B", 7, 9, [Not Supported]', "No devices", ""))
    assert cards.read(said) == (
        Gpu(0, "NVIDIA H100 80GB HBM3", 20 * GIB, 81_559 << 20, 0.87),
        Gpu(1, "NVIDIA H100 80GB HBM3", 4 << 20, 81_559 << 20, 0.0),
        Gpu(3, "A, B", 7 << 20, 9 << 20, None),
    )
    assert cards.read("") == ()


def test_the_page_is_open_and_empty_and_lets_nothing_in(shared: Shared) -> None:
    answer = shared.http.get("/status", headers={"Authorization": ""})
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    policy = dict(part.strip().split(" ", 1) for part in answer.headers["content-security-policy"].split(";"))
    assert policy["default-src"] == policy["base-uri"] == policy["form-action"] == policy["frame-ancestors"] == "'none'"
    assert policy["connect-src"] == "'self'"
    assert all(re.fullmatch("'sha256-[^ ]+'", policy[name]) for name in ("script-src", "style-src"))
    assert not re.search(r"https?:|src=|href=|url\(|@import|innerHTML|gpu:0|anna", answer.text)
    for method in ("POST", "DELETE", "PUT"):
        assert shared.http.request(method, "/status").status_code == 405
    assert shared.http.get("/status/", headers={"Authorization": ""}).status_code == 401
    assert shared.http.get("/status", headers={"Host": "evil.example"}).status_code == 403


@pytest.mark.skipif(program() is None, reason="there is no Chromium: the variable CHROMIUM names one")
def test_the_page_shows_what_runs_where(shared: Shared, still: bytes, tmp_path: Path) -> None:
    with shared.by("ben") as service:
        theirs = service.submit(still, model="card", options=FOR_HOURS).json()["id"]
        service.wait(theirs, "in_progress")
    with shared.by("anna") as service:
        mine = service.submit(still, options=FOR_HOURS).json()["id"]
        service.wait(mine, "in_progress")
        service.submit(still, model="card")
    table = "[...document.querySelectorAll('#%s tr')].map((row) => [...row.cells].map((cell) => cell.textContent))"
    about = "document.getElementById('about').textContent"
    with browser(tmp_path / "profile") as tab:
        tab.visit(f"{shared.url}/status")
        assert tab.value("document.getElementById('shown').hidden") and tab.value(table % "workers") == []
        type_in = (
            "(() => {document.getElementById('token').value = '%s';document.querySelector('form button').click()})()"
        )
        tab.value(type_in % "not-a-token-of-anybody")
        tab.wait(f"{about} === 'This token is not known here.'")
        assert tab.value("document.getElementById('shown').hidden")
        tab.errors.clear()  # the browser's own word of the 401
        tab.value(type_in % TOKENS["anna"])
        tab.wait(f"{about}.startsWith('You are anna.')")
        tab.wait(f"({table % 'workers'}).filter((row) => row[2] === 'busy' && row[3]).length === 2")
        assert tab.value("document.getElementById('token').value") == ""
        workers = {row[0]: row for row in tab.value(table % "workers")}
        assert workers["cpu"][1:5] == ["cpu", "busy", "scripted", mine]
        assert workers["gpu:0"][1:5] == ["gpu", "busy", "card", "another user's"]
        assert workers["network:3"][2:] == ["off", "", "", ""]
        assert re.fullmatch(r"(\d+ min )?\d+ s", workers["cpu"][5])
        lanes = {row[0]: row[1:] for row in tab.value(table % "lanes")}
        assert lanes == {"cpu": ["0", "0", "1", "1"], "gpu": ["1", "1", "1", "0"], "network": ["0", "0", "0", "0"]}
        gpus = tab.value(table % "gpus")
        assert gpus == [
            ["0", "NVIDIA H100 80GB HBM3", "20.0 of 79.6 GiB", "87 %"],
            ["1", "NVIDIA H100 80GB HBM3", "0.0 of 79.6 GiB", "0 %"],
        ]
        tab.picture(tmp_path / "seen.png")
        # It goes on by itself.
        with shared.by("ben") as service:
            service.http.post(f"/v1/videos/{theirs}/cancel")
        tab.wait(f"({table % 'workers'}).some((row) => row[0] === 'gpu:0' && row[4] !== \"another user's\")")
        tab.value("document.getElementById('leave').click()")
        assert tab.value("document.getElementById('shown').hidden") and tab.value(table % "workers") == []
        # A token in the fragment, which is gone from the address at once.
        tab.value(f"location.hash = 'token={TOKENS['ben']}'")
        tab.wait(f"{about}.startsWith('You are ben.')")
        assert tab.value("location.href") == f"{shared.url}/status"
        assert tab.value("localStorage.length + sessionStorage.length + document.cookie.length") == 0
        assert tab.errors == []
        assert {url.partition("#")[0] for url in tab.asked} == {f"{shared.url}/status", f"{shared.url}/v1/cluster"}
        assert not [url for url in tab.asked if any(token in url for token in TOKENS.values())]
        # Its policy keeps out what somebody might bring in.
        tried = (
            "new Promise((done) => {document.addEventListener('securitypolicyviolation',"
            " (event) => done(event.violatedDirective)); %s})"
        )
        assert tab.value(tried % "fetch('http://127.0.0.1:9/').catch(() => {})") == "connect-src"
        inline = (
            "document.head.append(Object.assign(document.createElement('script'), {textContent: 'window.got = 1'}))"
        )
        assert tab.value(tried % inline) == "script-src-elem"
        assert tab.value("window.got") is None
    with shared.by("anna") as service:
        service.http.post(f"/v1/videos/{mine}/cancel")
    assert (tmp_path / "seen.png").stat().st_size > 10_000
