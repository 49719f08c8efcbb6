"""`python -m backend accounts list | add | test | remove`: accounts with providers of hosted models.

A key comes by standard input (a terminal asks for it without showing it), never as an argument, and goes into the
system's keyring. On a server without one, set the provider's environment variable: `accounts list` names it.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from .home import HomeError, unusable

MAX_KEY = 4096


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the command's arguments; each sets `run`: parsed arguments in, exit code out."""
    commands = parser.add_subparsers(dest="accounts_command", required=True, metavar="COMMAND")
    listing = commands.add_parser("list", help="the providers, and which of them have an account here")
    listing.set_defaults(run=_list)
    adding = commands.add_parser("add", help="add an account: its key is read from standard input")
    adding.add_argument("provider")
    adding.add_argument("--address", default="", help="another address than the provider's own, such as a region's")
    adding.add_argument("--no-key", action="store_true", help="a server that wants none")
    adding.set_defaults(run=_add)
    testing = commands.add_parser("test", help="ask the provider whether the key is good, and what it may use")
    testing.add_argument("provider")
    testing.set_defaults(run=_test)
    removing = commands.add_parser("remove", help="forget an account and its key")
    removing.add_argument("provider")
    removing.set_defaults(run=_remove)
    for one in (listing, adding, testing, removing):
        one.add_argument("--json", action="store_true", help="print JSON instead")


def _list(parsed: argparse.Namespace) -> int:
    found = rows()
    if parsed.json:
        print(json.dumps({"accounts": found}))
        return 0
    for row in found:
        state = {"": "no account", "keyring": "key in the keyring", "environment": f"key in {row['variable']}"}
        where = f" at {row['address']}" if row["address"] else ""
        print(f"{row['provider']:14}{row['label']:24}{state.get(row['kept'], 'without a key')}{where}")
        if not row["kept"] and row["keyless"] and not row["own_address"]:
            print(f"{'':14}needs none on this machine; elsewhere: python -m backend accounts add {row['provider']}")
        elif not row["kept"]:
            print(f"{'':14}python -m backend accounts add {row['provider']}, or set {row['variable']}")
    return 0


def rows() -> list[dict[str, Any]]:
    """Every provider with its account here, as JSON."""
    from .engines.comfy import shelf
    from .engines.hosted.account.accounts import all_accounts
    from .engines.hosted.providers import providers, variables

    accounts = all_accounts(variables())
    found = []
    for name, provider in providers().items():
        account = accounts.get(name)
        found.append(
            {
                "provider": name,
                "label": provider.label,
                "variable": provider.variable,
                "console": provider.console,
                "own_address": not provider.address,
                "keyless": provider.keyless,
                "workflows": provider.workflows,
                "kept": account.kept if account else "",
                "address": account.address if account else "",
                "models": list(shelf.names()) if provider.workflows else [model.name for model in provider.models],
            }
        )
    return found


def _add(parsed: argparse.Namespace) -> int:
    return _tried(parsed, lambda: _added(parsed))


def _added(parsed: argparse.Namespace) -> str:
    """Keeps an account, once its key has been tested. One that can't be tested now is kept all the same."""
    from .engines.engine import EngineError
    from .engines.hosted.account.accounts import Account, remember
    from .engines.hosted.wire.http import Unreached, checked
    from .engines.hosted.wire.nearness import distance

    provider = _provider(parsed.provider)
    if parsed.address:
        checked(parsed.address, plain=provider.plain)
    elif not provider.address:
        raise EngineError("invalid_request", f"Say where {provider.label} is: --address https://...", param="address")
    key = "" if parsed.no_key else _read_key()
    if not key and not parsed.no_key:
        raise EngineError("invalid_request", "There is no key on standard input.", param="key")
    account = Account(provider.name, parsed.address.rstrip("/"), "none" if parsed.no_key else "keyring")
    try:
        said, models = _checked(account, key)
    except Unreached as error:
        said, models = f"It is kept, and could not be tested now: {error}.", ()
    except EngineError as error:
        if error.code != "online_access":
            raise
        said, models = f"It is kept, and not tested: {error.message}", ()
    remember(Account(account.provider, account.address, account.kept, models), key)
    if parsed.address.startswith("http://") and distance(urlsplit(parsed.address).hostname or "") != "machine":
        said += " The connection is not encrypted: only for a network that you trust."
    return said


def _test(parsed: argparse.Namespace) -> int:
    return _tried(parsed, lambda: _tested(parsed.provider))


def _tested(name: str) -> str:
    from .engines.engine import EngineError
    from .engines.hosted.account.accounts import Account, account, key_of, remember
    from .engines.hosted.wire.http import Unreached

    provider = _provider(name)
    found = account(provider.name, provider.variable)
    if found is None and provider.keyless and provider.address:
        found = Account(provider.name, kept="none")  # it is looked for there without one
    if found is None:
        add = f"Add one: python -m backend accounts add {provider.name}"
        raise EngineError("no_account", f"There is no account with {provider.label}. {add}", "accounts")
    key = key_of(found, provider.variable, provider.label)
    try:
        said, models = _checked(found, key)
    except Unreached as error:
        raise EngineError("unreachable", f"{provider.label} can't be reached: {error}.", "retry") from None
    if models and found.kept != "environment" and account(provider.name, provider.variable) is not None:
        remember(Account(found.provider, found.address, found.kept, models), key)
    return said


def _checked(account: Any, key: str) -> tuple[str, tuple[str, ...]]:
    """What the provider says of the key."""
    from .engines.hosted.connect import connect_with

    wire = connect_with(_provider(account.provider), account, key)
    wire.pace = min(wire.pace, 0.25)  # somebody looks on
    try:
        return _provider(account.provider).check(wire)
    finally:
        wire.close()


def _remove(parsed: argparse.Namespace) -> int:
    from .engines.hosted.account.accounts import forget

    return _tried(
        parsed, lambda: "It is forgotten." if forget(_provider(parsed.provider).name) else "There was no such account."
    )


def _tried(parsed: argparse.Namespace, work: Callable[[], str]) -> int:
    return tried(parsed, work, lambda: {"accounts": rows()})


def tried(parsed: argparse.Namespace, work: Callable[[], str], about: Callable[[], dict[str, Any]]) -> int:
    """Runs a command and says what came of it: as lines of text, or as JSON with what `about` tells. Gives its exit
    code.

    Raises:
        HomeError, OSError: what can't be used. It was told as JSON where that was asked for.
    """
    from client.protocol.codec import to_json

    from .engines.engine import EngineError

    try:
        said = work()
    except EngineError as error:
        if parsed.json:
            print(json.dumps({"error": to_json(error.problem)}))
        print(f"error: {error.message}", file=sys.stderr)
        return 1
    except (HomeError, OSError) as error:
        if parsed.json:
            print(json.dumps({"error": {"code": "failed", "message": unusable(error)}}))
        raise
    print(json.dumps({"said": said.replace("\n", " "), **about()}) if parsed.json else said)
    return 0


def _provider(name: str) -> Any:
    from .engines.engine import EngineError
    from .engines.hosted.providers import providers

    known = providers()
    if name not in known:
        raise EngineError("invalid_request", f"There is no provider {name!r}. They are: {', '.join(known)}.")
    return known[name]


def _read_key() -> str:
    if sys.stdin.isatty():
        from getpass import getpass

        return getpass("Key: ").strip()
    return sys.stdin.read(MAX_KEY).strip()
