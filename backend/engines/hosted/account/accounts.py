"""Whose keys are here. A key is in the system's keyring, or in an environment variable on a server: nowhere else.

`accounts.json` in Take One's folder says which accounts were added and at which address, and holds no key: so that what
an engine can do is told without a look into the keyring, which may ask the user to unlock it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ....home import home, make_private, write_whole
from ...engine import EngineError

FILE = "accounts.json"
OFFLINE = "offline"  # a file of this name in Take One's folder: Blender's online access is off
MAX_FILE = 1 << 20
MAX_KEY = 4096


@dataclass(frozen=True)
class Account:
    """An account with `provider`. `address` is "" for the provider's own. `kept` is where the key is: "keyring",
    "environment", or "none" for a server that wants none. `models` are those that a server said it has."""

    provider: str
    address: str = ""
    kept: str = "keyring"
    models: tuple[str, ...] = ()


def all_accounts(variables: Mapping[str, str]) -> dict[str, Account]:
    """The accounts there are, by provider. `variables` names each provider's environment variable."""
    known = _read()
    found = {}
    for provider, variable in variables.items():
        entry = known.get(provider)
        if os.environ.get(variable) and (entry is None or entry.get("kept") != "none"):
            found[provider] = _account(provider, {**(entry or {}), "kept": "environment"})
        elif entry is not None and entry.get("kept") != "environment":  # whose variable is gone
            found[provider] = _account(provider, entry)
    return found


def account(provider: str, variable: str) -> Account | None:
    """The account with `provider`, None where there is none."""
    return all_accounts({provider: variable}).get(provider)


def key_of(account: Account, variable: str, label: str) -> str:
    """The account's key. Blocking: the keyring may ask the user.

    Raises:
        EngineError: `no_account`.
    """
    if account.kept == "none":
        return ""
    if account.kept == "environment":
        return os.environ.get(variable, "").strip()
    found = from_keyring(account.provider)
    if not found:
        lost = f"The key of the account with {label} is not in this system's keyring any more. Add the account again."
        raise EngineError("no_account", lost, "accounts")
    return found


def from_keyring(provider: str) -> str:
    """A provider's key, "" where there is none or no keyring."""
    import keyring
    from keyring.errors import KeyringError

    from ....keys import SERVICE, is_unsafe

    try:
        return "" if is_unsafe(keyring.get_keyring()) else (keyring.get_password(SERVICE, entry(provider)) or "")
    except (KeyringError, RuntimeError):
        return ""


def remember(account: Account, key: str) -> None:
    """Keeps an account, and its key in the keyring.

    Raises:
        EngineError: `no_keyring`: this system has none that can be used.
        OSError: Take One's folder can't be written.
    """
    if account.kept == "keyring":
        _to_keyring(account.provider, key)
    known = _read()
    facts = {"address": account.address, "kept": account.kept, "models": list(account.models)}
    _write({**known, account.provider: facts})


def forget(provider: str) -> bool:
    """Forgets an account and its key. Whether there was one."""
    known = _read()
    _to_keyring(provider, "")
    _write({name: facts for name, facts in known.items() if name != provider})
    return provider in known


def offline() -> bool:
    """Whether Blender's online access is off: then nothing goes out from here."""
    return (home() / OFFLINE).exists()


def entry(provider: str) -> str:
    """What the keyring calls the key."""
    return f"account:{provider}"


def _to_keyring(provider: str, key: str) -> None:
    import keyring
    from keyring.errors import KeyringError, PasswordDeleteError

    from ....keys import SERVICE, is_unsafe

    try:
        if is_unsafe(keyring.get_keyring()):
            raise KeyringError("there is none")
        if key:
            keyring.set_password(SERVICE, entry(provider), key)
        else:
            keyring.delete_password(SERVICE, entry(provider))
    except PasswordDeleteError:
        return
    except (KeyringError, RuntimeError) as error:
        if key:
            why = f"This system's keyring can't be used ({error}), and keys are kept nowhere else"
            raise EngineError("no_keyring", f"{why}: set the provider's environment variable.", "") from None


def _account(provider: str, facts: Mapping[str, Any]) -> Account:
    models = facts.get("models")
    return Account(
        provider,
        str(facts.get("address") or ""),
        str(facts.get("kept") or "keyring"),
        tuple(one for one in models if isinstance(one, str))[:200] if isinstance(models, list) else (),
    )


def _path() -> Path:
    return home() / FILE


def _read() -> dict[str, dict[str, Any]]:
    try:
        with _path().open("rb") as file:
            known = json.loads(file.read(MAX_FILE))
    except (OSError, ValueError):
        return {}
    if not isinstance(known, dict):
        return {}
    return {name: facts for name, facts in known.items() if isinstance(facts, dict)}


def _write(known: dict[str, dict[str, Any]]) -> None:
    if known == _read():
        return
    make_private(home())
    write_whole(_path(), json.dumps(known, indent=1).encode(), mode=0o600)
