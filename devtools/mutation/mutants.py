"""The bugs to plant in a module: those of cosmic-ray's operators that a person could write, and our own.

Runs in .dev/mutate, where cosmic-ray is: `python -m devtools.mutation.mutants FILE` prints a list of mutants as JSON.
"""

from __future__ import annotations

import ast
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from .edits import edits

# One replacement for each operator, the one that is written by mistake: cosmic-ray has all of them by all.
OPERATORS = (
    *(f"ReplaceBinaryOperator_{pair}" for pair in ("Add_Sub", "Sub_Add", "Mul_Div", "Div_Mul", "FloorDiv_Mul")),
    *(f"ReplaceBinaryOperator_{pair}" for pair in ("Mod_Mul", "Pow_Mul", "BitOr_BitAnd", "BitAnd_BitOr")),
    *(f"ReplaceBinaryOperator_{pair}" for pair in ("RShift_LShift", "LShift_RShift")),
    *(f"ReplaceComparisonOperator_{pair}" for pair in ("Eq_NotEq", "NotEq_Eq", "Lt_LtE", "LtE_Lt", "Gt_GtE")),
    *(f"ReplaceComparisonOperator_{pair}" for pair in ("GtE_Gt", "Is_IsNot", "IsNot_Is")),
    "ReplaceUnaryOperator_Delete_USub",
    "ReplaceUnaryOperator_Delete_Not",
    "AddNot",
    "ReplaceTrueWithFalse",
    "ReplaceFalseWithTrue",
    "ReplaceAndWithOr",
    "ReplaceOrWithAnd",
    "ReplaceBreakWithContinue",
    "ReplaceContinueWithBreak",
    "NumberReplacer",
    "RemoveDecorator",
    "ZeroIterationForLoop",
)
QUIET = {"log", "warnings", "TypeVar"}  # what is called on these changes nothing that a test should see


class Mutant(NamedTuple):
    """A module with one bug: `line` and `column` from 1 and 0, where it was planted; `code` is the whole module."""

    operator: str
    line: int
    column: int
    code: str


def mutants(source: str) -> list[Mutant]:
    """All mutants of a module that can be compiled and differ from it and from each other, in order of lines."""
    spared = list(_spared(ast.parse(source)))
    found: dict[str, Mutant] = {}
    for mutant in (*_of_cosmic_ray(source, spared), *_of_ours(source, spared)):
        if mutant.code not in found and _compiles(mutant.code) and not _same(mutant.code, source):
            found[mutant.code] = mutant
    return sorted(found.values(), key=lambda mutant: (mutant.line, mutant.column, mutant.operator))


def _of_cosmic_ray(source: str, spared: list[tuple[tuple[int, int], tuple[int, int]]]) -> Iterator[Mutant]:
    from cosmic_ray.ast import ast_nodes, get_ast
    from cosmic_ray.mutating import mutate_code
    from cosmic_ray.plugins import get_operator

    operators = {name: get_operator(f"core/{name}")() for name in OPERATORS}
    before = ""
    for part in get_ast(source).children:  # one function or class at a time: each mutant is parsed anew
        text = part.get_code()
        nodes, lines = list(ast_nodes(get_ast(text))), before.count("\n")
        for name, operator in operators.items():
            starts = [start for node in nodes for start, _ in operator.mutation_positions(node)]
            for occurrence, (line, column) in enumerate(starts):
                place = line + lines, column
                if any(first <= place < last for first, last in spared):
                    continue
                code = mutate_code(text, operator, occurrence)
                if code is not None:
                    yield Mutant(name, *place, before + code + source[len(before) + len(text) :])
        before += text


def _of_ours(source: str, spared: list[tuple[tuple[int, int], tuple[int, int]]]) -> Iterator[Mutant]:
    lines = source.splitlines(keepends=True)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line.encode()))
    raw = source.encode()
    for edit in edits(source):
        if any(first <= edit.start < last for first, last in spared):
            continue
        start, end = (starts[line - 1] + column for line, column in (edit.start, edit.end))
        yield Mutant(edit.operator, *edit.start, (raw[:start] + edit.text.encode() + raw[end:]).decode())


def _spared(tree: ast.Module) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """Stretches, as (line, column) of start and end, where a change changes nothing that can be tested."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            arguments = node.args
            every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
            yield from (_stretch(one.annotation) for one in every if one is not None and one.annotation is not None)
            if node.returns is not None:
                yield _stretch(node.returns)
        elif isinstance(node, ast.AnnAssign):
            yield _stretch(node.annotation)
        elif isinstance(node, ast.Assert | ast.If | ast.Call) and _quiet(node):
            yield _stretch(node)


def _quiet(node: ast.Assert | ast.If | ast.Call) -> bool:
    if isinstance(node, ast.If):
        return isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
    return isinstance(node, ast.Assert) or _root(node.func) in QUIET


def _stretch(node: ast.expr | ast.stmt) -> tuple[tuple[int, int], tuple[int, int]]:
    return (node.lineno, node.col_offset), (node.end_lineno or node.lineno, node.end_col_offset or 0)


def _root(node: ast.expr) -> str:
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _compiles(code: str) -> bool:
    try:
        compile(code, "mutant", "exec")
    except (SyntaxError, ValueError):
        return False
    return True


def _same(code: str, source: str) -> bool:
    return ast.dump(ast.parse(code)) == ast.dump(ast.parse(source))


if __name__ == "__main__":
    print(json.dumps([mutant._asdict() for mutant in mutants(Path(sys.argv[1]).read_text(encoding="utf-8"))]))
