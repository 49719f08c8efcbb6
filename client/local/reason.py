"""From a log to a sentence: why the backend did not start, and what would help."""

from __future__ import annotations

import re

# What a log line means to a user, and the fix. The first that matches, read from the end of the log, wins.
_KNOWN = (
    (
        r"ModuleNotFoundError: No module named '([\w.]+)'",
        "A part of the backend is missing ({0}). Install it again.",
        "install",
    ),
    (r"ImportError: (.+)", "A part of the backend cannot be loaded ({0}). Install it again.", "install"),
    (
        r"No space left on device|not enough space on the disk|Errno 28\b",
        "The disk is full. Free some space.",
        "free_space",
    ),
    (
        r"(?:PermissionError|Permission denied|Access is denied|WinError 5\b).*?'([^']+)'",
        "Access to {0} was denied. Check the rights on that folder.",
        "open_log",
    ),
    (r"Address already in use|WinError 10048", "The port is used by another program. Try again.", "start"),
    (
        r"MemoryError|std::bad_alloc|Cannot allocate memory",
        "The machine ran out of memory. Close other programs.",
        "start",
    ),
    (
        r"database disk image is malformed|file is not a database",
        "The list of jobs (jobs.db) is damaged. Move it away and start again.",
        "open_log",
    ),
)
_SIGNALS = {
    9: "the system ended it, most likely for want of memory",
    11: "it crashed (segmentation fault)",
    6: "it aborted",
    4: "this processor lacks an instruction that it needs",
}
_NOISE = re.compile(r"^(INFO|DEBUG|WARNING)\b|^\s|^Traceback|^[\s\^~]*$|^During handling|^The above exception")


def explain(log: str, exit_code: int | None) -> tuple[str, str]:
    """(message, fix) for a backend that ended, from the text of its log and its exit code (negative: a
    signal)."""
    lines = [line.rstrip() for line in log.splitlines() if line.strip()]
    for line in reversed(lines[-40:]):
        for pattern, message, fix in _KNOWN:
            if found := re.search(pattern, line):
                return message.format(*found.groups()), fix
    if exit_code is not None and -exit_code in _SIGNALS:
        return f"The backend stopped: {_SIGNALS[-exit_code]}.", "start"
    said = next((line for line in reversed(lines) if not _NOISE.search(line)), "")
    if said:
        return f"The backend stopped: {said[:300]}", "open_log"
    ended = "without a word" if exit_code is None else f"with exit code {exit_code} and an empty log"
    return f"The backend stopped {ended}. Install it again if this goes on.", "install"
