"""`python -m backend models list | check PATH | download NAME | link NAME PATH`."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from functools import partial
from pathlib import Path
from typing import Any

from .check import inspect, scan
from .store import ModelsError, Store


def add_commands(subparsers: Any, store: Store) -> None:
    """Adds the commands to `models`; each sets `run`: parsed arguments in, exit code out.

    `store` is for the catalogues of all engines together.
    """
    components, sets = store.catalogue.components, store.catalogue.sets
    command = subparsers.add_parser("list", help="what is on this machine, and what each quality needs")
    command.add_argument("--json", action="store_true", help="one line of JSON")
    command.set_defaults(run=partial(_list, store))
    command = subparsers.add_parser("check", help="what a folder of published files is, and whether it is whole")
    command.add_argument("path", type=Path)
    command.set_defaults(run=partial(_check, store))
    command = subparsers.add_parser("download", help="bring published files here")
    command.add_argument("name", choices=(*sets, *components, "all"), help="a model, or all that a quality needs")
    command.add_argument("--online", action="store_true", help="allow the network (or set TAKE_ONE_ONLINE=1)")
    command.add_argument("--hub", default=os.environ.get("TAKE_ONE_HUB"), help="another host of the published files")
    command.add_argument("--json", action="store_true", help="progress as lines of JSON")
    command.set_defaults(run=partial(_download, store))
    command = subparsers.add_parser("link", help="use published files where they are, without copying them")
    command.add_argument("name", choices=(*components, "all"))
    command.add_argument("path", type=Path)
    command.set_defaults(run=partial(_link, store))


def _list(store: Store, arguments: argparse.Namespace) -> int:
    rows = [("MODEL", "STATE", "SIZE", "WHERE")]
    sizes, ready = [], set()
    for name, component in store.catalogue.components.items():
        found = store.report(name)
        if found is None:
            rows.append((name, "missing", f"about {component.gigabytes:g} GB", component.repository))
            sizes.append(round(component.gigabytes * 1e9))
            continue
        place = store.locate(name)
        state = "linked" if place and place.linked else "ready"
        if found.serves(name):
            ready.add(name)
        else:
            state = "damaged"
        rows.append((name, state, _size(found.bytes), str(found.folder)))
        sizes.append(found.bytes)
    if arguments.json:
        named = [dict(zip(("name", "state", "size", "where"), row, strict=True)) for row in rows[1:]]
        models = [{**one, "bytes": size} for one, size in zip(named, sizes, strict=True)]
        print(json.dumps({"models": models, "sets": store.catalogue.sets}))
        return 0
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    for row in rows:
        print("  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[3]]).rstrip())
    print()
    for name in store.catalogue.sets:
        lacking = store.catalogue.lacking(name, ready)
        print(f"{name}: " + (f"needs {', '.join(lacking)}" if lacking else "ready"))
    return 0


def _check(store: Store, arguments: argparse.Namespace) -> int:
    try:
        found = scan(arguments.path, store.catalogue)
        report = inspect(arguments.path, store.catalogue)
    except OSError as error:
        print(error, file=sys.stderr)
        return 1
    if not found:
        print(f"{arguments.path} looks like {report.looks_like}.")
        for problem in report.problems:
            print(f"  {problem}")
        return 0 if report.ok else 1
    for name, part in found.items():
        print(
            f"{name}: {part.folder} is {part.looks_like}, {_size(part.bytes)}"
            + ("." if part.ok else " and can't be used:")
        )
        for problem in part.problems:
            print(f"  {problem}")
    return 0 if all(part.ok for part in found.values()) else 1


def _link(store: Store, arguments: argparse.Namespace) -> int:
    try:
        linked = store.link(arguments.name, arguments.path)
    except ModelsError as problem:
        print(problem.message, file=sys.stderr)
        return 1
    for name, report in linked.items():
        print(f"{name} -> {report.folder}")
    return 0


def _download(store: Store, arguments: argparse.Namespace) -> int:
    from .download import download, online_allowed

    meter = _Meter(arguments.json)
    try:
        wanted = store.catalogue.named(arguments.name)
        total = download(wanted, meter.report, arguments.hub, arguments.online or online_allowed())
    except ModelsError as problem:
        meter.end({"error": {"message": problem.message, "fix": problem.fix}}, problem.message)
        return 1
    except KeyboardInterrupt:
        meter.end({"error": {"message": "Stopped.", "fix": "retry"}}, "Stopped: it will go on where it stopped.")
        return 130
    meter.end({"done": total}, f"{arguments.name} is here: {_size(total)}.")
    return 0


class _Meter:
    """Progress to a terminal, or as a line of JSON, at most four times a second."""

    def __init__(self, as_json: bool) -> None:
        self._json, self._last = as_json, 0.0
        self._began: tuple[float, int] | None = None

    def report(self, done: int, total: int, file: str) -> None:
        now = time.monotonic()
        if self._began is None:
            self._began = (now, done)
        if now - self._last < 0.25 and done < total:
            return
        self._last = now
        rate = (done - self._began[1]) / max(now - self._began[0], 1e-3)
        left = (total - done) / rate if rate > 0 else None
        if self._json:
            self._write({"done": done, "total": total, "file": file, "eta_seconds": left})
        else:
            minutes = f", {left / 60:.0f} min left" if left else ""
            line = f"{done / max(total, 1):4.0%} of {_size(total)}, {_size(int(rate))}/s{minutes}  {file}"
            print(f"\r{line[:100]:<100}", end="", file=sys.stderr, flush=True)

    def end(self, message: dict[str, Any], words: str) -> None:
        if self._json:
            self._write(message)
        else:
            print(f"\n{words}", file=sys.stderr)

    @staticmethod
    def _write(what: dict[str, Any]) -> None:
        print(json.dumps(what), flush=True)


def _size(count: int) -> str:
    for unit, scale in (("GB", 1e9), ("MB", 1e6)):
        if count >= scale:
            return f"{count / scale:.1f} {unit}"
    return f"{count / 1e3:.0f} kB"
