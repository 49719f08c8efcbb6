"""The form of `POST /v1/videos`: what earlier versions sent for one still, and what further views add."""

from __future__ import annotations

import json
from email.parser import BytesParser
from fractions import Fraction
from pathlib import Path

import pytest

from backend.engines.engine import EngineError
from backend.jobs import request as backend_request
from client.api import form
from client.jobs.record import read
from client.protocol import (
    Camera,
    CameraPath,
    Direction,
    EngineInfo,
    Keyframe,
    TakeRequest,
    Unfit,
    View,
    camera,
    several,
)
from client.protocol.codec import from_json, to_json

OLD = Path(__file__).parents[1] / "journal_0_1_0.json"  # as Take One 0.1.0 wrote it
MATRIX = "[[1.0, 0.0, 0.0, 2.5], [0.0, 0.0, -1.0, -7.0], [0.0, 1.0, 0.0, 1.6], [0.0, 0.0, 0.0, 1.0]]"
IDENTITY = "[[1.0, 0.0, 0.0, 0.0], [0.0, 1.0, 0.0, 0.0], [0.0, 0.0, 1.0, 0.0], [0.0, 0.0, 0.0, 1.0]]"
EXTRA_PARAMS = (  # what version 0.1.0 sent for that record, to the byte: a job sent again must count as the same
    '{"dialogue": [{"speaker": "ANNA", "language": "German", "line": "Wir sind sp\\u00e4t."}], "sound": "rain", '
    '"binding": {"file_id": "f1", "scene_uid": "scene1", "shot_uid": "shot1", "take_uid": "t1", "shot_name": '
    '"Shot 01", "number": 3, "placement": "PLAYHEAD", "frame": 12, "edit_uid": "edit1", "refines": "t0"}, '
    '"options": {"quality": "540p", "scene": {"lens_mm": 50.0, "objects": ["lamp"]}}, '
    '"camera": {"projection": "perspective", "width": 1920, "height": 1080, "fx": 2133.25, "fy": 2133.5, "cx": 960.0, '
    f'"cy": 540.0, "matrix_world": {MATRIX}}}, '
    f'"path": {{"keyframes": [{{"t": 0.0, "matrix": {IDENTITY}, "zoom": 1.0}}, '
    f'{{"t": 1.0, "matrix": {IDENTITY}, "zoom": 1.5}}]}}}}'
)


def parts(request: TakeRequest) -> dict[str, tuple[str | None, str | None, bytes]]:
    """(file name, type, content) of each part, in order."""
    body, content_type = form.encode(request)
    message = BytesParser().parsebytes(f"Content-Type: {content_type}\r\n\r\n".encode() + body)
    return {
        part.get_param("name", header="content-disposition"): (
            part.get_filename(),
            part["Content-Type"],
            part.get_payload(decode=True),
        )
        for part in message.get_payload()
    }


def test_a_request_with_one_still_is_sent_as_ever(tmp_path: Path):
    request = read(OLD.read_text()).request
    files = {}
    for name, path in request.files().items():
        files[name] = tmp_path / (name + path.suffix)
        files[name].write_bytes(name.encode())
    assert parts(request.with_files(files)) == {
        "prompt": (None, None, b"slowly push in"),
        "model": (None, None, b"draft"),
        "seconds": (None, None, b"2.5"),
        "size": (None, None, b"1280x720"),
        "fps": (None, None, b"24000/1001"),
        "seed": (None, None, b"4294967295"),
        "extra_params": (None, None, EXTRA_PARAMS.encode()),
        "input_reference": ("input_reference.png", "image/png", b"input_reference"),
        "depth": ("depth.exr", "image/x-exr", b"depth"),
        "last_frame": ("last_frame.png", "image/png", b"last_frame"),
    }
    assert list(parts(request.with_files(files)))[6:] == ["extra_params", "input_reference", "depth", "last_frame"]


def test_what_a_path_tells_of_the_unseen_travels_with_its_keyframe(make_request):
    still = tuple(map(tuple, json.loads(IDENTITY)))
    keys = Keyframe(0.0, still), Keyframe(1.0, still, unseen=((0.0, 2.5), (3.25, 0.0)))
    extra = parts(make_request(path=CameraPath(keys)))["extra_params"][2].decode()
    sent = json.loads(extra)["path"]["keyframes"]
    assert "unseen" not in sent[0] and sent[1]["unseen"] == [[0.0, 2.5], [3.25, 0.0]]
    one = make_request(path=CameraPath(keys))
    assert form.extra_params(several.join([one, one], each_still=False))["shots"][1]["path"]["keyframes"] == sent
    assert backend_request.parse({"extra_params": extra}, "draft").path == CameraPath(keys)


def test_further_views_travel_as_named_files(make_request, tmp_path: Path):
    camera = Camera("orthographic", 64, 48, 32.0, 24.0, scale=0.25)
    views = []
    for index, t in enumerate((0.0, 0.25, 0.75, 1.0)):
        image, depth = tmp_path / f"p{index}.jpg", tmp_path / f"d{index}.exr"
        image.write_bytes(b"picture %d" % index)
        depth.write_bytes(b"depth %d" % index)
        views.append(View(image, depth if index else None, camera if index in (1, 3) else None, t))
    sent = parts(make_request(views=tuple(views)))
    assert {name: part for name, part in sent.items() if part[0]} == {
        "input_reference": ("input_reference.jpg", "image/jpeg", b"picture 0"),
        "view_1": ("view_1.jpg", "image/jpeg", b"picture 1"),
        "view_1_depth": ("view_1_depth.exr", "image/x-exr", b"depth 1"),
        "view_2": ("view_2.jpg", "image/jpeg", b"picture 2"),
        "view_2_depth": ("view_2_depth.exr", "image/x-exr", b"depth 2"),
        "last_frame": ("last_frame.jpg", "image/jpeg", b"picture 3"),
        "last_frame_depth": ("last_frame_depth.exr", "image/x-exr", b"depth 3"),
    }
    extra = json.loads(sent["extra_params"][2])
    assert "camera" not in extra
    assert extra["views"] == [
        {
            "name": "view_1",
            "t": 0.25,
            "camera": {
                "projection": "orthographic",
                "width": 64,
                "height": 48,
                "fx": 0.0,
                "fy": 0.0,
                "cx": 32.0,
                "cy": 24.0,
                "matrix_world": json.loads(IDENTITY),
                "scale": 0.25,
            },
        },
        {"name": "view_2", "t": 0.75},
        {"name": "last_frame", "t": 1.0, "camera": extra["views"][0]["camera"]},
    ]
    names = {name: tmp_path / name for name, part in sent.items() if part[0]}
    asked = backend_request.parse({"extra_params": sent["extra_params"][2].decode()}, "draft").request((64, 48), names)
    assert [(view.t, view.image.name, view.depth and view.depth.name, view.camera) for view in asked.views] == [
        (0.0, "input_reference", None, None),
        (0.25, "view_1", "view_1_depth", camera),
        (0.75, "view_2", "view_2_depth", None),
        (1.0, "last_frame", "last_frame_depth", camera),
    ]


def test_what_was_remade_is_said_and_nothing_is_made_up(make_request):
    import dataclasses

    request = make_request()
    remade = dataclasses.replace(request, binding=dataclasses.replace(request.binding, remade=True))
    assert form.extra_params(remade)["binding"]["remade"] is True
    assert "remade" not in form.extra_params(request)["binding"]
    bare = dataclasses.replace(request, direction=Direction(), views=())
    assert form.extra_params(bare)["dialogue"] == []
    assert set(form.extra_params(bare)) == {"dialogue", "sound", "binding", "options"}


def test_several_shots_travel_in_one_request_and_are_taken_apart_there(make_request, tmp_path: Path):
    import dataclasses

    singles = []
    for number, (seconds, prompt) in enumerate(((0.5, "push in"), (0.75, "pan left"), (0.4, "hold"))):
        image = tmp_path / f"p{number}.png"
        image.write_bytes(b"picture %d" % number)
        views = (View(image), View(image, t=0.5)) if number == 1 else (View(image),)
        one = make_request(views=views, seconds=seconds, fps=Fraction(24), seed=40 + number)
        singles.append(dataclasses.replace(one, direction=Direction(prompt, sound=f"rain {number}")))
    whole = several.join(singles, each_still=True)
    assert (whole.frame_count, several.cuts(whole.shots, whole.fps)) == (40, (0, 12, 30, 40))
    assert [view.t for view in whole.views] == [0.0, 12 / 40, 21 / 40, 30 / 40]
    sent = parts(whole)
    names = {name: tmp_path / name for name, part in sent.items() if part[0]}
    fields = {name: part[2].decode() for name, part in sent.items() if not part[0]}
    asked = backend_request.parse(fields, "draft").request(whole.size, names)
    assert asked.shots == whole.shots
    assert [
        (one.direction.prompt, one.direction.sound, one.seed, one.frame_count, [(v.image.name, v.t) for v in one.views])
        for one in several.split(asked)
    ] == [
        ("push in", "rain 0", 40, 12, [("input_reference", 0.0)]),
        ("pan left", "rain 1", 41, 18, [("view_1", 0.0), ("view_2", 0.5)]),
        ("hold", "rain 2", 42, 10, [("view_3", 0.0)]),
    ]
    with pytest.raises(EngineError, match="makes one shot in one clip"):
        backend_request.check(asked, EngineInfo("x", "X"))
    able = EngineInfo("x", "X", shots=3, views=2, shot_requests=True)
    with pytest.raises(EngineError, match="makes one shot in one clip"):  # several by its own options only
        backend_request.check(asked, dataclasses.replace(able, shot_requests=False))
    told = "X does not use the further views."
    assert told in backend_request.check(asked, able)  # two views: the still and a frame to end on
    assert told not in backend_request.check(asked, dataclasses.replace(able, shot_stills=True))
    first = several.join(singles, each_still=False)
    assert [view.t for view in first.views] == [0.0]
    assert told not in backend_request.check(first, able)
    with pytest.raises(Unfit, match="as long together as the clip"):
        dataclasses.replace(whole, seconds=1.0)


@pytest.mark.parametrize("wrong", [float("nan"), float("inf"), -float("inf"), True, "1.0", None])
def test_one_wrong_number_among_many_is_found(wrong):
    data = to_json(CameraPath((Keyframe(0.0, camera.IDENTITY, unseen=((1.0, 2.0), (3.0, 4.0))),)))
    data["keyframes"][0]["unseen"][1][0] = wrong
    with pytest.raises(Unfit) as refused:
        from_json(CameraPath, data)
    assert str(refused.value) == "keyframes.0.unseen.1.0: must be a number"


def test_whole_numbers_among_others_are_read_as_numbers():
    key = from_json(Keyframe, {"t": 0, "matrix": camera.IDENTITY, "unseen": [[0, 2.5], [3, 4]]})
    assert key.unseen == ((0.0, 2.5), (3.0, 4.0))
    assert {type(value) for row in key.unseen for value in row} == {float}
