#!/usr/bin/env python3
"""Writes the tables of accounts.md again, from the providers' tables.

    .dev/test/bin/python docs/make_accounts.py

A table stands between <!-- table: NAME --> and <!-- end -->; everything else on the page is written by hand.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from backend.engines.hosted.providers import models, providers  # noqa: E402
from backend.engines.hosted.providers.provider import Provider  # noqa: E402
from backend.engines.hosted.request.model import Model  # noqa: E402

PAGE = ROOT / "docs" / "accounts.md"
BLOCK = re.compile(r"(<!-- table: (\w+) -->\n\n).*?(\n\n<!-- end -->)", re.DOTALL)
SOUND = {"always": "always", "never": "none", "switch": "on or off"}


def page(text: str) -> str:
    """`text` with every table as the code has it."""
    return BLOCK.sub(lambda match: match[1] + TABLES[match[2]]() + match[3], text)


def accounts() -> str:
    head = ("provider", "`accounts add`", "environment variable", "where the key is made")
    rows = [
        (one.label, f"`{name}`", f"`{one.variable}`", f"<{one.console}>" if "://" in one.console else one.console)
        for name, one in providers().items()
    ]
    return table(head, rows)


def engines() -> str:
    head = ("engine", "id", "seconds", "sizes", "sound", "shots in one", "last frame", "references", "a second costs")
    rows = [row(provider, model) for provider, model in models().values()]
    return table(head, rows)


def row(provider: Provider, model: Model) -> tuple[str, ...]:
    speaks = f"; speaks {', '.join(model.languages)}" if model.languages else ""
    return (
        model.name,
        f"`{model.id}`",
        lengths(model.lengths),
        ", ".join(model.resolutions) or "its own",
        SOUND[model.sound] + speaks,
        str(model.shots) if model.shots > 1 else "",
        "yes" if model.last_frame else "",
        str(model.references) if model.references else "",
        prices(provider, model),
    )


def lengths(seconds: tuple[int, ...]) -> str:
    whole = seconds == tuple(range(seconds[0], seconds[-1] + 1))
    return f"{seconds[0]} to {seconds[-1]}" if whole and len(seconds) > 1 else ", ".join(map(str, seconds))


def prices(provider: Provider, model: Model) -> str:
    if model.prices is None:
        return "what the server asks" if not provider.address else "not known"
    said = []
    for rate in model.prices.rates:
        sound = {None: "", True: "with sound", False: "silent"}[rate.sound]
        said.append(" ".join(filter(None, (f"${rate.amount:g}", rate.resolution, sound))))
    page, _, remark = model.prices.source.partition(" (")
    where = f"[page]({page})" if page.startswith("https://") else page
    remark = f": {remark.rstrip(')')}" if remark else ""
    return f"{', '.join(said)} ({model.prices.as_of}, {where}{remark})"


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, ("---",) * len(head), *rows))


TABLES = {make.__name__: make for make in (accounts, engines)}

if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")
