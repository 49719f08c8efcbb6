"""The models on the device: loaded when first needed, kept for the next job while there is room.

Whatever takes memory of the GPU in quantity does so in here, with a plan and another one for where it fails.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import torch
from torch import Tensor

from ....gpu.memory import GIB, P, give_all_back, run_with_fallback, running_out_told
from ....gpu.residents import Residents
from ....gpu.small import CPU, Movable, Small, Where
from ....weights.store import ModelsError, fingerprint
from ...engine import EngineError
from ..files import halves, source
from ..files.catalogue import STORE
from ..files.checkpoint import Checkpoint
from ..files.ready import SMALL
from ..transformer.config import BASE, SR_540P, SR_1080P, TransformerConfig
from ..transformer.loading import load_transformer, read_config
from ..transformer.model import Transformer
from ..vaes.audio import AudioDecoder
from ..vaes.still import StillEncoder
from ..vaes.turbo import TurboDecoder
from .plans import (
    STRIPS,
    Demand,
    Plan,
    Shape,
    decode_bytes,
    encode_bytes,
    smallest_memory,
    sound_bytes,
    supports_fp8,
)

LIKE = {"distill": BASE, "base": BASE, "540p_sr": SR_540P, "1080p_sr": SR_1080P}
TITLES = {"distill": "the model", "base": "the model", "540p_sr": "the refiner", "1080p_sr": "the refiner"}
NO_EIGHT_BIT = "This machine has no 8-bit products: the take was made in full precision."
FULL = "The graphics card's memory ran out. Close what else uses it, or ask for a lower quality."
HOST_FULL = "The computer has too little free memory: {}. Close other programs, or ask for a lower quality."

Result = TypeVar("Result")
Model = TypeVar("Model", bound=Movable)


@dataclass(frozen=True)
class Work:
    """What a job will ask for: transformers with the shapes they work on, and the size of the picture in pixels."""

    stages: Sequence[tuple[str, Shape]]
    size: tuple[int, int]
    eight_bit: bool = False


class Models:
    """Everything that is loaded. Used by one job at a time."""

    def __init__(self, device: torch.device) -> None:
        self.device = device
        self._residents = Residents(device)
        self._folders: dict[str, tuple[Path, str]] = {}
        self._configs: dict[str, TransformerConfig] = {}
        self.notes: list[str] = []  # what the user should know of the job at hand
        self.plans: dict[str, str] = {}

    def begin(self) -> None:
        """A new job: looks again at the folders, and lets go of what came from files that have changed."""
        halves.pause()
        self.notes, self.plans = [], {}
        for name, (_, before) in tuple(self._folders.items()):
            if self.fingerprint(name) != before:
                self.close()
                self._folders.clear()
                self._configs.clear()
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

    def require(self, work: Work) -> None:
        """Refuses what can't be done here, before anything is loaded.

        Raises:
            EngineError: `out_of_memory`, `bad_model`, `model_missing`, or the CPU is asked for too much.
        """
        if self.device.type == "cpu":
            for name, _ in work.stages:
                self._refuse_on_cpu(name)
            return
        room, host = self._residents.room(), self._residents.host_room()
        needed = decode_bytes(*work.size, max(STRIPS))
        for name, shape in work.stages:
            demand = self._demand(name, shape, work.eight_bit)
            plans = demand.choose(room)
            if not plans:
                needed = max(needed, self._smallest(demand))
            elif (least := min(plan.expected_host for plan in plans)) > host:
                raise EngineError("out_of_memory", HOST_FULL.format(_short(least, host)), "smaller_size")
        if needed > room:
            raise _too_large(needed, room)

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

        def run(plan: Plan) -> Result:
            return work(self._transformer(name, plan, note))

        return self._trying(plans, run, self.notes.append, lambda: self._give_way(name))

    def encode_still(self, picture: Tensor) -> Tensor:
        """`picture` [1, 3, H, W], -1..1, to its latent [1, 48, 1, H/16, W/16] on the device.

        Raises:
            EngineError: `out_of_memory`, `bad_model`, `model_missing`.
        """
        return self._small(
            "wan_vae",
            StillEncoder.load,
            encode_bytes(picture.shape[3], picture.shape[2]),
            lambda encoder: encoder.encode(picture).to(self.device),
            "The still was read",
        )

    def decode_sound(self, audio: Tensor) -> Tensor:
        """Latents [1, A, 64] to stereo sound at 44.1 kHz, fp32 [2, 1764 A] on the CPU.

        Raises:
            EngineError: `out_of_memory`, `bad_model`, `model_missing`.
        """
        return self._small(
            "stable_audio",
            AudioDecoder.load,
            sound_bytes(audio.shape[1]),
            lambda decoder: decoder.decode(audio),
            "The sound was decoded",
        )

    def decode_frames(self, video: Tensor) -> Iterator[Tensor]:
        """Latents [1, 48, T, h, w] to frames, uint8 [frames, 16h, 16w, 3] on the CPU, as they are ready.

        Raises:
            EngineError: `out_of_memory`, `bad_model`, `model_missing`.
        """
        width, height = 16 * video.shape[4], 16 * video.shape[3]
        room = self._residents.room()
        fitting = [strips for strips in STRIPS if decode_bytes(width, height, strips) <= room]
        done = 0
        for strips in fitting or [max(STRIPS)]:
            try:
                with running_out_told():
                    for part in self._decoder(decode_bytes(width, height, strips)).decode_frames(video, strips, done):
                        yield part
                        done += 1
                return
            except torch.OutOfMemoryError:
                pass  # what it holds is free once this is left
            self._give_way("")
        raise EngineError("out_of_memory", FULL, "smaller_size")

    def placed(self, needed: int, what: str, work: Callable[[torch.device], Result], keep: str = "") -> Result:
        """What `work` makes on the device it is given: the GPU with `needed` bytes free, else the processor.

        The models are out of its way then, but `keep`. `what` begins the note that it was done on the processor.

        Raises:
            EngineError: `out_of_memory`.
        """
        plans = [Where(CPU)]
        if self.device.type == "cpu" or needed <= self._residents.room():
            plans = [Where(self.device, needed)] * 2 + plans  # the second time with all others out of its way

        def run(where: Where) -> Result:
            if where.device == self.device:
                self._residents.make_room(where.expected_peak, keep=keep)
            else:
                self.notes.append(f"{what} on the processor: the graphics card has no room for it.")
            return work(where.device)

        return self._trying(plans, run, lambda _: None, lambda: self._give_way(""))

    def device_name(self) -> str:
        return torch.cuda.get_device_name(self.device) if self.device.type == "cuda" else "CPU"

    def keep_halves(self) -> None:
        """Has half as much to read for the next start, beside what comes next: see `files.halves`."""
        if self.device.type == "cuda":  # else they are loaded in 32 bits
            halves.keep({name: self._folders[name][0] for name in self.plans if name in self._folders})

    def close(self) -> None:
        """Lets go of everything."""
        self._residents.close()
        give_all_back(self.device)

    def _trying(
        self,
        plans: Sequence[P],
        run: Callable[[P], Result],
        note: Callable[[str], None],
        let_go: Callable[[], None],
    ) -> Result:
        """`run_with_fallback`, and its failures in words."""
        try:
            return run_with_fallback(plans, run, note, let_go)
        except torch.OutOfMemoryError as error:
            raise EngineError("out_of_memory", FULL, "smaller_size") from error
        except MemoryError as error:
            words = str(error)
        let_go()
        raise EngineError("out_of_memory", HOST_FULL.format(words), "smaller_size")

    def _give_way(self, name: str) -> None:
        self._residents.give_way(name)
        give_all_back(self.device)

    def _small(
        self,
        name: str,
        load: Callable[[Path], Model],
        needed: int,
        work: Callable[[Model], Result],
        what: str,
    ) -> Result:
        """What `work` makes with a small model, with `needed` bytes free beside its weights."""

        def on(device: torch.device) -> Result:
            if device == self.device:
                return work(self._on_device(name, load, needed))
            small = self._residents.hold(name, Where(self.device), self._loading(name, load))
            small.park(needed)
            return work(small.model)

        return self.placed(needed, what, on, keep=name)

    def _on_device(self, name: str, load: Callable[[Path], Model], needed: int) -> Model:
        return self._residents.use(name, Where(self.device), self._loading(name, load), needed).model

    def _loading(self, name: str, load: Callable[[Path], Model]) -> Callable[[], Small[Model]]:
        def loaded() -> Small[Model]:
            with _readable():
                return Small(load(self.folder(name)), self.device)

        return loaded

    def _decoder(self, needed: int) -> TurboDecoder:
        dtype = torch.bfloat16 if self.device.type == "cuda" else torch.float32
        return self._on_device("turbo_vae", lambda folder: TurboDecoder.from_folder(folder, CPU, dtype), needed)

    def _config(self, name: str) -> TransformerConfig:
        if name not in self._configs:
            with _readable():
                self._configs[name] = read_config(Checkpoint(self.folder(name)), LIKE[name])
        return self._configs[name]

    def _demand(self, name: str, shape: Shape, eight_bit: bool) -> Demand:
        return Demand(self._config(name), shape, self.device, eight_bit and supports_fp8(self.device))

    def _smallest(self, demand: Demand) -> int:
        return smallest_memory(demand.config, demand.shape, fp8=supports_fp8(self.device))

    def _plans(self, name: str, shape: Shape, eight_bit: bool) -> list[Plan]:
        if self.device.type == "cpu":
            self._refuse_on_cpu(name)
        if eight_bit and not supports_fp8(self.device) and NO_EIGHT_BIT not in self.notes:
            self.notes.append(NO_EIGHT_BIT)
        demand = self._demand(name, shape, eight_bit)
        plans = self._residents.plans(name, demand)
        if not plans:
            raise _too_large(self._smallest(demand), self._residents.room())
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
                folder = self.folder(name)
                return load_transformer(
                    folder if plan.precision == "fp32" else source.of(name, folder),
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


def _too_large(needed: int, room: int) -> EngineError:
    message = (
        f"The graphics card has too little free memory for this clip: {_short(needed, room)}. Close what else uses it, "
        "lower the quality or shorten the clip."
    )
    return EngineError("out_of_memory", message, "smaller_size")


def _short(needed: int, there: int) -> str:
    return f"{needed / GIB:.1f} GiB are needed and {max(0, there) / GIB:.1f} are free"


@contextmanager
def _readable() -> Iterator[None]:
    """Files that can't be used become an error that says so."""
    try:
        yield
    except (ValueError, KeyError, OSError) as error:  # among them CheckpointError
        raise EngineError("bad_model", str(error), "models") from error
