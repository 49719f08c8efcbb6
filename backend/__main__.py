"""`python -m backend serve | animate | guide | bed | export | models | prepare | accounts | workflows | key`. Each
imports only what it needs."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from . import __version__, accounts, keys, workflows
from .export import commands as export
from .home import HomeError, unusable

if TYPE_CHECKING:
    from .jobs.cluster.crew import Cluster


def main(arguments: list[str] | None = None) -> int:
    """Runs one command. Exit codes: 0 done, 1 failed, 2 wrong arguments or a folder or file that can't be
    used, 130 interrupted."""
    parsed = _parser().parse_args(arguments)
    try:
        return int(parsed.run(parsed))
    except KeyboardInterrupt:
        print("Interrupted.", file=sys.stderr)
        return 130
    except (HomeError, OSError) as error:
        if parsed.command == "serve":  # says itself what keeps it from starting; what comes later is a fault of ours
            raise
        print(f"error: {unusable(error)}", file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m backend", description="Take One's inference backend.")
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _add_serve(commands.add_parser("serve", help="run the service that Blender talks to"))
    _add_animate(commands.add_parser("animate", help="make one take from a still, without Blender"))
    _add_guide(commands.add_parser("guide", help="what views show along a camera's path, for other programs"))
    _add_bed(commands.add_parser("bed", help="the ambience of a scene, as one sound through all its shots"))
    export.add_arguments(
        commands.add_parser("export", help="an edit for other programs and people, and what comes back")
    )
    _add_models(commands.add_parser("models", help="the engines, what they can do, and whether they run here"))
    _add_prepare(commands.add_parser("prepare", help="compile what the draft engine draws with, before its first take"))
    accounts.add_arguments(commands.add_parser("accounts", help="accounts with providers of hosted models"))
    workflows.add_arguments(commands.add_parser("workflows", help="your own workflows for ComfyUI, each an engine"))
    keys.add_arguments(commands.add_parser("key", help="the tokens of servers, in the system's keyring"))
    return parser


def _add_serve(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: this machine only)")
    parser.add_argument("--port", type=int, default=8765, help="port; 0 takes a free one (default: 8765)")
    parser.add_argument(
        "--allow-host",
        action="append",
        default=[],
        metavar="NAME",
        help="a further name by which clients reach this service; may be repeated",
    )
    parser.add_argument("--ready-file", type=Path, help="written with the port, once the service answers")
    parser.add_argument(
        "--gpus",
        type=_gpus,
        default=1,
        metavar="N",
        help="GPUs that share each take, or all (default: 1, as many takes at once as there are GPUs)",
    )
    parser.add_argument(
        "--tokens", type=Path, metavar="FILE", help="users: a name and a token a line; each sees their own jobs only"
    )
    parser.add_argument("--leases", type=Path, help="end when no client holds a lock in this folder")
    _add_cluster(parser.add_argument_group("takes on the machines of a Ray cluster"))
    parser.set_defaults(run=_serve)


def _add_cluster(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--ray", metavar="ADDRESS", help="such as 10.0.0.5:6379, or auto; local starts one here")
    group.add_argument(
        "--draft-cpus", type=_positive, default=1.0, metavar="N", help="CPUs that a draft is given (default: 1)"
    )
    group.add_argument(
        "--drafts", type=int, metavar="N", help="most drafts at once (default: as many as there are CPUs for)"
    )
    group.add_argument(
        "--takes", type=int, metavar="N", help="most takes on GPUs at once (default: as many as there are GPUs for)"
    )
    group.add_argument(
        "--shared", type=Path, metavar="FOLDER", help="a folder that all machines see under this path, for files"
    )


def _positive(word: str) -> float:
    try:
        number = float(word)
    except ValueError:
        number = 0.0
    if not 0 < number < float("inf"):
        raise argparse.ArgumentTypeError(f"a number above 0, not {word!r}")
    return number


def _gpus(word: str) -> int:
    """How many, 0 for all."""
    if word == "all":
        return 0
    if not word.isdecimal() or int(word) < 1:
        raise argparse.ArgumentTypeError(f"a number of GPUs, or all, not {word!r}")
    return int(word)


def _serve(parsed: argparse.Namespace) -> int:
    from .api.service import Settings, serve

    return serve(
        Settings(
            host=parsed.host,
            port=parsed.port,
            names=tuple(parsed.allow_host),
            ready_file=parsed.ready_file,
            leases=parsed.leases,
            gpus=parsed.gpus,
            tokens=parsed.tokens,
            cluster=_cluster(parsed),
        )
    )


def _cluster(parsed: argparse.Namespace) -> Cluster | None:
    if parsed.ray is None:
        return None
    from .jobs.cluster.crew import Cluster

    shared = None if parsed.shared is None else parsed.shared.absolute()
    return Cluster(parsed.ray, parsed.gpus, parsed.draft_cpus, parsed.drafts, parsed.takes, shared)


def _add_animate(parser: argparse.ArgumentParser) -> None:
    _add_shot(parser)
    parser.add_argument("--last-frame", type=Path, help="a picture to end on, for engines that can")
    parser.add_argument(
        "--reference",
        action="append",
        default=[],
        type=Path,
        help="a picture of who or what is seen, for engines that take some (may be given several times)",
    )
    parser.add_argument(
        "--dialogue",
        action="append",
        default=[],
        metavar="WHO|LANGUAGE|LINE",
        help="a line that is spoken; may be repeated",
    )
    parser.add_argument("--sound", default="", help="what is heard")
    parser.add_argument("--model", default="", help="the engine (default: draft)")
    parser.add_argument("--options", default="", help="the engine's own settings, as JSON")
    parser.add_argument("--out", type=Path, default=Path("take.mp4"), help="the mp4; the sidecar goes beside it")
    parser.add_argument("--estimate", action="store_true", help="say what the take would cost, and make nothing")
    parser.set_defaults(run=_animate)


def _add_shot(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--still", type=Path, help="the picture to start from (PNG, JPEG, WebP)")
    parser.add_argument("--depth", type=Path, help="its depth in metres (EXR)")
    parser.add_argument("--camera", type=Path, help="its camera (camera.json)")
    parser.add_argument("--path", type=Path, help="the camera's move (path.json); without it the words choose")
    parser.add_argument("--prompt", default="", help="what should happen")
    parser.add_argument("--seconds", default="5")
    parser.add_argument("--fps", default="24", help="24, 23.976 or 24000/1001")
    parser.add_argument("--size", default="", help="for example 1280x720 (default: the still's)")
    parser.add_argument("--seed", default="", help="a whole number (default: a new one)")


def _add_guide(parser: argparse.ArgumentParser) -> None:
    _add_shot(parser)
    parser.add_argument(
        "--view",
        nargs=4,
        action="append",
        default=[],
        metavar=("T", "PICTURE", "DEPTH", "CAMERA"),
        help="a further view at T of the move, between 0 and 1 or 1; may be repeated",
    )
    parser.add_argument("--out", type=Path, default=Path("guide.zip"), help="the zip")
    parser.set_defaults(run=_guide)


def _guide(parsed: argparse.Namespace) -> int:
    from .guide.command import make

    return make(parsed)


def _animate(parsed: argparse.Namespace) -> int:
    from .cli import animate

    return animate(parsed)


def _add_bed(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--sound", default="", help="what is heard")
    parser.add_argument("--prompt", default="", help="what happens, whose sounds lie under those")
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--lines", type=Path, help="JSON: [{start, seconds, lines: [{speaker, language, line}]}] a shot"
    )
    parser.add_argument(
        "--out", type=Path, default=Path("bed.flac"), help="the FLAC; its ducking goes beside it as JSON"
    )
    parser.set_defaults(run=_bed)


def _bed(parsed: argparse.Namespace) -> int:
    from .engines.draft.sound.bed import bed

    return bed(parsed)


def _add_models(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(run=_models)
    from .engines.catalogues import catalogue
    from .weights.commands import add_commands
    from .weights.store import Store

    add_commands(parser.add_subparsers(dest="models_command", metavar="COMMAND"), Store(catalogue()))


def _models(_: argparse.Namespace) -> int:
    from .cli import models

    return models()


def _add_prepare(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(run=_prepare)


def _prepare(_: argparse.Namespace) -> int:
    from .cli import prepare

    return prepare()


if __name__ == "__main__":
    sys.exit(main())
