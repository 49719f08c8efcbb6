"""An engine that unloads holds nothing any more, and makes the same take again."""

from __future__ import annotations

import gc
import weakref

import numpy as np
import pytest
import torch
from PIL import Image

from backend.engines.happyhorse import text
from backend.engines.happyhorse.engine import HappyHorseEngine
from backend.engines.happyhorse.memory.models import Models
from backend.engines.happyhorse.pipeline import latents
from backend.engines.happyhorse.vaes.audio import AudioDecoder
from backend.engines.happyhorse.vaes.still import StillEncoder
from backend.engines.happyhorse.vaes.turbo import TurboDecoder
from backend.gpu import probe
from devtools.take_requests import take_request

MB = 1 << 20


@pytest.fixture
def request_(tmp_path, small_sizes):
    pixels = np.random.default_rng(0).integers(0, 256, (90, 160, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(tmp_path / "still.png")
    options = {"quality": "540p", "steps": 1, "refine_steps": 1}
    return take_request("push in", seconds=0.2, size=(320, 180), still=tmp_path / "still.png", options=options)


@pytest.fixture
def loaded(monkeypatch):
    """Weak references to all that is loaded: the text encoder, transformers, decoders, the still's encoder."""
    found = {}

    def keeping(owner, name, key):
        real = getattr(owner, name)

        def call(*arguments, **options):
            answer = real(*arguments, **options)
            for part in answer if isinstance(answer, tuple) else (answer,):
                found.setdefault(key, []).append(weakref.ref(part))
            return answer

        monkeypatch.setattr(owner, name, call)

    keeping(Models, "_transformer", "transformer")
    keeping(text, "load", "text")
    keeping(StillEncoder, "load", "still")
    keeping(TurboDecoder, "from_folder", "frames")
    keeping(AudioDecoder, "load", "sound")
    return found


def tensor_bytes():
    gc.unfreeze()  # `get_objects` leaves out what is frozen
    gc.collect()
    return sum(thing.nbytes for thing in gc.get_objects() if issubclass(type(thing), torch.Tensor))


def take(engine, request):
    clip = engine.generate(request, lambda *_: None, lambda: False)
    return np.stack(list(clip.frames)), clip.sound.samples


def test_nothing_stays_loaded_and_the_next_take_is_the_same(tiny_home, request_, loaded, monkeypatch):
    monkeypatch.setattr(probe, "poll", lambda: None)
    engine = HappyHorseEngine()
    engine.unload()  # nothing is loaded yet
    before = tensor_bytes()
    frames, sound = take(engine, request_)
    assert set(loaded) == {"transformer", "text", "still", "frames", "sound"}
    assert len(loaded["transformer"]) == 2
    held = tensor_bytes()

    engine.unload()
    assert {name: [ref() for ref in refs if ref() is not None] for name, refs in loaded.items()} == {
        name: [] for name in loaded
    }
    assert held - before > 20 * MB
    assert tensor_bytes() - before < MB  # a table of the noise's schedule

    for path in (*latents.CACHE.folder.iterdir(), *text.CACHE.folder.iterdir()):
        path.unlink()  # so that all of it is made anew
    again, heard = take(engine, request_)
    assert np.array_equal(frames, again)
    assert np.array_equal(sound, heard)
