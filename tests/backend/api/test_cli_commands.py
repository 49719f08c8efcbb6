"""`python -m backend`: animate and models in a shell, and how quick it is to say what it can do."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

ROOT = Path(__file__).resolve().parents[3]
HEAVY = ("numpy", "av", "cv2", "numba", "fastapi", "uvicorn", "torch", "PIL", "pydantic")


def command(*arguments: str, cwd: Path = ROOT, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "backend", *arguments], capture_output=True, text=True, cwd=cwd, timeout=300,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
    )  # fmt: skip


@pytest.fixture
def still_file(tmp_path: Path, still: bytes) -> Path:
    path = tmp_path / "still.png"
    Image.fromarray(np.random.default_rng(1).integers(0, 255, (90, 160, 3), np.uint8)).save(path)
    return path


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys, contextlib, io\nfrom backend.__main__ import main\n"
        "with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit): main(['--help'])\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert found.stdout.strip() == "[]"


def test_the_service_imports_neither_encoder_nor_engines() -> None:
    code = "import sys, backend.api.service\n" + (
        "print([name for name in ('av', 'cv2', 'numba', 'torch', 'PIL') if name in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert found.stdout.strip() == "[]"


def test_animate_makes_a_take_and_its_sidecar(still_file: Path, tmp_path: Path) -> None:
    out = tmp_path / "new" / "take.mp4"
    done = command(
        "animate", "--still", str(still_file), "--prompt", "slowly push in", "--seconds", "1",
        "--fps", "23.976", "--seed", "7", "--sound", "rain", "--out", str(out),
        "--dialogue", "ANNA|English|We are late.",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "100 %" in done.stderr
    assert "seed 7" in done.stdout
    sidecar = json.loads(out.with_suffix(".json").read_text())
    assert (sidecar["fps"], sidecar["frames"], sidecar["seed"]) == ("24000/1001", 24, 7)
    assert sidecar["dialogue"][0]["line"] == "We are late."
    assert (sidecar["width"], sidecar["height"]) == (160, 90)
    assert sidecar["path"]["keyframes"][0]["t"] == 0
    with av.open(str(out)) as container:
        assert sum(1 for _ in container.decode(video=0)) == 24
    assert sorted(path.name for path in out.parent.iterdir()) == ["take.json", "take.mp4"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--still", "missing.png"], "missing.png"),
        (["--seconds", "0"], "seconds"),
        (["--size", "wide"], "size"),
        (["--fps", "fast"], "frame rate"),
        (["--model", "sora"], "no engine called 'sora'"),
        (["--dialogue", "We are late."], "WHO|LANGUAGE|LINE"),
        (["--options", "{"], "JSON"),
        (["--depth", "still.png"], "OpenEXR"),
        (["--camera", "still.png"], "--camera"),
    ],
)
def test_wrong_arguments_are_told(still_file: Path, arguments: list[str], says: str) -> None:
    given = arguments if "--still" in arguments else ["--still", "still.png", *arguments]
    done = command("animate", *given, cwd=still_file.parent)
    assert done.returncode in (1, 2)
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert not list(still_file.parent.glob("*.mp4"))


def test_models_lists_every_engine() -> None:
    done = command("models")
    assert done.returncode == 0, done.stderr
    assert "draft" in done.stdout
    assert "happyhorse" in done.stdout
