"""What an engine would be told: the final prompt of a direction, without making anything."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

from ..engines.engine import EngineError
from ..jobs.pool import Pool
from ..jobs.request import parse


def final_prompt(pool: Pool, registry: str, fields: Mapping[str, Any], default_model: str) -> str:
    """The prompt that the engine of this submission (see `jobs.request.parse`) would give its model. An engine
    without a prompt form of its own takes the prompt as it is.

    Raises:
        EngineError: what is wrong with the submission; `unknown_model`.
    """
    wanted = parse(fields, default_model)
    engines = pool.engines()
    if wanted.engine not in engines:
        known = ", ".join(engines)
        message = f"There is no engine called {wanted.engine!r}. The engines are: {known}."
        raise EngineError("unknown_model", message, param="model")
    if not engines[wanted.engine].prompt_form:
        return wanted.direction.prompt
    engine = import_module(registry).engine(wanted.engine)
    text: str = engine.final_prompt(wanted.request((16, 16), {}))
    return text
