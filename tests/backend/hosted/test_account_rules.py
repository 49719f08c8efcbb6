"""Where a key is, by what is written down and what the environment has: with a keyring of this process."""

from __future__ import annotations

import json
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import KeyringError, PasswordDeleteError

from backend import keys
from backend.engines.engine import EngineError
from backend.engines.hosted import connect
from backend.engines.hosted.account import accounts
from backend.engines.hosted.account.accounts import Account, all_accounts, forget, key_of, offline, remember
from backend.engines.hosted.providers import providers, variables


class Ring(KeyringBackend):
    """A keyring in memory; `broken` raises whatever is asked."""

    priority = 1  # type: ignore[assignment]

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}
        self.broken: Exception | None = None

    def _check(self) -> None:
        if self.broken is not None:
            raise self.broken

    def get_password(self, service: str, username: str) -> str | None:
        self._check()
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._check()
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self._check()
        if self.kept.pop((service, username), None) is None:
            raise PasswordDeleteError("none")


@pytest.fixture
def ring(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ring]:
    monkeypatch.setenv("TAKE_ONE_HOME", str(tmp_path / "home"))
    for variable in variables().values():
        monkeypatch.delenv(variable, raising=False)
    (tmp_path / "home").mkdir()
    made, before = Ring(), keyring.get_keyring()
    keyring.set_keyring(made)
    monkeypatch.setattr(keys, "is_unsafe", lambda ring: False)
    yield made
    keyring.set_keyring(before)


def written(home: Path) -> Any:
    return json.loads((home / "accounts.json").read_text())


def test_a_key_is_kept_and_forgotten(ring: Ring, tmp_path: Path) -> None:
    home = tmp_path / "home"
    mine = Account("fal", "https://a", "keyring", ("m",))
    remember(mine, "sk-1")
    assert ring.kept == {(keys.SERVICE, "account:fal"): "sk-1"}
    assert written(home) == {"fal": {"address": "https://a", "kept": "keyring", "models": ["m"]}}
    assert stat.S_IMODE((home / "accounts.json").stat().st_mode) == 0o600
    assert accounts.account("fal", "FAL_KEY") == mine and key_of(mine, "FAL_KEY", "fal") == "sk-1"
    remember(Account("videos", "http://b", "none"), "not kept")
    assert len(ring.kept) == 1 and set(written(home)) == {"fal", "videos"}
    assert key_of(Account("videos", kept="none"), "X", "x") == ""
    assert forget("fal") and ring.kept == {} and set(written(home)) == {"videos"}
    assert not forget("fal") and set(written(home)) == {"videos"}
    with pytest.raises(EngineError, match="The key of the account with fal is not in this system's") as caught:
        key_of(mine, "FAL_KEY", "fal")
    assert (caught.value.code, caught.value.fix) == ("no_account", "accounts")


def test_the_environment_counts_before_what_is_written(
    ring: Ring, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    facts = {
        "fal": {"address": "https://a", "kept": "keyring"},
        "runway": {"kept": "environment"},
        "videos": {"kept": "none", "address": "http://v"},
        "gemini": 5,
    }
    (tmp_path / "home" / "accounts.json").write_text(json.dumps(facts))
    named = {name: f"{name.upper()}_X" for name in ("fal", "runway", "videos", "gemini", "other")}
    assert all_accounts(named) == {"fal": Account("fal", "https://a"), "videos": Account("videos", "http://v", "none")}
    for variable in named.values():
        monkeypatch.setenv(variable, " sk ")
    assert all_accounts(named) == {
        "fal": Account("fal", "https://a", "environment"),
        "runway": Account("runway", "", "environment"),
        "videos": Account("videos", "http://v", "none"),
        "gemini": Account("gemini", "", "environment"),
        "other": Account("other", "", "environment"),
    }
    assert key_of(Account("fal", kept="environment"), "FAL_X", "fal") == "sk"
    many = {"m": {"models": ["a", 5, *map(str, range(300))]}}
    (tmp_path / "home" / "accounts.json").write_text(json.dumps(many))
    assert accounts.account("m", "NONE_X") == Account("m", models=("a", *map(str, range(199))))
    for nonsense in ("[]", "{", "5"):
        (tmp_path / "home" / "accounts.json").write_text(nonsense)
        assert all_accounts({"fal": "NONE_X"}) == {}


@pytest.mark.parametrize("broken", [KeyringError("locked"), RuntimeError("no bus")])
def test_a_keyring_that_can_not_be_used(ring: Ring, broken: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    remember(Account("fal"), "sk")
    ring.broken = broken
    assert accounts.from_keyring("fal") == ""
    with pytest.raises(EngineError, match=rf"keyring can't be used \({broken}\), and keys are kept nowhere") as caught:
        remember(Account("runway"), "sk")
    assert caught.value.code == "no_keyring" and accounts.account("runway", "NONE_X") is None
    assert forget("fal")  # what can't be taken out is forgotten all the same
    ring.broken = None
    monkeypatch.setattr(keys, "is_unsafe", lambda ring: True)
    assert accounts.from_keyring("fal") == ""
    with pytest.raises(EngineError, match="there is none"):
        remember(Account("runway"), "sk")
    assert ring.kept == {(keys.SERVICE, "account:fal"): "sk"}


def test_the_way_to_a_provider_by_its_account(ring: Ring, tmp_path: Path) -> None:
    fal, server = providers()["fal"], providers()["videos"]
    remember(Account("fal"), "sk-1")
    wire = connect.connect(fal, Account("fal"), lambda: True)
    assert (wire.label, wire.address, wire.secret) == ("fal", fal.address, "sk-1")
    assert wire.headers == {"Authorization": "Key sk-1"}
    assert wire.hosts == {"queue.fal.run", "api.fal.ai"} and wire.cancelled() and not wire.plain
    assert wire.pace == connect.pace
    wire.close()
    other = connect.connect_with(server, Account("videos", "http://10.0.0.1:8000"), "")
    assert (other.address, other.headers, other.plain) == ("http://10.0.0.1:8000", {}, True)
    assert other.hosts == {"10.0.0.1:8000"}
    other.close()
    assert not offline()
    (tmp_path / "home" / "offline").touch()
    assert offline()
    for provider, address, may in (
        (server, "http://127.0.0.1:8000", True),
        (server, "http://10.0.0.1:8000", False),
        (fal, "", False),
        (fal, "http://127.0.0.1:9", False),
        (providers()["comfyui"], "", True),
    ):
        if may:
            connect.check_online(provider, address)
            continue
        with pytest.raises(EngineError) as caught:
            connect.check_online(provider, address)
        assert (caught.value.code, caught.value.fix) == ("online_access", "online_access")
        assert f"so {provider.label} is not asked" in caught.value.message
