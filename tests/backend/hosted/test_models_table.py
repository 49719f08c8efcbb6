"""What is declared of every model, number by number: a wrong one is paid, or refused once it is paid."""

from __future__ import annotations

from backend.engines.hosted.providers import models
from backend.engines.hosted.providers.fal import SHAPES

# Lengths (least, most, how many), characters of a prompt, shots of at least so many seconds, references, rate; whether
# it takes a last frame and a seed; sides, KiB and shapes of its pictures; dollars a second by size, with sound or not.
TABLE = """
happyhorse-1.1: 3..15 (13), 2500, 8x1+0 24 always seed, 300..2048 7168k 0, 0.14@720P 0.18@1080P
happyhorse-1.0: 3..15 (13), 2500, 8x1+0 24 always seed, 300..2048 7168k 0, 0.14@720P 0.24@1080P
happyhorse-1.1-references: 3..15 (13), 2500, 1x1+8 24 always seed, 400..1280 1024k 0, 0.14@720P 0.18@1080P
wan-3.0: 2..30 (29), 5000, 8x1+0 any always last seed, 360..2000 7168k 0, 0.06@720P 0.12@1080P
fal-happyhorse-1.1: 3..15 (13), 2500, 8x1+0 24 always seed, 300..2048 10240k 0, 0.14@720p 0.18@1080p
fal-happyhorse-1.0: 3..15 (13), 2500, 8x1+0 24 always seed, 300..2048 7168k 0, 0.14@720p 0.28@1080p
fal-happyhorse-1.1-references: 3..15 (13), 2500, 1x1+8 24 always seed, 400..1280 1024k 0, 0.14@720p 0.18@1080p
fal-happyhorse-1.0-references: 3..15 (13), 2500, 1x1+8 24 always seed, 400..1280 1024k 0, 0.14@720p 0.28@1080p
fal-kling-3-pro: 3..15 (13), 2500, 6x3+0 any switch last, 300..2048 10240k 0, 0.224- 0.336+
fal-kling-3: 3..15 (13), 2500, 6x3+0 any switch last, 300..2048 10240k 0, 0.084- 0.126+
fal-veo-3.1: 4..8 (3), 2500, 1x1+0 any switch last seed, 300..2048 10240k 2, 0.4@4k- 0.6@4k+ 0.2- 0.4+
fal-veo-3.1-fast: 4..8 (3), 2500, 1x1+0 any switch last seed, 300..2048 10240k 2, 0.3@4k- 0.35@4k+ 0.1- 0.15+
fal-seedance-2.0: 4..15 (12), 2500, 1x1+0 any switch last seed, 300..2048 10240k 0, 0.1406@480p 0.3024@720p 0.6804@1080p
fal-ltx-2.3: 6..10 (3), 2500, 1x1+0 any always last, 300..2048 10240k 2, 0.08@1080p 0.16@1440p 0.32@2160p
fal-wan-2.7: 2..15 (14), 5000, 1x1+0 any always last seed, 360..2000 10240k 0, 0.1@720p 0.15@1080p
runway-gen-4.5: 2..10 (9), 1000, 1x1+0 any never seed, 300..2048 3613k 6, 0.12
runway-happyhorse-1.0: 3..15 (13), 2500, 1x1+0 any always , 300..2048 3613k 0,
runway-wan-3.0: 2..30 (29), 5000, 1x1+0 any switch last, 300..2048 3613k 0,
runway-kling-3-pro: 3..15 (13), 2500, 6x1+0 any switch last, 300..2048 3613k 3,
runway-veo-3.1: 4..8 (3), 1000, 1x1+0 any switch last seed, 300..2048 3613k 2, 0.2- 0.4+
gemini-omni-1.1: 3..10 (8), 2500, 1x1+0 24 always , 300..2048 10240k 2, 0.03@360p 0.1@720p 0.15@1080p 0.3@4k
gemini-omni-1.2: 3..15 (13), 2500, 1x1+0 24 always , 300..2048 10240k 2,
videos-server: 1..60 (60), 5000, 1x1+0 any always seed, 64..1920 10240k 0,
"""


def told(name: str) -> str:
    """A row of the table."""
    _, model = models()[name]
    pictures, lengths = model.pictures, model.lengths
    takes = [word for word, so in (("last", model.last_frame), ("seed", model.seed)) if so]
    rates = [
        f"{rate.amount:g}{rate.resolution and '@'}{rate.resolution}{ {None: '', True: '+', False: '-'}[rate.sound] }"
        for rate in (model.prices.rates if model.prices else ())
    ]
    numbers = f"{lengths[0]}..{lengths[-1]} ({len(lengths)}), {model.prompt_limit}"
    several = f"{model.shots}x{model.shortest_shot}+{model.references} {model.fps or 'any'}"
    seen = f"{pictures.side}..{pictures.longest} {pictures.bytes >> 10}k {len(pictures.frames)}"
    return " ".join(f"{name}: {numbers}, {several} {model.sound} {' '.join(takes)}, {seen}, {' '.join(rates)}".split())


def test_every_model_is_declared_as_its_page_has_it() -> None:
    assert [told(name) for name in models()] == TABLE.strip().splitlines()
    assert [model.pictures.bytes for _, model in models().values() if model.id.startswith("runway")] == [3_700_000] * 5


def test_what_else_is_declared() -> None:
    found = {name: model for name, (_, model) in models().items()}
    assert found["runway-gen-4.5"].pictures.frames == (
        (1280, 720), (720, 1280), (1104, 832), (832, 1104), (960, 960), (1584, 672)
    )  # fmt: skip
    assert found["runway-kling-3-pro"].pictures.frames == ((1920, 1080), (1080, 1920), (1440, 1440))
    wide = [name for name, model in found.items() if model.pictures.frames == ((16, 9), (9, 16))]
    assert wide == [
        *("fal-veo-3.1", "fal-veo-3.1-fast", "fal-ltx-2.3", "runway-veo-3.1", "gemini-omni-1.1", "gemini-omni-1.2")
    ]
    assert {model.pictures.ratios for model in found.values()} == {(0.4, 2.5), (0.1, 10.0)}
    assert found["fal-happyhorse-1.0-references"].fields["shapes"] == SHAPES == ("16:9", "9:16", "1:1", "4:3", "3:4")
    assert found["fal-happyhorse-1.1-references"].fields["shapes"] == (*SHAPES, "21:9", "9:21", "5:4", "4:5")
    sizes = {name: model.resolutions for name, model in found.items() if len(model.resolutions) > 2}
    assert sizes == {
        **dict.fromkeys(("fal-veo-3.1", "fal-veo-3.1-fast"), ("720p", "1080p", "4k")),
        **dict.fromkeys(("fal-seedance-2.0", "runway-wan-3.0"), ("480p", "720p", "1080p")),
        "fal-ltx-2.3": ("1080p", "1440p", "2160p"),
        **dict.fromkeys(("gemini-omni-1.1", "gemini-omni-1.2"), ("360p", "720p", "1080p", "4k")),
    }
    assert all(model.lengths == tuple(sorted(set(model.lengths))) for model in found.values())
    names = [model.name for model in found.values()]
    assert len(set(names)) == len(names) == 23 and all(5 < len(name) < 32 for name in names)
    for maker in ("fal", "runway"):
        of_it = [id for id, model in found.items() if model.name.lower().endswith(f"({maker})")]
        assert of_it == [id for id in found if id.startswith(f"{maker}-")]
    assert all(len(model.about) > 30 and model.about.endswith(".") for model in found.values())
