"""`python -m backend export`: an edit's data to files for other programs and people, and what comes back from them."""

from __future__ import annotations

import argparse
import json
import sys
from fractions import Fraction
from pathlib import Path

from client.protocol import Unfit
from client.protocol.codec import from_json, to_json
from client.protocol.edit import Edit, file
from client.protocol.edit import notes as notes_file
from client.protocol.edit.burn_in import BurnIn
from client.protocol.edit.sidecar import with_sidecars

from ..home import write_whole
from .errors import ExportError

MOST_OFF = 0.1  # seconds between picture and sound: Blender mixes in blocks
FORMATS = {
    ".otio": "a timeline for other programs",
    ".edl": "a CMX 3600 edit decision list",
    ".csv": "the shot list",
    ".pdf": "the board",
    ".png": "the contact sheet",
    ".html": "the client page",
    ".mp4": "the cut of --cut with burn-ins",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `export`, with what each file name makes."""
    formats = "; ".join(f"{suffix}: {what}" for suffix, what in FORMATS.items())
    parser.description = "Writes an edit, as Blender or this command saved it, to files for others."
    parser.add_argument("edit", type=Path, help="the edit's data, as JSON")
    parser.add_argument("files", type=Path, nargs="*", help=f"files to write, by their suffix. {formats}")
    parser.add_argument("--relative", action="store_true", help=".otio: name files from its folder on")
    parser.add_argument("--portrait", action="store_true", help=".pdf: upright pages (default: landscape)")
    parser.add_argument("--paper", choices=("a4", "letter"), default="a4", help=".pdf: the pages' size")
    parser.add_argument("--fonts", type=Path, metavar="FOLDER", help=".pdf, .png, .mp4: fonts (default: the system's)")
    parser.add_argument("--cut", type=Path, metavar="MOVIE", help=".html, .mp4: the exported cut")
    parser.add_argument(
        "--changes", type=Path, metavar="FILE", help="what an .otio or .edl would change; writes nothing"
    )
    parser.add_argument("--burn", type=Path, metavar="JSON", help=".mp4: the burn-ins of --cut, place by place")
    parser.add_argument("--check", type=Path, metavar="MOVIE", help="whether a movie is the whole cut of this edit")
    parser.add_argument("--notes", type=Path, metavar="FILE", help="what a client's notes say of this edit")
    parser.add_argument("--json", action="store_true", help="answer as JSON on stdout")
    parser.set_defaults(run=run)


def run(parsed: argparse.Namespace) -> int:
    """Exit codes: 0 done, 1 failed, 2 not the right arguments or files."""
    try:
        edit = read_edit(parsed.edit)
        answer: dict[str, object] = {}
        if parsed.check:
            answer |= _check(edit, parsed.check.absolute())
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
        return with_sidecars(file.from_bytes(path.read_bytes(), path.parent))
    except Unfit as error:
        raise ExportError("invalid_file", f"'{path.name}' is no edit of Take One: {error}.") from error


def _write(edit: Edit, parsed: argparse.Namespace) -> dict[str, object]:
    unknown = [path for path in parsed.files if path.suffix.lower() not in FORMATS]
    if unknown:
        known = ", ".join(FORMATS)
        raise ExportError("invalid_file", f"'{unknown[0].name}' is of no kind that can be written. Known are {known}.")
    written, remarks = [], []
    for path in parsed.files:
        path.absolute().parent.mkdir(parents=True, exist_ok=True)
        if path.suffix.lower() == ".mp4":
            said = _burnt(edit, path.absolute(), parsed)
        else:
            data, said = _made(edit, path.absolute(), parsed)
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


def _burnt(edit: Edit, path: Path, parsed: argparse.Namespace) -> list[str]:
    """Writes the cut with its burn-ins. The remarks."""
    from .paper.burn import burn

    if parsed.cut is None:
        raise ExportError("invalid_file", "An .mp4 is --cut with burn-ins: name the exported cut.")
    try:
        wanted = from_json(BurnIn, json.loads(parsed.burn.read_bytes())) if parsed.burn else BurnIn()
    except (ValueError, RecursionError) as error:
        raise ExportError("invalid_file", f"'{parsed.burn.name}' holds no burn-ins: {error}.") from error

    def progress(done: int, total: int) -> None:
        if parsed.json and (done % 10 == 0 or done == total):
            print(json.dumps({"done": done, "total": total}), flush=True)

    return burn(edit, parsed.cut.absolute(), path, wanted, parsed.fonts, progress)


def _check(edit: Edit, path: Path) -> dict[str, object]:
    """Reads the exported cut back. Raises ExportError where it is not what the edit asks for."""
    from ..engines.engine import EngineError
    from ..media.movie import read_movie

    try:
        movie = read_movie(path)
    except EngineError as error:
        raise ExportError("invalid_file", f"The exported cut can't be read: {error.message}") from error
    frames, rate = len(movie.times), movie.fps
    sound = movie.sound_seconds
    seconds = float(edit.frames / edit.fps)
    wrong = []
    if frames != edit.frames:
        wrong.append(f"it has {frames} frames instead of {edit.frames}")
    if frames > 1 and abs(rate - edit.fps) > Fraction(1, 100):
        wrong.append(f"it plays at {float(rate):g} fps instead of {float(edit.fps):g}")
    if any(one.enabled for one in edit.sounds) and abs(sound - seconds) > MOST_OFF:
        wrong.append(f"its sound is {sound:.2f} s long instead of {seconds:.2f} s")
    if wrong:
        raise ExportError("wrong_movie", f"The exported cut is not whole: {', '.join(wrong)}. Export it again.")
    return {"checked": {"frames": frames, "fps": str(edit.fps), "sound_seconds": sound}}


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
