"""What the engine says of itself before a job, and that it says it without torch."""

from __future__ import annotations

import dataclasses
import json
import os
import shutil
import struct
import subprocess
import sys
from types import SimpleNamespace

import pytest

from backend.engines.engine import EngineError
from backend.engines.happyhorse.engine import HappyHorseEngine
from backend.engines.happyhorse.files import ready
from backend.engines.happyhorse.files.catalogue import STORE
from backend.engines.happyhorse.memory import early
from backend.engines.happyhorse.request import settings
from backend.gpu import probe
from backend.gpu.probe import Card
from client.protocol import LANGUAGES
from devtools.take_requests import take_request
from tests.happyhorse.paths import GOLDEN, ROOT

H100 = Card("NVIDIA H100 80GB HBM3", 79.6)


@pytest.fixture(autouse=True)
def no_card(monkeypatch):
    """No card, whatever the machine has; tests that need one name it."""
    monkeypatch.setattr(probe, "poll", lambda: None)
    return lambda card: monkeypatch.setattr(probe, "poll", lambda: card)


@pytest.fixture
def cuda_torch(monkeypatch):
    monkeypatch.setattr(ready.importlib.metadata, "version", lambda _: "2.13.0")


def write_full_size(folder):
    """The published transformer's 331 tensors: a header, and 30 GB that take no room on the disk."""
    header, at = {}, 0
    for name, (shape, _) in json.loads((GOLDEN / "full_size_parameters.json").read_text()).items():
        size = 2
        for side in shape:
            size *= side
        header[name] = {"dtype": "BF16", "shape": shape, "data_offsets": [at, at + size]}
        at += size
    text = json.dumps(header).encode()
    folder.mkdir(parents=True)
    with (folder / "model.safetensors").open("wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        file.truncate(8 + len(text) + at)


def test_a_tiny_model_runs_on_the_processor(tiny_home):
    found = HappyHorseEngine().capabilities()
    assert found.available, found.reason
    assert (found.fps, found.sound, found.dialogue, found.needs_still) == (25, True, True, False)
    assert found.languages == LANGUAGES
    assert "Ready: 256p, 540p, 1080p." in found.description


def test_without_a_card_it_says_what_is_needed(home):
    found = HappyHorseEngine().capabilities()
    assert not found.available
    assert found.fix == "connect"
    assert "NVIDIA graphics card with at least 8 GB of memory; none was found here" in found.reason


def test_a_card_that_is_too_small_is_named(home, no_card):
    no_card(Card("NVIDIA GeForce GTX 1650", 4.0))
    found = HappyHorseEngine().capabilities()
    assert (found.available, found.fix) == (False, "connect")
    assert "NVIDIA GeForce GTX 1650, has 4 GB" in found.reason


def test_without_torch_it_asks_to_be_installed(home, no_card, monkeypatch):
    no_card(H100)
    found_by = ready.importlib.util.find_spec
    without = lambda name: None if name == "torch" else found_by(name)  # noqa: E731
    monkeypatch.setattr(ready.importlib.util, "find_spec", without)
    found = HappyHorseEngine().capabilities()
    assert (found.available, found.fix) == (False, "install")
    assert "torch missing" in found.reason


def test_a_torch_that_cannot_use_the_card(home, no_card, monkeypatch):
    no_card(H100)
    monkeypatch.setattr(ready.importlib.metadata, "version", lambda _: "2.13.0+cpu")
    found = HappyHorseEngine().capabilities()
    assert (found.available, found.fix) == (False, "install")


def test_missing_models_are_named(home, no_card, cuda_torch):
    no_card(H100)
    found = HappyHorseEngine().capabilities()
    assert (found.available, found.fix) == (False, "models")
    assert "Models are missing: distill, turbo_vae, t5gemma, wan_vae, stable_audio." in found.reason


def test_a_damaged_model_is_named(home, tiny_folder, tmp_path, no_card, cuda_torch):
    no_card(H100)
    copied = shutil.copytree(tiny_folder, tmp_path / "copied")
    STORE.link("all", copied)
    shutil.rmtree(copied / "base")
    (copied / "distill" / "model-00002-of-00003.safetensors").unlink()
    found = HappyHorseEngine().capabilities()
    assert (found.available, found.fix) == (False, "models")
    assert "model-00002-of-00003.safetensors is missing" in found.reason


@pytest.mark.skipif(sys.platform == "win32", reason="sparse files")
def test_the_full_size_model_by_card(home, tiny_folder, tmp_path, no_card, cuda_torch):
    STORE.link("all", tiny_folder)
    for name in ("distill", "base", "540p_sr", "1080p_sr"):
        write_full_size(tmp_path / "full" / name)
        STORE.link(name, tmp_path / "full" / name)
    report = STORE.report("distill")
    assert report.looks_like == "a MagiHuman transformer (40 layers, 15 billion parameters)"
    assert report.parameters == 15_299_419_136
    assert not HappyHorseEngine().capabilities().available  # not on a processor
    for gigabytes, words in (
        (8.0, "Ready: 256p, 540p. 1080p needs a card with 12 GB."),
        (11.4, "Ready: 256p, 540p. 1080p needs a card with 12 GB."),
        (11.9, "Ready: 256p, 540p, 1080p."),
    ):
        no_card(Card("a card", gigabytes))
        found = HappyHorseEngine().capabilities()
        assert found.available
        assert found.description.endswith(words)


def test_a_full_size_job_on_a_processor_is_refused(home, tmp_path, tiny_folder):
    torch = pytest.importorskip("torch")
    from backend.engines.happyhorse.memory.models import Models
    from backend.engines.happyhorse.memory.plans import Shape

    write_full_size(tmp_path / "full" / "distill")
    STORE.link("distill", tmp_path / "full" / "distill")
    models = Models(torch.device("cpu"))
    with pytest.raises(EngineError, match="needs a graphics card") as failure:
        models.running("distill", Shape(7, 16, 28, 26), lambda _: None, lambda _: None)
    assert failure.value.fix == "connect"


def test_what_a_card_needs_is_what_the_plans_say():
    """The figures that are told without torch, against the memory plans of the full-size transformers."""
    pytest.importorskip("torch")
    from backend.engines.happyhorse.memory import plans
    from backend.engines.happyhorse.request import settings
    from backend.engines.happyhorse.transformer import config

    likes = {"256p": config.BASE, "540p": config.SR_540P, "1080p": config.SR_1080P}
    for quality, like in likes.items():
        w, h = settings.QUALITIES[quality]
        shape = plans.Shape(settings.latent_frames(5), h // 16, w // 16, settings.audio_frames(5))
        needed = max(plans.smallest_memory(like, shape), plans.decode_bytes(w, h, max(plans.STRIPS)))
        needed /= 1 << 30
        assert needed < ready.CARD_GB[quality] - ready.TAKEN_GB, f"{quality} needs {needed:.1f} GB"


def test_asking_imports_no_torch_and_reads_no_model(tiny_home):
    code = (
        "import sys; from backend.engines import registry; engine = registry.engine('happyhorse')\n"
        "engine.capabilities(); opened = []\n"
        "sys.addaudithook(lambda event, of: opened.append(of[0]) if event in ('open', 'subprocess.Popen') else None)\n"
        "found = engine.capabilities()\n"
        "print(found.available, 'torch' in sys.modules, all(str(name).endswith('.json') for name in opened), *opened)"
    )
    ended = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ended.stdout.split()[:3] == ["True", "False", "True"], ended.stdout


def test_a_job_that_cannot_run_says_why(home):
    request = take_request(seconds=1.0, size=(640, 360))
    with pytest.raises(EngineError) as failure:
        HappyHorseEngine().generate(request, lambda *_: None, lambda: False)
    assert (failure.value.code, failure.value.fix) == ("engine_unavailable", "connect")


def test_options_are_checked_before_anything_is_loaded(tiny_home):
    request = take_request(seconds=1.0, size=(640, 360))
    with pytest.raises(EngineError) as failure:
        HappyHorseEngine().generate(
            dataclasses.replace(request, options={"quality": "8k"}), lambda *_: None, lambda: False
        )
    assert failure.value.param == "extra_params.options.quality"


@pytest.mark.parametrize(("platform", "told"), [("linux", "expandable_segments:True"), ("win32", None)])
def test_torch_is_told_how_to_take_memory_unless_the_user_says_so(monkeypatch, platform, told):
    def begun(gpus):
        raise KeyError(gpus)

    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(ready, "find", lambda: SimpleNamespace(qualities=("256p",), models=()))
    monkeypatch.setattr(settings, "read", lambda *_: SimpleNamespace(gpus=3))
    monkeypatch.setattr(early, "followers", begun)
    monkeypatch.setenv("PYTORCH_CUDA_ALLOC_CONF", "of the user's")
    request = take_request(seconds=1.0, size=(640, 360))
    for said in ("of the user's", told):
        with pytest.raises(KeyError, match="3"):
            HappyHorseEngine().generate(request, lambda *_: None, lambda: False)
        assert os.environ.get("PYTORCH_CUDA_ALLOC_CONF") == said
        monkeypatch.delenv("PYTORCH_CUDA_ALLOC_CONF", raising=False)


def test_the_command_line_lists_the_models(tiny_home):
    command = [sys.executable, "-m", "backend", "models", "list"]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert "1080p: ready" in ended.stdout
