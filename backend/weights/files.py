"""Reads the beginnings of published files: which tensors are in them, and whether they are whole. No torch."""

from __future__ import annotations

import json
import struct
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

MAX_HEADER = 100 << 20


@dataclass
class Tensors:
    """The safetensors files of a folder: shape and type of the tensors in them, and what is wrong with them."""

    tensors: dict[str, tuple[tuple[int, ...], str]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    bytes: int = 0


def read_header(path: Path) -> dict[str, Any]:
    """The header of a safetensors file: name -> {dtype, shape, data_offsets}.

    Raises:
        ValueError: it is no safetensors file, or is cut short; the message says which.
    """
    with path.open("rb") as file:
        start = file.read(8)
        length = struct.unpack("<Q", start)[0] if len(start) == 8 else 0
        if not 2 <= length <= MAX_HEADER:
            raise ValueError(f"{path.name} is not a safetensors file.")
        text = file.read(length)
    try:
        header = json.loads(text)
    except ValueError:
        raise ValueError(f"{path.name} is cut short or damaged.") from None
    header.pop("__metadata__", None)
    end = 8 + length + max((entry["data_offsets"][1] for entry in header.values()), default=0)
    size = path.stat().st_size
    if size != end:
        raise ValueError(f"{path.name} has {size:,} bytes and should have {end:,}: it is not complete.")
    return header


def read_folder(folder: Path) -> Tensors:
    """Every tensor of a folder of safetensors, by its index where it has one."""
    files = Tensors()
    index = next(iter(sorted(folder.glob("*.safetensors.index.json"))), None)
    where: dict[str, str] = (read_json(index) or {}).get("weight_map", {}) if index else {}
    if index and not where:
        files.problems.append(f"{index.name} can't be read.")
    names = sorted(set(where.values())) or sorted(path.name for path in folder.glob("*.safetensors"))
    for name in names:
        path = folder / Path(name).name
        if not path.is_file():
            packed = path.with_name(path.name + ".zst").is_file()
            files.problems.append(f"{name} is missing" + (": unpack its .zst file." if packed else "."))
            continue
        try:
            header = read_header(path)
        except (OSError, ValueError) as problem:
            files.problems.append(str(problem))
            continue
        files.bytes += path.stat().st_size
        files.tensors |= {key: (tuple(entry["shape"]), entry["dtype"]) for key, entry in header.items()}
        absent = [key for key, file in where.items() if file == name and key not in header]
        if absent:
            files.problems.append(f"{name} lacks {some(absent)}.")
    return files


def cut_short(paths: list[Path]) -> tuple[str, ...]:
    """What is wrong with torch's own files. They are zip archives; nothing is unpickled here."""
    problems = []
    for path in paths:
        if path.suffix == ".safetensors":
            continue
        with path.open("rb") as file:
            start = file.read(2)
        if not start:
            problems.append(f"{path.name} is empty.")
        elif start == b"PK" and not zipfile.is_zipfile(path):
            problems.append(f"{path.name} is cut short or damaged.")
    return tuple(problems)


def some(names: list[str]) -> str:
    """The first three of `names`, and how many there are besides."""
    shown = ", ".join(names[:3])
    return shown if len(names) <= 3 else f"{shown} and {len(names) - 3} more"


def read_json(path: Path) -> Any:
    """What is in the file; None where it can't be read."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
