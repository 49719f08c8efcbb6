"""What is under deploy/: it can be read, fits together, and is of the same versions as the locks."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from backend.__main__ import _parser

ROOT = Path(__file__).resolve().parents[3]
RAY = re.search(r"^ray==(\S+)", (ROOT / "backend/requirements/ray.txt").read_text(), re.MULTILINE)


class Strict(yaml.SafeLoader):
    """A loader to which a key that stands twice is a mistake, as it is to Kubernetes."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [self.construct_object(key) for key, _ in node.value]  # type: ignore[no-untyped-call]
        assert len(keys) == len(set(keys)), f"{sorted(keys)}, {node.start_mark}"
        return super().construct_mapping(node, deep)


@pytest.fixture(scope="module")
def objects() -> dict[str, dict[str, Any]]:
    found = list(yaml.load_all((ROOT / "deploy/kuberay.yaml").read_text(), Strict))
    return {one["kind"]: one for one in found}


def within(value: Any, *path: str) -> Iterator[tuple[tuple[str, ...], Any]]:
    """All that is in a manifest, with the keys that lead there."""
    yield path, value
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from within(inner, *path, key)
    elif isinstance(value, list):
        for inner in value:
            yield from within(inner, *path)


def test_the_manifest_has_the_types_that_kubernetes_asks_for(objects: dict[str, dict[str, Any]]) -> None:
    for kind, one in objects.items():
        assert isinstance(one["apiVersion"], str) and one["metadata"]["name"].startswith("take-one"), kind
    strings, names, quantities, ports = 0, 0, 0, 0
    for path, value in within(objects):
        if isinstance(value, dict | list):
            continue
        key, above = path[-1], path[-2] if len(path) > 1 else ""
        if above in ("labels", "annotations", "matchLabels", "rayStartParams", "selector") or path[-2:] == (
            "env",
            "value",
        ):
            assert isinstance(value, str), path  # a number or a yes is refused there
            strings += 1
        elif key in ("name", "claimName", "groupName") and "valueFrom" not in path and "env" not in path:
            assert re.fullmatch(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", value), path
            names += 1
        elif above in ("limits", "requests"):
            assert re.fullmatch(r"\d+(\.\d+)?(m|[KMGT]i?)?", str(value)), path
            quantities += 1
        elif key in ("port", "targetPort", "containerPort"):
            assert isinstance(value, int) and 0 < value < 65536, path
            ports += 1
    assert min(strings, names, quantities, ports) >= 5  # it was looked at


def test_the_manifest_is_of_our_ray_and_one_image(objects: dict[str, dict[str, Any]]) -> None:
    spec = objects["RayCluster"]["spec"]
    assert RAY is not None and spec["rayVersion"] == RAY[1]
    groups = [spec["headGroupSpec"], *spec["workerGroupSpecs"]]
    containers = [one for group in groups for one in group["template"]["spec"]["containers"]]
    assert len(containers) == 3 and len({one["image"] for one in containers}) == 1
    assert all(one["readinessProbe"] and one["livenessProbe"] for one in containers)
    assert all(one["resources"]["requests"] == one["resources"]["limits"] for one in containers)


def test_nothing_in_the_manifest_points_nowhere(objects: dict[str, dict[str, Any]]) -> None:
    spec = objects["RayCluster"]["spec"]
    head = spec["headGroupSpec"]["template"]
    labels = head["metadata"]["labels"]
    assert objects["Service"]["spec"]["selector"].items() <= labels.items()
    claims = [one["persistentVolumeClaim"]["claimName"] for one in head["spec"]["volumes"]]
    assert claims == [objects["PersistentVolumeClaim"]["metadata"]["name"]]
    for group in (spec["headGroupSpec"], *spec["workerGroupSpecs"]):
        pod = group["template"]
        assert (
            objects["NetworkPolicy"]["spec"]["podSelector"]["matchLabels"].items() <= pod["metadata"]["labels"].items()
        )
        volumes = {one["name"] for one in pod["spec"].get("volumes", [])}
        assert {one["name"] for one in pod["spec"]["containers"][0].get("volumeMounts", [])} == volumes
        ports = {port["containerPort"] for port in pod["spec"]["containers"][0].get("ports", [])}
        ports |= {int(group["rayStartParams"].get("node-manager-port", 0))}
        for probe in ("readinessProbe", "livenessProbe"):
            assert pod["spec"]["containers"][0][probe]["tcpSocket"]["port"] in ports


def test_the_service_takes_the_options_of_the_manifest(objects: dict[str, dict[str, Any]]) -> None:
    script = objects["RayCluster"]["spec"]["headGroupSpec"]["template"]["spec"]["containers"][0]["args"][0]
    command = shlex.split(script.splitlines()[-1])
    assert command[:4] == ["exec", "python", "-m", "backend"]
    parsed = _parser().parse_args(command[4:])
    assert (parsed.ray, parsed.draft_cpus, parsed.allow_host) == ("auto", 4, ["take-one"])
    assert parsed.port == objects["Service"]["spec"]["ports"][0]["targetPort"]


def test_the_proxy_speaks_to_the_service_and_holds_nothing_back() -> None:
    """Its shape only: `caddy validate --config deploy/Caddyfile` reads it as Caddy does."""
    lines = [line.split(" #")[0].strip() for line in (ROOT / "deploy/Caddyfile").read_text().splitlines()]
    said = [line for line in lines if line and not line.startswith("#")]
    assert said == ["takes.studio.example {", "reverse_proxy 127.0.0.1:8000 {", "flush_interval -1", "}", "}"]
    page = (ROOT / "docs/server-in-the-studio.md").read_text(encoding="utf-8")
    assert "--port 8000 --allow-host takes.studio.example" in page


def test_the_image_is_built_of_what_there_is() -> None:
    lines = (ROOT / "deploy/Containerfile").read_text().replace("\\\n", "").splitlines()
    words = [line.split()[0] for line in lines if line.strip() and not line.startswith("#")]
    assert words[0] == "FROM" and words[-1] == "CMD"
    assert [line for line in lines if line.startswith("USER")] == ["USER 1000:1000"]  # not root, and by number
    assert set(words) <= {"FROM", "ARG", "WORKDIR", "COPY", "RUN", "USER", "ENV", "EXPOSE", "CMD"}
    for line in lines:
        if line.startswith("COPY"):
            assert all((ROOT / source).exists() for source in line.split()[1:-1]), line
        for file in re.findall(r"-r (\S+\.txt)", line):
            assert (ROOT / file.replace("${PROFILE}", "draft")).exists() and (
                ROOT / file.replace("${PROFILE}", "gpu")
            ).exists()
