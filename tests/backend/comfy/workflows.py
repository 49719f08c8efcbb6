"""Workflows of ComfyUI, as tests write them."""

from __future__ import annotations

import json
from typing import Any

from backend.engines.comfy.graph.workflow import Workflow, read


def workflow(**nodes: Any) -> Workflow:
    """Nodes by their ids (n1 is 1): class, title, inputs."""
    graph = {
        id[1:]: {"class_type": kind, "inputs": inputs, "_meta": {"title": title}}
        for id, (kind, title, inputs) in nodes.items()
    }
    return read(json.dumps(graph).encode())
