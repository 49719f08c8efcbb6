"""The commands that work in this process: `animate` and `models`."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

from client.protocol import TakeRequest
from client.protocol.request import DEPTH, LAST_FRAME, STILL

from .engines import registry
from .engines.engine import EngineError, Priced
from .jobs.inspection import inspect
from .jobs.request import Wanted, check, invalid, parse, parse_json
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
            return _estimate(engine, request)
        notes = check(request, capabilities)
        out = parsed.out.absolute()
        out.parent.mkdir(parents=True, exist_ok=True)
        with _Bar() as bar:
            memory = Memory(None, lambda _: None)  # nothing goes on after this process
            take = make_take(engine, request, out, out.with_suffix(".json"), notes, bar, lambda: False, memory)
    except EngineError as error:
        print(f"error: {error.message}", file=sys.stderr)
        return 2 if error.code in ("invalid_request", "invalid_file", "unknown_model") else 1
    except OSError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    written = take.written
    for note in take.notes:
        print(f"note: {note}", file=sys.stderr)
    sound = f"{written.sound_seconds:.3f} s of sound" if written.sound_seconds else "no sound"
    picture = f"{written.frames} frames of {written.width}x{written.height} at {written.fps}"
    print(f"{parsed.out}: {picture}, {sound}, seed {wanted.seed}, in {time.monotonic() - started:.1f} s")
    return 0


def _estimate(engine: Any, request: TakeRequest) -> int:
    """Prints what a take would cost."""
    price = engine.estimate(request) if isinstance(engine, Priced) else None
    if price is None:
        print("It costs nothing, or its price is not known.")
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


def _wanted(parsed: argparse.Namespace) -> Wanted:
    extra = {
        "dialogue": [_line(text) for text in parsed.dialogue],
        "sound": parsed.sound,
        "camera": _json_file(parsed.camera, "--camera"),
        "path": _json_file(parsed.path, "--path"),
        "options": parse_json(parsed.options, "--options") if parsed.options else {},
    }
    fields = {
        "prompt": parsed.prompt,
        "seconds": parsed.seconds,
        "fps": parsed.fps,
        "size": parsed.size,
        "seed": parsed.seed,
        "model": parsed.model,
        "extra_params": extra,
    }
    return parse(fields, registry.DEFAULT)


def _line(text: str) -> dict[str, str]:
    parts = text.split("|", 2)
    if len(parts) != 3:
        raise invalid(f"--dialogue {text!r} is not of the form WHO|LANGUAGE|LINE.", "dialogue")
    return {"speaker": parts[0], "language": parts[1], "line": parts[2]}


def _json_file(path: Path | None, option: str) -> object:
    return None if path is None else parse_json(path.read_bytes(), option)


def _files(parsed: argparse.Namespace) -> tuple[dict[str, Path], tuple[int, int] | None]:
    """The files that were named, checked by content, and the still's size."""
    for path in (parsed.still, parsed.depth, parsed.last_frame):
        if path is not None and not path.is_file():
            raise EngineError("invalid_file", f"There is no file {path}.")
    files, still_size = {}, None
    if parsed.still is not None:
        still_size = inspect.picture(parsed.still, "--still")[1:]
        files[STILL] = parsed.still.absolute()
    if parsed.last_frame is not None:
        inspect.picture(parsed.last_frame, "--last-frame")
        files[LAST_FRAME] = parsed.last_frame.absolute()
    if parsed.depth is not None:
        inspect.depth(parsed.depth, "--depth")
        files[DEPTH] = parsed.depth.absolute()
    return files, still_size


class _Bar:
    """Progress on stderr: one line that is rewritten in a terminal, a line each tenth elsewhere."""

    def __init__(self) -> None:
        self._live = sys.stderr.isatty()
        self._shown: object = None
        self._started = time.monotonic()

    def __enter__(self) -> _Bar:
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
