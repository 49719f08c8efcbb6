"""A request in the terms that all providers share: what is asked of a model, before any has worded it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from client.protocol import Choice, EngineInfo, Option, Price, TakeRequest, Tariff

from ...engine import EngineError
from .model import Model
from .words import Shot, numbered, prompt_of, shots_of

MAX_SEED = 2**31 - 1  # the most that any of them takes
SHOTS = "extra_params.options.shots"
QUALITY, SOUND, WITH_STILL = "quality", "sound", "with_still"


@dataclass(frozen=True)
class Ask:
    """`endpoint` is the model as its provider calls it, `seconds` are whole, as the model makes them. `resolution` is
    one of the model's, "" where it has one only. With `shots`, which only models have that take them as a list, the
    prompt does not count."""

    endpoint: str
    prompt: str
    seconds: int
    resolution: str
    sound: bool
    seed: int
    shots: tuple[Shot, ...] = ()

    @property
    def digest(self) -> str:
        """Of the words: to know them again in a provider's list; they are too long to be kept themselves."""
        return digest([shot.prompt for shot in self.shots] or [self.prompt])


def digest(words: Sequence[str]) -> str:
    """Of a prompt, or of those of several shots."""
    return hashlib.sha256("\0".join(words).encode()).hexdigest()[:32]


def ask(model: Model, request: TakeRequest) -> Ask:
    """What `request` asks of `model`.

    Raises:
        EngineError: `invalid_request`: too many shots, a prompt that is too long.
    """
    shots = _fitting(model, shots_of(request, model.shots))
    listed = shots if model.fields.get("shots") == "list" else ()
    sound = model.sound == "always" or (model.sound == "switch" and bool(request.options.get(SOUND, True)))
    prompt = numbered(shots) if shots and not listed else prompt_of(request, sound)
    for text in [shot.prompt for shot in listed] or [prompt]:
        if len(text) > model.prompt_limit:
            most = f"{model.name} takes {model.prompt_limit} characters"
            message = f"{most}, and the prompt with its dialogue has {len(text)}. Shorten it."
            raise EngineError("invalid_request", message, param="prompt")
    seconds = model.seconds(sum(shot.seconds for shot in shots) or request.seconds)
    resolution = str(request.options.get(QUALITY, model.resolution))
    endpoint = model.endpoint or str(request.options.get("model", ""))
    return Ask(endpoint, prompt, seconds, resolution, sound, request.seed % (MAX_SEED + 1), listed)


def _fitting(model: Model, shots: tuple[Shot, ...]) -> tuple[Shot, ...]:
    """The shots, if they go into one clip of the model.

    Raises:
        EngineError: `invalid_request`.
    """
    total = sum(shot.seconds for shot in shots)
    short = [shot.seconds for shot in shots if shot.seconds < model.shortest_shot]
    if total > model.lengths[-1]:
        why = f"makes clips of at most {model.lengths[-1]} seconds, and the shots have {total} together. Choose fewer"
    elif short:
        why = f"makes shots of at least {model.shortest_shot} seconds, and one has {short[0]}. Make it longer"
    else:
        return shots
    raise EngineError("invalid_request", f"{model.name} {why}.", "shorter" if not short else "", SHOTS)


def price(model: Model, asked: Ask) -> Price | None:
    """What a take costs by the model's table, None where nothing is known."""
    rate = model.prices.rate(asked.resolution, asked.sound) if model.prices else None
    if rate is None or model.prices is None:
        return None
    return Price(round(rate.amount * asked.seconds, 4), as_of=model.prices.as_of, source=model.prices.source)


def describe(model: Model, provider: str, sends_to: str) -> EngineInfo:
    """The engine of a model, as if it could run."""
    return EngineInfo(
        model.id,
        model.name,
        model.about,
        max_seconds=float(model.lengths[-1]),
        fps=model.fps,
        languages=model.languages,
        sound=model.sound != "never",
        dialogue=model.sound != "never",
        last_frame=model.last_frame,
        views=2 if model.last_frame else 1,
        lane="network",
        prompt_form=True,
        priced=model.prices is not None,
        options=tuple(_options(model)),
        shots=model.shots,
        shot_seconds=1.0 if model.shots > 1 else 0.0,
        sends_to=sends_to,
        account=provider,
        rate=_rate(model),
        references=model.references,
        shot_requests=model.shots > 1,
        tariffs=tuple(_tariffs(model)),
        lengths=tuple(float(seconds) for seconds in model.lengths),
    )


def _rate(model: Model) -> Price | None:
    """What a second costs with the options as they are by themselves."""
    found = model.prices.rate(model.resolution, model.sound != "never") if model.prices else None
    if found is None or model.prices is None:
        return None
    return Price(found.amount, as_of=model.prices.as_of, source=model.prices.source, per="second")


def _tariffs(model: Model) -> Iterator[Tariff]:
    """The model's rates by the options that it declares: those of a size or a sound that can't be chosen are left."""
    if model.prices is None:
        return
    day, source = model.prices.as_of, model.prices.source
    for rate in model.prices.rates:
        options: dict[str, Any] = {}
        if rate.resolution and len(model.resolutions) > 1:
            options[QUALITY] = rate.resolution
        if rate.sound is not None and model.sound == "switch":
            options[SOUND] = rate.sound
        elif rate.sound is not None and rate.sound != (model.sound == "always"):
            continue
        yield Tariff(Price(rate.amount, as_of=day, source=source, per="second"), options)


def _options(model: Model) -> list[Option]:
    options: list[Option] = []
    if len(model.resolutions) > 1:
        choices = tuple(Choice(resolution, resolution) for resolution in model.resolutions)
        tip = "The size that is made. A larger one costs more"
        options.append(Option(QUALITY, "enum", model.resolution, "Quality", choices=choices, tooltip=tip))
    if model.sound == "switch":
        options.append(Option(SOUND, "bool", True, "Sound", tooltip="Have sound made with the picture"))
    if model.references:
        tip = "Send the still too, as the last picture: it shows the place and who stands where"
        options.append(Option(WITH_STILL, "bool", True, "Still as Reference", tooltip=tip))
    return options


def as_json(price: Price) -> dict[str, Any]:
    """A price for a state."""
    from client.protocol.codec import to_json

    return dict(to_json(price))
