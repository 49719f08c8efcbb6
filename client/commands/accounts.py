"""Accounts with providers of hosted models, and the user's own workflows: through the backend's own command, which
alone speaks to the keyring and to the providers. A key goes to it by its standard input, and is kept nowhere here."""

from __future__ import annotations

import json
import queue
import subprocess
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..installing import pythons
from ..installing.install import backend_python

SECONDS = 90.0  # a keyring may ask the user to unlock it, and a provider may be slow


@dataclass(frozen=True)
class Account:
    """A provider, and the account with it. `kept` is where its key is: "" for no account, "keyring", "environment" (the
    variable `variable`), "none" for a server that wants none. `own_address`: its address has to be told, `keyless`: it
    mostly wants no key. `workflows`: its `models` are workflows, which the user adds and removes."""

    provider: str
    label: str
    variable: str = ""
    console: str = ""
    own_address: bool = False
    keyless: bool = False
    workflows: bool = False
    kept: str = ""
    address: str = ""
    models: tuple[str, ...] = ()


@dataclass(frozen=True)
class AccountsState:
    """`state` is "" (nothing asked), busy, done or failed. `said` is what came of the last command, `about` the
    provider that it was about."""

    state: str = ""
    accounts: tuple[Account, ...] = ()
    about: str = ""
    said: str = ""


class Accounts:
    """One command at a time. Its methods return at once; `poll` brings `state` up to date."""

    def __init__(self, home: Path, root: Path) -> None:
        self._home, self._root = home, root
        self._answers: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        self.state = AccountsState()

    def refresh(self) -> None:
        """Find out which accounts there are."""
        self._start("", "list")

    def add(self, provider: str, key: str, address: str = "") -> None:
        """Test a key and keep it. An empty one is for a server that wants none."""
        options = [*(["--address", address] if address else []), *([] if key else ["--no-key"])]
        self._start(provider, "add", provider, *options, key=key)

    def test(self, provider: str) -> None:
        """Ask whether an account's key is good."""
        self._start(provider, "test", provider)

    def remove(self, provider: str) -> None:
        """Forget an account and its key."""
        self._start(provider, "remove", provider)

    def add_workflow(self, provider: str, file: Path) -> None:
        """Make an engine of the workflow in a file."""
        self._start(provider, "add", str(file), group="workflows")

    def remove_workflow(self, provider: str, name: str) -> None:
        """Forget a workflow."""
        self._start(provider, "remove", name, group="workflows")

    def poll(self) -> bool:
        """Bring `state` up to date. Returns whether anything changed. Never waits."""
        changed = False
        while not self._answers.empty():
            self._on_answer(self._answers.get())
            changed = True
        return changed

    @property
    def busy(self) -> bool:
        """Whether a command runs."""
        return self.state.state == "busy"

    def _start(self, about: str, *words: str, key: str = "", group: str = "accounts") -> None:
        if self.busy:
            return
        python = backend_python(self._home)
        if not python.exists():
            self.state = AccountsState("failed", self.state.accounts, about, "The backend is not installed.")
            return
        self.state = AccountsState("busy", self.state.accounts, about)
        command = [str(python), "-m", "backend", group, *words, "--json"]
        threading.Thread(target=self._run, args=(command, key), daemon=True).start()

    def _run(self, command: list[str], key: str) -> None:
        """The thread: one command, and its one line of JSON."""
        try:
            done = subprocess.run(
                command,
                cwd=self._root,
                env={**pythons.clean_environment(), "PYTHONUTF8": "1", "TAKE_ONE_HOME": str(self._home)},
                input=key,
                capture_output=True,
                text=True,
                timeout=SECONDS,
                **pythons.no_window(),
            )
            answer = json.loads(done.stdout.splitlines()[-1]) if done.stdout.strip() else {}
            self._answers.put(answer or {"error": {"message": (done.stderr.splitlines() or ["It failed."])[-1]}})
        except (OSError, ValueError, subprocess.TimeoutExpired) as error:
            self._answers.put({"error": {"message": f"It failed: {type(error).__name__}."}})

    def _on_answer(self, answer: dict[str, Any]) -> None:
        if "error" in answer:
            said = str(answer["error"].get("message", ""))
            self.state = AccountsState("failed", self.state.accounts, self.state.about, said)
            return
        accounts = tuple(_account(row) for row in answer.get("accounts", ()))
        self.state = AccountsState("done", accounts, self.state.about, str(answer.get("said", "")))


def _account(row: dict[str, Any]) -> Account:
    names = tuple(str(name) for name in row.get("models", ()))
    words = {name: str(row.get(name, "")) for name in ("provider", "label", "variable", "console", "kept", "address")}
    own_address, keyless, workflows = (bool(row.get(name)) for name in ("own_address", "keyless", "workflows"))
    return Account(**words, own_address=own_address, keyless=keyless, workflows=workflows, models=names)
