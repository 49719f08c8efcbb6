"""What only a Blender with its window can show. Runs where the environment variable BLENDER names one."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
from pathlib import Path

import pytest

BLENDER = os.environ.get("BLENDER", "")
pytestmark = pytest.mark.skipif(not BLENDER, reason="needs BLENDER, a Blender with a window")


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    out = tmp_path_factory.mktemp("window")
    script = Path(__file__).with_name("window_script.py")
    size = ("-p", "0", "0", "640", "450")  # the processor draws, and it costs by the pixel
    command = [*shlex.split(BLENDER), *size, "--factory-startup", "--python", str(script), "--", str(out)]
    done = subprocess.run(command, timeout=480, capture_output=True, text=True)
    found = out / "results.json"
    assert found.exists(), done.stdout[-3000:] + done.stderr[-3000:]
    values = json.loads(found.read_text())
    assert "error" not in values, values["error"]
    return values


@pytest.mark.parametrize("kind", ["PERSP", "ORTHO"])
def test_the_viewports_still_agrees_with_a_render(results, kind):
    assert results[f"{kind} notes"] == []
    assert results[f"{kind} camera same"]
    assert results[f"{kind} overlap"] > 0.95
    assert results[f"{kind} depth error"] < 0.05
    assert results[f"{kind} drawn"] > 0.03
    assert results[f"{kind} settings same"]


@pytest.mark.parametrize(("name", "answer"), [("finished", "Still"), ("stopped", "render_cancelled")])
def test_a_render_in_the_window_does_not_block(results, name, answer):
    assert results[f"{name} returns at once"]
    assert results[f"{name} second"] == "render_busy"
    assert name == "finished" or results[f"{name} ticks"] >= 5
    assert results[f"{name} answer"] == answer
    assert results[f"{name} depth"] == (answer == "Still")
    assert results[f"{name} settings same"]
    assert results[f"{name} records"] is False


def test_a_press_is_of_its_frame_camera_and_size_whatever_comes_while_stills_render(results):
    assert results["press error"] is None and results["begun"]
    assert results["pressed x"] == pytest.approx([1.04, 6.48], abs=1e-4)  # Blender eases between the keys
    assert results["still x"] == pytest.approx(results["pressed x"], abs=1e-4)
    assert results["still sizes"] == [[90, 160], [90, 160]]
    assert results["clip sizes"] == [[160, 90], [160, 90]]
    assert results["scene afterwards"] == [90, True, 64]


@pytest.mark.parametrize("shown", ["same", "other"])
def test_a_depth_of_its_own_is_rendered_beside_blender_too(results, shown):
    assert results[f"fog {shown} answer"] == "Still"
    assert results[f"fog {shown} x"] == pytest.approx(6.0)
    assert results[f"fog {shown} notes"] == []
    assert results[f"fog {shown} doubtful"] < 0.02
    assert results[f"fog {shown} files"] == ["camera.json", "depth.exr", "still.png"]
    assert results[f"fog {shown} changed"] == []
    assert results[f"fog {shown} frames"] == [1, 40]


def test_what_the_user_does_while_a_still_renders_stays_and_does_not_count(results):
    assert results["meanwhile moved"] and results["meanwhile answer"] == "Still"
    assert results["meanwhile x"] == pytest.approx(6.0)
    assert results["meanwhile kept"] == [3, "Bound"]
    assert results["meanwhile marker"] == "Bound"


def test_the_viewport_draws_a_camera_that_a_collection_hides(results):
    assert results["hidden camera x"] == pytest.approx(6.0)
    assert results["hidden camera depth"] < 0.05
    assert results["hidden camera after"] == [1, "Camera", "Bound"]


def test_a_take_lands_from_the_timer_as_one_undo_step(results):
    assert results["landed strips"] == 2
    assert results["strips after undo"] == 0
    assert results["takes after undo"] == ["READY"]
    assert results["strips after redo"] == 2
