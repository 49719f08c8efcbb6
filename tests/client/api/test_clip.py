"""Which files count as a take's clip: real ones from an encoder, and what a server may send instead."""

from __future__ import annotations

import io
import struct
from pathlib import Path

import av
import numpy as np
import pytest

from client.jobs import clip
from client.jobs.clip import NotAClip, count_frames
from tests.client.movie import box, movie, track


def encoded(path: Path, frames: int, **options: str) -> bytes:
    """An mp4 with sound and so many pictures, from ffmpeg's own muxer."""
    with av.open(str(path), "w", format="mp4", options=options) as container:
        sound = container.add_stream("aac", rate=48000)
        picture = container.add_stream("mpeg4", rate=24)
        picture.width, picture.height, picture.pix_fmt = 64, 48, "yuv420p"
        for index in range(frames):
            image = np.full((48, 64, 3), index * 5 % 255, dtype=np.uint8)
            container.mux(picture.encode(av.VideoFrame.from_ndarray(image, format="rgb24")))
        samples = av.AudioFrame.from_ndarray(np.zeros((2, 4800), dtype=np.float32), format="fltp", layout="stereo")
        samples.sample_rate = 48000
        container.mux(sound.encode(samples))
        container.mux(picture.encode(None))
        container.mux(sound.encode(None))
    return path.read_bytes()


@pytest.mark.parametrize(
    "options",
    [{}, {"movflags": "faststart"}, {"movflags": "frag_keyframe+empty_moov"}, {"movflags": "frag_keyframe"}],
    ids=["index last", "index first", "fragments", "index and fragments"],
)
def test_the_frames_of_a_real_mp4(options: dict[str, str], tmp_path: Path):
    assert count_frames(io.BytesIO(encoded(tmp_path / "a.mp4", 37, **options))) == 37


def test_the_smallest_mp4_counts_the_pictures_and_not_the_sound():
    assert count_frames(io.BytesIO(movie(48))) == 48
    assert count_frames(io.BytesIO(movie(0))) == 0


WIDE = struct.pack(">I4sQ", 1, b"mdat", 16 + 3) + b"abc"


def test_an_index_with_a_long_size_is_read_from_where_it_begins():
    content = box(b"mvhd", bytes(100)) + track(2, b"vide", 7)
    index = struct.pack(">I4sQ", 1, b"moov", 16 + len(content)) + content
    assert count_frames(io.BytesIO(box(b"ftyp", b"isom") + index + box(b"mdat", b"abc"))) == 7


def test_boxes_with_long_sizes_and_to_the_end_of_the_file():
    assert count_frames(io.BytesIO(movie(5, WIDE))) == 5
    assert count_frames(io.BytesIO(movie(5, struct.pack(">I4s", 0, b"mdat") + b"abc"))) == 5


def fragment(*tracks: tuple[int, tuple[int, ...]]) -> bytes:
    """A moof: for each track its number and the samples of its runs."""

    def part(number: int, runs: tuple[int, ...]) -> bytes:
        header = box(b"tfhd", struct.pack(">II", 0, number))
        return box(b"traf", header, *(box(b"trun", struct.pack(">II", 0, samples)) for samples in runs))

    return box(b"moof", box(b"mfhd", bytes(8)), *(part(number, runs) for number, runs in tracks))


def test_every_run_of_the_pictures_own_track_counts():
    parts = fragment((1, (100,)), (2, (3, 4)), (2, (5,))) + fragment((2, (7,)), (3, (1000,)))
    assert count_frames(io.BytesIO(movie(11, parts))) == 11 + 3 + 4 + 5 + 7
    assert count_frames(io.BytesIO(movie(0, parts))) == 19


def test_an_index_may_be_large_wherever_it_lies(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(clip, "MOST_INDEX", len(INDEX))
    head = box(b"ftyp", b"isom") + box(b"mdat", bytes(500))
    assert count_frames(io.BytesIO(head + INDEX)) == 7
    monkeypatch.setattr(clip, "MOST_INDEX", len(INDEX) - 1)
    with pytest.raises(NotAClip, match="breaks off"):
        count_frames(io.BytesIO(head + INDEX))


INDEX = box(b"moov", box(b"mvhd", bytes(100)), track(2, b"vide", 7))
SOUND_ONLY = box(b"ftyp", b"isom") + box(b"moov", track(1, b"soun", 9)) + box(b"mdat")
LYING_ALIKE = movie(9).replace(struct.pack(">III", 0, 0, 9), struct.pack(">III", 0, 1, 2**31))
LYING = movie(9).replace(struct.pack(">III", 0, 0, 9), struct.pack(">III", 0, 0, 2**31))


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "it is empty"),
        (b"<!DOCTYPE html><html><body>Sign in to the network</body></html>", "it is no mp4"),
        (b'{"detail": "Not Found"}', "it is no mp4"),
        (b"abc", "it is no mp4"),
        (box(b"ftyp", b"isom") + box(b"mdat", b"abc"), "without an index"),
        (box(b"ftyp", b"isom") + box(b"moov", track(1, b"vide", 9)), "without content"),
        (SOUND_ONLY, "no picture track"),
        (LYING, "index is damaged"),
        (movie(9)[:-1], "breaks off in the middle"),
        (movie(9)[:200], "breaks off in the middle"),
        (movie(9) + b"\0\0\0", "index is damaged"),
        (movie(9) + struct.pack(">I4s", 4, b"free"), "breaks off in the middle"),
        (movie(9) + box(b"free") * 100_001, "index is damaged"),
        (LYING_ALIKE, "index is damaged"),
    ],
)
def test_what_is_no_clip_says_why(data: bytes, why: str):
    with pytest.raises(NotAClip, match=why):
        count_frames(io.BytesIO(data))


def test_every_beginning_of_an_mp4_is_refused_and_nothing_else_is_raised():
    whole = movie(3)
    for length in range(0, 1200):
        with pytest.raises(NotAClip):
            count_frames(io.BytesIO(whole[:length]))


def test_bytes_changed_at_random_never_raise_anything_else():
    random = np.random.default_rng(1)
    whole = bytearray(movie(3)[:1200])
    for _ in range(3000):
        data = bytearray(whole)
        for place in random.integers(0, len(data), 4):
            data[place] = random.integers(0, 256)
        try:
            frames = count_frames(io.BytesIO(bytes(data)))
        except NotAClip:
            continue
        assert frames >= 0
