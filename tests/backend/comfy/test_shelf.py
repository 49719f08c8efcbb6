"""Workflows as files of Take One's folder, the pictures that they get, who may be asked while nothing may go out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import OpenEXR
import pytest
from PIL import Image

from backend.engines.comfy import shelf
from backend.engines.comfy.engine import ComfyEngine
from backend.engines.comfy.pictures import depth_picture, pictures
from backend.engines.engine import EngineError
from backend.engines.hosted.account.accounts import FILE, OFFLINE
from devtools.take_requests import take_request

GRAIN = shelf.DELIVERED / "Grain.json"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TAKE_ONE_HOME", str(tmp_path / "home"))
    (tmp_path / "home").mkdir()
    return tmp_path / "home"


def test_a_workflow_is_added_replaced_and_removed(home: Path) -> None:
    assert shelf.add(GRAIN)[0] == "Grain"
    assert shelf.add(shelf.DELIVERED / "Side by Side.json", "Grain")[0] == "Grain"
    assert set(shelf.workflow("Grain").kinds) >= {"ImageStitch"}
    assert shelf.engines() == ("comfy:Grain",)
    assert shelf.remove("Grain")
    assert not shelf.remove("Grain")
    assert shelf.engines() == ()
    with pytest.raises(EngineError, match="no workflow 'Grain' here"):
        shelf.workflow("Grain")


@pytest.mark.parametrize(
    ("name", "kept"), [("../../etc/x", "etc x"), (".hidden", "hidden"), ("a/b:c", "a b c"), ("é 2", "é 2")]
)
def test_a_name_leads_nowhere_else(home: Path, name: str, kept: str) -> None:
    assert shelf.add(GRAIN, name)[0] == kept
    assert [path.name for path in home.rglob("*.json")] == [f"{kept}.json"]


@pytest.mark.parametrize("name", ["../accounts", "a/b", "", ".", "x" * 61])
def test_no_file_but_a_workflow_is_read(home: Path, name: str) -> None:
    (home / shelf.FOLDER).mkdir()
    (home / FILE).write_text("{}")
    with pytest.raises(EngineError) as raised:
        shelf.workflow(name)
    assert raised.value.code == "unknown_workflow"


def test_the_command_tells_a_program_what_is_wrong(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from backend.__main__ import main

    def answer(*words: str) -> tuple[int, dict[str, Any]]:
        code = main(["workflows", *words, "--json"])
        return code, json.loads(capsys.readouterr().out)

    (tmp_path / "canvas.json").write_text('{"nodes": []}')
    code, said = answer("add", str(tmp_path / "canvas.json"))
    assert (code, said["error"]["code"]) == (1, "workflow_unfit")
    assert "Export (API)" in said["error"]["message"]
    code, said = answer("add", str(tmp_path / "gone.json"))
    assert (code, said["error"]["code"]) == (2, "failed")
    code, said = answer("add", "Grain")
    assert (code, said["workflows"][0]) == (0, {"name": "Grain", "delivered": False})
    assert "\n" not in said["said"]
    assert [one["models"] for one in said["accounts"] if one["provider"] == "comfyui"] == [["Grain"]]


def test_while_nothing_may_go_out_only_one_of_this_machine_is_asked(home: Path) -> None:
    shelf.add(GRAIN)
    (home / OFFLINE).touch()
    for address, fix in (("http://192.168.1.9:8188", "online_access"), ("http://127.0.0.1:9", "retry")):
        (home / FILE).write_text(json.dumps({"comfyui": {"address": address, "kept": "none"}}))
        info = ComfyEngine("Grain").capabilities()
        assert info.fix == fix or (fix == "retry" and info.available)  # that nobody answers may not be known yet
        assert info.sends_to == ("192.168.1.9:8188" if fix == "online_access" else "")


def test_depth_is_bright_where_it_is_near_and_black_in_the_sky(tmp_path: Path) -> None:
    metres = np.full((4, 6), 4.0, np.float32)
    metres[1, 2], metres[3, 5], metres[0, 0] = 1.0, 1e10, 2.0
    header = {"compression": OpenEXR.ZIP_COMPRESSION, "type": OpenEXR.scanlineimage}
    OpenEXR.File(header, {"V": metres}).write(str(tmp_path / "d.exr"))
    picture = np.asarray(depth_picture(tmp_path / "d.exr"))
    assert picture.shape == (4, 6, 3)
    for size, fits in (((12, 8), True), ((8, 12), False)):
        Image.new("RGB", size).save(tmp_path / "s.png")
        asked = take_request(still=tmp_path / "s.png", depth=tmp_path / "d.exr", size=(96, 64))
        if fits:
            assert list(pictures(asked)) == ["still", "depth"]
            continue
        with pytest.raises(EngineError, match="it is 6 x 4 and the still is 8 x 12"):
            pictures(asked)
    assert [tuple(picture[at]) for at in ((1, 2), (0, 0), (3, 5), (2, 2))] == [
        (255,) * 3,
        (85,) * 3,
        (0,) * 3,
        (0,) * 3,
    ]
