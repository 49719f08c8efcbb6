"""The complete tiny model, made once, and a home of its own for each test that asks for it."""

from __future__ import annotations

import contextlib
import ctypes
import os
import sys

# Before torch is imported: threads that wait for one another are slow on a machine that is busy.
os.environ.setdefault("OMP_NUM_THREADS", "1")

if sys.platform == "linux":
    # Large tensors come from memory that is kept: half of the time went into having it back from the system.
    M_TRIM_THRESHOLD, M_MMAP_MAX = -1, -4
    ctypes.CDLL(None).mallopt(M_MMAP_MAX, 0)
    ctypes.CDLL(None).mallopt(M_TRIM_THRESHOLD, -1)
    os.environ |= {"MALLOC_MMAP_MAX_": "0", "MALLOC_TRIM_THRESHOLD_": str(1 << 40)}  # of the processes that are begun

import pytest

with pytest.MonkeyPatch.context() as patch, contextlib.suppress(ImportError):
    # Whoever imports Triton first decides whether its own functions can be interpreted (test_triton_kernels.py).
    patch.setenv("TRITON_INTERPRET", "1")
    import triton  # noqa: F401


@pytest.fixture(scope="session")
def tiny_folder(tmp_path_factory):
    """All components, small, in the published layout."""
    pytest.importorskip("transformers")
    from devtools.model import tiny

    folder = tmp_path_factory.mktemp("tiny_model")
    tiny.make(folder)
    return folder


@pytest.fixture
def home(tmp_path, monkeypatch):
    """An empty TAKE_ONE_HOME."""
    monkeypatch.setenv("TAKE_ONE_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("TAKE_ONE_ONLINE", raising=False)
    return tmp_path / "home"


@pytest.fixture
def tiny_home(home, tiny_folder):
    """A home in which the tiny model is linked."""
    from backend.engines.happyhorse.files.catalogue import STORE

    STORE.link("all", tiny_folder)
    return home


@pytest.fixture(scope="module")
def small_sizes():
    """A fourteenth of each quality's pixels: what a test of what happens between the models does not look at."""
    from backend.engines.happyhorse.request import settings

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(settings, "QUALITIES", {"256p": (128, 64), "540p": (224, 128), "1080p": (480, 288)})
        yield
