"""Runway: its own models and those of others through one key.

Sources: runwayml 5.24.0 (`types/image_to_video_create_params.py`: each model's fields, lengths and ratios;
`types/task_retrieve_response.py`: the states, `estimatedCost` and `cost` in credits, addresses that expire within
24 to 48 hours and are made anew when asked; `resources/tasks.py`: looks at most each five seconds, what a cancel
gives back); docs.dev.runwayml.com on errors and failures of tasks; a credit is $0.01 (its quickstart). There is no
list of tasks. Credits a second are from Runway's own skill for its API (skills.sh/runwayml/skills/integrate-video,
read on 27 November: gen4.5 12, veo3.1 20 to 40), where it names the model; those of others a task tells once it is
there. Read in November 2026.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from client.protocol import Price

from ...engine import EngineError
from ..request.ask import Ask
from ..request.model import Model, Pictures, Prices, Rate
from .provider import Memo, Order, Poll, Provider, Stage, Ticket

if TYPE_CHECKING:
    from ..request.still import Seen
    from ..wire.http import Wire

MOST_CREDITS = 1e9  # that a task may say it costs
CREDIT = 0.01  # US dollars
SEEN = "2026-11-27"
SOURCE = "https://www.skills.sh/runwayml/skills/integrate-video (Runway's own)"
DATA_URI = 3_700_000  # bytes of a picture: its data URI must stay below 5 MB
GEN = ((1280, 720), (720, 1280), (1104, 832), (832, 1104), (960, 960), (1584, 672))
WIDE = ((16, 9), (9, 16))


def _pictures(frames: tuple[tuple[int, int], ...] = ()) -> Pictures:
    return Pictures(bytes=DATA_URI, frames=frames)


# `fields`: how the size is told, by a ratio out of a list for each resolution, as "auto_720p", or as a resolution.
MODELS = (
    Model(
        "runway-gen-4.5",
        "gen4.5",
        "Gen-4.5 (Runway)",
        "Runway's own: motion and camera by the words. Silent.",
        tuple(range(2, 11)),
        Prices((Rate(12 * CREDIT),), SEEN, SOURCE),
        resolutions=("720p",),
        sound="never",
        prompt_limit=1000,
        pictures=_pictures(GEN),
        fields={"ratios": {"720p": [f"{width}:{height}" for width, height in GEN]}},
    ),
    Model(
        "runway-happyhorse-1.0",
        "happyhorse_1_0",
        "HappyHorse 1.0 (Runway)",
        "Picture and sound in one, speaks seven languages.",
        tuple(range(3, 16)),
        None,
        resolutions=("720p", "1080p"),
        languages=("English", "Mandarin", "Cantonese", "Japanese", "Korean", "German", "French"),
        seed=False,
        pictures=_pictures(),
        fields={"resolution": True},
    ),
    Model(
        "runway-wan-3.0",
        "wan3",
        "Wan 3.0 (Runway)",
        "Up to half a minute, a last frame, sound.",
        tuple(range(2, 31)),
        None,
        resolutions=("480p", "720p", "1080p"),
        sound="switch",
        last_frame=True,
        seed=False,
        prompt_limit=5000,
        pictures=_pictures(),
        fields={"auto": True},
    ),
    Model(
        "runway-kling-3-pro",
        "kling3.0_pro",
        "Kling 3.0 Pro (Runway)",
        "Camera and motion of film quality, several shots, a last frame, sound.",
        tuple(range(3, 16)),
        None,
        resolutions=("1080p",),
        sound="switch",
        languages=("English", "Mandarin"),
        last_frame=True,
        shots=6,
        seed=False,
        pictures=_pictures(((1920, 1080), (1080, 1920), (1440, 1440))),
        fields={"ratios": {"1080p": ["1920:1080", "1080:1920", "1440:1440"]}, "shots": "list"},
    ),
    Model(
        "runway-veo-3.1",
        "veo3.1",
        "Veo 3.1 (Runway)",
        "Clean motion and speech, wide or upright. 4, 6 or 8 seconds.",
        (4, 6, 8),
        Prices((Rate(20 * CREDIT, sound=False), Rate(40 * CREDIT, sound=True)), SEEN, SOURCE),
        resolutions=("720p", "1080p"),
        sound="switch",
        last_frame=True,
        prompt_limit=1000,
        pictures=_pictures(WIDE),
        fields={"ratios": {"720p": ["1280:720", "720:1280"], "1080p": ["1920:1080", "1080:1920"]}},
    ),
)


class Runway(Provider):
    """The tasks."""

    name, label, variable = "runway", "Runway", "RUNWAYML_API_SECRET"
    address, console = "https://api.dev.runwayml.com", "https://dev.runwayml.com"
    keeps, keeps_seconds = "some days", 7 * 86_400.0
    pace = (5.0, 10.0)
    lists = False
    models = MODELS

    def headers(self, key: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {key}", "X-Runway-Version": "2024-11-06"}

    def order(self, model: Model, asked: Ask, seen: Seen, memo: Memo) -> Order:
        from ..request.still import nearest

        fields, still, last = model.fields, seen.first, seen.last
        frames = [{"uri": still.url, "position": "first"}]
        if last is not None and not asked.shots:
            frames.append({"uri": last.url, "position": "last"})
        body: dict[str, Any] = {"model": model.endpoint, "promptImage": frames, "promptText": asked.prompt}
        body["duration"] = asked.seconds
        if "ratios" in fields:
            body["ratio"] = nearest(still.size, fields["ratios"][asked.resolution])
        elif "auto" in fields:
            body["ratio"] = f"auto_{asked.resolution}"
        else:
            body["resolution"] = asked.resolution
        if model.sound == "switch":
            body["audio"] = asked.sound
        if model.seed:
            body["seed"] = asked.seed
        if asked.shots:
            shots = [{"prompt": shot.prompt, "duration": shot.seconds} for shot in asked.shots]
            body["providerSettings"] = {"multiPrompt": shots, "shotType": "customize"}
        return Order("v1/image_to_video", body)

    def submit(self, wire: Wire, order: Order) -> Ticket:
        from ..wire.problems import ticket

        answer = wire.send("POST", order.path, order.body)
        return ticket(self.label, answer, id=("id",))

    def poll(self, wire: Wire, model: Model, ticket: Ticket) -> Poll:
        from ..wire.problems import expired, refused

        answer = wire.ask(f"v1/tasks/{ticket['id']}")
        if answer.status == 404:
            raise expired(self.label, self.keeps)
        if not answer.good:
            raise refused(self.label, answer)
        status, cost = answer.get("status"), _cost(answer.data)
        if status in ("PENDING", "THROTTLED"):
            return Poll(Stage.WAITING, cost=cost)
        if status == "RUNNING":
            progress = answer.get("progress")
            fraction = float(progress) if isinstance(progress, int | float) else None
            return Poll(Stage.WORKING, fraction=fraction, cost=cost)
        if status == "CANCELLED":
            return Poll(Stage.CANCELLED, cost=cost)
        url = answer.get("output", 0)
        if status == "SUCCEEDED" and isinstance(url, str):
            return Poll(Stage.DONE, url=url, cost=cost)
        return Poll(Stage.FAILED, cost=cost, error=_failed(answer.data))

    def cancel(self, wire: Wire, ticket: Ticket) -> None:
        wire.send("DELETE", f"v1/tasks/{ticket['id']}")

    def check(self, wire: Wire) -> tuple[str, tuple[str, ...]]:
        from ..wire.problems import refused

        answer = wire.ask("v1/organization")
        if not answer.good:
            raise refused(self.label, answer)
        credits = answer.get("creditBalance")
        return f"The key is good: {credits} credits (${(credits or 0) * CREDIT:.2f}) are left.", ()


def _cost(data: Any) -> Price | None:
    """What a task says that it costs: first an estimate, at its end what was charged."""
    for name, exact in (("cost", True), ("estimatedCost", False)):
        credits = data.get(name, {}).get("credits") if isinstance(data.get(name), dict) else None
        if isinstance(credits, int | float) and not isinstance(credits, bool) and 0 <= credits < MOST_CREDITS:
            return Price(round(credits * CREDIT, 4), as_of="", source="the task at Runway", exact=exact)
    return None


def _failed(data: Any) -> EngineError:
    from ..wire.problems import sentence, unsafe

    said, code = str(data.get("failure") or "no reason was told"), str(data.get("failureCode") or "")
    if "SAFETY" in code:
        return unsafe("Runway", sentence(f"{said} ({code})"))
    why = sentence(f"{said} ({code})" if code else said)
    return EngineError("engine_failed", f"Runway could not make it: {why}", "retry")


PROVIDER = Runway()
