"""What a clip and a movie become, to the frame and to the word, without a take around them."""

from __future__ import annotations

import errno
import struct
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import av
import numpy as np
import pytest

from backend.engines.engine import Clip, EngineError, Sound
from backend.media import conform, encode
from backend.media.conform import conform_sound, pick
from backend.media.disk import disk_full, is_full
from backend.media.encode import write_clip
from backend.media.movie import Movie, frame_at, read_movie
from devtools.take_requests import take_request
from tests.backend.media.test_movie import HEIGHT, WIDTH, banded, even, movie, tone

FPS = Fraction(24)


def number(picture: np.ndarray) -> int:
    """Which of `banded` a picture is."""
    row = picture[HEIGHT // 2, WIDTH // 16 :: WIDTH // 8, 1]
    return sum(1 << bit for bit, value in enumerate(row) if value > 130)


def of(*times: Fraction | float, sound: float = 0.0) -> Movie:
    return Movie(Path("a.mp4"), tuple(map(Fraction, times)), np.zeros((HEIGHT, WIDTH, 3), np.uint8), sound, True)


def test_the_frame_that_a_movie_shows_at_a_time(tmp_path: Path) -> None:
    file = movie(tmp_path / "a.mp4", even(20), options={"g": "6"})
    at = Fraction(7, 24)
    wanted = {
        Fraction(0): 0, at: 7, at + Fraction(1, 25): 7, at + Fraction(1, 24): 8, at - Fraction(1, 4000): 7,
        at - Fraction(1, 1000): 6, Fraction(19, 24): 19, Fraction(99): 19,
    }  # fmt: skip
    assert {time: number(frame_at(file, time)) for time in wanted} == wanted
    with av.open(str(tmp_path / "sound.mp4"), "w", format="mp4") as container:
        stream = container.add_stream("aac", rate=48_000, layout="stereo")
        heard = av.AudioFrame.from_ndarray(tone(0.2).astype(np.float32), format="fltp", layout="stereo")
        heard.rate = 48_000
        container.mux(stream.encode(heard))
        container.mux(stream.encode(None))
    with pytest.raises(EngineError, match="it has no picture") as failure:
        frame_at(tmp_path / "sound.mp4", Fraction(0))
    assert (failure.value.code, failure.value.fix) == ("engine_failed", "retry")


def test_the_nearest_frame_in_time_and_the_later_of_two() -> None:
    uneven = of(0, Fraction(1, 10), Fraction(3, 10), Fraction(4, 10))
    times = {
        "-1": 0,
        "0": 0,
        "0.04": 0,
        "0.05": 1,
        "0.06": 1,
        "0.19": 1,
        "0.2": 2,
        "0.21": 2,
        "0.36": 3,
        "0.4": 3,
        "9": 3,
    }
    assert {time: uneven._nearest(Fraction(time)) for time in times} == times
    assert (uneven.fps, uneven.seconds) == (Fraction(15, 2), Fraction(4, 10) + Fraction(2, 15))
    assert (of(0).fps, of(0).seconds) == (1, 1)


def test_a_movie_with_two_sounds_is_not_plain_and_its_first_counts(tmp_path: Path) -> None:
    file = tmp_path / "a.mp4"
    with av.open(str(file), "w", format="mp4") as container:
        video = container.add_stream("libx264", rate=24, width=WIDTH, height=HEIGHT, pix_fmt="yuv420p")
        sounds = [container.add_stream("aac", rate=48_000, layout="stereo") for _ in range(2)]
        for index in range(24):
            frame = av.VideoFrame.from_ndarray(banded(index), format="rgb24")
            frame.pts = index
            container.mux(video.encode(frame))
        container.mux(video.encode(None))
        for seconds, sound in zip((1.0, 0.25), sounds, strict=True):
            heard = av.AudioFrame.from_ndarray(tone(seconds).astype(np.float32), format="fltp", layout="stereo")
            heard.rate, heard.pts, heard.time_base = 48_000, 0, Fraction(1, 48_000)
            container.mux(sound.encode(heard))
            container.mux(sound.encode(None))
    found = read_movie(file)
    assert (found.plain, found.sound_seconds) == (False, pytest.approx(1.0, abs=0.03))
    assert (number(found.first), found.times) == (0, tuple(even(24)))
    half = found.sound(Fraction(1, 2))
    assert half is not None and half.rate == 48_000
    assert 24_000 < half.samples.shape[1] <= 24_000 + 3 * 1024  # and no more than it must decode


def test_a_movie_that_was_cut_out_of_a_longer_one_begins_with_its_first_frame(tmp_path: Path) -> None:
    """Its sound was as much later as the file's clock said, and each moment showed its first frame."""
    later = [time + 2 for time in even(24)]
    file = tmp_path / "a.mkv"
    movie(file, later, kind="matroska", base=Fraction(1, 24), sound=0.5, late=Fraction(9, 4))
    found = read_movie(file)
    assert (found.begins, found.times[:2]) == (2, (0, Fraction(42, 1000)))
    heard = found.sound(Fraction(1))
    assert heard is not None
    loud = np.flatnonzero(np.abs(heard.samples[0]) > 0.1)
    assert loud[0] == pytest.approx(12_000, abs=200)  # a quarter of a second after the first frame
    assert [number(frame_at(file, Fraction(index, 24))) for index in (0, 3, 23)] == [0, 3, 23]
    assert read_movie(movie(tmp_path / "b.mp4", later, base=Fraction(1, 24))).begins == 2
    plain = movie(tmp_path / "c.mkv", even(24), kind="matroska", base=Fraction(1, 24), sound=1.0)
    assert read_movie(plain).sound_seconds == pytest.approx(1.0, abs=0.05)  # as long as the file, which says no more


def test_of_several_pictures_the_first_is_the_movie(tmp_path: Path) -> None:
    """The second may be a cover."""
    with av.open(str(tmp_path / "a.mp4"), "w", format="mp4") as container:
        pair = [container.add_stream("libx264", rate=24, width=WIDTH, height=HEIGHT, pix_fmt="yuv420p") for _ in "ab"]
        for index in range(3):
            for stream, shown in zip(pair, (index, 200 + index), strict=True):
                frame = av.VideoFrame.from_ndarray(banded(shown), format="rgb24")
                frame.pts = index
                container.mux(stream.encode(frame))
        for stream in pair:
            container.mux(stream.encode(None))
    found = read_movie(tmp_path / "a.mp4")
    assert (found.plain, number(found.first), len(found.times)) == (False, 0, 3)
    assert [number(frame) for frame in found.frames(FPS, 3)] == [0, 1, 2]
    assert number(frame_at(tmp_path / "a.mp4", Fraction(2, 24))) == 2


def test_frames_that_are_cut_off_without_being_encoded_anew_are_none(tmp_path: Path) -> None:
    """As `ffmpeg -ss 0.2 -c copy` leaves them: there, with a list that skips them."""
    whole, cut = movie(tmp_path / "whole.mp4", even(20)), tmp_path / "cut.mp4"
    with av.open(str(whole)) as source, av.open(str(cut), "w") as target:
        video = source.streams.video[0]
        copy = target.add_stream_from_template(video)
        for packet in source.demux(video):
            if packet.pts is not None and packet.dts is not None and packet.time_base is not None:
                before = round(5 / FPS / packet.time_base)
                packet.pts, packet.dts, packet.stream = packet.pts - before, packet.dts - before, copy
                target.mux(packet)
    found = read_movie(cut)
    assert (len(found.times), found.fps, number(found.first), found.fits(FPS, 15)) == (15, FPS, 5, False)
    assert [number(frame) for frame in found.frames(FPS, 16)] == [*range(5, 20), 19]
    assert read_movie(whole).fits(FPS, 20)


def test_a_movie_without_sound_has_none(tmp_path: Path) -> None:
    assert read_movie(movie(tmp_path / "a.mp4", even(2))).sound(Fraction(1)) is None


class Told:
    """A movie whose pictures say where each of their pixels lies."""

    def __init__(self) -> None:
        y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
        self.first = np.dstack([x, y, x * 0]).astype(np.uint8)
        self.asked: list[Any] = []

    def frames(self, *what: Any) -> Iterator[np.ndarray]:
        self.asked.append(what)
        yield self.first

    def sound(self, seconds: Fraction) -> str:
        self.asked.append(seconds)
        return "its sound"


@pytest.mark.parametrize(
    ("window", "box"),
    [(None, (0, 0, 64, 48)), ((0.25, 0.5, 0.5, 0.375), (16, 24, 32, 18)), ((0.1, 0.0, 0.9, 1.0), (6, 0, 58, 48))],
)
def test_the_part_of_a_movie_that_counts(window: Any, box: tuple[int, int, int, int]) -> None:
    made: Any = Told()
    wanted = take_request(seconds=1.5, fps=Fraction(25), size=(WIDTH, HEIGHT))
    clip = encode._conformed(Clip(window=window), made, wanted)
    x, y, width, height = box
    (shown,) = clip.frames
    assert (shown[0, 0].tolist(), shown[-1, -1].tolist()) == ([x, y, 0], [x + width - 1, y + height - 1, 0])
    assert (clip.width, clip.height, clip.fps, clip.frame_count) == (width, height, Fraction(25), 38)
    assert (clip.sound, set(made.asked)) == ("its sound", {(Fraction(25), 38), Fraction(38, 25)})
    own = Sound(np.zeros((2, 5), np.float32), 48_000)
    assert encode._conformed(Clip(sound=own), made, wanted).sound is own


@pytest.mark.parametrize(
    ("made", "says"),
    [
        (of(*even(24)), []),
        (of(*even(25)), []),  # a frame more is nobody's loss
        (of(*even(26)), ["The engine made 1.08 s, which were cut to 1.00 s."]),
        (of(*even(23)), []),
        (of(*even(22)), ["The engine made 0.92 s: its last frame is held for the rest."]),
        (of(*even(25, Fraction(25))), ["Conformed from 25 to 24 frames a second."]),
        (of(*even(24, FPS + Fraction(1, 100))), []),
        (of(*even(24, FPS + Fraction(11, 1000))), ["Conformed from 24.011 to 24 frames a second."]),
        (of(*even(24, Fraction(24000, 1001))), ["Conformed from 23.976 to 24 frames a second."]),
        (of(0), []),
    ],
)
def test_what_had_to_be_done_to_a_movie_is_said(made: Movie, says: list[str]) -> None:
    assert list(encode._movie_notes(made, take_request(seconds=1, fps=FPS, size=(64, 48)))) == says


def test_what_had_to_be_done_to_a_clip_is_said() -> None:
    wanted = take_request(seconds=1, fps=FPS, size=(64, 48))
    odd = "Video needs even sizes: 65x48 got one repeated line."
    assert encode._notes(Clip(65, 48, FPS), wanted) == (odd,)
    assert encode._notes(Clip(64, 49, Fraction(12)), wanted) == (
        odd.replace("65x48", "64x49"), "Conformed from 12 to 24 frames a second.",
    )  # fmt: skip
    assert encode._notes(Clip(64, 48, FPS), wanted) == ()


def test_a_frame_that_is_none_is_said_in_full() -> None:
    clip = Clip(64, 48, FPS)
    good = np.zeros((48, 64, 3), np.uint8)
    assert encode._checked(good, clip) is good
    with pytest.raises(
        EngineError, match=r"gave a frame of float32 \(48, 64, 3\), not of 64x48 in 8-bit RGB\.$"
    ) as bad:
        encode._checked(good.astype(np.float32), clip)
    assert (bad.value.code, bad.value.fix) == ("engine_failed", "open_log")
    for shape in ((48, 64, 4), (64, 48, 3), (48, 64)):
        with pytest.raises(EngineError, match="gave a frame of uint8"):
            encode._checked(np.zeros(shape, np.uint8), clip)


def grey(count: int, ended: list[str] | None = None) -> Iterator[np.ndarray]:
    try:
        for index in range(count):
            yield np.full((48, 64, 3), index, np.uint8)
    finally:
        if ended is not None:
            ended.append("ended")


def written(path: Path, clip: Clip, fps: Fraction = FPS, seconds: float = 0.25) -> encode.Written:
    wanted = take_request(seconds=seconds, fps=fps, size=(64, 48))
    return write_clip(clip, wanted, path, lambda *_: None, lambda: False)


def test_an_engine_whose_last_frames_are_not_asked_for_ends_all_the_same(tmp_path: Path) -> None:
    ended: list[str] = []
    frames = grey(50, ended)
    written(tmp_path / "a.mp4", Clip(64, 48, FPS, 50, frames))
    assert ended == ["ended"] and frames is not None
    with pytest.raises(EngineError, match="The engine's clip can't be used: the clip has no frames") as none:
        written(tmp_path / "b.mp4", Clip(64, 48, FPS, 5, grey(0)))
    assert none.value.code == "engine_failed"
    assert [path.name for path in tmp_path.iterdir()] == ["a.mp4"]


@pytest.mark.parametrize(
    ("error", "raised"),
    [
        (OSError(errno.ENOSPC, "Full"), EngineError),
        (OSError(errno.EIO, "Torn"), OSError),
        (ValueError("no"), ValueError),
    ],
)
def test_what_fails_in_the_encoder_fails_the_clip(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception, raised: type[Exception]
) -> None:
    def fails(*_: Any) -> None:
        raise error

    monkeypatch.setattr(encode._Encoder, "_encode", fails)
    ended: list[str] = []
    with pytest.raises(raised) as failure:
        written(tmp_path / "a.mp4", Clip(64, 48, FPS, 6, grey(6, ended)))
    assert (getattr(failure.value, "code", ""), ended) == ("disk_full" if raised is EngineError else "", ["ended"])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("fps", "scale"),
    [(FPS, 48_000), (Fraction(25), 48_000), (Fraction(24000, 1001), 48_000), (Fraction(23), 23 * 48_000),
     (Fraction(999_983, 41_666), 48_000), (Fraction(50_021, 2084), 48_000)],
)  # fmt: skip
def test_a_file_counts_in_what_holds_a_frame_and_a_sample_exactly(tmp_path: Path, fps: Fraction, scale: int) -> None:
    written(tmp_path / "a.mp4", Clip(64, 48, fps, 6, grey(6), Sound(tone(0.3).astype(np.float32), 48_000)), fps)
    data = (tmp_path / "a.mp4").read_bytes()
    at = data.index(b"mvhd") + 4
    assert struct.unpack(">BxxxIII", data[at : at + 16])[::3] == (0, scale)


def test_the_rate_of_the_sound_is_that_of_good_sound(tmp_path: Path) -> None:
    noise = np.random.default_rng(1).normal(0, 0.3, (2, 96_000)).astype(np.float32)
    written(tmp_path / "a.mp4", Clip(64, 48, FPS, 48, grey(48), Sound(noise, 48_000)), seconds=2)
    with av.open(str(tmp_path / "a.mp4")) as container:
        (audio,) = container.streams.audio
        assert 170_000 < audio.bit_rate < 220_000


def test_sound_that_fits_is_given_as_it_is_and_all_of_any_other_is_made_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conform, "PIECE", 4)
    fits = np.array([[0, 0.5, -1, 1, 0.25, 0]] * 2, np.float32)
    assert conform_sound(Sound(fits, 48_000), 6) is fits
    for wild, tame in ((np.nan, 0), (1.01, 1), (-3, -1), (np.inf, 1)):
        loud = fits.copy()
        loud[1, 5] = wild  # in the second piece
        found = conform_sound(Sound(loud, 48_000), 6)
        assert (found[1].tolist(), found[0].tolist()) == ([0, 0.5, -1, 1, 0.25, tame], fits[0].tolist())
    assert conform_sound(Sound(fits[:1], 48_000), 6).tolist() == fits.tolist()  # one channel is both
    assert conform_sound(Sound(np.zeros((2, 0), np.float32), 16_000), 3).tolist() == [[0, 0, 0]] * 2
    for channels in (3, 6):
        with pytest.raises(ValueError, match=f"^sound has {channels} channels, not one or two$"):
            conform_sound(Sound(np.zeros((channels, 5), np.float32), 48_000), 5)


def test_frames_are_taken_one_at_a_time() -> None:
    taken: list[int] = []
    frames = (taken.append(index) or np.full((1,), index) for index in range(9))
    picked = pick(frames, iter([0, 0, 3]))
    assert [(int(next(picked)[0]), len(taken)) for _ in range(3)] == [(0, 1), (0, 1), (3, 4)]
    with pytest.raises(ValueError, match="no frames"):
        next(pick(iter(()), [0]))


def test_a_full_disk_and_other_errors() -> None:
    full = [OSError(errno.ENOSPC, "x"), OSError(errno.EDQUOT, "x")]
    other = [OSError(errno.EIO, "x"), OSError("x"), SimpleNamespace(errno=errno.ENOSPC), ValueError(errno.ENOSPC)]
    assert [is_full(error) for error in [*full, *other]] == [True, True, False, False, False, False]  # type: ignore[arg-type]
    error = disk_full(Path("/a/b"))
    assert (error.code, error.message, error.fix) == (
        "disk_full",
        "The disk of /a/b is full. Free some space.",
        "free_space",
    )
