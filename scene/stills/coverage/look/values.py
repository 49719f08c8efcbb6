"""What Blender's settings say, as plain values: numbers and words, of blocks their names, of files their size and
date."""

from __future__ import annotations

import uuid
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any, TypeVar

import bpy

Rows = Iterator[Any]
Step = TypeVar("Step")
Result = TypeVar("Result")
PLAIN = {"BOOLEAN", "INT", "FLOAT", "STRING", "ENUM"}
OF_ID = {prop.identifier for prop in bpy.types.ID.bl_rna.properties}
ASIDE = {  # what no picture shows, and what leads elsewhere
    "animation_data", "use_nodes", "preview_render_type", "use_preview_world", "paint_active_slot", "paint_clone_slot",
    "active_aov", "active_aov_index", "active_lightgroup", "active_lightgroup_index", "has_export_collections",
    "layer_collection", "active_layer_collection", "depsgraph", "freestyle_settings", "wireframe_color_type",
}  # fmt: skip
UNREAD = frozenset({"rna_type", *OF_ID, *ASIDE})
DEEPEST = 3  # settings within settings
OURS = "take_one"  # what the properties that are ours begin with


class _Reading:
    """`token` stands for all that Blender does not tell, in the reading that goes on; "" where each counts as new."""

    token = ""


def untold() -> str:
    """What stands in a mark for what Blender does not tell: it is taken for changed, but within one `reading`."""
    return _Reading.token or uuid.uuid4().hex


def reading(steps: Generator[Step, None, Result], token: str) -> Generator[Step, None, Result]:
    """The steps, with this token for all that Blender does not tell."""
    while True:
        _Reading.token = token
        try:
            step = next(steps)
        except StopIteration as end:
            return end.value  # type: ignore[no-any-return]
        finally:
            _Reading.token = ""
        yield step


def named(owner: Any, names: tuple[str, ...]) -> Rows:
    """These properties of an owner; None for what this Blender does not have."""
    for name in names:
        yield value(getattr(owner, name, None))


def plain(owner: Any, without: frozenset[str] | set[str] = frozenset(), depth: int = 0) -> Rows:
    """The plain values of an owner and of what is part of it; of ramps and curves their points; of other blocks what
    tells them."""
    for prop in owner.bl_rna.properties:
        name = prop.identifier
        if name in UNREAD or name in without:
            continue
        if prop.type in PLAIN:
            yield name, value(getattr(owner, name))
        elif prop.type == "POINTER":
            yield from _pointed(owner, name, depth)


def own_properties(owner: Any) -> Rows:
    """The user's own (Custom Properties), which shaders may read."""
    for name, held in owner.items():
        if not name.startswith(OURS):
            held = held.to_list() if hasattr(held, "to_list") else held
            if isinstance(held, bool | int | float | str | list):
                yield name, value(held)


def value(held: Any) -> Any:
    """A property's value as something whose words are the same in each run."""
    if isinstance(held, float):
        return round(held, 6)
    if isinstance(held, bpy.types.ID):
        return held.name_full
    if isinstance(held, set):
        return sorted(held)
    if hasattr(held, "__len__") and not isinstance(held, str | bytes):
        return tuple(value(one) for one in held)
    return held if isinstance(held, str | int | bool | None) else str(type(held))


def curves(mapping: bpy.types.CurveMapping) -> Rows:
    """All that bends: points, and where black and white are."""
    yield from (value(mapping.black_level), value(mapping.white_level), mapping.tone, mapping.extend, mapping.use_clip)
    yield [[(value(point.location), point.handle_type) for point in curve.points] for curve in mapping.curves]


def place(item: bpy.types.Object | None) -> Rows:
    """Which object, and where it stands."""
    if item is not None:
        yield item.name_full, value(item.matrix_world)


def members(group: bpy.types.Collection | None) -> Rows:
    """Which collection, what is in it, and whether light is to reach that."""
    if group is None:
        return
    linked = [(one.light_linking.link_state) for one in (*group.collection_objects, *group.collection_children)]
    yield group.name_full, [item.name_full for item in group.all_objects], linked


def _pointed(owner: Any, name: str, depth: int) -> Rows:
    held = getattr(owner, name)
    if isinstance(held, bpy.types.Image):
        yield from _image(held, getattr(owner, "image_user", None))
    elif isinstance(held, bpy.types.Object):
        yield from place(held)
    elif isinstance(held, bpy.types.Collection):
        yield from members(held)
    elif isinstance(held, bpy.types.Text):
        yield held.name_full, held.as_string()
    elif isinstance(held, bpy.types.ID):
        yield name, held.name_full
    elif isinstance(held, bpy.types.ColorRamp):
        yield held.interpolation, held.color_mode, [(one.position, value(one.color)) for one in held.elements]
    elif isinstance(held, bpy.types.CurveMapping):
        yield from curves(held)
    elif isinstance(held, bpy.types.Node):
        yield held.name
    elif held is not None and depth < DEEPEST:
        yield from plain(held, depth=depth + 1)


def _image(image: bpy.types.Image, user: bpy.types.ImageUser | None) -> Rows:
    yield image.name_full
    if image.is_dirty:
        yield untold()
    yield from (tuple(image.size), image.source, image.colorspace_settings.name, image.alpha_mode)
    yield [file.packed_file.size for file in image.packed_files if file.packed_file is not None]
    if not image.packed_files:
        yield from (_file(path) for path in _files(image, user))


def _files(image: bpy.types.Image, user: bpy.types.ImageUser | None) -> Iterator[str]:
    """The files that an image shows now."""
    path = bpy.path.abspath(image.filepath, library=image.library)
    if image.source == "TILED":
        for tile in image.tiles:
            across, up = (tile.number - 1001) % 10 + 1, (tile.number - 1001) // 10 + 1
            yield path.replace("<UDIM>", str(tile.number)).replace("<UVTILE>", f"u{across}_v{up}")
    elif image.source == "SEQUENCE" and user is not None:
        yield image.filepath_from_user(image_user=user)
    elif path:
        yield path


def _file(path: str) -> tuple[int, ...]:
    """Size and date; nothing of a file that is gone."""
    try:
        found = Path(path).stat()
    except (OSError, ValueError):
        return ()
    return found.st_size, found.st_mtime_ns
