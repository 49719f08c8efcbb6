"""What lies beside a take's clip and says how it was made. It came with the film, so it may hold anything."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ....client.protocol.codec import nests_deeper

MOST_BYTES = 4 << 20


def read(path: Path) -> Mapping[str, Any]:
    """The object in a sidecar; nothing of what is no plain file (another kind may never end), larger than any sidecar,
    or what a .blend can't hold."""
    try:
        if not os.path.isfile(path) or path.stat().st_size > MOST_BYTES:  # noqa: PTH113  of any length
            return {}
        data = json.loads(path.read_text(encoding="utf-8"))
        json.dumps(data, ensure_ascii=False).encode()
    except (OSError, ValueError, RecursionError):
        return {}
    return data if isinstance(data, Mapping) and not nests_deeper(data) else {}
