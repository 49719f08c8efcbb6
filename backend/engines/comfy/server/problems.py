"""What ComfyUI refused or failed at, with the node that it was at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...engine import EngineError
from ...hosted.wire.http import Answer
from ...hosted.wire.problems import sentence
from ..graph.fill import Graph
from ..graph.spec import PARAMETER
from ..graph.workflow import Workflow

MOST = 4  # nodes that are named


def missing(label: str, workflow: Workflow, kinds: Mapping[str, Any]) -> EngineError | None:
    """The error for classes of nodes that ComfyUI does not have, None where it has all."""
    lacking = {node.kind: node.id for node in workflow.nodes.values() if node.kind not in kinds}
    lacking.pop(PARAMETER, None)  # it gives way to its value
    if not lacking:
        return None
    named = ", ".join(f"{kind} (#{id})" for kind, id in list(lacking.items())[:10])
    many = f" and {len(lacking) - 10} more" if len(lacking) > 10 else ""
    message = f"{label} lacks nodes of this workflow: {named}{many}. Install them with its Manager, then try again."
    return EngineError("engine_unavailable", message, "retry")


def refused(label: str, answer: Answer, graph: Graph) -> EngineError:
    """The error for a prompt that did not pass its checks: node by node, in its own words.

    Source: ComfyUI 0.3.64, `execution.validate_prompt`: {"error": {...}, "node_errors": {id: {"errors": [...]}}}.
    """
    errors = answer.get("node_errors")
    said = []
    for id, about in errors.items() if isinstance(errors, dict) else ():
        found = about.get("errors") if isinstance(about, dict) else None
        for one in found if isinstance(found, list) else ():
            if isinstance(one, dict):
                said.append(f"{_named(graph, id)}: {_words(one)}")
    if not said:
        whole = answer.get("error")
        said = [_words(whole) if isinstance(whole, dict) else str(whole or f"HTTP {answer.status}")]
    more = f" And {len(said) - MOST} more." if len(said) > MOST else ""
    return EngineError("request_refused", f"{label} does not accept this workflow. {' '.join(said[:MOST])}{more}", "")


def failed(label: str, messages: Any, graph_titles: Mapping[str, str]) -> EngineError:
    """The error for a prompt that failed while it was made: `messages` are those of its status in the history."""
    for event in messages if isinstance(messages, list) else ():
        name, data = event if isinstance(event, list) and len(event) == 2 else (None, None)
        if name == "execution_error" and isinstance(data, dict):
            id = str(data.get("node_id"))
            node = f'"{graph_titles.get(id) or data.get("node_type")}" (#{id})'
            said = sentence(str(data.get("exception_message") or data.get("exception_type") or "no reason was told"))
            memory = "OutOfMemory" in str(data.get("exception_type"))
            code, fix = ("out_of_memory", "smaller_size") if memory else ("engine_failed", "retry")
            return EngineError(code, f"{label} failed at {node}: {said}", fix)
        if name == "execution_interrupted":
            return EngineError("engine_failed", f"It was stopped in {label}.", "retry")
    return EngineError("engine_failed", f"{label} failed, and does not say why.", "retry")


def _named(graph: Graph, id: str) -> str:
    node = graph.get(id, {})
    return f'"{node.get("_meta", {}).get("title") or node.get("class_type")}" (#{id})'


def _words(error: Mapping[str, Any]) -> str:
    """An error's message and details: "Value not in list: ckpt_name: 'x' not in []"."""
    parts = [str(error.get(name) or "").strip() for name in ("message", "details")]
    return sentence(": ".join(filter(None, parts)) or "it does not say why")
