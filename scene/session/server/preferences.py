"""The extension's preferences as plain values, and the backend that they choose."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import bpy

from ....client.target import LocalTarget, RemoteTarget, Target

PACKAGE = __package__.removesuffix(".scene.session.server")  # "bl_ext.user_default.take_one" as installed
ROOT = Path(__file__).resolve().parents[3]  # the extension's folder, which holds `backend`


def preferences() -> Any:
    """The extension's AddonPreferences, or None if the package was loaded without being enabled."""
    addon = bpy.context.preferences.addons.get(PACKAGE)
    return addon.preferences if addon else None


def use_server() -> bool:
    """Whether takes are made by a server that the user connected, not by the bundled backend."""
    chosen = preferences()
    return bool(chosen and chosen.backend == "SERVER" and chosen.server_url)


def lacks_server() -> bool:
    """Whether takes are to be made by a server, and none is named yet."""
    chosen = preferences()
    return bool(chosen and chosen.backend == "SERVER" and not chosen.server_url)


def target() -> Target:
    """The backend that the preferences choose."""
    chosen = preferences()
    if chosen is None or not use_server():
        return LocalTarget(root=ROOT)
    return RemoteTarget(url=chosen.server_url)  # the session finds its token
