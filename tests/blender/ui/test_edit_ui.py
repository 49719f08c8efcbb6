"""What an editor reads and presses: rows of takes, the seed, presets, moves, the status bar, menus, the guide."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import bpy
import pytest
import stand_in
from paper import Paper, Window, draw
from rooms import clip
from take_one.client.protocol import Direction, EngineInfo, TakeRequest
from take_one.operators.making import presets, refine
from take_one.panels import menus
from take_one.panels.parts import status
from take_one.panels.sidebar import card, settings, takes
from take_one.scene.app.app import app
from take_one.scene.app.state import RENDERING, Job
from take_one.scene.model.shots import kept, shot_list
from take_one.scene.session import pump
from take_one.scene.stills.borrow.borrowed import borrowing


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    bpy.ops.wm.read_factory_settings(use_empty=True)
    return clip(tmp_path_factory.mktemp("clips") / "take.mp4", 24)


@pytest.fixture
def shot(source):
    """A shot with a landed take that was asked for at 640 x 360."""
    stand_in.attach()
    shot = shot_list.add_shot(bpy.context.scene)
    shot.name = "Kitchen"
    take = shot.takes.add()
    take.uid, take.status = "k1", "WAITING"
    asked = TakeRequest("draft", Direction("push in"), (), 1.0, 24, (640, 360), 5)
    kept.write(take, kept.Kept(asked, made="2026-03-05T23:59:59"))
    pump.handle(stand_in.ready(shot, source=source))
    return shot_list.find_shot(shot.uid)


class Narrow(Window):
    region = SimpleNamespace(width=300)


def row_of(shot, context):
    paper = Paper()
    takes.TAKEONE_UL_takes.draw_item(None, context, paper, shot, shot.takes[0], 0, None, "", 0)
    return paper.texts


def test_a_take_says_its_words_length_size_engine_and_day(shot):
    name, about = row_of(shot, Window())[:2]
    assert (name, about) == ("1  push in", "1.0 s, 640 x 360, draft, 5 Mar")
    assert row_of(shot, Narrow())[:2] == ["1  push in", "1.0 s"]
    assert "1.0 s, 640 x 360, draft, 5 Mar, seed 5" in draw(takes.TakesPanel).texts


def test_the_card_shows_the_seed_of_the_chosen_take_until_one_is_locked(shot):
    drawn = []
    layout = SimpleNamespace(prop=lambda data, name, **_: drawn.append(data) or SimpleNamespace())
    layout.row = lambda **_: layout
    layout.operator = lambda *_, **__: SimpleNamespace()
    settings.draw_seed(layout, bpy.context, shot)
    assert drawn[0] == shot.takes[0]
    shot.seed_lock = True
    settings.draw_seed(layout, bpy.context, shot)
    assert drawn[2] == shot


def test_a_still_of_another_frame_is_no_other_place_of_the_users(shot):
    """While one is rendered the scene stands at its frame."""
    scene = bpy.context.scene
    shot.frame, shot.frame_lock, shot.still_source = 40, True, "RENDER"
    scene.frame_set(52)
    with borrowing(scene, {"frame_float": 40.0}):
        assert scene.frame_current == 40
        texts = draw(card.ShotPanel).texts
    assert {"Retake Frame 40", "Use Frame 52 Instead"} <= set(texts)
    scene.frame_set(40)
    assert "Retake" in draw(card.ShotPanel).texts


def test_presets_come_along_and_set_the_card(shot):
    ours = str(presets.ROOT / "presets")
    paths = [path for path in bpy.utils.preset_paths(presets.FOLDER) if path.startswith(ours)]
    files = sorted(Path(paths[0]).glob("*.py"))
    assert len(files) >= 6
    for file in files:
        shot.words = ""
        bpy.utils.execfile(str(file))
        assert shot.words and shot.motion == "WORDS", file


def test_moves_are_added_to_the_prompt_whatever_holds_it(shot):
    words = [one for group in menus.MOVES for one in group]
    assert len(words) == len(set(words)) >= 16 and len(draw(menus.TAKEONE_MT_moves).texts) == len(words)
    shot.prompt = "push in."
    bpy.ops.takeone.add_words(words="pan left")
    assert shot.prompt == "push in, then pan left"
    shot.prompt_text = bpy.data.texts.new("long")
    bpy.ops.takeone.add_words(words="hold")
    assert shot.prompt_text.as_string().strip() == "hold"


def test_the_status_bar_says_what_is_made_and_what_landed(shot):
    state = app().state
    assert status.text() == ("Kitchen_t001 has landed", "CHECKMARK")
    state.landed_at -= status.SECONDS
    assert status.text()[0] == ""
    for key, done in (("a", 20), ("b", 60)):
        state.jobs[key] = Job(key, stand_in.binding_of(shot, key), RENDERING, done, eta_seconds=65 if key == "b" else 5)
    assert status.text()[0] == "2 takes, 40%  1:05 left"


def test_a_closed_sidebar_leaves_a_mark_in_the_header(shot):
    area = SimpleNamespace(regions=[SimpleNamespace(type="UI", active_panel_category="View")])
    closed = SimpleNamespace(space_data=SimpleNamespace(show_region_ui=False), area=area)
    other = SimpleNamespace(space_data=SimpleNamespace(show_region_ui=True), area=area)
    ours = SimpleNamespace(type="UI", active_panel_category="Shots")
    shown = SimpleNamespace(space_data=other.space_data, area=SimpleNamespace(regions=[ours]))
    assert [marks(one) for one in (closed, other, shown)] == [
        [("operator", "screen.region_toggle", "Kitchen_t001 has landed")],
        [("label", "", "Kitchen_t001 has landed")],
        [],
    ]
    app().state.landed = ""
    assert marks(closed) == []


def marks(context):
    made = []

    class Layout:
        def operator(self, name, text, **_):
            made.append(("operator", name, text))
            return SimpleNamespace()

        def label(self, text, **_):
            made.append(("label", "", text))

    status._mark(SimpleNamespace(layout=Layout()), context)
    return made


def test_the_menu_under_render_is_short_and_leads_to_everything():
    top = draw(menus.TAKEONE_MT_all)
    assert len([one for one in top.drawn if one.call in ("operator", "menu")]) < 16
    below = {one.what for menu in menus.SUBMENUS for one in draw(menu).drawn}
    assert {f"takeone.{verb}" for group in menus.VERBS for verb in group} == below


def test_the_guide_opens_without_its_pictures(shot):
    bpy.ops.takeone.guide(page="previz-edit")
    text = bpy.data.texts["Take One: previz-edit"].as_string()
    assert text.startswith("# A previz edit") and "![" not in text


def test_refine_says_what_better_engine_is_missing(shot):
    app().state.engines = (
        stand_in.DRAFT,
        EngineInfo("big", "Big", available=False, reason="There is no NVIDIA card. Get one.", fix="models"),
    )
    holder = SimpleNamespace(choice="draft", size_percent=100)
    bpy.context.scene.render.resolution_x, bpy.context.scene.render.resolution_y = 640, 360
    bpy.context.scene.render.resolution_percentage = 100
    said = refine.TAKEONE_OT_refine.said(holder, bpy.context)
    assert said == [
        ("The take has this engine and this size already", ""),
        ("Big: There is no NVIDIA card", "models"),
    ]
    holder.size_percent = 50
    assert refine.TAKEONE_OT_refine.said(holder, bpy.context) == said[1:]


def test_a_camera_of_another_kind_is_called_by_its_name():
    from take_one.scene.app.errors import SceneError
    from take_one.scene.stills.camera import check_camera

    eye = bpy.data.objects.new("Eye", bpy.data.cameras.new("Eye"))
    bpy.context.scene.collection.objects.link(eye)
    eye.data.type = "PANO"
    with pytest.raises(SceneError, match="'Eye' is panoramic"):
        check_camera(bpy.context.scene, eye)
