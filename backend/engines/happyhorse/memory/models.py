"""The models on the device: loaded when first needed, kept for the next job while there is room."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import torch
from torch import Tensor

from ....gpu.memory import GIB, give_all_back, run_with_fallback
from ....gpu.residents import Residents
from ....weights.store import ModelsError, fingerprint
from ...engine import EngineError
from ..files.catalogue import STORE
from ..files.checkpoint import Checkpoint, CheckpointError
from ..files.ready import SMALL
from ..transformer.config import BASE, SR_540P, SR_1080P
from ..transformer.loading import load_transformer, read_config
from ..transformer.model import Transformer
from ..vaes.audio import AudioDecoder
from ..vaes.turbo import TurboDecoder
from ..vaes.video import encode_picture, load_video_vae
from .plans import Demand, Plan, Shape, smallest_memory, supports_fp8

LIKE = {"distill": BASE, "base": BASE, "540p_sr": SR_540P, "1080p_sr": SR_1080P}
TITLES = {"distill": "the model", "base": "the model", "540p_sr": "the refiner", "1080p_sr": "the refiner"}
NO_EIGHT_BIT = "This machine has no 8-bit products: the take was made in full precision."

Result = TypeVar("Result")


class Models:
    """Everything that is loaded. Used by one job at a time."""

    def __init__(self, device: torch.device) -> None:
        self.device = device
        self._residents: Residents[Plan, Transformer] = Residents(device)
        self._folders: dict[str, tuple[Path, str]] = {}
        self._video_vae: Any = None
        self._video_decoder: TurboDecoder | None = None
        self._audio_decoder: AudioDecoder | None = None
        self.notes: list[str] = []  # what the user should know of the job at hand
        self.plans: dict[str, str] = {}

    def begin(self) -> None:
        """A new job: looks again at the folders, and lets go of what came from files that have changed."""
        self.notes, self.plans = [], {}
        for name, (_, before) in tuple(self._folders.items()):
            if self.fingerprint(name) != before:
                self.close()
                self._folders.clear()
                return

    def folder(self, name: str) -> Path:
        """The folder of a component.

        Raises:
            EngineError: `model_missing`.
        """
        try:
            folder = STORE.folder(name)
        except ModelsError as problem:
            raise EngineError("model_missing", problem.message, problem.fix) from problem
        self._folders[name] = folder, fingerprint(folder)
        return folder

    def fingerprint(self, name: str) -> str:
        place = STORE.locate(name)
        return fingerprint(place.folder) if place and place.folder.is_dir() else ""

    def running(
        self,
        name: str,
        shape: Shape,
        note: Callable[[str], None],
        work: Callable[[Transformer], Result],
        eight_bit: bool = False,
    ) -> Result:
        """What `work` makes with the transformer `name`, held by the best plan that fits `shape`.

        `eight_bit`: with 8-bit products if the card has them.

        Raises:
            EngineError: `out_of_memory`, `bad_model`, `model_missing`, or the CPU is asked for too much.
        """
        plans = self._plans(name, shape, eight_bit)

        def attempt(plan: Plan) -> Result:
            try:
                model = self._transformer(name, plan, note)
                return work(model)
            except torch.OutOfMemoryError:
                self.close()  # everything: the next plan needs all the room there is
                raise

        try:
            return run_with_fallback(plans, attempt, self.notes.append)
        except torch.OutOfMemoryError as error:
            message = "The graphics card's memory ran out. Close what else uses it, or ask for a lower quality."
            raise EngineError("out_of_memory", message, "smaller_size") from error

    def video_decoder(self) -> TurboDecoder:
        if self._video_decoder is None:
            with _readable():
                self._video_decoder = TurboDecoder.from_folder(self.folder("turbo_vae"), self.device)
        return self._video_decoder

    def audio_decoder(self) -> AudioDecoder:
        if self._audio_decoder is None:
            with _readable():
                self._audio_decoder = AudioDecoder.load(self.folder("stable_audio"), self.device)
        return self._audio_decoder

    def encode_picture(self, picture: Tensor) -> Tensor:
        """`picture` [1, 3, H, W], -1..1, to its latent [1, 48, 1, H/16, W/16]."""
        return encode_picture(self._still_encoder(), picture)

    def _still_encoder(self) -> Any:
        if self._video_vae is None:
            with _readable():
                dtype = torch.bfloat16 if self.device.type == "cuda" else torch.float32
                vae: Any = load_video_vae(self.folder("wan_vae"), "cpu", dtype)
                vae.decoder = torch.nn.Identity()  # four fifths of it, which the fast decoder stands in for
                self._video_vae = vae.to(self.device)
        return self._video_vae

    def make_room(self, needed: int) -> None:
        """Sets transformers aside until `needed` bytes of the GPU are free."""
        self._residents.make_room(needed)

    def device_name(self) -> str:
        return torch.cuda.get_device_name(self.device) if self.device.type == "cuda" else "CPU"

    def close(self) -> None:
        """Lets go of everything."""
        self._residents.close()
        self._video_vae = self._video_decoder = self._audio_decoder = None
        give_all_back(self.device)

    def _plans(self, name: str, shape: Shape, eight_bit: bool) -> list[Plan]:
        loaded = self._residents.get(name)
        if loaded is not None:
            config = loaded.config
        else:
            with _readable():
                config = read_config(Checkpoint(self.folder(name)), LIKE[name])
        if self.device.type == "cpu":
            self._refuse_on_cpu(name)
        if eight_bit and not supports_fp8(self.device):
            eight_bit = False
            if NO_EIGHT_BIT not in self.notes:
                self.notes.append(NO_EIGHT_BIT)
        plans = self._residents.plans(name, Demand(config, shape, self.device, eight_bit))
        if not plans:
            needed = smallest_memory(config, shape, fp8=supports_fp8(self.device))
            message = (
                f"This clip needs {needed / GIB:.0f} GiB of free memory on the graphics card and it has "
                f"{self._residents.free() / GIB:.0f}. Close what else uses it, lower the quality or shorten "
                "the clip."
            )
            raise EngineError("out_of_memory", message, "smaller_size")
        return plans

    def _refuse_on_cpu(self, name: str) -> None:
        report = STORE.report(name)
        if report is not None and report.parameters > SMALL:
            message = "This model needs a graphics card: on the processor one step would take minutes."
            raise EngineError("engine_unavailable", message, "connect")

    def _transformer(self, name: str, plan: Plan, note: Callable[[str], None]) -> Transformer:
        def load() -> Transformer:
            note(f"Loading {TITLES[name]}")
            with _readable():
                return load_transformer(
                    self.folder(name),
                    LIKE[name],
                    self.device,
                    plan.precision,
                    resident_bytes=plan.resident_bytes,
                    rows_at_once=plan.rows_at_once,
                    progress=lambda part: note(f"Loading {TITLES[name]}, {part:.0%}"),
                )

        model = self._residents.use(name, plan, load)
        self.plans[name] = plan.words if self.device.type != "cpu" else "32-bit, on the processor"
        return model


@contextmanager
def _readable() -> Iterator[None]:
    """Files that can't be used become an error that says so."""
    try:
        yield
    except (CheckpointError, FileNotFoundError) as error:
        raise EngineError("bad_model", str(error), "models") from error
