"""`python -m backend key get | set | delete ADDRESS`: the tokens of servers, in the system's keyring.

Blender does not ship the library that speaks to keyrings; this environment does. A token passes by standard
input and output only. Exit code 3: this system has no keyring that can be used.
"""

from __future__ import annotations

import argparse
import sys
from typing import Any

SERVICE = "take-one"
NO_KEYRING = 3
MAX_TOKEN = 4096


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the command's arguments; it sets `run`: parsed arguments in, exit code out."""
    parser.add_argument("action", choices=("get", "set", "delete"))
    parser.add_argument("address", help="the server's address")
    parser.set_defaults(run=run)


def run(parsed: argparse.Namespace) -> int:
    import keyring
    from keyring.errors import KeyringError, PasswordDeleteError

    try:
        if is_unsafe(keyring.get_keyring()):
            return NO_KEYRING
        if parsed.action == "get":
            sys.stdout.write(keyring.get_password(SERVICE, parsed.address) or "")
        elif parsed.action == "set":
            keyring.set_password(SERVICE, parsed.address, sys.stdin.read(MAX_TOKEN))
        else:
            keyring.delete_password(SERVICE, parsed.address)
    except PasswordDeleteError:
        return 0  # there was none
    except (KeyringError, RuntimeError) as error:
        print(f"error: the system's keyring can't be used: {error}", file=sys.stderr)
        return NO_KEYRING
    return 0


def is_unsafe(ring: Any) -> bool:
    """No keyring at all, or one of the plain-text files that a user may have chosen for other programs."""
    name = type(ring).__module__
    return (
        name.startswith(("keyring.backends.fail", "keyring.backends.null")) or "PlaintextKeyring" in type(ring).__name__
    )
