"""Reads the golden cases: tensors of the reference model, made with small random weights."""

import json
from pathlib import Path

import torch
from safetensors.torch import load_file

FOLDER = Path(__file__).parent.parent / "golden"


class Case:
    """One case's settings (`case`), tensors, and weights with the config's dtypes."""

    def __init__(self, name: str) -> None:
        self.folder = FOLDER / name
        self.case = json.loads((self.folder / "case.json").read_text())
        self.tensors = load_file(self.folder / "tensors.safetensors")

    def __getitem__(self, name: str) -> torch.Tensor:
        return self.tensors[name]

    def weights(self) -> dict[str, torch.Tensor]:
        return load_file(self.folder / self.case["weights"].split(" ")[0])


def difference(a: torch.Tensor, b: torch.Tensor) -> float:
    """Largest absolute difference; infinite where shapes differ or something is not a number."""
    if a.shape != b.shape or not bool(torch.isfinite(a).all()):
        return float("inf")
    return float((a.float() - b.float()).abs().max())


def relative(a: torch.Tensor, b: torch.Tensor) -> float:
    """L2 of the difference over L2 of `b`."""
    if a.shape != b.shape or not bool(torch.isfinite(a).all()):
        return float("inf")
    return float((a.float() - b.float()).norm() / b.float().norm())
