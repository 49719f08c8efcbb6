"""Pictures for the panels: stills, thumbnails and live previews, as icons.

`icon()` may be called from draw(): it only looks things up and notes what is wanted. `load_wanted()` does the
work, from a timer. Preview collections keep their pictures outside the .blend.
"""

import os
import tempfile
from pathlib import Path

import bpy
import bpy.utils.previews

MAX_LOADED = 64  # pictures kept at once, a quarter of a megabyte each; the first to go are those that came first

_collection: bpy.utils.previews.ImagePreviewCollection | None = None
_loaded: dict[str, tuple[str, int]] = {}  # path -> (key in the collection, icon id)
_wanted: dict[str, None] = {}
_shown: dict[str, str] = {}  # place -> path
_live: dict[str, tuple[int, int]] = {}  # job key -> (hash of the JPEG, icon id)
_folder: tempfile.TemporaryDirectory | None = None


def icon(path: str, place: str = "") -> int:
    """The icon id of a picture or clip; 0 where there is none. While it is not loaded, what was shown last in
    that `place` of a panel, so that nothing jumps."""
    if not path:
        return 0
    path = bpy.path.abspath(path)
    found = _loaded.get(path)
    if found is None:
        _wanted[path] = None
        path = _shown.get(place, "")
        found = _loaded.get(path)
    if found is None:
        return 0
    if place:
        _shown[place] = path
    return found[1]


def forget(path: str) -> None:
    """Load this picture again when it is next asked for: the file has changed."""
    found = _loaded.pop(bpy.path.abspath(path), None)
    if found and _collection is not None:
        del _collection[found[0]]


def live_icon(job_key: str) -> int:
    """The icon id of a running job's preview; 0 where none has come yet."""
    return _live.get(job_key, (0, 0))[1]


def show_live(job_key: str, jpeg: bytes) -> None:
    """Make `jpeg` the preview picture of a job."""
    if _collection is None or _folder is None:
        return
    stamp = hash(jpeg)
    known = _live.get(job_key)
    if known and known[0] == stamp:
        return
    drop_live(job_key)
    path = Path(_folder.name) / f"{job_key}.jpg"
    path.write_bytes(jpeg)
    name = f"live:{job_key}:{stamp}"
    preview = _collection.load(name, str(path), "IMAGE", force_reload=True)
    tuple(preview.image_size)  # reading it loads the file now, before the next one replaces it
    _live[job_key] = (stamp, preview.icon_id)


def drop_live(job_key: str) -> None:
    """Forget a job's preview picture."""
    known = _live.pop(job_key, None)
    if known and _collection is not None:
        del _collection[f"live:{job_key}:{known[0]}"]


def load_wanted(most: int = 4) -> bool:
    """Load at most `most` of the pictures that draw() asked for. True where something new can be drawn."""
    if _collection is None:
        return False
    changed = False
    for path in list(_wanted)[:most]:
        del _wanted[path]
        if not os.path.isfile(path):  # noqa: PTH113  (a stat a tick: the cheap call)
            continue
        name = f"{path}:{len(_loaded)}:{os.stat(path).st_mtime_ns}"  # noqa: PTH116
        if name not in _collection:
            kind = "MOVIE" if path.endswith(".mp4") else "IMAGE"
            _loaded[path] = (name, _collection.load(name, path, kind).icon_id)
        changed = True
    while len(_loaded) > MAX_LOADED:
        oldest = next(iter(_loaded))
        del _collection[_loaded.pop(oldest)[0]]
    return changed


def register() -> None:
    """Make the collection."""
    global _collection, _folder
    _collection = bpy.utils.previews.new()
    _folder = tempfile.TemporaryDirectory(prefix="take-one-")


def unregister() -> None:
    """Free all pictures."""
    global _collection, _folder
    if _collection is not None:
        bpy.utils.previews.remove(_collection)
    if _folder is not None:
        _folder.cleanup()
    _collection = _folder = None
    _loaded.clear()
    _wanted.clear()
    _shown.clear()
    _live.clear()
