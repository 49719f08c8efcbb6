"""Bugs that cosmic-ray does not plant: a swapped argument, a dropped condition, bound or statement, any for all."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterator
from typing import NamedTuple

TWINS = {"any": "all", "all": "any", "min": "max", "max": "min"}
SYMMETRIC = {"isinstance", "getattr", "setattr", "hasattr", "max", "min", "zip", "print"}  # a swap is loud or nothing
SYMMETRIC |= {"maximum", "minimum", "hypot", "allclose", "array_equal"}


class Edit(NamedTuple):
    """`text` in place of what is from `start` to `end`: lines from 1, columns from 0 in bytes."""

    operator: str
    start: tuple[int, int]
    end: tuple[int, int]
    text: str


def edits(source: str) -> Iterator[Edit]:
    """All edits of a module."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            yield from _of_call(node, source)
        elif isinstance(node, ast.BoolOp):
            yield from _drop_conditions(node, source)
        elif isinstance(node, ast.Expr | ast.Assign | ast.AugAssign):
            yield from _drop_statement(node)


def _of_call(node: ast.Call, source: str) -> Iterator[Edit]:
    name = node.func.id if isinstance(node.func, ast.Name) else ""
    plain = [one for one in node.args if not isinstance(one, ast.Starred)]
    if name in TWINS:
        yield _edit("Twin", node.func, TWINS[name])
    if name in ("min", "max") and len(plain) == len(node.args) > 1:
        yield from (_edit("DropBound", node, f"({_text(one, source)})") for one in plain)
    called = node.func.attr if isinstance(node.func, ast.Attribute) else name
    if len(plain) == len(node.args) > 1 and called not in SYMMETRIC:
        for first, second in itertools.pairwise(plain):
            one, other = _text(first, source), _text(second, source)
            between = _between(first, second, source)
            if one != other:
                yield Edit("SwapArguments", _start(first), _end(second), other + between + one)


def _drop_conditions(node: ast.BoolOp, source: str) -> Iterator[Edit]:
    word = " and " if isinstance(node.op, ast.And) else " or "
    for index in range(len(node.values)):
        kept = [f"({_text(one, source)})" for at, one in enumerate(node.values) if at != index]
        yield _edit("DropCondition", node, f"({word.join(kept)})")


def _drop_statement(node: ast.Expr | ast.Assign | ast.AugAssign) -> Iterator[Edit]:
    """A call whose result nobody takes, or a value that is put into something."""
    if isinstance(node, ast.Expr):
        dropped = isinstance(node.value, ast.Call | ast.Await)
    else:
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        dropped = all(isinstance(one, ast.Attribute | ast.Subscript) for one in targets)
    if dropped:
        yield _edit("DropStatement", node, "pass")


def _edit(operator: str, node: ast.expr | ast.stmt, text: str) -> Edit:
    return Edit(operator, _start(node), _end(node), text)


def _start(node: ast.expr | ast.stmt) -> tuple[int, int]:
    return node.lineno, node.col_offset


def _end(node: ast.expr | ast.stmt) -> tuple[int, int]:
    return node.end_lineno or node.lineno, node.end_col_offset or node.col_offset


def _text(node: ast.expr, source: str) -> str:
    return ast.get_source_segment(source, node) or ""


def _between(first: ast.expr, second: ast.expr, source: str) -> str:
    """What stands between two arguments: a comma, blanks, brackets that belong to neither."""
    lines = [line.encode() for line in source.splitlines(keepends=True)]
    (line, column), (last, end) = _end(first), _start(second)
    if line == last:
        return lines[line - 1][column:end].decode()
    return b"".join([lines[line - 1][column:], *lines[line : last - 1], lines[last - 1][:end]]).decode()
