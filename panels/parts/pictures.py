"""Pictures for the panels: stills, thumbnails and live previews, as icons.

`icon()` may be called from draw(): it only finds what is loaded and notes what is wanted. `load_wanted()` does the
work, from the timer. Preview collections keep their pictures outside the .blend.
"""

import os
import tempfile
from pathlib import Path

import bpy
import bpy.utils.previews

from ...scene.app.app import app
from ...scene.model.shots.paths import is_there

MAX_LOADED = 64  # pictures kept at once, a quarter of a megabyte each; the first to go are those that came first


class Pictures:
    """The pictures that are loaded or wanted."""

    def __init__(self) -> None:
        self.collection = bpy.utils.previews.new()
        self.folder = tempfile.TemporaryDirectory(prefix="take-one-")
        self.loaded: dict[str, tuple[str, int]] = {}  # path -> (key in the collection, icon id)
        self.wanted: dict[str, None] = {}
        self.shown: dict[str, str] = {}  # place -> path
        self.live: dict[str, tuple[int, int]] = {}  # job key -> (hash of the JPEG, icon id)

    def close(self) -> None:
        """Free all pictures."""
        bpy.utils.previews.remove(self.collection)
        self.folder.cleanup()


def icon(path: str, place: str = "") -> int:
    """The icon id of a picture or clip; 0 where there is none. While it is not loaded, what was shown last in
    that `place` of a panel, so that nothing jumps."""
    if not path:
        return 0
    pictures = app().part(Pictures)
    path = bpy.path.abspath(path)
    found = pictures.loaded.get(path)
    if found is None:
        pictures.wanted[path] = None
        path = pictures.shown.get(place, "")
        found = pictures.loaded.get(path)
    if found is None:
        return 0
    if place:
        pictures.shown[place] = path
    return found[1]


def live_icon(job_key: str) -> int:
    """The icon id of a running job's preview; 0 where none has come yet."""
    return app().part(Pictures).live.get(job_key, (0, 0))[1]


def show_live(job_key: str, jpeg: bytes) -> None:
    """Make `jpeg` the preview picture of a job."""
    pictures = app().part(Pictures)
    stamp = hash(jpeg)
    known = pictures.live.get(job_key)
    if known and known[0] == stamp:
        return
    drop_live(job_key)
    path = Path(pictures.folder.name) / f"{job_key}.jpg"
    path.write_bytes(jpeg)
    name = f"live:{job_key}:{stamp}"
    preview = pictures.collection.load(name, str(path), "IMAGE", force_reload=True)
    tuple(preview.image_size)  # reading it loads the file now, before the next one replaces it
    pictures.live[job_key] = (stamp, preview.icon_id)


def drop_live(job_key: str) -> None:
    """Drop a job's preview picture."""
    pictures = app().part(Pictures)
    known = pictures.live.pop(job_key, None)
    if known:
        del pictures.collection[f"live:{job_key}:{known[0]}"]


def load_wanted(most: int = 4) -> bool:
    """Load at most `most` of the pictures that draw() asked for. True where something new can be drawn."""
    pictures = app().part(Pictures)
    changed = False
    for path in list(pictures.wanted)[:most]:
        del pictures.wanted[path]
        if not is_there(Path(path)):
            continue
        name = f"{path}:{len(pictures.loaded)}:{os.stat(path).st_mtime_ns}"  # noqa: PTH116
        if name not in pictures.collection:
            kind = "MOVIE" if path.endswith(".mp4") else "IMAGE"
            pictures.loaded[path] = (name, pictures.collection.load(name, path, kind).icon_id)
        changed = True
    while len(pictures.loaded) > MAX_LOADED:
        oldest = next(iter(pictures.loaded))
        del pictures.collection[pictures.loaded.pop(oldest)[0]]
    return changed
