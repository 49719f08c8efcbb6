"""The weights of the local engines: what is here, downloads with progress, links. Through the backend's own commands,
in a process of its own whose lines a thread reads."""

from __future__ import annotations

import json
import queue
import subprocess
import threading
from pathlib import Path
from typing import Any, NamedTuple

from ..installing import pythons
from ..installing.install import backend_python


class ModelsState(NamedTuple):
    """`state` is "" (nothing asked), busy, done, failed or cancelled. `models` are dicts of name, state
    (missing, ready, linked, damaged), size (for people), bytes and where; `sets` the models that each quality needs.
    `fraction` 0..1 of a download, `seconds` that are left of it (None: not known yet)."""

    state: str = ""
    models: tuple[dict[str, Any], ...] = ()
    sets: dict[str, list[str]] = {}
    fraction: float = 0.0
    seconds: float | None = None
    message: str = ""
    fix: str = ""


class Models:
    """One command at a time. Its methods return at once; `poll` brings `state` up to date."""

    def __init__(self, home: Path, root: Path) -> None:
        self._home, self._root = home, root
        self._lines: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        self._process: subprocess.Popen[str] | None = None
        self._cancelled = False
        self.state = ModelsState()

    def refresh(self) -> None:
        """Find out what is here."""
        self._start("list", "--json")

    def download(self, name: str, online: bool) -> None:
        """Fetch a model, or all that a quality needs. Goes on where an earlier download stopped."""
        self._start("download", name, "--json", *(["--online"] if online else []))

    def link(self, name: str, folder: Path) -> None:
        """Use a model's files where they are."""
        self._start("link", name, str(folder))

    def cancel(self) -> None:
        """Stop the download. What came stays, for the next time."""
        self._cancelled = True
        if self._process is not None:
            self._process.terminate()

    def poll(self) -> bool:
        """Bring `state` up to date. Returns whether anything changed. Never waits."""
        changed = False
        while not self._lines.empty():
            self._on_message(self._lines.get())
            changed = True
        return changed

    def close(self) -> None:
        """End what runs."""
        self.cancel()

    @property
    def busy(self) -> bool:
        """Whether a command runs."""
        return self.state.state == "busy"

    def _start(self, *words: str) -> None:
        if self.busy:
            return
        python = backend_python(self._home)
        if not python.exists():
            self.state = ModelsState("failed", message="The backend is not installed.", fix="install")
            return
        self._cancelled = False
        self.state = self.state._replace(state="busy", fraction=0.0, seconds=None, message="", fix="")
        try:
            self._process = subprocess.Popen(
                [str(python), "-m", "backend", "models", *words],
                cwd=self._root,
                env={**pythons.clean_environment(), "PYTHONUTF8": "1", "TAKE_ONE_HOME": str(self._home)},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                **pythons.no_window(),
            )
        except OSError as error:
            self.state = self.state._replace(state="failed", message=str(error), fix="open_log")
            return
        threading.Thread(target=self._read, args=(self._process, words[0]), daemon=True).start()

    def _read(self, process: subprocess.Popen[str], command: str) -> None:
        """The thread: lines of JSON as they come, then how it ended."""
        assert process.stdout is not None and process.stderr is not None
        for line in process.stdout:
            if line.startswith("{"):
                self._lines.put(json.loads(line))
        errors = process.stderr.read().strip()
        code = process.wait()
        self._lines.put({"ended": code, "errors": errors, "command": command})

    def _on_message(self, message: dict[str, Any]) -> None:
        if "models" in message:
            self.state = self.state._replace(models=tuple(message["models"]), sets=message["sets"])
        elif "total" in message:
            fraction = message["done"] / max(1, message["total"])
            self.state = self.state._replace(
                fraction=fraction, seconds=message["eta_seconds"], message=message["file"].rpartition("/")[2]
            )
        elif "error" in message:
            self.state = self.state._replace(message=message["error"]["message"], fix=message["error"]["fix"])
        elif "ended" in message:
            self._on_end(message["ended"], message["errors"], message["command"])

    def _on_end(self, code: int, errors: str, command: str) -> None:
        self._process = None
        if self._cancelled:
            self.state = self.state._replace(state="cancelled", message="", fix="")
        elif code == 0:
            self.state = self.state._replace(state="done", fraction=1.0, message="", fix="")
        else:
            message = self.state.message if self.state.fix else (errors.splitlines() or ["It failed."])[-1]
            self.state = self.state._replace(state="failed", message=message, fix=self.state.fix or "retry")
        if command != "list" and code == 0:
            self.refresh()
