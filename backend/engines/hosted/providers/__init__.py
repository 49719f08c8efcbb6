"""The providers, each a module: add one here, and its models are engines."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import cast

from ..request.model import Model
from .provider import Provider, Service

MODULES = ("model_studio", "fal", "runway", "gemini", "videos", "comfyui")


@cache
def providers() -> dict[str, Service]:
    """Every provider by its name, with and without models."""
    found = (import_module(f"{__name__}.{module}").PROVIDER for module in MODULES)
    return {provider.name: provider for provider in found}


@cache
def models() -> dict[str, tuple[Provider, Model]]:
    """Every model, with its provider, by the engine's name."""
    return {model.id: (cast(Provider, one), model) for one in providers().values() for model in one.models}


def variables() -> dict[str, str]:
    """The environment variable that may hold a provider's key."""
    return {provider.name: provider.variable for provider in providers().values()}
