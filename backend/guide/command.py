"""`python -m backend guide`."""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import replace
from pathlib import Path

from client.protocol.request import DEPTH, DEPTH_OF, LAST_FRAME, STILL, VIEW

from ..cli import Bar, checked, json_file, refused, shot_fields
from ..engines.engine import EngineError
from ..jobs.request import check, parse
from ..jobs.size import fitting_size
from .limits import limits


def make(parsed: argparse.Namespace) -> int:
    """Makes one guide. Writes `--out`."""
    started = time.monotonic()
    try:
        named, views = _views(parsed)
        info = limits()
        wanted = replace(parse(shot_fields(parsed, {"views": views}), info.id), engine=info.id)
        files, still_size = checked(named)
        request = wanted.request(fitting_size(wanted.size, still_size, info), files)
        check(request, info)
        out = parsed.out.absolute()
        out.parent.mkdir(parents=True, exist_ok=True)
        from .files import write_guide

        with Bar() as bar:
            made = write_guide(request, out, bar)
    except (EngineError, OSError) as error:
        return refused(error)
    for note in made.notes:
        print(f"note: {note}", file=sys.stderr)
    picture = f"{made.frame_count} frames of {made.width}x{made.height} at {made.fps}"
    print(f"{parsed.out}: {picture}, {made.near:.2f} to {made.far:.2f} m, in {time.monotonic() - started:.1f} s")
    return 0


def _views(parsed: argparse.Namespace) -> tuple[dict[str, Path | None], list[dict[str, object]]]:
    """The files by their names on the wire, and the views as extra_params has them."""
    named: dict[str, Path | None] = {STILL: parsed.still, DEPTH: parsed.depth}
    views: list[dict[str, object]] = []
    for number, (moment, picture, depth, camera) in enumerate(parsed.view, 1):
        try:
            t = float(moment)
        except ValueError:
            raise EngineError("invalid_request", f"--view: {moment!r} is no time between 0 and 1.") from None
        name = LAST_FRAME if t == 1 else f"{VIEW}{number}"
        named |= {name: Path(picture), name + DEPTH_OF: Path(depth)}
        views.append({"name": name, "t": t, "camera": json_file(Path(camera), "--view")})
    return named, views
