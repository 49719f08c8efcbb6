"""The node pack's client and a real service: made once, taken up again, cancelled, refused, away."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import pytest

from integrations.comfyui import client as module
from integrations.comfyui.client import Client
from integrations.comfyui.errors import TakeOneError, Unreachable
from integrations.comfyui.running import check_price, choose, engine_line, make_take
from tests.backend.service_process import FOR_HOURS, Service, open_gate, quiet_port, shut
from tests.integrations.conftest import Answers, form, say


class Stop(Exception):
    pass


class Watch:
    """Shows nothing, and interrupts once a job is `at` percent far."""

    def __init__(self, at: float = 101.0) -> None:
        self.at = at
        self.shown: list[tuple[float, str]] = []

    def show(self, percent: float, text: str, preview: Any = None) -> None:
        self.shown.append((percent, text))

    def check(self) -> None:
        if self.shown and self.shown[-1][0] >= self.at:
            raise Stop


def make(client: Client, folder: Path, watch: Watch | None = None, **changes: Any) -> tuple[Path, dict[str, Any]]:
    watch = watch or Watch()
    return make_take(Client(client.server, watch.check), form(**changes), watch, Stop, folder)


def options(**values: Any) -> str:
    return json.dumps(values)


def jobs(service: Service) -> list[str]:
    return [job["id"] for job in service.http.get("/v1/videos").json()["data"]]


def test_a_take_is_made_shown_and_fetched_whole(client: Client, tmp_path: Path) -> None:
    watch = Watch()
    clip, job = make(client, tmp_path, watch, seed=1, fps=23.976, seconds=1.0, options=options(frame_seconds=0.02))
    with av.open(str(clip)) as film:
        assert (film.streams.video[0].average_rate.numerator, film.streams.audio[0].rate) == (24000, 48000)
        greys = [int(frame.to_ndarray(format="gray").mean()) for frame in film.decode(video=0)]
    assert len(greys) == 24
    assert [abs(greys[index] - (40 + 2 * index)) <= 3 for index in (0, 11, 23)] == [True] * 3
    assert job["result"]["notes"] == ["A scripted take."]
    assert {text.partition(",")[0] for _, text in watch.shown} >= {"Filming"}
    assert [path.name for path in tmp_path.glob("take_one_*")] == [clip.name]


def test_the_same_asked_again_is_the_same_take(client: Client, service: Service, tmp_path: Path) -> None:
    first, made = make(client, tmp_path, seed=2)
    again, found = make(client, tmp_path, seed=2)
    assert (made["id"], first.read_bytes()) == (found["id"], again.read_bytes())
    _, other = make(client, tmp_path, seed=2, sound="rain")
    assert other["id"] != made["id"]
    assert len(jobs(service)) == len(set(jobs(service)))


def test_what_was_asked_arrives(client: Client, service: Service, tmp_path: Path) -> None:
    matrix = [[1.0, 0.0, 0.0, 0.5], [0.0, 1.0, 0.0, 0.0], [0.0, 0.0, 1.0, 2.0], [0.0, 0.0, 0.0, 1.0]]
    path = {"keyframes": [{"t": 0.0, "matrix": matrix, "zoom": 1.0}]}
    camera = {"projection": "perspective", "width": 64, "height": 48, "fx": 60, "fy": 61, "cx": 32, "cy": 24}
    asked = {"path": json.dumps(path), "camera": json.dumps(camera), "size": (32, 16), "sound": "rain"}
    _, job = make(client, tmp_path, seed=4, dialogue="ANNA (german): Wir sind spät: los.\n\n: Yes.", **asked)
    sidecar = service.http.get(f"/v1/videos/{job['id']}/content?variant=sidecar").json()
    assert sidecar["dialogue"] == [
        {"speaker": "ANNA", "language": "German", "line": "Wir sind spät: los."},
        {"speaker": "", "language": "English", "line": "Yes."},
    ]
    assert (sidecar["sound"], job["size"], job["fps"]) == ("rain", "32x16", "12")
    text = json.dumps(sidecar)
    assert '"fy": 61' in text
    assert json.dumps(matrix) in text


def test_an_interruption_cancels_and_the_next_run_makes_it_anew(
    client: Client, service: Service, tmp_path: Path
) -> None:
    half = shut(tmp_path / "gate")
    (tmp_path / "gate").write_bytes(b"." * 12)  # of 24 frames
    slow = {"seed": 5, "seconds": 2.0, "options": options(**half)}
    with pytest.raises(Stop):
        make(client, tmp_path, Watch(at=20.0), **slow)
    job_id = jobs(service)[0]
    assert service.job(job_id)["status"] == "cancelled"
    assert list(tmp_path.glob("take_one_*")) == []
    open_gate(tmp_path / "gate")
    _, job = make(client, tmp_path, **slow)
    assert job["status"] == "completed"
    assert job["id"] != job_id
    assert job_id not in jobs(service)


def test_an_interruption_while_it_is_sent_cancels_it_too(
    know: Callable[..., Client], answers: Callable[..., Answers], tmp_path: Path
) -> None:
    sent = threading.Event()

    def answer(handler: Any) -> None:
        if handler.path == "/v1/videos":
            sent.set()
        say(handler, 200, b'{"id": "video_9", "status": "queued"}')

    def check() -> None:
        if sent.is_set():
            raise Stop

    other = answers(answer)
    with pytest.raises(Stop):
        make_take(know(other.url, check=check), form(), Watch(), Stop, tmp_path)
    assert [path for path, _, _ in other.calls if "events" not in path] == ["/v1/videos", "/v1/videos/video_9/cancel"]


def test_a_failure_is_told_in_its_words_and_tried_again_by_the_next_run(
    client: Client, service: Service, tmp_path: Path
) -> None:
    bad = {"seed": 6, "options": options(end="engine_error")}
    seen = []
    for _ in range(2):
        with pytest.raises(TakeOneError, match=r"^There is no camera to move\.$"):
            make(client, tmp_path, **bad)
        seen.append(jobs(service)[0])
    assert seen[0] != seen[1]
    assert seen[0] not in jobs(service)


def test_a_paid_take_is_asked_about_and_ordered_once(
    client: Client, service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = tmp_path / "account"
    account.mkdir()
    hosted = {"engine": "hosted", "seed": 7, "seconds": 2.0, "options": options(account=str(account))}
    engine = choose(client.models(), "hosted")
    fields = {"model": "hosted", "seconds": "2", "extra_params": {}}
    with pytest.raises(TakeOneError, match=r"costs about 0.50 USD .* this machine allows 0.00"):
        check_price(client, engine, fields, 100.0)  # as a stranger's workflow may say
    monkeypatch.setenv("TAKE_ONE_MOST_COST", "0.5")
    with pytest.raises(TakeOneError, match=r"costs about 0.50 USD \(price of 2026-01-01\), and most_cost allows 0.49"):
        check_price(client, engine, fields, 0.49)
    assert check_price(client, engine, fields, 0.5) == "0.50 USD (price of 2026-01-01)"
    unknown = {**fields, "extra_params": {"options": {"known": False}}}
    euros = {**fields, "extra_params": {"options": {"currency": "EUR"}}}
    for there, most in (("100", 5.0), ("any", 0.0)):
        monkeypatch.setenv("TAKE_ONE_MOST_COST", there)
        with pytest.raises(TakeOneError, match=r"costs about 0.50 EUR .* limits are in USD"):
            check_price(client, engine, euros, most)
        monkeypatch.setenv("TAKE_ONE_MOST_COST", there)
        with pytest.raises(TakeOneError, match=r"is not known\. To order it all the same set most_cost above 0"):
            check_price(client, engine, unknown, most)
    assert check_price(client, engine, unknown, 5.0) == "price not known"
    assert check_price(client, engine, euros, 5.0) == "0.50 EUR (price of 2026-01-01)"
    with pytest.raises(TakeOneError, match="is not known"):  # nobody said what it costs: not that it is free
        check_price(client, {**engine, "priced": False, "account": "fal"}, fields, 0.0)
    monkeypatch.setenv("TAKE_ONE_MOST_COST", "much")
    with pytest.raises(TakeOneError, match="say an amount"):
        check_price(client, engine, fields, 1.0)
    assert check_price(client, choose(client.models(), "scripted"), {**fields, "model": "scripted"}, 0.0) == ""
    _, job = make(client, tmp_path, **hosted)
    _, again = make(client, tmp_path, **hosted)
    assert job["id"] == again["id"]
    assert len((account / "orders").read_text().splitlines()) == 1


def test_engines_are_named_with_what_they_can_do(client: Client) -> None:
    engines = client.models()
    assert engine_line(choose(engines, "scripted")) == "scripted: Scripted, sound, dialogue, depth, path"
    with pytest.raises(TakeOneError, match=r"Elsewhere: It is elsewhere\. Engines that are ready: scripted, card"):
        choose(engines, "elsewhere")
    with pytest.raises(TakeOneError, match="no engine called 'nope'"):
        choose(engines, "nope")


def test_a_job_that_is_removed_meanwhile_is_told(client: Client, service: Service, tmp_path: Path) -> None:
    watch = Watch()

    def remove() -> None:
        while not watch.shown:
            time.sleep(0.01)
        service.http.delete(f"/v1/videos/{jobs(service)[0]}")

    threading.Thread(target=remove).start()
    with pytest.raises(TakeOneError, match="was removed on the server before its take was made"):
        make(client, tmp_path, watch, seed=8, options=options(**FOR_HOURS))


def test_a_server_that_dies_meanwhile_is_waited_for(know: Callable[..., Client], tmp_path: Path) -> None:
    port = quiet_port()
    first, second = (Service(tmp_path / "home", "tests.backend.scripted", "--port", port) for _ in range(2))
    first.start()
    watch, gate = Watch(), tmp_path / "gate"

    def die_and_return() -> None:
        while not watch.shown:
            time.sleep(0.01)
        first.kill()
        open_gate(gate)
        second.start()

    slow = options(**shut(gate))
    returning = threading.Thread(target=die_and_return)
    returning.start()
    try:
        _, job = make(know(first.url), tmp_path, watch, seed=9, seconds=2.0, options=slow)
        returning.join()
        assert [one["id"] for one in second.http.get("/v1/videos").json()["data"]] == [job["id"]]
    finally:
        returning.join()
        first.end()
        second.end()


def test_a_wrong_token_is_told(service: Service, know: Callable[..., Client]) -> None:
    with pytest.raises(TakeOneError, match=r"does not accept this machine's token.*TAKE_ONE_TOKEN"):
        know(service.url, "another-token-altogether").models()


def test_a_server_that_is_away_is_told(know: Callable[..., Client], answers: Callable[..., Answers]) -> None:
    gone = answers(lambda handler: None)
    gone.shutdown()
    gone.server_close()
    with pytest.raises(Unreachable, match=rf"No Take One server at {gone.url}: Connection refused\. Start it with"):
        know(gone.url).models()


@pytest.mark.parametrize("body", [b"<html>a printer</html>", b"[]", b'{"data": 3}', b"[" * 100_000])
def test_what_is_no_take_one_server_is_told(
    body: bytes, know: Callable[..., Client], answers: Callable[..., Answers]
) -> None:
    with pytest.raises(TakeOneError, match="answers, but it is no Take One server"):
        know(answers(lambda handler: say(handler, 200, body)).url).models()


def test_nobody_is_followed_to_another_address(know: Callable[..., Client], answers: Callable[..., Answers]) -> None:
    other = answers(lambda handler: say(handler, 200, b'{"data": []}'))
    moved = answers(lambda handler: say(handler, 307, b"", Location=other.url + "/v1/models"))
    with pytest.raises(TakeOneError, match="sends callers on to another address"):
        know(moved.url).models()
    assert (len(moved.calls), other.calls) == (1, [])


def test_an_answer_has_bounds(
    know: Callable[..., Client], answers: Callable[..., Answers], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(module, "MAX_JSON", 1 << 20)
    monkeypatch.setattr(module, "MAX_CLIP", 1 << 20)
    large = answers(lambda handler: say(handler, 200, b" " * (3 << 20)))
    with pytest.raises(TakeOneError, match="more than 1 MB"):
        know(large.url).models()
    with pytest.raises(TakeOneError, match="more than 1 MB"):
        know(large.url).download("video_1", tmp_path / "clip.mp4")
    assert list(tmp_path.glob("clip*")) == []


def test_a_download_that_breaks_off_leaves_nothing(
    know: Callable[..., Client], answers: Callable[..., Answers], tmp_path: Path
) -> None:
    broken = answers(lambda handler: say(handler, 200, b"half", Content_Length="8"))
    with pytest.raises(Unreachable, match="its answer broke off"):
        know(broken.url).download("video_1", tmp_path / "clip.mp4")
    assert list(tmp_path.glob("clip*")) == []


def test_a_server_that_is_silent_can_be_interrupted(
    know: Callable[..., Client], answers: Callable[..., Answers]
) -> None:
    let_go = threading.Event()
    silent = answers(lambda handler: let_go.wait(120) and None)
    began = time.monotonic()

    def check() -> None:
        if time.monotonic() > began + 0.3:
            raise Stop

    with pytest.raises(Stop):
        know(silent.url, check=check).models()
    assert not let_go.is_set()
    let_go.set()


def test_a_server_that_is_busy_is_waited_for(know: Callable[..., Client], answers: Callable[..., Answers]) -> None:
    busy = json.dumps({"error": {"code": "busy", "message": "Other guides are waited for.", "param": None, "fix": ""}})
    said = iter([(503, busy.encode()), (200, b'{"data": [{"id": "draft"}]}')])
    other = answers(lambda handler: say(handler, *next(said)))
    assert know(other.url).models() == [{"id": "draft"}]
    assert len(other.calls) == 2
