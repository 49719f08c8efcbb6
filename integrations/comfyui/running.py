"""A take from its form to its file, within a run of ComfyUI: shown, interrupted, gone on with."""

from __future__ import annotations

import base64
import io
import logging
import math
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from PIL import Image

from .client import OVER, Client, Form
from .errors import TakeOneError, Unreachable

log = logging.getLogger("take_one")

MAX_PREVIEW = 4096  # pixels a side
DOWNLOADS = 3
MOST_COST = "TAKE_ONE_MOST_COST"  # the variable that says what a take may cost on this machine
LIMITS_IN = "USD"  # a price in another currency can't be compared with a limit: it counts as one that is not known


class Screen(Protocol):
    """Where a node shows how far it is."""

    def show(self, percent: float, text: str, preview: Image.Image | None = None) -> None: ...


def make_take(
    client: Client, form: Form, screen: Screen, interrupted: type[BaseException], folder: Path
) -> tuple[Path, dict[str, Any]]:
    """The clip of this form, in a new file in `folder`, and its job. An interruption cancels the job.

    Raises:
        TakeOneError: why there is no take.
        BaseException: `interrupted`, as it came.
    """
    job = _begin(client, form)
    job_id: str = job["id"]
    try:
        for state in client.follow(job_id) if job["status"] not in OVER else ():
            _show(screen, state)
            job = state
    except interrupted:
        _cancel(client, job_id)
        raise
    if job.get("status") != "completed":
        raise TakeOneError(_why(job))
    return _fetch(client, job_id, folder), job


def machines_most() -> tuple[float, bool]:
    """What a take may cost at most by TAKE_ONE_MOST_COST of this machine, in US dollars, 0 where it is not set, and
    whether an unknown price will do ("any"). A workflow may come from anybody, and so may the limit saved in it.

    Raises:
        TakeOneError: the variable is no amount.
    """
    said = os.environ.get(MOST_COST, "").strip()
    if said == "any":
        return math.inf, True
    try:
        most = float(said or 0.0)
    except ValueError:
        most = math.nan
    if not most >= 0:
        raise TakeOneError(f'{MOST_COST} is "{said}": say an amount, such as 2.50, or any.')
    return most, False


def check_price(client: Client, engine: Mapping[str, Any], fields: dict[str, Any], most: float) -> str:
    """What a take will cost, for people; "" where it costs nothing. `most` is what the workflow allows, in US dollars.

    Raises:
        TakeOneError: it is more than `most` or than this machine allows, or not known.
    """
    name = engine.get("name") or engine["id"]
    rate = engine.get("rate") or {}
    if not engine.get("priced") and (not engine.get("account") or rate.get("amount") == 0):
        return ""
    allowed, unknown = machines_most()
    price = client.estimate(fields) if engine.get("priced") else None
    if price is None:
        if unknown and most > 0:
            return "price not known"
        raise TakeOneError(
            f"What a take of {name} costs is not known. To order it all the same set most_cost above 0, and "
            f"{MOST_COST}=any in ComfyUI's environment."
        )
    amount, currency = float(price.get("amount", 0.0)), str(price.get("currency", LIMITS_IN))
    text = f"{amount:.2f} {currency}" + (f" (price of {price['as_of']})" if price.get("as_of") else "")
    if currency != LIMITS_IN and amount:
        if unknown and most > 0:
            return text
        raise TakeOneError(
            f"A take of {name} costs about {text}, and limits are in {LIMITS_IN}: whether they allow it can't be told. "
            f"To order it all the same set most_cost above 0, and {MOST_COST}=any in ComfyUI's environment."
        )
    if amount > most:
        raise TakeOneError(
            f"A take of {name} costs about {text}, and most_cost allows {most:.2f}. Raise most_cost to order it."
        )
    if amount > allowed:
        raise TakeOneError(
            f"A take of {name} costs about {text}, and this machine allows {allowed:.2f}. Set {MOST_COST} in ComfyUI's "
            "environment to order it."
        )
    return text


def choose(engines: list[dict[str, Any]], name: str) -> dict[str, Any]:
    """The engine called `name`.

    Raises:
        TakeOneError: there is none, or it can't run there; says which can.
    """
    ready = ", ".join(engine["id"] for engine in engines if engine.get("available", True)) or "none"
    for engine in engines:
        if engine["id"] == name:
            if not engine.get("available", True):
                reason = engine.get("reason") or "It can't run there."
                raise TakeOneError(f"{engine.get('name') or name}: {reason} Engines that are ready: {ready}.")
            return engine
    raise TakeOneError(f"The server has no engine called {name!r}. Engines that are ready: {ready}.")


def engine_line(engine: Mapping[str, Any]) -> str:
    """An engine in a line for people."""
    words = [f"{engine['id']}: {engine.get('name') or engine['id']}"]
    if not engine.get("available", True):
        return f"{words[0]} (not ready: {engine.get('reason') or 'it says no reason'})"
    uses = {
        "sound": "sound",
        "dialogue": "dialogue",
        "depth": "depth",
        "camera_path": "path",
        "last_frame": "last frame",
    }
    words += [word for name, word in uses.items() if engine.get(name)]
    rate = engine.get("rate")
    if isinstance(rate, dict) and "amount" in rate:
        words.append(f"about {rate['amount']:g} {rate.get('currency', 'USD')} a second")
    if engine.get("sends_to"):
        words.append(f"sends the picture and the words to {engine['sends_to']}")
    return ", ".join(words)


def _begin(client: Client, form: Form) -> dict[str, Any]:
    """The job of this form. One that failed or was cancelled in an earlier run goes on if it can, so that what may be
    paid is not ordered twice; else it is made anew."""
    job = client.submit(form)
    if job["status"] == "failed":
        try:
            return client.retry(job["id"])
        except TakeOneError as error:
            if error.code != "not_waiting":
                raise
    if job["status"] in ("failed", "cancelled"):
        client.delete(job["id"])
        return client.submit(form)
    return job


def _cancel(client: Client, job_id: str) -> None:
    """Withdraws a job, whatever comes: the run is over for the user."""
    try:
        Client(client.server).cancel(job_id)
    except TakeOneError as error:
        log.warning("The job %s could not be cancelled: %s", job_id, error)


def _fetch(client: Client, job_id: str, folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=folder, prefix="take_one_", suffix=".mp4", delete=False) as file:
        path = Path(file.name)
    try:
        for attempt in range(DOWNLOADS):
            try:
                client.download(job_id, path)
                return path
            except Unreachable:
                if attempt == DOWNLOADS - 1:
                    raise
    except TakeOneError as error:
        path.unlink(missing_ok=True)
        if error.code == "gone":
            raise TakeOneError("The take was removed on the server. Change the seed to have another made.") from None
        raise
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    raise AssertionError("a download ends or raises")


def _show(screen: Screen, state: Mapping[str, Any]) -> None:
    if state.get("status") == "queued":
        place = state.get("queue_position")
        return screen.show(0, f"Waiting, number {place} in the queue" if place else "Waiting")
    seconds = state.get("eta_seconds")
    text = str(state.get("stage") or "At work")
    text += f", about {seconds:.0f} s left" if isinstance(seconds, (int, float)) and seconds >= 1 else ""
    progress = state.get("progress")
    return screen.show(
        float(progress) if isinstance(progress, (int, float)) else 0.0, text, _preview(state.get("preview"))
    )


def _preview(url: Any) -> Image.Image | None:
    """The small picture of a data URL; None where it can't be read: nothing depends on it."""
    if not isinstance(url, str) or not url.startswith("data:image/jpeg;base64,"):
        return None
    try:
        picture = Image.open(io.BytesIO(base64.b64decode(url.partition(",")[2])), formats=["JPEG"])
        return picture.convert("RGB") if max(picture.size) <= MAX_PREVIEW else None
    except (ValueError, OSError, Image.DecompressionBombError):
        return None


def _why(job: Mapping[str, Any]) -> str:
    """Why there is no take."""
    if job.get("deleted"):
        return "The job was removed on the server before its take was made. Run again to have it made."
    if job.get("status") == "cancelled":
        return "The job was cancelled on the server. Run again to have the take made."
    error = job.get("error")
    message = str(error.get("message", ""))[:2000] if isinstance(error, dict) else ""
    if isinstance(error, dict) and error.get("code") == "uncertain":
        message += (
            " It is not sent again by itself. Run again to look for it once more; another seed makes a new order."
        )
    return message or "The take failed, and the server does not say why."
