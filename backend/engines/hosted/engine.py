"""The engine of every hosted model: an order is written down, sent once, followed, and its clip fetched.

Its state has a `phase`:

- "sending": it is about to be sent, or was. Whoever finds it here does not know which, so that it is looked for, and
  never sent again unless the provider knows an order by its key, or the user says so.
- "sent": the provider has it, and `ticket` is how it is known there.
- "unsent": nothing of it is with the provider: it may be sent.
"""

from __future__ import annotations

import contextlib
import dataclasses
import math
import secrets
import time
from collections.abc import Callable
from typing import Any

from client.protocol import EngineInfo, Price, TakeRequest
from client.protocol.codec import from_json

from ..engine import Cancelled, Clip, Commit, EngineError, Progress
from .account import accounts
from .account.accounts import Account
from .connect import connect
from .fetch import clip_of
from .providers import models
from .providers.provider import Memo, Order, Provider, Stage, Ticket
from .request.ask import WITH_STILL, Ask, as_json, ask, describe, price
from .request.model import Model
from .request.still import Seen, Sent, to_send
from .wire.http import Unanswered, Unreached, Wire
from .wire.problems import expired, uncertain, unreached

SENDING, SENT, UNSENT = "sending", "sent", "unsent"
LOOK_FOR_SECONDS = 30.0  # how long an order whose answer was lost is looked for: lists may lag behind
LOOKS = 3  # at such a list, at least: it may be slow to come
TRIES = 6  # of an order that was refused for being one too many at the moment
QUOTE_SECONDS = 600.0  # how long a live price holds
NO_QUOTE_SECONDS = 5.0  # how long it holds that there is none: the provider may just not have answered

_quotes: dict[tuple[Account | None, str, Ask], tuple[float, Price | None]] = {}


class HostedEngine:
    """The engine of one model of one provider."""

    def __init__(self, name: str) -> None:
        self._provider, self._model = models()[name]

    def capabilities(self) -> EngineInfo:
        provider, account = self._provider, self._account()
        info = provider.info(describe(self._model, provider.name, provider.label), self._model, account)
        if account is None:
            why = f"There is no account with {provider.label} yet. Add one in the preferences."
            return dataclasses.replace(info, available=False, reason=why, fix="accounts")
        if accounts.offline():
            why = f"Blender's online access is off, and {provider.label} is beyond this machine."
            return dataclasses.replace(info, available=False, reason=why, fix="online_access")
        return info

    def final_prompt(self, request: TakeRequest) -> str:
        return ask(self._model, request).prompt

    def estimate(self, request: TakeRequest) -> Price | None:
        asked = ask(self._model, request)
        return self._quote(asked) or price(self._model, asked)

    def generate(self, request: TakeRequest, progress: Progress, cancelled: Callable[[], bool], commit: Commit) -> Clip:
        return self._send(_Work(self._provider, self._model, request, progress, cancelled, commit))

    def resume(
        self,
        state: dict[str, Any],
        request: TakeRequest,
        progress: Progress,
        cancelled: Callable[[], bool],
        commit: Commit,
    ) -> Clip:
        work = _Work(self._provider, self._model, request, progress, cancelled, commit, dict(state))
        if state["phase"] == SENT:
            return self._follow(work)
        if state["phase"] == UNSENT or state.get("again"):
            return self._send(work)
        return self._seek(work)

    def _send(self, work: _Work) -> Clip:
        if work.still is None:
            raise EngineError("invalid_request", f"{self._model.name} needs a still.", "pick_camera", "input_reference")
        with self._wire(work.cancelled) as wire:
            work.progress(0.01, f"Sending to {self._provider.label}")
            memo = self._memo(work)
            order = work.order(memo)
            memo = dataclasses.replace(memo, endpoint=order.endpoint or memo.endpoint)
            cost = self.estimate(work.request)
            state = {**work.state, "phase": SENDING, "again": False, "memo": dataclasses.asdict(memo)}
            work.keep({**state, "cost": as_json(cost)} if cost is not None and cost.amount else state)
            ticket = self._submit(wire, work, order, memo)
            self._keep_ticket(wire, work, ticket)
            return self._followed(wire, work, ticket)

    def _submit(self, wire: Wire, work: _Work, order: Order, memo: Memo) -> Ticket:
        """Sends it. Only what says for sure that it is not taken is tried again."""
        pause = 2.0
        for left in reversed(range(TRIES)):
            try:
                return self._provider.submit(wire, order)
            except Unreached as error:
                work.keep({**work.state, "phase": UNSENT, "cost": None})
                raise unreached(self._provider.label, str(error)) from None
            except Unanswered as error:
                return self._sought(wire, work, memo, str(error))
            except EngineError as error:
                if error.fix != "retry" or not left:
                    work.keep({**work.state, "phase": UNSENT, "cost": None})
                    raise
            work.progress(0.01, f"{self._provider.label} is busy: waiting to send")
            wire.wait(pause)
            pause *= 2
        raise AssertionError("the last try returns or raises")

    def _seek(self, work: _Work) -> Clip:
        """Goes on with an order of which it is not known whether it was sent."""
        memo = from_json(Memo, work.state["memo"])
        with self._wire(work.cancelled) as wire:
            if self._provider.idempotent(wire):
                ticket = self._submit(wire, work, work.order(memo), memo)
            else:
                ticket = self._sought(wire, work, memo, "the backend ended while it was sent")
            self._keep_ticket(wire, work, ticket)
            return self._followed(wire, work, ticket)

    def _sought(self, wire: Wire, work: _Work, memo: Memo, why: str) -> Ticket:
        """The order as the provider's list has it.

        Raises:
            EngineError: `uncertain`: it is not there, or there is no list.
        """
        provider = self._provider
        if provider.idempotent(wire):
            return self._sent_again(wire, work, memo, why)
        if not provider.lists:
            raise uncertain(provider.label, provider.console, why, "It has no list in which to look for it.")
        until = time.monotonic() + LOOK_FOR_SECONDS * wire.pace
        looks = 0
        while True:
            looks += 1
            work.progress(0.01, f"Looking for it at {provider.label}")
            with contextlib.suppress(Unreached):
                if (ticket := provider.find(wire, memo)) is not None:
                    return ticket
            if looks >= LOOKS and time.monotonic() > until:
                raise uncertain(provider.label, provider.console, why, "It was not found in the list there.")
            wire.wait(3.0)

    def _sent_again(self, wire: Wire, work: _Work, memo: Memo, why: str) -> Ticket:
        """The same order under the same key, for a provider that makes one of the two."""
        order = work.order(memo)
        for _ in range(TRIES):
            wire.wait(2.0)
            try:
                return self._provider.submit(wire, order)
            except (Unreached, Unanswered) as error:
                why = str(error)
        raise uncertain(self._provider.label, self._provider.console, why, "It did not answer when asked again.")

    def _keep_ticket(self, wire: Wire, work: _Work, ticket: Ticket) -> None:
        """Writes down that it is ordered; takes it back where nobody wants it any more."""
        try:
            work.keep({**work.state, "phase": SENT, "ticket": ticket})
        except Cancelled:
            self._take_back(wire, ticket)
            raise

    def _follow(self, work: _Work) -> Clip:
        with self._wire(work.cancelled) as wire:
            return self._followed(wire, work, work.state["ticket"])

    def _followed(self, wire: Wire, work: _Work, ticket: Ticket) -> Clip:
        provider, model = self._provider, self._model
        pause, began = provider.pace[0], float(work.state["memo"]["at"])
        try:
            while True:
                poll = None
                try:
                    self._check_online()
                    poll = provider.poll(wire, model, ticket)
                    work.cost = poll.cost or work.cost
                    if poll.stage is Stage.DONE:
                        return clip_of(provider, model, wire, ticket, poll, work)
                except Unreached as error:  # also of the clip, which is there and paid
                    poll = None
                    work.progress(0.02, f"No connection to {provider.label}: trying again ({error})")
                if poll is not None:
                    if poll.stage is Stage.FAILED:
                        work.keep({**work.state, "cost": as_json(poll.cost) if poll.cost else None})
                        raise poll.error or EngineError("engine_failed", f"{provider.label} made no clip.", "retry")
                    if poll.stage is Stage.CANCELLED:
                        raise EngineError("engine_failed", f"It was cancelled at {provider.label}.", "retry")
                    work.progress(*_shown(provider, poll.before, poll.fraction, time.time() - began))
                elif time.time() - began > provider.keeps_seconds:
                    raise expired(provider.label, provider.keeps)
                wire.wait(pause)
                pause = min(provider.pace[1], pause * 1.3)
        except Cancelled:
            self._take_back(wire, ticket)
            raise

    def _take_back(self, wire: Wire, ticket: Ticket) -> None:
        wire.cancelled = lambda: False
        with contextlib.suppress(Unreached, Unanswered, EngineError):
            self._provider.cancel(wire, ticket)

    def _account(self) -> Account | None:
        """The account, if its provider can be reached with it."""
        found = accounts.account(self._provider.name, self._provider.variable)
        return found if found is not None and (found.address or self._provider.address) else None

    def _check_online(self) -> None:
        if accounts.offline():
            raise Unreached("Blender's online access is off")

    def _wire(self, cancelled: Callable[[], bool] = lambda: False) -> contextlib.closing[Wire]:
        """The way to the provider, with the key.

        Raises:
            EngineError: `no_account`, `online_access`.
        """
        provider, account = self._provider, self._account()
        if account is None:
            raise EngineError("no_account", f"There is no account with {provider.label}. Add one.", "accounts")
        return contextlib.closing(connect(provider, account, cancelled))

    def _memo(self, work: _Work) -> Memo:
        asked = work.asked
        return Memo(time.time(), asked.endpoint, asked.digest, asked.seed, asked.seconds, secrets.token_hex(16))

    def _quote(self, asked: Ask) -> Price | None:
        account = self._account()
        key = (account, self._model.id, asked)
        at, found = _quotes.get(key, (-math.inf, None))
        if time.monotonic() - at > (NO_QUOTE_SECONDS if found is None else QUOTE_SECONDS):
            found = None
            if account is not None and not accounts.offline():
                with contextlib.suppress(Unreached, Unanswered, EngineError), self._wire() as wire:
                    found = self._provider.quote(wire, self._model, asked)
            if len(_quotes) > 1000:
                _quotes.clear()
            _quotes[key] = (time.monotonic(), found)
        return found


class _Work:
    """One job at hand: what is wanted, and what is written down of it."""

    def __init__(
        self,
        provider: Provider,
        model: Model,
        request: TakeRequest,
        progress: Progress,
        cancelled: Callable[[], bool],
        commit: Commit,
        state: dict[str, Any] | None = None,
    ) -> None:
        self.request, self.progress, self.cancelled = request, progress, cancelled
        self.state: dict[str, Any] = state or {}
        self.asked = ask(model, request)
        self.cost: Price | None = from_json(Price, self.state["cost"]) if self.state.get("cost") else None
        self._provider, self._model, self._commit = provider, model, commit
        self._still: Sent | None = None

    def keep(self, state: dict[str, Any]) -> None:
        """Has a state on the disk."""
        self._commit(state)
        self.state = state
        self.cost = from_json(Price, state["cost"]) if state.get("cost") else None

    @property
    def still(self) -> Sent | None:
        """The still as it is sent, None where there is none."""
        view = self.request.still
        if self._still is None and view is not None:
            self._still = to_send(view.image, self.request.size, self._model.pictures)
        return self._still

    def order(self, memo: Memo) -> Order:
        """What is sent.

        Raises:
            EngineError: `invalid_request`: there is no picture; `still_unreadable`.
        """
        return self._provider.order(self._model, self.asked, pictures_of(self._model, self.request, self.still), memo)


def pictures_of(model: Model, request: TakeRequest, still: Sent | None) -> Seen:
    """The pictures that are sent: the still and a last frame, or the references with the still behind them.

    Raises:
        EngineError: `invalid_request`: there is no picture; `still_unreadable`.
    """
    if not model.references:
        view = request.last_frame if model.last_frame else None
        last = None if view is None else to_send(view.image, request.size, model.pictures)
        return Seen(request.size, still, last)
    references = [to_send(path, None, model.pictures) for path in request.references[: model.references]]
    if still is not None and request.options.get(WITH_STILL, True):
        references.append(still)
    if not references:
        message = f"{model.name} needs a picture: add one to the shot, or send the still too."
        raise EngineError("invalid_request", message, param="references")
    return Seen(request.size, references=tuple(references))


def _shown(provider: Provider, before: int | None, fraction: float | None, passed: float) -> tuple[float, str]:
    """Progress as far as the provider tells, and else that it goes on."""
    if before is not None:
        place = f"{before} before it" if before else "next"
        return 0.02, f"In the queue of {provider.label}: {place}"
    if fraction is not None:
        return 0.05 + 0.85 * min(1.0, max(0.0, fraction)), f"Made by {provider.label}"
    minutes, seconds = divmod(int(passed), 60)
    return 0.05, f"Made by {provider.label} since {minutes}:{seconds:02d}"
