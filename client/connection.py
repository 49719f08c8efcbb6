"""Gets to a backend and stays with it: starts the local one, tries again where a server does not answer."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from pathlib import Path

from . import lease
from .api.answers import Health
from .api.calls import Api
from .api.errors import ApiError, not_a_server
from .commands import secrets
from .events import (
    FAILED,
    MISSING,
    OFF,
    OUTDATED,
    READY,
    RECONNECTING,
    STARTING,
    BackendState,
    Engines,
    Event,
)
from .installing import install
from .local.process import LocalBackend, Outdated, StartError
from .protocol import EngineInfo
from .target import LocalTarget, RemoteTarget, Target

PROTOCOL = 1
CHECK_SECONDS = 5.0  # between two checks of a backend that has nothing to do
ENGINES_HOLD = 4.0  # seconds: so long a server may say of its engines what it found before
CRASH_SECONDS = 120.0  # a second crash within this time is not tried again
PAUSES = (1.0, 2.0, 4.0, 8.0, 15.0)  # seconds between attempts; the last one goes on


class Connection:
    """The present target and the way to it. Used by the session's thread only. `online` says whether Blender may go
    beyond this machine."""

    def __init__(
        self,
        home: Path,
        client: str,
        emit: Callable[[Event], None],
        stopped: Callable[[], bool],
        online: Callable[[], bool],
    ) -> None:
        self._home = home
        self._client = client
        self._emit = emit
        self._stopped = stopped
        self._online = online
        self.target: Target | None = None
        self._tokens: dict[str, str] = {}  # by target: reading one starts a process
        self._take_over = False
        self._api: Api | None = None
        self._backend: LocalBackend | None = None
        self._next_try: float | None = None  # None: not before the user acts
        self._attempts = 0
        self._crashed_at = float("-inf")
        self._checked_at = 0.0
        self._engines_again = math.inf

    def use(self, target: Target, take_over: bool = False) -> None:
        """Go to this backend; the one used before is let go. With `take_over` a local backend of another version
        is replaced even where another Blender uses it."""
        if self.target is not None and self.target.name != target.name:
            self._let_go()
        self._close_api()
        self._tokens.pop(target.name, None)
        self.target = target
        self._take_over = take_over
        self._attempts = 0
        self._crashed_at = float("-inf")
        self._next_try = 0.0

    def drop(self) -> None:
        """Let go of the backend, at the user's wish."""
        self._let_go()
        self.target = None
        self._emit(BackendState(OFF))

    def renew_local(self) -> None:
        """A new environment was installed: start the local backend from it, where that is the target."""
        if isinstance(self.target, LocalTarget):
            self._let_go()
            if not lease.others(self._home, self._client):  # else another Blender's backend runs in the old one
                install.remove_leftovers(self._home, previous=True)
            self.use(self.target)

    def remember(self, server: str, token: str) -> None:
        """Keep a server's token, "" forgets it. Raises OSError."""
        self._tokens[server] = token
        secrets.save(self._home, server, token)

    def api(self) -> Api | None:
        """The connection to the present target, and to no other; None where there is none. Connects where it is time
        to."""
        if (
            self._api is None
            and self.target is not None
            and self._next_try is not None
            and time.monotonic() >= self._next_try
        ):
            self._connect(self.target)
        return self._api

    def check(self) -> None:
        """Notice a backend that has died while nothing was asked of it. Raises ApiError."""
        if self._api is None:
            return
        if self._backend is not None and self._backend.poll() is not None:
            raise ApiError("unreachable", "The backend ended.", "start")
        if time.monotonic() - self._checked_at > CHECK_SECONDS:
            self._checked_at = time.monotonic()
            self._api.health()
        if time.monotonic() > self._engines_again:
            self._engines_again = math.inf
            self._emit(Engines(_engines(self._api)))

    def engines(self) -> None:
        """Report what the backend offers, now and once more when no answer from before holds. Raises ApiError."""
        if self._api is not None:
            self._emit(Engines(_engines(self._api)))
            self._engines_again = time.monotonic() + ENGINES_HOLD

    def lost(self, error: ApiError) -> None:
        """A call found the backend unreachable: arrange for the next attempt."""
        self._close_api()
        if self.target is None:
            return
        if self._backend is None:
            self._again_later(error.message)
            return
        if self._backend.running():  # busy for too long, or the connection broke: connect again
            self._next_try = 0.0
            return
        message, fix = self._backend.reason()
        if time.monotonic() - self._crashed_at < CRASH_SECONDS:
            self._give_up(FAILED, message, fix)
            return
        self._crashed_at = time.monotonic()
        self._next_try = 0.0
        self._emit(BackendState(RECONNECTING, f"{message} Starting it again."))

    def close(self) -> None:
        self._let_go()

    def _connect(self, target: Target) -> None:
        try:
            if isinstance(target, LocalTarget):
                self._connect_local(target)
            else:
                self._connect_remote(target)
        except Outdated as error:
            self._give_up(OUTDATED, error.message, error.fix)
        except StartError as error:
            self._give_up(MISSING if error.fix == "install" else FAILED, error.message, error.fix)
        except ApiError as error:
            if error.code == "unreachable" or error.status >= 500:
                self._again_later(error.message)
            else:
                self._give_up(FAILED, error.message, error.fix)

    def _connect_local(self, target: LocalTarget) -> None:
        python = target.python
        if python is None:
            if wrong := install.wrong_choice():
                self._give_up(FAILED, wrong, "")
                return
            state = install.state(self._home, target.root)
            if state != install.CURRENT:
                self._give_up(*_INSTALL_STATES[state])
                return
            python = install.backend_python(self._home)
        self._emit(BackendState(STARTING, "The backend is starting."))
        if self._backend is None or (self._backend.python, self._backend.root) != (python, target.root):
            self._backend = LocalBackend(python, target.root, self._home, self._client, self._stopped)
        url, token = self._backend.start(self._take_over)
        self._take_over = False
        self._ready(Api(url, token, target.name), "The local backend is ready.")

    def _connect_remote(self, target: RemoteTarget) -> None:
        if not target.loopback and not self._online():
            self._give_up(
                FAILED,
                f"{target.name} is beyond this machine, and Blender's online access is off.",
                "online_access",
            )
            return
        if self._attempts == 0:
            self._emit(BackendState(STARTING, f"Connecting to {target.name}."))
        api = Api(target.url, self._token(target), target.name)
        health = _health(api)
        if health.protocol != PROTOCOL:
            self._give_up(
                OUTDATED,
                f"{target.name} runs Take One {health.version}, which does not fit this extension. Update the older of "
                "the two.",
                "connect",
            )
            return
        self._ready(api, f"Connected to {target.name}.")

    def _token(self, target: RemoteTarget) -> str:
        if target.token:
            return target.token
        if target.name not in self._tokens:
            self._tokens[target.name] = secrets.load(self._home, target.name)
        return self._tokens[target.name]

    def _ready(self, api: Api, message: str) -> None:
        engines = _engines(api)
        self._api = api
        self._attempts = 0
        self._checked_at = time.monotonic()
        self._emit(BackendState(READY, message))
        self._emit(Engines(engines))

    def _again_later(self, message: str) -> None:
        pause = PAUSES[min(self._attempts, len(PAUSES) - 1)]
        self._attempts += 1
        self._next_try = time.monotonic() + pause
        self._emit(
            BackendState(RECONNECTING, f"{message}. Trying again in {pause:.0f} s.".replace("..", "."), "connect")
        )

    def _give_up(self, state: str, message: str, fix: str) -> None:
        self._next_try = None
        self._emit(BackendState(state, message, fix))

    def _close_api(self) -> None:
        if self._api is not None:
            self._api.close()
            self._api = None

    def _let_go(self) -> None:
        self._close_api()
        self._next_try = None
        if self._backend is not None:
            self._backend.stop()
            self._backend = None


_INSTALL_STATES = {
    install.ABSENT: (MISSING, "The local backend is not installed yet.", "install"),
    install.OLD: (
        OUTDATED,
        "The local backend was installed by another version of Take One. Update it.",
        "install",
    ),
}


def _health(api: Api) -> Health:
    try:
        return api.health()
    except ApiError as error:
        if error.status == 404:
            raise not_a_server(api.url, 404) from error
        raise


def _engines(api: Api) -> tuple[EngineInfo, ...]:
    try:
        return api.engines()
    except ApiError as error:
        if error.status == 404:  # a server with one engine and no list of them
            return ()
        raise
