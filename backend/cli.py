"""The commands that work in this process: `animate`, `models` and `prepare`."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from client.protocol import EngineInfo, TakeRequest
from client.protocol.request import DEPTH, LAST_FRAME, STILL, reference_names

from .engines import registry
from .engines.engine import EngineError, Priced
from .home import unusable
from .jobs.inspection import inspect
from .jobs.request import Wanted, check, check_bounds, invalid, parse, parse_json
from .jobs.size import fitting_size
from .jobs.workers.take import Memory, make_take


def animate(parsed: argparse.Namespace) -> int:
    """Makes one take. Writes `--out` and, beside it, the sidecar with the suffix .json."""
    started = time.monotonic()
    try:
        wanted = _wanted(parsed)
        files, still_size = _files(parsed)
        engine = registry.engine(wanted.engine)
        capabilities = engine.capabilities()
        request = wanted.request(fitting_size(wanted.size, still_size, capabilities), files)
        if parsed.estimate:
            check_bounds(request, capabilities)
            return _estimate(engine, request, capabilities)
        notes = check(request, capabilities)
        out = parsed.out.absolute()
        out.parent.mkdir(parents=True, exist_ok=True)
        with Bar() as bar:
            memory = Memory(None, lambda _: None)  # nothing goes on after this process
            take = make_take(engine, request, out, out.with_suffix(".json"), notes, bar, lambda: False, memory)
    except (EngineError, OSError) as error:
        return refused(error)
    written = take.written
    for note in take.notes:
        print(f"note: {note}", file=sys.stderr)
    sound = f"{written.sound_seconds:.3f} s of sound" if written.sound_seconds else "no sound"
    picture = f"{written.frames} frames of {written.width}x{written.height} at {written.fps}"
    print(f"{parsed.out}: {picture}, {sound}, seed {wanted.seed}, in {time.monotonic() - started:.1f} s")
    return 0


def refused(error: EngineError | OSError) -> int:
    """Prints why a command failed. Its exit code: 2 for what it was told wrongly."""
    if isinstance(error, OSError):
        print(f"error: {unusable(error)}", file=sys.stderr)
        return 1
    print(f"error: {error.message}", file=sys.stderr)
    return 2 if error.code in ("invalid_request", "invalid_file", "unknown_model") else 1


def _estimate(engine: Any, request: TakeRequest, able: EngineInfo) -> int:
    """Prints what a take would cost."""
    price = engine.estimate(request) if isinstance(engine, Priced) else None
    if price is None and (able.sends_to or able.account):
        print(f"What a take of {able.label} costs is not known here.")
        return 0
    if price is None or not price.amount:
        print("It costs nothing.")
        return 0
    kind = "quoted" if price.exact else "about"
    print(f"{kind} {price.amount:.2f} {price.currency}, price of {price.as_of or 'today'} ({price.source})")
    return 0


def models() -> int:
    """Prints the engines as a table."""
    rows = [("ENGINE", "RUNS HERE", "UP TO", "NAME")]
    reasons = []
    for name in registry.names():
        try:
            found = registry.engine(name).capabilities()
        except (ImportError, EngineError) as error:
            rows.append((name, "no", "", ""))
            reasons.append(f"{name}: {error}")
            continue
        state = "yes" if found.available else "no"
        rows.append((name, state, f"{found.max_seconds:g} s, {found.max_pixels / 1e6:.1f} MP", found.name))
        if not found.available:
            reasons.append(f"{name}: {found.reason}")
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
    for reason in reasons:
        print(reason)
    return 0


def prepare() -> int:
    """Makes a take that nobody sees: all that the draft engine needs runs here, and is compiled from then on."""
    from .engines.draft import rehearsal

    engine = registry.engine("draft")
    with tempfile.TemporaryDirectory(prefix="take-one-") as name:
        folder, memory = Path(name), Memory(None, lambda _: None)
        request = rehearsal.request(folder)
        try:
            make_take(
                engine,
                request,
                folder / "take.mp4",
                folder / "take.json",
                (),
                lambda *_: None,
                lambda: False,
                memory,
            )
        except (EngineError, OSError) as error:
            return refused(error)
    print("The draft engine is ready.")
    return 0


def _wanted(parsed: argparse.Namespace) -> Wanted:
    extra = {
        "dialogue": [_line(text) for text in parsed.dialogue],
        "sound": parsed.sound,
        "options": parse_json(parsed.options, "--options") if parsed.options else {},
    }
    return parse({**shot_fields(parsed, extra), "model": parsed.model}, registry.DEFAULT)


def shot_fields(parsed: argparse.Namespace, extra: dict[str, object]) -> dict[str, object]:
    """The fields of a submission (see jobs.request.parse) for the words, the length, the size, camera and path."""
    places = {"camera": json_file(parsed.camera, "--camera"), "path": json_file(parsed.path, "--path")}
    words = {"prompt": parsed.prompt, "seconds": parsed.seconds, "fps": parsed.fps}
    return {**words, "size": parsed.size, "seed": parsed.seed, "extra_params": {**extra, **places}}


def _line(text: str) -> dict[str, str]:
    parts = text.split("|", 2)
    if len(parts) != 3:
        raise invalid(f"--dialogue {text!r} is not of the form WHO|LANGUAGE|LINE.", "dialogue")
    return {"speaker": parts[0], "language": parts[1], "line": parts[2]}


def json_file(path: Path | None, option: str) -> object:
    """What the file holds, None without one."""
    return None if path is None else parse_json(path.read_bytes(), option)


def _files(parsed: argparse.Namespace) -> tuple[dict[str, Path], tuple[int, int] | None]:
    """The files that were named, checked by content, and the still's size."""
    references = dict(zip(reference_names(len(parsed.reference)), parsed.reference, strict=True))
    return checked({STILL: parsed.still, LAST_FRAME: parsed.last_frame, DEPTH: parsed.depth, **references})


def checked(named: dict[str, Path | None]) -> tuple[dict[str, Path], tuple[int, int] | None]:
    """Those of the files that there are, by their names on the wire, checked by content; and the still's size."""
    files, still_size = {}, None
    for name, path in named.items():
        if path is None:
            continue
        if not path.is_file():
            raise EngineError("invalid_file", f"There is no file {path}.")
        option = {STILL: "--still", LAST_FRAME: "--last-frame", DEPTH: "--depth"}.get(name, str(path))
        found = inspect.file("depth" if name.endswith(DEPTH) else "picture", path, option)
        files[name] = path.absolute()
        if name == STILL:
            still_size = found[1:]
    return files, still_size


class Bar:
    """Progress on stderr: one line that is rewritten in a terminal, a line each tenth elsewhere."""

    def __init__(self) -> None:
        self._live = sys.stderr.isatty()
        self._shown: object = None
        self._started = time.monotonic()

    def __enter__(self) -> Bar:
        return self

    def __exit__(self, *_: object) -> None:
        if self._live and self._shown is not None:
            print(file=sys.stderr)

    def __call__(self, fraction: float, stage: str, preview: np.ndarray | None = None) -> None:
        percent = int(fraction * 100)
        if self._live:
            shown: object = (percent, stage)
        else:
            shown = percent // 10
        if shown == self._shown:
            return
        self._shown = shown
        passed = time.monotonic() - self._started
        left = f", {passed * (1 - fraction) / fraction:.0f} s left" if 0.02 < fraction < 1 else ""
        text = f"{percent:3d} %  {stage}{left}"
        print(
            f"\r\x1b[K{text}" if self._live else text,
            end="" if self._live else "\n",
            file=sys.stderr,
            flush=True,
        )
