"""Checks the files of a request by their content, never by their name.

Pictures and EXRs are parsed by C and C++ libraries that a hostile file may crash, so the service does this in
a process of its own: this module, run as one. The command line calls the functions."""

from __future__ import annotations

import signal
import sys
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ...engines.engine import EngineError
from ...media.stills import FORMATS, MAX_PIXELS, channels_of, depth_channel, headers_of, upright_size

MAX_BYTES = 1 << 30  # of a decoded EXR
MAX_MEMORY = 4 << 30  # of the process that checks, address space
EXR_MAGIC = b"\x76\x2f\x31\x01"


def picture(path: Path, param: str) -> tuple[str, int, int]:
    """The suffix that fits the picture's content, its width and its height, after it was decoded whole.

    Raises:
        EngineError: `invalid_file`.
    """
    from PIL import Image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path, formats=tuple(FORMATS)) as opened:
                width, height = upright_size(opened)
                if width * height > MAX_PIXELS:
                    raise _too_large(param, width, height)
                several = opened.format == "MPO"  # a phone's JPEG with more pictures after the one that is shown
                if not several and getattr(opened, "n_frames", 1) != 1:
                    raise _bad(param, "is an animation; send one picture")
                kind = FORMATS["JPEG" if several else opened.format or ""]
                opened.load()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _bad(param, "has too many pixels") from error
    except EngineError:
        raise
    except (OSError, ValueError, KeyError, SyntaxError, EOFError, MemoryError) as error:
        raise _bad(param, "is not a PNG, JPEG or WebP picture that can be read") from error
    return kind, width, height


def depth(path: Path, param: str = "depth") -> tuple[str, int, int]:
    """The suffix, width and height of a depth EXR (of what it holds, which may be a part of its frame), after it was
    decoded whole.

    Raises:
        EngineError: `invalid_file`.
    """
    with path.open("rb") as file:
        if file.read(4) != EXR_MAGIC:
            raise _bad(param, "is not an OpenEXR file")
    import OpenEXR

    try:
        with OpenEXR.File(str(path), header_only=True) as header:
            sizes = [(_window(part.header), max(1, len(part.header["channels"]))) for part in header.parts]
        for (width, height), _ in sizes:
            if width < 1 or height < 1 or width * height > MAX_PIXELS:
                raise _too_large(param, width, height)
        if sum(width * height * layers * 4 for (width, height), layers in sizes) > MAX_BYTES:
            raise _too_large(param, *sizes[0][0])
        with OpenEXR.File(str(path), separate_channels=True) as opened:
            channels = channels_of(opened)
            if not channels:  # OpenEXR only warns of pixels that break off
                raise _bad(param, "is not an OpenEXR file that can be read")
            name = depth_channel(channels, param)
            found, (width, height) = channels[name].shape, _window(headers_of(opened)[name])
    except EngineError:
        raise
    except Exception as error:  # OpenEXR raises several kinds
        raise _bad(param, "is not an OpenEXR file that can be read") from error
    if found[:2] != (height, width):
        raise _bad(param, "has a subsampled depth channel")
    return ".exr", width, height


def _window(header: Mapping[str, Any]) -> tuple[int, int]:
    """Width and height of what a part of an EXR holds."""
    low, high = header["dataWindow"]
    return int(high[0]) - int(low[0]) + 1, int(high[1]) - int(low[1]) + 1


def _bad(param: str, what: str) -> EngineError:
    return EngineError("invalid_file", f"The file {param} {what}.", "", param)


def _too_large(param: str, width: int, height: int) -> EngineError:
    message = f"The file {param} is {width}x{height}: that is too large."
    return EngineError("invalid_file", message, "smaller_size", param)


def file(kind: str, path: Path, param: str) -> tuple[str, int, int]:
    """The suffix, width and height of a `depth` or a picture."""
    return depth(path, param) if kind == "depth" else picture(path, param)


def main() -> None:
    """Sends {"ready"}, then answers {"path", "kind", "param", "seconds"}: {"found": [suffix, width, height]} or
    {"wrong": {...}}. A file that takes more than so many seconds of computing ends the process (not on Windows)."""
    import OpenEXR  # noqa: F401 - now, not at the first file
    from PIL import Image, WebPImagePlugin  # noqa: F401

    from client.protocol.codec import to_json

    from ..workers.child import serve

    Image.preinit()  # of PNG and JPEG among some five; init() would read forty formats more

    if sys.platform == "linux":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
    send, messages = serve()
    send({"ready": True})
    for asked in messages:
        _end_after(asked["seconds"])
        try:
            answer = {"found": file(asked["kind"], Path(asked["path"]), asked["param"])}
        except EngineError as error:
            answer = {"wrong": to_json(error.problem)}
        _end_after(0)
        send(answer)


def _end_after(seconds: float) -> None:
    """Has the kernel end this process once it has computed for so long, also inside a library; 0 takes it back."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_PROF, seconds)


if __name__ == "__main__":
    main()
