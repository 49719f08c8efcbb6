"""Makes the client page: pictures, movies, words and program in one file, under a policy that lets nothing else in."""

from __future__ import annotations

import base64
import hashlib
import html
import io
import json
import re
import string
from fractions import Fraction
from importlib import resources
from pathlib import Path
from typing import Any

from client.protocol.edit import Edit, Shot, Take
from client.protocol.edit.notes import MAX_NOTE
from client.protocol.edit.timecode import timecode

from ...engines.engine import EngineError
from ...media.movie import frame_at
from ..errors import ExportError
from ..exchange.arrange import Item, picture_tracks
from ..paper.pictures import Pictures
from ..shots import Row, dialogue, rows, seconds
from ..text import plain, take_name

PICTURE_SIDE = 480
MOST_MEDIA = 300 << 20  # bytes of all movies together, before they are written as text
TYPES = {".mp4": "video/mp4", ".m4v": "video/mp4", ".mov": "video/mp4", ".webm": "video/webm"}


def to_html(edit: Edit, cut: Path | None = None, most: int = MOST_MEDIA) -> tuple[str, list[str]]:
    """The page, and remarks. `cut` is the exported movie; without one the page plays the takes one after the other.

    Raises:
        ExportError: there is no shot, or `cut` can't be read.
    """
    if not edit.shots:
        raise ExportError("empty_edit", "There is no shot yet. Make a take first.")
    maker = _Page(edit, most)
    if cut is not None and maker.media(cut) is None:
        message = (
            f"The movie '{cut.name}' can't go into the page: it can't be read, or is too large. Export the cut again."
        )
        raise ExportError("invalid_file", message)
    data = maker.data(cut)
    style, script = _part("page.css"), _part("page.js")
    policy = (
        f"default-src 'none'; script-src '{_hash(script)}'; style-src '{_hash(style)}'; "
        "img-src data:; media-src blob:; base-uri 'none'; form-action 'none'"
    )
    page = string.Template(_part("page.html")).substitute(
        POLICY=html.escape(policy),
        TITLE=html.escape(plain(edit.title)),
        STYLE=style,
        SCRIPT=script,
        DATA=_embedded(data),
        MEDIA="\n".join(maker.holders),
    )
    return page, [*maker.pictures.remarks, *maker.remarks]


class _Page:
    """Collects what goes in."""

    def __init__(self, edit: Edit, most: int) -> None:
        self._edit, self._left = edit, most
        self.pictures, self.remarks = Pictures(edit, PICTURE_SIDE), list[str]()
        self.holders: list[str] = []
        self._media: dict[Path, str | None] = {}

    def media(self, file: Path | None) -> str | None:
        """The id under which a movie lies in the page; None for what can't: its bytes are not let in then."""
        if file is None:
            return None
        if file not in self._media:
            self._media[file] = self._embed(file)
        return self._media[file]

    def data(self, cut: Path | None) -> dict[str, Any]:
        """What the program reads. Movies of the cut come first, so that they have room."""
        edit, all_rows = self._edit, rows(self._edit)
        segments = self._whole(cut) if cut else self._parts()
        shots = [self._shot(shot, all_rows) for shot in self._in_order(all_rows)]
        total = f"{len(edit.shots)} shots, {timecode(edit.frames, edit.fps)}, {seconds(edit.frames, edit.fps)} s"
        return {
            "edit": edit.id,
            "title": plain(edit.title),
            "file": safe_name(edit.title),
            "about": " \u00b7 ".join(word for word in (total, edit.made[:10], plain(edit.author)) if word),
            "fps": float(edit.fps),
            "frames": segments[-1]["start"] + segments[-1]["frames"] if segments else 0,
            "longest": MAX_NOTE,
            "cut": segments,
            "cutShots": [
                {
                    "shot": row.shot.id,
                    "key": str(row.number),
                    "number": row.number,
                    "start": row.start,
                    "frames": row.frames,
                }
                for row in all_rows
                if row.place
            ],
            "shots": shots,
        }

    def _whole(self, cut: Path) -> list[dict[str, Any]]:
        return [{"media": self.media(cut), "from": 0, "frames": self._edit.frames, "start": 0, "shot": ""}]

    def _parts(self) -> list[dict[str, Any]]:
        """The takes of the lowest track, one after the other; where there is none, a picture."""
        edit = self._edit
        tracks = picture_tracks(edit, others=False)
        if len(tracks) > 1 or edit.transitions or edit.others:
            self.remarks.append("The page cuts from take to take: export the cut for dissolves and your own strips.")
        found, at, shift = [], 0, edit.start - edit.origin
        for item in tracks[0] if tracks else ():
            if not item.enabled or item.end <= shift:
                continue
            if item.start - shift > at:
                found.append(self._empty(at, item.start - shift - at))
            found.append(self._segment(item, max(0, item.start - shift)))
            at = item.end - shift
        return found

    def _segment(self, item: Item, start: int) -> dict[str, Any]:
        shot, place = item.shot, item.place
        assert shot and place
        take = shot.take(place.take)
        hidden = start + (self._edit.start - self._edit.origin) - item.start
        return {
            "media": self.media(take.file if take else None),
            "from": item.offset + hidden,
            "frames": item.frames - hidden,
            "start": start,
            "shot": shot.id,
        }

    def _empty(self, start: int, frames: int) -> dict[str, Any]:
        return {"media": None, "from": 0, "frames": frames, "start": start, "shot": ""}

    def _in_order(self, all_rows: list[Row]) -> list[Shot]:
        return list({row.shot.id: row.shot for row in all_rows}.values())

    def _shot(self, shot: Shot, all_rows: list[Row]) -> dict[str, Any]:
        row = next(row for row in all_rows if row.shot is shot)
        about = [f"{row.frames} frames, {seconds(row.frames, self._edit.fps)} s", plain(shot.camera)]
        about.append(f"{shot.lens:.4g} mm" if shot.lens else "")
        return {
            "id": shot.id,
            "number": row.number,
            "name": plain(shot.name),
            "about": " \u00b7 ".join(word for word in about if word),
            "start": row.start if row.place else -1,
            "frames": row.frames,
            "dialogue": dialogue(shot),
            "prompt": shot.direction.prompt,
            "note": shot.note,
            "picture": self._picture(shot),
            "takes": [self._take(shot, take, row) for take in shot.takes],
        }

    def _take(self, shot: Shot, take: Take, row: Row) -> dict[str, Any]:
        place = row.place
        is_shown = bool(place and place.take == take.id)
        head = place.offset if place and is_shown else take.handles[0]
        frames = place.frames if place else max(1, take.frames - sum(take.handles))
        words = [take_name(shot, take), plain(take.engine), "\u2605" * take.rating, "in the cut" if is_shown else ""]
        return {
            "id": take.id,
            "label": " \u00b7 ".join(word for word in words if word),
            "media": self.media(take.file),
            "from": head,
            "frames": min(frames, max(1, take.frames - head), take.own(head)) if take.frames else frames,
        }

    def _picture(self, shot: Shot) -> str:
        data = io.BytesIO()
        self.pictures.of(shot, shot.place).save(data, "JPEG", quality=80)
        return "data:image/jpeg;base64," + base64.b64encode(data.getvalue()).decode()

    def _embed(self, file: Path) -> str | None:
        kind = TYPES.get(file.suffix.lower())
        try:
            size = file.stat().st_size
            if kind is None:
                raise EngineError("engine_failed", "it is no movie that browsers play")
            frame_at(file, Fraction(0))
        except (OSError, EngineError):
            self.remarks.append(f"'{file.name}' is missing, or no movie that browsers play: the page is without it.")
            return None
        if size > self._left:
            self.remarks.append(f"'{file.name}' is left out of the page, which would be too large to send with it.")
            return None
        self._left -= size
        name = f"media-{len(self.holders)}"
        text = base64.b64encode(file.read_bytes()).decode()
        self.holders.append(f'<script type="text/plain" id="{name}" data-type="{kind}">{text}</script>')
        return name


def safe_name(name: str) -> str:
    """A name as every file system takes it: letters, digits, - and _, at most 60."""
    return re.sub(r"[^\w-]+", "_", name).strip("_")[:60].strip("_") or "film"


def _part(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text("utf-8")


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _embedded(data: dict[str, Any]) -> str:
    """JSON that no text in it can end early."""
    text = json.dumps(data, ensure_ascii=False)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text
