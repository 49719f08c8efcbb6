"""From a request to a clip: text, picture, base stage, refining, then frames as they are decoded, and the
sound."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import cached_property
from importlib.metadata import version
from typing import TypeVar

import cv2
import numpy as np
import torch
from torch import Tensor

from client.protocol import TakeRequest

from ....gpu.memory import running_out_told
from ....media.stills import read_still
from ...engine import Clip, EngineError, Progress, Sound
from .. import text
from ..memory.models import Models
from ..memory.plans import TEXT_BYTES, Shape
from ..memory.work import FULL, Work
from ..request import picture, prompt, settings
from ..request.settings import REFINERS, Settings
from ..sampling import samplers, super_resolution
from . import latents, preview
from .ahead import ahead
from .latents import Latents
from .progress_estimate import ProgressEstimate, Stage, decode_cost, pass_cost
from .steps import Steps

BASE, REFINE, DECODE = "Picture and sound", "Refining", "Decoding"
RESIZERS = min(28, os.cpu_count() or 1)  # frames that are enlarged at once: at most a window's

Made = TypeVar("Made")


class Pipeline:
    """Makes clips, one after the other. What it loaded stays loaded for the next."""

    def __init__(self, models: Models) -> None:
        self._models = models
        self._resizers = ThreadPoolExecutor(RESIZERS, "resizer")  # to start them anew was slower than what they do
        cv2.setNumThreads(1)  # of its own: each frame has one

    def generate(
        self, request: TakeRequest, options: Settings, progress: Progress, cancelled: Callable[[], bool]
    ) -> Clip:
        """The clip of `request`. Its frames are decoded as they are taken.

        Raises:
            EngineError: a failure a user can read.
            Cancelled: noticed between steps, and while one is waited for.
        """
        with _failures_reported(self._models), torch.inference_mode():
            self._models.begin()
            return _Job(request, options, progress, cancelled, self._models, self._resizers).run()

    def unload(self) -> None:
        """Lets go of all that was loaded."""
        self._models.close()
        self._resizers.shutdown()


class _Job:
    """One request on its way."""

    def __init__(
        self,
        request: TakeRequest,
        options: Settings,
        progress: Progress,
        cancelled: Callable[[], bool],
        models: Models,
        resizers: ThreadPoolExecutor,
    ) -> None:
        self.resizers = resizers
        self.request, self.options, self.models = request, options, models
        self.device = models.device
        self.frames = settings.latent_frames(request.seconds)
        self.sounds = settings.audio_frames(request.seconds)
        self.grid = settings.grid_size("256p", request.width, request.height)
        self.size = settings.grid_size(options.quality, request.width, request.height)
        self.still = None if request.still is None else read_still(request.still.image)
        self.prompt = options.final_prompt or prompt.compose(
            request.direction.prompt, request.direction.dialogue, request.direction.sound, options.scene
        )
        self.progress = ProgressEstimate(progress, cancelled, self._stages())
        self.cancelled = cancelled
        self.notes: list[str] = []
        self.seconds: dict[str, float] = {}
        self.steps = Steps(self.progress, models.check)

    def run(self) -> Clip:
        with ThreadPoolExecutor(1) as beside:  # what the processor does meanwhile
            shown = beside.submit(self._shown, self.grid)
            saved = self._saved()
            self.models.require(self._work(saved))
            with self._timed("text"):
                features, *negative = self._text()
            refining = self.options.quality != "256p"
            inputs = beside.submit(self._refine_inputs) if refining else None
            with self._timed("base"):
                made = saved or self._base_latents(features, negative, shown)
            kept = None if saved else beside.submit(latents.save, made)
            video, audio = latents.on(made, self.device)
            if inputs is not None:
                with self._timed("refine"):
                    video = self._refine(features, video, audio, *inputs.result())
            with self._timed("sound"):
                self.progress.note("Decoding the sound")
                sound = self.models.decode_sound(audio)
            if kept is not None:
                kept.result()
        return Clip(
            width=self.request.width,
            height=self.request.height,
            fps=settings.FPS,
            frame_count=settings.frame_count(self.frames),
            frames=self._decoded(video),
            sound=Sound(sound.clamp(-1, 1).numpy(), 44100),
            notes=(*self.notes, *self.models.remarks()),
            facts=self._facts(made),
        )

    # The stages

    def _text(self) -> list[Tensor]:
        self.progress.note("Reading the direction")
        prompts = [self.prompt]
        if self.options.model == "base":
            prompts.append(self.options.negative_prompt or prompt.NEGATIVE)
        return text.features(
            prompts,
            self.models.folder("t5gemma"),
            self.device,
            self.cancelled,
            lambda work: self.models.placed(TEXT_BYTES, "The direction was read", work),
        )

    def _saved(self) -> Latents | None:
        """The base stage's latents where that need not be run again."""
        own = latents.reference(self._recipe)
        if self.options.refine_from in ("", own):  # those that are gone can be made again
            saved = latents.find(own)
        else:
            saved = latents.wanted(self.options.refine_from, self._recipe)
        if saved is not None:
            self.progress.skip(BASE)
            self.notes.append("Made from the saved latents of this take: the base stage was not run again.")
        return saved

    def _base_latents(self, features: Tensor, negative: list[Tensor], shown: Future[np.ndarray]) -> Latents:
        still, colours = self._picture(shown.result())

        def work(model: samplers.Velocity) -> tuple[Tensor, Tensor]:
            return self._base(model, features, negative, still, colours)

        video, audio = self._running(self.options.model, self.grid, work)
        return Latents(video.cpu(), audio.cpu(), self._recipe)

    def _base(
        self,
        model: samplers.Velocity,
        features: Tensor,
        negative: list[Tensor],
        still: Tensor | None,
        colours: Tensor,
    ) -> tuple[Tensor, Tensor]:
        w, h = self.grid
        draw = self._draws("base")
        shape = (1, 48, self.frames, h // 16, w // 16)
        audio = draw(1, self.sounds, 64).to(self.device)
        video = draw(*shape).to(self.device)
        on_step = self._on_step(BASE, colours)
        if self.options.model == "base":
            return samplers.sample_base(
                model,
                features,
                negative[0],
                video,
                audio,
                picture=still,
                steps=self.options.steps,
                on_step=on_step,
            )
        with ThreadPoolExecutor(1) as beside:  # while the device is at work

            def noise() -> tuple[Tensor, Tensor]:
                return self._ready(draw(*shape)), self._ready(draw(1, self.sounds, 64))

            drawn = ahead(beside, noise, self.options.steps - 1)
            fresh = (
                (picture.to(self.device, non_blocking=True), sound.to(self.device, non_blocking=True))
                for picture, sound in drawn
            )
            return samplers.sample_distilled(
                model, features, video, audio, fresh, picture=still, steps=self.options.steps, on_step=on_step
            )

    def _ready(self, tensor: Tensor) -> Tensor:
        """`tensor` on the CPU, where the device takes it from without anyone waiting for it."""
        return tensor.pin_memory() if self.device.type == "cuda" else tensor

    def _refine(
        self,
        features: Tensor,
        video: Tensor,
        audio: Tensor,
        video_noise: Tensor,
        audio_noise: Tensor,
        shown: np.ndarray,
    ) -> Tensor:
        still, colours = self._picture(shown)

        def work(model: samplers.Velocity) -> Tensor:
            return super_resolution.refine(
                model,
                features,
                video,
                audio,
                video_noise.to(self.device),
                audio_noise.to(self.device),
                picture=still,
                steps=self.options.refine_steps,
                on_step=self._on_step(REFINE, colours),
            )

        name = REFINERS[self.options.quality]
        return self._running(name, self.size, work)

    def _running(self, name: str, size: tuple[int, int], work: Callable[[samplers.Velocity], Made]) -> Made:
        """What `work` makes with the transformer `name` at `size` in pixels."""

        def reporting(model: samplers.Velocity) -> Made:
            made = work(model)
            self.steps.wait()
            return made

        note, eight_bit = self.progress.note, self.options.eight_bit
        return self.models.running(name, self._shape(size), note, reporting, eight_bit, self.steps.poll)

    def _decoded(self, video: Tensor) -> Iterator[np.ndarray]:
        self.progress.begin(DECODE)
        parts = self.models.decode_frames(video, self.progress.check)
        while True:
            # Not across a yield: it belongs to this thread's own work.
            with _failures_reported(self.models), torch.inference_mode():
                part = next(parts, None)
            if part is None:
                self.models.keep_halves()
                self.models.settle()
                return
            yield from self.resizers.map(self._resized, part.numpy())
            self.progress.step(DECODE)

    def _resized(self, frame: np.ndarray) -> np.ndarray:
        """A frame of `self.size` at the size that was asked for, in memory of its own."""
        size = (self.request.width, self.request.height)
        if size == self.size:
            return frame.copy()
        smaller = size[0] * size[1] < self.size[0] * self.size[1]
        return cv2.resize(frame, size, interpolation=cv2.INTER_AREA if smaller else cv2.INTER_CUBIC)

    # What they need

    def _shown(self, grid: tuple[int, int]) -> np.ndarray:
        """The still at `grid`, -1..1 (without one, a chart of colours)."""
        if self.still is None:
            return preview.chart()
        return picture.framed(self.still, self.request.width, self.request.height, grid)

    def _picture(self, shown: np.ndarray) -> tuple[Tensor | None, Tensor]:
        """The still's latent (None without a still), and the colours for previews."""
        latent = self.models.encode_still(torch.from_numpy(shown))
        return (None if self.still is None else latent), preview.fit(latent, shown)

    def _draws(self, stage: str) -> Callable[..., Tensor]:
        """Noise for one stage: on the CPU, so that a seed means the same on every device."""
        digest = hashlib.sha256(f"{self.request.seed}/{stage}".encode()).digest()
        source = torch.Generator().manual_seed(int.from_bytes(digest[:8], "little") >> 1)
        return lambda *shape: torch.randn(*shape, generator=source)

    def _refine_inputs(self) -> tuple[Tensor, Tensor, np.ndarray]:
        """Noise of picture and sound, and the still, as the refiner takes them."""
        w, h = self.size
        draw = self._draws("refine")
        return draw(1, 48, self.frames, h // 16, w // 16), draw(1, self.sounds, 64), self._shown(self.size)

    def _on_step(self, stage: str, colours: Tensor) -> samplers.OnStep:
        self.steps.begin(stage)
        shared = self.models.shared()

        def report(_: int, clean: Tensor) -> None:
            self.steps.ordered(stage, preview.render(clean, colours))
            if not shared:  # several GPUs keep pace: they are handed the next pass while they are at this one
                self.steps.wait()

        return report

    def _work(self, saved: Latents | None) -> Work:
        """What is to be done, where `saved` are there or not."""
        stages = [(self.options.model, self._shape(self.grid))]
        if self.options.quality != "256p":
            stages.append((REFINERS[self.options.quality], self._shape(self.size)))
        names = [name for name, _ in stages]
        return Work(stages[bool(saved) :], self.size, self.options.eight_bit, self.options.gpus, names)

    def _shape(self, size: tuple[int, int]) -> Shape:
        return Shape(self.frames, size[1] // 16, size[0] // 16, self.sounds)

    def _stages(self) -> list[Stage]:
        passes = 2 if self.options.model == "base" else 1
        stages = [Stage(BASE, self.options.steps, passes * pass_cost(self._shape(self.grid).tokens))]
        if self.options.quality != "256p":
            stages.append(Stage(REFINE, self.options.refine_steps, pass_cost(self._shape(self.size).tokens)))
        windows = max(1, -(-self.frames // 7))
        cost = decode_cost(*self.size, settings.frame_count(self.frames))
        return [*stages, Stage(DECODE, windows, cost / windows)]

    @cached_property
    def _recipe(self) -> dict[str, object]:
        """All that decides the base stage's latents."""
        w, h = self.grid
        still = None
        if self.still is not None:
            still = hashlib.sha256(f"{self.still.size}".encode() + self.still.tobytes()).hexdigest()
        guided = self.options.model == "base"
        return {
            "model": self.models.fingerprint(self.options.model),
            "text_model": self.models.fingerprint("t5gemma"),
            "text_form": text.FORM,
            "picture_model": self.models.fingerprint("wan_vae"),
            "prompt": self.prompt,
            "negative_prompt": (self.options.negative_prompt or prompt.NEGATIVE) if guided else "",
            "still": still,
            "seed": self.request.seed,
            "steps": self.options.steps,
            "eight_bit": self.options.eight_bit,
            "latent_frames": self.frames,
            "audio_frames": self.sounds,
            "grid": [w, h],
        }

    def _facts(self, made: Latents) -> dict[str, object]:
        facts = {
            "model": f"MagiHuman {self.options.model}",
            "quality": self.options.quality,
            "made_at": "x".join(map(str, self.size)),
            "steps": self.options.steps,
            "final_prompt": self.prompt,
            "latents": made.reference,
            "device": self.models.device_name(),
            "memory": dict(self.models.plans),
            "seconds": {name: round(value, 3) for name, value in self.seconds.items()},
            "versions": {name: version(name) for name in ("torch", "diffusers", "transformers")},
        }
        if shared := self.models.shared():
            facts["gpus"] = shared
        if self.options.quality != "256p":
            facts["model"] = f"{facts['model']} and {REFINERS[self.options.quality]}"
            facts["refine_steps"] = self.options.refine_steps
        return facts

    @contextmanager
    def _timed(self, name: str) -> Iterator[None]:
        began = time.monotonic()
        yield
        self.seconds[name] = time.monotonic() - began


@contextmanager
def _failures_reported(models: Models) -> Iterator[None]:
    """What the GPU's driver says is put into words; whatever holds its memory then is let go."""
    try:
        with running_out_told():
            yield
        return
    except torch.OutOfMemoryError:
        failure = EngineError("out_of_memory", FULL, "smaller_size")
    except torch.AcceleratorError as error:
        first = str(error).partition("\n")[0]
        message = f"The graphics card's driver failed ({first}). Stop the backend and start it again."
        failure = EngineError("engine_failed", message, "open_log")
    with suppress(torch.AcceleratorError):  # after such a failure nothing works, also not this
        models.close()
    raise failure
