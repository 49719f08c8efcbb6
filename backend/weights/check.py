"""Looks at a folder of published files: what it is, and what is missing, cut short or wrong."""

from __future__ import annotations

from pathlib import Path

from .catalogue import Catalogue
from .files import read_json, some
from .report import Report


def inspect(folder: Path, catalogue: Catalogue) -> Report:
    """What the files in `folder` are and whether they are whole. Reads headers, not weights.

    Raises:
        NotADirectoryError: there is no such folder.
    """
    if not folder.is_dir():
        raise NotADirectoryError(f"There is no folder {folder}.")
    reports = [report for recognise in catalogue.recognisers if (report := recognise(folder)) is not None]
    if reports:
        return next((report for report in reports if report.fits), reports[0])
    if (folder / "vae").is_dir():
        report = inspect(folder / "vae", catalogue)
        if report.fits:
            return report
    return Report(folder, (), _other(folder), ("This is none of the folders that the engine needs.",))


def scan(folder: Path, catalogue: Catalogue) -> dict[str, Report]:
    """The components found in `folder` and, at most two levels down, in its subfolders; by component's name.

    Of those that are alike, each is known by its folder's name.
    """
    found: dict[str, Report] = {}
    level = [folder]
    for _ in range(3):
        below = []
        for place in level:
            report = inspect(place, catalogue)
            name = report.name
            if name and (name not in found or not found[name].ok):
                found[name] = report
            if not report.fits:
                below += sorted(sub for sub in place.iterdir() if sub.is_dir() and not sub.name.startswith("."))
        level = below
    return found


def _other(folder: Path) -> str:
    config = read_json(folder / "config.json")
    pipeline = read_json(folder / "model_index.json")
    if isinstance(pipeline, dict):
        return f"a diffusers pipeline ({pipeline.get('_class_name', 'of an unknown kind')})"
    if isinstance(config, dict):
        name = config.get("_class_name") or (config.get("architectures") or [config.get("model_type")])[0]
        if name:
            return f"a model of another kind ({name})"
    names = sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))
    weights = [name for name in names if name.endswith((".safetensors", ".pth", ".ckpt", ".bin", ".gguf"))]
    if weights:
        return f"a folder of weights of another kind ({some(weights)})"
    return f"a folder with {some(names)}" if names else "an empty folder"
