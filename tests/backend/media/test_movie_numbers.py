"""When a movie is a take as it stands, which colours it has, and what a clip becomes, by hand and to the number."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import av
import numpy as np
import pytest

from backend.engines.engine import Cancelled, Clip, EngineError, Sound
from backend.media import conform, encode, movie
from backend.media.conform import conform_frames, conform_sound
from backend.media.movie import Movie
from devtools.take_requests import take_request

FPS = Fraction(24)


def film(*times: Fraction, sound: float = 0.0, plain: bool = True) -> Movie:
    return Movie(Path("a.mp4"), times, np.zeros((48, 64, 3), np.uint8), sound, plain)


def test_a_movie_fits_if_each_frame_and_the_sound_lie_where_they_belong() -> None:
    at = [index / FPS for index in range(5)]
    tick = Fraction(1, 1000)
    for moved, fits in ((tick, True), (-tick, True), (tick + Fraction(1, 10**6), False), (-2 * tick, False)):
        assert film(*at[:2], at[2] + moved, *at[3:]).fits(FPS, 5) is fits, moved
        assert film(*at[:4], at[4] + moved).fits(FPS, 5) is fits, moved
    assert not film(*at).fits(FPS, 4) and not film(*at).fits(FPS, 6) and not film(*at, plain=False).fits(FPS, 5)
    block, whole = 1024 / 48_000, 5 / 24
    for off, fits in ((0.0, True), (0.99, True), (-0.99, True), (1.01, False), (-1.01, False)):
        assert film(*at, sound=whole + off * block).fits(FPS, 5) is fits, off


def test_the_rate_and_the_length_of_a_movie() -> None:
    assert (film(Fraction(0), Fraction(1, 5), Fraction(1, 2)).fps, film(Fraction(0)).fps) == (4, 1)
    assert film(Fraction(0), Fraction(1, 5), Fraction(1, 2)).seconds == Fraction(3, 4)


GOOD: dict[str, Any] = {"name": "h264", "pix_fmt": "yuv420p", "colorspace": 1, "color_range": 1}


@pytest.mark.parametrize(
    ("change", "rotation", "plain"),
    [
        ({}, 0, True),
        ({"colorspace": 2}, 0, True),
        ({"color_range": 0}, 0, True),
        ({"name": "hevc"}, 0, False),
        ({"pix_fmt": "yuv444p"}, 0, False),
        ({"colorspace": 5}, 0, False),
        ({"colorspace": 0}, 0, False),
        ({"color_range": 2}, 0, False),
        ({}, 90, False),
        ({}, -90, False),
    ],
)
def test_what_is_such_as_is_written_here(change: dict[str, Any], rotation: int, plain: bool) -> None:
    video: Any = SimpleNamespace(codec_context=SimpleNamespace(**{**GOOD, **change}))
    first: Any = SimpleNamespace(rotation=rotation)
    assert movie._is_plain(video, first) is plain


class Reformatter:
    """Remembers how it was asked; a picture whose pixels tell where they lie."""

    def __init__(self) -> None:
        self.asked: dict[str, Any] = {}

    def reformat(self, _: object, **how: Any) -> Any:
        self.asked = how
        return SimpleNamespace(to_ndarray=lambda: np.arange(2 * 3 * 3, dtype=np.uint8).reshape(2, 3, 3))


@pytest.mark.parametrize(
    ("colorspace", "height", "matrix"),
    [(1, 48, 1), (5, 1080, 5), (6, 1080, 5), (2, 719, 5), (2, 720, 1), (2, 721, 1), (9, 480, 5), (9, 2160, 1)],
)
def test_the_matrix_of_a_movie_s_colours(colorspace: int, height: int, matrix: int) -> None:
    told = Reformatter()
    frame: Any = SimpleNamespace(
        colorspace=colorspace, height=height, color_range=1, format=SimpleNamespace(name="yuv420p"), rotation=0
    )
    movie._rgb(frame, told)  # type: ignore[arg-type]
    assert told.asked == {
        "format": "rgb24",
        "src_colorspace": matrix,
        "src_color_range": "MPEG",
        "dst_color_range": "JPEG",
    }


@pytest.mark.parametrize(
    ("color_range", "name", "full"),
    [(2, "yuv420p", "JPEG"), (1, "yuvj420p", "JPEG"), (1, "yuv422p", "MPEG"), (0, None, "MPEG")],
)
def test_the_range_of_a_movie_s_colours_and_its_turn(color_range: int, name: str | None, full: str) -> None:
    for rotation, corners in (
        (0, [(0, 0), (0, 2)]), (90, [(0, 2), (1, 2)]), (180, [(1, 2), (1, 0)]), (-90, [(1, 0), (0, 0)])
    ):  # fmt: skip
        told = Reformatter()
        frame: Any = SimpleNamespace(
            colorspace=1, height=2, color_range=color_range, format=SimpleNamespace(name=name), rotation=rotation
        )
        shown = movie._rgb(frame, told)  # type: ignore[arg-type]
        assert told.asked["src_color_range"] == full
        assert [shown[0, 0, 1], shown[0, -1, 1]] == [3 * (3 * y + x) + 1 for y, x in corners], rotation
        assert shown.flags.c_contiguous


def test_when_a_stream_begins() -> None:
    def stream(start: int | None, base: Fraction | None = Fraction(1, 50)) -> Any:
        return SimpleNamespace(start_time=start, time_base=base)

    assert movie._start(stream(25)) == Fraction(1, 2)
    assert movie._start(stream(25), 75) == Fraction(1, 2)
    assert movie._start(stream(0), 75) == 0
    assert movie._start(stream(None), 75) == Fraction(3, 2)
    assert movie._start(stream(None)) == movie._start(stream(25, None)) == 0


def test_what_is_opened_and_by_what_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[Any] = []
    videos = [SimpleNamespace(codec_context=SimpleNamespace(options={}), width=8192, height=8192) for _ in "ab"]

    class Container(SimpleNamespace):
        def __enter__(self) -> Any:
            return self

        def __exit__(self, *_: object) -> None:
            opened.append("closed")

    def open_(*given: Any, **how: Any) -> Any:
        opened.append((given, how))
        return Container(streams=SimpleNamespace(video=videos))

    monkeypatch.setattr(movie.av, "open", open_)
    with movie._open(Path("b.mov")):
        assert [one.codec_context.options for one in videos] == [{"max_pixels": "67108864"}] * 2
    options = {"format_whitelist": "mov,matroska,avi", "protocol_whitelist": "file"}
    how = {"options": options, "stream_options": [{"max_pixels": "67108864"}] * 16}
    assert opened == [(("b.mov",), how), "closed"]
    videos[1].height += 1
    with movie._open(Path("b.mov")):
        pass  # only the first is decoded
    videos[0].width += 1
    with pytest.raises(EngineError) as refused, movie._open(Path("b.mov")):
        pass
    assert (refused.value.code, refused.value.fix, refused.value.message) == (
        "engine_failed",
        "retry",
        "The movie that the engine handed over can't be read: it has 8193 x 8192 pixels, more than any engine makes.",
    )
    monkeypatch.setattr(movie.av, "open", lambda *_, **__: (_ for _ in ()).throw(av.FFmpegError(5, "torn")))
    with pytest.raises(EngineError, match=r"can't be read: .*torn.*\.$"), movie._open(Path("b.mov")):
        pass


@pytest.mark.parametrize(
    ("rate", "fps", "taken"),
    [
        (24, 24, [0, 1, 2, 3, 4, 5, 6]),
        (12, 24, [0, 1, 1, 2, 2, 3, 3]),  # a half goes up
        (48, 24, [0, 2, 4, 6, 8, 9, 9]),
        (30, 24, [0, 1, 3, 4, 5, 6, 8]),
        (8, 24, [0, 0, 1, 1, 1, 2, 2]),
        (Fraction(24000, 1001), 25, [0, 1, 2, 3, 4, 5, 6]),
    ],
)
def test_which_frames_are_taken(rate: Fraction, fps: int, taken: list[int]) -> None:
    frames = (np.array([index]) for index in range(10))
    assert [int(one[0]) for one in conform_frames(frames, Fraction(rate), Fraction(fps), 7)] == taken


def test_sound_is_faded_where_it_is_cut_and_silent_where_it_ends() -> None:
    sound = np.array([np.full(600, 0.8), np.full(600, -0.4)], np.float32)
    cut = conform_sound(Sound(sound, 48_000), 500)
    fade = np.linspace(1, 0, 240)
    assert (cut.shape, cut.dtype) == ((2, 500), np.float32)
    np.testing.assert_allclose(cut[0], [*[0.8] * 260, *(0.8 * fade)], atol=1e-6)
    np.testing.assert_allclose(cut[1], [*[-0.4] * 260, *(-0.4 * fade)], atol=1e-6)
    np.testing.assert_allclose(conform_sound(Sound(sound, 48_000), 3)[0], [0.8, 0.4, 0], atol=1e-6)
    np.testing.assert_array_equal(conform_sound(Sound(sound, 48_000), 700)[1], [*[np.float32(-0.4)] * 600, *[0] * 100])
    assert (conform.SOUND_RATE, conform.PIECE, conform.FADE) == (48_000, 240_000, 240)


def test_sound_of_another_rate_is_made_to_fit() -> None:
    wave = np.stack([np.sin(np.arange(4800) / 9), np.cos(np.arange(4800) / 14)]).astype(np.float32) / 2
    made = conform_sound(Sound(wave, 24_000), 9600)
    np.testing.assert_allclose(made[0, 400:9000:2], wave[0, 200:4500], atol=0.01)
    np.testing.assert_allclose(made[1, 400:9000:2], wave[1, 200:4500], atol=0.01)


def test_an_odd_size_gets_one_repeated_line() -> None:
    frame = np.arange(3 * 5 * 3, dtype=np.uint8).reshape(3, 5, 3)
    for height, width in ((3, 5), (2, 5), (3, 4), (2, 4)):
        part = frame[:height, :width]
        padded = encode._even(part)
        wanted = part[[*range(height), *[height - 1] * (height % 2)]]
        np.testing.assert_array_equal(padded, wanted[:, [*range(width), *[width - 1] * (width % 2)]])
        assert padded.flags.c_contiguous


def test_a_clip_says_how_far_it_is_and_stops_before_it_takes_more(tmp_path: Path) -> None:
    said: list[tuple[float, str, int]] = []
    wanted = take_request(seconds=0.25, fps=FPS, size=(63, 47))

    def clip() -> Clip:
        frames = (np.full((47, 63, 3), 10 * index, np.uint8) for index in range(6))
        return Clip(63, 47, FPS, 6, frames, Sound(np.zeros((2, 12_000), np.float32), 48_000))

    def progress(done: float, stage: str, preview: np.ndarray | None = None) -> None:
        assert preview is not None and preview.shape == (47, 63, 3)
        said.append((round(done, 6), stage, int(preview[0, 0, 0])))

    made = encode.write_clip(clip(), wanted, tmp_path / "a.mp4", progress, lambda: False)
    assert said == [(round((index + 1) / 6, 6), "", 10 * index) for index in range(6)]
    assert (made.frames, made.fps, made.width, made.height, made.sound_seconds) == (6, FPS, 64, 48, 0.25)
    assert made.notes == ("Video needs even sizes: 63x47 got one repeated line.",)
    with av.open(str(tmp_path / "a.mp4")) as container:
        video = container.streams.video[0]
        assert (video.codec_context.color_range, video.codec_context.colorspace) == (1, 1)
        assert (video.codec_context.color_primaries, video.codec_context.color_trc) == (1, 1)
        assert (video.frames, video.average_rate, video.duration * video.time_base) == (6, 24, Fraction(1, 4))
    said.clear()
    with pytest.raises(Cancelled):
        encode.write_clip(clip(), wanted, tmp_path / "b.mp4", progress, lambda: len(said) == 2)
    assert len(said) == 2 and [path.name for path in tmp_path.iterdir()] == ["a.mp4"]


@pytest.mark.parametrize(
    ("sound", "window", "fits", "passed"),
    [
        (None, None, True, True),
        ("sound", None, True, False),
        (None, (0.0, 0.0, 1.0, 0.5), True, False),
        (None, None, False, False),
    ],
)
def test_what_is_taken_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sound: Any, window: Any, fits: bool, passed: bool
) -> None:
    (tmp_path / "made.mp4").write_bytes(b"made")
    wanted, asked = take_request(seconds=2.0, fps=FPS), []
    made = SimpleNamespace(fits=lambda *what: (asked.append(what), fits)[1])
    done = encode.Written(48, FPS, 4, 2, 0.0, b"", ("a note",))
    monkeypatch.setattr(encode, "read_movie", lambda path: (asked.append(path), made)[1])
    monkeypatch.setattr(encode, "_pass_through", lambda *what: (asked.append(what), done)[1])
    monkeypatch.setattr(encode, "_conformed", lambda *what: what)
    monkeypatch.setattr(encode, "_encode_clip", lambda *what: (asked.append(what), done)[1])
    monkeypatch.setattr(encode, "_movie_notes", lambda *what: (asked.append(what), ("more",))[1])
    said, stops = (lambda *_: None), (lambda: False)
    clip = Clip(file=tmp_path / "made.mp4", sound=sound, window=window)
    written = encode.write_clip(clip, wanted, tmp_path / "a.mp4", said, stops)
    assert written.notes == (("a note",) if passed else ("a note", "more"))
    first = [tmp_path / "made.mp4", *([(FPS, 48)] if sound is None and window is None else [])]
    encoded = [((clip, made, wanted), wanted, tmp_path / "a.mp4", said, stops), (made, wanted)]
    assert asked == [*first, *([(made, wanted, tmp_path / "a.mp4")] if passed else encoded)]
    assert list(tmp_path.iterdir()) == []
