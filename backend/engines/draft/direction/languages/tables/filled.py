"""How languages say until which thing fills the frame, where its name stands between: {n} is the thing."""

from __future__ import annotations

FILLED: dict[str, tuple[str, str]] = {
    "french": (
        r"(?:jusqu['’]à ce qu(?:e |['’])|pour qu(?:e |['’]))({n}) (?:rempli\w+|occup\w+) (?:tout )?(?:le cadre|"
        r"l['’](?:image|écran))",
        r" framefills vers \1 ",
    ),
    "japanese": (
        r"({n})が(?:画面|フレーム)?(?:いっぱい|一杯)(?:に(?:なる|映る|広がる)?)?(?:まで)?",
        r" framefills \1に",
    ),
    "korean": (
        r"({n})[이가] ?화면(?:을|에) ?(?:가득|꽉)? ?(?:채울|찰|차도록|채우도록)? ?때까지",
        r" framefills \1에게 ",
    ),
    "chinese": (r"(?:直到|到|让)({n})(?:占满|充满|填满|布满)(?:整个)?(?:画面|镜头|屏幕)", r" framefills 到\1"),
}
