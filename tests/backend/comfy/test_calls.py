"""The requests to ComfyUI one by one, on a wire that is told its answers: what is sent, what is made of each."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from backend.engines.comfy.server import calls
from backend.engines.comfy.server.problems import failed, missing, refused
from backend.engines.engine import EngineError
from backend.engines.hosted.wire.http import Unanswered, Unreached
from tests.backend.comfy.workflows import workflow
from tests.backend.hosted.told import Told, told

GRAPH: dict[str, dict[str, Any]] = {
    "3": {"class_type": "KSampler", "inputs": {"steps": 4}, "_meta": {"title": "Steps"}},
    "4": {"class_type": "Save", "inputs": {}},
}


def wire_of(**answers: Any) -> Any:
    """A wire with these answers, by path: _of_ stands for a slash."""
    return Told({path.replace("_of_", "/"): one for path, one in answers.items()})


def wrong(call: Any, *values: Any) -> EngineError:
    with pytest.raises(EngineError) as caught:
        call(*values)
    return caught.value


@pytest.mark.parametrize(
    ("said", "found"),
    [("0.3.64", (0, 3, 64)), ("v0.8.0-12-gab", (0, 8, 0)), ("1.2.3.4", (1, 2, 3)), ("0.9", (0, 9)), (None, (0,))],
)
def test_a_version_is_its_first_three_numbers(said: Any, found: tuple[int, ...]) -> None:
    wire = wire_of(system_stats={"system": {"comfyui_version": said}})
    assert calls.version(wire, 3.0) == found
    assert wire.seen == [("GET", "system_stats", 3.0)]


def test_classes_are_asked_for_one_by_one_and_what_is_not_there_is_left_out() -> None:
    about = {"input": {"required": {"x": ["INT", {"max": 9}]}}, "output_node": True}
    wire = wire_of(object_info_of_A={"A": about}, **{"object_info_of_B%2FC": {}})
    found = calls.kinds(wire, ("A", "B/C"), 2.0)
    assert list(found) == ["A"] and found["A"].is_output and found["A"].inputs["x"].high == 9
    assert wire.seen == [("GET", "object_info/A", 2.0), ("GET", "object_info/B%2FC", 2.0)]
    for strange in (told(404, {}), told(200, ["A"])):
        with pytest.raises(Unreached, match=f"it answers {strange.status}, not as ComfyUI does"):
            calls.kinds(wire_of(object_info_of_A=strange), ("A",))


def test_a_file_goes_under_a_name_of_what_is_in_it() -> None:
    wire = wire_of(upload_of_image={"name": "other.png", "subfolder": "sub"})
    assert calls.upload(wire, "still", b"one") == "sub/other.png"
    name = f"still-{hashlib.sha256(b'one').hexdigest()[:20]}.png"
    form = {"subfolder": "take-one", "overwrite": "true", "type": "input"}
    sent = {"data": form, "files": {"image": (name, b"one", "image/png")}}
    assert wire.seen == [("POST", "upload/image", sent)]
    film = wire_of(upload_of_image={})
    wanted = f"guide-{hashlib.sha256(b'two').hexdigest()[:20]}.mp4"
    assert calls.upload(film, "guide", b"two", "video/mp4") == f"take-one/{wanted}"
    assert film.seen[0][2]["files"] == {"image": (wanted, b"two", "video/mp4")}


def test_an_upload_is_tried_three_times() -> None:
    lost = Unanswered("it went away")
    wire = wire_of(upload_of_image=[lost, lost, {"name": "a.png", "subfolder": "s"}])
    assert calls.upload(wire, "still", b"one") == "s/a.png"
    assert [seen[0] for seen in wire.seen] == ["POST", "wait", "POST", "wait", "POST"]
    assert wire.seen[1] == ("wait", 1.0)
    wire = wire_of(upload_of_image=lost)
    with pytest.raises(Unreached, match="it went away"):
        calls.upload(wire, "still", b"one")
    assert [seen[0] for seen in wire.seen] == ["POST", "wait", "POST", "wait", "POST"]


def test_an_upload_that_is_refused_says_how_large_it_is() -> None:
    found = wrong(calls.upload, wire_of(upload_of_image=told(413)), "guide", b"x" * (3 << 20))
    assert (found.code, found.fix) == ("request_refused", "smaller_size")
    assert "The guide for this workflow has 3 MB, more than ComfyUI at here:1 takes" in found.message
    found = wrong(calls.upload, wire_of(upload_of_image=told(403)), "guide", b"x")
    assert (found.code, found.fix) == ("request_refused", "retry")
    assert found.message == "ComfyUI at here:1 does not accept the guide (403)."


def test_a_prompt_is_sent_under_our_id_in_three_places() -> None:
    wire = wire_of(prompt={"prompt_id": "its own"})
    assert calls.submit(wire, GRAPH, "ours") == "its own"
    body = {"prompt": GRAPH, "prompt_id": "ours", "client_id": "ours", "extra_data": {"take_one": "ours"}}
    assert wire.seen == [("POST", "prompt", body)]
    with pytest.raises(Unanswered, match="no id"):
        calls.submit(wire_of(prompt={"prompt_id": 5}), GRAPH, "ours")
    assert wrong(calls.submit, wire_of(prompt=told(400, {"error": "no"})), GRAPH, "ours").code == "request_refused"


def entry(number: int, id: str, mark: str = "") -> list[Any]:
    return [number, id, {}, {"take_one": mark} if mark else {}, []]


def test_a_prompt_is_found_in_the_queue_then_in_the_history() -> None:
    queue = {"queue_running": [entry(1, "a")], "queue_pending": [entry(2, "b", "ours"), entry(3, "mine")]}
    assert calls.find(wire_of(queue=queue), "mine") == "mine"
    assert calls.find(wire_of(queue=queue), "ours") == "b"
    empty = {"queue_running": [], "queue_pending": []}
    there = wire_of(queue=empty, history_of_mine={"mine": {}})
    assert calls.find(there, "mine") == "mine"
    assert [seen[1] for seen in there.seen] == ["queue", "history/mine"]
    short: list[Any] = [
        "x",
        {"prompt": [1, "ours"]},
        {"prompt": [1, "x", {}, "no"]},
        {"prompt": entry(9, "old", "ours")},
    ]
    listed = {str(index): one for index, one in enumerate(short)}
    old = wire_of(queue=empty, history_of_ours={}, history=listed)
    assert calls.find(old, "ours") == "old"
    assert calls.find(wire_of(queue=empty, history_of_x={}, history=listed), "x") == "x"
    assert calls.find(wire_of(queue=empty, history_of_y={}, history=listed), "y") is None


@pytest.mark.parametrize("queue", [told(404), {"queue_running": []}, {"queue_pending": []}, told(200, [])])
def test_without_a_queue_nothing_is_known(queue: Any) -> None:
    for call in (calls.find, calls.before):
        with pytest.raises(Unreached, match="and no queue"):
            call(wire_of(queue=queue), "ours")


def test_how_many_are_before_it() -> None:
    pending = [entry(30, "late"), entry(10, "early"), "strange", [], entry(20, "middle")]
    wire = wire_of(queue={"queue_running": [entry(1, "now"), ["x"], 5], "queue_pending": pending})
    found = [calls.before(wire, id) for id in ("now", "early", "middle", "late", "gone")]
    assert found == [0, 3, 4, 5, None]


def test_what_its_history_says() -> None:
    wire = wire_of(**{"history_of_a%2Fb": {"a/b": {"status": 1}, "c": {}}})
    assert calls.finished(wire, "a/b") == {"status": 1}
    assert calls.finished(wire_of(history_of_a={}), "a") is None
    assert calls.finished(wire_of(history_of_a={"a": [1]}), "a") is None
    for strange in (told(500, {}), told(200, [])):
        with pytest.raises(Unreached, match=f"it answers {strange.status}, and no history"):
            calls.finished(wire_of(history_of_a=strange), "a")


@pytest.mark.parametrize(("version", "stopped"), [("0.3.56", False), ("0.3.57", True), ("0.4", True), ("", False)])
def test_it_is_taken_out_of_the_queue_and_stopped_where_nothing_else_would_be(version: str, stopped: bool) -> None:
    unsaid = Unanswered("its answer can't be read")
    wire = wire_of(queue=unsaid, system_stats={"system": {"comfyui_version": version}}, interrupt=unsaid)
    calls.take_back(wire, "ours")
    sent = [seen for seen in wire.seen if seen[0] == "POST"]
    assert (
        sent == [("POST", "queue", {"delete": ["ours"]}), ("POST", "interrupt", {"prompt_id": "ours"})][: 1 + stopped]
    )


def test_the_address_of_a_file() -> None:
    file = {"filename": "a b.mp4", "subfolder": "x/y", "type": "output", "format": "z"}
    wanted = "http://here:1/view?filename=a+b.mp4&subfolder=x%2Fy&type=output"
    assert calls.view(wire_of(), file) == wanted
    assert calls.view(wire_of(), {"filename": "c", "type": None}) == "http://here:1/view?filename=c&subfolder=&type="


def test_at_most_ten_missing_classes_are_named() -> None:
    nodes = {f"n{index}": (f"K{index}", "", {}) for index in range(1, 13)}
    flow = workflow(**nodes, n20=("ETN_Parameter", "", {}), n21=("K1", "", {}))
    assert missing("Comfy", flow, dict.fromkeys(flow.kinds)) is None
    some = missing("Comfy", flow, dict.fromkeys(f"K{index}" for index in range(3, 13)))
    assert some is not None and (some.code, some.fix) == ("engine_unavailable", "retry")
    assert some.message.startswith("Comfy lacks nodes of this workflow: K1 (#21), K2 (#2). Install")
    ten = missing("Comfy", flow, {"K1": 0, "K2": 0})
    assert ten is not None and "K12 (#12). Install" in ten.message and "more" not in ten.message
    twelve = missing("Comfy", flow, {})
    assert twelve is not None and "K10 (#10) and 2 more. Install" in twelve.message and "K11" not in twelve.message


def test_a_refusal_names_at_most_four_nodes() -> None:
    said = [{"message": f"No {index}", "details": "d" if index == 2 else None} for index in range(1, 6)]
    errors = {"3": {"errors": said[:2]}, "4": {"errors": [*said[2:3], "x"]}, "9": {"errors": said[3:]}, "8": 5, "7": {}}
    found = refused("Comfy", told(400, {"node_errors": errors}), GRAPH)
    assert (found.code, found.fix) == ("request_refused", "")
    named = '"Steps" (#3): No 1. "Steps" (#3): No 2: d. "Save" (#4): No 3. "None" (#9): No 4.'
    assert found.message == f"Comfy does not accept this workflow. {named} And 1 more."
    errors["9"] = {"errors": said[3:4]}
    found = refused("Comfy", told(400, {"node_errors": errors}), GRAPH)
    assert found.message == f"Comfy does not accept this workflow. {named}"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"error": {"message": "Bad", "details": "here"}, "node_errors": []}, "Bad: here."),
        ({"error": {}, "node_errors": {}}, "it does not say why."),
        ({"error": "bad!"}, "bad!"),
        (None, "HTTP 418"),
    ],
)
def test_a_refusal_as_a_whole_says_what_it_says(data: Any, said: str) -> None:
    assert refused("Comfy", told(418, data), GRAPH).message == f"Comfy does not accept this workflow. {said}"


@pytest.mark.parametrize(
    ("messages", "code", "fix", "said"),
    [
        (None, "engine_failed", "retry", "Comfy failed, and does not say why."),
        ([["execution_error", 5], ["a"], 7], "engine_failed", "retry", "Comfy failed, and does not say why."),
        ([["x", {}], ["execution_interrupted", {}]], "engine_failed", "retry", "It was stopped in Comfy."),
        (
            [["execution_error", {"node_id": 3, "node_type": "T", "exception_type": "torch.OutOfMemoryError"}]],
            "out_of_memory",
            "smaller_size",
            'Comfy failed at "Steps" (#3): torch.OutOfMemoryError.',
        ),
        (
            [
                ["execution_error", {"node_id": "5", "node_type": "T", "exception_message": "no"}],
                ["execution_interrupted", {}],
            ],
            "engine_failed",
            "retry",
            'Comfy failed at "T" (#5): no.',
        ),
        ([["execution_error", {}]], "engine_failed", "retry", 'Comfy failed at "None" (#None): no reason was told.'),
    ],
)
def test_a_failure_names_its_node(messages: Any, code: str, fix: str, said: str) -> None:
    found = failed("Comfy", messages, {"3": "Steps"})
    assert (found.code, found.fix, found.message) == (code, fix, said)
