"""The models on the device: loaded when first needed, kept for the next job while there is room.

Whatever takes memory of the GPU in quantity does so in here, with a plan and another one for where it fails.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

import torch
from torch import Tensor

from ....gpu.memory import PLENTY, give_all_back
from ....gpu.residents import Residents
from ....gpu.small import CPU, Movable, Small, Where
from ....weights.store import ModelsError, fingerprint
from ...engine import EngineError
from ..files import halves, source
from ..files.catalogue import STORE
from ..files.checkpoint import Checkpoint
from ..files.ready import SMALL
from ..transformer.config import TransformerConfig
from ..transformer.loading import load_transformer, read_config
from ..transformer.model import Transformer
from ..vaes.audio import AudioDecoder
from ..vaes.still import StillEncoder
from ..vaes.turbo import TurboDecoder
from .decoding import decoded, needed
from .early import FOLLOWER
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
from .team import Team, Together, losses_reported
from .work import HOST_FULL, LIKE, NO_EIGHT_BIT, TITLES, Work, gpus, readable, short, too_large, tried

Result = TypeVar("Result")
Model = TypeVar("Model", bound=Movable)


class Models:
    """Everything that is loaded. Used by one job at a time.

    `others` are GPUs that may share its work, by processes of their own (`follower`: see `team`), of which this one is
    number `rank`.
    """

    def __init__(
        self, device: torch.device, others: Sequence[torch.device] = (), follower: str = FOLLOWER, rank: int = 0
    ) -> None:
        self.device, self.rank = device, rank
        self._others, self._follower = others, follower
        self._team: Team | None = None
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
        """Refuses what can't be done here, before anything is loaded. The GPUs that are to share it start.

        Raises:
            EngineError: `out_of_memory`, `bad_model`, `model_missing`, `invalid_request` where so many GPUs are not
                here or can't share it, or the CPU is asked for too much.
        """
        configs = [self._config(name) for name in work.transformers]
        self._share_among(gpus(work.gpus, configs, 1 + len(self._others), self.device))
        if self.device.type == "cpu":
            for name, _ in work.stages:
                self._refuse_on_cpu(name)
            return
        sharing = 1 if self._team is None else self._team.size
        room, host = self._residents.room(), self._residents.host_room(sharing)
        needed = decode_bytes(*work.size, max(STRIPS))
        for name, shape in work.stages:
            demand = self._demand(name, shape, work.eight_bit)
            plans = demand.choose(room)
            if not plans:
                needed = max(needed, self._smallest(demand))
            elif (least := sharing * min(plan.expected_host for plan in plans)) > host:
                raise EngineError("out_of_memory", HOST_FULL.format(short(least, host)), "smaller_size")
        if needed > room:
            raise too_large(needed, room)

    def running(
        self,
        name: str,
        shape: Shape,
        note: Callable[[str], None],
        work: Callable[[Transformer | Together], Result],
        eight_bit: bool = False,
        check: Callable[[], None] = lambda: None,
    ) -> Result:
        """What `work` makes with the transformer `name`, held by the best plan that fits `shape`.

        `eight_bit`: with 8-bit products if the card has them. `check` is called while other GPUs are waited for.

        Raises:
            EngineError: `out_of_memory`, `bad_model`, `model_missing`, or the CPU is asked for too much.
        """
        with losses_reported(self._team):
            plans = self._plans(name, shape, eight_bit, lambda: note("Starting the other GPUs"))

            def run(plan: Plan) -> Result:
                return work(self._on_all(name, plan, note, check))

            return tried(plans, run, self.notes.append, lambda: self.give_way(name))

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

    def decode_frames(self, video: Tensor, poll: Callable[[], None] = lambda: None) -> Iterator[Tensor]:
        """Latents [1, 48, T, h, w] to frames, uint8 [frames, 16h, 16w, 3] on the CPU, as they are ready.

        They are to be used before the next take: it may overwrite them.
        `poll` is called while other GPUs are waited for. Where their memory runs out, this one goes on alone.

        Raises:
            EngineError: `out_of_memory`, `bad_model`, `model_missing`, or another GPU failed.
        """
        return decoded(self, self._team, video, poll)

    def decode_some(self, video: Tensor, strips: int, first: int, step: int = 1) -> Iterator[Tensor]:
        """As `decode_frames`, every `step`th window from `first` on, by this GPU alone and in so many strips.

        Raises:
            torch.OutOfMemoryError: it has no memory for that.
            EngineError: `bad_model`, `model_missing`.
        """
        return self.decoder(needed(video, strips)).decode_frames(video, strips, first, step)

    def frame_counts(self, frames: int) -> list[int]:
        """How many frames each window of the fast decoder gives, for so many latent `frames`."""
        return self.decoder(0).frame_counts(frames)

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

        return tried(plans, run, lambda _: None, lambda: self.give_way(""))

    def device_name(self) -> str:
        return torch.cuda.get_device_name(self.device) if self.device.type == "cuda" else "CPU"

    def keep_halves(self) -> None:
        """Has half as much to read for the next start, beside what comes next: see `files.halves`."""
        if self.device.type == "cuda":  # else they are loaded in 32 bits
            halves.keep({name: self._folders[name][0] for name in self.plans if name in self._folders})

    def settle(self) -> None:
        """To be called when a take is made: tidies up after what was loaded for it."""
        self._residents.settle()

    def room(self) -> int:
        """Bytes of the GPU that can be had once all that is held has left it."""
        return self._residents.room()

    def held(self, name: str, plan: Plan) -> Transformer:
        """The transformer `name` on the GPU, held by `plan`, with the room that the plan expects to need.

        Raises:
            torch.OutOfMemoryError, MemoryError: there is too little memory of the GPU, of the computer.
            EngineError: `bad_model`, `model_missing`.
        """
        self._residents.make_room_for(name, plan)
        return self._transformer(name, plan, lambda _: None)

    def check(self) -> None:
        """Raises what is wrong with another GPU's work, if anything is.

        Raises:
            EngineError: another GPU failed.
            torch.OutOfMemoryError: its memory ran out.
        """
        if self._team is not None:
            with losses_reported(self._team):
                self._team.check()

    def shared(self) -> dict[str, float]:
        """How the take at hand was shared by several GPUs; empty where it was not."""
        return {} if self._team is None else self._team.facts()

    def remarks(self) -> tuple[str, ...]:
        """What the user should know of the take at hand."""
        remark = None if self._team is None else self._team.remark()
        return (*self.notes, remark) if remark else tuple(self.notes)

    def give_way(self, name: str) -> None:
        """Lets go of the model `name` and leaves all of the GPU, also of the others."""
        if self._team is not None:
            self._team.give_way(name)
        self._residents.give_way(name)
        give_all_back(self.device)

    def close(self) -> None:
        """Lets go of everything."""
        self._share_among(1)
        self._residents.close()
        give_all_back(self.device)

    def _share_among(self, gpus: int) -> None:
        if self._team is not None and self._team.size != gpus:
            self._team.close()
            self._team = None
        if gpus > 1:
            if self._team is None:
                others = self._others if self.device.type != "cpu" else [self.device] * gpus
                self._team = Team([self.device, *others][:gpus], self._follower)
            self._team.begin()

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
            with readable():
                return Small(load(self.folder(name)), self.device)

        return loaded

    def decoder(self, needed: int) -> TurboDecoder:
        """The fast decoder on the device, with so many bytes free beside it."""
        dtype = torch.bfloat16 if self.device.type == "cuda" else torch.float32
        return self._on_device("turbo_vae", lambda folder: TurboDecoder.from_folder(folder, CPU, dtype), needed)

    def _config(self, name: str) -> TransformerConfig:
        if name not in self._configs:
            with readable():
                self._configs[name] = read_config(Checkpoint(self.folder(name)), LIKE[name])
        return self._configs[name]

    def _demand(self, name: str, shape: Shape, eight_bit: bool, most: int = PLENTY) -> Demand:
        gpus = 1 if self._team is None else self._team.size
        eight_bit = eight_bit and supports_fp8(self.device)
        host = self._residents.host_room(gpus)
        linked = self._team is None or self._team.linked
        return Demand(self._config(name), shape, self.device, eight_bit, gpus, most, host, linked)

    def _smallest(self, demand: Demand) -> int:
        return smallest_memory(demand.config, demand.shape, fp8=supports_fp8(self.device), gpus=demand.gpus)

    def _plans(self, name: str, shape: Shape, eight_bit: bool, poll: Callable[[], None]) -> list[Plan]:
        if self.device.type == "cpu":
            self._refuse_on_cpu(name)
        if eight_bit and not supports_fp8(self.device) and NO_EIGHT_BIT not in self.notes:
            self.notes.append(NO_EIGHT_BIT)
        demand = self._demand(name, shape, eight_bit, PLENTY if self._team is None else self._team.room(poll))
        plans = self._residents.plans(name, demand)
        if not plans:
            raise too_large(self._smallest(demand), self._residents.room())
        return plans

    def _refuse_on_cpu(self, name: str) -> None:
        report = STORE.report(name)
        if report is not None and report.parameters > SMALL:
            message = "This model needs a graphics card: on the processor one step would last minutes."
            raise EngineError("engine_unavailable", message, "connect")

    def _on_all(
        self, name: str, plan: Plan, note: Callable[[str], None], check: Callable[[], None]
    ) -> Transformer | Together:
        """The transformer `name`, on all GPUs that share the take."""
        if self._team is None:
            return self._transformer(name, plan, note)

        def poll() -> None:
            note(f"Loading {TITLES[name]} on {gpus} GPUs")

        gpus = self._team.size
        number = self._team.hold(name, plan, poll)
        model = self._transformer(name, plan, note)
        self._team.held(number, poll)
        return self._team.together(name, model, check)

    def _transformer(self, name: str, plan: Plan, note: Callable[[str], None]) -> Transformer:
        def load() -> Transformer:
            note(f"Loading {TITLES[name]}")
            with readable():
                folder = self.folder(name)
                return load_transformer(
                    folder if plan.precision == "fp32" else source.of(name, folder),
                    LIKE[name],
                    self.device,
                    plan.precision,
                    resident_bytes=plan.resident_bytes,
                    rows_at_once=plan.rows_at_once,
                    share=(self.rank if plan.shares > 1 else 0, plan.shares),
                    progress=lambda part: note(f"Loading {TITLES[name]}, {part:.0%}"),
                )

        model = self._residents.use(name, plan, load)
        self.plans[name] = plan.words if self.device.type != "cpu" else "32-bit, on the processor"
        return model
