"""The settings of this engine: what the card shows, and what a request's options are checked against."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from client.protocol import Choice, Option

from ...engine import EngineError

MAX_STEPS = 100
MAX_GPUS = 64

OPTIONS = (
    Option(
        "quality",
        "enum",
        "standard",
        "Quality",
        choices=(
            Choice("fast", "Fast", "The smallest size that is ready"),
            Choice("standard", "Standard", "The size nearest to that of the clip"),
            Choice("256p", "256p", "About 448 x 256 pixels"),
            Choice("540p", "540p", "About 896 x 512 pixels"),
            Choice("1080p", "1080p", "About 1920 x 1088 pixels"),
            Choice("best", "Best", "The largest size that is ready"),
        ),
        tooltip="Size that the model works in. The clip is scaled to its own size",
    ),
    Option(
        "precision",
        "enum",
        "full",
        "Precision",
        choices=(
            Choice("full", "Full", "16 bits, where the model fits into the graphics card with them"),
            Choice("8-bit", "8-Bit", "A quarter faster on a large card, and slightly different"),
        ),
        tooltip="Precision of the model's products",
    ),
    Option(
        "model",
        "enum",
        "auto",
        "Model",
        choices=(
            Choice("auto", "Automatic", "The distilled model, or the base model where only that is ready"),
            Choice("distill", "Distilled", "8 steps"),
            Choice("base", "Base", "32 steps with guidance, several times slower"),
        ),
        tooltip="Model that makes the first stage, before refining",
    ),
    Option(
        "steps",
        "int",
        0,
        "Steps",
        low=0,
        high=MAX_STEPS,
        unit="steps",
        tooltip="Steps of the first stage. 0 takes as many as the model was made for",
    ),
    Option(
        "refine_steps",
        "int",
        5,
        "Refine Steps",
        low=1,
        high=MAX_STEPS,
        unit="steps",
        tooltip="Steps in the larger size, for 540p and 1080p",
    ),
    Option(
        "gpus",
        "int",
        0,
        "GPUs",
        low=0,
        high=MAX_GPUS,
        tooltip="GPUs that share a take and make the same one. 0 takes all that the server has for it",
    ),
    Option(
        "negative_prompt",
        "text",
        "",
        "Negative Prompt",
        tooltip="What to avoid, for the base model. Without a text, common faults of picture and sound",
    ),
)
# Options that no card shows: the final prompt has its own panel, and Refine names the latents of a take.
FINAL_PROMPT = Option("final_prompt", "text", "", "Final Prompt", tooltip="Used as it is, in place of a composed one")
REFINE_FROM = Option("refine_from", "text", "", "Refine From", tooltip="Entry latents of a take's sidecar")
_KNOWN = {option.name: option for option in (*OPTIONS, FINAL_PROMPT, REFINE_FROM)}


def value(options: Mapping[str, Any], name: str) -> Any:
    """The option `name` of a request, or its default; texts without space around them.

    Raises:
        EngineError: `invalid_request`, with the option as `param`.
    """
    option = _KNOWN[name]
    given = options.get(name, option.default)
    if (why := option.refusal(given)) is not None:
        raise invalid(name, f"is not right: {why}")
    return given.strip() if option.kind == "text" else given


def invalid(name: str, what: str) -> EngineError:
    """The error about an option. `what` is the rest of a sentence that begins with its name."""
    return EngineError("invalid_request", f"The option {name} {what}.", param=f"extra_params.options.{name}")
