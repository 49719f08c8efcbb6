"""An account with a provider, by hand: the price on the card, the question at the press, an answer that is lost."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from backend.engines.comfy import shelf
from devtools.window.blender import MODULE, BlenderWindow
from tests.backend.hosted.fakes.fake import KEY, Script
from tests.backend.hosted.fakes.fal import FakeFal
from tests.backend.hosted.fakes.runway import FakeRunway

from .. import preferences

CHOSEN = f"bpy.context.preferences.addons['{MODULE}'].preferences"
ACCOUNTS = f"__import__('{MODULE}.scene.session.server.accounts', fromlist=['accounts']).accounts().state"
QUOTES = f"__import__('{MODULE}.scene.session.press.quotes', fromlist=['spent'])"
SHOT = "scene.take_one.shots[0]"


@pytest.fixture(scope="module")
def fal() -> Iterator[FakeFal]:
    fake = FakeFal()
    yield fake
    fake.close()


@pytest.fixture(scope="module")
def runway() -> Iterator[FakeRunway]:
    fake = FakeRunway()
    yield fake
    fake.close()


@pytest.fixture(scope="module")
def blender(
    open_blender: Callable[..., BlenderWindow],
    fal: FakeFal,
    runway: FakeRunway,
    tmp_path_factory: pytest.TempPathFactory,
) -> BlenderWindow:
    home: Path = tmp_path_factory.mktemp("with_accounts")
    addresses = {"fal": fal.url, "runway": runway.url}
    accounts = {name: {"address": url, "kept": "environment"} for name, url in addresses.items()}
    (home / "accounts.json").write_text(json.dumps(accounts))
    (home / shelf.FOLDER).mkdir()
    for name in ("Grain", "Side by Side"):
        shutil.copy(shelf.DELIVERED / f"{name}.json", home / shelf.FOLDER)
    keys = {"FAL_KEY": KEY, "RUNWAYML_API_SECRET": KEY}
    window = open_blender("--online-mode", TAKE_ONE_HOME=str(home), **keys)
    window.run("scene.take_one.blank.seconds = 3.0\nscene.take_one.blank.engine = 'fal-happyhorse-1.1'")
    window.show_tab()
    window.until("STATE.engine('fal-happyhorse-1.1') is not None")
    return window


def test_the_card_says_the_price_and_the_press_keeps_to_the_budget(blender: BlenderWindow, fal: FakeFal) -> None:
    blender.until(f"{QUOTES}.app().part({QUOTES}.Quotes).prices")
    blender.until_handled()
    blender.picture("price")
    told = f"{QUOTES}.words({QUOTES}.of_card(scene.take_one.blank))"
    assert blender.ask(told) == "About $0.42, price of 2026-11-27"
    options = f"__import__('{MODULE}.scene.model.properties.options', fromlist=['x'])"
    blender.run(f"{options}.set_value(scene.take_one.blank, 'fal-happyhorse-1.1', 'quality', '1080p')")
    assert blender.ask(told) == "About $0.54, price of 2026-11-27"
    blender.until_handled()
    blender.picture("price in 1080p")
    blender.run(f"{options}.reset(scene.take_one.blank, 'quality')")
    blender.run(f"{CHOSEN}.budget_film = 0.3")
    blender.click("takeone.animate_frame()")
    blender.until_handled()
    blender.picture("question")
    assert fal.orders == []
    blender.press("Escape")
    blender.until_handled()
    assert fal.orders == []
    blender.run(f"{CHOSEN}.budget_film = 5.0")
    blender.click("takeone.animate_frame()")
    blender.until(f"len(scene.take_one.shots) and [take.status for take in {SHOT}.takes] == ['READY']")
    assert len(fal.orders) == 1
    blender.until(f"{QUOTES}.spent()[0].get('USD', 0) > 0.4")
    blender.until_handled()
    blender.picture("spent")


def test_an_order_whose_answer_was_lost_waits_for_a_word(blender: BlenderWindow, runway: FakeRunway) -> None:
    runway.script = Script(lose_answers=1)
    blender.run(f"{SHOT}.engine = 'runway-gen-4.5'")
    blender.click("takeone.animate_frame()")
    blender.until("[job.status for job in STATE.jobs.values()] == ['uncertain']")
    blender.until_handled()
    blender.picture("uncertain")
    assert len(runway.orders) == 1
    blender.run("key = next(iter(STATE.jobs))\nbpy.ops.takeone.send_again(job=key)")
    blender.until(f"[take.status for take in {SHOT}.takes] == ['READY', 'READY']")
    assert len(runway.orders) == 2


def test_a_strangers_reference_pictures_stand_on_the_card_until_they_are_allowed(blender: BlenderWindow) -> None:
    blender.run(f"{SHOT}.engine = 'fal-happyhorse-1.1-references'\n{SHOT}.references.add().path = '/nowhere/anna.png'")
    blender.until_handled()
    blender.picture("references")
    blender.click("takeone.references_allow()")
    strange = f"__import__('{MODULE}.scene.session.press.references', fromlist=['x']).unseen({SHOT})"
    blender.until(f"not {strange}")
    blender.run("bpy.context.window_manager.take_one_settings = True")
    blender.click("takeone.reference_remove(index=0)")
    blender.until(f"len({SHOT}.references) == 0")


def test_the_preferences_list_accounts_and_test_them(blender: BlenderWindow, fal: FakeFal) -> None:
    preferences.open_preferences(blender)
    blender.until(f"{ACCOUNTS}.state == 'done'")
    kept = "{one.provider: one.kept for one in " + ACCOUNTS + ".accounts}"
    assert blender.ask(kept) == {
        "model_studio": "",
        "fal": "environment",
        "runway": "environment",
        "gemini": "",
        "videos": "",
        "comfyui": "",
    }
    workflows = "[list(one.models) for one in " + ACCOUNTS + ".accounts if one.workflows]"
    assert blender.ask(workflows) == [["Grain", "Side by Side"]]
    preferences.click(blender, 'takeone.workflow_remove(provider="comfyui", workflow="Grain"')
    blender.until(f"{workflows} == [['Side by Side']]")
    preferences.click(blender, 'takeone.account_test(provider="fal"')
    blender.until(f"'The key is good' in {ACCOUNTS}.said")
    blender.until_handled()
    blender.picture("accounts")
    assert KEY not in blender.log()
