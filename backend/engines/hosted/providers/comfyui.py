"""An account with ComfyUI: where it is, and a key where something before it wants one. Its engines are the user's own
workflows: see `backend/engines/comfy`.

Source: ComfyUI 0.3.64, `server.system_stats`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...engine import EngineError
from .provider import Service

if TYPE_CHECKING:
    from ..wire.http import Wire


class ComfyUI(Service):
    """The user's own ComfyUI. Without an account it is looked for on this machine."""

    name, label, variable = "comfyui", "ComfyUI", "TAKE_ONE_COMFYUI_KEY"
    address, console = "http://127.0.0.1:8188", "your own"
    plain = True
    keyless = True
    workflows = True

    def headers(self, key: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {key}"} if key else {}

    def check(self, wire: Wire) -> tuple[str, tuple[str, ...]]:
        from ..wire.problems import refused

        answer = wire.ask("system_stats", patience=5.0)
        if not answer.good:
            raise refused(self.label, answer)
        version = answer.get("system", "comfyui_version")
        if not isinstance(answer.get("system"), dict):
            raise EngineError("account_refused", "Something answers there, but it is no ComfyUI.", "accounts")
        device = answer.get("devices", 0, "name")
        named = " ".join(filter(None, ("ComfyUI", version)))
        return f"{named} answers. It works on {device or 'a device that it does not name'}.", ()


PROVIDER = ComfyUI()
