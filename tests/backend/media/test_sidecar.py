"""The sidecar says of each file of the request what it is, and of the take what was made."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

from backend.engines.engine import Clip
from backend.media.encode import Written
from backend.media.sidecar import write_sidecar
from client.protocol import Binding, Camera, CameraPath, Direction, Keyframe, Line, Price, TakeRequest, View
from client.protocol.several import PartOfClip

WRITTEN = Written(49, Fraction(24000, 1001), 322, 182, 2.04, b"jpeg")
COST = Price(1.25, "EUR", exact=True)
MOVED = ((1.0, 0.0, 0.0, 2.0), (0.0, 1.0, 0.0, 3.0), (0.0, 0.0, 1.0, 4.0), (0.0, 0.0, 0.0, 1.0))
FLIPPED = tuple(tuple(5 * value for value in row) for row in MOVED)


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def camera(fx: float) -> Camera:
    return Camera("perspective", 321, 181, 160.0, 90.0, fx, fx + 1, matrix_world=MOVED)


def path(zoom: float) -> CameraPath:
    return CameraPath((Keyframe(0.0, MOVED), Keyframe(1.0, FLIPPED, zoom)))


def request(folder: Path) -> TakeRequest:
    def file(name: str) -> Path:
        (folder / name).write_text(name)
        return folder / name

    views = (
        View(file("still"), file("still depth"), camera(300.0)),
        View(file("quarter"), file("quarter depth"), camera(310.0), 0.25),
        View(file("half"), None, None, 0.5),
        View(file("end"), file("end depth"), camera(320.0), 1.0),
    )
    words = Direction("pan left", (Line("ANNA", "German", "Zu spät."),), "rain")
    return TakeRequest("draft", words, views, 2.0, Fraction(24000, 1001), (321, 181), 7, path(1.5), {"quality": "high"})


def read(folder: Path, wanted: TakeRequest, clip: Clip) -> dict:
    write_sidecar(folder / "take.json", wanted, clip, WRITTEN, ("a note", "another"))
    return json.loads((folder / "take.json").read_text(encoding="utf-8"))


def test_everything_is_said_of_each_file(tmp_path: Path) -> None:
    facts = {"model": "draft-2", "versions": {"numba": "9.9"}, "moves": ["pan"]}
    before = datetime.now(UTC).replace(microsecond=0)
    said = read(tmp_path, request(tmp_path), Clip(facts=facts, cost=COST))
    assert datetime.fromisoformat(said.pop("created_at")) >= before
    versions = said.pop("versions")
    assert versions["numba"] == "9.9" and {"take_one", "python", "numpy", "av"} <= set(versions)
    assert said.pop("take_one") == versions["take_one"]
    cameras = {fx: json.loads(json.dumps(dataclasses.asdict(camera(fx)))) for fx in (300.0, 310.0)}
    assert said == {
        "engine": "draft",
        "model": "draft-2",
        "prompt": "pan left",
        "dialogue": [{"speaker": "ANNA", "language": "German", "line": "Zu spät."}],
        "sound": "rain",
        "seconds": 2.0,
        "fps": "24000/1001",
        "width": 322,
        "height": 182,
        "frames": 49,
        "seed": 7,
        "still_sha256": sha("still"),
        "depth_sha256": sha("still depth"),
        "last_frame_sha256": sha("end"),
        "camera": cameras[300.0],
        "views": [
            {"t": 0.25, "image_sha256": sha("quarter"), "depth_sha256": sha("quarter depth"), "camera": cameras[310.0]},
            {"t": 0.5, "image_sha256": sha("half"), "depth_sha256": None, "camera": None},
        ],
        "path": json.loads(json.dumps(dataclasses.asdict(path(1.5)))),
        "options": {"quality": "high"},
        "notes": ["a note", "another"],
        "cost": json.loads(json.dumps(dataclasses.asdict(COST))),
        "facts": {"moves": ["pan"]},
    }


def test_the_path_is_the_one_that_was_flown(tmp_path: Path) -> None:
    assert read(tmp_path, request(tmp_path), Clip(path=path(2.5)))["path"]["keyframes"][1]["zoom"] == 2.5


def test_what_was_not_there_is_none(tmp_path: Path) -> None:
    said = read(tmp_path, dataclasses.replace(request(tmp_path), views=(), path=None), Clip())
    names = ("still_sha256", "depth_sha256", "last_frame_sha256", "camera", "path", "cost")
    assert [said[name] for name in names] == [None] * 6
    assert (said["views"], said["model"]) == ([], "draft")


def test_references_shots_and_the_place_are_said_where_there_are_any(tmp_path: Path) -> None:
    files = []
    for name in ("anna", "lamp"):
        files.append(tmp_path / name)
        files[-1].write_text(name)
    shots = (PartOfClip(Direction("one"), 1.25, 3, path(2.0)), PartOfClip(Direction("two", sound="wind"), 0.75, 4))
    binding = Binding("f", "scene", "shot", "take", "Shot 01", 3, "PLAYHEAD", 12, "edit", head=2, tail=5)
    asked = dataclasses.replace(request(tmp_path), references=tuple(files), shots=shots, binding=binding)
    said = read(tmp_path, asked, Clip())
    assert said["references"] == [sha("anna"), sha("lamp")]
    assert [(one["direction"]["prompt"], one["seconds"], one["seed"]) for one in said["shots"]] == [
        ("one", 1.25, 3),
        ("two", 0.75, 4),
    ]
    assert said["shots"][0]["path"]["keyframes"][1]["zoom"] == 2.0 and said["shots"][1]["path"] is None
    assert said["binding"] == json.loads(json.dumps(dataclasses.asdict(binding)))
    assert not {"references", "shots", "binding"} & set(read(tmp_path, request(tmp_path), Clip()))
