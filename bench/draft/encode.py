"""What a frame costs to encode, and what it keeps: write_clip beside other settings of the same encoder.

    python bench/draft/encode.py

120 frames of 1280x720, a pan over a picture with gradients, edges and grain, held in memory beforehand. Time
is this process's CPU time, which other work on the machine changes little. PSNR, in RGB, is against the
frames that were given.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from backend.engines.engine import Clip, Sound
from backend.media import encode
from backend.media.planes import planar
from devtools.take_requests import take_request
from tests.backend.media.test_encode import moving

WIDTH, HEIGHT, COUNT, FPS = 1280, 720, 120, Fraction(24)
CHOSEN = encode.QUALITY
OTHERS = (("ultrafast", "14"), ("ultrafast", "18"), ("superfast", "14"), ("veryfast", "14"), ("medium", "14"))
SETTINGS = (CHOSEN, *({"preset": preset, "crf": crf} for preset, crf in OTHERS))


def measure(frames: list[np.ndarray], quality: dict[str, str], path: Path) -> tuple[float, float, float, float]:
    """CPU milliseconds a frame, MB, and the PSNR of the first frame and of the worst."""
    encode.QUALITY = quality
    tone = np.sin(np.arange(48_000 * 5) / 48_000 * 2 * np.pi * 220).astype(np.float32) * 0.2
    clip = Clip(WIDTH, HEIGHT, FPS, COUNT, iter(frames), Sound(tone[None], 48_000))
    request = take_request(seconds=COUNT / 24, fps=FPS, size=(WIDTH, HEIGHT))
    began = time.process_time()
    encode.write_clip(clip, request, path, lambda *_: None, lambda: False)
    spent = time.process_time() - began
    kept = [psnr(back, frame) for back, frame in zip(read(path), frames, strict=True)]
    return spent / COUNT * 1e3, path.stat().st_size / 1e6, kept[0], min(kept)


def read(path: Path) -> Iterator[np.ndarray]:
    with av.open(str(path)) as container:
        for frame in container.decode(video=0):
            yield frame.to_ndarray(format="rgb24")


def psnr(a: np.ndarray, b: np.ndarray) -> float:
    return float(10 * np.log10(255**2 / np.mean((a.astype(np.float32) - b) ** 2)))


def main() -> None:
    frames = [frame.copy() for frame in moving(WIDTH, HEIGHT, COUNT)]
    planar(frames[0])  # its machine code is loaded by the first
    print("| x264 | CPU ms a frame | MB for 5 s | PSNR of the first frame | of the worst |")
    print("| --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as folder:
        for quality in SETTINGS:
            spent, size, first, worst = measure(frames, quality, Path(folder) / "clip.mp4")
            said = ", ".join(f"{name} {value}" for name, value in quality.items()).removeprefix("preset ")
            name = f"**{said}**" if quality == CHOSEN else said
            print(f"| {name} | {spent:.1f} | {size:.1f} | {first:.1f} dB | {worst:.1f} dB |", flush=True)


if __name__ == "__main__":
    main()
