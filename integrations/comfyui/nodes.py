"""The nodes. Each reads what stands on it, asks the server, and hands on what ComfyUI knows."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import comfy.model_management
import comfy.utils
import folder_paths
import torch
from comfy_api.latest import ComfyExtension, InputImpl, io
from PIL import Image
from server import PromptServer

from . import pictures
from .asking import Shot, lens_camera
from .client import Client
from .errors import TakeOneError
from .running import check_price, choose, engine_line, make_take
from .servers import Server, server_at

CATEGORY = "Take One"
ServerType = io.Custom("TAKE_ONE_SERVER")
DepthType = io.Custom("TAKE_ONE_DEPTH")
MAX_SEED = 2**32 - 1
MEANINGS = [pictures.INVERSE, pictures.LINEAR, pictures.METRES]


class TakeOneServer(io.ComfyNode):
    @classmethod
    def define_schema(cls) -> io.Schema:
        return io.Schema(
            node_id="TakeOneServer",
            display_name="Take One Server",
            category=CATEGORY,
            description="Where takes are made. The token is known to this machine, never to the workflow.",
            inputs=[
                io.String.Input(
                    "address",
                    default="",
                    placeholder="this machine's own",
                    tooltip="Such as http://render-01:8765. Empty: TAKE_ONE_SERVER, else this machine's own.",
                )
            ],
            outputs=[
                ServerType.Output("server", display_name="server"),
                io.String.Output("engines", display_name="engines", tooltip="What it can make takes with, a line each"),
            ],
            hidden=[io.Hidden.unique_id],
        )

    @classmethod
    def validate_inputs(cls, address: str | None) -> bool | str:
        try:
            server_at(address or "")
        except TakeOneError as error:
            return str(error)
        return True

    @classmethod
    def execute(cls, address: str) -> io.NodeOutput:
        server = server_at(address)
        engines = "\n".join(engine_line(engine) for engine in _client(server).models())
        _Screen(cls.hidden.unique_id).text(engines)
        return io.NodeOutput(server, engines)


class TakeOneCamera(io.ComfyNode):
    @classmethod
    def define_schema(cls) -> io.Schema:
        return io.Schema(
            node_id="TakeOneCamera",
            display_name="Take One Camera",
            category=CATEGORY,
            description="The camera that saw a picture, by its lens.",
            inputs=[
                io.Image.Input("image", tooltip="The picture that it saw"),
                io.Float.Input("lens", default=35.0, min=1.0, max=2000.0, step=0.1, tooltip="Focal length in mm"),
                io.Float.Input(
                    "sensor", default=36.0, min=1.0, max=200.0, step=0.1, tooltip="Sensor in mm, along the longer side"
                ),
            ],
            outputs=[io.String.Output("camera", display_name="camera")],
        )

    @classmethod
    def execute(cls, image: torch.Tensor, lens: float, sensor: float) -> io.NodeOutput:
        height, width = image.shape[1:3]
        return io.NodeOutput(json.dumps(lens_camera(width, height, lens, sensor)))


class TakeOneDepth(io.ComfyNode):
    @classmethod
    def define_schema(cls) -> io.Schema:
        return io.Schema(
            node_id="TakeOneDepth",
            display_name="Take One Depth",
            category=CATEGORY,
            description="Depth in metres, of a grey picture: a depth estimator's, a mist pass, or metres as they are.",
            inputs=[
                io.Image.Input("image", tooltip="The depth of the still, as a grey picture"),
                io.Combo.Input(
                    "meaning",
                    options=MEANINGS,
                    default=pictures.INVERSE,
                    tooltip="near is white: as depth estimators make it. near is black: a mist pass.",
                ),
                io.Float.Input(
                    "near", default=1.0, min=0.001, max=1e6, step=0.1, tooltip="Metres to the nearest thing"
                ),
                io.Float.Input(
                    "far", default=30.0, min=0.001, max=1e6, step=0.1, tooltip="Metres to the farthest thing"
                ),
            ],
            outputs=[DepthType.Output("depth", display_name="depth")],
        )

    @classmethod
    def execute(cls, image: torch.Tensor, meaning: str, near: float, far: float) -> io.NodeOutput:
        return io.NodeOutput(pictures.metres(pictures.one_picture(image, "The depth"), meaning, near, far))


class TakeOneCameraMove(io.ComfyNode):
    @classmethod
    def define_schema(cls) -> io.Schema:
        return io.Schema(
            node_id="TakeOneCameraMove",
            display_name="Take One Camera Move",
            category=CATEGORY,
            description="The camera path that words mean: push in, truck, pan, tilt, orbit, crane, zoom ...",
            inputs=[
                ServerType.Input("server"),
                io.String.Input("words", multiline=True, default="slowly push in", tooltip="What the camera does"),
                *_length(),
                io.String.Input(
                    "camera",
                    optional=True,
                    force_input=True,
                    tooltip="JSON of the camera, with the things that it sees",
                ),
            ],
            outputs=[
                io.String.Output("path", display_name="path", tooltip="Keyframes as JSON, for Animate Still and Guide"),
                io.String.Output(
                    "notes", display_name="notes", tooltip="What no camera move can do, or is not in view"
                ),
            ],
            hidden=[io.Hidden.unique_id],
        )

    @classmethod
    def execute(
        cls, server: Server, words: str, engine: str, seconds: float, seed: int, camera: str | None = None
    ) -> io.NodeOutput:
        client = _client(server)
        shot = Shot(engine, words, seconds, seed, camera=camera or "")
        found = client.path(shot.fields())
        if not found.get("path"):
            able = [one["id"] for one in client.models() if one.get("words_path")]
            raise TakeOneError(
                f"The engine {engine} makes no camera path of words. Those that do: {', '.join(able) or 'none there'}."
            )
        notes = _notes(found.get("notes"))
        _Screen(cls.hidden.unique_id).text(notes)
        return io.NodeOutput(json.dumps(found["path"]), notes)


class TakeOneAnimateStill(io.ComfyNode):
    # No fingerprint of its own: only the inputs count. ComfyUI leaves an unchanged node alone, and where it does not,
    # as after a restart, the request's key finds the take that there is.

    @classmethod
    def define_schema(cls) -> io.Schema:
        return io.Schema(
            node_id="TakeOneAnimateStill",
            display_name="Take One Animate Still",
            category=CATEGORY,
            description="One still in, one take out, with picture and sound. The same inputs never make a second take.",
            inputs=[
                ServerType.Input("server"),
                io.Image.Input("image", tooltip="The still: the clip's first frame"),
                io.String.Input("prompt", multiline=True, default="slowly push in", tooltip="What should happen"),
                *_length(),
                *_picture(),
                DepthType.Input("depth", optional=True, tooltip="Of the still: see Take One Depth"),
                io.String.Input(
                    "camera", optional=True, force_input=True, tooltip="JSON of the camera that saw the still"
                ),
                io.String.Input(
                    "path",
                    optional=True,
                    force_input=True,
                    tooltip="JSON of a camera path; without one the words say it",
                ),
                io.Image.Input("last_frame", optional=True, tooltip="A picture to end on, for engines that can"),
                io.String.Input("sound", optional=True, default="", tooltip="What is heard: rain on a window"),
                io.String.Input(
                    "dialogue",
                    optional=True,
                    multiline=True,
                    default="",
                    placeholder="ANNA (French): On y va.",
                    tooltip="A line each",
                ),
                io.Float.Input(
                    "most_cost",
                    optional=True,
                    default=0.0,
                    min=0.0,
                    max=1e5,
                    step=0.1,
                    tooltip="The most that it may cost, in US dollars. 0: nothing that is paid",
                ),
                io.String.Input("options", optional=True, default="", tooltip="The engine's own settings, as JSON"),
            ],
            outputs=[
                io.Video.Output("video", display_name="video"),
                io.String.Output("notes", display_name="notes", tooltip="What the engine did not use, or could not do"),
            ],
            hidden=[io.Hidden.unique_id],
        )

    @classmethod
    def execute(
        cls,
        server: Server,
        image: torch.Tensor,
        prompt: str,
        engine: str,
        seconds: float,
        seed: int,
        width: int,
        height: int,
        fps: float,
        depth: Any = None,
        camera: str | None = None,
        path: str | None = None,
        last_frame: torch.Tensor | None = None,
        sound: str = "",
        dialogue: str = "",
        most_cost: float = 0.0,
        options: str = "",
    ) -> io.NodeOutput:
        shot = Shot(
            engine, prompt, seconds, seed, (width, height), fps, sound, dialogue, camera or "", path or "", options
        )
        form = shot.form(_files(image, depth, last_frame))
        client, screen = _client(server), _Screen(cls.hidden.unique_id)
        cost = check_price(client, choose(client.models(), shot.engine), shot.fields(), most_cost)
        screen.text(f"Costs {cost}" if cost else "Sending")
        interrupted = comfy.model_management.InterruptProcessingException
        clip, job = make_take(client, form, screen, interrupted, Path(folder_paths.get_temp_directory()))
        notes = _notes((job.get("result") or {}).get("notes"))
        screen.show(100, notes or "Done")
        return io.NodeOutput(InputImpl.VideoFromFile(str(clip)), notes)


class TakeOneGuide(io.ComfyNode):
    @classmethod
    def define_schema(cls) -> io.Schema:
        return io.Schema(
            node_id="TakeOneGuide",
            display_name="Take One Guide",
            category=CATEGORY,
            description="What the still shows along a camera path: warp, holes, depth. For guided models.",
            inputs=[
                ServerType.Input("server"),
                io.Image.Input("image", tooltip="The still"),
                DepthType.Input("depth", tooltip="Of the still: see Take One Depth"),
                io.String.Input(
                    "prompt",
                    multiline=True,
                    default="slowly push in",
                    tooltip="Its words make the path, if none is given",
                ),
                *_length(),
                *_picture(),
                io.String.Input(
                    "camera", optional=True, force_input=True, tooltip="JSON of the camera that saw the still"
                ),
                io.String.Input("path", optional=True, force_input=True, tooltip="JSON of a camera path"),
            ],
            outputs=[
                io.Image.Output("warp", display_name="warp", tooltip="The still as the moving camera sees it"),
                io.Mask.Output(
                    "mask", display_name="mask", tooltip="White where the still shows nothing: to be filled"
                ),
                io.Image.Output(
                    "depth_frames",
                    display_name="depth",
                    tooltip="Near is white: near / value is metres; 0 is background",
                ),
                io.String.Output("cameras", display_name="cameras", tooltip="JSON: each frame's camera, near and far"),
                io.Float.Output("rate", display_name="fps"),
            ],
            hidden=[io.Hidden.unique_id],
        )

    @classmethod
    def execute(
        cls,
        server: Server,
        image: torch.Tensor,
        depth: Any,
        prompt: str,
        engine: str,
        seconds: float,
        seed: int,
        width: int,
        height: int,
        fps: float,
        camera: str | None = None,
        path: str | None = None,
    ) -> io.NodeOutput:
        shot = Shot(engine, prompt, seconds, seed, (width, height), fps, camera=camera or "", path=path or "")
        form = shot.form(_files(image, depth, None))
        screen = _Screen(cls.hidden.unique_id)
        screen.text("Drawing the guide")
        folder = Path(folder_paths.get_temp_directory())
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder, prefix="take_one_") as aside:
            file = Path(aside) / "guide.zip"
            _client(server).guide(form, file)
            guide = pictures.read_guide(file)
        holes = f"{len(guide.warp)} frames, {float(guide.mask.mean()):.1%} of the picture to be filled"
        screen.show(100, "\n".join(filter(None, [holes, _notes(guide.about.get("notes"))])))
        rate = pictures.rate_of(guide.about)
        return io.NodeOutput(guide.warp, guide.mask, guide.depth, json.dumps(guide.about), rate)


class TakeOne(ComfyExtension):
    async def get_node_list(self) -> list[type[io.ComfyNode]]:
        return [TakeOneServer, TakeOneCamera, TakeOneDepth, TakeOneCameraMove, TakeOneAnimateStill, TakeOneGuide]


class _Screen:
    """A node's progress bar, preview and text."""

    def __init__(self, node: str) -> None:
        self.node = node
        self.bar = comfy.utils.ProgressBar(100, node_id=node)
        self.said = ""

    def show(self, percent: float, text: str, preview: Image.Image | None = None) -> None:
        self.bar.update_absolute(percent, 100, ("JPEG", preview, None) if preview is not None else None)
        self.text(text)

    def text(self, text: str) -> None:
        if text != self.said:
            self.said = text
            PromptServer.instance.send_progress_text(text, self.node)


def _client(server: Server) -> Client:
    return Client(server, comfy.model_management.throw_exception_if_processing_interrupted)


def _length() -> list[io.Input]:
    return [
        io.String.Input("engine", default="draft", tooltip="Its id: Take One Server lists those that the server has"),
        io.Float.Input("seconds", default=5.0, min=0.04, max=3600.0, step=0.1),
        # Without a control after it: a seed that changes by itself would make, and pay, a take with each run.
        io.Int.Input(
            "seed", default=1, min=0, max=MAX_SEED, control_after_generate=False, tooltip="Another seed is another take"
        ),
    ]


def _picture() -> list[io.Input]:
    return [
        io.Int.Input("width", default=0, min=0, max=8192, tooltip="Pixels; 0 with height 0: the still's own"),
        io.Int.Input("height", default=0, min=0, max=8192),
        io.Float.Input(
            "fps",
            default=24.0,
            min=1.0,
            max=240.0,
            step=0.001,
            tooltip="23.976 and 29.97 mean exactly 24000/1001 and 30000/1001",
        ),
    ]


def _files(image: torch.Tensor, depth: Any, last_frame: torch.Tensor | None) -> dict[str, bytes]:
    files = {"input_reference": pictures.png(pictures.one_picture(image, "image"))}
    if depth is not None:
        files["depth"] = pictures.exr(depth)
    if last_frame is not None:
        files["last_frame"] = pictures.png(pictures.one_picture(last_frame, "last_frame"))
    return files


def _notes(notes: Any) -> str:
    return "\n".join(str(note) for note in notes) if isinstance(notes, list) else ""
