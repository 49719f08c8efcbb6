"""The service in this process: a real list of jobs, and a pool, engines and checks of files that are made up."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from starlette.testclient import TestClient

from backend.api.app import Parts, make_app
from backend.api.users import User
from backend.jobs.meter import Meter
from backend.jobs.store.store import Store
from client.protocol import Direction, EngineInfo, TakeRequest
from client.protocol.cluster import Gpu

OWN, ANNA, WATCH = "the-services-own-token", "the-token-of-anna", "the-token-of-a-screen"
USERS = {OWN: User(""), ANNA: User("anna"), WATCH: User("screen", watches=True)}
ENGINES = {
    "draft": EngineInfo("draft", name="Draft", max_seconds=10, max_pixels=640 * 360, lane="cpu"),
    "hosted": EngineInfo("hosted", name="Hosted", max_seconds=10, max_pixels=1280 * 720, lane="network",
                         prompt_form=True, priced=True, words_path=True),
}  # fmt: skip


class Pool:
    """Has engines, and counts how often it was woken."""

    def __init__(self) -> None:
        self.woken, self.meter = 0, Meter()

    def engines(self) -> dict[str, EngineInfo]:
        return ENGINES

    def wake(self) -> None:
        self.woken += 1

    def places(self) -> list[Any]:
        return []


class Inspector:
    """Takes every file for a picture of 800x600."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, str]] = []

    def check(self, kind: str, path: Path, param: str) -> tuple[str, int, int]:
        self.asked.append((kind, path.name, param))
        return (".exr" if kind == "depth" else ".jpg"), 800, 600


class Here(TestClient):
    """The service, without the processes that it would start."""

    def __init__(self, home: Path, registry: str) -> None:
        self.store, self.pool, self.inspector = Store(home), Pool(), Inspector()
        cards = SimpleNamespace(now=lambda: (Gpu(0, "A card", 3 << 30, 8 << 30, 0.25),))
        parts = Parts(self.store, self.pool, self.inspector, SimpleNamespace(named=USERS.get), cards=cards,  # type: ignore[arg-type]
                      registry=registry)  # fmt: skip
        self.parts, self.asked = parts, []
        super().__init__(make_app(parts, "draft"), "http://localhost", raise_server_exceptions=False)
        self.headers["Authorization"] = f"Bearer {OWN}"

    def job(self, name: str, owner: str = "", **facts: Any) -> Any:
        """A job that waits."""
        request = TakeRequest("draft", Direction("pan"), (), 1.0, Fraction(24), (64, 48), 7)
        self.store.job_folder(name).mkdir()
        return self.store.add(name, request, "cpu", owner=owner, **facts)

    def error(self, path: str, status: int, method: str = "GET", **more: Any) -> dict[str, Any]:
        answer = self.request(method, path, **more)
        assert answer.status_code == status, answer.text
        said: dict[str, Any] = answer.json()["error"]
        assert set(said) == {"code", "message", "param", "fix"}
        return said
