"""What an engine is, can do and costs, as it declares it itself."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from .problem import Unfit

MAX_AMOUNT = 1e12  # of any currency
KINDS = ("bool", "int", "float", "enum", "text")


@dataclass(frozen=True)
class Choice:
    """One value of an option of the kind "enum"."""

    value: str
    label: str = ""
    tooltip: str = ""


@dataclass(frozen=True)
class Option:
    """A setting of an engine, which the card shows as this says. `low` and `high` are a number's range.

    `kind` is one of KINDS. `unit` is for people ("steps", "GB"), "" for none.
    """

    name: str
    kind: str
    default: Any
    label: str = ""
    low: float | None = None
    high: float | None = None
    choices: tuple[Choice, ...] = ()
    unit: str = ""
    tooltip: str = ""

    def __post_init__(self) -> None:
        if not self.name.isidentifier():
            raise Unfit("name", f"must be an identifier, not {self.name!r}")
        if self.kind not in KINDS:
            raise Unfit("kind", f"must be one of {', '.join(KINDS)}")
        if (problem := self.refusal(self.default)) is not None:
            raise Unfit("default", f"of {self.name} does not fit: {problem}")

    def refusal(self, value: Any) -> str | None:
        """Why `value` does not fit, as the end of a sentence; None where it does."""
        if self.kind == "bool":
            return None if isinstance(value, bool) else "it must be true or false"
        if self.kind == "text":
            return None if isinstance(value, str) else "it must be text"
        if self.kind == "enum":
            known = [choice.value for choice in self.choices]
            return None if value in known else f"it must be one of {', '.join(known)}"
        whole = self.kind == "int"
        if isinstance(value, bool) or not isinstance(value, int if whole else int | float):
            return f"it must be a {'whole number' if whole else 'number'}"
        if (self.low is not None and value < self.low) or (self.high is not None and value > self.high):
            return f"it must lie between {self.low} and {self.high}"
        return None


@dataclass(frozen=True)
class Price:
    """What a take costs: `amount` of `currency` (ISO 4217). `as_of` is the day of the price, `source` where it
    stands. `exact` is a live quote, or what was paid; else it is an estimate. `per` is "second" where it is the price
    of a second."""

    amount: float
    currency: str = "USD"
    as_of: str = ""
    source: str = ""
    exact: bool = False
    per: str = ""

    def __post_init__(self) -> None:
        if not 0 <= self.amount < MAX_AMOUNT:
            raise Unfit("amount", f"must be at least 0 and below {MAX_AMOUNT:g}")


@dataclass(frozen=True)
class Tariff:
    """What a second of clip costs where the engine's settings are `options`; those that it does not name may be any."""

    price: Price
    options: Mapping[str, Any] = field(default_factory=dict)

    def holds(self, chosen: Mapping[str, Any]) -> bool:
        """Whether it is the one for these settings."""
        return all(name in chosen and chosen[name] == value for name, value in self.options.items())


@dataclass(frozen=True)
class EngineInfo:
    """What an engine can do here. Where `available` is false, `reason` says why and `fix` what would help.

    Only the id is always there: of another kind of server nothing else may be known. A limit of 0 is not known, and
    is not checked. `fps` None is any, else the engine's own rate, conformed afterwards. `views` is how many it can use.
    `lane` is what its jobs wait for: cpu, gpu or network. `shots` is how many shots it can make in one clip, each of
    a multiple of `shot_seconds` (0: of any length); `shot_requests` where they may be those of a request (TakeRequest.
    shots), and `shot_stills` where each of them may have views of its own, else the first one's still is all it uses.
    `sends_to` is who gets the pictures and the words ("" where they stay with the backend), `account` whose key it
    needs, and `rate` what a second costs as it is set by itself; `tariffs` say it for its other settings, of which the
    first that holds counts. `lengths` are the only seconds that it makes, rising; none: any. `references` is how many
    pictures of who and what is seen it takes beside the still. `overscan`: it uses a view that shows more around the
    still (see View). `finer_views`: it shows more of the further views whose pictures are finer than the clip.
    """

    id: str
    name: str = ""
    description: str = ""
    available: bool = True
    reason: str = ""
    fix: str = ""
    max_seconds: float = 0.0
    max_pixels: int = 0
    fps: Fraction | None = None
    languages: tuple[str, ...] = ()
    sound: bool = False
    depth: bool = False
    camera_path: bool = False
    last_frame: bool = False
    dialogue: bool = False
    views: int = 1
    needs_still: bool = True
    handles: bool = False  # it can make frames beyond both ends of the shot at no cost
    lane: str = "cpu"
    prompt_form: bool = False  # it words the direction in a form of its own
    priced: bool = False  # it can say what a take would cost
    words_path: bool = False  # it makes a camera path of the words, and can say which
    options: tuple[Option, ...] = ()
    shots: int = 1
    shot_seconds: float = 0.0
    sends_to: str = ""
    account: str = ""
    rate: Price | None = None
    references: int = 0
    shot_requests: bool = False
    shot_stills: bool = False
    tariffs: tuple[Tariff, ...] = ()
    lengths: tuple[float, ...] = ()
    overscan: bool = False
    finer_views: bool = False

    @property
    def label(self) -> str:
        """What people call it."""
        return self.name or self.id

    @property
    def shots_asked(self) -> int:
        """How many shots a request may have."""
        return max(1, self.shots) if self.shot_requests else 1

    def option(self, name: str) -> Option | None:
        """The setting called `name`."""
        return next((option for option in self.options if option.name == name), None)

    def price(self, seconds: float, options: Mapping[str, Any]) -> Price | None:
        """What a take of so many seconds with these settings costs by what is declared. Begun seconds count whole.

        None where that does not say it: nothing is told of these settings, or `options` has some that it does not
        declare, which may make something else.
        """
        if any(self.option(name) is None for name in options):
            return None
        chosen = {**{option.name: option.default for option in self.options}, **options}
        found = next((tariff.price for tariff in self._tariffs() if tariff.holds(chosen)), None)
        if found is None or found.per != "second":
            return None
        made = next((length for length in self.lengths if length >= seconds - 1e-6), 0.0)
        if self.lengths and not made:
            return None  # longer than it makes any
        made = made or math.ceil(seconds - 1e-6)
        return Price(round(found.amount * made, 4), found.currency, found.as_of, found.source)

    def _tariffs(self) -> tuple[Tariff, ...]:
        """A server of before has none but `rate`, which other settings than its own may change."""
        if self.tariffs or self.rate is None or (self.options and self.rate.amount):
            return self.tariffs
        return (Tariff(self.rate),)
