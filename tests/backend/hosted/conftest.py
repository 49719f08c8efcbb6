"""A service with accounts at fakes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.backend.hosted.fakes.every import FAKES
from tests.backend.hosted.fakes.fake import KEY, Fake
from tests.backend.service_process import Service


def connected(home: Path, fakes: dict[str, Fake]) -> Service:
    """A service whose accounts are at these fakes; not started."""
    service = Service(home, "tests.backend.hosted.serving")
    home.mkdir(parents=True, exist_ok=True)
    accounts = {name: {"address": fake.url, "kept": "environment"} for name, fake in fakes.items()}
    if "videos" in accounts:
        accounts["videos"]["models"] = ["ltx-2", "wan-2.2"]
    (home / "accounts.json").write_text(json.dumps(accounts))
    for name in fakes:
        service.variables[FAKES[name][1]] = KEY
    return service


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Service, dict[str, Fake]]]:
    """A running service with an account at every provider."""
    fakes = {name: kind() for name, (kind, _) in FAKES.items()}
    service = connected(tmp_path_factory.mktemp("home"), fakes).start()
    yield service, fakes
    service.end()
    for fake in fakes.values():
        fake.close()
