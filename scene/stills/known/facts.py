"""What Blender knows of a shot, in an engine's words: lens, shot size, time of day, named things in view.

Only what can be known: a fact that would be a guess is left out. Cheap enough for the press of a button: one
bounding box for each of at most MAX_BOXES objects, and a few rays where the scene is small enough for them.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import bpy
import numpy as np
from mathutils import Vector

from ....client.protocol import Camera
from ..camera import camera_of, check_camera, metres_per_unit

MAX_OBJECTS = 8
MAX_BOXES = 4000  # objects and parts of instanced collections that are looked at
MAX_RAY_FACES = 1_000_000  # a ray has Blender sort each mesh that it may meet: not in heavier scenes
LEAST_SHARE = 0.002  # of the frame: what is smaller is not named
LEAST_PERSON = 0.0002  # a character far away still makes the shot an extreme wide one
BACKDROP = 0.9  # what fills more of the frame, and is no character, is not what the shot is of
SOLID = {"MESH", "CURVE", "SURFACE", "META", "FONT"}
_NUMBER = re.compile(r"[._\s-]*\d+$")
_RIG = re.compile(r"[._\s-]+(rig|armature|metarig)$", re.IGNORECASE)
_BLENDERS_NAMES = (
    "cube plane sphere icosphere uvsphere circle cylinder cone torus grid roundcube suzanne monkey empty mesh object "
    "camera light lamp area sun point spot curve curves beziercurve beziercircle nurbspath nurbscurve nurbscircle "
    "surfsphere surfpatch surfcurve surfcircle surftorus surfcylinder mball metaball text font armature rig metarig "
    "lattice speaker volume collection group instance geometry join gpencil"
)
_NAMELESS = frozenset(_BLENDERS_NAMES.split())
# Of how many heights of the frame a standing person would be, from head to foot.
_PERSON_SIZES = (
    (0.15, "extreme wide shot"), (0.45, "wide shot"), (1.1, "full shot"), (1.6, "medium long shot"),
    (2.5, "medium shot"), (4.0, "medium close-up"), (8.0, "close-up"), (math.inf, "extreme close-up"),
)  # fmt: skip
# Of the share of the frame, in height or width, that a thing takes.
_THING_SIZES = (
    (0.12, "extreme wide shot"), (0.4, "wide shot"), (0.8, "medium shot"), (1.3, "medium close-up"),
    (math.inf, "close-up"),
)  # fmt: skip
# Of the sun's elevation in degrees; dawn and dusk look alike.
_SUN = ((-6.0, "night"), (0.0, "twilight"), (8.0, "golden hour"), (90.1, "day"))
_EDGES = [(a, a ^ bit) for a in range(8) for bit in (1, 2, 4) if a < a ^ bit]
_CORNERS = np.array([[(i >> k) & 1 for k in range(3)] for i in range(8)], dtype=np.float64)
_NEAR = 1e-3


@dataclass
class Seen:
    """A named thing in the frame. Its box is in the frame's own measure: 0..1 to the right and down.

    `low`, `high` are corners of its box in world axes, `extent` the size of its whole picture, `share` the part
    of the frame that its picture's box covers, `surrounds` whether it reaches behind the camera.
    """

    name: str
    person: bool
    members: set[bpy.types.Object]
    corners: np.ndarray
    low: np.ndarray = field(default_factory=lambda: np.zeros(2))
    high: np.ndarray = field(default_factory=lambda: np.zeros(2))
    surrounds: bool = False

    @property
    def extent(self) -> np.ndarray:
        return self.high - self.low

    @property
    def share(self) -> float:
        inside = np.minimum(self.high, 1) - np.maximum(self.low, 0)
        return float(np.prod(np.maximum(inside, 0)))

    @property
    def weight(self) -> float:
        """How much it is what the shot is of: large, and near the middle."""
        middle = (np.clip(self.low, 0, 1) + np.clip(self.high, 0, 1)) / 2
        return self.share * (1 - float(np.linalg.norm(middle - 0.5)))


def scene_facts(scene: bpy.types.Scene, camera: bpy.types.Object | None = None) -> dict[str, Any]:
    """What is known of the picture that `camera` takes now; each fact only where there is one:

    `lens_mm` (focal length for a 36 mm wide sensor), `shot_size`, `time_of_day`, `objects` (names, largest in the
    frame first).

    Shot size: of the character (an armature with its meshes) or else the named thing that is largest and most
    central. A character counts by the heights of the frame it takes from head to foot, a thing by the share of
    the frame's height or width. What reaches behind the camera or fills the frame (rooms, floors, walls) is not
    what a shot is of.

    Raises:
        SceneError: no_camera, panoramic_camera.
    """
    camera = check_camera(scene, camera)
    layer = scene.view_layers[0]
    view = camera_of(scene, camera)
    facts: dict[str, Any] = {}
    if view.projection == "perspective":
        facts["lens_mm"] = round(view.fx * 36 / view.width, 1)
    seen = _in_view(scene, layer, view)
    size = shot_size(seen)
    if size:
        facts["shot_size"] = size
    time = time_of_day(scene, layer)
    if time:
        facts["time_of_day"] = time
    if seen:
        facts["objects"] = [one.name for one in seen][:MAX_OBJECTS]
    return facts


def shot_size(seen: Iterable[Seen]) -> str:
    """The shot size in a cinematographer's words, "" where nothing named is what the shot is of."""
    things = [one for one in seen if one.person or not (one.surrounds or one.share > BACKDROP)]
    subjects = [one for one in things if one.person and not one.surrounds] or [one for one in things if not one.person]
    if not subjects:
        return ""
    subject = max(subjects, key=lambda one: one.weight)
    if subject.person:
        return _word(_PERSON_SIZES, float(subject.extent[1]))
    return _word(_THING_SIZES, float(max(subject.extent)))


def time_of_day(scene: bpy.types.Scene, layer: bpy.types.ViewLayer) -> str:
    """By the sun of the world's sky texture, else by the strongest Sun lamp above the horizon; else ""."""
    sky = _sky_elevation(scene.world)
    if sky is not None:
        return _word(_SUN, sky)
    suns = [
        item
        for item in layer.objects
        if item.type == "LIGHT" and item.data.type == "SUN" and item.data.energy >= 0.5  # weaker ones are moons
        if not item.hide_render and item.visible_get(view_layer=layer)
    ]
    if not suns:
        return ""
    sun = max(suns, key=lambda item: item.data.energy)
    up = (sun.matrix_world.to_3x3() @ Vector((0, 0, 1))).normalized().z  # it shines along its -Z
    return _word(_SUN, math.degrees(math.asin(up))) if up > 0 else ""


def plain_name(name: str) -> str:
    """The name without its number, "" where it is one that Blender gives by itself."""
    plain = _RIG.sub("", _NUMBER.sub("", name)).strip(" ._-")
    bare = re.sub(r"[\s._-]", "", plain).lower()
    return "" if not bare or bare in _NAMELESS else plain


# --- what is in view ----------------------------------------------------------------------------------------


def _in_view(scene: bpy.types.Scene, layer: bpy.types.ViewLayer, view: Camera) -> list[Seen]:
    """The named things in the frame of a camera.json, largest first, each name once."""
    unique: dict[str, Seen] = {}
    for one in _framed(scene, layer, view):
        unique.setdefault(one.name.lower(), one)
    return _unhidden(scene, layer, view, list(unique.values())[: 2 * MAX_OBJECTS])


def seen_things(scene: bpy.types.Scene, layer: bpy.types.ViewLayer, view: Camera, most: int) -> list[Seen]:
    """At most so many of the named things in the frame of a camera.json, largest first; a name may be there more than
    once."""
    return _unhidden(scene, layer, view, _framed(scene, layer, view, parts=True)[:most])


def _framed(scene: bpy.types.Scene, layer: bpy.types.ViewLayer, view: Camera, parts: bool = False) -> list[Seen]:
    unit = metres_per_unit(scene)
    matrix = np.array(view.matrix_world)
    matrix[:3, 3] /= unit
    flat = view.projection == "orthographic"
    numbers = replace(view, fx=view.fx * unit, fy=view.fy * unit) if flat else view
    found = []
    for one in _things(scene, layer, parts):
        least = LEAST_PERSON if one.person else LEAST_SHARE
        if _project(one, np.linalg.inv(matrix), numbers, flat) and one.share >= least:
            found.append(one)
    found.sort(key=lambda one: -one.share)
    return found


def _unhidden(scene: bpy.types.Scene, layer: bpy.types.ViewLayer, view: Camera, things: list[Seen]) -> list[Seen]:
    """Those that nothing hides, as far as rays can tell in a scene that is light enough for them."""
    if not is_light_enough(layer):
        return things
    matrix = np.array(view.matrix_world)
    matrix[:3, 3] /= metres_per_unit(scene)
    flat = view.projection == "orthographic"
    return [one for one in things if _is_seen(scene, layer.depsgraph, matrix, flat, one)]


def _things(scene: bpy.types.Scene, layer: bpy.types.ViewLayer, each: bool) -> list[Seen]:
    """The named things of the scene: meshes, instanced collections (with `each` also what is in them, but for that of
    characters), and characters as one of their meshes."""
    unrendered = {item for group in bpy.data.collections if group.hide_render for item in group.all_objects}
    people: dict[bpy.types.Object, list[tuple[bpy.types.Object, np.ndarray]]] = {}
    things = []
    boxes = 0
    for item in layer.objects:
        if boxes >= MAX_BOXES:
            break
        if item in unrendered or not _shows(item) or not item.visible_get(view_layer=layer):
            continue
        if item.instance_type == "COLLECTION" and item.instance_collection is not None:
            parts = list(_instance_parts(item, layer, MAX_BOXES - boxes))
            boxes += len(parts)
            name = plain_name(item.name) or plain_name(item.instance_collection.name)
            person = any(one.type == "ARMATURE" for one in item.instance_collection.objects)
            if parts and name:
                members = set(item.instance_collection.all_objects)
                things.append(Seen(name, person, members, np.concatenate([corners for _, corners in parts])))
            for part, corners in parts if each and not person else ():
                if plain_name(part.name) not in ("", name):
                    things.append(Seen(plain_name(part.name), False, {part}, corners))
        elif item.type in SOLID:
            boxes += 1
            evaluated = item.evaluated_get(layer.depsgraph)
            corners = _corners(evaluated, np.array(evaluated.matrix_world))
            rig = item.find_armature() if item.type == "MESH" else None
            if rig is not None:
                people.setdefault(rig, []).append((item, corners))
            elif plain_name(item.name):
                things.append(Seen(plain_name(item.name), False, {item}, corners))
    for rig, meshes in people.items():
        largest = max(meshes, key=lambda part: float(np.prod(np.ptp(part[1], axis=0))))[0]
        name = plain_name(rig.name) or plain_name(largest.name)
        if name:
            corners = np.concatenate([part for _, part in meshes])
            things.append(Seen(name, True, {item for item, _ in meshes}, corners))
    return things


def _shows(item: bpy.types.Object) -> bool:
    """Whether the object is meant to be seen in a picture: no helper, not hidden from the camera."""
    return not item.hide_render and item.visible_camera and item.display_type not in {"WIRE", "BOUNDS"}


def _corners(item: bpy.types.Object, matrix: np.ndarray) -> np.ndarray:
    """The corners of an object's box in the world, [8, 3], bit k of a corner's index telling its side on axis k."""
    box = np.array([tuple(corner) for corner in item.bound_box], dtype=np.float64)
    low, high = box.min(axis=0), box.max(axis=0)
    return (low + _CORNERS * (high - low)) @ matrix[:3, :3].T + matrix[:3, 3]


def _instance_parts(
    item: bpy.types.Object, layer: bpy.types.ViewLayer, most: int
) -> Iterator[tuple[bpy.types.Object, np.ndarray]]:
    """What is in an instanced collection, and the corners of its boxes in the world."""
    group = item.instance_collection
    offset = np.eye(4)
    offset[:3, 3] = -np.array(group.instance_offset)
    place = np.array(item.matrix_world) @ offset
    solid = (part for part in group.all_objects if part.type in SOLID and _shows(part))
    for part in itertools.islice(solid, most):
        evaluated = part.evaluated_get(layer.depsgraph)
        yield part, _corners(evaluated, place @ np.array(evaluated.matrix_world))


def _project(one: Seen, to_camera: np.ndarray, numbers: Camera, flat: bool) -> bool:
    """Fill in where the thing is in the frame. Whether any of it is before the camera."""
    points = one.corners @ to_camera[:3, :3].T + to_camera[:3, 3]
    before = -points[:, 2] > _NEAR
    if not before.any():
        return False
    one.surrounds = not before.all()
    if one.surrounds:  # its box cut at the camera's plane
        cut = []
        for start in range(0, len(points), 8):
            for a, b in _EDGES:
                p, q = points[start + a], points[start + b]
                if (-p[2] > _NEAR) != (-q[2] > _NEAR):
                    cut.append(p + (q - p) * ((-_NEAR - p[2]) / (q[2] - p[2])))
        points = np.concatenate([points[before], np.array(cut).reshape(-1, 3)])
    depth = np.ones(len(points)) if flat else -points[:, 2]
    x = (numbers.cx + numbers.fx * points[:, 0] / depth) / numbers.width
    y = (numbers.cy - numbers.fy * points[:, 1] / depth) / numbers.height
    one.low, one.high = np.array([x.min(), y.min()]), np.array([x.max(), y.max()])
    return True


# --- what hides it ------------------------------------------------------------------------------------------


def is_light_enough(layer: bpy.types.ViewLayer) -> bool:
    """Whether rays into the scene cost little."""
    faces = 0
    for count, item in enumerate(layer.objects):
        if item.type == "MESH":
            faces += len(item.evaluated_get(layer.depsgraph).data.polygons)
        if faces > MAX_RAY_FACES or count > MAX_BOXES:
            return False
    return True


def _is_seen(scene: bpy.types.Scene, depsgraph: Any, matrix: np.ndarray, flat: bool, one: Seen) -> bool:
    """Whether a ray to the middle of the thing, or half way to a corner, meets nothing else before it."""
    if one.surrounds:
        return True
    middle = one.corners.mean(axis=0)
    sides = np.array([one.corners.min(axis=0), one.corners.max(axis=0)])
    half = middle + 0.5 * (sides[0] + _CORNERS * (sides[1] - sides[0]) - middle)
    eye, axis = matrix[:3, 3], matrix[:3, 2]
    for target in [middle, *half]:
        origin = target - axis * float((target - eye) @ axis) if flat else eye
        way = Vector(target - origin)
        hit, place, _, _, met, _ = scene.ray_cast(depsgraph, Vector(origin), way.normalized())
        if not hit or met.original in one.members or (place - Vector(origin)).length > way.length * 0.99:
            return True
    return False


# --- the sun ------------------------------------------------------------------------------------------------


def _sky_elevation(world: bpy.types.World | None) -> float | None:
    """Degrees above the horizon of the sun in the world's sky texture, None where there is none in use."""
    if world is None or not world.node_tree:
        return None
    for node in world.node_tree.nodes:
        if node.type != "TEX_SKY" or node.mute or not node.outputs[0].is_linked:
            continue
        if node.sky_type in {"PREETHAM", "HOSEK_WILKIE"}:
            return math.degrees(math.asin(max(-1.0, min(1.0, Vector(node.sun_direction).normalized().z))))
        return math.degrees(node.sun_elevation)
    return None


def _word(limits: tuple[tuple[float, str], ...], value: float) -> str:
    return next((word for limit, word in limits if value < limit), limits[-1][1])
