"""The tokens of servers: in the system's keyring, through the backend's environment; never in a .blend, a log or a
command line.

Where there is no keyring they are kept in TAKE_ONE_HOME/servers.json, which only the user can read. Blocking
(a process is started): for threads only.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from ..files import make_folder, write_whole
from ..installing import pythons
from ..installing.install import backend_python

ROOT = Path(__file__).resolve().parents[2]  # where the package `backend` is
SECONDS = 15.0  # a keyring may ask the user to unlock it


def load(home: Path, url: str) -> str:
    """The token of a server, "" where none is kept."""
    kept = _keyring(home, "get", url)
    return kept or _file(home).get(url, "")


def save(home: Path, url: str, token: str) -> None:
    """Keep a server's token; an empty one is forgotten. Raises OSError where it can't be kept."""
    if not token:
        _keyring(home, "delete", url)
        _write(home, url, None)
        return
    in_keyring = _keyring(home, "set", url, token) is not None
    _write(home, url, None if in_keyring else token)


def _keyring(home: Path, action: str, url: str, token: str = "") -> str | None:
    """What the keyring answers; None where there is none."""
    python = backend_python(home)
    if not python.exists():
        return None
    try:
        done = subprocess.run(
            [str(python), "-m", "backend", "key", action, url],
            cwd=ROOT,
            env={**pythons.clean_environment(), "PYTHONUTF8": "1", "TAKE_ONE_HOME": str(home)},
            input=token,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            **pythons.no_window(),
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None


def _file(home: Path) -> dict[str, str]:
    try:
        kept = json.loads((home / "servers.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return kept if isinstance(kept, dict) else {}


def _write(home: Path, url: str, token: str | None) -> None:
    kept = _file(home)
    if kept.get(url) == token:
        return
    kept = {name: value for name, value in kept.items() if name != url} | ({url: token} if token else {})
    make_folder(home)
    write_whole(home / "servers.json", json.dumps(kept))
