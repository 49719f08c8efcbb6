"""A walk as an artist would build it: a camera that follows curves, with ordinary keyframes, to be edited by hand."""

from __future__ import annotations

from typing import Any

import bpy
import numpy as np
from mathutils import Quaternion

from .line import Line
from .plan import Stretch, Walk

MARK = "take_one_walk"  # on the curves that a walk's camera follows: they go when it is made anew
FINE = 24  # of a curve's pieces, for an even pace


def build(
    scene: bpy.types.Scene, walk: Walk, frame: int, name: str, camera: bpy.types.Object | None
) -> bpy.types.Object:
    """The walk's camera, from `frame` on at the scene's rate. A `camera` that was built before is built anew."""
    if camera is None or camera.library is not None or camera.data is None:
        camera = bpy.data.objects.new(name, bpy.data.cameras.new(name))
        camera[MARK] = True
        scene.collection.objects.link(camera)
        _copy_lens(scene, walk, camera)
    _clear(camera)
    fps = scene.render.fps / scene.render.fps_base
    camera.rotation_mode = "QUATERNION"
    camera.location, camera.scale = (0, 0, 0), (1, 1, 1)
    last = len(walk.stretches) - 1
    for index, stretch in enumerate(walk.stretches):
        begins, ends = round(frame + stretch.begins * fps), frame + stretch.ends * fps
        if index < last:
            ends = max(begins, round(ends) - 1)  # the next one begins on a whole frame
        rename = f"{name} Path" if last == 0 else f"{name} Path {index + 1}"
        _key_stretch(scene, camera, stretch, (frame, fps), (begins, ends), (rename, index, last))
    _even_turns(camera)
    return camera


def is_walk(camera: bpy.types.Object) -> bool:
    """Whether the camera was built here: it, or a curve that it follows, bears the mark."""
    return MARK in camera


def _copy_lens(scene: bpy.types.Scene, walk: Walk, camera: bpy.types.Object) -> None:
    """A new camera sees as the first of those that it walks through."""
    source = scene.objects.get(walk.stretches[0].stops[0].name)
    if source is None or source.type != "CAMERA":
        return
    for name in ("sensor_fit", "sensor_width", "sensor_height", "shift_x", "shift_y", "clip_start", "clip_end"):
        setattr(camera.data, name, getattr(source.data, name))


def _clear(camera: bpy.types.Object) -> None:
    for constraint in list(camera.constraints):
        curve = constraint.target if constraint.type == "FOLLOW_PATH" else None
        camera.constraints.remove(constraint)
        if curve is not None and MARK in curve and curve.library is None and curve.type == "CURVE":
            data = curve.data
            bpy.data.objects.remove(curve)
            if data.users == 0:
                bpy.data.curves.remove(data)
    camera.animation_data_clear()
    camera.data.animation_data_clear()
    camera.parent = None


def _key_stretch(
    scene: bpy.types.Scene,
    camera: bpy.types.Object,
    stretch: Stretch,
    clock: tuple[float, float],
    span: tuple[float, float],
    place: tuple[str, int, int],
) -> None:
    start, fps = clock
    begins, ends = span
    name, index, last = place

    def frame_of(seconds: float) -> float:
        return min(ends, max(begins, start + seconds * fps))

    if stretch.line is not None:
        constraint = camera.constraints.new("FOLLOW_PATH")
        constraint.name = name
        constraint.target = _curve(scene, stretch.line, name)
        constraint.use_fixed_location = True
        _key_offsets(
            camera, constraint.name, [(frame_of(at), share, speed / fps) for at, share, speed in stretch.offsets]
        )
        if last:
            _key_influence(camera, constraint.name, begins, ends, index, last)
    if last or stretch.line is None:  # what stands does so by its location; what follows a path begins at nought
        camera.location = stretch.stops[0].place if stretch.line is None else (0, 0, 0)
        camera.keyframe_insert("location", frame=begins)
        _hold(camera, "location", begins)
    for at, look in stretch.looks:
        camera.rotation_quaternion = look
        camera.keyframe_insert("rotation_quaternion", frame=frame_of(at))
    _go_on(camera, "rotation_quaternion", begins)
    if index < last:
        camera.keyframe_insert("rotation_quaternion", frame=ends)
        _hold(camera, "rotation_quaternion", ends)
    lenses = {round(lens, 3) for _, lens in stretch.lenses}
    if len(lenses) > 1 or last:
        for at, lens in stretch.lenses:
            camera.data.lens = lens
            camera.data.keyframe_insert("lens", frame=frame_of(at))
        _go_on(camera.data, "lens", begins)
        if index < last:
            camera.data.keyframe_insert("lens", frame=ends)
            _hold(camera.data, "lens", ends)
    else:
        camera.data.lens = stretch.lenses[0][1]


def _curve(scene: bpy.types.Scene, one: Line, name: str) -> bpy.types.Object:
    data = bpy.data.curves.new(name, "CURVE")
    data.dimensions, data.use_path, data.resolution_u = "3D", True, FINE
    spline = data.splines.new("BEZIER")
    spline.bezier_points.add(len(one.points) - 1)
    for point, at, left, right in zip(spline.bezier_points, one.points, one.left, one.right, strict=True):
        # Blender would set handles straight that a neighbour's height has bent, and the way be another than the line.
        straight = np.linalg.norm(np.cross(at - left, right - at)) < 1e-6 * np.linalg.norm(right - left) ** 2
        point.handle_left_type = point.handle_right_type = "ALIGNED" if straight else "FREE"
        point.co, point.handle_left, point.handle_right = at, left, right
    item = bpy.data.objects.new(name, data)
    item[MARK] = True
    item.hide_render = True
    scene.collection.objects.link(item)
    return item


def _key_offsets(camera: bpy.types.Object, constraint: str, keys: list[tuple[float, float, float]]) -> None:
    """Keys of how far along it is, with handles by its speed: between two of them it is a square or a straight line."""
    path = f'constraints["{bpy.utils.escape_identifier(constraint)}"].offset_factor'
    owner = camera.constraints[constraint]
    for frame, share, _ in keys:
        owner.offset_factor = share
        owner.keyframe_insert("offset_factor", frame=frame)
    points = fcurve(camera, path).keyframe_points
    for index, (frame, share, speed) in enumerate(keys):
        point = points[index]
        point.interpolation = "BEZIER"
        point.handle_left_type = point.handle_right_type = "FREE"
        before = (frame - keys[index - 1][0]) / 3 if index else 1.0
        after = (keys[index + 1][0] - frame) / 3 if index + 1 < len(keys) else 1.0
        point.handle_left = (frame - before, share - speed * before)
        point.handle_right = (frame + after, share + speed * after)


def _key_influence(
    camera: bpy.types.Object, constraint: str, begins: float, ends: float, index: int, last: int
) -> None:
    """It follows this curve between these frames only."""
    owner = camera.constraints[constraint]
    path = f'constraints["{bpy.utils.escape_identifier(constraint)}"].influence'
    keys = [(begins, 1.0)]
    if index:
        keys.insert(0, (begins - 1, 0.0))
    if index < last:
        keys.append((ends + 1, 0.0))
    for frame, value in keys:
        owner.influence = value
        owner.keyframe_insert("influence", frame=frame)
    for point in fcurve(camera, path).keyframe_points:
        point.interpolation = "CONSTANT"


def _hold(owner: bpy.types.ID, path: str, frame: float) -> None:
    """From this key on the value stays until the next."""
    for curve in fcurves(owner):
        if curve.data_path == path:
            for point in curve.keyframe_points:
                if abs(point.co.x - frame) < 1e-3:
                    point.interpolation = "CONSTANT"


def _go_on(owner: bpy.types.ID, path: str, frame: float) -> None:
    """From this frame on the value goes from key to key: Blender has new keys do as the one before, which may hold."""
    for curve in fcurves(owner):
        if curve.data_path == path:
            for point in curve.keyframe_points:
                if point.co.x > frame - 1e-3:
                    point.interpolation = "BEZIER"


def _even_turns(camera: bpy.types.Object) -> None:
    """Between two keys of the look no component goes beyond them, and signs fit, so that it turns the shortest way."""
    turns = sorted((curve for curve in fcurves(camera) if curve.data_path == "rotation_quaternion"), key=_index)
    before: Quaternion | None = None
    for keys in zip(*(curve.keyframe_points for curve in turns), strict=True):
        turn = Quaternion([key.co.y for key in keys])
        if before is not None:
            turn.make_compatible(before)
        for key, value in zip(keys, turn, strict=True):
            key.co.y = value
            key.handle_left_type = key.handle_right_type = "AUTO_CLAMPED"
        before = turn
    for curve in turns:
        curve.update()


def _index(curve: Any) -> int:
    return int(curve.array_index)


def fcurves(owner: bpy.types.ID) -> list[Any]:
    """The curves of an owner's own action."""
    animation = owner.animation_data
    if animation is None or animation.action is None:
        return []
    found: list[Any] = []
    for layer in animation.action.layers:
        for strip in layer.strips:
            bag = strip.channelbag(animation.action_slot)
            found += list(bag.fcurves) if bag is not None else []
    return found


def fcurve(owner: bpy.types.ID, path: str) -> Any:
    """The curve of one property."""
    return next(curve for curve in fcurves(owner) if curve.data_path == path)
