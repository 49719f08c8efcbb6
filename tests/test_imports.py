"""The arrows: panels -> operators -> scene -> client; the backend apart; and Blender's side uses what Blender
ships."""

from __future__ import annotations

import ast
import functools
import re
import sys
from pathlib import Path

import pytest

from backend.engines.registry import ENGINES

ROOT = Path(__file__).resolve().parents[1]
MAY_USE = {
    "": {"panels", "operators", "scene"},
    "panels": {"panels", "operators", "scene", "client"},
    "operators": {"operators", "scene", "client"},
    "scene": {"scene", "client"},
    "client": {"client"},
    "backend": {"backend", "client"},  # of the client only what travels: see below
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
# Folders with rooms: what each room may import besides itself. No arrow runs back.
ROOMS = {
    "scene": {
        "app": set(),
        "model": {"app"},
        "edit": {"app", "model"},
        "stills": {"app", "model", "edit"},
        "session": {"app", "model", "edit", "stills"},
    },
    "operators": {
        "fixes": set(),
        "poll": set(),
        "report": set(),
        "pay": {"report"},
        "making": {"fixes", "pay", "poll", "report"},
        "edit": {"pay", "poll", "report"},
        "out": {"report"},
        "setting_up": {"fixes", "report"},
    },
    "backend/jobs": {
        "lanes": set(),
        "request": set(),
        "size": set(),
        "store": {"lanes"},
        "workers": {"lanes", "store"},
        "cluster": {"lanes", "workers"},
        "inspection": {"workers"},
        "meter": {"store"},
        "pool": {"lanes", "meter", "store", "workers"},
    },
    "scene/model": {
        "lent": set(),
        "marks": {"lent"},
        "properties": set(),
        "shots": {"lent", "marks", "properties"},
    },
    "scene/session": {
        "server": set(),
        "words": set(),
        "press": {"server", "words"},
        "views": {"press", "server", "words"},
        "pump": {"press", "server", "views", "words"},
        "compose": {"pump", "server", "words"},
        "jobs": {"press", "pump", "server", "views"},
        "board": {"jobs", "press", "server"},
        "handlers": {"jobs", "pump", "server"},
        "out": {"handlers", "server"},
    },
    "panels": {
        "keymap": set(),
        "menus": set(),
        "parts": set(),
        "export": {"parts"},
        "preferences": {"parts"},
        "shots": {"parts"},
        "sidebar": {"parts"},
    },
    "client": {
        "files": set(),
        "home": set(),
        "protocol": set(),
        "target": set(),
        "api": {"protocol", "target"},
        "events": {"protocol"},
        "lease": {"files"},
        "online": {"files"},
        "installing": {"events", "files", "lease"},
        "jobs": {"api", "events", "files", "lease", "protocol"},
        "local": {"api", "files", "lease", "protocol"},
        "commands": {"files", "installing"},
        "connection": {"api", "commands", "events", "installing", "lease", "local", "protocol", "target"},
        "session": {
            "api",
            "connection",
            "events",
            "files",
            "installing",
            "jobs",
            "lease",
            "online",
            "protocol",
            "target",
        },
    },
    "backend/engines/draft": {
        "direction": set(),
        "camera": {"direction"},
        "sound": {"direction"},
        "view": {"camera"},
        "shot": {"direction", "camera", "view"},
        "rehearsal": set(),
        "engine": {"camera", "shot", "sound", "view"},
        "__init__": {"engine"},
    },
    "backend/engines/happyhorse": {
        "request": set(),
        "cache": set(),
        "sampling": set(),
        "files": {"request"},
        "text": {"cache"},
        "transformer": {"files"},
        "vaes": {"files"},
        "memory": {"files", "transformer", "vaes"},
        "pipeline": {"request", "cache", "text", "sampling", "memory"},
        "engine": {"request", "files", "memory", "pipeline"},
        "__init__": set(),
    },
    "backend/guide": {
        "limits": set(),
        "span": set(),
        "guide": {"span"},
        "movie": set(),
        "files": {"guide", "movie"},
        "process": {"files"},
        "command": {"files", "limits"},
        "__init__": set(),
    },
    "backend/export": {
        "errors": set(),
        "text": set(),
        "shots": {"text"},
        "exchange": {"errors", "text"},
        "paper": {"errors", "shots", "text"},
        "page": {"errors", "exchange", "paper", "shots", "text"},
        "commands": {"errors", "exchange", "paper", "page", "shots"},
        "__init__": set(),
    },
    "backend/engines/hosted": {
        "request": set(),
        "account": set(),
        "wire": set(),
        "providers": {"request", "account", "wire"},
        "names": {"providers"},
        "connect": {"account", "providers", "wire"},
        "fetch": {"request", "providers", "wire"},
        "engine": {"request", "account", "wire", "providers", "connect", "fetch"},
        "__init__": set(),
    },
    "backend/engines/comfy": {
        "graph": set(),
        "shelf": {"graph"},
        "pictures": {"graph"},
        "streams": {"graph"},
        "server": {"graph"},
        "result": {"server"},
        "work": {"graph", "server"},
        "follow": {"result", "server", "work"},
        "engine": {"follow", "graph", "pictures", "server", "shelf", "streams", "work"},
        "__init__": set(),
    },
    "backend/weights": {
        "report": set(),
        "files": set(),
        "catalogue": {"report"},
        "check": {"report", "files", "catalogue"},
        "store": {"report", "catalogue", "check"},
        "failures": {"catalogue", "store"},
        "download": {"catalogue", "store", "failures"},
        "commands": {"catalogue", "check", "store", "download"},
        "__init__": set(),
    },
    "backend/gpu": {
        "probe": set(),
        "pinned": set(),
        "memory": set(),
        "promises": set(),
        "residents": {"memory", "promises"},
        "small": set(),
        "ranks": set(),
        "processes": set(),
        "members": {"processes", "ranks"},
        "member": {"memory", "ranks"},
        "launcher": set(),
        "__init__": set(),
    },
}
# What of the backend a part may import besides itself: no engine stands below these.
LOW = {"backend/weights": {"backend.home", "backend.__version__"}, "backend/gpu": {"backend.home"}}
TORCH = ("backend/gpu", "backend/engines/happyhorse")
COMFYUI = {"comfy", "comfy_api", "folder_paths", "server", "torch", "numpy", "PIL", "av"}
SHIPPED = {"numpy", "requests", "urllib3", "certifi", "idna", "charset_normalizer", "zstandard"}


def modules(part: str) -> list[Path]:
    if part == "":
        return [ROOT / "__init__.py"]
    return sorted((ROOT / part).rglob("*.py"))


@functools.cache
def imports(path: Path) -> tuple[ast.Import | ast.ImportFrom, ...]:
    """The statements of a module that import something."""
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    return tuple(node for node in nodes if isinstance(node, ast.Import | ast.ImportFrom))


@functools.cache
def imported(path: Path) -> frozenset[str]:
    """What a module imports, as dotted names from the root: "client.session", "numpy"."""
    package = list(path.relative_to(ROOT).parent.parts)
    found: set[str] = set()
    for node in imports(path):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif node.level == 0:
            found.update({node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)})
        else:
            base = package[: len(package) - (node.level - 1)]
            assert node.level - 1 <= len(package), f"{path}: imports from above the root"
            start = ".".join([*base, node.module or ""]).strip(".")
            found.update(f"{start}.{alias.name}".strip(".") for alias in node.names)
    return frozenset(name for name in found if name)


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


def test_the_nodes_use_only_what_comfyui_ships():
    for path in modules("integrations/comfyui"):
        foreign = {name.split(".")[0] for name in imported(path)} - COMFYUI - set(sys.stdlib_module_names)
        assert foreign <= {"integrations"}, f"{path} imports {foreign}"
        assert all(name.startswith("integrations.comfyui") for name in imported(path) if "integrations" in name), path


def test_the_backend_and_the_client_know_no_blender():
    for part in ("backend", "client"):
        for path in modules(part):
            assert not {name.split(".")[0] for name in imported(path)} & BLENDER, path


def test_the_backend_reads_of_the_client_what_travels_and_that_uses_nothing_else():
    for path in modules("backend"):
        others = {name for name in imported(path) if name.split(".")[0] == "client"}
        assert all(name.startswith("client.protocol") for name in others), path
    for path in modules("client/protocol"):
        ours = {name for name in imported(path) if name.startswith("client")}
        assert all(name.startswith("client.protocol") for name in ours), path
        assert {name.split(".")[0] for name in imported(path)} <= {"client"} | set(sys.stdlib_module_names), path


def test_extension_modules_import_each_other_relatively():
    """As installed the package is bl_ext.<repository>.take_one: an absolute import finds nothing, or
    something else."""
    for part in EXTENSION:
        for path in modules(part):
            for node in imports(path):
                if isinstance(node, ast.Import):
                    names = [alias.name for alias in node.names]
                else:
                    names = [node.module or ""] if node.level == 0 else []
                assert not {name.split(".")[0] for name in names} & {name for name in MAY_USE if name}, path


@pytest.mark.parametrize("part", ["panels", "operators", "scene"])
def test_blenders_side_knows_engines_by_what_they_declare_and_none_by_name(part: str):
    named = re.compile("|".join(rf"\b{name}\b" for name in ENGINES), re.IGNORECASE)
    for path in modules(part):
        found = [line.strip() for line in path.read_text(encoding="utf-8").splitlines() if named.search(line)]
        assert found == [], path


def test_no_postponed_annotations_where_properties_are_defined():
    """Blender reads the annotations of property groups and operators as they are."""
    for part in ("panels", "operators", "scene"):
        for path in modules(part):
            names = imported(path)
            if "bpy.props" in names:
                assert "__future__" not in names, path


@pytest.mark.parametrize(("folder", "room"), [(folder, room) for folder, rooms in ROOMS.items() for room in rooms])
def test_no_arrow_between_rooms_runs_back(folder: str, room: str):
    rooms, prefix = ROOMS[folder], folder.replace("/", ".") + "."
    place = ROOT / folder / room
    paths = [place.with_suffix(".py")] if place.with_suffix(".py").exists() else sorted(place.rglob("*.py"))
    assert paths, f"there is no room {place}"
    for path in paths:
        inside = {name.removeprefix(prefix).split(".")[0] for name in imported(path) if name.startswith(prefix)}
        assert inside <= rooms[room] | {room}, f"{path} may not import {inside - rooms[room] - {room}}"


FOLDERS = sorted(
    path.parent.relative_to(ROOT).as_posix()
    for part in ("panels", "operators", "scene", "client", "backend")
    for path in (ROOT / part).rglob("__init__.py")
    if path.parent
    != ROOT / "backend"  # where engines/engine.py stands below all, and comfy uses the guide of the draft
)


@pytest.mark.parametrize("folder", FOLDERS)
def test_no_arrow_in_a_folder_runs_in_a_circle_through_one_of_its_rooms(folder: str):
    prefix = folder.replace("/", ".") + "."
    arrows: dict[str, set[str]] = {}
    for path in modules(folder):
        room = path.relative_to(ROOT / folder).parts[0].removesuffix(".py")
        names = {name.removeprefix(prefix).split(".")[0] for name in imported(path) if name.startswith(prefix)}
        arrows.setdefault(room, set()).update(names - {room})
    for room in arrows:
        if (ROOT / folder / room).is_dir():
            assert room not in reached(arrows, room), f"{folder}: what {room} imports imports {room}"


def reached(arrows: dict[str, set[str]], start: str) -> set[str]:
    """All that the arrows from `start` lead to."""
    found: set[str] = set()
    ahead = set(arrows[start])
    while ahead:
        one = ahead.pop()
        found.add(one)
        ahead |= arrows.get(one, set()) - found
    return found


@pytest.mark.parametrize("folder", ROOMS)
def test_every_module_has_a_room(folder: str):
    found = {path.stem for path in (ROOT / folder).iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}
    assert found - {"__init__"} == set(ROOMS[folder]) - {"__init__"}


@pytest.mark.parametrize("part", LOW)
def test_weights_and_gpu_serve_every_engine_and_know_none(part: str):
    own = part.replace("/", ".")
    for path in modules(part):
        names = {name for name in imported(path) if name.startswith(("backend", "client"))}
        others = {name for name in names if not name.startswith(own)}
        assert all(name.startswith(tuple(LOW[part])) for name in others), f"{path} may not import {others}"
        assert "happyhorse" not in path.read_text(encoding="utf-8").lower(), path


def test_torch_stays_where_the_gpu_is_used():
    for path in modules("backend"):
        if not path.is_relative_to(ROOT / TORCH[0]) and not path.is_relative_to(ROOT / TORCH[1]):
            assert not {name.split(".")[0] for name in imported(path)} & {"torch", "triton", "diffusers"}, path


@pytest.mark.parametrize("part", ["panels", "operators", "scene"])
def test_strips_are_taken_out_by_what_ends_prefetching_first(part: str):
    found = [path.stem for path in modules(part) if ".strips.remove(" in path.read_text(encoding="utf-8")]
    assert found == (["strips"] if part == "scene" else [])
