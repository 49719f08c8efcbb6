"""The engine of docs/add-an-engine.md, added to a copy of the backend just as the page says."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "add-an-engine.md"
LIST = "ENGINES: dict[str, tuple[str, ...]] = {\n"


def copy_with_engine(folder: Path) -> Path:
    """A root to run `python -m backend` in: a copy with the page's module and its line in the registry."""
    module, line, *_others = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    for name in ("backend", "client"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    engines = folder / "backend" / "engines"
    (engines / "zoom.py").write_text(module, encoding="utf-8")
    registry = engines / "registry.py"
    before, found, after = registry.read_text(encoding="utf-8").partition(LIST)
    assert found, "the registry has no list of engines"
    registry.write_text(before + LIST + line + after, encoding="utf-8")
    return folder
