"""docs/accounts.md says what the code does: its tables are the providers' tables."""

from __future__ import annotations

import importlib.util
from pathlib import Path

DOCS = Path(__file__).parents[3] / "docs"
PAGE = (DOCS / "accounts.md").read_text(encoding="utf-8")
SPEC = importlib.util.spec_from_file_location("make_accounts", DOCS / "make_accounts.py")
assert SPEC and SPEC.loader
tables = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(tables)


def test_its_tables_are_those_of_the_code() -> None:
    assert tables.page(PAGE) == PAGE, "run docs/make_accounts.py"


def test_each_engine_has_a_row() -> None:
    for name in tables.models():
        assert f"| `{name}` |" in PAGE
