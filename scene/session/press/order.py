"""An order: a press of Animate, frozen. What happens in Blender afterwards changes nothing of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from bpy.app.translations import pgettext_rpt as rpt_

from ....client.protocol import Binding, CameraPath, Direction, EngineInfo, TakeRequest, View
from ...app.errors import SceneError
from ...app.objects import ObjectId
from ...model.shots.takes import job_of
from ...stills.track import Pose, Track


@dataclass(frozen=True)
class Place:
    """Where in the edit the takes go: see Binding."""

    placement: str
    frame: int | None
    edit_uid: str
    refines: str = ""


@dataclass(frozen=True)
class OrderedTake:
    """One take of an order. `clip` is where its file goes."""

    key: str
    number: int
    seed: int
    clip: Path


@dataclass(frozen=True)
class Order:
    """All that is known of a shot's takes before their still is there.

    `frame` is the scene's for the still, `camera` None if there is none; `picture` is the still's size in pixels,
    which `size_percent` makes the clip's. `seconds` are the clip's, with the handles `head` and `tail` in its frames
    before and after the shot; `last` is the picture to end on, `references` are those of who and what is seen. The
    still comes from `source` (for IMAGE from the file `image`) and is written into `folder`. `track` are the camera's
    poses over the `frame_count` scene frames of its own move, and `stills` how many of them are to be pictures (None:
    as many as show the move); `start` is where the camera of a move by words stood at the press. `engine` says what it
    can do as far as the backend has said, and its id in any case.
    `following` are the shots that come behind this one in the same clip.
    """

    file_id: str
    scene_uid: str
    shot_uid: str
    shot_name: str
    frame: int
    camera: ObjectId | None
    path: CameraPath | None
    source: str
    image: Path | None
    folder: Path
    picture: tuple[int, int]
    size_percent: int
    engine: EngineInfo
    direction: Direction
    seconds: float
    fps: Fraction
    options: Mapping[str, Any]
    place: Place
    takes: tuple[OrderedTake, ...]
    head: int = 0
    tail: int = 0
    last: Path | None = None
    references: tuple[Path, ...] = ()
    track: Track | None = None
    start: Pose | None = None
    frame_count: int = 1
    stills: int | None = 1
    following: tuple[Order, ...] = ()

    @property
    def keys(self) -> list[str]:
        """The keys of the takes, which are the uids that they will have."""
        return [take.key for take in self.takes]

    @property
    def job_keys(self) -> list[str]:
        """The keys of the jobs that make its takes: that of a shot behind another in one clip is the first one's."""
        return [job_of(key) for key in self.keys]

    def binding(self, take: OrderedTake) -> Binding:
        """Where a take of this order belongs."""
        return Binding(
            file_id=self.file_id,
            scene_uid=self.scene_uid,
            shot_uid=self.shot_uid,
            take_uid=take.key,
            shot_name=self.shot_name,
            number=take.number,
            placement=self.place.placement,
            frame=self.place.frame,
            edit_uid=self.place.edit_uid,
            refines=self.place.refines,
            head=self.head,
            tail=self.tail,
        )


def requests(order: Order, views: tuple[View, ...]) -> list[tuple[str, TakeRequest]]:
    """What is sent for an order once its views are there: the key and the request of each take.

    Raises:
        SceneError: too_large.
        ValueError: something of the order is out of the protocol's bounds.
    """
    size = clip_size(*order.picture, order.size_percent, order.engine)
    return [
        (
            take.key,
            TakeRequest(
                engine=order.engine.id,
                direction=order.direction,
                views=views if order.last is None else (*views, View(order.last, t=1.0)),
                seconds=order.seconds,
                fps=order.fps,
                size=size,
                seed=take.seed,
                path=order.path,
                options=order.options,
                binding=order.binding(take),
                references=order.references,
            ),
        )
        for take in order.takes
    ]


def clip_size(width: int, height: int, percent: int, engine: EngineInfo | None) -> tuple[int, int]:
    """The clip's size for a still of this size, in even numbers.

    Raises:
        SceneError: too_large if the engine can't make so many pixels.
    """
    wide, high = (max(16, side * percent // 100 // 2 * 2) for side in (width, height))
    if engine and engine.max_pixels and wide * high > engine.max_pixels:
        raise SceneError(
            "too_large",
            rpt_("{name} can't make {wide}x{high}, only up to {most:.1f} megapixels.").format(
                name=engine.label, wide=wide, high=high, most=engine.max_pixels / 1e6
            ),
            "smaller_size",
        )
    return wide, high
