"""What a card sets of the settings that engines declare (client.protocol.Option).

A shot keeps values by engine and name in `shot.option_values`, whether or not that engine is here: another server,
version or machine may use them again. A value that does not fit what the engine declares stays in the file, the panel
says so, and it is not sent: the engine's default counts.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bpy.app.translations import pgettext_rpt as rpt_

from ....client.protocol import EngineInfo, Option
from ...app.app import app
from ...app.errors import SceneError

ANY = ""  # engine of the values that count for whichever engine declares an option of that name
PERCENT = "%"  # a unit that Blender's fields show
NOT_ON_CARD = frozenset({"final_prompt", "scene", "refine_from"})  # which a request's options also carry


@dataclass(frozen=True)
class Misfit:
    """A value that the card keeps and the engine would not take. `why` is the end of a sentence."""

    name: str
    label: str
    value: Any
    why: str

    @property
    def text(self) -> str:
        """It as a sentence, without the full stop."""
        text = rpt_("{name} was set to {value}, which does not count: {why}")
        return plain(text.format(name=self.label, value=shown(self.value), why=self.why))


def label(option: Option) -> str:
    """What people call an option, with its unit where nothing else says it: "Memory (GB)", but "Steps"."""
    text = option.label or option.name.replace("_", " ").capitalize()
    says_more = option.unit not in ("", PERCENT) and option.unit.lower() not in text.lower().split()
    return plain(f"{text} ({option.unit})" if says_more else text)


def plain(text: str) -> str:
    """A server's text without what Blender takes no text with."""
    return text.encode("utf-8", "ignore").decode().replace("\0", "")


def shown(value: Any) -> str:
    """A value for people to read."""
    return plain(json.dumps(value, ensure_ascii=False))


def kept(shot: Any, engine_id: str) -> dict[str, Any]:
    """What the card keeps for an engine, by name, whether it fits or not."""
    found: dict[str, Any] = {}
    for owner in dict.fromkeys((ANY, engine_id)):
        for entry in shot.option_values:
            if entry.engine == owner:
                found |= _read(entry.name, entry.value)
    return found


def value_of(shot: Any, engine_id: str, option: Option) -> Any:
    """The value that counts: what the card keeps where it fits, else the default."""
    value = kept(shot, engine_id).get(option.name, option.default)
    return option.default if option.refusal(value) else value


def misfits(shot: Any, engine: EngineInfo) -> list[Misfit]:
    """What the card keeps for this engine and can't be sent to it as it is here."""
    own = {entry.name for entry in shot.option_values if entry.engine == engine.id}
    found = []
    for name, value in kept(shot, engine.id).items():
        option = engine.option(name)
        why = option.refusal(value) if option else rpt_("there is no such setting here")
        if why and (option or name in own):
            found.append(Misfit(name, label(option) if option else name, value, why))
    return found


def chosen(shot: Any, overrides: Mapping[str, Any]) -> dict[str, Any]:
    """The engine's options as a request carries them: what the card sets, and what `overrides["options"]` says for one
    call. What is left alone is left to the engine. As long as the engine is not known, nothing is checked.

    Raises:
        SceneError: bad_option where the engine would not take what this call says.
    """
    engine_id = overrides.get("engine", shot.engine)
    asked = overrides.get("options", {})
    engine = app().state.engine(engine_id)
    if engine is None:
        return kept(shot, engine_id) | asked
    for name, value in asked.items():
        option = engine.option(name)
        if option and (why := option.refusal(value)):
            text = rpt_("{engine} can't take {value} for {name}: {why}.")
            message = text.format(engine=engine.label, value=shown(value), name=name, why=why)
            raise SceneError("bad_option", message, param=name)
    here = {option.name: option for option in engine.options}
    fitting = {
        name: value
        for name, value in kept(shot, engine.id).items()
        if name in here and here[name].refusal(value) is None
    }
    return fitting | asked


def set_value(shot: Any, engine_id: str, name: str, value: Any) -> None:
    """Keep a value on the card. The shot stays with the engine that it is for."""
    shot.engine = shot.engine or engine_id
    found = (entry for entry in shot.option_values if (entry.engine, entry.name) == (engine_id, name))
    entry = next(found, None) or shot.option_values.add()
    entry.engine, entry.name, entry.value = engine_id, name, json.dumps(value)


def replace(shot: Any, values: Mapping[str, Any]) -> None:
    """Keep these for the shot's engine and nothing else. What is kept for other engines stays."""
    for name in {entry.name for entry in shot.option_values}:
        reset(shot, name)
    for name, value in values.items():
        if name not in NOT_ON_CARD:
            set_value(shot, engine_of(shot), name, value)


def reset(shot: Any, name: str) -> None:
    """Keep nothing of this name for the shot's engine."""
    owners = (ANY, engine_of(shot))
    for index in reversed(range(len(shot.option_values))):
        entry = shot.option_values[index]
        if entry.name == name and entry.engine in owners:
            shot.option_values.remove(index)


def engine_of(shot: Any) -> str:
    """Id of the shot's engine; "" where it is the server's own choice and that is not known yet."""
    engine = app().state.engine(shot.engine)
    return engine.id if engine else str(shot.engine)


def copy(source: Any, target: Any) -> None:
    """Give `target` what `source` keeps, for every engine."""
    target.option_values.clear()
    for entry in source.option_values:
        new = target.option_values.add()
        new.engine, new.name, new.value = entry.engine, entry.name, entry.value


def from_text(text: str) -> dict[str, Any]:
    """The options of a JSON object, such as {"quality": "best"}. Raises SceneError bad_option."""
    try:
        values = json.loads(text or "{}", parse_constant=_no_number)
    except (ValueError, RecursionError):
        values = None
    if not isinstance(values, dict):
        message = rpt_('Engine options are a JSON object such as {{"quality": "best"}}, not {text}').format(text=text)
        raise SceneError("bad_option", message)
    return values


def to_text(shot: Any) -> str:
    """What the card keeps for its engine, as `from_text` reads it."""
    return json.dumps(kept(shot, engine_of(shot)))


def _read(name: str, text: str) -> dict[str, Any]:
    """A kept value by its name. Nothing of what can't be read: a .blend holds what a stranger wrote."""
    try:
        return {name: json.loads(text, parse_constant=_no_number)}
    except (ValueError, RecursionError):
        return {}


def _no_number(text: str) -> None:
    raise ValueError(f"{text} is no number")
