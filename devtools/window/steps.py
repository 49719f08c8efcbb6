"""How much a function does, as a count: the instructions that Python carries out in it, which no busy machine changes.

Time is for benchmarks: bench/ui_draw.py measures what draw() costs, tests count.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any


def steps_of(function: Callable[..., Any], *arguments: Any) -> int:
    """The instructions of Python (not of what C does on its own) that a call takes, with all that it calls."""
    return (_monitored if sys.version_info >= (3, 12) else _traced)(function, *arguments)


def _monitored(function: Callable[..., Any], *arguments: Any) -> int:
    count = 0

    def note(*_: object) -> None:
        nonlocal count
        count += 1

    monitoring: Any = sys.monitoring  # type: ignore[attr-defined]  # from 3.12 on
    tool, instruction = monitoring.OPTIMIZER_ID - 1, monitoring.events.INSTRUCTION
    monitoring.use_tool_id(tool, "steps")
    monitoring.register_callback(tool, instruction, note)
    monitoring.set_events(tool, instruction)
    try:
        function(*arguments)
    finally:
        monitoring.set_events(tool, 0)
        monitoring.free_tool_id(tool)
    return count


def _traced(function: Callable[..., Any], *arguments: Any) -> int:
    count = 0

    def trace(frame: Any, event: str, _what: Any) -> Any:
        nonlocal count
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        count += event == "opcode"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        function(*arguments)
    finally:
        sys.settrace(before)
    return count
