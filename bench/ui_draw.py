"""What draw() of every panel costs in a Blender with its window: with a long film, beside a short one in the same run.

    BLENDER=blender python3 dev.py bench ui_draw [--draws 12]

200 takes in one shot with 400 strips, 50 jobs and 20 lines of dialogue, and a tenth of all that. Milliseconds of the
main thread's processor time, the best of so many draws. The plainest panel there is, a label, is drawn beside them.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from devtools import build  # noqa: E402
from devtools.window import long_film  # noqa: E402
from devtools.window.blender import BlenderWindow, WindowError, install_zip  # noqa: E402

SHOWN = 8  # of the panels, the dearest
MEASURE = """
import time
def measure(draw, *arguments):
    began = time.thread_time()
    draw(*arguments)
    return (time.thread_time() - began) * 1000
class Plain(bpy.types.Panel):
    bl_label, bl_idname, bl_space_type = "Plain", "TAKEONE_PT_plain", "VIEW_3D"
    bl_region_type, bl_category = "UI", "Take One"
    def draw(self, context):
        COSTS.setdefault("a label", []).append(measure(self.layout.label))
bpy.utils.register_class(Plain)
"""
REDRAW = """
for area in bpy.context.window.screen.areas:
    area.tag_redraw()
"""


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--draws", type=int, default=12)
    draws = arguments.parse_args().draws
    if not os.environ.get("BLENDER"):
        sys.exit("ui_draw: the variable BLENDER names no Blender with a window.")
    with tempfile.TemporaryDirectory(prefix="take-one-bench-") as folder:
        try:
            short, long = measure(Path(folder), draws)
        except WindowError as error:
            sys.exit(f"ui_draw: {error}")
    print("| draw() of | short film, ms | long film, ms |\n| --- | --- | --- |")
    print(f"| a label | {short.pop('a label'):.3f} | {long.pop('a label'):.3f} |")
    for name, cost in sorted(long.items(), key=lambda one: -one[1])[:SHOWN]:
        print(f"| {name} | {short[name]:.2f} | {cost:.2f} |")


def measure(folder: Path, draws: int) -> tuple[dict[str, float], dict[str, float]]:
    """The best draw of each panel of the sidebar in milliseconds, of a short film and of a long one."""
    install_zip(build.build(ROOT / "dist"), folder / "profile")
    variables = {"BLENDER_USER_RESOURCES": str(folder / "profile"), "TAKE_ONE_HOME": str(folder / "home")}
    with BlenderWindow(folder / "blender", variables) as blender:
        blender.run(MEASURE + long_film.MEASURE + long_film.GROW)
        blender.show_tab()
        blender.until("len(STATE.engines)")
        found = []
        for share in (0.1, 1.0):
            blender.run(f"grow({share})\nCOSTS.clear()")
            for _ in range(draws):
                blender.run(REDRAW)
                blender.until_handled()
            found.append(dict(blender.ask("{name: min(each) for name, each in COSTS.items()}")))
    return found[0], found[1]


if __name__ == "__main__":
    main()
