"""The loops and the refining stage against the reference's numbers."""

from collections.abc import Iterator

import pytest
import torch
from torch import Tensor

from backend.engines.happyhorse.sampling.samplers import Schedule, sample_base, sample_distilled
from backend.engines.happyhorse.sampling.super_resolution import alpha_table, refine, start
from backend.engines.happyhorse.transformer.config import TransformerConfig
from backend.engines.happyhorse.transformer.model import Transformer
from tests.happyhorse.golden import Case, difference, relative


class Recorded:
    """Answers the velocities that the reference's model gave, and checks nothing of what it is asked."""

    def __init__(self, case: Case) -> None:
        kinds = ["cond"] if case.case["cfg_number"] == 1 else ["cond", "uncond"]
        self.answers: Iterator[tuple[Tensor, Tensor]] = iter(
            [
                (case[f"step{i}.{kind}_video"], case.tensors.get(f"step{i}.{kind}_audio", torch.zeros(())))
                for i in range(case.case["steps"])
                for kind in kinds
            ]
        )
        self.inputs: list[Tensor] = []

    def __call__(self, video: Tensor, audio: Tensor, text: Tensor) -> tuple[Tensor, Tensor]:
        self.inputs.append(video.clone())
        return next(self.answers)


def model(case: Case, precision: str = "fp32") -> Transformer:
    result = Transformer(TransformerConfig.from_case(case.case), "cpu", precision)
    result.load_state_dict(case.weights())
    return result


def run(case: Case, velocity: object) -> tuple[Tensor, Tensor]:
    """Whatever loop the case is of, on its tensors; audio is the base stage's for the refining one."""
    settings = case.case
    text = case["in.text_feat"][:, : settings["text_len"]]
    negative = case["in.null_feat"][:, : settings["null_text_len"]]
    common = {"steps": settings["steps"], "shift": settings["shift"]}
    if settings["noise_value"] is not None:
        video = refine(
            velocity,
            text,
            case["in.br_latent_video"],
            case["in.br_latent_audio"],
            case["noise.sr_video"],
            case["noise.sr_audio"],
            picture=case.tensors.get("in.sr_image_latent"),
            negative_text=negative if settings["cfg_number"] == 2 else None,
            noise_level=settings["noise_value"],
            audio_noise_scale=settings["sr_audio_noise_scale"],
            **common,
        )
        return video, case["in.br_latent_audio"]
    picture, video, audio = (
        case.tensors.get(name) for name in ("in.image_latent", "noise.init_video", "noise.init_audio")
    )
    if settings["cfg_number"] == 2:
        return sample_base(velocity, text, negative, video, audio, picture=picture, **common)
    noise = [(case[f"step{i}.noise_video"], case[f"step{i}.noise_audio"]) for i in range(settings["steps"])]
    return sample_distilled(velocity, text, video, audio, noise, picture=picture, **common)


ALL = ["sampler_distill", "sampler_base_cfg", "sampler_sr", "sampler_sr_cfg2"]


@pytest.mark.parametrize("name", ALL)
def test_update_rule_on_recorded_velocities(name: str) -> None:
    case = Case(name)
    recorded = Recorded(case)
    video, audio = run(case, recorded)
    assert difference(video, case["final_video"]) < 1e-5
    assert difference(audio, case["final_audio"]) < 1e-5
    passes = case.case["cfg_number"]
    for i in range(1, case.case["steps"]):
        # What the model is shown is the last update, with the picture's frame over it.
        assert difference(recorded.inputs[i * passes][:, :, 1:], case[f"step{i - 1}.video"][:, :, 1:]) < 1e-5


@pytest.mark.parametrize("name", ALL)
def test_whole_loop_in_fp32(name: str) -> None:
    case = Case(name)
    video, audio = run(case, model(case))
    assert difference(video, case["fp32.final_video"]) < 1e-3
    assert difference(audio, case["fp32.final_audio"]) < 1e-3


@pytest.mark.parametrize("name", ["sampler_distill", "sampler_sr"])
def test_whole_loop_in_bf16(name: str) -> None:
    case = Case(name)
    video, audio = run(case, model(case, "bf16"))
    assert relative(video, case["final_video"]) < 5e-2
    assert relative(audio, case["final_audio"]) < 5e-2


@pytest.mark.parametrize("name", ALL)
def test_schedule(name: str) -> None:
    case = Case(name)
    schedule = Schedule.shifted(case.case["steps"], case.case["shift"])
    assert difference(torch.tensor(schedule.sigmas), case["sigmas"]) == 0
    assert list(schedule.timesteps) == case["timesteps"].tolist()


def test_start_of_the_refining_stage() -> None:
    case = Case("sampler_sr")
    assert difference(alpha_table(), case["sr.alpha_table"]) < 1e-6
    size = case["noise.sr_video"].shape[3:]
    noised = start(case["in.br_latent_video"], tuple(size), case["noise.sr_video"], case.case["noise_value"])
    assert difference(noised, case["sr.noised_video"]) < 1e-5


def test_inputs_are_left_as_they_were_and_steps_are_told() -> None:
    case = Case("sampler_distill")
    before = case["noise.init_video"].clone()
    told: list[int] = []
    noise = [(case[f"step{i}.noise_video"], case[f"step{i}.noise_audio"]) for i in range(7)]
    sample_distilled(
        Recorded(case),
        case["in.text_feat"],
        case["noise.init_video"],
        case["noise.init_audio"],
        noise,
        picture=case["in.image_latent"],
        on_step=lambda i, clean: told.append(i),
    )
    assert torch.equal(before, case["noise.init_video"])
    assert told == list(range(1, 9))


def test_without_a_picture_frame_0_is_generated() -> None:
    case = Case("sampler_distill")
    noise = [(case[f"step{i}.noise_video"], case[f"step{i}.noise_audio"]) for i in range(7)]
    args = (case["in.text_feat"][:, :20], case["noise.init_video"], case["noise.init_audio"], noise)
    free, _ = sample_distilled(model(case), *args)
    held, _ = sample_distilled(model(case), *args, picture=case["in.image_latent"])
    assert difference(held[:, :, :1], case["in.image_latent"]) == 0
    assert difference(free[:, :, :1], case["in.image_latent"]) > 0.1
