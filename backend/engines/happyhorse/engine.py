"""The HappyHorse engine: picture and sound made together by the MagiHuman transformer, on this machine's GPU.

torch is imported only when a clip is made: asking what the engine can do stays quick.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from client.protocol import LANGUAGES, EngineInfo, TakeRequest

from ..engine import Clip, EngineError, Progress
from .files import ready
from .request import prompt, settings
from .request.options import OPTIONS

if TYPE_CHECKING:
    from .pipeline.pipeline import Pipeline

MAX_SECONDS = 10.0
MAX_PIXELS = 1920 * 1200


class HappyHorseEngine:
    """Keeps what it loaded from one clip to the next."""

    def __init__(self) -> None:
        self._pipeline: Pipeline | None = None

    def capabilities(self) -> EngineInfo:
        """What it can make here, by the models and the card that are here."""
        found = ready.find()
        return EngineInfo(
            id="happyhorse",
            name="HappyHorse (MagiHuman)",
            description=f"People act and speak: picture and sound made together. {ready.words(found)}",
            max_seconds=MAX_SECONDS,
            max_pixels=MAX_PIXELS,
            fps=settings.FPS,
            languages=LANGUAGES,
            sound=True,
            dialogue=True,
            needs_still=False,
            lane="gpu",
            prompt_form=True,
            available=bool(found.qualities),
            reason=found.reason,
            fix=found.fix,
            options=OPTIONS,
        )

    def final_prompt(self, request: TakeRequest) -> str:
        """The direction in the form that the model was trained on, or the option `final_prompt`.

        Raises:
            EngineError: `invalid_request`, with the option as `param`.
        """
        own, scene = settings.compose_prompt(request)
        direction = request.direction
        return own or prompt.compose(direction.prompt, direction.dialogue, direction.sound, scene)

    def generate(self, request: TakeRequest, progress: Progress, cancelled: Callable[[], bool]) -> Clip:
        """The clip of `request`, at its size and at 25 frames a second. Options: see request.options.

        Raises:
            EngineError: a failure a user can read.
            Cancelled: `cancelled()` became true.
        """
        found = ready.find()
        if not found.qualities:
            raise EngineError("engine_unavailable", found.reason, found.fix, "model")
        options = settings.read(request, found.qualities, found.models)
        if self._pipeline is not None:
            return self._pipeline.generate(request, options, progress, cancelled)
        from .files import ahead
        from .memory import early

        if sys.platform == "linux":  # read by torch when it first takes memory of the GPU: fewer gaps in it
            os.environ.setdefault("PYTORCH_CUDA_ALLOC_CONF", "expandable_segments:True")
        # What is imported now takes its time too, here and there.
        with early.followers(options.gpus), ahead.reading(ahead.needed(options)):
            import torch

            from ...gpu.memory import devices
            from .memory.models import Models
            from .pipeline.pipeline import Pipeline

            device, *others = devices()
            if device.type == "cuda":
                torch.cuda.set_device(device)  # kernels run there, whatever they are given
            self._pipeline = Pipeline(Models(device, others))
            return self._pipeline.generate(request, options, progress, cancelled)

    def unload(self) -> None:
        """Gives back all memory of the GPU and of the computer. Not while a clip is made; the next one loads anew."""
        if self._pipeline is not None:
            self._pipeline.unload()
            self._pipeline = None
