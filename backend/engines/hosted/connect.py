"""The way to a provider, for an account."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from ..engine import EngineError
from .account import accounts
from .account.accounts import Account
from .providers.provider import Service
from .wire.http import LOOPBACK, Wire

pace = 1.0  # of all pauses; tests are in a hurry


def connect(provider: Service, account: Account, cancelled: Callable[[], bool] = lambda: False) -> Wire:
    """The way to `provider` with the key of `account`.

    Raises:
        EngineError: `no_account`: the key is gone. `online_access`: nothing may go out.
    """
    check_online(provider, account.address)
    return connect_with(provider, account, accounts.key_of(account, provider.variable, provider.label), cancelled)


def connect_with(provider: Service, account: Account, key: str, cancelled: Callable[[], bool] = lambda: False) -> Wire:
    """The way to `provider` with this key.

    Raises:
        EngineError: `online_access`; `account_refused`: that is no key.
    """
    check_online(provider, account.address)
    if not (key.isascii() and key.isprintable()):
        strange = f"The key of the account with {provider.label} has characters that no key has: copy it again, alone."
        raise EngineError("account_refused", strange, "accounts")
    address = account.address or provider.address
    own = provider.hosts(address)
    return Wire(provider.label, address, provider.headers(key), own, key, cancelled, pace, provider.plain)


def check_online(provider: Service, address: str = "") -> None:
    """Raises:
    EngineError: `online_access`: Blender's online access is off, and this is no server of one's own on this machine.
    """
    here = provider.plain and urlsplit(address or provider.address).hostname in LOOPBACK
    if accounts.offline() and not here:
        why = f"Blender's online access is off, so {provider.label} is not asked."
        raise EngineError("online_access", why, "online_access")
