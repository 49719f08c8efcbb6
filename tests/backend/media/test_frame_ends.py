"""What lies behind a frame is nobody's: it is not read."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

# One frame that ends where memory ends: to read on behind it ends the process.
AT_THE_END = """
import ctypes, mmap, sys
from fractions import Fraction
from pathlib import Path
import numpy as np
from backend.engines.engine import Clip
from backend.media.encode import write_clip
from devtools.take_requests import take_request
width, height, path = 850, 64, Path(sys.argv[1])
libc = ctypes.CDLL(None)
libc.mmap.restype = ctypes.c_void_p
libc.mprotect.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
size, pages = width * height * 3, -(-width * height * 3 // mmap.PAGESIZE) * mmap.PAGESIZE
start = libc.mmap(None, ctypes.c_size_t(pages + mmap.PAGESIZE), 3, 0x22, -1, ctypes.c_long(0))
assert libc.mprotect(start + pages, mmap.PAGESIZE, 0) == 0
frame = np.frombuffer((ctypes.c_uint8 * size).from_address(start + pages - size), np.uint8).reshape(height, width, 3)
wanted = take_request(seconds=0.5, fps=Fraction(8), size=(width, height))
write_clip(Clip(width, height, Fraction(8), 4, iter([frame] * 4)), wanted, path, lambda *_: None, lambda: False)
print("written")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="asks Linux for its memory")
def test_nothing_is_read_beyond_a_frame(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", AT_THE_END, tmp_path / "take.mp4"], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "written\n"), done.stderr[-500:]
