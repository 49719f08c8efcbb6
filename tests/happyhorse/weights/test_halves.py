"""Copies in 16 bits of published files in 32, and what is read before it is needed."""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch

from backend import home as places
from backend.engines.happyhorse.files import ahead, halves, source
from backend.engines.happyhorse.files.checkpoint import Checkpoint
from backend.engines.happyhorse.memory import models as models_module
from backend.engines.happyhorse.memory.models import Models
from backend.engines.happyhorse.memory.plans import Plan
from backend.engines.happyhorse.request.settings import Settings
from backend.engines.happyhorse.transformer.config import BASE
from backend.engines.happyhorse.transformer.loading import load_transformer
from backend.engines.happyhorse.transformer.model import ROWS_AT_ONCE
from tests.happyhorse.paths import ROOT


@pytest.fixture
def folder(home, tiny_folder, tmp_path):
    halves._idle.set()
    return shutil.copytree(tiny_folder / "distill", tmp_path / "distill")


def bytes_of(model):
    return [model.store.buffers[i] for i in sorted(model.store.buffers)] + [
        model.outer[name].view(torch.uint8).flatten() for name in sorted(model.outer)
    ]


@pytest.mark.parametrize("precision", ["bf16", "fp8"])
def test_a_copy_loads_as_the_files_do(folder, precision):
    """Bit for bit, so that a take is the same whether its model came from the copy or not."""
    path = halves.write("distill", folder)
    assert source.of("distill", folder) == path
    published = sum(file.stat().st_size for file in folder.glob("*.safetensors"))
    assert path.stat().st_size < 0.6 * published
    kept = Checkpoint(path).tensors
    assert kept["block.layers.0.mlp.up_gate_proj.weight"].dtype == torch.bfloat16
    assert kept["block.layers.0.mlp.pre_norm.weight"].dtype == torch.float32
    assert kept["adapter.text_embedder.weight"].dtype == torch.float32
    one, other = (load_transformer(given, BASE, "cpu", precision) for given in (folder, path))
    assert all(torch.equal(a, b) for a, b in zip(bytes_of(one), bytes_of(other), strict=True))


def test_a_model_in_16_bits_comes_from_the_copy_and_one_in_32_from_the_files(tiny_home, tiny_folder, monkeypatch):
    loaded = []

    def load(files, *_, **__):
        loaded.append(files)
        return SimpleNamespace(unpark=lambda: None, close=lambda: None)

    monkeypatch.setattr(models_module, "load_transformer", load)
    halves._idle.set()
    folder, models = tiny_folder / "distill", Models(torch.device("cpu"))
    copy = halves.write("distill", folder)
    for precision in ("fp32", "bf16", "fp8"):
        models._transformer("distill", Plan(precision, None, ROWS_AT_ONCE, 0), lambda _: None)
    assert loaded == [folder, copy, copy]


def test_files_in_16_bits_are_not_copied(home, tiny_folder):
    assert halves.write("base", tiny_folder / "base") is None
    assert source.of("base", tiny_folder / "base") == tiny_folder / "base"


def test_files_that_changed_have_no_copy_any_more(folder):
    old = halves.write("distill", folder)
    shard = next(folder.glob("*.safetensors"))
    shard.touch()
    assert source.of("distill", folder) == folder
    (old.parent / "left by a process that died.part").write_bytes(b"x")
    new = halves.write("distill", folder)
    assert list(old.parent.iterdir()) == [new] != [old]


def test_a_copy_that_is_cut_short_is_not_used(folder):
    path = halves.write("distill", folder)
    path.write_bytes(path.read_bytes()[:-100])
    assert source.of("distill", folder) == folder
    assert not path.exists()


def test_without_room_to_spare_there_is_no_copy(folder, monkeypatch):
    size = halves.write("distill", folder).stat().st_size
    left = {"free": halves.SPARE + size - 10_000}  # the header is some 8 kB
    monkeypatch.setattr(halves.shutil, "disk_usage", lambda _: SimpleNamespace(**left))
    assert halves.write("distill", folder) is None
    assert source.of("distill", folder) == folder
    left["free"] = halves.SPARE + size
    assert halves.write("distill", folder) is not None


def test_a_disk_that_fails_leaves_nothing_behind(folder, monkeypatch):
    def fail(_):
        raise OSError("no space left")

    monkeypatch.setattr(places.os, "fsync", fail)
    with pytest.raises(OSError, match="no space left"):
        halves.write("distill", folder)
    assert list(source.half("distill", folder).parent.iterdir()) == []


def test_copying_waits_while_a_take_is_made(folder):
    halves.pause()
    writing = threading.Thread(target=halves.write, args=("distill", folder))
    writing.start()
    writing.join(0.3)
    assert writing.is_alive()
    halves.keep({})
    writing.join(60)
    assert source.of("distill", folder) != folder


def test_keeping_copies_beside(folder):
    halves.keep({"distill": folder})
    for thread in threading.enumerate():
        if thread.name == "halves":
            thread.join(60)
    assert source.of("distill", folder) != folder


def test_what_a_clip_needs_in_its_order(tiny_home, tiny_folder):
    def names(**options):
        needed = ahead.needed(Settings(model="distill", steps=8, **options))
        return list(dict.fromkeys(path.parent.name for path in needed))

    assert names(quality="256p") == ["distill"]
    assert names(quality="1080p") == ["distill", "1080p_sr"]
    assert names(quality="540p", refine_from="0" * 64) == ["540p_sr"]
    halves._idle.set()
    copy = halves.write("distill", tiny_folder / "distill")
    assert ahead.needed(Settings("256p", "distill", 8)) == [copy]


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's count of what a process read")
def test_files_are_read_while_something_else_is_done(tmp_path, monkeypatch):
    monkeypatch.setattr(ahead, "PIECE", 1 << 16)
    sizes = (300_000, 70_000)
    for number, size in enumerate(sizes):
        (tmp_path / str(number)).write_bytes(bytes(size))

    def count():
        return int(Path("/proc/self/io").read_text().split()[1])

    before = count()
    with ahead.reading(sorted(tmp_path.iterdir())):
        for thread in threading.enumerate():
            if thread.name.startswith("read ahead"):
                thread.join(10)
    assert sum(sizes) <= count() - before < sum(sizes) + 10_000


def test_no_more_is_read_than_there_is_memory_for(tmp_path, monkeypatch):
    for number in range(3):
        (tmp_path / str(number)).write_bytes(bytes(1000))
    read = []
    monkeypatch.setattr(ahead, "_read", lambda pieces, _: read.append(pieces.qsize()))
    monkeypatch.setattr(ahead.psutil, "virtual_memory", lambda: SimpleNamespace(available=ahead.SPARE + 2500))
    with ahead.reading(sorted(tmp_path.iterdir())):
        pass
    assert read[0] == 2


def test_the_engine_imports_neither_diffusers_nor_transformers():
    """They took two thirds of the time to the first frame; only a new prompt needs them."""
    code = (
        "import sys; import backend.engines.happyhorse.pipeline.pipeline\n"
        "print([name for name in ('diffusers', 'transformers', 'torch._dynamo', 'torch') if name in sys.modules])"
    )
    ended = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == "['torch']"
