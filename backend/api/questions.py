"""What an engine says of a request without making anything: its final prompt, its price, its camera path."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any, cast

from client.protocol import EngineInfo, Price, WordsPath
from client.protocol.request import STILL

from ..engines.engine import EngineError, PathOfWords, Priced, PromptForm
from ..jobs.pool import Pool
from ..jobs.request import Wanted, check_bounds, parse
from ..jobs.size import fitting_size


def final_prompt(pool: Pool, registry: str, fields: Mapping[str, Any], default_model: str) -> str:
    """The prompt that the engine of this submission (see `jobs.request.parse`) would give its model. An engine
    without a prompt form of its own takes the prompt as it is.

    Raises:
        EngineError: what is wrong with the submission; `unknown_model`.
    """
    wanted, info = _wanted(pool, fields, default_model)
    if not info.prompt_form:
        return wanted.direction.prompt
    engine = cast(PromptForm, import_module(registry).engine(wanted.engine))
    return engine.final_prompt(wanted.request((16, 16), {}))


def estimate(pool: Pool, registry: str, fields: Mapping[str, Any], default_model: str) -> Price | None:
    """What a take of this submission would cost, None where nothing is known of it or it costs nothing.

    Raises:
        EngineError: what is wrong with the submission; `unknown_model`.
    """
    wanted, info = _wanted(pool, fields, default_model)
    if not info.priced:
        return None
    engine = cast(Priced, import_module(registry).engine(wanted.engine))
    request = wanted.request(fitting_size(wanted.size, None, info), {})
    check_bounds(request, info)
    return engine.estimate(request)


def words_path(pool: Pool, registry: str, fields: Mapping[str, Any], default_model: str) -> WordsPath | None:
    """The camera path that the words of this submission mean, None of an engine that makes none of them.

    Raises:
        EngineError: what is wrong with the submission; `unknown_model`.
    """
    wanted, info = _wanted(pool, fields, default_model)
    if not info.words_path:
        return None
    engine = cast(PathOfWords, import_module(registry).engine(wanted.engine))
    request = wanted.request(fitting_size(wanted.size, None, info), {STILL: Path(STILL)})
    return engine.words_path(request, wanted.whole)


def _wanted(pool: Pool, fields: Mapping[str, Any], default_model: str) -> tuple[Wanted, EngineInfo]:
    wanted = replace(parse(fields, default_model), views=())  # without their pictures
    return wanted, engine_named(pool, wanted.engine)


def engine_named(pool: Pool, name: str) -> EngineInfo:
    """The engine called `name`.

    Raises:
        EngineError: `unknown_model`, `starting`.
    """
    engines = pool.engines()
    if name not in engines:
        known = ", ".join(engines)
        message = f"There is no engine called {name!r}. The engines are: {known}."
        raise EngineError("unknown_model", message, param="model")
    return engines[name]
