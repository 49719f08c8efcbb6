"""The journal's records: today's, and those that an earlier version left behind."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest

from client.jobs.journal import Journal
from client.jobs.record import FAILED, NEW, READY, Record, read, write
from client.protocol import (
    Binding,
    Camera,
    CameraPath,
    Direction,
    Job,
    JobState,
    Keyframe,
    Line,
    Problem,
    Result,
    TakeRequest,
    View,
)
from client.protocol.camera import IDENTITY

MakeRequest = Callable[..., TakeRequest]
MATRIX = [[1.0, 0.0, 0.0, 2.5], [0.0, 0.0, -1.0, -7.0], [0.0, 1.0, 0.0, 1.6], [0.0, 0.0, 0.0, 1.0]]
OLD = Path(__file__).parents[1] / "journal_0_1_0.json"  # as Take One 0.1.0 wrote it


def test_a_record_of_version_0_1_0_is_read_whole():
    record = read(OLD.read_text())
    assert record == Record(
        key="5f0c6f2c1d7e4a0fb7f1d2f60d9d8c11",
        server="http://192.168.1.20:8000",
        owner="8c2f0d4be8e5467fb5d9d5d1f3b6a7aa",
        request=TakeRequest(
            engine="draft",
            direction=Direction("slowly push in", (Line("ANNA", "German", "Wir sind spät."),), "rain"),
            views=(
                View(
                    Path("/home/anna/film/takes/stills/still.png"),
                    Path("/home/anna/film/takes/stills/depth.exr"),
                    Camera(
                        "perspective",
                        1920,
                        1080,
                        960.0,
                        540.0,
                        fx=2133.25,
                        fy=2133.5,
                        matrix_world=tuple(map(tuple, MATRIX)),
                    ),
                ),
                View(Path("/home/anna/film/last.png"), t=1.0),
            ),
            seconds=2.5,
            fps=Fraction(24000, 1001),
            size=(1280, 720),
            seed=4294967295,
            path=CameraPath((Keyframe(0.0, IDENTITY), Keyframe(1.0, IDENTITY, 1.5))),
            options={"quality": "540p", "scene": {"lens_mm": 50.0, "objects": ["lamp"]}},
            binding=Binding("f1", "scene1", "shot1", "t1", "Shot 01", 3, "PLAYHEAD", 12, "edit1", "t0"),
        ),
        take_path=Path("/home/anna/film/takes/Shot 01/Shot 01_t003.mp4"),
        state="sent",
        id="video_7",
        created_at=1790000000.25,
        resubmitted=1,
    )


def test_the_end_of_a_record_of_version_0_1_0_is_kept():
    old = json.loads(OLD.read_text())
    answer = {
        "id": "video_7",
        "object": "video",
        "status": "completed",
        "progress": 100,
        "seconds": "2.5",
        "seed": 9,
        "model": "draft",
        "prompt": "slowly push in",
        "size": "1280x720",
        "fps": "24000/1001",
        "error": None,
        "result": {"frames": 60, "fps": "24000/1001", "width": 1280, "height": 720, "notes": ["It is a note."]},
    }
    ready = read(json.dumps({**old, "state": READY, "ended_at": 1790000009.5, "job": answer}))
    assert (ready.state, ready.ended_at) == (READY, 1790000009.5)
    assert ready.job == Job(
        "video_7",
        JobState.COMPLETED,
        100,
        model="draft",
        prompt="slowly push in",
        seconds=2.5,
        size="1280x720",
        fps=Fraction(24000, 1001),
        seed=9,
        binding=ready.binding,
        result=Result(60, Fraction(24000, 1001), 1280, 720, None, ("It is a note.",)),
    )
    error = {"code": "disk_full", "message": "The disk is full.", "param": None, "fix": "free_space"}
    failed = read(json.dumps({**old, "state": FAILED, "error": error}))
    assert failed.problem == Problem("disk_full", "The disk is full.", "free_space")


def test_a_script_of_version_0_1_0_could_bind_less():
    old = json.loads(OLD.read_text())
    record = read(json.dumps({**old, "request": {**old["request"], "binding": {"shot_uid": "s1"}, "depth": None}}))
    assert record.binding == Binding("", "", "s1", record.key, "", 0)
    assert record.request.views[0].depth is None


def test_a_record_comes_back_as_it_was(make_request: MakeRequest, tmp_path: Path):
    record = Record(
        "k1",
        "local",
        "me",
        make_request(),
        tmp_path / "t.mp4",
        READY,
        "v1",
        1.5,
        2.5,
        Job("v1", JobState.COMPLETED, seed=4294967295),
        Problem("file", "It is gone."),
        2,
    )
    assert read(write(record)) == record


@pytest.mark.parametrize("text", ["", "[]", '"x"', "{}", '{"request": 5}', '{"request": {}}', "[" * 100_000])
def test_damaged_text_is_a_value_error(text: str):
    with pytest.raises(ValueError):
        read(text)


def test_a_record_without_a_binding_is_damaged(make_request: MakeRequest, tmp_path: Path):
    text = write(Record("k1", "local", "me", make_request(binding=None), tmp_path / "t.mp4"))
    with pytest.raises(ValueError, match="binding"):
        read(text)


def test_uploads_are_copied_by_their_names_on_the_wire_and_for_the_user_only(
    make_request: MakeRequest, tmp_path: Path, home: Path
):
    views = []
    for index, t in enumerate((0.0, 0.25, 0.5, 1.0)):
        image, depth = tmp_path / f"p{index}.PNG", tmp_path / f"d{index}.exr"
        image.write_bytes(b"picture %d" % index)
        depth.write_bytes(b"depth %d" % index)
        views.append(View(image, depth if index != 1 else None, t=t))
    journal = Journal(home)
    record = Record("k1", "local", "me", make_request(views=tuple(views)), tmp_path / "t.mp4")
    journal.add(record)
    journal.keep_uploads(record)
    folder = home / "journal" / "k1"
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {
        "input_reference.png": b"picture 0",
        "depth.exr": b"depth 0",
        "view_1.png": b"picture 1",
        "view_2.png": b"picture 2",
        "view_2_depth.exr": b"depth 2",
        "last_frame.png": b"picture 3",
        "last_frame_depth.exr": b"depth 3",
    }
    kept = journal.get("k1")
    assert kept == record and kept is not None
    assert [view.image.parent for view in kept.request.views] == [folder] * 4
    assert [view.t for view in kept.request.views] == [0.0, 0.25, 0.5, 1.0]
    files = [path for path in home.rglob("*") if path.is_file()]
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    assert {stat.S_IMODE(path.stat().st_mode) for path in (home, home / "journal", folder)} == {0o700}


def test_options_that_are_not_json_are_refused_and_nothing_is_left(
    make_request: MakeRequest, tmp_path: Path, home: Path
):
    record = Record("k1", "local", "me", make_request(options={"what": object()}), tmp_path / "t.mp4", NEW)
    with pytest.raises(ValueError, match="k1"):
        Journal(home).add(record)
    assert list((home / "journal").iterdir()) == []
