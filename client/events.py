"""What a Session reports to Blender: small tuples on a queue, read by one timer."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from .protocol import Binding, EngineInfo, Job, Price, Problem, WordsPath

# BackendState.state
OFF = "off"  # not asked for, or stopped by the user
MISSING = "missing"  # the local backend is not installed: fix "install"
STARTING = "starting"
READY = "ready"
RECONNECTING = "reconnecting"  # lost; tried again with growing pauses
OUTDATED = "outdated"  # extension and backend do not fit each other: fix "install", "update" or "connect"
FAILED = "failed"  # needs the user: message and fix say what


class BackendState(NamedTuple):
    """The backend's state changed. `message` is a sentence for the panel, `fix` a stable word ("" for none)."""

    state: str
    message: str = ""
    fix: str = ""


class Engines(NamedTuple):
    """The engines that the backend offers. Of another kind of server only their ids may be known."""

    engines: tuple[EngineInfo, ...]


class JobProgress(NamedTuple):
    """A job moved. The id of `job` is "" until the backend has taken it. `preview` is a JPEG, now and then. `held`: the
    clip is made, and why it can't be written yet."""

    key: str
    job: Job
    binding: Binding
    preview: bytes | None = None
    held: Problem | None = None


class TakeReady(NamedTuple):
    """A take is on disk. Reported again at every start and `Session.replay()` until `Session.landed(key)`."""

    key: str
    clip: Path
    sidecar: Path
    job: Job
    binding: Binding


class JobFailed(NamedTuple):
    """A job ended without a take; the problem's code is "cancelled" for a cancelled one. Reported again at every start
    and `Session.replay()` until `Session.landed(key)`."""

    key: str
    problem: Problem
    binding: Binding


class FinalPrompt(NamedTuple):
    """What an engine composes of a direction, as asked with `Session.compose_prompt`; "" where it could not, with the
    problem."""

    key: str
    prompt: str
    problem: Problem | None = None


class WordsFound(NamedTuple):
    """The camera path that a direction's words mean, as asked with `Session.words_path`: None where there is none, or
    there is a problem."""

    key: str
    found: WordsPath | None
    problem: Problem | None = None


class Quote(NamedTuple):
    """What a take would cost, as asked with `Session.quote`: None where it is not known or nothing. `film` and `day`
    are what was spent by currency, on the film that was named and since the time that was."""

    key: str
    price: Price | None
    film: Mapping[str, float]
    day: Mapping[str, float]


class InstallState(NamedTuple):
    """The installation of the local backend moved. `state`: running, done, failed, cancelled."""

    state: str
    fraction: float = 0.0
    message: str = ""
    fix: str = ""


Event = BackendState | Engines | JobProgress | TakeReady | JobFailed | FinalPrompt | WordsFound | Quote | InstallState
