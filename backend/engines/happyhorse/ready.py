"""What this machine has for the engine: torch, a graphics card, models. Quick, and without torch."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import shutil
import subprocess
import time
from dataclasses import dataclass
from functools import cache

from ...weights import store
from ...weights.catalogue import SETS
from ...weights.check import Report
from .settings import QUALITIES

PACKAGES = ("torch", "diffusers", "transformers", "safetensors")
SMALL = 1_000_000_000  # parameters of a transformer that may run on a CPU
CARD_GB = {"256p": 8, "540p": 12, "1080p": 16}  # a card on which a clip of five seconds fits
TAKEN_GB = 0.5  # by the driver, of a card that is sold with so many GB
CARD_SECONDS = 30.0


@dataclass(frozen=True)
class Card:
    """A graphics card: its name and its memory in GB as cards are sold (GiB)."""

    name: str
    gigabytes: float


@dataclass(frozen=True)
class Readiness:
    """What can be made here. Where `qualities` is empty, `reason` says why and `fix` what would help."""

    qualities: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    card: Card | None = None
    reason: str = ""
    fix: str = ""


def look() -> Readiness:
    """What can be made here now."""
    missing = [name for name in PACKAGES if importlib.util.find_spec(name) is None]
    reports = {name: _report(name) for name in {part for parts in SETS.values() for part in (*parts, "base")}}
    usable = {name for name, report in reports.items() if report is not None and report.serves(name)}
    card = _card()
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
    lacking = {quality: _lacking(quality, usable) for quality in SETS}
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


def _lacking(quality: str, usable: set[str]) -> list[str]:
    return [part for part in SETS[quality] if part not in usable and not (part == "distill" and "base" in usable)]


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
        place = store.locate(name)
    except store.ModelsError:
        return None
    if place is None:
        return None
    print_ = store.fingerprint(place.folder) if place.folder.is_dir() else ""
    return _reported(name, str(place.folder), print_)


@cache
def _reported(name: str, folder: str, fingerprint: str) -> Report | None:
    return store.report(name)


_seen: tuple[float, Card | None] | None = None


def _card() -> Card | None:
    """The NVIDIA card with the most memory; asked at most twice a minute."""
    global _seen
    now = time.monotonic()
    if _seen is None or now - _seen[0] > CARD_SECONDS:
        _seen = (now, ask_card())
    return _seen[1]


def ask_card() -> Card | None:
    """The NVIDIA card with the most memory, by its driver's own tool; None where there is none."""
    tool = shutil.which("nvidia-smi")
    if tool is None:
        return None
    query = [tool, "--query-gpu=memory.total,name", "--format=csv,noheader,nounits"]
    try:
        answer = subprocess.run(query, capture_output=True, text=True, timeout=10, check=True).stdout
    except (OSError, subprocess.SubprocessError):
        return None
    cards = []
    for line in answer.splitlines():
        size, _, name = line.partition(",")
        if size.strip().isdigit():
            cards.append(Card(name.strip(), int(size) / 1024))
    return max(cards, key=lambda card: card.gigabytes, default=None)
