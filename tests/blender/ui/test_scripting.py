"""The page for scripts names every operator with all its arguments, and nothing that is not there."""

from __future__ import annotations

import re
from pathlib import Path

import bpy

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "scripting.md").read_text()
CALL = re.compile(r"takeone\.(\w+)\(([^`]*?)\)`")
SHARED = ("animate_frame", "retake", "variations")  # their arguments have a table of their own


def arguments_of(name: str) -> set[str]:
    properties = getattr(bpy.ops.takeone, name).get_rna_type().properties
    of_the_browser = {"rna_type", "filter_glob", "check_existing"}
    return {one.identifier for one in properties} - of_the_browser


def test_every_operator_is_on_the_page():
    assert {name for name, _ in CALL.findall(PAGE)} == set(dir(bpy.ops.takeone))


def test_every_argument_is_on_the_page():
    table = PAGE[PAGE.index("| argument |") : PAGE.index("| operator |")]
    shared = set(re.findall(r"^\| ([^|]+) \|", table, re.MULTILINE))
    shared = {name for cell in shared for name in re.findall(r"`(\w+)`", cell)}
    missing = {}
    for line in PAGE.splitlines():
        for name, given in CALL.findall(line):
            told = set(re.findall(r"(\w+)=", given)) | set(re.findall(r"`(\w+)[=`]", line))
            missing[name] = arguments_of(name) - told - (shared if name in SHARED else set())
    assert {name: left for name, left in missing.items() if left} == {}
    assert shared <= arguments_of("animate_frame")


def test_what_the_page_calls_takes_those_arguments():
    for name, given in CALL.findall(PAGE):
        assert set(re.findall(r"(\w+)=", given)) <= arguments_of(name), name


def test_what_a_file_remembers_is_there():
    from take_one.scene.model.properties import properties

    part = PAGE[PAGE.index("## What a file remembers") :]
    shots, takes = part.split("A take:", 1)
    known = set(properties.TAKEONE_PG_shot.bl_rna.properties.keys())
    for name in re.findall(r"`(\w+)`", shots):
        assert name in known, name
    known = set(properties.TAKEONE_PG_take.bl_rna.properties.keys())
    for name in re.findall(r"`([a-z_]+)`", takes.split("Before", 1)[0]):
        assert name in known, name
