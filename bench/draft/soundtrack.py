"""What the draft engine's sound costs, and where its levels land.

    python bench/draft/soundtrack.py

One core: the time is this process's CPU time, which other work on the machine changes little, the median of
five runs (one for a minute of sound). "first" is the first of them, with the libraries' loading. Levels are
measured by ffmpeg's ebur128 filter, beside our own meter's time for the same sound.
"""

from __future__ import annotations

import math
import resource
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from backend.engines.draft.sound.levels import loudness
from backend.engines.draft.sound.soundtrack import soundtrack
from backend.engines.engine import Sound
from client.protocol import Line, TakeRequest
from devtools.take_requests import take_request
from tests.backend.draft.sound.test_levels import ffmpeg

ENGLISH = (Line("ANNA", "English", "We are late. We should have left an hour ago."),)
JAPANESE = (Line("YUKI", "Japanese", "私たちは遅れています。"),)
CASES: tuple[tuple[str, tuple[Line, ...], float], ...] = (
    ("", (), 5),
    ("rain on a window", (), 5),
    ("rain on a window", ENGLISH, 5),
    ("rain on a window", JAPANESE, 5),
    ("storm at sea, crowd", ENGLISH, 5),
    ("rain on a window", ENGLISH, 15),
    ("rain on a window", ENGLISH, 60),
)


def timed(request: TakeRequest, runs: int) -> tuple[float, float, Sound]:
    """CPU seconds of the first run and the median, and the sound."""
    spent = []
    for _ in range(runs):
        began = time.process_time()
        sound, _notes = soundtrack(request, request.seconds)
        spent.append(time.process_time() - began)
    return spent[0], statistics.median(spent), sound


def main() -> None:
    print("| sound | dialogue | length | first | CPU | of real time | loudness | true peak |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    for words, lines, seconds in CASES:
        request = take_request(seconds=seconds, seed=7, sound=words, dialogue=lines)
        first, usual, sound = timed(request, 5 if seconds < 30 else 1)
        level, peak = ffmpeg(sound.samples)
        spoken = lines[0].language if lines else "none"
        print(
            f"| {words or 'room tone'} | {spoken} | {seconds:g} s | {first:.2f} s | {usual:.2f} s | "
            f"{usual / seconds:.1%} | {level:.1f} LUFS | {20 * math.log10(peak):.1f} dBTP |",
            flush=True,
        )
    began = time.process_time()
    ffmpeg(sound.samples)
    theirs = time.process_time() - began
    began = time.process_time()
    loudness(sound.samples)
    ours = time.process_time() - began
    print(f"\nLoudness of {seconds:g} s: ffmpeg's ebur128 {theirs:.2f} s, ours {ours:.2f} s.")
    print(f"Peak memory of this process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB.")


if __name__ == "__main__":
    main()
