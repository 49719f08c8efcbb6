"""What is under deploy/: it can be read, fits together, and is of the same versions as the locks."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml

from backend.__main__ import _parser

ROOT = Path(__file__).resolve().parents[3]
RAY = re.search(r"^ray==(\S+)", (ROOT / "backend/requirements/ray.txt").read_text(), re.MULTILINE)


@pytest.fixture(scope="module")
def objects() -> dict[str, dict[str, Any]]:
    found = list(yaml.safe_load_all((ROOT / "deploy/kuberay.yaml").read_text()))
    return {one["kind"]: one for one in found}


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


def test_the_image_is_built_of_what_there_is() -> None:
    lines = (ROOT / "deploy/Containerfile").read_text().replace("\\\n", "").splitlines()
    words = [line.split()[0] for line in lines if line.strip() and not line.startswith("#")]
    assert words[0] == "FROM" and words[-1] == "CMD"
    assert set(words) <= {"FROM", "ARG", "WORKDIR", "COPY", "RUN", "USER", "ENV", "EXPOSE", "CMD"}
    for line in lines:
        if line.startswith("COPY"):
            assert all((ROOT / source).exists() for source in line.split()[1:-1]), line
        for file in re.findall(r"-r (\S+\.txt)", line):
            assert (ROOT / file.replace("${PROFILE}", "draft")).exists() and (
                ROOT / file.replace("${PROFILE}", "gpu")
            ).exists()
