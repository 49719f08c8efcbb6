"""Loads and registers the extension outside of pytest."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parents[2]


def load() -> ModuleType:
    """The repository's root as package `take_one`, registered."""
    spec = importlib.util.spec_from_file_location(
        "take_one", ROOT / "__init__.py", submodule_search_locations=[str(ROOT)]
    )
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["take_one"] = module
    spec.loader.exec_module(module)
    module.register()
    return module
