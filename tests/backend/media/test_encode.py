"""mp4s that are read back: length to the frame, colour, sound, and nothing half-written."""

from __future__ import annotations

import dataclasses
import errno
import io
import json
import shutil
import subprocess
import tracemalloc
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from backend import home
from backend.engines.engine import Cancelled, Clip, EngineError, Sound
from backend.media import encode
from backend.media.conform import conform_frames, conform_sound
from backend.media.encode import Written, write_clip
from backend.media.planes import planar
from client.protocol import TakeRequest
from devtools.take_requests import take_request

NTSC = Fraction(24000, 1001)


def request(seconds: float, fps: Fraction, size: tuple[int, int] = (320, 180)) -> TakeRequest:
    return take_request(seconds=seconds, fps=fps, size=size)


def still_life(width: int, height: int) -> np.ndarray:
    """A picture with colour gradients, edges and some grain, as renders have them. (Edges between two
    saturated colours are what 4:2:0 itself cannot hold.)"""
    rng = np.random.default_rng(3)
    y, x = np.mgrid[0:height, 0:width]
    picture = np.dstack([x * 255 / width, y * 255 / height, 128 + 100 * np.sin(x / 23) * np.cos(y / 17)])
    for _ in range(14):
        left, top = rng.integers(0, width - 20), rng.integers(0, height - 20)
        picture[top : top + height // 6, left : left + width // 8] = rng.integers(40, 215) + rng.integers(-25, 25, 3)
    return np.clip(picture + rng.normal(0, 1.5, picture.shape), 0, 255).astype(np.uint8)


def moving(width: int, height: int, count: int) -> Iterator[np.ndarray]:
    picture = still_life(width + count, height)
    for index in range(count):
        yield picture[:, index : index + width]


def tone(seconds: float, rate: int = 48_000, channels: int = 2) -> Sound:
    time = np.arange(round(seconds * rate)) / rate
    return Sound(np.tile(0.4 * np.sin(2 * np.pi * 440 * time), (channels, 1)).astype(np.float32), rate)


def make(path: Path, wanted: TakeRequest, clip: Clip) -> Written:
    return write_clip(clip, wanted, path, lambda *_: None, lambda: False)


def clip_of(
    wanted: TakeRequest, fps: Fraction | None = None, sound: Sound | None = None, count: int | None = None
) -> Clip:
    fps = fps or wanted.fps
    count = count or max(1, round(wanted.seconds * fps))
    return Clip(wanted.width, wanted.height, fps, count, moving(wanted.width, wanted.height, count), sound)


def pictures(path: Path) -> list[av.VideoFrame]:
    with av.open(str(path)) as container:
        return list(container.decode(video=0))


def samples(path: Path) -> np.ndarray:
    with av.open(str(path)) as container:
        return np.concatenate([frame.to_ndarray() for frame in container.decode(audio=0)], axis=1)


def rgb(frame: av.VideoFrame) -> np.ndarray:
    """RGB by BT.709's own formula, without FFmpeg's conversion: chroma is taken where it lies."""
    planes = frame.to_ndarray().astype(np.float64)
    height, width = frame.height, frame.width
    luma = (planes[:height] - 16) / 219
    chroma = (planes[height:].reshape(2, height // 2, width // 2) - 128) / 224
    blue, red = (np.kron(plane, np.ones((2, 2))) for plane in chroma)
    r, b = luma + 1.5748 * red, luma + 1.8556 * blue
    return np.clip(np.dstack([r, (luma - 0.2126 * r - 0.0722 * b) / 0.7152, b]) * 255, 0, 255)


def psnr(a: np.ndarray, b: np.ndarray) -> float:
    return float(10 * np.log10(255**2 / np.mean((a.astype(np.float64) - b) ** 2)))


@pytest.mark.parametrize(
    ("seconds", "fps", "rate", "sound_rate"),
    [
        (2, Fraction(24), Fraction(24), 48_000),
        (5, NTSC, NTSC, 48_000),
        (3.3, Fraction(30000, 1001), Fraction(25), 44_100),
        (2, Fraction(24), Fraction(25), 32_000),
        (1, Fraction(60), Fraction(24), 16_000),
        (0.04, Fraction(24), Fraction(24), 48_000),
        (1.5, Fraction(25, 2), Fraction(16), 48_000),
    ],
)
def test_length_is_exact(tmp_path: Path, seconds: float, fps: Fraction, rate: Fraction, sound_rate: int) -> None:
    wanted = request(seconds, fps)
    path = tmp_path / "clip.mp4"
    written = make(path, wanted, clip_of(wanted, rate, tone(seconds, sound_rate)))
    count = max(1, round(seconds * fps))
    length = count / fps
    frames = pictures(path)
    assert len(frames) == written.frames == count
    assert [frame.pts * frame.time_base for frame in frames] == [index / fps for index in range(count)]
    with av.open(str(path)) as container:
        video, audio = container.streams.video[0], container.streams.audio[0]
        assert video.average_rate == fps
        assert video.duration * video.time_base == length
        assert video.start_time == audio.start_time == 0
        assert abs(audio.duration * audio.time_base - length) < Fraction(1, 1000)
        assert abs(Fraction(container.duration, 1_000_000) - length) < Fraction(1, 1000)
    # AAC comes in blocks of 1024: a decoder may give the rest of the last one, silent.
    assert 0 <= samples(path).shape[1] - round(length * 48_000) < 1024
    assert abs(written.sound_seconds - float(length)) < 1 / 48_000


def test_sound_is_where_it_was(tmp_path: Path) -> None:
    """A click in the middle of the sound comes back at its place: the encoder's delay is accounted for."""
    wanted = request(2, NTSC)
    sound = np.zeros((2, 96_096), np.float32)
    sound[:, 48_000:48_010] = 0.9
    path = tmp_path / "clip.mp4"
    make(path, wanted, clip_of(wanted, sound=Sound(sound, 48_000)))
    assert abs(int(np.abs(samples(path)).sum(axis=0).argmax()) - 48_005) < 48


def test_left_stays_left(tmp_path: Path) -> None:
    wanted = request(1, Fraction(24), (64, 48))
    time = np.arange(44_100) / 44_100
    sides = np.stack([0.4 * np.sin(2 * np.pi * 440 * time), 0.1 * np.sin(2 * np.pi * 1320 * time)]).astype(np.float32)
    make(tmp_path / "clip.mp4", wanted, clip_of(wanted, sound=Sound(sides, 44_100)))
    back = samples(tmp_path / "clip.mp4")[:, 4800:43_200]
    strongest = [int(np.abs(np.fft.rfft(side)).argmax()) / 0.8 for side in back]
    assert strongest == pytest.approx([440, 1320], abs=2)
    assert [float(np.abs(side).max()) for side in back] == pytest.approx([0.4, 0.1], abs=0.02)


def test_progress_is_told_frame_by_frame_and_the_thumbnail_is_the_first(tmp_path: Path) -> None:
    wanted = request(0.25, Fraction(24), (1280, 720))
    frames = [np.full((720, 1280, 3), 40 * index, np.uint8) for index in range(1, 7)]
    told: list[tuple[float, str, int]] = []
    written = write_clip(
        Clip(1280, 720, Fraction(24), 6, iter(frames)),
        wanted,
        tmp_path / "clip.mp4",
        lambda fraction, stage, preview: told.append((fraction, stage, int(preview[0, 0, 0]))),
        lambda: False,
    )
    assert told == [((index + 1) / 6, "", 40 * (index + 1)) for index in range(6)]
    thumbnail = Image.open(io.BytesIO(written.thumbnail))
    assert thumbnail.size == (encode.THUMBNAIL_SIDE, encode.THUMBNAIL_SIDE * 9 // 16) == (512, 288)
    assert abs(thumbnail.getpixel((256, 144))[0] - 40) <= 2


@pytest.mark.parametrize("fps", [Fraction(24), Fraction(25), NTSC])
def test_a_key_frame_every_half_second_and_none_is_shown_before_its_turn(tmp_path: Path, fps: Fraction) -> None:
    wanted = request(2, fps, (64, 48))
    make(tmp_path / "clip.mp4", wanted, clip_of(wanted))
    with av.open(str(tmp_path / "clip.mp4")) as container:
        packets = [packet for packet in container.demux(video=0) if packet.pts is not None]
    every = round(fps / 2)
    assert [index for index, packet in enumerate(packets) if packet.is_keyframe] == list(range(0, len(packets), every))
    assert [packet.pts for packet in packets] == sorted(packet.pts for packet in packets)


def test_colour_is_bt709_and_says_so(tmp_path: Path) -> None:
    wanted = request(0.5, Fraction(24), (320, 180))
    path = tmp_path / "clip.mp4"
    patches = np.zeros((180, 320, 3), np.uint8)
    colours = [
        (255, 0, 0),
        (0, 255, 0),
        (0, 0, 255),
        (255, 255, 255),
        (0, 0, 0),
        (128, 128, 128),
        (200, 120, 40),
    ]
    for index, colour in enumerate(colours):
        patches[:, index * 44 : (index + 1) * 44] = colour
    make(path, wanted, Clip(320, 180, Fraction(24), 12, iter([patches] * 12)))
    back = rgb(pictures(path)[0])
    for index, colour in enumerate(colours):
        assert np.abs(back[90, index * 44 + 22] - colour).max() <= 3, colour
    with av.open(str(path)) as container:
        context = container.streams.video[0].codec_context
        tags = (context.color_primaries, context.color_trc, context.colorspace, context.color_range)
        assert tags == (1, 1, 1, 1)
        assert context.pix_fmt == "yuv420p"
    data = path.read_bytes()
    assert data.find(b"moov") < data.find(b"mdat")
    assert b"colrnclx\x00\x01\x00\x01\x00\x01\x00" in data


@pytest.mark.skipif(shutil.which("ffprobe") is None, reason="ffprobe is not here")
def test_ffprobe_agrees(tmp_path: Path) -> None:
    wanted = request(3, NTSC)
    path = tmp_path / "clip.mp4"
    make(path, wanted, clip_of(wanted, sound=tone(3)))
    command = ["ffprobe", "-v", "error", "-count_frames", "-of", "json", "-show_streams", str(path)]
    video, audio = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)["streams"]
    assert (video["nb_read_frames"], video["r_frame_rate"], video["color_space"]) == (
        "72",
        "24000/1001",
        "bt709",
    )
    assert (video["color_range"], video["color_primaries"], video["color_transfer"]) == (
        "tv",
        "bt709",
        "bt709",
    )
    assert float(video["duration"]) == float(audio["duration"]) == 3.003
    assert (audio["sample_rate"], audio["channels"]) == ("48000", 2)


def test_the_first_frame_is_the_still(tmp_path: Path) -> None:
    wanted = request(1, Fraction(24), (1280, 720))
    path = tmp_path / "clip.mp4"
    make(path, wanted, clip_of(wanted))
    frames = pictures(path)
    for index, original in enumerate(moving(1280, 720, 24)):
        assert psnr(rgb(frames[index]), original) >= 35, index
        light = np.frombuffer(memoryview(planar(original).planes[0]), np.uint8).reshape(720, -1)[:, :1280]
        assert psnr(frames[index].to_ndarray()[:720], light) >= 49, index  # all but what 4:2:0 loses of the colours


@pytest.mark.parametrize("size", [(321, 180), (320, 181), (321, 181)])
def test_odd_sizes_lose_nothing(tmp_path: Path, size: tuple[int, int]) -> None:
    wanted = request(0.5, Fraction(24), size)
    path = tmp_path / "clip.mp4"
    written = make(path, wanted, clip_of(wanted))
    assert (written.width, written.height) == (size[0] + size[0] % 2, size[1] + size[1] % 2)
    assert any("even" in note for note in written.notes)
    first = rgb(pictures(path)[0])[: size[1], : size[0]]
    assert psnr(first, next(moving(*size, 12))) > 32


def test_a_clip_without_sound(tmp_path: Path) -> None:
    wanted = request(1, Fraction(24), (64, 48))
    path = tmp_path / "clip.mp4"
    assert make(path, wanted, clip_of(wanted)).sound_seconds == 0
    with av.open(str(path)) as container:
        assert len(container.streams.audio) == 0


def test_memory_is_flat(tmp_path: Path) -> None:
    """A clip four times as long takes no more memory: one of 640x360 would take 0.7 MB a frame."""
    peaks = []
    for seconds in (1, 4):
        wanted = request(seconds, Fraction(24), (640, 360))
        frame = still_life(640, 360)
        clip = Clip(640, 360, Fraction(24), seconds * 24, iter(frame.copy() for _ in range(seconds * 24)))
        tracemalloc.start()
        make(tmp_path / "clip.mp4", wanted, clip)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] + 1_000_000


def test_a_cancel_leaves_nothing(tmp_path: Path) -> None:
    wanted = request(2, Fraction(24))
    with pytest.raises(Cancelled):
        seen: list[float] = []
        write_clip(
            clip_of(wanted),
            wanted,
            tmp_path / "clip.mp4",
            lambda f, *_: seen.append(f),
            lambda: len(seen) > 9,
        )
    assert list(tmp_path.iterdir()) == []


def test_an_engine_that_fails_midway_leaves_nothing(tmp_path: Path) -> None:
    wanted = request(2, Fraction(24))

    def frames() -> Iterator[np.ndarray]:
        yield from moving(320, 180, 5)
        raise EngineError("lost", "The engine lost its way.")

    with pytest.raises(EngineError, match="lost its way"):
        make(tmp_path / "clip.mp4", wanted, Clip(320, 180, Fraction(24), 48, frames(), tone(2)))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "bad", [np.zeros((180, 320), np.uint8), np.zeros((180, 320, 3)), np.zeros((90, 320, 3), np.uint8)]
)
def test_a_frame_that_is_not_one_is_told(tmp_path: Path, bad: np.ndarray) -> None:
    wanted = request(1, Fraction(24))
    with pytest.raises(EngineError, match="gave a frame of"):
        make(tmp_path / "clip.mp4", wanted, Clip(320, 180, Fraction(24), 1, iter([bad])))


def test_a_full_disk_is_told_and_leaves_nothing(tmp_path: Path) -> None:
    """On a real full disk: a file system of 64 KB, where the machine lets a test make one."""
    small = tmp_path / "small"
    small.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "none", str(small)], capture_output=True).returncode:
        pytest.skip("may not mount a file system")
    try:
        wanted = request(4, Fraction(24))
        with pytest.raises(EngineError) as told:
            make(small / "clip.mp4", wanted, clip_of(wanted, sound=tone(4)))
        assert (told.value.code, told.value.fix) == ("disk_full", "free_space")
        assert list(small.iterdir()) == []
    finally:
        subprocess.run(["umount", str(small)], check=True)


@pytest.mark.parametrize("reason", [errno.ENOSPC, errno.EDQUOT])
def test_a_disk_that_fills_while_the_file_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reason: int
) -> None:
    def full(_: Path) -> None:
        raise OSError(reason, "No space left on device")

    monkeypatch.setattr(home, "sync_file", full)
    wanted = request(0.5, Fraction(24), (64, 48))
    with pytest.raises(EngineError, match="is full"):
        make(tmp_path / "clip.mp4", wanted, clip_of(wanted))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("rate", "fps", "count", "expected"),
    [
        (24, 24, 4, [0, 1, 2, 3]),
        (12, 24, 6, [0, 1, 1, 2, 2, 3]),  # halves go up
        (48, 24, 4, [0, 2, 4, 6]),
        (25, 24, 26, [*range(12), *range(13, 27)]),
        (24, 24, 9, [0, 1, 2, 3, 4, 5, 6, 6, 6]),  # seven frames only: the last is held
    ],
)
def test_frames_are_the_nearest(rate: int, fps: int, count: int, expected: list[int]) -> None:
    given = 7 if expected[-1] == 6 and count == 9 else 100
    frames = iter([np.full((2, 2, 3), index, np.uint8) for index in range(given)])
    found = [int(frame[0, 0, 0]) for frame in conform_frames(frames, Fraction(rate), Fraction(fps), count)]
    assert found == expected


@pytest.mark.parametrize("rate", [16_000, 44_100, 48_000, 96_000])
@pytest.mark.parametrize("channels", [1, 2])
def test_resampled_sound_is_the_same_tone(rate: int, channels: int) -> None:
    stereo = conform_sound(tone(1, rate, channels), 48_000)
    assert stereo.shape == (2, 48_000)
    assert stereo.dtype == np.float32
    spectrum = np.abs(np.fft.rfft(stereo[0, 4800:43_200]))
    assert abs(int(spectrum.argmax()) / 0.8 - 440) < 2
    ideal = 0.4 * np.sin(2 * np.pi * 440 * np.arange(48_000) / 48_000)
    assert np.abs(stereo[0, 4800:43_200] - ideal[4800:43_200]).max() < 0.01  # in time as well


def test_sound_is_cut_without_a_click_and_filled_with_silence() -> None:
    even = Sound(np.full((2, 48_000), 0.5, np.float32), 48_000)
    cut = conform_sound(even, 24_000)
    assert cut[0, :23_760].tolist() == [0.5] * 23_760  # 5 ms before the end
    assert cut[1, 23_760:] == pytest.approx(0.5 * np.linspace(1, 0, 240), abs=1e-6)
    assert conform_sound(even, 48_000)[0, -1] == 0.5  # nothing is cut
    assert conform_sound(even, 100)[0] == pytest.approx(0.5 * np.linspace(1, 0, 100), abs=1e-6)
    filled = conform_sound(tone(0.5), 48_000)
    assert filled.shape == (2, 48_000)
    assert np.all(filled[:, 24_000:] == 0)
    wild = conform_sound(dataclasses.replace(tone(0.1), samples=np.array([[np.nan, 9.0, -9.0]], np.float32)), 3)
    assert wild[0].tolist() == [0, 1, -1]
