"""Takes as a stranger's .blend may hold them, and names of files that are the user's own."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from take_one.client.protocol import Direction, TakeRequest, View
from take_one.scene.model.shots import kept, takes


def a_take(shot, path, status="READY", uid="k1"):
    take = shot.takes.add()
    take.uid, take.number, take.status, take.clip = uid, 1, status, str(path)
    return take


def own_clip(shot, source=None, number=1) -> Path:
    path = takes.new_clip_path(shot, number)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(source.read_bytes() if source else b"clip")
    path.with_suffix(".json").write_text("{}")
    return path


def keep(shot, take, image: Path) -> None:
    """As a take that was made from this picture."""
    request = TakeRequest("draft", Direction("push in"), (View(image),), 2.5, Fraction(24), (96, 54), 7)
    kept.write(take, kept.Kept(request))


def mine(victim: Path) -> bool:
    files = sorted(path.name for path in victim.parent.iterdir())
    return len(files) == 5 and all(path.read_text() == "mine" for path in victim.parent.iterdir())


def ways_to(victim: Path, film: Path) -> dict[str, str]:
    """Names of one file as a .blend may hold them."""
    link, folder = film.parent / "takes" / "Kitchen", film.parent / "takes" / "Documents"
    link.mkdir(parents=True)
    (link / "Kitchen_t001.mp4").symlink_to(victim)
    folder.symlink_to(victim.parent)
    return {
        "whole": str(victim),
        "relative": f"//../Documents/{victim.name}",
        "climbing": f"//takes/Kitchen/../../../Documents/{victim.name}",
        "doubled": f"//{victim}",
        "link": "//takes/Kitchen/Kitchen_t001.mp4",
        "linked folder": f"//takes/Documents/{victim.name}",
    }


WAYS = ("whole", "relative", "climbing", "doubled", "link", "linked folder")


def a_still(shot) -> Path:
    image = takes.still_folder(shot, 1) / "still.png"
    image.parent.mkdir(parents=True, exist_ok=True)
    image.write_bytes(b"picture")
    return image


class Asking:
    """In place of an operator and its window manager: keeps what the user is asked."""

    def __init__(self, **values):
        self.asked: list[dict[str, str]] = []
        self.window_manager = self
        self.options = type("Options", (), {"is_invoke": True})
        self.__dict__ |= values

    def invoke_confirm(self, _operator, _event, **texts):
        self.asked.append(texts)
        return {"RUNNING_MODAL"}
