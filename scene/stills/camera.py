"""The camera of a still in numbers, and its path by its own animation."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import bpy
import numpy as np
from bpy.app.translations import pgettext_rpt as rpt_

from ...client.protocol import Camera, CameraPath, Focus, Keyframe, Unfit
from ...client.protocol.camera import MAX_KEYFRAMES, MAX_NAME, MAX_UNSEEN, Matrix, check_matrix
from ..app.errors import SceneError
from ..model.lent import lent, own_size
from .borrow import second_camera
from .borrow.blocks import address, find
from .borrow.borrowed import borrowing
from .coverage.plan import Plan, spread
from .track import Lens, Pose, Track

KINDS = {"PANO": "panoramic", "CUSTOM": "a custom one"}
PROJECTIONS = {"PERSP": "perspective", "ORTHO": "orthographic"}


def check_camera(scene: bpy.types.Scene, camera: bpy.types.Object | None) -> bpy.types.Object:
    """The camera to see through: `camera`, else the scene's active one.

    Raises:
        SceneError: no_camera, panoramic_camera (both with the fix pick_camera).
    """
    camera = camera or own_camera(scene)
    if camera is None:
        raise SceneError(
            "no_camera",
            rpt_("Scene '{scene}' has no active camera. Add one (Shift+A, Camera) or pick one for the shot.").format(
                scene=scene.name
            ),
            "pick_camera",
        )
    if camera.type != "CAMERA":
        raise SceneError(
            "no_camera",
            rpt_("'{camera}' is not a camera. Pick a camera for the shot.").format(camera=camera.name),
            "pick_camera",
        )
    if not second_camera.is_ours(camera) and not _is_in(scene, camera):
        raise SceneError(
            "no_camera",
            _not_in(scene, camera),
            "pick_camera",
        )
    if camera.data.type not in PROJECTIONS:
        raise SceneError(
            "panoramic_camera",
            rpt_(
                "Camera '{camera}' is {kind}. A clip needs a perspective or orthographic one: change its lens"
                " type, or pick another camera."
            ).format(camera=camera.name, kind=KINDS.get(camera.data.type, camera.data.type.lower())),
            "pick_camera",
        )
    return camera


def picture_size(scene: bpy.types.Scene) -> tuple[int, int]:
    """Width and height in pixels of what the scene renders (its render region aside)."""
    render = scene.render
    return (
        max(1, render.resolution_x * render.resolution_percentage // 100),
        max(1, render.resolution_y * render.resolution_percentage // 100),
    )


def own_camera(scene: bpy.types.Scene) -> bpy.types.Object | None:
    """The scene's camera as the user has it, also while another one is lent to a still. Cheap enough for draw()."""
    camera = scene.camera
    for before, now in lent(scene, "camera"):
        if camera is not None and now == {"block": address(camera)} and isinstance(before, (dict, type(None))):
            camera = find(before["block"]) if before else None
    return camera


def metres_per_unit(scene: bpy.types.Scene) -> float:
    """The length of one Blender unit in metres, by the scene's units."""
    units = scene.unit_settings
    return 1.0 if units.system == "NONE" else float(units.scale_length)


def intrinsics(
    lens: bpy.types.Camera | Lens, render: bpy.types.RenderSettings, width: int, height: int
) -> dict[str, float]:
    """`fx, fy, cx, cy` in pixels, y down. Pixel centres lie at half numbers: the picture spans 0..width.

    For an orthographic camera fx and fy are pixels a Blender unit. `lens` may be evaluated camera data.
    Follows BKE_camera_params_compute_viewplane of Blender's source.
    """
    aspect = render.pixel_aspect_y / render.pixel_aspect_x  # height of a pixel in widths
    tall = height * aspect
    fit = lens.sensor_fit
    if fit == "AUTO":
        fit = "HORIZONTAL" if width >= tall else "VERTICAL"
    span = width if fit == "HORIZONTAL" else tall  # pixels (in widths) that the sensor or the scale covers
    if lens.type == "ORTHO":
        fx = span / lens.ortho_scale
    else:
        fx = span * lens.lens / (lens.sensor_height if lens.sensor_fit == "VERTICAL" else lens.sensor_width)
    return {
        "fx": fx,
        "fy": fx / aspect,
        "cx": width / 2 - lens.shift_x * span,
        "cy": height / 2 + lens.shift_y * span / aspect,
    }


def pose(camera: bpy.types.Object, unit: float) -> np.ndarray:
    """Camera to world, 4x4, in metres. Renders ignore the object's scale, and so does this."""
    matrix = np.array(camera.matrix_world, dtype=np.float64)
    with np.errstate(invalid="ignore", divide="ignore"):  # of one that is scaled to nothing: told by who reads it
        matrix[:3, :3] /= np.linalg.norm(matrix[:3, :3], axis=0)
    matrix[:3, 3] *= unit
    return matrix


def camera_of(
    scene: bpy.types.Scene,
    camera: bpy.types.Object,
    depsgraph: bpy.types.Depsgraph | None = None,
    size: tuple[int, int] | None = None,
) -> Camera:
    """What `camera` sees at the scene's frame, in a picture of `size` pixels. Lengths are metres. None is the size that
    the scene has for the render of a `depsgraph`, and without one the size that it has for the user.

    With the `depsgraph` that a picture was made with, of the camera in there. Else as an artist sees the camera
    now; where no view layer holds it, as it is without values that were changed and not keyed.

    Raises:
        SceneError: camera_unusable where it has no size or no place, such as one that is scaled to nothing.
    """
    size = size or (own_size(scene) if depsgraph is None else picture_size(scene))
    if depsgraph is not None:
        return _evaluated(scene, camera.evaluated_get(depsgraph), size)
    layer = scene.view_layers[0]
    layer.depsgraph.update()
    if camera == scene.camera or camera.visible_get(view_layer=layer):
        return _evaluated(scene, camera.evaluated_get(layer.depsgraph), size)
    with _alone(scene, camera) as stage:
        return _evaluated(scene, _at(stage, camera, scene.frame_float), size)


def _evaluated(scene: bpy.types.Scene, evaluated: bpy.types.Object, size: tuple[int, int]) -> Camera:
    width, height = size
    unit = metres_per_unit(scene)
    lens = intrinsics(evaluated.data, scene.render, width, height)
    if evaluated.data.type == "ORTHO":
        lens |= {"fx": lens["fx"] / unit, "fy": lens["fy"] / unit, "scale": unit / lens["fx"]}
    matrix = pose(evaluated, unit)
    kind, scale = PROJECTIONS[evaluated.data.type], lens.get("scale", 0.0)
    try:
        seen = Camera(kind, width, height, lens["cx"], lens["cy"], lens["fx"], lens["fy"], scale, _rows(matrix))
        return replace(seen, focus=_focus(evaluated.data, matrix, unit), near=unit * evaluated.data.clip_start)
    except Unfit as error:
        raise _unusable(evaluated, error) from error


def _focus(lens: bpy.types.Camera, matrix: np.ndarray, unit: float) -> Focus | None:
    """What the lens focuses on: the object that is set for it, else its distance where it has a depth of field."""
    aim = lens.dof.focus_object
    if aim is not None:
        place = np.linalg.inv(matrix) @ (*(unit * value for value in aim.matrix_world.translation), 1.0)
        if place[2] < -1e-3:
            return Focus(-float(place[2]), aim.name[:MAX_NAME], (float(place[0]), float(place[1]), float(place[2])))
    distance = lens.dof.focus_distance * unit
    return Focus(distance) if lens.dof.use_dof and aim is None and distance > 1e-3 else None


def _rows(matrix: np.ndarray) -> Matrix:
    return tuple(tuple(row) for row in matrix.tolist())


def _unusable(camera: bpy.types.Object, error: Unfit) -> SceneError:
    text = rpt_("The camera '{camera}' can't be used: {error}.").format(camera=camera.name, error=error)
    return SceneError("camera_unusable", text, "pick_camera")


def is_animated(camera: bpy.types.Object) -> bool:
    """Whether anything animates this camera: itself, its lens, its parents, or what its constraints follow.

    Cheap enough for a panel's draw().
    """
    seen: set[bpy.types.ID] = set()
    waiting: list[bpy.types.ID | None] = [camera, camera.data]
    while waiting:
        item = waiting.pop()
        if item is None or item in seen:
            continue
        seen.add(item)
        animation = item.animation_data
        if animation and (animation.action or animation.nla_tracks or animation.drivers):
            return True
        if isinstance(item, bpy.types.Object):
            waiting.append(item.parent)
            bones = item.pose.bones if item.pose is not None else ()
            for constraint in itertools.chain(item.constraints, *(bone.constraints for bone in bones)):
                waiting.append(getattr(constraint, "target", None))
                waiting.extend(goal.target for goal in getattr(constraint, "targets", ()))
            if item.type in {"CURVE", "LATTICE"}:
                waiting.append(item.data)  # a Follow Path's own animation
            if item.rigid_body is not None and item.rigid_body.type == "ACTIVE":
                return True
    return False


def camera_track(scene: bpy.types.Scene, camera: bpy.types.Object, frame: float, frame_count: int) -> Track:
    """The camera's own poses over `frame_count` scene frames from `frame` on, one a frame (fewer, evenly, where that is
    more than a path may have).

    Parents, constraints and drivers count: every frame is evaluated, of the camera and what it depends on alone,
    so that the scene stays at its frame. In a scene with rigid bodies all is evaluated and the frame put back, as
    only the scene itself has their simulation.

    Raises:
        SceneError: camera_unusable, as `camera_of`: known before anything is rendered.
    """
    width, height = own_size(scene)
    poses = []
    with _alone(scene, camera) as stage:
        count = min(frame_count, MAX_KEYFRAMES)
        for index in range(count):
            share = index / max(1, count - 1)
            evaluated = _at(stage, camera, frame + share * (frame_count - 1))
            lens = _lens(evaluated)
            seen = intrinsics(lens, scene.render, width, height)
            matrix = _rows(pose(evaluated, 1.0))
            try:
                check_matrix(matrix, "matrix_world")
            except Unfit as error:
                raise _unusable(camera, error) from error
            poses.append(Pose(share, matrix, lens, **seen, near=evaluated.data.clip_start))
    return Track(tuple(poses), width, height)


def path_of(scene: bpy.types.Scene, camera: bpy.types.Object, track: Track) -> CameraPath:
    """The path that travels, relative to the track's first pose and in metres.

    Raises:
        SceneError: camera_unusable, as `camera_of`.
    """
    start, focal = np.linalg.inv(_metric(track.poses[0], scene)), track.poses[0].fx
    try:
        return CameraPath(
            tuple(Keyframe(one.t, _rows(start @ _metric(one, scene)), one.fx / focal) for one in track.poses)
        )
    except Unfit as error:
        raise _unusable(camera, error) from error


def with_unseen(scene: bpy.types.Scene, path: CameraPath, plan: Plan) -> CameraPath:
    """`path`, of which each keyframe is a pose of the track that was planned for, with what the planned views do not
    show of it: of as many moments as may tell it."""
    keys, unit = list(path.keyframes), metres_per_unit(scene)
    for number in spread(len(plan.moments), MAX_UNSEEN):
        at, rows = plan.moments[number], plan.unseen[number]
        keys[at] = replace(keys[at], unseen=tuple(map(tuple, _four_digits(unit * np.array(rows)).tolist())))
    return CameraPath(tuple(keys))


def _four_digits(values: np.ndarray) -> np.ndarray:
    """`values` of at least 0 to four significant digits, which is how they are written."""
    tens = np.floor(np.log10(np.where(values > 0, values, 1.0))) - 3
    return np.where(tens > 0, np.rint(values / 10**tens) * 10**tens, np.rint(values * 10**-tens) / 10**-tens)


def camera_path(scene: bpy.types.Scene, camera: bpy.types.Object, frame: float, frame_count: int) -> CameraPath:
    """The camera's own motion, as `camera_track` and `path_of` say."""
    return path_of(scene, camera, camera_track(scene, camera, frame, frame_count))


def camera_at(scene: bpy.types.Scene, track: Track, one: Pose) -> Camera:
    """What a still from a pose of the track sees. Raises Unfit."""
    unit = metres_per_unit(scene)
    fx, fy, scale = one.fx, one.fy, 0.0
    if one.is_orthographic:
        fx, fy, scale = one.fx / unit, one.fy / unit, unit / one.fx
    kind, matrix = PROJECTIONS[one.lens.type], _rows(_metric(one, scene))
    seen = Camera(kind, track.width, track.height, one.cx, one.cy, fx, fy, scale, matrix)
    return replace(seen, near=unit * one.near)


def _metric(one: Pose, scene: bpy.types.Scene) -> np.ndarray:
    matrix = np.array(one.matrix)
    matrix[:3, 3] *= metres_per_unit(scene)
    return matrix


def _lens(evaluated: bpy.types.Object) -> Lens:
    data = evaluated.data
    return Lens(
        data.type,
        data.lens,
        data.ortho_scale,
        data.sensor_fit,
        data.sensor_width,
        data.sensor_height,
        data.shift_x,
        data.shift_y,
        data.dof.focus_distance,
    )


def _is_in(scene: bpy.types.Scene, camera: bpy.types.Object) -> bool:
    """By the object itself: a linked one may have the name of a local one."""
    return scene.objects.get(camera.name) == camera or any(item == camera for item in scene.objects)


def _not_in(scene: bpy.types.Scene, camera: bpy.types.Object) -> str:
    """What to say of a camera that is none of the scene's own objects, though Blender may render with it."""
    behind = scene.background_set
    if behind is not None and _is_in(behind, camera):
        text = rpt_("Camera '{camera}' is only in '{other}', the background set of scene '{scene}'.")
        text = text.format(camera=camera.name, other=behind.name, scene=scene.name)
        return text + " " + rpt_("Link it into this scene too, or pick another camera.")
    for item in scene.objects:
        shown = item.instance_collection if item.instance_type == "COLLECTION" else None
        if shown is not None and any(one == camera for one in shown.all_objects):
            text = rpt_("Camera '{camera}' is in scene '{scene}' only as a part of the collection instance '{other}'.")
            text = text.format(camera=camera.name, other=item.name, scene=scene.name)
            return text + " " + rpt_("Make the instance real (Object > Apply), or pick another.")
    text = rpt_("Camera '{camera}' is not in scene '{scene}'. Pick a camera of this scene.")
    return text.format(camera=camera.name, scene=scene.name)


@contextmanager
def _alone(scene: bpy.types.Scene, camera: bpy.types.Object) -> Iterator[bpy.types.Scene]:
    """A scene for `_at`: one that holds nothing but the camera, so that Blender evaluates only what that depends on,
    whatever collections and view layers hide, and leaves the user's scene alone. Where a simulation of rigid bodies
    may carry the camera it is the scene itself.
    """
    if scene.rigidbody_world is not None:
        with borrowing(scene, {"camera": camera}):
            here = scene.frame_float
            try:
                yield scene
            finally:
                _set_frame(scene, here)
        return
    stage = bpy.data.scenes.new("Take One Camera")
    try:
        for name, value in scene.items():  # drivers may read them from the scene that they are in
            if isinstance(value, (int, float, str)):
                stage[name] = value
        for name in ("fps", "fps_base", "frame_map_old", "frame_map_new"):
            setattr(stage.render, name, getattr(scene.render, name))
        stage.camera = camera
        yield stage
        _set_frame(stage, scene.frame_float)  # for handlers that change things by the frame
    finally:
        bpy.data.scenes.remove(stage)


def _at(stage: bpy.types.Scene, camera: bpy.types.Object, frame: float) -> bpy.types.Object:
    """The camera of a scene of `_alone`, evaluated."""
    _set_frame(stage, frame)
    return camera.evaluated_get(stage.view_layers[0].depsgraph)


def _set_frame(scene: bpy.types.Scene, frame: float) -> None:
    whole = math.floor(frame)
    scene.frame_set(whole, subframe=frame - whole)
