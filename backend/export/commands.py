"""`python -m backend export`: an edit's data to files for other programs and people, and what comes back from them."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from client.protocol import Unfit
from client.protocol.codec import to_json
from client.protocol.edit import Edit, file
from client.protocol.edit import notes as notes_file

from ..home import write_whole
from .errors import ExportError

FORMATS = {
    ".otio": "a timeline for other programs",
    ".edl": "a CMX 3600 edit decision list",
    ".csv": "the shot list",
    ".pdf": "the board",
    ".png": "the contact sheet",
    ".html": "the client page",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `export`, with what each file name makes."""
    formats = "; ".join(f"{suffix}: {what}" for suffix, what in FORMATS.items())
    parser.description = "Writes an edit, as Blender or this command saved it, to files for others."
    parser.add_argument("edit", type=Path, help="the edit's data, as JSON")
    parser.add_argument("files", type=Path, nargs="*", help=f"files to write, by their suffix. {formats}")
    parser.add_argument("--relative", action="store_true", help=".otio: name files from its folder on")
    parser.add_argument(
        "--changes", type=Path, metavar="FILE", help="what an .otio or .edl would change; writes nothing"
    )
    parser.add_argument("--notes", type=Path, metavar="FILE", help="what a client's notes say of this edit")
    parser.add_argument("--json", action="store_true", help="answer as JSON on stdout")
    parser.set_defaults(run=run)


def run(parsed: argparse.Namespace) -> int:
    """Exit codes: 0 done, 1 failed, 2 not the right arguments or files."""
    try:
        edit = read_edit(parsed.edit)
        answer: dict[str, object] = {}
        if parsed.changes:
            answer |= _changes(edit, parsed.changes)
        if parsed.notes:
            answer |= _notes(edit, parsed.notes)
        if parsed.files:
            answer |= _write(edit, parsed)
    except ExportError as error:
        print(f"error: {error.message}", file=sys.stderr)
        return 2 if error.code == "invalid_file" else 1
    except OSError as error:
        print(f"error: {error.strerror or error}: {error.filename or ''}".rstrip(": "), file=sys.stderr)
        return 1
    _say(answer, parsed.json)
    return 0


def read_edit(path: Path) -> Edit:
    """The edit in a file. Raises ExportError, OSError."""
    path = path.absolute()
    if path.stat().st_size > file.MAX_BYTES:
        raise ExportError("invalid_file", f"'{path.name}' is larger than {file.MAX_BYTES >> 20} MB.")
    try:
        return file.from_bytes(path.read_bytes(), path.parent)
    except Unfit as error:
        raise ExportError("invalid_file", f"'{path.name}' is no edit of Take One: {error}.") from error


def _write(edit: Edit, parsed: argparse.Namespace) -> dict[str, object]:
    unknown = [path for path in parsed.files if path.suffix.lower() not in FORMATS]
    if unknown:
        known = ", ".join(FORMATS)
        raise ExportError("invalid_file", f"'{unknown[0].name}' is of no kind that can be written. Known are {known}.")
    written, remarks = [], []
    for path in parsed.files:
        data, said = _made(edit, path.absolute(), parsed)
        path.absolute().parent.mkdir(parents=True, exist_ok=True)
        write_whole(path.absolute(), data)
        written.append(str(path))
        remarks += said
    return {"written": written, "remarks": list(dict.fromkeys(remarks))}


def _made(edit: Edit, path: Path, parsed: argparse.Namespace) -> tuple[bytes, list[str]]:
    """What a file of this name holds, and remarks."""
    match path.suffix.lower():
        case ".otio":
            from .exchange.timeline import to_otio

            text, remarks = to_otio(edit, path.parent if parsed.relative else None)
        case ".edl":
            from .exchange.edl import to_edl

            text, remarks = to_edl(edit)
        case ".pdf":
            from .paper.board import LANDSCAPE, PORTRAIT, to_pdf

            return to_pdf(edit, PORTRAIT if parsed.portrait else LANDSCAPE, parsed.paper, parsed.fonts)
        case ".png":
            from .paper.sheet import to_png

            return to_png(edit, parsed.fonts)
        case ".html":
            from .page import to_html

            text, remarks = to_html(edit, parsed.cut.absolute() if parsed.cut else None)
        case _:
            from .shots import to_csv

            text, remarks = to_csv(edit), []
    return text.encode(), remarks


def _changes(edit: Edit, path: Path) -> dict[str, object]:
    from .exchange.incoming import read_changes

    changes = read_changes(edit, path.absolute())
    return {"changes": to_json(changes), "lines": changes.lines(edit), "remarks": list(changes.remarks)}


def _notes(edit: Edit, path: Path) -> dict[str, object]:
    if path.stat().st_size > notes_file.MAX_BYTES:
        raise ExportError("invalid_file", f"'{path.name}' is larger than {notes_file.MAX_BYTES >> 20} MB.")
    try:
        found = notes_file.from_bytes(path.read_bytes())
    except Unfit as error:
        raise ExportError("invalid_file", f"'{path.name}' holds no notes of a client page: {error}.") from error
    remarks = [] if found.edit == edit.id else [f"'{path.name}' holds notes to another edit, '{found.title}'."]
    strange = [note for note in found.notes if edit.shot(note.shot) is None]
    remarks += [f"There is no shot '{note.name or note.shot}' any more." for note in strange]
    return {"notes": to_json(found), "remarks": remarks}


def _say(answer: dict[str, object], as_json: bool) -> None:
    if as_json:
        print(json.dumps(answer, ensure_ascii=False))
        return
    for remark in answer.get("remarks", ()):  # type: ignore[attr-defined]
        print(f"note: {remark}", file=sys.stderr)
    if "changes" in answer:
        print("\n".join(answer["lines"]) or "Nothing would change.")  # type: ignore[arg-type]
    if "notes" in answer:
        for note in answer["notes"]["notes"]:  # type: ignore[index]
            print(f"{note['name'] or note['shot']}: {note['verdict']} {note['text']}".replace(":  ", ": "))
    for path in answer.get("written", ()):  # type: ignore[attr-defined]
        print(path)
