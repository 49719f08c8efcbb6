"""What the sidecars of takes say, for an edit: the .blend does not hold it all. They came with the film, so they may
hold anything."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from ..codec import from_json, nests_deeper
from ..engine import MAX_AMOUNT
from ..problem import Unfit
from .edit import Edit, Take

MAX_BYTES = 4 << 20


def read_sidecar(path: Path) -> Mapping[str, Any]:
    """The object in a sidecar; nothing of what is no plain file (another kind may never end), larger than any sidecar,
    or what can't be written again."""
    try:
        if not os.path.isfile(path) or path.stat().st_size > MAX_BYTES:  # noqa: PTH113  of any length
            return {}
        data = json.loads(path.read_text(encoding="utf-8"))
        json.dumps(data, ensure_ascii=False).encode()
    except (OSError, ValueError, RecursionError):
        return {}
    return data if isinstance(data, Mapping) and not nests_deeper(data) else {}


def with_sidecars(edit: Edit) -> Edit:
    """The edit with what it did not know of its takes: frames, rate, size, day, price, handles. A take whose
    sidecar is gone, or says something else than numbers there, stays as it is."""
    return replace(
        edit, shots=tuple(replace(shot, takes=tuple(_described(take) for take in shot.takes)) for shot in edit.shots)
    )


def _described(take: Take) -> Take:
    said = read_sidecar(take.file.with_suffix(".json")) if take.file else {}
    size = (said.get("width"), said.get("height"))
    wanted = {
        "frames": take.frames or said.get("frames"),
        "fps": str(take.fps or said.get("fps") or ""),
        "size": take.size if any(take.size) else size,
        "made": take.made or said.get("created_at"),
        "cost": take.cost or _price(said.get("price") or said.get("cost")),
        "beyond": take.beyond or said.get("beyond"),
        "handles": take.handles if any(take.handles) else said.get("handles"),
    }
    for name, value in wanted.items():
        if not value or value == getattr(take, name):
            continue
        try:
            found = from_json(Take, {"id": take.id, name: value})
        except Unfit:
            continue
        take = replace(take, **{name: getattr(found, name)})
    return take


def _price(said: Any) -> str:
    if isinstance(said, str):
        return said[:100]
    amount = said.get("amount") if isinstance(said, dict) else None
    if isinstance(amount, bool) or not isinstance(amount, int | float) or not abs(amount) < MAX_AMOUNT:
        return ""
    return f"{amount:.2f} {said.get('currency', 'USD')}"[:100]
