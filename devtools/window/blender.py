"""Drives a Blender with its window from outside, as a user would: moves the mouse, clicks, types, looks.

The command that starts Blender comes from the variable BLENDER. It needs xdotool and ImageMagick's `import` where
Blender runs, and a screen to itself. Buttons are found by what they do, not by where they stand (recorder.py),
and pressed only once Blender says that this is what lies under the mouse.
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
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[2]
DRIVER = Path(__file__).with_name("driver.py")
MODULE = "bl_ext.user_default.take_one"
START_SECONDS = 180
PATIENCE = 150.0  # seconds: what has not come by then hangs, however busy the machine is
SIZE = (1280, 900)  # of the window; what is drawn by the processor costs by the pixel, so tests have it smaller
FIND_SECONDS = 120
HOVER_SECONDS = 1  # for Blender to notice the mouse, where the machine is busy
AWAY = (1150, 600)  # of SIZE, over the properties of the main window, where no test clicks
STILL = 5  # pixels that a button may differ by, looked at twice
LOOK = 0.05  # seconds between two looks at what is waited for
TICKS = 3  # of the driver, after which Blender has read, handled and drawn what there was
SCALE = "TAKE_ONE_DRIVER_SCALE"  # the variable that tells Blender
PICTURES = "TAKE_ONE_PICTURES"  # the variable that asks for the tests' pictures


class Button(NamedTuple):
    """Where a button stands on the screen, in pixels with y down, and what it does: "takeone.retake(...)" or the path
    of a property."""

    left: int
    top: int
    width: int
    height: int
    does: str

    @property
    def x(self) -> int:
        """Its middle."""
        return self.left + self.width // 2

    @property
    def y(self) -> int:
        """Its middle."""
        return self.top + self.height // 2


class WindowError(Exception):
    """What went wrong in Blender, or what was not found there."""


class BlenderWindow:
    """One running Blender. Use it as a context manager.

    `folder` is for its log and pictures. `environment` is added to this process's. `scale` makes the window and all
    that it shows smaller, 0.5 to 1; below 1 the 3D Views are drawn in the plainest way.
    """

    def __init__(
        self,
        folder: Path,
        environment: dict[str, str],
        arguments: tuple[str, ...] = (),
        shots: Path | None = None,
        scale: float = 1.0,
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.shots = shots or folder
        self.shots.mkdir(parents=True, exist_ok=True)
        self.clicks = 0
        self.scale = scale
        size = [str(round(pixels * scale)) for pixels in SIZE]
        self._received = b""
        with socket.create_server(("127.0.0.1", 0)) as server:
            server.settimeout(START_SECONDS)
            port = server.getsockname()[1]
            self._log = (folder / "blender.log").open("wb")
            self._process = subprocess.Popen(
                [*command(), "-p", "0", "0", *size, *arguments, "--python", str(DRIVER)],
                env={**os.environ, **environment, "TAKE_ONE_DRIVER_PORT": str(port), SCALE: str(scale)},
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
        self._socket.settimeout(PATIENCE)

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
        self.hover(500, 500)
        with contextlib.suppress(WindowError, OSError):  # it may end before it has answered
            self.press("ctrl+q")
        return self._process.wait(PATIENCE)

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
        return self.run(f"from {MODULE}.scene.app.app import app; STATE = app().state\nresult = {expression}")

    def until(self, expression: str, seconds: float = PATIENCE) -> Any:
        """Wait until an expression is true in Blender, and return it. Of something that passes by itself it may see
        nothing: a test has that stand still, or noted where it happens."""
        ends = time.monotonic() + seconds
        while True:
            value = self.ask(expression)
            if value:
                return value
            if time.monotonic() > ends:
                error = self.ask("STATE.last_error and STATE.last_error.message")
                self.snapshot("timeout")
                raise WindowError(f"still not so after {seconds:g} s: {expression}; last error: {error}")
            time.sleep(LOOK)

    def until_handled(self) -> None:
        """Wait until Blender has handled what came before, and drawn it."""
        for _ in range(TICKS):
            self.run("")

    def picture(self, name: str) -> None:
        """A picture of the whole screen, for people, if the variable TAKE_ONE_PICTURES asks for them."""
        if os.environ.get(PICTURES):
            self.snapshot(name)

    def snapshot(self, name: str) -> Path:
        """A picture of the whole screen, after everything is drawn."""
        self.until_handled()
        path = self.shots / f"{name}.png"
        self.run(f"subprocess.run(['import', '-window', 'root', {str(path)!r}], check=True)")
        return path

    # --- as a user's hands --------------------------------------------------------------------------------

    def show_tab(self, area: str = "VIEW_3D") -> None:
        """Open the sidebar and choose the tab "Take One"."""
        self.run(f"region_of({area!r}, 'UI')[1].spaces.active.show_region_ui = True")
        ends = time.monotonic() + FIND_SECONDS
        while True:
            self.until_handled()
            try:
                self.run(f"region_of({area!r}, 'UI')[2].active_panel_category = 'Take One'")
            except WindowError as error:  # the sidebar has not been drawn yet
                if time.monotonic() > ends or not ("read-only" in str(error) or "enum" in str(error)):
                    raise
            else:
                break
        width = f"result = region_of({area!r}, 'UI')[2].width"
        was, now = None, self.run(width)
        while now != was:  # it slides to its place
            self.until_handled()
            was, now = now, self.run(width)

    def move_to(self, x: int, y: int) -> None:
        """Move the mouse there, the last pixel apart, as Blender wants it."""
        self.run(f"xdotool('mousemove', {x - 1}, {y}, 'mousemove', {x}, {y})")
        self.until_handled()

    def hover(self, x: int, y: int) -> None:
        """Move the mouse to a place of the first window, from its upper left, in pixels of one of its whole size."""
        place = self.run(
            "window = bpy.context.window_manager.windows[0]\n"
            f"result = at(window, {self.pixels(x)}, window.height - {self.pixels(y)})"
        )
        self.move_to(*place)

    def pixels(self, length: float) -> int:
        """How many pixels of the screen that are in a window of its whole size."""
        return round(length * self.scale)

    def click_at(self, x: int, y: int, button: int = 1, times: int = 1) -> None:
        """Move the mouse there and click."""
        self.move_to(x, y)
        self._press_mouse(button, times)

    def _press_mouse(self, button: int = 1, times: int = 1) -> None:
        self.run(f"xdotool('click', '--repeat', {times}, '--delay', 60, {button})")
        self.clicks += 1
        self.until_handled()

    def type_into(self, field: str, text: str) -> None:
        """Double-click a field, type and confirm, as one does."""
        self.click(field, times=2)
        self.press("ctrl+a")
        self.write(text)
        self.press("Return")

    def press(self, *keys: str) -> None:
        """Press keys by xdotool's names, such as "Return" or "ctrl+z"."""
        for key in keys:
            self.run(f"xdotool('key', {key!r})")
            self.until_handled()

    def write(self, text: str) -> None:
        """Type a text."""
        self.run(f"xdotool('type', '--delay', 15, {text!r})")
        self.until_handled()

    def scroll(self, up: bool, area: str = "VIEW_3D", region: str = "UI") -> bool:
        """Turn the wheel over a region, six steps. Whether that moved anything."""
        where = f"list(region_of({area!r}, {region!r})[2].view2d.region_to_view(0, 0))"
        before = self.run(f"result = {where}")
        x, y, width, height = self.place(area, region)
        self.move_to(x + width // 2, y + height // 2)
        wheel = 4 if up else 5
        self.run(f"xdotool('click', '--repeat', 6, {wheel})")
        self.until_handled()
        return bool(self.run(f"result = {where}") != before)

    def place(self, area: str, region: str) -> tuple[int, int, int, int]:
        """A region's left, top, width and height on the screen."""
        return tuple(  # type: ignore[return-value]
            self.run(
                f"window, area, region = region_of({area!r}, {region!r})\n"
                "result = [*at(window, region.x, region.y + region.height), region.width, region.height]"
            )
        )

    def find(self, does: str, area: str = "VIEW_3D", region: str = "UI") -> Button:
        """The button that runs an operator ("takeone.retake", or with arguments "takeone.fix(fix='install'"), that
        edits a property (".prompt"), or opens a menu or popover ("TAKEONE_MT_engines"). Scrolls the panel as needed."""
        ends = time.monotonic() + FIND_SECONDS
        up = True
        while time.monotonic() < ends:
            found = self.run(f"result = button({area!r}, {region!r}, {does!r})")
            if not isinstance(found, str):
                return Button(*found, does)
            if found == "absent":
                time.sleep(LOOK)
            elif not self.scroll(up, area, region):
                up = not up
        self.snapshot("not_found")
        raise WindowError(f"there is no button for {does} in the {region} of the {area}")

    def click(self, does: str, area: str = "VIEW_3D", region: str = "UI", part: float = 0.5, times: int = 1) -> Button:
        """Find a button and click it, `part` of its width from the left."""
        ends = time.monotonic() + FIND_SECONDS
        while True:
            button = self.find(does, area, region)
            self.move_to(button.left + int(button.width * part), button.y)
            if self._lies_under_mouse(button, area, region):
                self._press_mouse(times=times)
                return button
            if time.monotonic() > ends:
                self.snapshot("not_under_mouse")
                raise WindowError(f"the button for {does} is covered in the {region} of the {area}")
            self.hover(*AWAY)  # a button that is gone, with its tooltip, holds the mouse until another region has it

    def _lies_under_mouse(self, button: Button, area: str, region: str) -> bool:
        """Whether Blender says so. Of a menu, a popover and a preference it says nothing: whether that stands still."""
        if button.does.startswith("TAKEONE_") or (area == "PREFERENCES" and button.does.startswith(".")):
            return abs(self.find(button.does, area, region).y - button.y) < STILL
        ends = time.monotonic() + HOVER_SECONDS
        while time.monotonic() < ends:
            if button.does in self.run(f"result = under_mouse({area!r}, {region!r})"):
                return True
        return False


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
        timeout=START_SECONDS,
        cwd=ROOT,
    )
