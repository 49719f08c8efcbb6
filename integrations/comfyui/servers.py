"""Which servers this machine knows, and the token of each.

A workflow is a stranger's word: it names an address at most. Which token goes there is said by this machine only, in
its environment or in a file of its owner, so that no workflow can have a token sent to a place of its choice.
"""

from __future__ import annotations

import ipaddress
import os
import stat
import sys
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from .errors import TakeOneError

DEFAULT = "http://127.0.0.1:8765"
ADDRESS, TOKEN, LIST = "TAKE_ONE_SERVER", "TAKE_ONE_TOKEN", "TAKE_ONE_SERVERS"  # variables of the environment
MAX_LIST = 1 << 16  # bytes


@dataclass(frozen=True)
class Server:
    """A Take One server by its address, such as "http://127.0.0.1:8765". Its token is looked up when it is called, so
    that neither a workflow nor ComfyUI's history holds it."""

    address: str

    @property
    def host(self) -> str:
        return urlsplit(self.address).hostname or ""

    @property
    def port(self) -> int:
        return urlsplit(self.address).port or (443 if self.encrypted else 80)

    @property
    def encrypted(self) -> bool:
        return self.address.startswith("https://")

    @property
    def here(self) -> bool:
        """Whether it is on this machine."""
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False


def server_at(address: str) -> Server:
    """The server at `address`; at "" the one that TAKE_ONE_SERVER names, else this machine's own.

    Raises:
        TakeOneError: it is no address of a server.
    """
    wanted = address.strip() or os.environ.get(ADDRESS, "").strip() or DEFAULT
    wrong = TakeOneError(f"{wanted[:200]!r} is no address of a Take One server. Write it as {DEFAULT}.")
    try:
        parts = urlsplit(wanted if "://" in wanted else f"http://{wanted}")
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        raise wrong from None
    more = parts.path.strip("/") or parts.query or parts.fragment or parts.username or parts.password
    if parts.scheme not in ("http", "https") or not parts.hostname or more:
        raise wrong
    host = "127.0.0.1" if parts.hostname == "localhost" else parts.hostname
    host = f"[{host}]" if ":" in host else host
    return Server(f"{parts.scheme}://{host}{port}")


def token_of(server: Server) -> str:
    """The token that this machine has for `server`: of the variable TAKE_ONE_TOKEN for the one that TAKE_ONE_SERVER
    names, of the list of servers, or of the file of the backend that runs here.

    Raises:
        TakeOneError: it has none, and nothing is sent there; or the file may be read by others.
    """
    named = server_at("")
    if server == named and (given := os.environ.get(TOKEN, "").strip()):
        return given
    if listed := _listed().get(server):
        return listed
    own = server.here and server in (named, server_at(DEFAULT))
    if own and (token := _private_text(_home() / "token").strip()):
        return token
    if own:
        raise TakeOneError(
            f"This machine has no token for the Take One server at {server.address}. Start the server once as the user "
            f"that runs ComfyUI, or set {TOKEN} for ComfyUI to the server's token."
        )
    raise TakeOneError(
        f"This machine has no token for {server.address}, so nothing is sent there. Add a line "
        f'"{server.address} TOKEN" to {_list_path()}, or set {ADDRESS} and {TOKEN} for ComfyUI.'
    )


def _listed() -> dict[Server, str]:
    """The list of servers: a line each, the address, blanks, its token. # begins a comment."""
    found = {}
    path = _list_path()
    for number, line in enumerate(_private_text(path).splitlines(), 1):
        words = line.partition("#")[0].split()
        if not words:
            continue
        if len(words) != 2:
            raise TakeOneError(f"Line {number} of {path} is not an address and a token.")
        found[server_at(words[0])] = words[1]
    return found


def _list_path() -> Path:
    chosen = os.environ.get(LIST, "").strip()
    return Path(chosen).expanduser() if chosen else _home() / "servers"


def _home() -> Path:
    """Where Take One keeps things on this machine: TAKE_ONE_HOME, else the platform's folder for user data."""
    chosen = os.environ.get("TAKE_ONE_HOME", "").strip()
    if chosen:
        return Path(chosen).expanduser()
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Application Support"
    else:
        base = Path(os.environ.get("XDG_DATA_HOME", "").strip() or Path.home() / ".local" / "share")
    return base / "take-one"


def _private_text(path: Path) -> str:
    """The text of a file that holds tokens, "" where there is none.

    Raises:
        TakeOneError: others may read it, or it can't be read.
    """
    try:
        with path.open("rb") as file:
            if os.name != "nt" and stat.S_IMODE(os.fstat(file.fileno()).st_mode) & 0o077:
                raise TakeOneError(f"{path} holds tokens, and others may read it. Run: chmod 600 '{path}'")
            return file.read(MAX_LIST).decode()
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is no text"
        raise TakeOneError(f"{path} can't be read: {reason}.") from None
