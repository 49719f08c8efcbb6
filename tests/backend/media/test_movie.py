"""Finished movies that an engine hands over: passed through if they fit, else made to."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from backend.engines.engine import Clip, EngineError, Sound
from backend.media import movie as media_movie
from backend.media.encode import Written, write_clip
from backend.media.movie import Movie, frame_at, open_movie, read_movie
from client.protocol import TakeRequest
from devtools.take_requests import take_request

WIDTH, HEIGHT = 64, 48
NTSC = Fraction(24000, 1001)


def tone(seconds: float) -> np.ndarray:
    return np.tile(0.4 * np.sin(2 * np.pi * 440 * np.arange(round(seconds * 48_000)) / 48_000), (2, 1))


def banded(number: int) -> np.ndarray:
    """A picture of eight bands from left to right: the bits of `number`, dark and light."""
    row = np.repeat([200 if number >> bit & 1 else 60 for bit in range(8)], WIDTH // 8)
    return np.tile(row[None, :, None], (HEIGHT, 1, 3)).astype(np.uint8)


def movie(
    path: Path,
    times: Iterable[Fraction],
    *,
    sound: float = 0.0,
    rate: int = 48_000,
    codec: str = "libx264",
    pixels: str = "yuv420p",
    options: dict[str, str] | None = None,
    base: Fraction = Fraction(1, 24_000),
    colorspace: int = 2,
    colour: tuple[int, int, int] | None = None,
    height: int = HEIGHT,
    late: Fraction = Fraction(0),
    kind: str = "mp4",
) -> Path:
    """A movie whose frames show their number in bands (or one `colour`), at `times`; its sound begins `late`."""
    with av.open(str(path), "w", format=kind) as container:
        video = container.add_stream(codec, rate=24)
        video.width, video.height, video.pix_fmt = WIDTH, height, pixels
        video.codec_context.time_base = base
        video.codec_context.colorspace = colorspace
        video.options = {"crf": "1", "preset": "ultrafast", **(options or {})}
        audio = container.add_stream("aac", rate=rate, layout="stereo") if sound else None
        for index, time in enumerate(times):
            frame = _frame(index, colour, height, pixels, colorspace)
            frame.pts, frame.time_base = round(time / base), base
            container.mux(video.encode(frame))
        container.mux(video.encode(None))
        if audio is not None:
            samples = np.ascontiguousarray(tone(sound)[:, :: 48_000 // rate].astype(np.float32))
            frame = av.AudioFrame.from_ndarray(samples, format="fltp", layout="stereo")
            frame.rate, frame.pts, frame.time_base = rate, round(late * rate), Fraction(1, rate)
            container.mux(audio.encode(frame))
            container.mux(audio.encode(None))
    return path


def _frame(
    number: int, colour: tuple[int, int, int] | None, height: int, pixels: str, colorspace: int
) -> av.VideoFrame:
    if colour is None:
        return av.VideoFrame.from_ndarray(banded(number), format="rgb24")
    plain = av.VideoFrame.from_ndarray(np.full((height, WIDTH, 3), colour, np.uint8), format="rgb24")
    matrix = {1: 1, 2: 5 if height < 720 else 1, 6: 5}[colorspace]
    full = "JPEG" if pixels.startswith("yuvj") else "MPEG"
    return plain.reformat(format=pixels, dst_colorspace=matrix, src_color_range="JPEG", dst_color_range=full)


def even(count: int, fps: Fraction = Fraction(24)) -> list[Fraction]:
    return [index / fps for index in range(count)]


def take(path: Path, file: Path, wanted: TakeRequest, sound: Sound | None = None) -> Written:
    return write_clip(Clip(file=file, sound=sound), wanted, path, lambda *_: None, lambda: False)


def request(seconds: float = 1, fps: Fraction = Fraction(24)) -> TakeRequest:
    return take_request(seconds=seconds, fps=fps, size=(WIDTH, HEIGHT))


def numbers(path: Path) -> list[int]:
    """The number of the movie's frame that each frame shows."""
    with av.open(str(path)) as container:
        frames = [frame.to_ndarray(format="gray") for frame in container.decode(video=0)]
    bands = [frame[HEIGHT // 2, WIDTH // 16 :: WIDTH // 8] for frame in frames]
    return [sum(1 << bit for bit, value in enumerate(row) if value > 130) for row in bands]


def loudness(path: Path) -> tuple[int, int]:
    """Samples, and those that are not silence."""
    with av.open(str(path)) as container:
        samples = np.concatenate([frame.to_ndarray() for frame in container.decode(audio=0)], axis=1)
    return samples.shape[1], int((np.abs(samples[0]) > 0.01).sum())


@pytest.mark.parametrize(("late", "plain"), [(Fraction(0), True), (Fraction(1, 20), False), (Fraction(1, 4), False)])
def test_a_movie_whose_sound_begins_later_is_not_such_as_is_written_here(
    tmp_path: Path, late: Fraction, plain: bool
) -> None:
    assert read_movie(movie(tmp_path / "made.mp4", even(24), sound=1.0, late=late)).plain is plain


@pytest.mark.parametrize("fps", [Fraction(24), NTSC, Fraction(30)])
@pytest.mark.parametrize("sound", [True, False])
def test_a_movie_that_fits_is_passed_through(tmp_path: Path, fps: Fraction, sound: bool) -> None:
    count = round(fps)
    file = movie(
        tmp_path / "made.mp4",
        even(count, fps),
        sound=float(count / fps) if sound else 0,
        options={"bf": "2"},
        base=1 / fps / 100,
    )
    data = file.read_bytes()
    written = take(tmp_path / "clip.mp4", file, request(1, fps))
    assert (tmp_path / "clip.mp4").read_bytes() == data
    assert [path.name for path in tmp_path.iterdir()] == ["clip.mp4"]  # what the engine made is not left over
    assert (written.frames, written.fps, written.width, written.height) == (count, fps, WIDTH, HEIGHT)
    assert written.sound_seconds == pytest.approx(float(count / fps) if sound else 0, abs=1024 / 48_000)
    assert written.notes == ()
    assert written.thumbnail[:2] == b"\xff\xd8"


@pytest.mark.parametrize(
    "differs",
    [
        {"options": {"qp": "1"}, "pixels": "yuv444p"},
        {"codec": "mpeg4"},
        {"sound": 1.0, "rate": 24_000},
        {"sound": 0.5},  # shorter than the picture
        {"colorspace": 6},  # BT.601
        {"pixels": "yuvj420p"},
    ],
    ids=str,
)
def test_another_codec_is_encoded_anew(tmp_path: Path, differs: dict) -> None:
    file = movie(tmp_path / "made.mp4", even(24), **differs)
    data = file.read_bytes()
    written = take(tmp_path / "clip.mp4", file, request())
    assert (tmp_path / "clip.mp4").read_bytes() != data
    assert numbers(tmp_path / "clip.mp4") == list(range(24))
    with av.open(str(tmp_path / "clip.mp4")) as container:
        context = container.streams.video[0].codec_context
        assert (context.name, context.pix_fmt, int(context.colorspace)) == ("h264", "yuv420p", 1)
        assert [stream.rate for stream in container.streams.audio] == ([48_000] if "sound" in differs else [])
    assert written.sound_seconds == (1.0 if "sound" in differs else 0.0)
    if "sound" in differs:
        samples, loud = loudness(tmp_path / "clip.mp4")
        assert 48_000 <= samples < 49_024
        assert loud == pytest.approx(48_000 * differs["sound"] * 0.98, rel=0.05)


@pytest.mark.parametrize(
    ("times", "wanted", "shown", "note"),
    [
        (even(12, Fraction(12)), request(), [index // 2 + index % 2 for index in range(23)] + [11], "from 12 to 24"),
        (even(48, Fraction(48)), request(), list(range(0, 48, 2)), "from 48 to 24"),
        (even(30), request(), list(range(24)), "1.25 s, which were cut to 1.00 s"),
        (even(20), request(), [*range(20), 19, 19, 19, 19], "0.83 s: its last frame is held"),
        (
            [Fraction(n, 24) for n in (0, 1, 4, 5, 6, 11)],  # uneven
            request(0.5),
            [0, 1, 1, 2, 2, 3, 4, 4, 4, 5, 5, 5],
            "Conformed",
        ),
    ],
)  # fmt: skip
def test_rate_and_length_are_made_to_fit(
    tmp_path: Path, times: list[Fraction], wanted: TakeRequest, shown: list[int], note: str
) -> None:
    written = take(tmp_path / "clip.mp4", movie(tmp_path / "made.mp4", times), wanted)
    assert numbers(tmp_path / "clip.mp4") == shown
    assert written.frames == wanted.frame_count
    assert any(note in said for said in written.notes), written.notes


@pytest.mark.parametrize(
    ("pixels", "colorspace", "height"),
    [("yuv444p", 1, 48), ("yuv444p", 6, 48), ("yuvj444p", 1, 48), ("yuv444p", 2, 718), ("yuv444p", 2, 720)],
    ids=["709", "601", "full range", "unsaid, small", "unsaid, large"],
)
def test_colours_are_kept_by_what_the_movie_says_of_them(
    tmp_path: Path, pixels: str, colorspace: int, height: int
) -> None:
    red = (200, 40, 90)
    file = movie(tmp_path / "made.mp4", even(3), pixels=pixels, colorspace=colorspace, colour=red, height=height)
    take(tmp_path / "clip.mp4", file, take_request(seconds=0.125, fps=Fraction(24), size=(WIDTH, height)))
    with av.open(str(tmp_path / "clip.mp4")) as container:
        frame = next(container.decode(video=0))
        back = frame.to_rgb(src_colorspace=1, dst_color_range="JPEG").to_ndarray()
    assert np.abs(back[height // 2, WIDTH // 2].astype(int) - red).max() <= 3


def test_sound_that_begins_late_stays_late(tmp_path: Path) -> None:
    file = movie(tmp_path / "made.mp4", even(24), sound=0.5, late=Fraction(1, 4))
    written = take(tmp_path / "clip.mp4", file, request())
    with av.open(str(tmp_path / "clip.mp4")) as container:
        samples = np.concatenate([frame.to_ndarray() for frame in container.decode(audio=0)], axis=1)
    loud = np.flatnonzero(np.abs(samples[0]) > 0.1)
    assert (loud[0], loud[-1]) == (pytest.approx(12_000, abs=200), pytest.approx(36_000, abs=1200))
    assert written.sound_seconds == 1.0


def test_sound_is_whole_from_its_first_block_to_its_last(tmp_path: Path) -> None:
    """Silence is put before it alone, and not between its blocks."""
    file = movie(tmp_path / "made.mp4", even(48), sound=2.0, late=Fraction(1, 8))
    sound = read_movie(file).sound(Fraction(2))
    assert sound is not None and sound.rate == 48_000
    heard = np.abs(sound.samples[0])
    quiet = [bool((heard[at : at + 480] < 0.05).all()) for at in range(0, 96_000, 480)]
    assert quiet[:12] == [True] * 12 and not any(quiet[14:])
    assert 0 <= sound.samples.shape[1] - 96_000 <= 2048


def test_sound_that_begins_after_all_that_is_wanted_is_as_much_silence(tmp_path: Path) -> None:
    """A small file could fill the memory: the sound of this one begins after eleven days."""
    file = tmp_path / "made.mkv"
    with av.open(str(file), "w", format="matroska") as container:
        video = container.add_stream("libx264", rate=24, width=WIDTH, height=HEIGHT, pix_fmt="yuv420p")
        audio = container.add_stream("pcm_s16le", rate=48_000, layout="stereo")
        for index in range(24):
            frame = _frame(index, None, HEIGHT, "yuv420p", 2)
            frame.pts = index
            container.mux(video.encode(frame))
        container.mux(video.encode(None))
        heard = av.AudioFrame.from_ndarray(np.full((1, 2048), 8000, np.int16), format="s16", layout="stereo")
        heard.rate, heard.pts, heard.time_base = 48_000, 1_000_000 * 48_000, Fraction(1, 48_000)
        container.mux(audio.encode(heard))
    found = read_movie(file)
    sound = found.sound(Fraction(3, 4))
    assert sound is not None and not sound.samples[:, :36_000].any()
    assert 36_000 <= sound.samples.shape[1] <= 36_000 + 1024


@pytest.mark.parametrize(("rate", "read"), [(3999, False), (4000, True)])
def test_sound_that_would_grow_a_hundredfold_is_refused(tmp_path: Path, rate: int, read: bool) -> None:
    file = tmp_path / "made.mkv"
    with av.open(str(file), "w", format="matroska") as container:
        video = container.add_stream("libx264", rate=24, width=WIDTH, height=HEIGHT, pix_fmt="yuv420p")
        audio = container.add_stream("pcm_s16le", rate=rate, layout="mono")
        container.mux(video.encode(_frame(5, None, HEIGHT, "yuv420p", 2)))
        container.mux(video.encode(None))
        heard = av.AudioFrame.from_ndarray(np.full((1, 500), 8000, np.int16), format="s16", layout="mono")
        heard.rate, heard.pts, heard.time_base = rate, 0, Fraction(1, rate)
        container.mux(audio.encode(heard))
    found = read_movie(file)
    if read:
        sound = found.sound(Fraction(1))
        assert sound is not None and sound.samples.shape[1] == pytest.approx(6000, abs=300)
        return
    with pytest.raises(EngineError, match="3999 samples a second"):
        found.sound(Fraction(1))


def test_a_movie_of_more_pixels_than_are_decoded_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = movie(tmp_path / "made.mp4", even(2))
    assert read_movie(file).first.shape == (HEIGHT, WIDTH, 3)
    monkeypatch.setattr(media_movie, "MAX_PIXELS", WIDTH * HEIGHT - 1)
    with pytest.raises(EngineError, match=f"it has {WIDTH} x {HEIGHT} pixels"):
        read_movie(file)
    with pytest.raises(EngineError, match=f"it has {WIDTH} x {HEIGHT} pixels"):
        frame_at(file, Fraction(0))
    monkeypatch.setattr(media_movie, "BOUNDED", {"max_pixels": str(64 * 32)})  # a frame larger than its stream says
    with open_movie(file) as container, pytest.raises(av.FFmpegError):
        next(container.decode(video=0))


@pytest.mark.parametrize(("milliseconds", "fits"), [(0.9, True), (1.0, True), (1.1, False)])
def test_frames_may_lie_a_millisecond_off(milliseconds: float, fits: bool) -> None:
    times = [Fraction(index, 24) for index in range(24)]
    times[12] += Fraction(round(milliseconds * 10), 10_000)
    assert Movie(Path("a"), tuple(times), np.zeros((2, 2, 3)), 0.0, True).fits(Fraction(24), 24) is fits
    assert not Movie(Path("a"), tuple(times), np.zeros((2, 2, 3)), 0.0, False).fits(Fraction(24), 24)
    assert not Movie(Path("a"), tuple(times), np.zeros((2, 2, 3)), 0.0, True).fits(Fraction(24), 23)


@pytest.mark.parametrize(("blocks", "fits"), [(-1.1, False), (-0.9995, True), (0.9995, True), (1.0005, False)])
def test_sound_may_be_a_block_off(blocks: float, fits: bool) -> None:
    times = tuple(Fraction(index, 24) for index in range(24))
    sound = 1 + blocks * 1024 / 48_000
    assert Movie(Path("a"), times, np.zeros((2, 2, 3)), sound, True).fits(Fraction(24), 24) is fits


def test_a_single_frame_has_no_rate_to_speak_of(tmp_path: Path) -> None:
    written = take(tmp_path / "clip.mp4", movie(tmp_path / "made.mp4", even(1)), request(0.5))
    assert numbers(tmp_path / "clip.mp4") == [0] * 12
    assert not any("Conformed" in note for note in written.notes)


def test_a_sound_beside_a_movie_counts(tmp_path: Path) -> None:
    file = movie(tmp_path / "made.mp4", even(24))
    take(tmp_path / "clip.mp4", file, request(), Sound(tone(1).astype(np.float32), 48_000))
    assert numbers(tmp_path / "clip.mp4") == list(range(24))
    assert loudness(tmp_path / "clip.mp4")[1] > 45_000


def test_a_movie_on_its_side_is_set_upright(tmp_path: Path) -> None:
    file = movie(tmp_path / "made.mp4", even(24))
    one, minus, unit = (value.to_bytes(4, "big", signed=True) for value in (65_536, -65_536, 1 << 30))
    zero = bytes(4)
    upright = one + zero * 3 + one + zero * 3 + unit
    quarter = zero + one + zero + minus + zero * 4 + unit
    data = file.read_bytes()
    assert data.count(upright) == 2  # of the movie, and of its picture
    at = data.rindex(upright)
    file.write_bytes(data[:at] + quarter + data[at + len(quarter) :])
    written = take(tmp_path / "clip.mp4", file, request())
    assert (written.width, written.height) == (HEIGHT, WIDTH)
    with av.open(str(tmp_path / "clip.mp4")) as container:
        frames = [frame.to_ndarray(format="gray") for frame in container.decode(video=0)]
    column = frames[5][WIDTH // 16 :: WIDTH // 8, HEIGHT // 2]  # what was left is above: a quarter turn clockwise
    assert [bool(value > 130) for value in column] == [True, False, True, *[False] * 5]


@pytest.mark.parametrize("content", [b"", b"<html>502 Bad Gateway</html>", None], ids=["empty", "html", "cut"])
def test_what_is_no_movie_is_refused(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "made.mp4"
    if content is None:
        movie(file, even(24))
        content = file.read_bytes()[:600]
    file.write_bytes(content)
    with pytest.raises(EngineError, match="can't be read"):
        take(tmp_path / "clip.mp4", file, request())
    assert list(tmp_path.iterdir()) == []


PLAYLISTS = {
    "concat": "ffconcat version 1.0\nfile private.mp4\n",
    "hls": "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1.0,\nprivate.mp4\n#EXT-X-ENDLIST\n",
    "sdp": "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 5004 RTP/AVP 96\n",
}


@pytest.mark.parametrize("kind", PLAYLISTS)
def test_a_list_of_other_files_is_no_movie_whatever_it_is_called(tmp_path: Path, kind: str) -> None:
    movie(tmp_path / "private.mp4", even(24))
    (tmp_path / "made.mp4").write_text(PLAYLISTS[kind])
    with pytest.raises(EngineError, match="can't be read"):
        take(tmp_path / "clip.mp4", tmp_path / "made.mp4", request())
    assert [path.name for path in tmp_path.iterdir()] == ["private.mp4"]
    with pytest.raises(av.FFmpegError):
        open_movie(tmp_path / "made.mp4")


@pytest.mark.parametrize(("kind", "codec"), [("matroska", "libx264"), ("avi", "mpeg4")])
def test_movies_of_other_kinds_become_mp4(tmp_path: Path, kind: str, codec: str) -> None:
    """Also one whose streams would do as they are."""
    file = movie(tmp_path / "made.mp4", even(24), codec=codec, kind=kind, base=Fraction(1, 24))
    take(tmp_path / "clip.mp4", file, request())
    with av.open(str(tmp_path / "clip.mp4")) as container:
        assert "mp4" in container.format.name
        frames = [frame.to_ndarray(format="gray") for frame in container.decode(video=0)]
    assert len(frames) == 24
    row = frames[13][HEIGHT // 2, WIDTH // 16 :: WIDTH // 8]
    assert [bool(value > 130) for value in row] == [True, False, True, True, *[False] * 4]


def test_a_movie_without_a_picture_is_refused(tmp_path: Path) -> None:
    with av.open(str(tmp_path / "made.mp4"), "w", format="mp4") as container:
        stream = container.add_stream("aac", rate=48_000, layout="stereo")
        frame = av.AudioFrame.from_ndarray(tone(1).astype(np.float32), format="fltp", layout="stereo")
        frame.rate = 48_000
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    with pytest.raises(EngineError, match="no picture"):
        take(tmp_path / "clip.mp4", tmp_path / "made.mp4", request())
