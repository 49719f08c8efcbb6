"""A service whose ComfyUI is a fake, with the workflows that need no weights."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.engines.comfy import shelf
from tests.backend.comfy.fake import FakeComfy
from tests.backend.service_process import Service


def with_comfy(home: Path, fake: FakeComfy) -> Service:
    """A service with these; not started."""
    (home / shelf.FOLDER).mkdir(parents=True)
    for name in ("Grain", "Side by Side", "Guide and Mask"):
        shutil.copy(shelf.DELIVERED / f"{name}.json", home / shelf.FOLDER)
    (home / "accounts.json").write_text(json.dumps({"comfyui": {"address": fake.url, "kept": "none"}}))
    return Service(home, "tests.backend.hosted.serving")


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Service, FakeComfy]]:
    fake = FakeComfy()
    service = with_comfy(tmp_path_factory.mktemp("home") / "take-one", fake).start()
    yield service, fake
    service.end()
    fake.close()
