"""Where ComfyUI is, and the way to it: this machine's own unless an account says otherwise."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from ...engine import EngineError
from ...hosted import connect
from ...hosted.account import accounts
from ...hosted.providers import providers
from ...hosted.wire.http import LOOPBACK, Wire

LABEL = "ComfyUI"
PROVIDER = "comfyui"


def address() -> str:
    """Its address."""
    provider = providers()[PROVIDER]
    found = accounts.account(PROVIDER, provider.variable)
    return ((found.address if found else "") or provider.address).rstrip("/")


def place(address: str) -> str:
    """An address as people read it: 127.0.0.1:8188."""
    return address.partition("://")[2]


def is_here(address: str) -> bool:
    """Whether it is on this machine: then nothing goes out."""
    return urlsplit(address).hostname in LOOPBACK


def check_online(address: str) -> None:
    """Raises:
    EngineError: `online_access`: it is elsewhere, and Blender's online access is off.
    """
    if accounts.offline() and not is_here(address):
        why = f"Blender's online access is off, and {LABEL} at {place(address)} is beyond this machine."
        raise EngineError("online_access", why, "online_access")


def headers(at: str) -> dict[str, str]:
    """What goes with each request: the key of the account, where it has one, to its own address only."""
    provider = providers()[PROVIDER]
    found = accounts.account(PROVIDER, provider.variable)
    if found is None or found.kept == "none" or at != address():
        return {}
    return provider.headers(accounts.key_of(found, provider.variable, LABEL))


def wire(address: str, cancelled: Callable[[], bool] = lambda: False) -> Wire:
    """The way to it.

    Raises:
        EngineError: `online_access`; `no_account`: the key is gone; `invalid_request`: no address that may be used.
    """
    check_online(address)
    sent = headers(address)
    secret = sent.get("Authorization", "").removeprefix("Bearer ")
    return Wire(
        f"{LABEL} at {place(address)}", address, sent, secret=secret, cancelled=cancelled, pace=connect.pace, plain=True
    )


def unreached(address: str, why: str) -> EngineError:
    """There is no way to it."""
    message = f"{LABEL} does not answer at {place(address)} ({why.rstrip('.')}). Start it, then try again."
    return EngineError("unreachable", message, "retry")
