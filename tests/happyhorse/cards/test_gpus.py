"""Takes that several processes make together, on the CPU with a tiny model whose heads four can share."""

from __future__ import annotations

import dataclasses
import os
import signal
import sys
from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image

from backend.engines.engine import Cancelled, EngineError
from backend.engines.happyhorse.memory import handover
from backend.engines.happyhorse.memory.models import Models
from backend.engines.happyhorse.memory.plans import Demand, Plan
from backend.engines.happyhorse.memory.team import Team
from backend.engines.happyhorse.pipeline import latents
from backend.engines.happyhorse.transformer.config import BASE, parameter_shapes
from backend.engines.happyhorse.transformer.model import ROWS_AT_ONCE
from backend.engines.happyhorse.transformer.weights import BlockWeights
from backend.gpu.members import Members
from client.protocol import Line
from devtools.model.components import save_shards
from devtools.take_requests import take_request
from tests.happyhorse.cards.test_ranks import alive, gone
from tests.happyhorse.engine.test_pipeline import CPU, Told, make

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="several GPUs share a take on Linux only")
SHAPED = replace(
    BASE,
    layers=4,
    hidden=128,
    head_dim=16,
    kv_heads=4,
    text_channels=96,
    expert_layers=frozenset({0, 3}),
    gelu_layers=frozenset({0}),
)


@pytest.fixture(scope="module")
def four_heads(tmp_path_factory, tiny_folder):
    """A home with the tiny model, but transformers of 8 query heads and 4 key-value heads."""
    folder = tmp_path_factory.mktemp("four_heads")
    source = torch.Generator().manual_seed(8)
    for name in ("distill", "540p_sr"):
        tensors = {
            key: torch.randn(shape, generator=source) * (shape[-1] ** -0.5 if len(shape) > 1 else 0.1)
            for key, shape in parameter_shapes(SHAPED).items()
        }
        tensors["adapter.rope.bands"] = 10000.0 ** (-torch.arange(SHAPED.bands) / SHAPED.bands)
        (folder / name).mkdir()
        save_shards(tensors, folder / name, 1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TAKE_ONE_HOME", str(folder / "home"))
        patch.delenv("TAKE_ONE_ONLINE", raising=False)
        from backend.engines.happyhorse.files.catalogue import STORE

        STORE.link("all", tiny_folder)
        for name in ("distill", "540p_sr"):
            STORE.link(name, folder / name)
        yield folder


@pytest.fixture(scope="module")
def request_(four_heads, small_sizes):
    y, x = np.mgrid[0:90, 0:160]
    path = four_heads / "still.png"
    Image.fromarray(np.stack([x * 255 / 160, y * 255 / 90, (x ^ y) & 255], -1).astype(np.uint8)).save(path)
    line = Line("ANNA", "English", "We are late.")
    return take_request("Push in", 1.2, size=(320, 180), seed=7, still=path, dialogue=(line,))


@pytest.fixture(scope="module")
def models(four_heads):
    """Kept from test to test, as a worker keeps them."""
    kept = Models(CPU)
    yield kept
    kept.close()


def whole(models, request, told=None, cancelled=lambda: False, **options):
    """A take from its beginning: base latents, the latents that were decoded, frames, sound; and the clip."""
    if latents.CACHE.folder.exists():
        for path in latents.CACHE.folder.iterdir():
            path.unlink()
    decoded, real = [], models.decode_frames

    def decode(video, poll):
        decoded.append(video.clone())
        return real(video, poll)

    models.decode_frames = decode
    try:
        clip = make(models, request, told, cancelled, **options)
        frames = np.stack(list(clip.frames))
    finally:
        del models.decode_frames
    base = latents.find(clip.facts["latents"])
    return (base.video, base.audio, *decoded, torch.from_numpy(frames), torch.from_numpy(clip.sound.samples)), clip


@pytest.fixture(scope="module")
def alone(request_, four_heads):
    """What one process makes."""
    return whole(Models(CPU), request_)[0]


def same(one, other):
    assert len(one) == len(other) == 5
    assert one[3].float().std() > 5
    return [torch.equal(a, b) for a, b in zip(one, other, strict=True)] == [True] * 5


def test_two_make_what_one_makes_and_stay(models, request_, alone):
    made, clip = whole(models, request_, gpus=2)
    assert same(made, alone)
    assert clip.facts["gpus"]["count"] == 2
    assert 0 < models._team._sent() / 1e9 == pytest.approx(clip.facts["gpus"]["exchanged_gb"], abs=5e-4)
    assert clip.notes[-1].startswith("These 2 GPUs have no fast link: they exchange ")
    pids = models._team.pids
    refined, _ = whole(models, dataclasses.replace(request_, seconds=0.2), gpus=2, quality="540p")
    expected, _ = whole(Models(CPU), dataclasses.replace(request_, seconds=0.2), quality="540p")
    assert same(refined, expected)
    assert not torch.equal(refined[2][..., :16, :28], refined[0])
    assert models._team.pids == pids


def test_frames_that_are_not_enlarged_stay_while_the_next_take_is_made(models, request_):
    small = dataclasses.replace(request_, size=(128, 64))
    frames = list(make(models, small, gpus=2).frames)
    before, kept = np.stack(frames), models._team._handover
    other = np.stack(list(make(models, dataclasses.replace(small, seed=8), gpus=2).frames))
    assert models._team._handover is kept is not None
    assert not np.array_equal(other, before)
    assert np.array_equal(np.stack(frames), before)


def test_a_cancel_before_another_gpu_has_opened_the_frames_spoils_none(models, request_, monkeypatch):
    """What they are handed over in is not kept then: it has lost its name, and they would look for it."""
    tall = dataclasses.replace(request_, size=(180, 320))
    expected = np.stack(list(make(Models(CPU), tall).frames))
    before = set(handover.SHARED_MEMORY.glob("take-one-*"))
    frames = make(models, tall, gpus=2).frames
    pids, send = models._team.pids, Members.send

    def slowly(members, do, **given):
        if do == "decode":
            os.kill(pids[0], signal.SIGSTOP)
        return send(members, do, **given)

    with monkeypatch.context() as patch:
        patch.setattr(Members, "send", slowly)
        next(frames)
    frames.close()
    os.kill(pids[0], signal.SIGCONT)
    assert np.array_equal(np.stack(list(make(models, tall, gpus=2).frames)), expected)
    assert models._team.pids == pids
    assert set(handover.SHARED_MEMORY.glob("take-one-*")) == before


def test_frames_are_decoded_alone_where_another_gpu_has_no_room(models, request_, alone, monkeypatch):
    def full(*_, **__):
        raise torch.OutOfMemoryError("no room")

    with monkeypatch.context() as patch:
        patch.setattr(Team, "decoded", full)
        assert same(whole(models, request_, gpus=2)[0], alone)
    assert same(whole(models, request_, gpus=2)[0], alone)  # together again


def test_a_cancel_leaves_all_as_they_were(models, request_, alone):
    told = Told()

    def cancelled():
        return any("Picture and sound, 2" in what[1] for what in told)

    with pytest.raises(Cancelled):
        whole(models, request_, told, cancelled, gpus=2, steps=6)
    assert not any("Picture and sound, 4" in what[1] for what in told)
    pids = models._team.pids
    assert same(whole(models, request_, gpus=2)[0], alone)
    assert models._team.pids == pids


def test_a_rank_that_is_killed_ends_the_take_and_the_next_one_is_made(models, request_, alone):
    killed = []

    class Killing(Told):
        def __call__(self, fraction, stage, preview=None):
            super().__call__(fraction, stage, preview)
            if "Picture and sound, 3" in stage and not killed:
                killed.extend(models._team.pids)
                os.kill(killed[0], signal.SIGKILL)

    told = Killing()
    with pytest.raises(EngineError) as failure:
        whole(models, request_, told, gpus=2, steps=100)
    assert not any("Picture and sound, 100" in what[1] for what in told)
    assert (failure.value.code, failure.value.fix) == ("engine_failed", "retry")
    assert "2 GPUs together, and the process of rank 1 of 2 was ended by SIGKILL" in failure.value.message
    assert gone(killed)
    assert same(whole(models, request_, gpus=2)[0], alone)
    assert models._team.pids != killed
    clip = make(models, request_, gpus=2)  # only to be decoded
    os.kill(models._team.pids[0], signal.SIGKILL)
    with pytest.raises(EngineError, match="ended by SIGKILL"):
        list(clip.frames)


def test_four_make_what_one_makes(models, request_, alone):
    two = models._team.pids if models._team else []
    made, clip = whole(models, request_, gpus=4)
    assert same(made, alone)
    assert clip.facts["gpus"]["count"] == 4
    assert gone(two)
    assert len(models._team.pids) == 3
    assert all(alive(pid) for pid in models._team.pids)


@pytest.mark.parametrize("gpus", [4, 2])  # the four are there already
def test_weights_in_parts_make_what_whole_ones_make(models, request_, alone, gpus, monkeypatch):
    """And so do those that are loaded anew where fewer have them."""
    room = sum(BlockWeights(SHAPED, layer, "fp32").bytes for layer in range(4)) - 1
    parts = Plan("fp32", room, ROWS_AT_ONCE, 0, shares=gpus)
    monkeypatch.setattr(Demand, "choose", lambda self, room: [parts])
    if "distill" in models._residents:
        models._residents._drop("distill")  # else it stays as it is
    made, clip = whole(models, request_, gpus=gpus)
    assert same(made, alone)
    held = models._residents._held["distill"]
    assert held.plan == parts
    assert held.model.store.streamed
    whole_bytes = sum(held.model.store.blocks[i].bytes for i in held.model.store.streamed)
    gathered = 2 * whole_bytes * (gpus - 1) / gpus  # in each of two passes
    assert clip.facts["gpus"]["exchanged_gb"] > gathered / 1e9 / gpus
    monkeypatch.undo()
    pids = models._team.pids
    made, clip = whole(models, request_, gpus=1)
    assert same(made, alone)
    assert "gpus" not in clip.facts and gone(pids)
    assert models._residents._held["distill"].plan.shares == 1


@pytest.mark.parametrize("gpus", [3, 5, 8])
def test_what_cannot_divide_is_said(models, request_, gpus):
    with pytest.raises(EngineError) as failure:
        make(models, request_, gpus=gpus)
    assert failure.value.problem.param == "extra_params.options.gpus"
    assert failure.value.message == (
        f"{gpus} GPUs can't share this model's 8 query heads and 4 key-value heads. So many can: 1, 2, 4."
    )


def test_of_the_gpus_that_are_there_as_many_as_can_are_taken():
    from backend.engines.happyhorse.memory.work import gpus

    cuda = torch.device("cuda", 0)
    assert [gpus(0, [BASE], here, cuda) for here in (1, 2, 3, 4, 7, 8, 9)] == [1, 2, 2, 4, 4, 8, 8]
    assert gpus(0, [BASE, SHAPED], 8, cuda) == 4
    with pytest.raises(EngineError, match="4 GPUs were asked for, and this engine has 2"):
        gpus(4, [BASE], 2, cuda)
    with pytest.raises(EngineError, match="6 GPUs can't share this model's 40 query heads and 8 key-value heads"):
        gpus(6, [BASE], 8, cuda)
