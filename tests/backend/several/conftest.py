"""A service with two users besides its own token, and a screen on the wall."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.backend.service_process import TOKEN, Service

# What the driver's own tool writes of two cards, one of which has another 20 GiB in use.
CARDS = ("0, NVIDIA H100 80GB HBM3, 20480, 81559, 87", "1, NVIDIA H100 80GB HBM3, 4, 81559, 0")
TOKENS = {"anna": "anna-has-a-token-of-hers", "ben": "ben-has-another-one", "wall": "shown-on-the-wall", "": TOKEN}


class Shared(Service):
    """A service of several users."""

    def __init__(self, home: Path) -> None:
        home.mkdir()
        self.users = home / "users"
        self.write(f"# three\nanna {TOKENS['anna']}\n\nben {TOKENS['ben']}\nwall {TOKENS['wall']} watches\n")
        super().__init__(home, "tests.backend.scripted", "--tokens", str(self.users))
        self.variables["PATH"] = f"{_driver(home / 'bin')}{os.pathsep}{os.environ['PATH']}"

    def write(self, text: str) -> None:
        self.users.unlink(missing_ok=True)
        self.users.touch(mode=0o600)
        self.users.write_text(text, encoding="utf-8")

    @contextmanager
    def by(self, user: str) -> Iterator[Service]:
        """The service as this user speaks to it."""
        self.http.headers["Authorization"] = f"Bearer {TOKENS[user]}"
        try:
            yield self
        finally:
            self.http.headers["Authorization"] = f"Bearer {TOKEN}"


def _driver(folder: Path) -> Path:
    """A folder with an nvidia-smi that knows of two cards' memory, and of no card that work could be given to."""
    folder.mkdir()
    program = folder / "nvidia-smi"
    program.write_text(f"#!/bin/sh\ncase $1 in *memory*) printf '%s\\n' {' '.join(map(repr, CARDS))};; esac\n")
    program.chmod(0o755)
    return folder


@pytest.fixture(scope="package")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shared]:
    running = Shared(tmp_path_factory.mktemp("shared") / "home")
    running.start()
    yield running
    running.end()
