"""The whole HappyHorse engine on several GPUs, from a request to the last frame, with random weights of the full size.

    python bench/happyhorse/gpus.py RUN... [--held GIB] [--out results.json]

A RUN is QUALITY:PRECISION:GPUS[:TURNS], such as 1080p:full:2 or 256p:8-bit:1:4: a take of five seconds, made TURNS
times (2), each time from the beginning. Every turn is a line of JSON; `latents` and `pixels` are hashes of what it
made, the same for any number of GPUs, and in each process. `exchange_s` is what rank 0's GPU spent in exchanges, with
its waiting for a slower rank. RUN may also be `cancel:GPUS` and `kill:GPUS`: a 1080p take is cancelled, or another rank
is killed by `kill -9`, in the second step of refining; then a small take is made. `exchange:GPUS` measures what a layer
of 1080p exchanges.
--held holds each process to so much of its card.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

os.environ.setdefault("PYTORCH_CUDA_ALLOC_CONF", "expandable_segments:True")
sys.path.insert(0, str(Path(__file__).parents[2]))

import torch
from torch import Tensor

from backend.engines.engine import Cancelled, Clip, EngineError
from backend.engines.happyhorse.memory.follower import Follower
from backend.engines.happyhorse.pipeline import latents
from backend.engines.happyhorse.pipeline.pipeline import Pipeline
from backend.engines.happyhorse.request import settings
from backend.engines.happyhorse.transformer import sharing
from backend.gpu.members import Members
from backend.gpu.memory import GIB, devices
from backend.gpu.ranks import Ranks
from bench.happyhorse.common import RESULTS, peaks, tell
from bench.happyhorse.pipeline_gpu import RandomModels, random_frame_decoder, stand_ins
from devtools.take_requests import take_request

HELD = "HAPPYHORSE_HELD_GIB"
FOLLOWER = "bench.happyhorse.gpus:RandomFollower"
EXCHANGES: list[tuple[torch.cuda.Event, torch.cuda.Event]] = []


class HashedModels(RandomModels):
    """What was decoded last is kept."""

    latents = torch.empty(0)

    def decode_frames(self, video: Tensor, poll: Callable[[], None] = lambda: None) -> Iterator[Tensor]:
        self.latents = video
        return super().decode_frames(video, poll)


class RandomFollower(Follower):
    """Draws the weights that rank 0 draws."""

    def models(self, device: torch.device) -> RandomModels:
        from backend.engines.happyhorse.vaes.turbo import TurboDecoder

        TurboDecoder.from_folder = random_frame_decoder
        hold(device)
        return RandomModels(device, rank=self._ranks.rank)

    def layer(self) -> None:
        """Takes part in `layer`."""
        layer(self._ranks)


def hold(device: torch.device) -> None:
    """Holds this process to HELD GiB of its card."""
    if held := float(os.environ.get(HELD, 0)):
        whole = torch.cuda.get_device_properties(device).total_memory
        torch.cuda.set_per_process_memory_fraction(held * GIB / whole, device)


def layer(ranks: Ranks) -> dict[str, float]:
    """Seconds of a 1080p layer's exchange before attention, of 16 bits: first alone, then with its packing."""
    tokens = 66000 // ranks.size
    counts = [tokens] * ranks.size
    qkv = torch.randn(tokens, 7216, device=ranks.device).bfloat16()
    packed = qkv[:, :7168].reshape(ranks.size * tokens, -1).contiguous()
    found, room = {}, torch.empty_like(packed).view(ranks.size, tokens, -1)
    for name, run in (
        ("exchange", lambda: ranks.exchange(packed, counts, counts)),
        ("with_packing", lambda: sharing.to_heads(sharing.pack(qkv, [5120, 1024, 1024], room), ranks, counts)),
    ):
        run()
        torch.cuda.synchronize()
        began = time.perf_counter()
        for _ in range(20):
            run()
        torch.cuda.synchronize()
        found[f"{name}_ms"] = (time.perf_counter() - began) / 20 * 1000
    return {**found, "sent_mb": packed.nbytes * (ranks.size - 1) / ranks.size / 1e6}


def measure_layer(found: list[torch.device], gpus: int) -> None:
    members = Members(FOLLOWER, found[:gpus])
    ranks = members.join(lambda: None)
    number = members.send("layer")
    tell(run=f"exchange:{gpus}", channels=os.environ.get("NCCL_NCHANNELS_PER_PEER"), **layer(ranks))
    members.answers(number, lambda: None)
    members.close()


def timed_exchanges() -> None:
    """Has this rank's exchanges timed on its GPU."""
    own = Ranks.exchange

    def exchange(self: Ranks, *arguments: object) -> Tensor:
        events = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
        events[0].record()
        came = own(self, *arguments)
        events[1].record()
        EXCHANGES.append(events)
        return came

    Ranks.exchange = exchange


def digest_of(tensor: Tensor) -> str:
    return hashlib.sha256(tensor.cpu().numpy().tobytes()).hexdigest()[:16]


def forget_latents() -> None:
    if latents.CACHE.folder.exists():
        for path in latents.CACHE.folder.iterdir():
            path.unlink()


def generate(
    pipeline: Pipeline,
    still: Path,
    options: dict[str, object],
    told: Callable[[str], None] = lambda stage: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Clip:
    request = take_request(
        "Push in", fps=25, size=(1920, 1080), seed=4, still=still, options={"model": "distill", **options}
    )
    wanted = settings.read(request, tuple(settings.QUALITIES), ("distill",))
    return pipeline.generate(request, wanted, lambda fraction, stage, preview=None: told(stage), cancelled)


def turn(pipeline: Pipeline, models: HashedModels, still: Path, quality: str, precision: str, gpus: int) -> None:
    forget_latents()
    EXCHANGES.clear()
    torch.cuda.reset_peak_memory_stats()
    began = time.perf_counter()
    clip = generate(pipeline, still, {"quality": quality, "precision": precision, "gpus": gpus})
    digest, frames, first = hashlib.sha256(), [], 0.0
    for frame in clip.frames:
        first = first or time.perf_counter() - began
        frames.append(frame)
    total = time.perf_counter() - began
    for frame in frames:
        digest.update(frame.tobytes())
    assert clip.sound is not None
    digest.update(clip.sound.samples.tobytes())
    tell(
        run=f"{quality}:{precision}:{gpus}",
        total_s=total,
        first_frame_s=first,
        stages=clip.facts["seconds"],
        exchange_s=sum(a.elapsed_time(b) for a, b in EXCHANGES) / 1000,
        exchanges=len(EXCHANGES),
        shared=clip.facts.get("gpus"),
        frames=len(frames),
        latents=digest_of(models.latents),
        pixels=digest.hexdigest()[:16],
        notes=clip.notes,
        plans=clip.facts["memory"],
        **peaks(),
    )


def broken(pipeline: Pipeline, models: HashedModels, still: Path, how: str, gpus: int) -> None:
    """A take that is cancelled, or whose rank 1 is killed, 0.2 s after the second step of refining has begun."""
    forget_latents()
    at = [0.0]
    victims: list[int] = []

    def told(stage: str) -> None:
        if stage.startswith("Refining, 2") and not at[0]:
            at[0] = time.perf_counter() + 0.2

    def cancelled() -> bool:
        if not at[0] or time.perf_counter() < at[0]:
            return False
        if how == "kill" and not victims:
            assert models._team is not None
            victims.extend(models._team.pids)
            os.kill(victims[0], signal.SIGKILL)
        return how == "cancel"

    try:
        generate(pipeline, still, {"quality": "1080p", "gpus": gpus}, told, cancelled)
        tell(run=how, failed="nothing happened")
    except Cancelled:
        tell(run=how, noticed_s=time.perf_counter() - at[0])
    except EngineError as error:
        tell(run=how, noticed_s=time.perf_counter() - at[0], says=error.problem.message)
    for _ in range(2):
        turn(pipeline, models, still, "256p", "full", gpus)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("runs", nargs="+")
    parser.add_argument("--held", type=float, default=0.0)
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    os.environ[HELD] = str(given.held)
    device, *others = devices()
    torch.cuda.set_device(device)
    hold(device)
    names = [torch.cuda.get_device_name(each) for each in (device, *others)]
    tell(gpus=names, torch=torch.__version__, held_gib=given.held, nccl=".".join(map(str, torch.cuda.nccl.version())))
    still = stand_ins()
    timed_exchanges()
    models = HashedModels(device, others, FOLLOWER)
    pipeline = Pipeline(models)
    for run in given.runs:
        first, *rest = run.split(":")
        try:
            if first in ("cancel", "kill"):
                broken(pipeline, models, still, first, int(rest[0]))
            elif first == "exchange":
                measure_layer([device, *others], int(rest[0]))
            else:
                for _ in range(int(rest[2]) if len(rest) > 2 else 2):
                    turn(pipeline, models, still, first, rest[0], int(rest[1]))
        except EngineError as error:
            tell(run=run, failed=error.problem.message)
        if given.out:
            given.out.write_text(json.dumps(RESULTS, indent=1))
    models.close()


if __name__ == "__main__":
    main()
