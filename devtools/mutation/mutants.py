"""The bugs to plant in a module: those of cosmic-ray's operators that a person could write, and our own.

Runs in .dev/mutate, where cosmic-ray is: `python -m devtools.mutation.mutants MOST SEED FILE ...` prints them as JSON.
"""

from __future__ import annotations

import ast
import json
import os
import random
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

from .edits import Edit, edits

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
IDLE = {"cache", "lru_cache", "override", "overload", "abstractmethod", "final", "runtime_checkable"}
GUARDS = {"frozen", "slots", "kw_only"}
QUIET = {"log", "LOG", "warnings", "TypeVar"}  # what is called on these changes nothing that a test should see
PATIENT = {"sleep", "wait", "join"}  # how long these wait changes when a test sees something, not what
PLATFORM = {"sys.platform": sys.platform, "os.name": os.name}


class Mutant(NamedTuple):
    """A module with one bug: `line` and `column` from 1 and 0, where it was planted; `code` is the whole module."""

    module: str
    operator: str
    line: int
    column: int
    code: str


class Place(NamedTuple):
    """Where a bug can be planted; `plant` gives the module with it, or None."""

    operator: str
    line: int
    column: int
    plant: Callable[[], str | None]


def mutants(sources: dict[str, str], most: int = 0, seed: int = 0) -> list[Mutant]:
    """Mutants of modules, in an order that `seed` chooses: all, or the first `most` of them.

    Each can be compiled, and differs from its module and from the others.
    """
    places = [(module, place) for module, source in sorted(sources.items()) for place in _places(source)]
    random.Random(seed).shuffle(places)
    found: dict[tuple[str, str], Mutant] = {}
    for module, place in places:
        if most and len(found) == most:
            break
        code = place.plant()
        new = code is not None and (module, code) not in found
        if code is not None and new and _compiles(code) and not _same(code, sources[module]):
            found[module, code] = Mutant(module, *place[:3], code)
    return list(found.values())


def _places(source: str) -> list[Place]:
    spared = list(_spared(ast.parse(source)))
    places = (*_of_cosmic_ray(source), *_of_ours(source))
    return [one for one in places if not any(first <= (one.line, one.column) < last for first, last in spared)]


def _of_cosmic_ray(source: str) -> Iterator[Place]:
    from cosmic_ray.ast import ast_nodes, get_ast
    from cosmic_ray.mutating import mutate_code
    from cosmic_ray.plugins import get_operator

    operators = {name: get_operator(f"core/{name}")() for name in OPERATORS}

    def plant(text: str, before: str, name: str, occurrence: int) -> str | None:
        code = mutate_code(text, operators[name], occurrence)
        return None if code is None else before + code + source[len(before) + len(text) :]

    before = ""
    for part in get_ast(source).children:  # one function or class at a time: each mutant is parsed anew
        text = part.get_code()
        nodes, lines = list(ast_nodes(get_ast(text))), before.count("\n")
        for name, operator in operators.items():
            starts = [start for node in nodes for start, _ in operator.mutation_positions(node)]
            for occurrence, (line, column) in enumerate(starts):
                yield Place(name, line + lines, column, partial(plant, text, before, name, occurrence))
        before += text


def _of_ours(source: str) -> Iterator[Place]:
    starts = [0]
    for line in source.splitlines(keepends=True):
        starts.append(starts[-1] + len(line.encode()))
    raw = source.encode()

    def plant(edit: Edit) -> str:
        start, end = (starts[line - 1] + column for line, column in (edit.start, edit.end))
        return (raw[:start] + edit.text.encode() + raw[end:]).decode()

    for edit in edits(source):
        yield Place(edit.operator, *edit.start, partial(plant, edit))


def _spared(tree: ast.Module) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """Stretches, as (line, column) of start and end, where a change changes nothing that can be tested."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            arguments = node.args
            every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
            yield from (_stretch(one.annotation) for one in every if one is not None and one.annotation is not None)
            if node.returns is not None:
                yield _stretch(node.returns)
            yield from _behind_a_platform(node)
        elif isinstance(node, ast.AnnAssign):
            yield _stretch(node.annotation)
        elif isinstance(node, ast.Assert | ast.If | ast.Call) and _quiet(node):
            yield _stretch(node)
        elif isinstance(node, ast.If):
            yield from _elsewhere(node)
        elif isinstance(node, ast.Call):
            yield from map(_stretch, _times(node))
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield from _spared_decorators(node)


def _spared_decorators(node: ast.FunctionDef | ast.ClassDef) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """What only guards against other code, or only saves time: `frozen=True` and its like, caches."""
    for decorator in node.decorator_list:
        called = decorator.func if isinstance(decorator, ast.Call) else decorator
        if isinstance(called, ast.Name | ast.Attribute) and ast.unparse(called).rpartition(".")[2] in IDLE:
            yield (decorator.lineno, decorator.col_offset - 1), _stretch(decorator)[1]  # with its @
        elif isinstance(decorator, ast.Call):
            yield from (_stretch(one.value) for one in decorator.keywords if one.arg in GUARDS)


def _elsewhere(node: ast.If) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """A test of the platform that is its whole condition, and the branch that does not run on this one."""
    runs = _runs_here(node)
    if runs is not None:
        yield _stretch(node.test)
        yield from map(_stretch, node.orelse if runs else node.body)


def _behind_a_platform(
    function: ast.FunctionDef | ast.AsyncFunctionDef,
) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """What a function does where it has not returned yet because of the platform: `if os.name != "nt": return`."""
    for index, node in enumerate(function.body[:-1]):
        if isinstance(node, ast.If) and _runs_here(node) and isinstance(node.body[-1], ast.Return):
            yield _stretch(function.body[index + 1])[0], _stretch(function)[1]


def _runs_here(node: ast.If) -> bool | None:
    """Whether the branch runs on this platform; None where its condition is something else."""
    test = node.test
    if not isinstance(test, ast.Compare) or not isinstance(test.ops[0], ast.Eq | ast.NotEq):
        return None
    name, other = ast.unparse(test.left), test.comparators[0]
    if name not in PLATFORM or not isinstance(other, ast.Constant):
        return None
    return (PLATFORM[name] == other.value) == isinstance(test.ops[0], ast.Eq)


def _times(node: ast.Call) -> Iterator[ast.expr]:
    """Numbers that only say how long something is waited for: `sleep(0.1)`, `thread.join(5)`, `timeout=2.0`."""
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    waited = [*node.args] if name in PATIENT else []
    waited += [one.value for one in node.keywords if one.arg == "timeout"]
    yield from (one for one in waited if isinstance(one, ast.Constant) and isinstance(one.value, int | float))


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
    most, seed, *files = sys.argv[1:]
    sources = {file: Path(file).read_text(encoding="utf-8") for file in files}
    print(json.dumps([mutant._asdict() for mutant in mutants(sources, int(most), int(seed))]))
