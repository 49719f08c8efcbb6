"""A take made once more, from what it kept."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from bpy.app.translations import pgettext_rpt as rpt_

from ....client.protocol import Binding, TakeRequest
from ...app.errors import SceneError
from ...model.shots import takes, trust
from ...model.shots.kept import read
from ...model.shots.paths import absolute, is_there
from ...model.shots.shot_list import ensure_ids, find_take
from .sending import add_take, submit

NOTHING_KEPT = "This take did not keep what it was made from. Animate the shot instead."


def make_again(shot: Any, take_uid: str, changes: Mapping[str, Any] | None = None) -> str:
    """Send the request of a take once more, from what it kept (its views, direction, engine, seed). A take
    without a clip (its file is gone, it failed or was cancelled) gets one; of another, and with `changes`, a
    new take is made that replaces it on its strips. `changes` stand in for fields of its TakeRequest.
    Returns the job's key.

    Its files are read only where they are this film's own, and no other file is overwritten: a .blend may name any.

    Raises:
        SceneError: cannot_remake if the take kept no request, or its still is gone; foreign_file if its
            still is none of this film's; linked.
    """
    trust.check_local(shot)
    old = find_take(shot, take_uid)
    kept = read(old) if old else None
    if old is None or kept is None or kept.request is None:
        raise SceneError("cannot_remake", NOTHING_KEPT, "retry")
    beside = absolute(old.still).parent  # where the still is now; the request has where it was
    request = _with_files_beside(kept.request, beside)
    key = uuid.uuid4().hex
    if not changes and (takes.clip_missing(old) or old.status in {"FAILED", "CANCELLED"}):
        clip = _own_place(old)
        if clip is None:
            old.number = takes.keep_number(shot, old.number, beside)
            clip = takes.new_clip_path(shot, old.number)
        binding = replace(
            _binding(shot, request),
            take_uid=take_uid,
            number=old.number,
            remade=bool(old.clip),  # its strips are there, if it has any
        )
        submit(key, replace(request, binding=binding), clip)
        return key
    number = takes.next_number(shot)
    binding = replace(_binding(shot, request), take_uid=key, number=number, refines=take_uid)
    new = replace(request, **(changes or {}), binding=binding)
    submit(key, new, takes.new_clip_path(shot, number))
    add_take(key, new, kept.still_notes)
    return key


def _own_place(take: Any) -> Path | None:
    """Where the clip of a take was, to be made there again; None where that is no place for it, or something is
    there."""
    clip = takes.clip_path(take)
    if not take.clip or not trust.is_own(clip) or is_there(clip):
        return None
    return clip


def _with_files_beside(request: TakeRequest, folder: Path) -> TakeRequest:
    """The request with its files from `folder` where they are not in their old place. Raises SceneError."""
    files = {}
    for name, path in request.files().items():
        places = [path, folder / path.name]
        found = trust.present(places)
        if not found:
            raise _no_still(path, [place for place in places if not trust.is_known(place)])
        files[name] = found[0]
    return request.with_files(files)


def _no_still(path: Path, strange: list[Path]) -> SceneError:
    if path in strange and is_there(path):
        return trust.foreign(path)
    message = rpt_("The take's still is gone: {path}. Animate the shot instead.").format(path=path)
    return SceneError("cannot_remake", message, "retry")


def _binding(shot: Any, request: TakeRequest) -> Binding:
    """Where the shot is now, and where the take's request put it in the edit."""
    file_id, scene_uid = ensure_ids(shot.id_data)
    old = request.binding or Binding(file_id, scene_uid, shot.uid, "", shot.name, 0)
    return replace(old, file_id=file_id, scene_uid=scene_uid, shot_uid=shot.uid, shot_name=shot.name, remade=False)
