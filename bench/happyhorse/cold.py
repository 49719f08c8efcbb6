"""How long the HappyHorse engine takes from its process's start to the first frame at 256p, nothing in memory yet.

    python bench/happyhorse/cold.py make FOLDER         files of the full size with random weights: 36 GB, needs a GPU
    python bench/happyhorse/cold.py run FOLDER [ROOT]   with root's rights: it empties the system's file cache first

ROOT is the source tree to measure, by default this one. The prompt's features are there already, as for a take of a
direction that was used before. One line of JSON: seconds from the process's start to each stage that it told of.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parents[2]
WORDS = "Push in"
SHARD = 4 << 30

CHILD = """
import sys, time, json
root, began, still = sys.argv[1], float(sys.argv[2]), sys.argv[3]
sys.path.insert(0, root)
from pathlib import Path
from backend.engines import registry
from devtools.take_requests import take_request
told = []
def tell(fraction, stage, preview=None):
    stage = stage.partition(",")[0]
    if not told or told[-1][0] != stage:
        told.append((stage, round(time.time() - began, 2)))
request = take_request("Push in", 5.0, size=(1920, 1080), seed=1, still=Path(still), options={"quality": "256p"})
clip = registry.engine("happyhorse").generate(request, tell, lambda: False)
made = time.time() - began
next(clip.frames)
told.append(("first frame", round(time.time() - began, 2)))
frames = 1 + sum(1 for _ in clip.frames)
print(json.dumps({"first_frame_s": told[-1][1], "told": told, "made_s": made, "frames": frames,
                  "stages": clip.facts["seconds"], "plans": clip.facts["memory"]}))
"""


def run(folder: Path, root: Path) -> None:
    subprocess.run(["sync"], check=True)
    Path("/proc/sys/vm/drop_caches").write_text("3")
    for kept in (folder / "home" / "cache" / "latents").glob("*"):
        kept.unlink()
    home = {"TAKE_ONE_HOME": str(folder / "home"), "PYTHONPATH": os.environ.get("PYTHONPATH", "")}
    ended = subprocess.run(
        [sys.executable, "-c", CHILD, str(root), str(time.time()), str(folder / "still.png")],
        env={**os.environ, **home},
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    print(ended.stdout.strip() or ended.stderr[-2000:], flush=True)


def make(folder: Path, _: Path) -> None:
    sys.path.insert(0, str(HERE))
    import torch
    from PIL import Image
    from safetensors.torch import save_file

    from backend.engines.happyhorse.files.catalogue import STORE
    from backend.engines.happyhorse.transformer.config import BASE, parameter_shapes
    from backend.engines.happyhorse.vaes.turbo import TurboDecoder
    from bench.happyhorse.common import random_sound_tensors, random_still_tensors, random_tensors
    from devtools.model import tiny

    os.environ["TAKE_ONE_HOME"] = str(folder / "home")  # the other benchmark has one of its own
    tiny.make(folder / "tiny")  # its text encoder is never read
    small = {"turbo_vae": folder / "turbo_vae", "wan_vae": folder / "wan_vae", "stable_audio": folder / "stable_audio"}
    for path in (*small.values(), folder / "distill"):
        path.mkdir(parents=True, exist_ok=True)
    Image.effect_noise((1920, 1080), 60).convert("RGB").save(folder / "still.png")

    golden = HERE / "tests" / "golden"
    published = json.loads((golden / "turbo_vaed" / "case.json").read_text())
    config = next(value for key, value in published.items() if key.startswith("published_config"))
    (small["turbo_vae"] / "TurboV3-Wan22-TinyShallow_7_7.json").write_text(json.dumps(config))
    shapes = TurboDecoder().parameter_shapes()
    weights = {name: torch.randn(shape) * torch.Size(shape[1:]).numel() ** -0.5 for name, shape in shapes.items()}
    torch.save({"ema_state_dict": weights}, small["turbo_vae"] / "checkpoint-340000.ckpt")

    _save_vaes(small, random_still_tensors(), random_sound_tensors())
    where, shard, number = {}, {}, 1
    for name, tensor in random_tensors(parameter_shapes(BASE), 3):
        shard[name] = tensor.cpu()
        if sum(part.nbytes for part in shard.values()) > SHARD:
            number = _save_shard(save_file, shard, folder / "distill", number, where)
    _save_shard(save_file, shard, folder / "distill", number, where)
    index = {"metadata": {}, "weight_map": where}
    (folder / "distill" / "model.safetensors.index.json").write_text(json.dumps(index))

    STORE.link("t5gemma", folder / "tiny" / "t5gemma-9b-9b-ul2")
    for name, path in {**small, "distill": folder / "distill"}.items():
        STORE.link(name, path)
    _save_features(folder)


def _save_shard(save_file, shard, folder, number, where):  # type: ignore[no-untyped-def]
    name = f"model-{number:05}.safetensors"
    save_file(shard, folder / name)
    where |= dict.fromkeys(shard, name)
    shard.clear()
    return number + 1


def _save_vaes(small, still, sound):  # type: ignore[no-untyped-def]
    """As published: with the still's encoder its decoder, which is never read, and with the sound's decoder others."""
    import torch
    from safetensors.torch import save_file

    torch.save(still | {"decoder.unused": torch.zeros(550_000_000)}, small["wan_vae"] / "Wan2.2_VAE.pth")
    tensors = {f"pretransform.model.{name}": tensor for name, tensor in sound.items()}
    save_file(tensors | {"model.unused": torch.zeros(500_000_000)}, small["stable_audio"] / "model.safetensors")
    (small["stable_audio"] / "model_config.json").write_text('{"sample_rate": 44100}')


def _save_features(folder: Path) -> None:
    """Those of the prompt, under the key of every source tree that is asked for here."""
    import hashlib

    import torch

    from backend.engines.happyhorse import text
    from backend.engines.happyhorse.files.catalogue import STORE
    from backend.engines.happyhorse.request import prompt
    from backend.weights.store import fingerprint

    words = prompt.compose(WORDS, (), "", {})
    model = fingerprint(STORE.folder("t5gemma"))
    for key in (text._key(words, model), hashlib.sha256(f"{model}\0{words}".encode()).hexdigest()):
        text.CACHE.write(key, {"features": torch.randn(1, 594, 3584).half()})


if __name__ == "__main__":
    what, folder, *rest = sys.argv[1:]
    {"make": make, "run": run}[what](Path(folder).resolve(), Path(rest[0]).resolve() if rest else HERE)
