"""Blender's own connections between strips: who selects or moves one of them, has them all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import bpy


def connect(edit: bpy.types.Scene, members: Iterable[bpy.types.Strip]) -> None:
    """Connect these strips to each other. What is selected, and active, stays so."""
    chosen = {strip.name for strip in members}
    editor = edit.sequence_editor
    if len(chosen) < 2:
        return
    active = editor.active_strip
    selected = [strip for strip in editor.strips if strip.select]
    try:
        for strip in editor.strips:
            strip.select = strip.name in chosen
        window = next(iter(bpy.context.window_manager.windows), None)
        override = {"scene": edit, "sequencer_scene": edit} if bpy.app.version >= (5, 0, 0) else {"scene": edit}
        with bpy.context.temp_override(window=window), bpy.context.temp_override(**override), _no_meta_open(editor):
            if bpy.ops.sequencer.connect.poll():
                bpy.ops.sequencer.connect(toggle=False)
    finally:
        for strip in editor.strips:
            strip.select = False
        for strip in selected:
            strip.select = True
        editor.active_strip = active


@contextmanager
def _no_meta_open(editor: bpy.types.SequenceEditor) -> Iterator[None]:
    """The sequencer shows the whole edit: with a meta strip open, Blender connects only what is in that."""
    shown = editor.meta_stack[-1] if len(editor.meta_stack) else None
    try:
        if shown is not None:
            editor.display_stack(None)
        yield
    finally:
        if shown is not None:
            editor.display_stack(shown)
