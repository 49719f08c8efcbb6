"""The delivered workflows fit real ComfyUIs, as far as that can be told without the models' weights: each node and
input is there, links join types that match, values lie in range and among the choices. `nodes_*.json` is what two
versions say of themselves: see `read_nodes.py`. What LTX and Wan make of it is not run here: that takes their weights.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from backend import workflows
from backend.engines.comfy import shelf

HERE = Path(__file__).parent
VERSIONS = ("0.3.64", "0.8.0")
OTHERS = {"ETN_Parameter": ("*",)}  # of krita-ai-diffusion's pack, and what it gives
FILES = ("ckpt_name", "unet_name", "clip_name", "vae_name", "image", "file")  # lists of what lies in its folders


def nodes_of(version: str) -> dict[str, Any]:
    told = json.loads((HERE / f"nodes_{version}.json").read_text(encoding="utf-8"))
    assert told["version"] == version
    found: dict[str, Any] = told["nodes"]
    return found


def wrong(graph: Mapping[str, Any], nodes: Mapping[str, Any]) -> Iterator[str]:
    """What `execution.validate_inputs` would refuse, and what it would only ignore."""
    for id, node in graph.items():
        kind = node["class_type"]
        if kind in OTHERS:
            continue
        if kind not in nodes:
            yield f"{kind} is not there"
            continue
        declared = nodes[kind]["input"]
        known = {**declared.get("required", {}), **declared.get("optional", {})}
        yield from (f"{kind} {id} lacks {name}" for name in declared.get("required", {}) if name not in node["inputs"])
        for name, value in node["inputs"].items():
            if name not in known:
                yield f"{kind} {id} has no {name}"
            elif (why := misfit(graph, nodes, known[name], name, value)) is not None:
                yield f"{kind} {id} {name}: {why}"


def misfit(graph: Mapping[str, Any], nodes: Mapping[str, Any], about: list[Any], name: str, value: Any) -> str | None:
    wants, options = about[0], about[1] if len(about) > 1 else {}
    if isinstance(value, list):
        source, index = value
        kind = graph[source]["class_type"]
        gives = OTHERS[kind][index] if kind in OTHERS else nodes[kind]["output"][index]
        fits = "*" in (gives, wants) or (isinstance(wants, str) and set(gives.split(",")) <= set(wants.split(",")))
        return None if fits else f"{kind} gives {gives}, and {wants} is wanted"
    if isinstance(wants, list) or wants == "COMBO":
        choices = wants if isinstance(wants, list) else options["options"]
        return None if name in FILES or value in choices else f"{value!r} is none of {choices}"
    kinds = {"INT": int, "FLOAT": (int, float), "STRING": str, "BOOLEAN": bool}
    if wants not in kinds:
        return f"{value!r} stands where {wants} has to be linked"
    if not isinstance(value, kinds[wants]) or (isinstance(value, bool) and wants != "BOOLEAN"):
        return f"{value!r} is no {wants}"
    if wants in ("INT", "FLOAT") and not options.get("min", value) <= value <= options.get("max", value):
        return f"{value} is not between {options.get('min')} and {options.get('max')}"
    return None


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("name", shelf.delivered())
def test_it_passes_the_checks_of_a_real_one(name: str, version: str) -> None:
    graph = json.loads((shelf.DELIVERED / f"{name}.json").read_text(encoding="utf-8"))
    assert list(wrong(graph, nodes_of(version))) == []


@pytest.mark.parametrize(
    ("id", "name", "value", "said"),
    [
        ("KSampler", "steps", 0, "is not between 1 and 10000"),
        ("KSampler", "sampler_name", "heun-of-mine", "is none of"),
        ("KSampler", "seed", 1.5, "is no INT"),
        ("KSampler", "model", "wan", "has to be linked"),
        ("VAEDecode", "samples", ["VAELoader", 0], "gives VAE, and LATENT is wanted"),
        ("SaveVideo", "quality", 8, "has no quality"),
    ],
)
def test_what_would_not_pass_is_found(id: str, name: str, value: Any, said: str) -> None:
    graph = json.loads((shelf.DELIVERED / "Wan 2.2 5B.json").read_text(encoding="utf-8"))
    ids = {node["class_type"]: one for one, node in graph.items()}
    graph[ids[id]]["inputs"][name] = [ids[value[0]], value[1]] if isinstance(value, list) else value
    (found,) = wrong(graph, nodes_of("0.8.0"))
    assert said in found


def test_the_fake_knows_nodes_as_the_real_one_has_them() -> None:
    """Of what both have, the inputs by name and kind; lists of files aside."""
    fake = json.loads((HERE / "object_info.json").read_text(encoding="utf-8"))
    real = nodes_of("0.3.64")
    both = set(fake) & set(real)
    assert len(both) > 8
    for kind in both:
        for group in ("required", "optional"):
            told, known = (one[kind]["input"].get(group, {}) for one in (fake, real))
            assert set(told) == set(known), (kind, group)
            for name in set(told) - set(FILES):
                assert told[name][0] == known[name][0], (kind, name)


def test_the_list_says_how_each_is_added_and_what_an_added_one_fills_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TAKE_ONE_HOME", str(tmp_path))
    names = shelf.delivered()
    assert names[0] == "Grain" and len(names) > 3

    def listed() -> list[str]:
        assert workflows._list(argparse.Namespace(json=False)) == 0
        return capsys.readouterr().out.splitlines()

    others = [f"{name:32}add it: python -m backend workflows add {name!r}" for name in names[1:]]
    assert listed() == ["Grain                           add it: python -m backend workflows add 'Grain'", *others]
    about = [
        'Fills in still: "Still" (#1); width: "Size" (#2); height: "Size" (#2); length: "Length" (#3); '
        'seconds: "Seconds" (#5); fps: "FPS" (#6); seed: "Strength (parameter)" (#4).',
        "Settings on the card: Strength.",
    ]
    assert workflows._added("Grain", "") == "\n".join(["comfy:Grain is an engine now.", *about])
    assert listed() == ["Grain                           comfy:Grain", *(" " * 32 + line for line in about), *others]
    for said in ("It is forgotten.", "There was no such workflow."):
        assert workflows._remove(argparse.Namespace(json=False, name="Grain")) == 0
        assert capsys.readouterr().out == said + "\n"
