"""What a prompt made, as a clip: its movie, or its pictures one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from ...media.stills import read_still
from ..engine import Clip, EngineError
from ..hosted.fetch import place
from ..hosted.wire.http import MAX_CLIP, Wire
from .server import calls
from .server.address import LABEL, PROVIDER

MOVIES = (".mp4", ".webm", ".mov", ".mkv", ".avi")
PICTURES = (".png", ".jpg", ".jpeg", ".webp")
MAX_PICTURES = 20_000
RESULTS = ("take", "result")  # titles of the node whose file counts, where several make one

File = dict[str, Any]  # {"filename", "subfolder", "type"}, as ComfyUI names it


def files_of(outputs: Any, titles: Mapping[str, str]) -> list[File]:
    """The movie among what a prompt made, else the pictures of one node in their order.

    A node titled Take comes first, then what is kept (in ComfyUI's output folder) before what it only shows. Source:
    ComfyUI 0.3.64, `PromptExecutor.history_result`: {node: {"images": [file]}}; a movie is there too, or, of other
    nodes, under "gifs" or "videos".
    """
    made = []
    for id, ui in outputs.items() if isinstance(outputs, dict) else ():
        lists = [value for value in ui.values() if isinstance(value, list)] if isinstance(ui, dict) else []
        files = [one for several in lists for one in several if _suffix(one)]
        made.append((titles.get(id, "").casefold() in RESULTS, files))
    made.sort(key=lambda entry: not entry[0])
    for kept in (True, False):
        for wanted, most in ((MOVIES, 1), (PICTURES, MAX_PICTURES)):
            for _, files in made:
                found = [one for one in files if _suffix(one) in wanted and (one.get("type") == "output") == kept]
                if found:
                    return found[-1:] if most == 1 else found[:most]
    return []


def clip_of(
    wire: Wire,
    prompt: str,
    files: list[File],
    rate: Fraction,
    progress: Callable[[float], None],
) -> Clip:
    """Fetches what was made: a movie, or pictures, `rate` a second.

    Raises:
        EngineError: `engine_failed`: it made nothing that is a clip; `expired`: the file is gone.
        Unreached, Cancelled: see `hosted.wire.http`.
    """
    if not files:
        why = "It made no movie and no pictures: let it end with Save Video."
        raise EngineError("engine_failed", f"{LABEL} has done this workflow. {why}", "retry")
    if _suffix(files[0]) in MOVIES:
        path = _place(prompt, files[0])
        _fetch(wire, files[0], path, progress)
        return Clip(file=path)
    paths: list[Path] = []
    left = MAX_CLIP  # bytes, of all of them together
    try:
        for index, file in enumerate(files):
            paths.append(_place(prompt, file))
            _fetch(wire, file, paths[-1], lambda _: None, left)
            left -= paths[-1].stat().st_size
            progress((index + 1) / len(files))
        width, height = read_still(paths[0]).size
    except EngineError:
        for path in paths:
            path.unlink(missing_ok=True)
        raise
    return Clip(width, height, rate, len(files), _pictures(paths))


def _pictures(paths: list[Path]) -> Iterator[np.ndarray]:
    """Those that were fetched; each is removed when the next one is wanted."""
    for path in paths:
        yield np.asarray(read_still(path))
        path.unlink(missing_ok=True)


def _place(prompt: str, file: File) -> Path:
    return place(PROVIDER, {"prompt": prompt, "file": file})


def _fetch(wire: Wire, file: File, path: Path, progress: Callable[[float], None], most: int = MAX_CLIP) -> None:
    refused = wire.fetch(calls.view(wire, file), path, progress, most=most)
    if refused is None and path.stat().st_size:
        return
    path.unlink(missing_ok=True)
    if refused is not None and refused.status not in (403, 404, 410):
        raise EngineError("unreachable", f"{wire.label} answers {refused.status} instead of the clip.", "retry")
    gone = f"The clip is not at {wire.label} any more. Make it again."
    raise EngineError("expired", gone, "retry")


def _suffix(file: Any) -> str:
    """Of a file that is a movie or a picture, "" of what is neither."""
    name = file.get("filename") if isinstance(file, dict) else None
    found = Path(name).suffix.lower() if isinstance(name, str) else ""
    return found if found in MOVIES + PICTURES else ""
