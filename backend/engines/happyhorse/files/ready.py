"""What this machine has for the engine: torch, a graphics card, models. Quick, and without torch."""

from __future__ import annotations

import importlib.metadata
import importlib.util
from dataclasses import dataclass
from functools import cache

from ....gpu import probe
from ....gpu.probe import Card
from ....weights.report import Report
from ....weights.store import ModelsError, fingerprint
from ..request.settings import QUALITIES
from .catalogue import CATALOGUE, SETS, STORE

PACKAGES = ("torch", "diffusers", "transformers", "safetensors")
SMALL = 1_000_000_000  # parameters of a transformer that may run on a CPU
CARD_GB = {"256p": 8, "540p": 8, "1080p": 12}  # a card on which a clip of five seconds fits
TAKEN_GB = 0.5  # by the driver, of a card that is sold with so many GB


@dataclass(frozen=True)
class Readiness:
    """What can be made here. Where `qualities` is empty, `reason` says why and `fix` what would help."""

    qualities: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    card: Card | None = None
    reason: str = ""
    fix: str = ""


def find() -> Readiness:
    """What can be made here now."""
    missing = [name for name in PACKAGES if importlib.util.find_spec(name) is None]
    reports = {name: _report(name) for name in {part for parts in SETS.values() for part in (*parts, "base")}}
    usable = {name for name, report in reports.items() if report is not None and report.serves(name)}
    card = probe.poll()
    small = _small(reports, usable)
    if not small and (card is None or not _fits(card, "256p")):
        has = f"the one here, {card.name}, has {card.gigabytes:.0f} GB" if card else "none was found here"
        reason = (
            f"It needs an NVIDIA graphics card with at least {CARD_GB['256p']} GB of memory; {has}. "
            "A backend on another machine can make these takes."
        )
        return Readiness(card=card, reason=reason, fix="connect")
    if missing:
        reason = f"The GPU part of the backend is not installed ({', '.join(missing)} missing)."
        return Readiness(card=card, reason=reason, fix="install")
    if not small and importlib.metadata.version("torch").endswith("+cpu"):
        reason = "The installed torch can't use the graphics card. Install the GPU part of the backend again."
        return Readiness(card=card, reason=reason, fix="install")
    models = tuple(name for name in ("distill", "base") if name in usable)
    lacking = {quality: CATALOGUE.lacking(quality, usable) for quality in SETS}
    fits = [q for q in QUALITIES if small or (card and _fits(card, q))]
    qualities = tuple(quality for quality in fits if not lacking[quality])
    if not qualities:
        return Readiness((), models, card, _why(lacking["256p"], reports), "models")
    return Readiness(qualities, models, card)


def words(ready: Readiness) -> str:
    """One sentence on what is ready and what would be needed for the rest."""
    rest = []
    for quality in QUALITIES:
        if quality in ready.qualities:
            continue
        if ready.card and not _fits(ready.card, quality):
            rest.append(f"{quality} needs a card with {CARD_GB[quality]} GB")
        else:
            rest.append(f"{quality} needs its model")
    here = f"Ready: {', '.join(ready.qualities)}." if ready.qualities else ""
    return " ".join([here, *(f"{part}." for part in rest)]).strip()


def _fits(card: Card, quality: str) -> bool:
    return card.gigabytes >= CARD_GB[quality] - TAKEN_GB


def _why(lacking: list[str], reports: dict[str, Report | None]) -> str:
    damaged = [name for name in lacking if reports[name] is not None]
    if damaged:
        report = reports[damaged[0]]
        assert report is not None
        problems = " ".join(report.problems) or f"It looks like {report.looks_like}."
        return f"The model {damaged[0]} in {report.folder} can't be used. {problems}"
    return f"Models are missing: {', '.join(lacking)}. Download them, or link the folder that holds them."


def _small(reports: dict[str, Report | None], usable: set[str]) -> bool:
    """Whether the transformers that are here are small enough for a CPU."""
    here = [reports[name] for name in ("distill", "base") if name in usable]
    return bool(here) and all(report is not None and report.parameters <= SMALL for report in here)


def _report(name: str) -> Report | None:
    """The store's report, looked up again only where the folder has changed."""
    try:
        place = STORE.locate(name)
    except ModelsError:
        return None
    if place is None:
        return None
    mark = fingerprint(place.folder) if place.folder.is_dir() else ""
    return _reported(name, str(place.folder), mark)


@cache
def _reported(name: str, folder: str, mark: str) -> Report | None:
    return STORE.report(name)
