"""The further GPUs of a take, as rank 0 has them: they load what it loads and take their part of its work."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass

import torch
from torch import Tensor

from ....gpu.launcher import Launcher
from ....gpu.members import LostError, Members
from ....gpu.ranks import Ranks
from ...engine import EngineError
from ..transformer.model import Transformer
from ..vaes.turbo import TurboDecoder
from .early import FOLLOWER
from .handover import Handover, others
from .plans import Plan

FAST_LINK = 50e9  # bytes a second each way: half of what NVLink gives, twice what PCIe does
NOTICING_SECONDS = 2.0  # within which it is known that a rank is gone, where an exchange with it failed

Poll = Callable[[], None]


class Team:
    """`devices[0]` is this process's own. What `maker` names does the work of the others: see `Follower`.

    `poll` arguments are called again and again while they are waited for; what it raises goes through.
    """

    def __init__(self, devices: Sequence[torch.device], maker: str = FOLLOWER) -> None:
        self.devices, self.maker = tuple(devices), maker
        self.speed = 0.0  # bytes a second that each gives to others, once it is known
        self._members: Members | None = None
        self._launcher = Launcher(self.devices[0])
        self._handover: Handover | None = None
        self._sent_before = 0

    @property
    def size(self) -> int:
        return len(self.devices)

    @property
    def linked(self) -> bool:
        """Whether they have a fast link, as far as is known."""
        return not 0 < self.speed < FAST_LINK

    @property
    def pids(self) -> list[int]:
        """The processes of the other ranks."""
        return [] if self._members is None else self._members.pids()

    def begin(self) -> None:
        """A new take. Whoever is missing starts, beside what comes next."""
        members = self._there()
        self._launcher.finish()  # a pass of a take that was cancelled
        members.forget()
        members.send("begin", answered=False)
        self._sent_before = 0 if members.ranks is None else members.ranks.sent

    def room(self, poll: Poll) -> int:
        """Bytes that can be had of that other GPU which has the fewest."""
        members, _ = self._joined(poll)
        return min(members.answers(members.send("room"), poll))

    def hold(self, name: str, plan: Plan, poll: Poll) -> int:
        """Has the others load the transformer `name`, beside this process. Answers a number for `held`."""
        members, _ = self._joined(poll)
        return members.send("hold", name=name, plan=asdict(plan))

    def held(self, number: int, poll: Poll) -> None:
        """Waits until the others have loaded."""
        assert self._members is not None
        self._members.answers(number, poll)

    def together(self, name: str, model: Transformer, poll: Poll) -> Together:
        """`model`, which all hold as `name`, for passes that all share."""
        assert self._members is not None and self._members.ranks is not None
        return Together(name, model, self._members, self._members.ranks, self._launcher, poll)

    def decoded(self, decoder: TurboDecoder, video: Tensor, strips: int, first: int, poll: Poll) -> Iterator[Tensor]:
        """As `decoder.decode_frames`, from the window `first` on, the windows in turn by each rank.

        What it yields may be overwritten by the next take.
        """
        members, _ = self._joined(poll)
        counts = decoder.frame_counts(video.shape[2])[first:]
        handover = self._handed(video.shape, others(counts, self.size))
        try:
            handover.latent.copy_(video)
            number = members.send(
                "decode", path=str(handover.path), shape=list(video.shape), strips=strips, first=first
            )
            own = decoder.decode_frames(video, strips, first, self.size)
            for index in range(len(counts)):
                if rank := index % self.size:
                    members.part(number, rank, poll)
                    yield handover.frames[index]
                else:
                    yield next(own)
            self._handover = handover if handover.small else None  # all have it open
        finally:
            handover.hide()

    def give_way(self, name: str) -> None:
        """The others let go of the transformer `name` and leave all of their GPUs, once they have come to it."""
        if self._members is not None and self._members.alive:
            self._members.send("give_way", answered=False, name=name)

    def check(self) -> None:
        """Raises what is wrong with one of them, if anything is: LostError or torch.OutOfMemoryError."""
        if self._members is not None:
            self._members.check()

    def facts(self) -> dict[str, float]:
        """Of the take at hand: how many worked on it, what each gave to others, and how fast that goes."""
        sent = self._sent()
        return {"count": self.size, "exchanged_gb": round(sent / 1e9, 3), "exchange_gb_s": round(self.speed / 1e9, 1)}

    def remark(self) -> str | None:
        """What the user should know of the link between the GPUs."""
        if self.linked or not self._sent():
            return None
        return (
            f"These {self.size} GPUs have no fast link: they exchange {self.speed / 1e9:.1f} GB/s, "
            f"about {self._sent() / self.speed:.1f} s of this take."
        )

    def close(self) -> None:
        """Ends the others. They start anew where they are asked for something."""
        self._end()
        self._launcher.close()
        self._launcher = Launcher(self.devices[0])

    def _handed(self, shape: Sequence[int], counts: Sequence[int]) -> Handover:
        """The last handover where it fits, else a new one."""
        if self._handover is not None and self._handover.fits(shape, counts):
            return self._handover
        self._handover = None
        return Handover.made(shape, counts)

    def _end(self) -> None:
        self._handover = None  # the others that had it open end
        if self._members is not None:
            self._members.close()
            self._members = None

    def _sent(self) -> int:
        ranks = None if self._members is None else self._members.ranks
        return 0 if ranks is None else ranks.sent - self._sent_before

    def _there(self) -> Members:
        """Those that are alive, else new ones."""
        if self._members is not None and not self._members.alive:
            self._end()
        if self._members is None:
            self._members = Members(self.maker, self.devices)
            self._sent_before = 0
        return self._members

    def _joined(self, poll: Poll) -> tuple[Members, Ranks]:
        members = self._there()
        if members.ranks is not None:
            return members, members.ranks
        ranks = members.join(poll)
        number = members.send("speed")
        with _broken_off(members):
            self.speed = ranks.speed()
        members.answers(number, poll)
        return members, ranks


@dataclass(frozen=True)
class Together:
    """A transformer that all ranks hold as `name`: called as the transformer itself, see `Transformer`.

    Where `poll` or a rank's end breaks a pass off, it goes on without anyone who waits: the ranks stay in step.
    """

    name: str
    model: Transformer
    members: Members
    ranks: Ranks
    launcher: Launcher
    poll: Poll

    def __call__(self, video: Tensor, audio: Tensor, text: Tensor) -> tuple[Tensor, Tensor]:
        """Raises LostError or torch.OutOfMemoryError where a rank failed; all others have been ended then."""
        inputs = [tensor.to(self.ranks.device, torch.float32).contiguous() for tensor in (video, audio, text)]

        def shared() -> tuple[Tensor, Tensor]:
            self.members.send("velocity", answered=False, name=self.name, shapes=[list(x.shape) for x in inputs])
            with _broken_off(self.members):
                for tensor in inputs:
                    self.ranks.broadcast(tensor)
                return self.model(inputs[0], inputs[1], inputs[2], self.ranks)

        def poll() -> None:
            self.members.check()
            self.poll()

        poll()
        return self.launcher.run(shared, poll)


@contextmanager
def _broken_off(members: Members) -> Iterator[None]:
    """Where this rank fails in the midst of an exchange, the others are ended: they would wait for it."""
    try:
        yield
    except torch.OutOfMemoryError as error:
        members.fail(LostError(f"rank 0 failed ({error})"))
        raise
    except RuntimeError as error:
        _wait_for_failure(members)  # another rank's end is the better reason
        members.check()
        members.fail(LostError(f"an exchange failed ({str(error).partition(chr(10))[0]})"))
        members.check()


def _wait_for_failure(members: Members) -> None:
    waited = threading.Event()
    for _ in range(int(NOTICING_SECONDS / 0.02)):
        if not members.alive:
            return
        waited.wait(0.02)


@contextmanager
def losses_reported(team: Team | None) -> Iterator[None]:
    """A rank that was lost, in words."""
    try:
        yield
    except LostError as error:
        count = 0 if team is None else team.size
        message = (
            f"This take was made on {count} GPUs together, and {error}. The others were stopped. Animate it again: "
            "they start anew. If it happens again, ask for fewer GPUs; the log has the details."
        )
        raise EngineError("engine_failed", message, "retry") from error
