"""What each provider is asked, and what is made of each of its answers: on a wire that is told them."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime
from typing import Any

import pytest

from backend.engines.engine import EngineError
from backend.engines.hosted.account.accounts import Account
from backend.engines.hosted.engine import HostedEngine
from backend.engines.hosted.providers import models, providers
from backend.engines.hosted.providers.fal import QUEUE
from backend.engines.hosted.providers.provider import Memo, Order, Poll, Stage
from backend.engines.hosted.request.ask import Ask, describe, digest
from backend.engines.hosted.request.still import Seen, Sent
from client.protocol import Price
from tests.backend.hosted.told import Told, told

PROVIDERS: Any = providers()
AT = datetime(2026, 11, 27, 12, 0, 30, tzinfo=UTC).timestamp()
MEMO = Memo(AT, "maker/model/sub", digest(["Push in."]), 7, 5, "key")
TICKETS = {
    "fal": {"request_id": "r", "status_url": "s", "response_url": "x", "cancel_url": "c"},
    "runway": {"id": "t"},
    "gemini": {"id": "t"},
    "videos": {"id": "t"},
    "model_studio": {"task_id": "t"},
}
PLACES = {
    "fal": "s",
    "runway": "v1/tasks/t",
    "gemini": "v1beta/interactions/t",
    "videos": "v1/videos/t",
    "model_studio": "api/v1/tasks/t",
}
MODELS = {"fal": "fal-wan-2.7", "runway": "runway-gen-4.5", "gemini": "gemini-omni-1.1", "videos": "videos-server"}


def wire(address: str = "http://here:1", **answers: Any) -> Any:
    return Told({path.replace("_of_", "/"): one for path, one in answers.items()}, address, "P")


def polled(name: str, answer: Any, **more: Any) -> Poll:
    model = models()[MODELS.get(name, "wan-3.0")][1]
    asked = wire(**{PLACES[name].replace("/", "_of_"): answer}, **more)
    found: Poll = PROVIDERS[name].poll(asked, model, TICKETS[name])
    assert asked.seen[0] == ("GET", PLACES[name], 20.0)
    return found


ASKED = Ask("maker/m", "Push in.", 5, "720p", True, 7)


def wrong(call: Any, *values: Any, **more: Any) -> EngineError:
    with pytest.raises(EngineError) as caught:
        call(*values, **more)
    return caught.value


@pytest.mark.parametrize(
    ("name", "answer", "wanted"),
    [
        ("fal", {"status": "IN_QUEUE", "queue_position": 3}, Poll(Stage.WAITING, before=3)),
        ("fal", {"status": "IN_QUEUE", "queue_position": "3"}, Poll(Stage.WAITING, before=0)),
        ("fal", {"status": "IN_PROGRESS", "error": "x"}, Poll(Stage.WORKING)),
        ("runway", {"status": "PENDING"}, Poll(Stage.WAITING)),
        ("runway", {"status": "THROTTLED"}, Poll(Stage.WAITING)),
        ("runway", {"status": "RUNNING", "progress": 0.25}, Poll(Stage.WORKING, fraction=0.25)),
        ("runway", {"status": "RUNNING", "progress": None}, Poll(Stage.WORKING)),
        ("runway", {"status": "CANCELLED"}, Poll(Stage.CANCELLED)),
        ("runway", {"status": "SUCCEEDED", "output": ["https://u", "v"]}, Poll(Stage.DONE, url="https://u")),
        ("gemini", {"status": "queued"}, Poll(Stage.WAITING)),
        ("gemini", {"status": "in_progress"}, Poll(Stage.WORKING)),
        ("gemini", {"status": "cancelled"}, Poll(Stage.CANCELLED)),
        ("videos", {"status": "completed"}, Poll(Stage.DONE, url="http://here:1/v1/videos/t/content")),
        ("videos", {"status": "cancelled"}, Poll(Stage.CANCELLED)),
        ("videos", {"status": "queued", "queue_position": 3}, Poll(Stage.WAITING, before=2)),
        ("videos", {"status": "queued", "queue_position": 1}, Poll(Stage.WAITING, before=0)),
        ("videos", {"status": "queued", "queue_position": 0}, Poll(Stage.WAITING)),
        ("videos", {"status": "queued"}, Poll(Stage.WAITING)),
        ("videos", {"status": "in_progress", "progress": 40}, Poll(Stage.WORKING, fraction=0.4)),
        ("videos", {"status": "in_progress", "progress": "40"}, Poll(Stage.WORKING)),
        ("model_studio", {"output": {"task_status": "PENDING"}}, Poll(Stage.WAITING)),
        ("model_studio", {"output": {"task_status": "RUNNING"}}, Poll(Stage.WORKING)),
        ("model_studio", {"output": {"task_status": "CANCELED"}}, Poll(Stage.CANCELLED)),
    ],
)
def test_where_an_order_is(name: str, answer: Any, wanted: Poll) -> None:
    assert polled(name, answer) == wanted


@pytest.mark.parametrize("name", sorted(PLACES))
def test_an_order_that_is_gone_or_a_key_that_is(name: str) -> None:
    assert wrong(polled, name, told(404, {})).code == "expired"
    assert wrong(polled, name, told(401, {"error": "no"})).code == "account_refused"


@pytest.mark.parametrize(
    ("name", "answer", "code", "said"),
    [
        ("fal", {"status": "COMPLETED", "error": "no memory"}, "engine_failed", "fal could not make it: no memory."),
        ("runway", {"status": "FAILED", "failure": "Oh", "failureCode": "E1"}, "engine_failed", "make it: Oh (E1)."),
        ("runway", {"status": "FAILED"}, "engine_failed", "could not make it: no reason was told."),
        ("runway", {"status": "SUCCEEDED", "output": []}, "engine_failed", "no reason was told."),
        ("runway", {"status": "FAILED", "failure": "Oh", "failureCode": "SAFETY.X"}, "prompt_refused", "SAFETY.X)."),
        ("gemini", {"status": "completed"}, "engine_failed", "Gemini API made no clip: no reason was told."),
        ("gemini", {"status": "failed", "errors": [{"message": "Bad"}]}, "engine_failed", "made no clip: Bad."),
        ("gemini", {"status": "failed", "errors": {"message": "nsfw"}}, "prompt_refused", "refused it: nsfw."),
        ("videos", {"status": "failed", "error": {"message": "Oh"}}, "engine_failed", "made no clip: Oh."),
        ("videos", {"status": "failed", "detail": "Ah"}, "engine_failed", "made no clip: Ah."),
        ("videos", told(500, {"status": "failed"}), "engine_failed", "made no clip: no reason was told."),
        ("model_studio", {"output": {"task_status": "FAILED", "message": "Bad"}}, "engine_failed", "not make it: Bad."),
        ("model_studio", {"output": {"task_status": "SUCCEEDED", "video_url": 5}}, "engine_failed", "HTTP 200."),
        ("model_studio", {"output": {"task_status": "FAILED", "message": "nsfw"}}, "prompt_refused", "is not charged."),
    ],
)  # fmt: skip
def test_why_an_order_failed(name: str, answer: Any, code: str, said: str) -> None:
    found = polled(name, answer)
    assert found.stage is Stage.FAILED and found.error is not None
    assert found.error.code == code and said in found.error.message
    assert found.error.fix == ("retry" if code == "engine_failed" else "")


def test_the_clip_of_each() -> None:
    done = {"status": "COMPLETED"}
    found = polled("fal", done, x={"video": {"url": "https://u"}, "seed": 9})
    assert found == Poll(Stage.DONE, url="https://u", facts={"seed_used": 9})
    empty = polled("fal", done, x={"video": {}})
    assert empty.error is not None and empty.error.message == "fal made no clip." and empty.error.fix == "retry"
    refused = polled("fal", done, x=told(422, {"detail": "nsfw"}))
    assert refused.error is not None and "may be billed" in refused.error.message and refused.stage is Stage.FAILED
    for status in (404, 410):
        assert wrong(polled, "fal", done, x=told(status)).code == "expired"
    text = {"type": "text", "text": "Here it is"}

    def omni(*parts: Any) -> Poll:
        steps = [
            5,
            {"type": "thought", "content": [{"type": "video", "uri": "no"}]},
            {"type": "model_output", "content": parts},
        ]
        return polled("gemini", {"status": "completed", "steps": steps})

    for uri, url in (
        ("https://u", "https://u?alt=media"),
        ("https://u?k=1", "https://u?k=1&alt=media"),
        ("u?alt=media", "u?alt=media"),
    ):
        assert omni(text, 5, {"type": "audio", "uri": "a"}, {"type": "video", "uri": uri}) == Poll(Stage.DONE, url=url)
    silent = omni(text, {"type": "video", "uri": 5}, {"type": "text", "text": "or not"})
    assert silent.error is not None and silent.error.message == "Gemini API made no clip: Here it is or not."
    assert polled("gemini", {"status": "queued", "steps": None}).stage is Stage.WAITING


@pytest.mark.parametrize(
    ("usage", "amount"),
    [
        ({"output_video_duration": 5, "duration": 9, "SR": 720}, 0.3),
        ({"duration": 4, "video_duration": 9, "SR": 1080}, 0.48),
        ({"video_duration": 2.5, "SR": "1080"}, 0.3),
        ({"duration": 4, "SR": 480}, None),
        ({"duration": True, "SR": 720}, None),
        ({"duration": "4", "SR": 720}, None),
        ("x", None),
    ],
)
def test_what_a_task_of_model_studio_cost(usage: Any, amount: float | None) -> None:
    done = {"output": {"task_status": "SUCCEEDED", "video_url": "https://u"}, "usage": usage}
    found = polled("model_studio", done)
    assert (found.stage, found.url) == (Stage.DONE, "https://u")
    assert (found.cost.amount if found.cost else None) == amount
    if found.cost:
        assert found.cost.as_of == "2026-11-27" and found.cost.source.startswith("https://docs.apiyi.com")


@pytest.mark.parametrize(
    ("told_", "cost"),
    [
        ({"cost": {"credits": 60}, "estimatedCost": {"credits": 50}}, (0.6, True)),
        ({"estimatedCost": {"credits": 50}}, (0.5, False)),
        ({"cost": {"credits": 0}}, (0.0, True)),
        ({"cost": {"credits": -1}, "estimatedCost": {"credits": 1.234567}}, (0.0123, False)),
        ({"cost": {"credits": 1e9}}, None),
        ({"cost": {"credits": True}}, None),
        ({"cost": 5}, None),
    ],
)
def test_what_a_task_of_runway_costs(told_: Any, cost: Any) -> None:
    for status in ("PENDING", "RUNNING", "CANCELLED", "FAILED"):
        found = polled("runway", {"status": status, **told_}).cost
        assert (None if found is None else (found.amount, found.exact)) == cost
    assert found is None or (found.as_of, found.source, found.per) == ("", "the task at Runway", "")


def test_a_server_says_what_a_clip_cost() -> None:
    done = {"status": "completed", "result": {"cost": {"amount": 0.5, "currency": "EUR"}}}
    assert polled("videos", done).cost == Price(0.5, "EUR")
    assert polled("videos", {"status": "completed", "result": {"cost": "much"}}).cost is None


@pytest.mark.parametrize(
    ("name", "answers", "sent"),
    [
        ("fal", {"c": {}}, [("PUT", "c")]),
        ("runway", {"v1_of_tasks_of_t": {}}, [("DELETE", "v1/tasks/t")]),
        ("gemini", {"v1beta_of_interactions_of_t_of_cancel": {}}, [("POST", "v1beta/interactions/t/cancel")]),
        ("model_studio", {"api_of_v1_of_tasks_of_t_of_cancel": {}}, [("POST", "api/v1/tasks/t/cancel")]),
        ("videos", {"v1_of_videos_of_t_of_cancel": {}}, [("POST", "v1/videos/t/cancel")]),
        (
            "videos",
            {"v1_of_videos_of_t_of_cancel": told(404), "v1_of_videos_of_t": {}},
            [("POST", "v1/videos/t/cancel"), ("DELETE", "v1/videos/t")],
        ),
    ],
)
def test_how_an_order_is_taken_back(name: str, answers: Any, sent: Any) -> None:
    asked = wire(**answers)
    PROVIDERS[name].cancel(asked, TICKETS[name])
    assert asked.seen == sent


@pytest.mark.parametrize(
    ("name", "answer", "ticket"),
    [
        ("fal", TICKETS["fal"], TICKETS["fal"]),
        ("runway", {"id": "t"}, {"id": "t"}),
        ("gemini", {"id": "t"}, {"id": "t"}),
        ("videos", {"id": "t"}, {"id": "t"}),
        ("model_studio", {"output": {"task_id": "t"}, "task_id": "x"}, {"task_id": "t"}),
    ],
)
def test_how_an_order_is_sent(name: str, answer: Any, ticket: Any) -> None:
    files = {"still": ("a.png", b"x", "image/png")} if name == "videos" else {}
    order = Order("there", {"a": 1}, {"H": "v"} if name in ("fal", "model_studio", "videos") else {}, files)
    asked = wire(there=answer)
    assert PROVIDERS[name].submit(asked, order) == ticket
    body = (
        [{"H": "v"}, {"data": {"a": 1}, "files": files}]
        if name == "videos"
        else [{"a": 1}, *filter(None, [order.headers])]
    )
    assert asked.seen == [("POST", "there", *body)]


@pytest.mark.parametrize(
    ("name", "answers", "params", "said"),
    [
        (
            "fal",
            {"http:/_of_here:1_of_v1_of_models_of_requests_of_by-endpoint": {}},
            {"endpoint_id": "alibaba/happy-horse/v1.1/image-to-video", "limit": 1},
            "The key is good: 11 models.",
        ),
        ("runway", {"v1_of_organization": {"creditBalance": 1234}}, 20.0, "is good: 1234 credits ($12.34) are left."),
        (
            "gemini",
            {"v1beta_of_models": {"models": [{"name": "models/gemini-omni-1.2-flash"}, 5]}},
            {"pageSize": 1000},
            "The key is good. It may use Gemini Omni 1.2 Flash.",
        ),
        ("gemini", {"v1beta_of_models": {"models": 5}}, {"pageSize": 1000}, "none of the models that make video."),
        (
            "model_studio",
            {"api_of_v1_of_tasks": {}},
            {"page_no": 1, "page_size": 1},
            "The key is good for this region: HappyHorse 1.1, HappyHorse 1.0, HappyHorse 1.1 References, Wan 3.0.",
        ),
        (
            "videos",
            {"v1_of_models": {"data": [{"id": "a"}, {"id": "b", "available": False}, {}, 5, {"id": 7}]}},
            20.0,
            "The server answers. Its models: a, 7.",
        ),
        ("videos", {"v1_of_models": told(404)}, 20.0, "The server answers. Its models: it does not list any."),
        ("videos", {"v1_of_models": told(405)}, 20.0, "The server answers. Its models: it does not list any."),
        (
            "comfyui",
            {"system_stats": {"system": {"comfyui_version": "0.4"}, "devices": [{"name": "A100"}]}},
            5.0,
            "ComfyUI 0.4 answers. It works on A100.",
        ),
        (
            "comfyui",
            {"system_stats": {"system": {}}},
            5.0,
            "ComfyUI answers. It works on a device that it does not name.",
        ),
    ],
)
def test_a_key_that_is_good(name: str, answers: Any, params: Any, said: str) -> None:
    there = wire(**answers)
    found = PROVIDERS[name].check(there)
    assert found[0].endswith(said) and found[1] == (("a", "7") if "a, 7" in said else ())
    assert [one[2] for one in there.seen] == [params]
    refused = wire(**dict.fromkeys(answers, told(401, {"error": "no"})))
    assert wrong(PROVIDERS[name].check, refused).code == "account_refused"


def test_what_goes_with_each_request() -> None:
    wanted = {"fal": {"Authorization": "Key k"}, "gemini": {"x-goog-api-key": "k"}}
    bearer = {"Authorization": "Bearer k"}
    wanted["runway"] = {**bearer, "X-Runway-Version": "2024-11-06"}
    wanted |= {"model_studio": bearer, "videos": bearer, "comfyui": bearer}
    assert {name: one.headers("k") for name, one in PROVIDERS.items()} == wanted
    assert PROVIDERS["videos"].headers("") == PROVIDERS["comfyui"].headers("") == {}
    assert PROVIDERS["fal"].hosts(QUEUE) == {"api.fal.ai"} and PROVIDERS["fal"].hosts("https://x") == frozenset()
    kept = {name: (one.pace, one.keeps_seconds / 3600, one.lists) for name, one in PROVIDERS.items() if one.models}
    assert kept == {
        "fal": ((1.0, 5.0), 24, True),
        "model_studio": ((5.0, 15.0), 24, True),
        "runway": ((5.0, 10.0), 168, False),
        "gemini": ((5.0, 10.0), 48, False),
        "videos": ((1.0, 5.0), 48, True),
    }
    assert wrong(PROVIDERS["comfyui"].check, wire(system_stats={"system": "x"})).fix == "accounts"


def test_a_server_by_its_account() -> None:
    provider, model = models()["videos-server"]
    info = describe(model, provider.name, provider.label)
    assert provider.info(info, model, None) is info
    named, free = (
        provider.info(info, model, Account("videos", "http://gpu.studio:8000", models=names))
        for names in (("a", "b"), ())
    )
    assert (named.name, named.sends_to, named.priced) == ("Video Server (gpu.studio:8000)", "gpu.studio:8000", True)
    assert [(one.name, one.kind, one.default) for one in named.options] == [("model", "enum", "a")]
    assert [one.value for one in named.options[0].choices] == ["a", "b"]
    assert [(one.kind, one.default, one.choices) for one in free.options] == [("text", "", ())]
    still = Sent(b"x", "image/jpeg", (95, 31))
    order = provider.order(model, ASKED, Seen((16, 9), still), dataclasses.replace(MEMO, endpoint=""))
    assert (order.body["size"], "model" in order.body, order.headers) == ("80x16", False, {"Idempotency-Key": "key"})
    assert order.files == {"input_reference": ("still.jpeg", b"x", "image/jpeg")}
    assert [provider.idempotent(wire(health=said)) for said in ({"protocol": 1}, {"protocol": "1"}, {})] == [
        True,
        False,
        False,
    ]
    assert HostedEngine("videos-server")._provider is provider
