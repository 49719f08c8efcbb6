"""What users read: every operator, panel and property says what it is, shortly, and in their language."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import bpy
import pytest

ROOT = Path(__file__).resolve().parents[3]
LONGEST_LABEL, LONGEST_TIP = 30, 120
# Those that make no sense alone: they are told the id of what was clicked.
TOLD = {"takeone.add_words", "takeone.shot_choose", "takeone.engine_choose", "takeone.take_choose"}
SHOWN = {"label", "wrapped", "reason", "report", "poll_message_set", "SceneError"}
NAMED = {"text", "message", "note"}  # variables that hold what is shown
TRANSLATE = {"iface_", "rpt_", "tip_"}
ASKED = {"text", "placeholder", "message", "title", "confirm_text"}
WORD = re.compile(r"[A-Za-z]{2}")


def registered(kind: str) -> list[type]:
    """Our registered classes of a kind, such as "OT"."""
    found = [getattr(bpy.types, name) for name in dir(bpy.types) if name.startswith(f"TAKEONE_{kind}_")]
    return found + [one for one in ours() if one.__name__.startswith(f"TAKEONE_{kind}_") and one not in found]


def ours() -> list[type]:
    from take_one import operators, panels
    from take_one.scene.model.properties import properties

    return [*operators.CLASSES, *panels.CLASSES, *properties.CLASSES]


def own_properties(cls: type) -> Iterator[bpy.types.Property]:
    """The properties that we added to a registered class."""
    names = {name for base in cls.__mro__ for name in inspect.get_annotations(base)}
    if issubclass(cls, bpy.types.Operator):
        names |= set(bpy_operator(cls).get_rna_type().properties.keys())
        pool = bpy_operator(cls).get_rna_type().properties
    else:
        pool = cls.bl_rna.properties
    for name in sorted(names):
        if name in pool and name not in ("rna_type", "bl_idname"):
            yield pool[name]


def bpy_operator(cls: type):
    return getattr(bpy.ops.takeone, cls.bl_idname.removeprefix("takeone."))


def sentences_of(tip: str) -> bool:
    """Whether Blender's own full stop fits: it adds one."""
    return not tip.endswith(".")


def test_all_classes_are_looked_at():
    kinds = {cls.__name__.split("_")[1] for cls in ours()}
    assert kinds == {"OT", "PT", "MT", "UL", "PG", "AP"}
    assert len(registered("OT")) == len([cls for cls in ours() if "_OT_" in cls.__name__]) > 40
    assert len(registered("PT")) == len([cls for cls in ours() if "_PT_" in cls.__name__]) >= 13


def test_labels_are_short_and_tips_say_more():
    for cls in ours():
        label = getattr(cls, "bl_label", "")
        if label:
            assert len(label) <= LONGEST_LABEL, label
        if "_OT_" not in cls.__name__:
            continue
        rna = bpy_operator(cls).get_rna_type()
        assert rna.name == label
        assert rna.description and sentences_of(rna.description), cls
        assert len(rna.description) <= LONGEST_TIP, rna.description
        assert not set(words(rna.description)) <= set(words(label)), f"{cls}: the tip says the label again"


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def test_every_property_says_what_it_is():
    silent, long, again = [], [], []
    for cls in ours():
        if cls.__name__.split("_")[1] not in ("OT", "PG", "AP"):
            continue
        for prop in own_properties(cls):
            where = f"{cls.__name__}.{prop.identifier}"
            if prop.is_hidden or where.startswith("TAKEONE_OT_preset_add"):  # Blender's own
                continue
            if not prop.description:
                silent.append(where)
            if len(prop.name) > LONGEST_LABEL or len(prop.description) > LONGEST_TIP:
                long.append(where)
            if prop.description and set(words(prop.description)) <= set(words(prop.name)):
                again.append(where)
            if prop.type == "ENUM" and not (cls.__name__.endswith("refine") and prop.identifier == "choice"):
                silent += [f"{where}: {item.identifier}" for item in prop.enum_items if not item.description]
                long += [f"{where}: {item.identifier}" for item in prop.enum_items if len(item.name) > LONGEST_LABEL]
    assert (silent, long, again) == ([], [], [])


def test_search_finds_all_but_what_must_be_told():
    for cls in ours():
        if "_OT_" in cls.__name__:
            assert ("INTERNAL" in cls.bl_options) == (cls.bl_idname in TOLD), cls


# --- translation --------------------------------------------------------------------------------------------


def sources() -> list[Path]:
    return sorted(path for folder in ("panels", "operators", "scene") for path in (ROOT / folder).rglob("*.py"))


def name_of(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def untranslated(node: ast.expr) -> Iterator[ast.expr]:
    """Text made of words and values that did not go through Blender's translation before the values came in."""
    if isinstance(node, ast.Call):
        if name_of(node) in TRANSLATE:
            return
        if name_of(node) == "format" and isinstance(node.func, ast.Attribute):
            made_of = node.func.value
            if isinstance(made_of, ast.Constant) and WORD.search(str(made_of.value)):
                yield node
            yield from untranslated(made_of)
            return
    if isinstance(node, ast.JoinedStr):
        fixed = "".join(str(part.value) for part in node.values if isinstance(part, ast.Constant))
        if WORD.search(fixed):
            yield node
        return
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.expr):
            yield from untranslated(child)


@pytest.mark.parametrize("path", sources(), ids=lambda path: f"{path.parent.name}/{path.name}")
def test_text_with_values_is_translated_before_they_come_in(path: Path):
    found = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call):
            shown = [word.value for word in node.keywords if word.arg in ASKED]
            if name_of(node) in SHOWN:
                shown += node.args[name_of(node) == "SceneError" :]  # its first argument is a code
        elif isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") in NAMED:
            shown = [node.value]
        else:
            continue
        found += [f"{bad.lineno}: {ast.unparse(bad)}" for one in shown for bad in untranslated(one)]
    assert found == []


def test_tips_that_depend_are_translated():
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef) and node.name == "description":
                given = [one.value for one in ast.walk(node) if isinstance(one, ast.Return) and one.value]
                assert all(isinstance(one, ast.Call) and name_of(one) == "tip_" for one in given), path
