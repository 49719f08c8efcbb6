"""The page at /status: one file under a policy that lets nothing else in and speaks to this service only."""

from __future__ import annotations

import base64
import hashlib
import string
from importlib import resources


def _part(name: str) -> str:
    return (resources.files(__package__) / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


_STYLE, _SCRIPT = _part("status.css"), _part("status.js")
HTML = string.Template(_part("status.html")).substitute(STYLE=_STYLE, SCRIPT=_SCRIPT)
HEADERS = {
    "Content-Security-Policy": f"default-src 'none'; script-src '{_hash(_SCRIPT)}'; style-src '{_hash(_STYLE)}'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}
