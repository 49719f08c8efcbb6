# mypy: disable-error-code="valid-type"
"""Properties of the shot for what engines declare, made at run time, so that panels can show and edit it.

They own nothing: they read and write `shot.option_values`, which stays as it is when they go. One is made for each
declaration that a server sends. It goes with the shot's class, when the extension is disabled, and not before: a panel
on the screen may still hold it when another list of engines comes.
"""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from bpy.props import BoolProperty, EnumProperty, FloatProperty, IntProperty, StringProperty

from ....client.protocol import EngineInfo, Option
from ...app.app import app
from . import options
from .properties import TAKEONE_PG_shot

MOST = 64  # options of an engine that are shown
INTS, FLOATS = (-(2**31), 2**31 - 1), (-3.4e38, 3.4e38)  # what Blender holds


class Declared:
    """The properties that were made: names by engine and declaration."""

    def __init__(self) -> None:
        self.names: dict[tuple[str, Option], str] = {}


def declare(engines: Iterable[EngineInfo]) -> None:
    """Make the properties that these engines need and that are not there yet."""
    names = app().part(Declared).names
    for engine in engines:
        for option in engine.options[:MOST]:
            key = (engine.id, option)
            if key not in names:
                name = f"option_{len(names)}_{option.name}"[:60] if option.name.isascii() else f"option_{len(names)}"
                setattr(TAKEONE_PG_shot, name, _property(engine.id, option))
                names[key] = name


def name_of(engine_id: str, option: Option) -> str | None:
    """The shot's property for this option; None where none was made."""
    return app().part(Declared).names.get((engine_id, option))


def _property(engine_id: str, option: Option) -> Any:
    def get(shot: Any) -> Any:
        return options.value_of(shot, engine_id, option)

    def put(shot: Any, value: Any) -> None:
        options.set_value(shot, engine_id, option.name, value)

    name, tip = options.label(option), options.plain(option.tooltip)
    # No animation: an order is made of what the card says at the press.
    shared: dict[str, Any] = {"name": name, "description": tip, "options": set()}
    match option.kind:
        case "bool":
            return BoolProperty(**shared, default=option.default, get=get, set=put)
        case "int":
            return IntProperty(
                **shared, **_numbers(option, INTS, int), get=lambda shot: _within(get(shot), INTS), set=put
            )
        case "float":
            return FloatProperty(
                **shared,
                **_numbers(option, FLOATS, float),
                get=lambda shot: _within(get(shot), FLOATS),
                set=lambda shot, value: put(shot, _short(value)),
            )
        case "enum":
            return _enum(option, shared, get, put)
    return StringProperty(
        **shared, default=options.plain(option.default), get=lambda shot: options.plain(get(shot)), set=put
    )


def _enum(option: Option, shared: dict[str, Any], get: Callable[..., Any], put: Callable[..., None]) -> Any:
    """Choices are known by their place: their values may be any text."""
    values = [choice.value for choice in option.choices]
    items = [
        (str(index), options.plain(choice.label or choice.value.capitalize()), options.plain(choice.tooltip), index)
        for index, choice in enumerate(option.choices)
    ]
    return EnumProperty(
        **shared,
        items=items,
        default=str(values.index(option.default)),
        get=lambda shot: values.index(get(shot)),
        set=lambda shot, index: put(shot, values[index]),
    )


def _numbers(option: Option, limits: tuple[float, float], kind: type) -> dict[str, Any]:
    """The number's range and default, as far as Blender holds them."""
    low, high = (limit if own is None else own for own, limit in zip((option.low, option.high), limits, strict=True))
    return {
        "min": kind(_within(low, limits)),
        "max": kind(_within(high, limits)),
        "default": kind(_within(option.default, limits)),
        "subtype": "PERCENTAGE" if option.unit == options.PERCENT else "NONE",
    }


def _within(value: float, limits: tuple[float, float]) -> float:
    return min(max(value, limits[0]), limits[1])


def _short(value: float) -> float:
    """A number of Blender's, which has 32 bits, as it was typed: 0.3, not 0.30000001."""
    return float(str(np.float32(value)))
