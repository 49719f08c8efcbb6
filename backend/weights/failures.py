"""What to say of a download that fails: of the hub's words only what a user may read."""

from __future__ import annotations

import errno
import http.client
import urllib.error

from .catalogue import Component
from .store import ModelsError, models_folder

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class NotThere(ModelsError):
    """The hub has no such thing."""


def plain(said: object) -> str:
    """What went wrong as a user may read it: nothing raw of what a host sent, and not all of it."""
    if isinstance(said, http.client.HTTPException) and not isinstance(said, OSError):
        return "its answer is not as HTTP has it"
    text = str(said.reason if isinstance(said, urllib.error.URLError) else said)
    return "".join(letter for letter in text if letter.isprintable())[:200]


def refused(error: urllib.error.HTTPError, component: Component) -> ModelsError:
    """By the status that the hub answers with."""
    if error.code in (401, 403):
        terms = component.licence or "its terms"
        return ModelsError(
            f"{component.repository} asks you to accept {terms} first. Do so on its page, then set "
            "HF_TOKEN to an access token of your account."
        )
    if error.code == 404:
        return NotThere(f"There is no {component.repository} with {component.name} on this hub.")
    status = f"{error.code} {plain(error.reason)}"
    return ModelsError(f"{component.repository} can't be downloaded now ({status}).", "retry")


def unwritable(error: OSError) -> ModelsError:
    """What to say where this machine's own disk refuses."""
    if error.errno == errno.EFBIG:
        message = f"The disk of {models_folder()} takes no file this large. Link a folder on another disk."
        return ModelsError(message, "free_space")
    if error.errno in FULL:
        return ModelsError(f"The disk of {models_folder()} is full.", "free_space")
    where = error.filename2 or error.filename or models_folder()
    return ModelsError(f"{where} can't be written: {error.strerror or error}. Move away what is there.", "retry")
