"""Takes that lie beside the film and are in no list: landed after the last save, and the file was opened again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import bpy

from ...client.protocol import Binding, Unfit, codec
from ...client.protocol.edit.sidecar import read_sidecar
from ..model.properties.properties import MAX_SEED
from ..model.shots import films, takes, trust
from ..model.shots.kept import Kept, write
from ..model.shots.paths import stored_path
from ..model.shots.shot_list import all_shots

MOST_FILES = 5000  # that are looked at


def bring_back() -> int:
    """Put takes of this film whose files lie in its folders, and which no list has, back into their shots' lists. Their
    strips are not laid: *Make Current* does that. Returns how many came back."""
    file_id = films.open_id()
    if not bpy.data.filepath or not file_id:
        return 0
    shots = {shot.uid: shot for shot in all_shots() if shot.id_data.library is None}
    listed = {take.uid for shot in shots.values() for take in shot.takes}
    clips = {takes.clip_path(take) for shot in shots.values() for take in shot.takes if take.clip}
    count = 0
    for sidecar in _sidecars(takes.takes_folder(file_id), clips):
        found = read_sidecar(sidecar)
        binding = _binding(found)
        shot = shots.get(binding.shot_uid) if binding is not None and binding.file_id == file_id else None
        if binding is None or shot is None or binding.take_uid in listed:
            continue
        _add(shot, binding, found, sidecar)
        listed.add(binding.take_uid)
        count += 1
    return count


def _sidecars(folder: Path, clips: set[Path]) -> Iterator[Path]:
    looked_at = 0
    try:
        shots = sorted(folder.iterdir())
    except OSError:  # it is not there, or may not be read
        return
    for shot in shots:
        for path in sorted(shot.glob("*.json")) if shot.is_dir() and not shot.is_symlink() else ():
            looked_at += 1
            if looked_at > MOST_FILES:
                return
            clip = path.with_suffix(trust.CLIP)
            if clip not in clips and trust.is_own(path) and trust.is_own(clip) and clip.is_file():
                yield path


def _binding(sidecar: Mapping[str, Any]) -> Binding | None:
    try:
        found = codec.from_json(Binding, sidecar["binding"])
    except (KeyError, TypeError, ValueError, Unfit):
        return None
    return found if found.number < takes.HIGHEST_NUMBER else None


def _add(shot: Any, binding: Binding, sidecar: Mapping[str, Any], path: Path) -> None:
    take = shot.takes.add()
    take.uid, take.number, take.status = binding.take_uid, max(1, binding.number), "READY"
    take.clip, take.sidecar = stored_path(path.with_suffix(trust.CLIP)), stored_path(path)
    take.engine = str(sidecar.get("engine") or "")
    seed = sidecar.get("seed")
    take.seed = min(max(0, seed), MAX_SEED) if isinstance(seed, int) else 0
    take.notes = "It landed after the file was saved last"
    made = str(sidecar.get("created_at") or "")
    kept = Kept(head=max(0, binding.head), tail=max(0, binding.tail), beyond=max(0, binding.beyond), made=made)
    write(take, kept)
    words = sidecar.get("prompt")
    take.words = takes.first_words(words) if isinstance(words, str) else ""
    shot.last_number = max(shot.last_number, take.number)
    takes.sort(shot)
