"""A cut of six shots, as an editor has it: handles, a dissolve, fades, beds, own strips, strange names."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from backend.engines.engine import Clip, Sound
from backend.media.encode import write_clip
from client.protocol import Direction, Line
from client.protocol.edit import Edit, Marker, OtherStrip, Place, Shot, SoundStrip, Take, Transition
from devtools.take_requests import take_request

FPS = Fraction(24)
SIZE = (64, 36)
NAMES = ("Kitchen", "<script>alert(1)</script> & \"q\" 'a'", "厨房の朝", "مطبخ", "{shot} {{x}} %s", "=SUM(A1)\nend")
LENGTHS = (48, 36, 40, 30, 25, 61)
HANDLE = 12
COLORS = ((200, 40, 40), (40, 200, 40), (40, 40, 200), (200, 200, 40), (40, 200, 200), (200, 40, 200))


def clip(path: Path, color: tuple[int, int, int], frames: int) -> None:
    """A movie whose frames grow brighter, with a tone."""
    path.parent.mkdir(parents=True, exist_ok=True)
    base = np.full((SIZE[1], SIZE[0], 3), color, np.float32)
    pictures = (np.uint8(base * (0.5 + 0.5 * index / frames)) for index in range(frames))
    count = frames * 2000
    tone = 0.1 * np.sin(2 * np.pi * 440 * np.arange(count) / 48000).astype(np.float32)
    sound = Sound(np.stack([tone, tone]), 48000)
    made = Clip(*SIZE, FPS, frames, pictures, sound)
    request = take_request(seconds=frames / 24, size=SIZE)
    write_clip(made, request, path, lambda *_: None, lambda: False)


@pytest.fixture(scope="session")
def film(tmp_path_factory: pytest.TempPathFactory) -> Edit:
    """The edit, its files on the disk; it starts at frame 11."""
    folder = tmp_path_factory.mktemp("film")
    at, shots, sounds = 11, [], []
    for index, (name, length) in enumerate(zip(NAMES, LENGTHS, strict=True)):
        identity = f"shot-{index}"
        takes = []
        for number in (1, 2):
            file = folder / "takes" / f"s{index}" / f"s{index}_t{number:03d}.mp4"
            frames = length + 2 * HANDLE
            clip(file, COLORS[index], frames)
            takes.append(
                Take(
                    f"take-{index}-{number}",
                    number,
                    f"s{index}_t{number:03d}",
                    file,
                    frames,
                    FPS,
                    (HANDLE, HANDLE),
                    SIZE,
                    "draft",
                    100 * index + number,
                    f"2026-03-0{number}T10:20:30+00:00",
                    "0.10 USD" if number == 2 else "",
                    rating=index if number == 2 else 0,
                    note="the better one" if number == 2 else "",
                )
            )
        picture = folder / "takes" / f"s{index}" / "stills" / f"s{index}_t001" / "still.png"
        picture.parent.mkdir(parents=True)
        Image.new("RGB", SIZE, COLORS[index]).save(picture)
        start = at - 12 if index == 2 else at  # it dissolves with the one before
        frames = length + 12 if index == 2 else length
        place = Place(start, frames, index if index == 2 else HANDLE + index, takes[1].id, 2 + 2 * (index % 2))
        shots.append(
            Shot(
                identity,
                name,
                (place,),
                tuple(takes),
                takes[1].id,
                f"Camera {index}",
                35.0 + index,
                "Set",
                100 + index,
                length,
                Direction("slowly push in {now}", (Line("ANNA", "English", "We are <late>."),), "rain"),
                note="lower the lamp" if index == 1 else "",
                rating=index,
                status="ready",
                picture=picture,
            )
        )
        sounds.append(
            SoundStrip(f"s{index} sound", at, length, HANDLE + index, "TAKE", takes[1].file, identity, takes[1].id, 1)
        )
        at += length
    bed = folder / "beds" / "scene.wav"
    return Edit(
        "edit-1",
        'A film "<b>" 映画',
        FPS,
        SIZE,
        11,
        at - 11,
        tuple(shots),
        (*sounds, SoundStrip("Bed", 11, at - 11, 0, "BED", bed, channel=7, volume=0.5, fade_in=6)),
        (
            Transition("DISSOLVE", 83, 12, "shot-1", "shot-2"),
            Transition("FADE_IN", 11, 10, after="shot-0"),
            Transition("FADE_OUT", at - 8, 8, before="shot-5"),
        ),
        (Marker(20, "F_20", "look here", "Camera 0"), Marker(130, "end of scene")),
        (
            OtherStrip("Title", "TEXT", 15, 30, channel=9),
            OtherStrip("logo", "MOVIE", 60, 20, 5, 8, folder / "own" / "logo.mov"),
        ),
        "2026-03-05T12:00:00+00:00",
        "Mia",
    )


@pytest.fixture(scope="session")
def film_file(film: Edit) -> Path:
    """The film as a file beside its takes."""
    from client.protocol.edit import file

    folder = film.shots[0].takes[0].file.parents[2]  # type: ignore[union-attr]
    path = folder / "film.edit.json"
    path.write_bytes(file.to_bytes(film, folder))
    return path


def moved(edit: Edit, index: int, **changes: object) -> Edit:
    """The edit with another place of one shot."""
    shots = list(edit.shots)
    shots[index] = replace(shots[index], places=(replace(shots[index].places[0], **changes),))  # type: ignore[arg-type]
    return replace(edit, shots=tuple(shots))
