"""From a request to frames and sound on a complete tiny model, on the CPU."""

from __future__ import annotations

import dataclasses
import shutil
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch
from PIL import Image

from backend.engines.engine import Cancelled, EngineError
from backend.engines.happyhorse import text
from backend.engines.happyhorse.memory.models import Models
from backend.engines.happyhorse.memory.plans import Plan
from backend.engines.happyhorse.pipeline import latents, pipeline, preview
from backend.engines.happyhorse.pipeline.pipeline import Pipeline
from backend.engines.happyhorse.request import picture, settings
from backend.engines.happyhorse.sampling import samplers
from backend.engines.happyhorse.transformer.config import BASE
from backend.engines.happyhorse.transformer.loading import load_transformer
from backend.engines.happyhorse.vaes.still import StillEncoder
from backend.media.stills import read_still
from client.protocol import Direction, Line
from devtools.take_requests import take_request

CPU = torch.device("cpu")
QUALITIES = ("256p", "540p", "1080p")


@pytest.fixture(scope="session")
def still(tmp_path_factory):
    y, x = np.mgrid[0:90, 0:160]
    pixels = np.stack([x * 255 / 160, y * 255 / 90, (np.hypot(x - 80, y - 45) < 20) * 255], -1)
    path = tmp_path_factory.mktemp("still") / "still.png"
    Image.fromarray(pixels.astype(np.uint8)).save(path)
    return path


@pytest.fixture
def request_(still):
    line = Line("ANNA", "English", "We are late.")
    return take_request("Push in", 0.5, size=(320, 180), seed=7, still=still, dialogue=(line,))


@pytest.fixture
def models(tiny_home, small_sizes):
    return Models(CPU)


class Told(list):
    def __call__(self, fraction, stage, preview=None):
        self.append((fraction, stage, preview))


def make(models, request, told=None, cancelled=lambda: False, **options):
    options = {"quality": "256p", "steps": 2, "refine_steps": 2, **options}
    request = dataclasses.replace(request, options=options)
    wanted = settings.read(request, QUALITIES, ("distill", "base"))
    return Pipeline(models).generate(request, wanted, Told() if told is None else told, cancelled)


def pixels(clip):
    return np.stack(list(clip.frames))


def test_a_clip_with_sound(models, request_):
    told = Told()
    clip = make(models, request_, told, steps=8)
    frames = pixels(clip)
    assert frames.shape == (13, 180, 320, 3)
    assert frames.dtype == np.uint8
    assert (clip.frame_count, clip.fps, clip.width, clip.height) == (13, 25, 320, 180)
    assert frames.std() > 5
    assert clip.sound.samples.shape == (2, 1764 * 13)
    assert clip.sound.rate == 44100
    assert clip.sound.samples.dtype == np.float32
    assert np.abs(clip.sound.samples).max() <= 1
    assert clip.sound.samples.std() > 0.01
    assert 'says in English, "We are late."' in clip.facts["final_prompt"]
    fractions = [what[0] for what in told]
    assert fractions == sorted(fractions)
    assert fractions[-1] == pytest.approx(1)
    stages = list(dict.fromkeys(what[1].split(",")[0] for what in told))
    assert stages[:3] == ["Reading the direction", "Loading the model", "Picture and sound"]
    assert stages[3:] == ["Decoding the sound", "Decoding"]
    previews = [what[2] for what in told if what[2] is not None]
    assert len(previews) == 8
    assert previews[0].shape == (144, 288, 3)


def test_the_seed_decides_all(models, request_):
    first, again = (make(models, request_) for _ in range(2))
    assert again.notes == ("Made from the saved latents of this take: the base stage was not run again.",)
    for path in latents.CACHE.folder.iterdir():
        path.unlink()
    anew = make(Models(CPU), request_)
    other = make(models, dataclasses.replace(request_, seed=8))
    reference = pixels(first)
    assert np.array_equal(reference, pixels(again))
    assert np.array_equal(reference, pixels(anew))
    assert np.array_equal(first.sound.samples, anew.sound.samples)
    assert not np.array_equal(reference, pixels(other))
    assert not np.array_equal(first.sound.samples, other.sound.samples)


def test_the_base_stage_is_the_distilled_loop_on_noise_drawn_on_the_cpu(models, request_, tiny_folder):
    """The same stage put together by hand from its parts, with the noise in the documented order."""
    clip = make(models, request_, steps=3)
    made = latents.find(clip.facts["latents"])

    wanted = settings.read(request_, QUALITIES, ("distill",))
    job = pipeline._Job(request_, wanted, Told(), lambda: False, models, ThreadPoolExecutor(1))
    draw = job._draws("base")
    shape = (1, 48, 4, 4, 8)
    audio, video = draw(1, 13, 64), draw(*shape)
    fresh = [(draw(*shape), draw(1, 13, 64)) for _ in range(2)]
    [features] = text.features([job.prompt], tiny_folder / "t5gemma-9b-9b-ul2", CPU)
    shown = picture.framed(read_still(request_.still.image), 320, 180, (128, 64))
    held = StillEncoder.load(tiny_folder / "Wan2.2-TI2V-5B").encode(torch.from_numpy(shown))
    model = load_transformer(tiny_folder / "distill", BASE, "cpu", "fp32")
    expected = samplers.sample_distilled(model, features, video, audio, fresh, picture=held, steps=3)
    torch.testing.assert_close(made.video, expected[0], rtol=0, atol=1e-5)
    torch.testing.assert_close(made.audio, expected[1], rtol=0, atol=1e-5)
    assert torch.equal(made.video[:, :, :1], held)


def test_a_take_is_refined_without_its_base_stage(models, request_):
    """The base model is not even loaded, and the result is what one go would have given."""
    small = make(models, request_)
    fresh = Models(CPU)
    told = Told()
    refined = make(fresh, request_, told, quality="540p")
    assert "distill" not in fresh.plans
    assert "540p_sr" in fresh.plans
    assert not [what for what in told if what[1].startswith("Picture and sound")]
    assert refined.facts["latents"] == small.facts["latents"]
    frames = pixels(refined)
    assert frames.shape == (13, 180, 320, 3)
    assert np.array_equal(refined.sound.samples, small.sound.samples)
    for path in latents.CACHE.folder.iterdir():
        path.unlink()
    at_once = make(Models(CPU), request_, quality="540p")
    assert "distill" in at_once.facts["memory"]
    assert np.array_equal(frames, pixels(at_once))


def test_refining_by_reference(models, request_):
    small = make(models, request_)
    chosen = small.facts["latents"]
    elsewhere = dataclasses.replace(
        request_, direction=Direction("Now she smiles", request_.direction.dialogue), seed=99
    )
    refined = make(models, elsewhere, quality="540p", refine_from=chosen)
    assert refined.facts["latents"] == chosen
    with pytest.raises(EngineError) as failure:
        make(models, request_, quality="540p", refine_from="0" * 64)
    assert failure.value.code == "latents_gone"
    for path in latents.CACHE.folder.iterdir():
        path.unlink()
    anew = make(models, request_, quality="540p", refine_from=chosen)  # the same request: made again
    assert anew.facts["latents"] == chosen
    for other in ({"seconds": 1.0}, {"size": (180, 320)}):
        with pytest.raises(EngineError, match=r"another (length|shape)"):
            make(models, dataclasses.replace(request_, **other), quality="540p", refine_from=chosen)


@pytest.mark.parametrize(
    "change",
    [{"direction": Direction("Pull out")}, {"seed": 8}, {"seconds": 0.6}, {"views": ()}, {"options": {"steps": 2}}],
)
def test_another_request_has_other_latents(models, request_, change):
    first = make(models, request_, steps=1)
    options = change.pop("options", {"steps": 1})
    other = make(models, dataclasses.replace(request_, **change), **options)
    assert other.facts["latents"] != first.facts["latents"]
    assert "saved latents" not in " ".join(other.notes)


def test_a_model_that_changed_has_other_latents(tiny_home, tiny_folder, request_, tmp_path):
    from backend.engines.happyhorse.files.catalogue import STORE

    copied = shutil.copytree(tiny_folder / "distill", tmp_path / "distill")
    STORE.link("distill", copied)
    models = Models(CPU)
    first = make(models, request_, steps=1)
    for shard in copied.glob("*.safetensors"):
        data = bytearray(shard.read_bytes())
        data[-64:] = bytes(64)
        shard.write_bytes(data)
    second = make(models, request_, steps=1)
    assert second.facts["latents"] != first.facts["latents"]
    assert "distill" in second.facts["memory"]  # loaded again


def test_text_to_video_needs_no_still(models, request_):
    clip = make(models, dataclasses.replace(request_, views=()))
    assert pixels(clip).shape == (13, 180, 320, 3)


def test_the_base_model_with_guidance(models, request_):
    told = Told()
    clip = make(models, request_, told, model="base", steps=4)
    assert "Picture and sound, 4 of 4" in [what[1] for what in told]
    plain = make(models, request_, steps=4)
    assert clip.facts["latents"] != plain.facts["latents"]


def test_eight_bits_are_asked_for_where_there_are_none(models, request_):
    clip = make(models, request_, precision="8-bit")
    assert clip.notes == ("This machine has no 8-bit products: the take was made in full precision.",)
    assert pixels(clip).std() > 5


def test_cancelling_between_steps(models, request_):
    told = Told()
    with pytest.raises(Cancelled):
        make(models, request_, told, lambda: any("3 of 8" in what[1] for what in told), steps=8)
    assert not list(latents.CACHE.folder.glob("*"))
    assert make(models, request_).frame_count == 13  # and the next one is made


def test_cancelling_while_decoding(models, request_):
    wanted = []
    longer = dataclasses.replace(request_, seconds=1.5)
    clip = make(models, longer, cancelled=lambda: bool(wanted), steps=1)
    next(clip.frames)
    wanted.append(True)
    with pytest.raises(Cancelled):
        list(clip.frames)


def test_out_of_memory_falls_back_once_and_says_so(models, request_, monkeypatch):
    plans = [Plan("fp32", None, 4096, 0), Plan("fp32", 0, 1024, 0, 1)]
    monkeypatch.setattr(models, "_plans", lambda *_: plans)
    real, asked = samplers.sample_distilled, []

    def sample(model, *arguments, **options):
        asked.append(len(model.store.streamed))
        if len(asked) == 1:
            raise torch.OutOfMemoryError("out of memory")
        return real(model, *arguments, **options)

    monkeypatch.setattr(samplers, "sample_distilled", sample)
    clip = make(models, request_)
    assert asked == [0, 8]
    assert "memory ran out" in clip.notes[0]

    def full(*_, **__):
        raise torch.OutOfMemoryError("out of memory")

    monkeypatch.setattr(samplers, "sample_distilled", full)
    with pytest.raises(EngineError) as failure:
        make(models, dataclasses.replace(request_, seed=1))
    assert (failure.value.code, failure.value.fix) == ("out_of_memory", "smaller_size")


def test_latents_are_found_by_their_name_and_by_nothing_else(home):
    kept = latents.Latents(torch.zeros(1, 48, 1, 10, 20), torch.ones(1, 2, 64), {"seed": 4})
    latents.save(kept)
    found = latents.find(kept.reference)
    assert found.recipe == {"seed": 4}
    assert torch.equal(found.audio, kept.audio)
    assert latents.find("0" * 64) is None
    assert latents.find(f"../latents/{kept.reference}") is None


def test_previews_show_the_colours_of_the_picture():
    """On a latent that is a linear function of the colours, the map finds them again."""
    shown = preview.chart()
    mix = torch.from_numpy(np.random.default_rng(0).normal(size=(48, 3)).astype(np.float32))
    small = torch.nn.functional.interpolate(torch.from_numpy(shown), size=(16, 16), mode="area")
    latent = torch.einsum("lc,bchw->blhw", mix, small)[:, :, None] + 0.3
    picture_ = preview.render(latent.expand(-1, -1, 3, -1, -1), preview.fit(latent, shown)).numpy()
    expected = torch.nn.functional.interpolate(small, size=(144, 144), mode="bicubic")[0].permute(1, 2, 0)
    expected = ((expected / 2 + 0.5).clamp(0, 1) * 255).numpy()
    assert np.abs(picture_ - expected).mean() < 4
