"""As much of ComfyUI as the node pack uses, under ComfyUI's own names; it takes no argument that ComfyUI 0.3.64 does
not."""

from __future__ import annotations

import sys
import types
from pathlib import Path
from typing import Any

WIDGET = {"default"}
INPUTS = {
    "String": WIDGET | {"multiline", "placeholder", "force_input"},
    "Int": WIDGET | {"min", "max", "step", "control_after_generate"},
    "Float": WIDGET | {"min", "max", "step"},
    "Combo": WIDGET | {"options"},
    "Image": set(),
    "Mask": set(),
    "Video": set(),
}
SCHEMA = {"node_id", "display_name", "category", "description", "inputs", "outputs", "hidden"}


class Interrupted(Exception):
    pass


class Running:
    """What a run of ComfyUI would show, and whether its user has interrupted."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.shown: list[tuple[float, Any]] = []
        self.texts: list[tuple[str, str]] = []
        self.interrupt_at = 101.0  # percent; above 100: never

    def check(self) -> None:
        if self.shown and self.shown[-1][0] >= self.interrupt_at:
            self.interrupt_at = 101.0  # as ComfyUI does: raised once
            raise Interrupted


class Thing:
    """An input or an output."""

    def __init__(self, kind: str, allowed: set[str], id: str, args: dict[str, Any]) -> None:
        assert set(args) <= allowed | {"display_name", "tooltip", "optional"}, (kind, args)
        self.kind, self.id, self.args = kind, id, args


def kind_of(name: str, allowed: set[str]) -> Any:
    return types.SimpleNamespace(
        Input=lambda id, **args: Thing(name.upper(), allowed, id, args),
        Output=lambda id, **args: Thing(name.upper(), set(), id, args),
    )


class Schema:
    def __init__(self, **args: Any) -> None:
        assert set(args) <= SCHEMA
        self.__dict__.update(args)


class NodeOutput:
    def __init__(self, *args: Any) -> None:
        self.args = args


class ComfyNode:
    hidden = types.SimpleNamespace(unique_id="7")


class VideoFromFile:
    def __init__(self, file: str) -> None:
        self.file = file


class ProgressBar:
    def __init__(self, total: float, node_id: str | None = None) -> None:
        self.total = total

    def update_absolute(self, value: float, total: float, preview: Any = None) -> None:
        running().shown.append((value, preview))


def running() -> Running:
    found: Running = sys.modules["folder_paths"].running  # type: ignore[attr-defined]
    return found


def install(folder: Path) -> Running:
    """Puts the stand-in where the nodes import ComfyUI from."""
    now = Running(folder)
    kinds = {name: kind_of(name, allowed) for name, allowed in INPUTS.items()}
    io = types.SimpleNamespace(
        **kinds,
        Custom=lambda name: kind_of(name, set()),
        Schema=Schema,
        NodeOutput=NodeOutput,
        ComfyNode=ComfyNode,
        Hidden=types.SimpleNamespace(unique_id="UNIQUE_ID"),
        Input=Thing,
    )
    screen = types.SimpleNamespace(send_progress_text=lambda text, node: now.texts.append((node, text)))
    modules: dict[str, dict[str, Any]] = {
        "comfy": {},
        "comfy.model_management": {
            "InterruptProcessingException": Interrupted,
            "throw_exception_if_processing_interrupted": lambda: running().check(),
        },
        "comfy.utils": {"ProgressBar": ProgressBar},
        "comfy_api": {},
        "comfy_api.latest": {
            "ComfyExtension": object,
            "InputImpl": types.SimpleNamespace(VideoFromFile=VideoFromFile),
            "io": io,
        },
        "folder_paths": {"get_temp_directory": lambda: str(running().folder), "running": now},
        "server": {"PromptServer": types.SimpleNamespace(instance=screen)},
    }
    for name, contents in modules.items():
        module = sys.modules[name] = types.ModuleType(name)
        module.__dict__.update(contents)
        parent, _, child = name.rpartition(".")
        if parent:
            setattr(sys.modules[parent], child, module)
    return now
