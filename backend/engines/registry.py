"""The engines there are: one line each, and the workflows that a user has added. A module is imported only when its
engine is used."""

from __future__ import annotations

from importlib import import_module

from .comfy import shelf
from .engine import Engine, EngineError
from .hosted.names import names as hosted

# A module, its class, and what the class is made with.
ENGINES: dict[str, tuple[str, ...]] = {
    "draft": ("backend.engines.draft", "DraftEngine"),
    "happyhorse": ("backend.engines.happyhorse.engine", "HappyHorseEngine"),
    **{name: ("backend.engines.hosted.engine", "HostedEngine", name) for name in hosted()},
}
DEFAULT = "draft"


def names() -> tuple[str, ...]:
    """Every engine there is now: workflows come and go."""
    return (*ENGINES, *shelf.engines())


def engine(name: str) -> Engine:
    """The engine called `name`. That of a workflow that is gone can still fetch what it has ordered.

    Raises:
        EngineError: `unknown_model` where there is none of that name.
    """
    if name.startswith(shelf.PREFIX):
        found: Engine = import_module("backend.engines.comfy.engine").ComfyEngine(name.removeprefix(shelf.PREFIX))
        return found
    if name not in ENGINES:
        known = ", ".join(names())
        raise EngineError(
            "unknown_model", f"There is no engine called {name!r}. The engines are: {known}.", param="model"
        )
    module, attribute, *arguments = ENGINES[name]
    engine: Engine = getattr(import_module(module), attribute)(*arguments)
    return engine
