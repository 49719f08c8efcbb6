"""What a ComfyUI says of the nodes of the delivered workflows, as JSON: run in its folder, with its Python.

    cd ComfyUI && python .../tests/backend/comfy/read_nodes.py > .../tests/backend/comfy/nodes_0.3.64.json

It is what `GET /object_info` of a server there would answer: its own code is asked, its own nodes are loaded. No model
is needed: lists of files are those of its folders, mostly empty.
"""

from __future__ import annotations

import asyncio
import importlib
import importlib.abc
import importlib.machinery
import json
import sys
from pathlib import Path
from types import ModuleType
from unittest.mock import MagicMock

WORKFLOWS = Path(__file__).resolve().parents[3] / "backend" / "engines" / "comfy" / "workflows"
OTHERS = ("ETN_Parameter",)  # of krita-ai-diffusion's pack: not ComfyUI's own


class Absent(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Stands in for packages that are not here: the nodes are described, not run."""

    NAMES = ("torchvision", "torchaudio")

    def find_spec(self, name: str, *_: object) -> importlib.machinery.ModuleSpec | None:
        absent = name.partition(".")[0] in self.NAMES
        return importlib.machinery.ModuleSpec(name, self, is_package=True) if absent else None

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        class Stub(ModuleType):
            def __getattr__(self, name: str) -> MagicMock:
                if name.startswith("__"):
                    raise AttributeError(name)
                return MagicMock()

        return Stub(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        pass


def main() -> None:
    sys.meta_path.append(Absent())  # behind the real ones
    sys.path.insert(0, str(Path.cwd()))
    sys.argv = ["main.py", "--cpu"]
    importlib.import_module("comfy.options").enable_args_parsing()
    importlib.import_module("utils.install_util")  # before another module of that name
    nodes = importlib.import_module("nodes")
    version = importlib.import_module("comfyui_version").__version__

    asyncio.run(nodes.init_extra_nodes(init_custom_nodes=False, init_api_nodes=False))
    wanted = {
        node["class_type"]
        for path in WORKFLOWS.glob("*.json")
        for node in json.loads(path.read_text(encoding="utf-8")).values()
    }
    found = {kind: about(nodes.NODE_CLASS_MAPPINGS[kind]) for kind in sorted(wanted - set(OTHERS))}
    lines = ",\n".join(f"  {json.dumps(kind)}: {json.dumps(told)}" for kind, told in found.items())
    print(f'{{"version": {json.dumps(version)}, "nodes": {{\n{lines}\n}}}}', file=sys.__stdout__)


def about(kind: type) -> dict[str, object]:
    """Its inputs and outputs, as `server.node_info` tells them."""
    if hasattr(kind, "GET_NODE_INFO_V1"):
        told = kind.GET_NODE_INFO_V1()
        return {"input": told["input"], "output": told["output"], "output_name": told["output_name"]}
    outputs = kind.RETURN_TYPES
    return {
        "input": kind.INPUT_TYPES(),
        "output": outputs,
        "output_name": getattr(kind, "RETURN_NAMES", outputs),
    }


if __name__ == "__main__":
    main()
