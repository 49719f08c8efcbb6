"""Drives a Blender with its window from outside, as a user would: moves the mouse, clicks, types, looks.

The command that starts Blender comes from the variable BLENDER. It needs xdotool and ImageMagick's `import` where
Blender runs, and a screen to itself. Buttons are found by what they do, not by where they stand: the mouse
goes down the panel, and Blender tells which operator or property lies under it.
"""

from __future__ import annotations

import contextlib
import json
import os
import shlex
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[1]
DRIVER = ROOT / "devtools" / "window_driver.py"
MODULE = "bl_ext.user_default.take_one"
START_SECONDS = 60
HOVER_SECONDS = 0.18
FIND_SECONDS = 90
STEP = 15  # pixels between two looks for a button: less than its height

NEAR = sorted(range(-8 * STEP, 8 * STEP + 1, STEP), key=abs)

# Names for the snippets that run in Blender
PRELUDE = """
import subprocess
def region_of(area_type, region_type):
    for window in bpy.context.window_manager.windows:
        for area in window.screen.areas:
            if area.type == area_type:
                for region in area.regions:
                    if region.type == region_type:
                        return window, area, region
    raise LookupError(f"no {area_type} with a region {region_type} is shown")
def xdotool(*words):
    subprocess.run(["xdotool", *map(str, words)], check=True)
def at(window, x, y):
    return window.x + x, SCREEN_HEIGHT - window.y - y
def under_mouse(area_type, region_type):
    window, area, region = region_of(area_type, region_type)
    manager = bpy.context.window_manager
    with bpy.context.temp_override(window=window, area=area, region=region):
        for ask in (bpy.ops.ui.copy_python_command_button, bpy.ops.ui.copy_data_path_button):
            manager.clipboard = ""
            if ask.poll() and "FINISHED" in ask():
                return manager.clipboard
    return ""
SCREEN_HEIGHT = int(subprocess.run(["xdotool", "getdisplaygeometry"], capture_output=True, text=True).stdout.split()[1])
"""


class Button(NamedTuple):
    """Where a button stands on the screen, in pixels with y down, and what it does: "bpy.ops.takeone.retake(...)" or
    the path of a property."""

    x: int
    y: int
    does: str


class WindowError(Exception):
    """What went wrong in Blender, or what was not found there."""


class BlenderWindow:
    """One running Blender. Use it as a context manager.

    `folder` is for its log and pictures. `environment` is added to this process's.
    """

    def __init__(
        self, folder: Path, environment: dict[str, str], arguments: tuple[str, ...] = (), shots: Path | None = None
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.shots = shots or folder
        self.shots.mkdir(parents=True, exist_ok=True)
        self.clicks = 0
        self._known: dict[tuple[str, str], Button] = {}  # what was seen under the mouse, by what it does and area
        self._received = b""
        with socket.create_server(("127.0.0.1", 0)) as server:
            server.settimeout(START_SECONDS)
            port = server.getsockname()[1]
            self._log = (folder / "blender.log").open("wb")
            self._process = subprocess.Popen(
                [*command(), "-p", "0", "0", "1600", "900", *arguments, "--python", str(DRIVER)],
                env={**os.environ, **environment, "TAKE_ONE_DRIVER_PORT": str(port)},
                stdout=self._log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                cwd=ROOT,
            )
            try:
                self._socket, _address = server.accept()
            except TimeoutError:
                self.close()
                raise WindowError(f"Blender did not start: {self.log()[-2000:]}") from None
        self._socket.settimeout(120)
        self.run(PRELUDE)

    def __enter__(self) -> BlenderWindow:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End Blender, whatever state it is in."""
        if hasattr(self, "_socket"):
            self._socket.close()  # the driver quits Blender
        try:
            self._process.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(15)
        self._log.close()

    def quit(self) -> int:
        """Press Ctrl Q over the 3D View, as a user does whose file is saved; the exit status."""
        self.run("xdotool('mousemove', 500, 500)")
        with contextlib.suppress(WindowError, OSError):  # it may end before it has answered
            self.press("ctrl+q")
        return self._process.wait(30)

    def kill(self) -> None:
        """End Blender as a crash would."""
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(15)

    def log(self) -> str:
        """What Blender has printed."""
        return (self.folder / "blender.log").read_text(errors="replace")

    def run(self, source: str) -> Any:
        """Run Python in Blender; what it leaves in `result` comes back. Raises WindowError with its traceback."""
        self._socket.sendall(json.dumps(source).encode() + b"\n")
        while b"\n" not in self._received:
            data = self._socket.recv(1 << 20)
            if not data:
                raise WindowError(f"Blender has ended: {self.log()[-2000:]}")
            self._received += data
        line, self._received = self._received.split(b"\n", 1)
        answer = json.loads(line)
        if "error" in answer:
            raise WindowError(answer["error"])
        return answer["result"]

    def ask(self, expression: str) -> Any:
        """The value of an expression in Blender; `STATE` is the extension's."""
        return self.run(f"from {MODULE}.scene.model.app import app; STATE = app().state\nresult = {expression}")

    def until(self, expression: str, seconds: float = 30.0, each: Callable[[], None] | None = None) -> Any:
        """Wait until an expression is true in Blender, and return it. `each` is called at every look."""
        ends = time.monotonic() + seconds
        while True:
            value = self.ask(expression)
            if value:
                return value
            if time.monotonic() > ends:
                error = self.ask("STATE.last_error and STATE.last_error.message")
                self.picture("timeout")
                raise WindowError(f"still not so after {seconds:g} s: {expression}; last error: {error}")
            if each:
                each()
            time.sleep(0.1)

    def picture(self, name: str) -> Path:
        """A picture of the whole screen, after everything is drawn."""
        path = self.shots / f"{name}.png"
        time.sleep(0.8)  # panels slide to their place
        self.run(f"subprocess.run(['import', '-window', 'root', {str(path)!r}], check=True)")
        return path

    # --- as a user's hands --------------------------------------------------------------------------------

    def show_tab(self, area: str = "VIEW_3D") -> None:
        """Open the sidebar and choose the tab "Take One"."""
        self.run(f"region_of({area!r}, 'UI')[1].spaces.active.show_region_ui = True")
        for _ in range(20):
            time.sleep(0.2)
            try:
                self.run(f"region_of({area!r}, 'UI')[2].active_panel_category = 'Take One'")
                break
            except WindowError as error:
                if "read-only" not in str(error) and "enum" not in str(error):
                    raise
        else:
            raise WindowError("the tab 'Take One' can't be chosen")
        time.sleep(0.5)

    def click_at(self, x: int, y: int, button: int = 1) -> None:
        """Move the mouse there and click."""
        self.run(f"xdotool('mousemove', {x - 1}, {y})")
        time.sleep(0.1)
        self.run(f"xdotool('mousemove', {x}, {y})")
        time.sleep(0.15)
        self.run(f"xdotool('click', {button})")
        self.clicks += 1
        time.sleep(0.3)

    def press(self, *keys: str) -> None:
        """Press keys by xdotool's names, such as "Return" or "ctrl+z"."""
        for key in keys:
            self.run(f"xdotool('key', {key!r})")
            time.sleep(0.15)

    def write(self, text: str) -> None:
        """Type a text."""
        self.run(f"xdotool('type', '--delay', 15, {text!r})")
        time.sleep(0.3)

    def scroll(self, up: bool, area: str = "VIEW_3D", region: str = "UI") -> bool:
        """Turn the wheel over a region, six steps. Whether that moved anything."""
        where = f"list(region_of({area!r}, {region!r})[2].view2d.region_to_view(0, 0))"
        before = self.run(f"result = {where}")
        x, y, width, height = self._place(area, region)
        self.run(f"xdotool('mousemove', {x + width // 2}, {y + height // 2})")
        time.sleep(0.1)
        wheel = 4 if up else 5
        self.run(f"xdotool({', '.join(repr(word) for _ in range(6) for word in ('click', wheel))})")
        time.sleep(0.4)
        return bool(self.run(f"result = {where}") != before)

    def find(
        self,
        does: str,
        area: str = "VIEW_3D",
        region: str = "UI",
        across: tuple[float, ...] = (0.3, 0.82, 0.68, 0.12),
        beside: str = "",
    ) -> Button:
        """The button that runs an operator ("takeone.retake", or with arguments "takeone.fix(fix='install'") or that
        edits a property (".prompt"). The panel is scrolled as needed. `beside` names a button of the same row: quicker.
        """
        for known in [known for (what, where), known in self._known.items() if does in what and where == area]:
            for away in NEAR:  # the panel may have grown or shrunk above it
                button = Button(known.x, known.y + away, known.does)
                if does in self._hover(*button[:2], area, region) and does in self._look_twice(button, area, region):
                    self._known[known.does, area] = button
                    return button
        if beside:
            return self._find_beside(does, self.find(beside, area, region, across), area, region)
        ends = time.monotonic() + FIND_SECONDS
        for up in (None, True, True, False, False, False, False):
            if time.monotonic() > ends:
                break
            if up is not None and not self.scroll(up, area, region):
                continue
            for column in across:
                for button in self._column(area, region, column):
                    self._known[button.does, area] = button
                    if does in button.does and does in self._look_twice(button, area, region):
                        return button
        self.picture("not_found")
        raise WindowError(f"there is no button for {does} in the {region} of the {area}")

    def _find_beside(self, does: str, other: Button, area: str, region: str) -> Button:
        left, _top, width, _height = self._place(area, region)
        for x in range(left + 6, left + width - 6, STEP):
            button = Button(x, other.y, self._hover(x, other.y, area, region))
            if does in button.does and does in self._look_twice(button, area, region):
                self._known[button.does, area] = button
                return button
        self.picture("not_found")
        raise WindowError(f"there is no button for {does} beside the one for {other.does}")

    def click(self, does: str, area: str = "VIEW_3D", region: str = "UI", **options: Any) -> Button:
        """Find a button and click it."""
        button = self.find(does, area, region, **options)
        self.click_at(button.x, button.y)
        return button

    def _place(self, area: str, region: str) -> tuple[int, int, int, int]:
        """A region's left, top, width and height on the screen."""
        return tuple(  # type: ignore[return-value]
            self.run(
                f"window, area, region = region_of({area!r}, {region!r})\n"
                "result = [*at(window, region.x, region.y + region.height), region.width, region.height]"
            )
        )

    def _column(self, area: str, region: str, across: float) -> Iterator[Button]:
        """What lies under the mouse on its way down a region."""
        left, top, width, height = self._place(area, region)
        x = left + int(width * across)
        for y in range(top + 8, top + height - 4, STEP):
            does = self._hover(x, y, area, region)
            if does:
                yield Button(x, y, does)

    def _look_twice(self, button: Button, area: str, region: str) -> str:
        """What lies there when the mouse comes from elsewhere: the panel may have moved, or Blender been slow."""
        self.run(f"xdotool('mousemove', {button.x}, 2)")
        time.sleep(0.4)
        self._hover(button.x, button.y, area, region)
        time.sleep(0.2)
        return self._hover(button.x, button.y, area, region)

    def _hover(self, x: int, y: int, area: str, region: str) -> str:
        """What lies under the mouse there. Blender needs a moment to notice the mouse."""
        self.run(f"xdotool('mousemove', {x}, {y})")
        ends = time.monotonic() + HOVER_SECONDS
        while time.monotonic() < ends:
            time.sleep(0.03)
            does = self.run(f"result = under_mouse({area!r}, {region!r})")
            if does:
                return str(does)
        return ""


def command() -> list[str]:
    """The command that starts Blender. Raises WindowError where BLENDER names none."""
    words = shlex.split(os.environ.get("BLENDER", ""))
    if not words:
        raise WindowError("the variable BLENDER names no Blender")
    return words


def install_zip(zip_path: Path, resources: Path) -> None:
    """Install and enable the extension in a clean profile, as `Install from Disk` does."""
    subprocess.run(
        [*command(), "--command", "extension", "install-file", "-r", "user_default", "-e", str(zip_path)],
        env={**os.environ, "BLENDER_USER_RESOURCES": str(resources)},
        check=True,
        timeout=120,
        cwd=ROOT,
    )
