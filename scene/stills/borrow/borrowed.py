"""Settings of the user's scene that a still needs otherwise for a moment: borrowed, and given back to the bit.

What was borrowed is written on the scene itself. So it is given back also where the state in between was caught by
an undo step, an autosave or a crash: `restore()` runs after undo and after loading a file.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import bpy

from ...app import timer
from ...model.lent import OUTER, RECORD, UNREADABLE, put_frame
from ...model.lent import lent as recorded
from . import mirrors, second_camera, see_through
from .blocks import address, find, of_session
from .compositor import file_outputs


def borrow(scene: bpy.types.Scene, changes: dict[str, Any]) -> None:
    """Set each property, named by its path from the scene ("render.use_stamp", "camera.data.dof.use_dof"), one after
    the other, and record what it was before. Markers let go of their cameras meanwhile, as they would take the
    picture away from the scene's.

    Values are what JSON knows, or a data-block (None for none). Those that are right already are not touched. What is
    borrowed already may be borrowed again, and is given back first.
    """
    record: dict[str, Any] = {"values": [], "markers": [], OUTER: scene.get(RECORD)}
    _write(scene, record)
    try:
        bound = [marker for marker in scene.timeline_markers if marker.camera]
        if bound:
            record["markers"] = [[marker.name, marker.frame, address(marker.camera)] for marker in bound]
            _write(scene, record)
            with _same_camera(scene):
                for marker in bound:
                    marker.camera = None
        for path, value in changes.items():
            row = _row(scene, path)
            if row["before"] != _plain(value):
                record["values"].append(row)
                _write(scene, record)
                _assign(scene, path, value)
                row["now"] = _plain(scene.path_resolve(path, True))
                _write(scene, record)
    except BaseException:
        give_back(scene)
        raise


@contextmanager
def borrowing(scene: bpy.types.Scene, changes: dict[str, Any]) -> Iterator[None]:
    """`borrow`, and `give_back` afterwards."""
    borrow(scene, changes)
    try:
        yield
    finally:
        give_back(scene)


def give_back(scene: bpy.types.Scene) -> None:
    """Put back what was borrowed last from this scene. What no longer exists is passed over, and so is what was changed
    to something else in between: the user did."""
    record, outer = scene.get(RECORD), None
    if record is None:
        return
    try:
        record = json.loads(record)
        outer = record.get(OUTER)
        with _same_camera(scene):
            _bind_markers(scene, record["markers"])
        for row in reversed(record["values"]):
            _put_back(scene, row)
        if record["markers"] and any(row["path"] == "frame_float" for row in record["values"]):
            _keep_camera(scene)
    except UNREADABLE as error:  # a stranger's file may hold anything
        print(f"Take One: {scene.name}: could not read what was borrowed: {error!r}")
    del scene[RECORD]
    if isinstance(outer, str):
        scene[RECORD] = outer


def restore() -> None:
    """Give back everything in every scene: for after undo and file load, when nothing renders."""
    for scene in bpy.data.scenes:
        while RECORD in scene:
            give_back(scene)
    see_through.restore()
    mirrors.restore()
    second_camera.remove_all()


def give_back_in_copies(scene: bpy.types.Scene | None) -> None:
    """Give back what the user's copies of a scene, made meanwhile, have from it. Where a copy has objects of its own,
    its cameras are among them."""
    for copy in bpy.data.scenes:
        if copy == scene or RECORD not in copy:
            continue
        for _, now in list(recorded(copy, "camera")):
            one = find(now["block"]) if isinstance(now, dict) else None
            if one is not None and copy.camera is not None and _twin(copy, one) == copy.camera:
                copy.camera = one  # the copy's own would count as the user's choice
        while RECORD in copy:
            give_back(copy)
        if copy.camera is not None:
            copy.camera = _twin(copy, copy.camera)
        with _same_camera(copy):
            for marker in copy.timeline_markers:
                if marker.camera is not None:
                    marker.camera = _twin(copy, marker.camera)


def lay_down() -> list[tuple[int, str]]:
    """Give back everything in every scene for a moment, such as to save the file: what `take_up` needs to go on."""
    lent = []
    for scene in bpy.data.scenes:
        while (text := scene.get(RECORD)) is not None:
            with suppress(*UNREADABLE):
                record = json.loads(text)
                record["values"] = [row for row in record["values"] if _is_lent(scene, row)]
                lent.append((scene.session_uid, json.dumps(record)))
            give_back(scene)
    second_camera.keep_all(False)
    return lent


def take_up(lent: list[tuple[int, str]]) -> None:
    """Borrow again what was laid down."""
    for number, text in reversed(lent):
        scene = of_session(bpy.data.scenes, number)
        if scene is not None:
            with suppress(*UNREADABLE):
                _take_up(scene, text)
    second_camera.keep_all(True)


def _take_up(scene: bpy.types.Scene, text: str) -> None:
    record = json.loads(text)
    scene[RECORD] = text
    bound = [(name, frame) for name, frame, _ in record["markers"]]
    with _same_camera(scene):
        for marker in scene.timeline_markers:
            if marker.camera and (marker.name, marker.frame) in bound:
                marker.camera = None
    for row in record["values"]:
        _set_plain(find(row["block"]) if row["block"] else scene, row["path"], row["now"])


def still_changes(scene: bpy.types.Scene, camera: bpy.types.Object, frame: float | None = None) -> dict[str, Any]:
    """What a render of the still needs: the camera's whole picture at the frame (no sequencer, render region,
    burnt-in text, second eye), without writing the compositor's output files."""
    changes: dict[str, Any] = {
        "camera": camera,
        "frame_float": scene.frame_float if frame is None else frame,
        "render.use_border": False,
        "render.use_multiview": False,
        "render.use_stamp": False,
    }
    # Blender 5.2 crashes without its sequencer where a script changes anything in render_init: not touched in vain.
    if scene.sequence_editor is not None and len(scene.sequence_editor.strips):
        changes["render.use_sequencer"] = False
    return changes | {f"{node}.mute": True for node in file_outputs(scene)}


@contextmanager
def image_settings(scene: bpy.types.Scene, **values: Any) -> Iterator[None]:
    """Output settings for one `save_render`, put back afterwards. `media_type` is for Blender 5 and passed
    over on 4.5."""
    settings = scene.render.image_settings
    before = _plain_values(settings)
    # Going from OVERRIDE to FOLLOW_SCENE and back makes Blender forget the overriding view.
    view = _view(settings) if before["color_management"] == "OVERRIDE" else None
    # A format that is not linear has no space of its own: Blender sets one anew with each linear format.
    space = settings.linear_colorspace_settings.name if settings.has_linear_colorspace else ""
    try:
        for name, value in values.items():
            if name in before:
                setattr(settings, name, value)
        yield
    finally:
        # What decides which other values are allowed comes first.
        for name in ("media_type", "file_format", "color_mode", "color_depth", *before):
            if name in before and getattr(settings, name) != before[name]:
                setattr(settings, name, before[name])
        if space:
            settings.linear_colorspace_settings.name = space
        if view is not None:
            _set_view(settings, view)


@contextmanager
def _same_camera(scene: bpy.types.Scene) -> Iterator[None]:
    """The scene's camera stays, though each change of a marker's lets the markers choose it."""
    camera = scene.camera
    try:
        yield
    finally:
        if scene.camera != camera:
            scene.camera = camera


def _keep_camera(scene: bpy.types.Scene) -> None:
    """A window lets markers choose the camera at each change of frame, after this; but here the frame comes back to
    where the camera was another."""
    if bpy.app.background or scene.camera is None:
        return
    number, where = scene.session_uid, address(scene.camera)

    def again() -> None:
        same, camera = of_session(bpy.data.scenes, number), find(where)
        if same is None or camera is None or RECORD in same:  # the next still has begun: its own return does this
            return
        if same.camera != camera:
            same.camera = camera

    timer.every(again)


def _twin(scene: bpy.types.Scene, camera: bpy.types.Object) -> bpy.types.Object:
    """The camera of the scene's own that stands where this one does; itself where there is none, or it is its own."""
    own = list(scene.objects)
    alike = (one for one in own if one.type == "CAMERA" and one.matrix_basis == camera.matrix_basis)
    same_name = (one for one in alike if one.name.rpartition(".")[0] in (camera.name, camera.name.rpartition(".")[0]))
    return camera if camera in own else next(same_name, camera)


def _write(scene: bpy.types.Scene, record: dict[str, Any]) -> None:
    scene[RECORD] = json.dumps(record)


def _row(scene: bpy.types.Scene, path: str) -> dict[str, Any]:
    """A property as it is: in which block (None: the scene or what is embedded in it), by which path, its value."""
    owner_path, _, name = path.rpartition(".")
    owner = scene.path_resolve(owner_path) if owner_path else scene
    block = owner.id_data
    inside = block == scene or block.is_embedded_data
    return {
        "block": None if inside else address(block),
        "path": path if inside else owner.path_from_id(name),
        "before": _plain(getattr(owner, name)),
    }


def _plain(value: Any) -> Any:
    return {"block": address(value)} if isinstance(value, bpy.types.ID) else value


def _is_lent(scene: bpy.types.Scene, row: dict[str, Any]) -> bool:
    """Whether it is still what it was set to, or was until that block was removed. Else the user changed it."""
    owner = find(row["block"]) if row["block"] else scene
    if owner is None or "now" not in row:
        return owner is not None
    here, now = _plain(owner.path_resolve(row["path"], True)), row["now"]
    return here == now or (here is None and isinstance(now, dict) and find(now["block"]) is None)


def _put_back(scene: bpy.types.Scene, row: dict[str, Any]) -> None:
    try:
        if _is_lent(scene, row):
            _set_plain(find(row["block"]) if row["block"] else scene, row["path"], row["before"])
    except UNREADABLE as error:
        print(f"Take One: {scene.name}: could not put back {row['path']}: {error}")


def _bind_markers(scene: bpy.types.Scene, bound: list[Any]) -> None:
    """Give the markers their cameras again. Markers may share their name, and may have been moved or removed
    meanwhile."""
    moved = []
    for name, frame, where in bound:
        free = [marker for marker in scene.timeline_markers if marker.name == name and marker.camera is None]
        there = next((marker for marker in free if marker.frame == frame), None)
        if there is not None:
            there.camera = find(where)
        elif free:
            moved.append((name, frame, where))
    for name, frame, where in moved:
        free = [marker for marker in scene.timeline_markers if marker.name == name and marker.camera is None]
        if free:
            min(free, key=lambda marker: abs(marker.frame - frame)).camera = find(where)


def _set_plain(owner: bpy.types.ID | None, path: str, plain: Any) -> None:
    """Set a property to what `_plain` made of a value; a block that is gone changes nothing."""
    value = find(plain["block"]) if isinstance(plain, dict) else plain
    if owner is not None and (value is not None or plain is None):
        _assign(owner, path, value)


def _assign(block: bpy.types.ID, path: str, value: Any) -> None:
    owner_path, _, name = path.rpartition(".")
    owner = block.path_resolve(owner_path) if owner_path else block
    if name == "frame_float":
        put_frame(owner, value)
    else:
        setattr(owner, name, value)


def _plain_values(item: Any) -> dict[str, Any]:
    """All writable properties that are no pointers or collections."""
    return {
        prop.identifier: getattr(item, prop.identifier)
        for prop in item.bl_rna.properties
        if not prop.is_readonly and prop.type not in {"POINTER", "COLLECTION"}
    }


def _view(settings: Any) -> dict[str, Any]:
    mapping = settings.view_settings.curve_mapping
    curves = [[(*point.location, point.handle_type) for point in curve.points] for curve in mapping.curves]
    return {
        "display": settings.display_settings.display_device,
        "view": _plain_values(settings.view_settings),
        "mapping": {
            "black": tuple(mapping.black_level),
            "white": tuple(mapping.white_level),
            "clip": {name: value for name, value in _plain_values(mapping).items() if "level" not in name},
            "curves": curves,
        },
    }


def _set_view(settings: Any, saved: dict[str, Any]) -> None:
    settings.display_settings.display_device = saved["display"]
    view = settings.view_settings
    view.view_transform = saved["view"]["view_transform"]  # decides which looks there are
    for name, value in saved["view"].items():
        if getattr(view, name) != value:
            setattr(view, name, value)
    mapping = view.curve_mapping
    for name, value in 2 * list(saved["mapping"]["clip"].items()):  # each bounds others: twice
        setattr(mapping, name, value)
    for curve, points in zip(mapping.curves, saved["mapping"]["curves"], strict=True):
        while len(curve.points) > len(points):
            curve.points.remove(curve.points[-1])
        while len(curve.points) < len(points):
            curve.points.new(0, 0)
        for point, (x, y, handle) in zip(curve.points, points, strict=True):
            point.location = (x, y)
            point.handle_type = handle
    mapping.black_level, mapping.white_level = saved["mapping"]["black"], saved["mapping"]["white"]
    mapping.update()
