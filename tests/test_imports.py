"""The arrows: panels -> operators -> scene -> client; the backend apart; and Blender's side uses what Blender
ships."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
MAY_USE = {
    "": {"panels", "operators", "scene"},
    "panels": {"panels", "operators", "scene", "client"},
    "operators": {"operators", "scene", "client"},
    "scene": {"scene", "client"},
    "client": {"client"},
    "backend": {"backend"},
}
BLENDER = {
    "bpy",
    "bpy_extras",
    "bl_ui",
    "bl_operators",
    "mathutils",
    "gpu",
    "gpu_extras",
    "blf",
    "aud",
    "imbuf",
    "idprop",
    "rna_prop_ui",
}
SHIPPED = {"numpy", "requests", "urllib3", "certifi", "idna", "charset_normalizer", "zstandard"}


def modules(part: str) -> list[Path]:
    if part == "":
        return [ROOT / "__init__.py"]
    return sorted((ROOT / part).rglob("*.py"))


def imported(path: Path) -> set[str]:
    """What a module imports, as dotted names from the root: "client.session", "numpy"."""
    package = list(path.relative_to(ROOT).parent.parts)
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            if node.level == 0:
                found.add(node.module or "")
                continue
            base = package[: len(package) - (node.level - 1)]
            assert node.level - 1 <= len(package), f"{path}: imports from above the root"
            start = ".".join([*base, node.module or ""]).strip(".")
            found.update([start] if start else [alias.name for alias in node.names])
    return {name for name in found if name}


EXTENSION = ["", "panels", "operators", "scene", "client"]
CASES = [(part, path) for part in [*EXTENSION, "backend"] for path in modules(part)]


@pytest.mark.parametrize(("part", "path"), CASES, ids=[str(path.relative_to(ROOT)) for _, path in CASES])
def test_imports_follow_the_arrows(part: str, path: Path):
    ours = {name.split(".")[0] for name in imported(path)} & {name for name in MAY_USE if name}
    assert ours <= MAY_USE[part], f"{path} may not import {ours - MAY_USE[part]}"


@pytest.mark.parametrize("part", EXTENSION)
def test_the_extension_uses_only_what_blender_ships(part: str):
    allowed = SHIPPED | set(sys.stdlib_module_names) | {name for name in MAY_USE if name}
    if part != "client":
        allowed |= BLENDER
    for path in modules(part):
        foreign = {name.split(".")[0] for name in imported(path)} - allowed
        assert not foreign, f"{path} imports {foreign}"


def test_the_backend_and_the_client_know_no_blender():
    for part in ("backend", "client"):
        for path in modules(part):
            assert not {name.split(".")[0] for name in imported(path)} & BLENDER, path


def test_extension_modules_import_each_other_relatively():
    """As installed the package is bl_ext.<repository>.take_one: an absolute import finds nothing, or
    something else."""
    for part in EXTENSION:
        for path in modules(part):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                names = (
                    [node.module or ""]
                    if isinstance(node, ast.ImportFrom) and node.level == 0
                    else ([alias.name for alias in node.names] if isinstance(node, ast.Import) else [])
                )
                assert not {name.split(".")[0] for name in names} & {name for name in MAY_USE if name}, path


def test_no_postponed_annotations_where_properties_are_defined():
    """Blender reads the annotations of property groups and operators as they are."""
    for part in ("panels", "operators", "scene"):
        for path in modules(part):
            names = imported(path)
            if "bpy.props" in names:
                assert "__future__" not in names, path
