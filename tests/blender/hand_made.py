"""An edit as an editor makes it by hand around shots, and all that can be told of its strips."""

from __future__ import annotations

import json

import bpy
from rooms import NEW, clip
from take_one.scene.edit import board, edit_scene, strips
from take_one.scene.edit.cut import effects, keys
from take_one.scene.edit.cut.connect import connect
from take_one.scene.model.shots import shot_list, takes
from take_one.scene.model.shots.paths import stored_path

FIRST = 37
RATES = {"24": (24, 1.0), "29.97": (30, 1.001)}
LOCKED = {"locked", "apart"}  # the strip itself, and its channel
PLACES = {"A": (37, 24), "B": (61, 30), "C": (91, 30), "D": (113, 30)}  # D is dissolved to over C's last 8 frames
TRIMS = ("animation_offset_start", "animation_offset_end")
TRIMS_NEW = ("content_trim_start", "content_trim_end")
OF_STRIP = ("channel", "mute", "lock", "blend_type", "blend_alpha", "color_tag", "use_reverse_frames", "volume", "pan")
OF_PICTURE = ("offset_x", "offset_y", "scale_x", "scale_y", "rotation")


def clips(folder):
    """Takes of 40 frames, at 24 and at 29.97 fps, and a short film of the editor's."""
    made = {"24": clip(folder / "take24.mp4", 40), "29.97": clip(folder / "take30.mp4", 40, fps=30)}
    return made | {"own": clip(folder / "own.mp4", 12, (0.1, 0.4, 0.8))}


def build(files, rate):
    """The edit from frame 37 on: A a board, B, C and D takes that are trimmed, C and D with a dissolve by hand; a glow
    and a speed effect on B's picture, and around all the editor's own strips of every kind, some locked or muted."""
    scene = bpy.context.scene
    scene.render.fps, scene.render.fps_base = RATES[rate]
    scene.render.resolution_x, scene.render.resolution_y = 64, 36
    edit = edit_scene.ensure_edit_scene(bpy.context, scene)
    edit.frame_start = edit.frame_end = FIRST
    for name, (_, frames) in PLACES.items():
        shot = shot_list.add_shot(scene)
        shot.name, shot.seconds = name, frames * float(RATES[rate][1]) / RATES[rate][0]
    for shot in scene.take_one.shots:
        first, frames = PLACES[shot.name]
        if shot.name == "A":
            board.lay(edit, shot, first, (64, 36))
            continue
        _take(edit, shot, files[rate], first, frames)
    _around(edit, files["own"], scene)
    edit.frame_set(45)
    return edit


def _take(edit, shot, source, first, frames):
    take = shot.takes.add()
    take.uid, take.number, take.status, take.engine = f"{shot.name.lower()}1", 1, "READY", "draft"
    file = takes.new_clip_path(shot, 1)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(source.read_bytes())
    file.with_suffix(".json").write_text(json.dumps({"frames": 40, "width": 64, "height": 36}))
    take.clip, shot.current_take = stored_path(file), take.uid
    movie, sound = strips.place(edit, file, name=shot.name, shot_uid=shot.uid, take_uid=take.uid, frame=first)
    for strip in (movie, sound):
        setattr(strip, strips.END, first + frames)
    movie.channel, sound.channel = (4, 3) if shot.name == "D" else (2, 1)
    connect(edit, (movie, sound))


def _around(edit, own, scene):
    row = edit.sequence_editor.strips
    colour(edit, "music", 16, 20, 300)
    colour(edit, "title", 17, 66, 12)
    colour(edit, "over the cut", 18, 85, 12)
    colour(edit, "behind", 2, 150, 10)
    colour(edit, "locked", 19, 125, 5).lock = True
    colour(edit, "apart", 20, 125, 5)
    edit.sequence_editor.channels[20].lock = True
    colour(edit, "muted", 21, 126, 6).mute = True
    effects.new_effect(edit, "grade", "ADJUSTMENT", 22, 70, 60).modifiers.new("bright", "BRIGHT_CONTRAST")
    effects.new_effect(edit, "words", "TEXT", 23, 123, 9).text = "hello"
    glow = effects.new_effect(edit, "glow", "GLOW", 6, 61, 30, row["B"])
    speed = effects.new_effect(edit, "speed", "SPEED", 7, 61, 30, row["B"])
    speed.speed_control = "MULTIPLY"
    speed.speed_factor = 0.5
    effects.new_effect(edit, "own dissolve", "CROSS", 8, 113, 8, row["C"], row["D"])
    movie = row.new_movie("insert", str(own), 24, 130)
    strips.trim(movie, 132, 140)
    movie.transform.offset_x, movie.transform.scale_x, movie.transform.rotation = 7.0, 0.4, 0.2
    sound = row.new_sound("insert sound", str(own), 25, 130)
    strips.trim(sound, 132, 140)
    connect(edit, (movie, sound))
    reverse = row.new_movie("reverse", str(own), 26, 122)
    reverse.use_reverse_frames = True
    row.new_image("logo", str(own.with_name("logo.png")), 27, 124)
    setattr(row["logo"], strips.LENGTH, 20)
    effects.new_effect(edit, "logo moved", "TRANSFORM", 28, 124, 20, row["logo"]) if not NEW else effects.new_effect(
        edit, "logo moved", "GAUSSIAN_BLUR", 28, 124, 20, row["logo"]
    )
    row.new_scene("set", scene, 29, 145)
    setattr(row["set"], strips.LENGTH, 15)
    outer = row.new_meta("meta", 30, 124)
    inner = outer.strips.new_meta("inner meta", 1, 124)
    colour(edit, "in inner", 40, 126, 6).move_to_meta(inner)
    cut = row.new_movie("in meta", str(own), 41, 124)
    strips.trim(cut, 127, 134)
    cut.move_to_meta(outer)
    strips.trim(inner, 126, 130)
    strips.trim(outer, 126, 132)
    for by in (1, -1):  # Blender 4.5 tells the inner one's content only once it has been moved
        setattr(outer, strips.CONTENT_START, getattr(outer, strips.CONTENT_START) + by)
    for strip, value, frame in (
        (row["title"], 0.0, 66),
        (row["title"], 1.0, 70),
        (glow, 0.2, 65),
        (row["words"], 0.3, 127),
    ):
        strip.blend_alpha = value
        strip.keyframe_insert("blend_alpha", frame=frame)
    for name, frame in (("in A", 40), ("in B", 70), ("in C", 100), ("in D", 130)):
        edit.timeline_markers.new(name, frame=frame)
    for strip in row:
        strip.select = strip.name in ("title", "words")


def colour(edit, name, channel, first, count):
    return effects.new_effect(edit, name, "COLOR", channel, first, count)


def told(edit):
    """By name: where each strip is (start, end and start of its content, exactly), and all else that is to stay."""
    found = {}
    for strip in edit.sequence_editor.strips_all:
        more = {
            name: getattr(strip, name) for name in (*OF_STRIP, *(TRIMS_NEW if NEW else TRIMS)) if hasattr(strip, name)
        }
        if hasattr(strip, "transform"):
            more |= {name: round(getattr(strip.transform, name), 5) for name in OF_PICTURE}
        more["inputs"] = [one.name for one in (getattr(strip, f"input_{n}", None) for n in (1, 2)) if one]
        more["inside"] = sorted(one.name for one in strip.strips) if strip.type == "META" else []
        more["connected"] = sorted(one.name for one in strip.connections) if NEW else []
        more["keys"] = len(key_frames(edit, strip.name))
        place = strips.start(strip), strips.end(strip), round(getattr(strip, strips.CONTENT_START), 3)
        found[strip.name] = (strip.type, place, key_frames(edit, strip.name), more)
    return found


def key_frames(edit, name):
    return [
        round(k.co.x, 3)
        for path, curve in keys.curves(edit)
        if path.startswith(keys.path_of(name))
        for k in curve.keyframe_points
    ]


def moved(before, after):
    """By name how far start, end and content of what is elsewhere have gone; nothing else may differ."""
    assert before.keys() == after.keys(), before.keys() ^ after.keys()
    found = {}
    for name, (kind, place, frames, more) in before.items():
        now = after[name]
        assert (kind, more) == (now[0], now[3]), (name, more, now[3])
        by = tuple(round(new - old, 3) for old, new in zip(place, now[1], strict=True))
        if any(by) or frames != now[2]:
            found[name] = by + tuple(round(new - old, 3) for old, new in zip(frames, now[2], strict=True))[:1]
    return found
