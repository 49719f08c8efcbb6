"""Fonts for what is drawn: from a folder that is given (Blender's own has every script), else the system's."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

SUFFIXES = (".ttf", ".otf", ".ttc", ".woff2")
# Plain text faces, the first that is there; other scripts come from whatever else has them.
FACES = (
    *("inter", "notosans-regular", "dejavusans", "liberationsans-regular", "segoeui", "arial", "helvetica"),
    *("helveticaneue", "freesans", "ubuntu-r", "roboto-regular"),
)
LIKELY = ("notosanscjk", "notosans", "noto", "dejavu", "msyh", "meiryo", "malgun", "pingfang", "hiragino", "arialuni")
MOST_FILES = 400  # that are looked into
BUILT_IN = frozenset(map(chr, range(32, 256)))  # what PDF's own Helvetica has
MOST_BYTES = 64 << 20  # of a font


@dataclass(frozen=True)
class Fonts:
    """Plain TrueType or OpenType files: the `face`, None where there is none at all, and `others` for the characters
    that it lacks. `lacking` are those that no font has."""

    face: Path | None
    others: tuple[Path, ...]
    lacking: frozenset[str]

    def of(self, text: str) -> Path | None:
        """The one font that has most of a text."""
        every = [font for font in (self.face, *self.others) if font]
        return max(every, key=lambda font: len(set(text) & characters(font)), default=None)

    def remarks(self) -> list[str]:
        """What people should know of them."""
        if not self.lacking:
            return []
        shown = " ".join(sorted(self.lacking)[:12])
        return [f"No font here has the characters {shown}: they are left out. Name a folder of fonts with --fonts."]


def find(texts: Iterable[str], folder: Path | None, room: Path) -> Fonts:
    """Fonts for all characters of `texts`, put as plain files into `room`."""
    wanted = {character for text in texts for character in text if character.isprintable() and character != " "}
    files = list(_files(folder))
    face = next((plain for file in _faces(files) if (plain := _plain(file, room))), None)
    lacking = wanted - (characters(face) if face else BUILT_IN)
    others: list[Path] = []
    for file in sorted(files, key=_likeliness)[:MOST_FILES] if face and lacking else ():
        plain = _plain(file, room)
        if plain is None or not lacking & characters(plain):
            continue
        others.append(plain)
        lacking -= characters(plain)
        if not lacking:
            break
    return Fonts(face, tuple(others), frozenset(lacking))


def characters(font: Path) -> frozenset[str]:
    """The characters that a font has."""
    if font not in _CHARACTERS:
        from fontTools.ttLib import TTFont

        with TTFont(font, lazy=True) as opened:
            _CHARACTERS[font] = frozenset(map(chr, opened.getBestCmap() or ()))
    return _CHARACTERS[font]


_CHARACTERS: dict[Path, frozenset[str]] = {}


def _files(folder: Path | None) -> Iterator[Path]:
    for place in [folder] if folder else _folders():
        for root, folders, names in os.walk(place):
            folders.sort()
            yield from (Path(root, name) for name in sorted(names) if name.lower().endswith(SUFFIXES))


def _folders() -> list[Path]:
    home = Path.home()
    if sys.platform == "win32":
        local = os.environ.get("LOCALAPPDATA", str(home))
        return [Path(os.environ.get("WINDIR", "C:\\Windows"), "Fonts"), Path(local, "Microsoft", "Windows", "Fonts")]
    if sys.platform == "darwin":
        return [home / "Library/Fonts", Path("/Library/Fonts"), Path("/System/Library/Fonts")]
    return [home / ".local/share/fonts", home / ".fonts", Path("/usr/local/share/fonts"), Path("/usr/share/fonts")]


def _name(file: Path) -> str:
    return file.stem.casefold().replace(" ", "").replace("_", "")


def _faces(files: list[Path]) -> list[Path]:
    by_name = {_name(file): file for file in reversed(files)}
    known = [by_name[name] for name in FACES if name in by_name]
    return known or files[:20]


def _likeliness(file: Path) -> tuple[int, str]:
    """Regular faces of big families first."""
    name = _name(file)
    family = next((index for index, likely in enumerate(LIKELY) if likely in name), len(LIKELY))
    odd = any(word in name for word in ("bold", "italic", "light", "thin", "black", "mono", "condensed"))
    return family + 100 * odd, name


def _plain(file: Path, room: Path) -> Path | None:
    """The font as one plain file in `room`; None for what is no font with outlines. Tables are kept as they are:
    to have them parsed and written anew takes minutes for Chinese."""
    from fontTools.ttLib import TTFont, TTLibError
    from fontTools.ttLib.sfnt import SFNTWriter

    target = room / f"{abs(hash(file)):x}.ttf"
    if target.exists():
        return target
    try:
        if file.stat().st_size > MOST_BYTES:
            return None
        with TTFont(file, fontNumber=0, lazy=True) as font:
            tables = sorted(tag for tag in font.reader.keys() if tag != "DSIG")  # noqa: SIM118  it is no dict
            if "cmap" not in tables or not {"glyf", "CFF "} & set(tables):
                return None
            with target.open("w+b") as out:
                writer = SFNTWriter(out, len(tables), font.sfntVersion)
                for tag in tables:
                    writer[tag] = font.reader[tag]
                writer.close()
        characters(target)
    except (TTLibError, OSError, ValueError, AssertionError, KeyError, ImportError):
        target.unlink(missing_ok=True)
        return None
    return target
