"""Who calls, by their token: the service's own, or one of a file of users."""

from __future__ import annotations

import hashlib
import hmac
import logging
import re
import threading
from dataclasses import dataclass
from pathlib import Path

from ..home import HomeError, good_token, private_text

log = logging.getLogger("take_one.api")

LOCAL = ""  # the user of the service's own token, and the owner of all jobs that have no other
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,63}")
HASHED = "sha256:"
MAX_FILE = 1 << 20  # bytes
WATCHES = "watches"  # the third word of a line whose token only shows what runs here
FORMAT = f"Each line of it is a name and a token, or a name and sha256: with the token's hash, and perhaps {WATCHES}."


@dataclass(frozen=True)
class User:
    """Who calls. One who `watches` sees what runs here, and makes nothing."""

    name: str
    watches: bool = False


class Users:
    """The owner of `local`, the service's own token, and the users of `file`, which is read again when it changes.

    Raises:
        HomeError: what is wrong with the file.
        OSError: it can't be read.
    """

    def __init__(self, local: str, file: Path | None = None) -> None:
        self._local, self._file = _digest(local), file
        self._reading = threading.Lock()
        self._seen = _signature(file)
        self._users = {} if file is None else self._read(file)
        if file is not None and not self._users:
            raise HomeError(f"The file of users {file} names nobody. {FORMAT}")

    def named(self, token: str) -> User | None:
        """The user whose token this is: LOCAL, one of the file, or None for nobody. Each token is compared, in a time
        that does not tell how much of it was right."""
        self._refresh()
        given, found = _digest(token), None
        for digest, user in ((self._local, User(LOCAL)), *self._users.items()):
            if hmac.compare_digest(given, digest):
                found = user
        return found

    def __len__(self) -> int:
        return len(self._users)

    def _refresh(self) -> None:
        """Reads the file again where it has changed. One with a mistake in it changes nothing, and is logged once; one
        that names nobody any more leaves nobody."""
        with self._reading:
            seen = _signature(self._file)
            if self._file is None or seen == self._seen:
                return
            self._seen = seen
            try:
                self._users = self._read(self._file)
                log.info("The file of users was read again: %d", len(self))
            except (HomeError, OSError) as error:
                log.error("The users stay those that were: %s", error)

    def _read(self, path: Path) -> dict[bytes, User]:
        """The users by the digests of their tokens."""
        text = private_text(path, "The file of users", "Make it anew, readable by this user only.", MAX_FILE)
        found: dict[bytes, User] = {}
        for number, line in enumerate(text.splitlines(), 1):
            words = line.split()
            if not words or words[0].startswith("#"):
                continue
            where = f"Line {number} of {path}"
            user, digest = _entry(words, where)
            if user.name.casefold() in (other.name.casefold() for other in found.values()):
                raise HomeError(f"{where} names {user.name} a second time. Each user has one line.")
            if digest in found or digest == self._local:
                whose = "the service itself" if digest == self._local else "another user"
                raise HomeError(f"{where} gives {user.name} the token of {whose}. Give each a token of their own.")
            found[digest] = user
        return found


def _entry(words: list[str], where: str) -> tuple[User, bytes]:
    """A user and the digest of their token. No message repeats a token."""
    watches = words[2:] == [WATCHES]
    if len(words) != 2 and not watches:
        raise HomeError(f"{where} has {len(words)} words. {FORMAT}")
    name, secret = words[:2]
    if NAME.fullmatch(name) is None:
        raise HomeError(f"{where} has no name that can be used: letters, digits and . _ @ - (at most 64).")
    if not secret.startswith(HASHED):
        return User(name, watches), _digest(good_token(secret, f"{where}: the token", "Give a longer one."))
    hexadecimal = secret.removeprefix(HASHED)
    if re.fullmatch(r"[0-9a-fA-F]{64}", hexadecimal) is None:
        raise HomeError(f"{where} has a hash that is not 64 hexadecimal digits.")
    return User(name, watches), bytes.fromhex(hexadecimal)


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).digest()


def _signature(path: Path | None) -> tuple[int, ...]:
    """What another file in the place of this one would not have in common with it; empty where there is none."""
    try:
        about = path.lstat() if path is not None else None
    except OSError:
        about = None
    return () if about is None else (about.st_mtime_ns, about.st_ctime_ns, about.st_size, about.st_ino)
