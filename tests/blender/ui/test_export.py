"""The edit out to others and back in: as data, as files, as a movie that is read back, and as what came back."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import bpy
import pytest
from paper import Paper, Window
from rooms import NEW, camera, clip, picture, picture_output
from take_one.client.home import home
from take_one.client.jobs.clip import count_frames
from take_one.client.protocol.edit import Changes, Cut, Note, Notes, notes
from take_one.panels.export import TAKEONE_PT_export
from take_one.scene.app.errors import SceneError
from take_one.scene.edit import edit_scene, strips
from take_one.scene.edit.cut import effects, transitions
from take_one.scene.edit.cut.uses import uses_of
from take_one.scene.edit.out.apply import apply
from take_one.scene.edit.out.collect import collect
from take_one.scene.model.shots import takes
from take_one.scene.model.shots.paths import stored_path
from take_one.scene.model.shots.shot_list import add_shot, ensure_ids
from take_one.scene.session.out import exports

ROOT = Path(__file__).resolve().parents[3]
PYTHON = os.environ.get("TAKE_ONE_PYTHON") or str(ROOT / ".dev" / "backend" / "bin" / "python")
COLORS = ((0.8, 0.2, 0.1), (0.1, 0.7, 0.2), (0.1, 0.2, 0.9))
NAMES = ("Kitchen", "<b>厨房</b> {x}", "مطبخ")
FILE, START, HANDLE = 48, 21, 8  # frames of a take, the edit's first one, a take's head
LENGTHS = (24, 20, 30)
backend = pytest.mark.skipif(not Path(PYTHON).exists(), reason="needs the backend's environment")


@pytest.fixture(scope="module")
def clips(tmp_path_factory):
    bpy.ops.wm.read_factory_settings(use_empty=True)
    folder = tmp_path_factory.mktemp("clips")
    return [clip(folder / f"{index}.mp4", FILE, color) for index, color in enumerate(COLORS)]


@pytest.fixture
def film(clips, tmp_path, monkeypatch):
    """Three shots from frame 21 on, the second dissolving into the third over 6 frames; a title of the user's own."""
    monkeypatch.setenv("TAKE_ONE_PYTHON", PYTHON)
    scene = bpy.context.scene
    scene.render.resolution_x, scene.render.resolution_y, scene.render.fps = 64, 36, 24
    scene.view_settings.view_transform = "Standard"
    ensure_ids(scene)
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "film.blend"))
    edit = edit_scene.ensure_edit_scene(bpy.context, scene)
    edit.frame_start, edit.frame_current = START, START + 7
    at = START
    for index, (name, length) in enumerate(zip(NAMES, LENGTHS, strict=True)):
        shot = add_shot(scene, camera(scene, f"Cam {index}"))
        shot.name, shot.prompt, shot.seconds = name, f"push in {index}", length / 24
        shot.camera.data.lens = 35 + index
        file = takes.new_clip_path(shot, 1)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(clips[index].read_bytes())
        about = {"created_at": "2026-03-01T10:00:00+00:00", "frames": FILE, "fps": "24", "width": 64, "height": 36}
        file.with_suffix(".json").write_text(json.dumps(about))
        take = shot.takes.add()
        take.uid, take.number, take.status, take.engine, take.seed = f"t{index}", 1, "READY", "draft", 5 + index
        take.clip, shot.current_take = stored_path(file), take.uid
        start = at - 6 if index == 2 else at
        placed = strips.place(
            edit, file, name=takes.take_name(name, 1), shot_uid=shot.uid, take_uid=take.uid, frame=start - HANDLE
        )
        for strip in placed:
            setattr(strip, strips.START, start)
            setattr(strip, strips.END, at + length)
        at += length
    line = scene.take_one.shots[0].lines.add()
    line.speaker, line.line = "ANNA", "We are late."
    second, third = (movie(edit, index) for index in (1, 2))
    ends = {"length": 6} if NEW else {"frame_end": START + 44}
    edit.sequence_editor.strips.new_effect(
        "Dissolve", "GAMMA_CROSS", 20, START + 38, input1=second, input2=third, **ends
    )
    ends = {"length": 10} if NEW else {"frame_end": START + 15}
    edit.sequence_editor.strips.new_effect("Title", "TEXT", 30, START + 5, **ends).text = ""
    edit.timeline_markers.new("hello", frame=START + 9)
    edit.frame_end = at - 1
    bpy.ops.wm.save_mainfile()
    return edit


def movie(edit, index):
    return next(
        one for one in edit.sequence_editor.strips if one.get(strips.TAKE_KEY) == f"t{index}" and one.type == "MOVIE"
    )


def seen(edit):
    return sorted(
        (s.name, s.type, strips.start(s), strips.end(s), strips.content_start(s)) for s in edit.sequence_editor.strips
    )


def test_the_edit_as_data(film):
    before = seen(film)
    data = collect(film)
    assert (data.title, data.fps, data.size, data.start, data.frames) == ("film", 24, (64, 36), START, sum(LENGTHS))
    places = [shot.places[0] for shot in data.shots]
    assert [(one.start, one.frames, one.offset) for one in places] == [(21, 24, 8), (45, 20, 8), (59, 36, 8)]
    assert [shot.name for shot in data.shots] == list(NAMES)
    assert [(shot.camera, shot.lens, shot.frames) for shot in data.shots] == [
        ("Cam 0", 35, 24),
        ("Cam 1", 36, 20),
        ("Cam 2", 37, 30),
    ]
    first = data.shots[0]
    assert first.direction.dialogue[0].line == "We are late." and first.takes[0].seed == 5
    assert first.takes[0].file == Path(bpy.data.filepath).parent / "takes" / "Kitchen" / "Kitchen_t001.mp4"
    assert [(one.kind, one.shot, one.start, one.offset) for one in data.sounds] == [
        ("TAKE", shot.id, place.start, 8) for shot, place in zip(data.shots, places, strict=True)
    ]
    (dissolve,) = data.transitions
    assert (dissolve.kind, dissolve.start, dissolve.frames) == ("DISSOLVE", 59, 6)
    assert (dissolve.before, dissolve.after) == (data.shots[1].id, data.shots[2].id)
    assert [(one.kind, one.name, one.start, one.frames) for one in data.others] == [("TEXT", "Title", 26, 10)]
    assert [(one.name, one.frame) for one in data.markers] == [("hello", 30)]
    assert seen(film) == before


def test_fades_dips_and_burn_ins_of_the_edit_are_no_strips_of_the_users(film):
    shots = bpy.data.scenes["Scene"].take_one.shots
    transitions.add(film, uses_of(film, shots[0].uid)[0], transitions.FADE_IN, 8)
    transitions.add(film, uses_of(film, shots[1].uid)[0], transitions.DIP, 10)
    data = collect(film)
    a, b, c = (shot.id for shot in data.shots)
    assert sorted((one.start, one.frames, one.kind, one.before, one.after) for one in data.transitions) == [
        (21, 8, "FADE_IN", "", a),
        (40, 5, "FADE_OUT", a, ""),
        (45, 5, "FADE_IN", "", b),
        (59, 6, "DISSOLVE", b, c),
    ]
    assert [one.name for one in data.others] == ["Title"]
    shots[1].status, shots[1].rating, shots[1].note = "REVIEW", 3, "lower the lamp"
    second = collect(film).shots[1]
    assert (second.status, second.rating, second.note) == ("For Review", 3, "lower the lamp")


def test_no_file_leaves_that_is_no_take_of_the_film(film, tmp_path):
    secret = tmp_path / "secret_t001.mp4"
    secret.write_text("secret")
    shots = bpy.data.scenes["Scene"].take_one.shots
    shots[0].takes[0].clip, shots[1].still = str(secret), "/etc/hostname"
    data = collect(film)
    assert data.shots[0].takes[0].file is None and data.shots[1].picture is None


@backend
def test_timelines_and_lists_are_written_and_read_again(film, tmp_path):
    for kind, name in (("OTIO", "a.otio"), ("EDL", "b"), ("PDF", "d.pdf")):
        assert bpy.ops.takeone.export_edit(filepath=str(tmp_path / name), kind=kind) == {"FINISHED"}
    assert {path.name for path in tmp_path.iterdir()} >= {"a.otio", "b.edl", "d.pdf"}
    assert (tmp_path / "d.pdf").read_bytes()[:5] == b"%PDF-"
    timeline = json.loads((tmp_path / "a.otio").read_text())
    clips_ = [one for one in timeline["tracks"]["children"][0]["children"] if one["OTIO_SCHEMA"] == "Clip.2"]
    assert [one["name"] for one in clips_] == list(NAMES)
    assert [one["source_range"]["duration"]["value"] for one in clips_] == [24, 17, 33]
    made = clips_[0]["media_references"]["DEFAULT_MEDIA"]["metadata"]["take_one"]["made"]
    assert made == "2026-03-01T10:00:00+00:00"  # from the sidecar
    for name in ("a.otio", "b.edl"):
        assert bpy.ops.takeone.import_edit(filepath=str(tmp_path / name)) == {"FINISHED"}
        part = exports.exports()
        assert part.changes is not None and part.changes.lines(part.edit) == []
    before = seen(film)
    assert bpy.ops.takeone.import_apply() == {"FINISHED"} and seen(film) == before
    assert list((home() / "exports").iterdir()) == []


@backend
def test_the_cut_is_rendered_elsewhere_and_read_back(film, tmp_path):
    out = tmp_path / "cut.mp4"
    compared = effects.new_effect(film, "Compare", "COLOR", 40, START, sum(LENGTHS) + 9)
    compared.color, compared["take_one_compare"] = (1.0, 0.0, 1.0), True
    before = seen(film), bpy.data.filepath, film.frame_current, film.render.filepath
    assert collect(film).frames == sum(LENGTHS) and "Compare" not in {one.name for one in collect(film).others}
    assert bpy.ops.takeone.export_cut(filepath=str(out)) == {"FINISHED"}
    assert (seen(film), bpy.data.filepath, film.frame_current, film.render.filepath) == before
    with out.open("rb") as file:
        assert count_frames(file) == sum(LENGTHS)
    assert list((home() / "exports").iterdir()) == [] and not list(tmp_path.glob(".*part"))
    script = (
        "import av, json, sys\nimport numpy as np\n"
        "with av.open(sys.argv[1]) as c:\n"
        "    s = np.concatenate([x.to_ndarray() for x in c.decode(c.streams.audio[0])], axis=1)\n"
        "    loud = [float(20 * np.log10(np.sqrt((s[:, int(t * 48000) : int((t + 0.2) * 48000)] ** 2).mean())))"
        " for t in (0.1, 0.75, 1.02, 1.3, 2.2, 2.8)]\n"
        "with av.open(sys.argv[1]) as c:\n"
        "    v, a = c.streams.video[0], c.streams.audio[0]\n"
        "    f = [x.to_ndarray(format='rgb24')[16:20, 8:56].mean(axis=(0, 1)).tolist() for x in c.decode(v)]\n"
        "    print(json.dumps([str(v.average_rate), v.codec_context.name, a.codec_context.name, a.rate,"
        " float(a.duration * a.time_base), int(v.codec_context.colorspace), f, loud]))\n"
    )
    run = subprocess.run([PYTHON, "-c", script, str(out)], capture_output=True, text=True, timeout=60)
    assert run.returncode == 0, run.stderr
    rate, video, audio, samples, seconds, space, frames, loud = json.loads(run.stdout)
    assert (rate, video, audio, samples, space) == ("24", "h264", "aac", 48000, 1)
    assert seconds == pytest.approx(sum(LENGTHS) / 24, abs=0.1)
    for frame, color in ((3, COLORS[0]), (23, COLORS[0]), (24, COLORS[1]), (37, COLORS[1]), (60, COLORS[2])):
        assert frames[frame] == pytest.approx([255 * value for value in color], abs=9), frame
    assert loud == pytest.approx([-15.3] * 6, abs=1.0)  # the tone of the clips, at cuts and between them
    mixed = frames[41]
    assert 60 < mixed[1] < 170 and 60 < mixed[2] < 220  # in the dissolve
    for frame in (3, 23, 24, 39, 41, 43, 60):  # as the edit itself shows them
        assert frames[frame] == pytest.approx(shown_at(film, START + frame, tmp_path), abs=6), frame


def shown_at(edit, frame, folder):
    """The mean colour of the middle of what the edit shows, of 0..255."""
    edit.frame_start = edit.frame_end = frame
    picture_output(edit, f"{folder}/seen_")
    bpy.ops.render.render(animation=True, scene=edit.name)
    return (255 * picture(folder / f"seen_{frame:04d}.png")[16:20, 8:56].mean(axis=(0, 1))).tolist()


@backend
def test_what_fails_is_said_and_leaves_nothing(film, tmp_path, monkeypatch):
    with pytest.raises(RuntimeError, match="no folder"):
        bpy.ops.takeone.export_cut(filepath=str(tmp_path / "no" / "cut.mp4"))
    (tmp_path / "bad.otio").write_text("{")
    with pytest.raises(RuntimeError, match="can't be read"):
        bpy.ops.takeone.import_edit(filepath=str(tmp_path / "bad.otio"))
    assert not bpy.ops.takeone.import_apply.poll()
    monkeypatch.setenv("TAKE_ONE_PYTHON", str(tmp_path / "none"))
    with pytest.raises(RuntimeError, match="not installed"):
        bpy.ops.takeone.export_edit(filepath=str(tmp_path / "a.otio"))
    left = [list(room.iterdir()) for room in (home() / "exports").glob("*")]
    assert not (tmp_path / "a.otio").exists() and left == []


@backend
def test_the_client_page_holds_the_cut(film, tmp_path):
    assert bpy.ops.takeone.export_page(filepath=str(tmp_path / "page")) == {"FINISHED"}
    text = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert text.count('type="text/plain"') == 4  # the cut, and three takes
    assert str(tmp_path) not in text and "<b>厨房" not in text


def test_changes_of_another_program_are_done(film):
    data = collect(film)
    a, b, c = data.shots
    swapped = Changes(
        (
            Cut(b.id, b.name, 21, 14, 11, 0, "t1"),
            Cut("", "Corridor", 35, 12, note="a door"),
            Cut(a.id, a.name, 47, 30, 5, 0, "t0"),
            Cut(c.id, c.name, 77, 36, 8, 0, "t2"),
        )
    )
    bpy.data.scenes["Scene"].take_one.active_shot = 1
    for strip in list(film.sequence_editor.strips):
        if strip.name == "Dissolve":
            film.sequence_editor.strips.remove(strip)
    data = replace(data, transitions=())
    bpy.data.scenes["Scene"].render.fps = 30  # lengths are the edit's
    for name, channel, first, count in (("along", 31, 21, 24), ("begin", 32, 21, 5), ("end", 33, 39, 6)):
        effects.new_effect(film, name, "COLOR", channel, first, count)[strips.WITH_KEY] = a.id
    title = next(s for s in film.sequence_editor.strips if s.name == "Title")
    own = strips.start(title), strips.end(title), title.channel
    done = apply(film, data, swapped, bpy.data.scenes["Scene"])
    assert (done.changed, done.new, done.remarks) == (3, 1, ())
    for index, (start, end, content) in {0: (47, 77, 42), 1: (21, 35, 10), 2: (77, 113, 69)}.items():
        for strip in film.sequence_editor.strips:
            if strip.get(strips.TAKE_KEY) == f"t{index}":
                assert (strips.start(strip), strips.end(strip), strips.content_start(strip)) == (start, end, content)
    assert (strips.start(title), strips.end(title), title.channel) == own
    shots = bpy.data.scenes["Scene"].take_one.shots
    assert [shot.name for shot in shots] == [NAMES[1], NAMES[0], NAMES[2], "Corridor"]
    assert shots[3].prompt == "a door" and shots[3].seconds == pytest.approx(12 / 24)
    assert [(one.name, one.frame) for one in film.timeline_markers] == [("hello", 30), ("Corridor", 35)]
    over = [film.sequence_editor.strips[name] for name in ("along", "begin", "end")]
    assert [(strips.start(one), strips.end(one)) for one in over] == [(47, 77), (47, 52), (71, 77)]
    again = collect(film)
    assert [shot.places[0].offset for shot in again.shots[:3]] == [11, 5, 8]
    with pytest.raises(SceneError, match="has changed since"):
        apply(film, data, swapped, bpy.data.scenes["Scene"])

    # frames before all that it showed
    assert apply(film, again, Changes((Cut(c.id, c.name, 90, 6, 0, 0, "t2"),)), bpy.data.scenes["Scene"]).changed == 1
    last = movie(film, 2)
    assert (strips.start(last), strips.end(last), strips.content_start(last)) == (90, 96, 90)


def test_another_take_that_is_shown_there_is_said_where_the_shot_has_it(film):
    data = collect(film)
    shot = data.shots[1]
    place = shot.places[0]

    def remarks(take):
        cut = Cut(shot.id, shot.name, place.start, place.frames, place.offset, 0, take)
        return apply(film, data, Changes((cut,)), bpy.data.scenes["Scene"]).remarks

    assert remarks("t1") == remarks("t8") == ()
    bpy.data.scenes["Scene"].take_one.shots[1].takes.add().uid = "t8"
    (said,) = remarks("t8")
    assert said.startswith(f"Another take of '{shot.name}' is shown there")


def test_a_shot_as_data_goes_by_its_own_scene_and_a_strip_by_what_is_seen_of_it(film):
    scene = bpy.data.scenes["Scene"]
    shots = scene.take_one.shots
    scene.render.fps, scene.render.fps_base, shots[0].seconds = 30, 1.25, 2.0
    movie(film, 0)[strips.HEAD_KEY], movie(film, 0)[strips.TAIL_KEY] = 3, 5
    transitions.add(film, uses_of(film, shots[2].uid)[0], transitions.FADE_OUT, 7)
    meta = film.sequence_editor.strips.new_meta("meta", 40, 26)
    effects.new_effect(film, "inside", "COLOR", 41, 26, 20).move_to_meta(meta)
    setattr(meta, strips.END, 41)
    data = collect(film)
    first, last = data.shots[0], data.shots[2]
    assert (data.fps, first.frames, first.takes[0].handles) == (24, 48, (3, 5))
    assert [(one.before, one.after, one.start, one.frames) for one in data.transitions if one.kind == "FADE_OUT"] == [
        (last.id, "", 88, 7)
    ]
    inside = next(one for one in data.others if one.name == "inside")
    assert (inside.start, inside.frames, inside.enabled) == (26, 15, True)
    meta.mute = True
    assert not next(one for one in collect(film).others if one.name == "inside").enabled


def test_a_locked_strip_stops_it_and_nothing_has_moved(film):
    data = collect(film)
    movie(film, 0).lock = True
    before = seen(film)
    with pytest.raises(SceneError, match="locked"):
        apply(film, data, Changes((Cut(data.shots[0].id, "Kitchen", 200, 24, 8, 0),)), bpy.data.scenes["Scene"])
    assert seen(film) == before


def test_notes_of_a_client_stand_beside_their_shots(film, tmp_path):
    data = collect(film)
    given = Notes(
        data.id,
        (Note(data.shots[1].id, "darker", NAMES[1], "", "change", 30), Note("gone", "x", "Old")),
        "film",
        "Mia",
        "2026-03-04T10:00:00Z",
    )
    path = tmp_path / "notes.json"
    path.write_bytes(notes.to_bytes(given))
    assert bpy.ops.takeone.read_notes(filepath=str(path)) == {"FINISHED"}
    assert bpy.ops.takeone.read_notes(filepath=str(path)) == {"FINISHED"}  # the same again is no more
    shots = bpy.data.scenes["Scene"].take_one.shots
    (note,) = shots[1].client_notes
    assert (note.author, note.text, note.verdict, note.made) == ("Mia", "darker", "Please change", "2026-03-04")
    assert exports.exports().said == ("There is no shot 'Old' any more.",)
    bpy.data.scenes["Scene"].take_one.active_shot = 1
    paper = Paper()
    TAKEONE_PT_export.draw(SimpleNamespace(layout=paper), Window())
    assert any("darker" in text for text in paper.texts) and any("Mia" in text for text in paper.texts)
    path.write_text("{}")
    with pytest.raises(RuntimeError, match="holds no notes"):
        bpy.ops.takeone.read_notes(filepath=str(path))
