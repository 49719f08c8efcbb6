"""What every provider is: a few calls, and a table of models. It keeps no state of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any, Protocol

from client.protocol import EngineInfo, Price

from ...engine import EngineError
from ..account.accounts import Account
from ..request.ask import Ask
from ..request.model import Model

if TYPE_CHECKING:
    from ..request.still import Seen
    from ..wire.http import Wire


@dataclass(frozen=True)
class Order:
    """What is sent: `path` at the provider, `body` as JSON; as a form where there are `files` (name, content, type by
    field). `headers` are the order's own. `endpoint` is the model as the provider's list names it, where it is another
    than the model's own."""

    path: str
    body: dict[str, Any]
    headers: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, tuple[str, bytes, str]] = field(default_factory=dict)
    endpoint: str = ""


Ticket = dict[str, Any]  # what a provider's answer to an order is known by, as JSON


class Stage(Enum):
    """Where an order is."""

    WAITING, WORKING, DONE, FAILED, CANCELLED = "waiting", "working", "done", "failed", "cancelled"


@dataclass(frozen=True)
class Poll:
    """What a provider says of an order.

    `before` is how many others are before it, `fraction` how far it is (None where it does not tell). `url` is where
    the clip lies. `cost` is what it cost, where it tells, `facts` join the sidecar. `error` says why it failed.
    """

    stage: Stage
    before: int | None = None
    fraction: float | None = None
    url: str = ""
    cost: Price | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    error: EngineError | None = None


@dataclass(frozen=True)
class Memo:
    """What is kept of an order to look for it in the provider's list: when it was sent (seconds since 1970), to which
    model, and what of it can be told from others."""

    at: float
    endpoint: str
    digest: str
    seed: int
    seconds: int
    key: str


class Service(Protocol):
    """What an account can be with.

    `name` is short and for files, `label` for people, `address` its own unless an account has another: one of "" is the
    account's to say. `variable` is the environment variable that may hold the key, `console` the page of the account.
    `plain` says whether it may be reached by plain HTTP, as a server in the studio is, `keyless` that it mostly wants
    no key, `workflows` that its engines are the user's own workflows."""

    name: str
    label: str
    address: str
    variable: str
    console: str
    plain: bool = False
    keyless: bool = False
    workflows: bool = False
    models: tuple[Model, ...] = ()

    def headers(self, key: str) -> dict[str, str]:
        """Those that go with each request."""
        ...

    def hosts(self, address: str) -> frozenset[str]:
        """Further hosts that are the provider's own, so that the key may go there."""
        return frozenset()

    def check(self, wire: Wire) -> tuple[str, tuple[str, ...]]:
        """Whether the key is good: a sentence on what it may use, and the models that a server says it has.

        Raises:
            EngineError: it is not.
        """
        ...


class Provider(Service, Protocol):
    """A service with models, each an engine. `keeps` says how long a result is kept, in words, `keeps_seconds` in
    numbers. `pace` is seconds between the first looks and the last. `lists` says whether there is a list in which an
    order can be looked for.

    What most of them have not, such as a live price, is answered here, so they inherit."""

    keeps: str
    keeps_seconds: float
    pace: tuple[float, float]
    lists: bool

    def info(self, info: EngineInfo, model: Model, account: Account | None) -> EngineInfo:
        """The engine of a model, with what the account changes of it."""
        return info

    def order(self, model: Model, asked: Ask, seen: Seen, memo: Memo) -> Order:
        """The request. It depends on nothing else."""
        ...

    def idempotent(self, wire: Wire) -> bool:
        """Whether the same order under the same key is one order there, so that it may be sent again."""
        return False

    def submit(self, wire: Wire, order: Order) -> Ticket:
        """Sends an order, once.

        Raises:
            Unreached, Unanswered: see `wire.http`.
            EngineError: it was refused.
        """
        ...

    def find(self, wire: Wire, memo: Memo) -> Ticket | None:
        """An order in the provider's list, None where it is not there, or where it can't be told from another."""
        return None

    def poll(self, wire: Wire, model: Model, ticket: Ticket) -> Poll:
        """Where an order is.

        Raises:
            Unreached: there is no way to the provider now.
            EngineError: `expired`, `account_refused`.
        """
        ...

    def cancel(self, wire: Wire, ticket: Ticket) -> None:
        """Withdraws an order as far as the provider can. What goes wrong is left."""
        ...

    def quote(self, wire: Wire, model: Model, asked: Ask) -> Price | None:
        """A live price, None where the provider has none to give."""
        return None
