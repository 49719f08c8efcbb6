"""Which tests cover a module: by folder, the nearest first. The longest beginning of a module's path counts."""

from __future__ import annotations

from typing import NamedTuple


class Cover(NamedTuple):
    """The environment that tests run in, and their files or folders."""

    environment: str
    tests: tuple[str, ...]


def _files(environment: str, folder: str, names: str) -> Cover:
    return Cover(environment, tuple(f"tests/{folder}/test_{name}.py" for name in names.split()))


def _backend(names: str) -> Cover:
    return _files("test", "backend", names)


def _client(names: str) -> Cover:
    return _files("test", "client", names)


def _integrations(names: str) -> Cover:
    return Cover("test", tuple(f"tests/integrations/test_comfy_{name}.py" for name in names.split()))


def _happyhorse(names: str) -> Cover:
    return _files("test", "happyhorse", names)


def _blender(names: str) -> Cover:
    return _files("blender", "blender", names)


COVERS = {
    "backend": _backend("service_life cli_commands"),
    "scene": _blender("press jobs takes operators"),
    "backend/api": _backend("api_guard api_requests api_limits api_prompt"),
    "backend/api/service": _backend("service_home service_life"),
    "backend/api/users": Cover("test", ("tests/backend/several/test_users.py",)),
    "backend/api/watch": Cover("test", ("tests/backend/several/test_watch.py",)),
    "backend/cli": _backend("cli_commands"),
    "backend/home": _backend("service_home"),
    "backend/lifetime": _backend("service_life"),
    "backend/__main__": _backend("service_life cli_commands"),
    "backend/jobs": _backend("jobs_store_changes jobs_store jobs_lanes jobs_queue api_requests"),
    "backend/jobs/meter": Cover("test", ("tests/backend/several/test_watch.py",)),
    "backend/jobs/store/turns": Cover("test", ("tests/backend/several/test_turns.py",)),
    "backend/jobs/store/migrations": _backend("jobs_migrations jobs_store"),
    "backend/jobs/request": _backend("jobs_request api_requests api_limits api_prompt"),
    "backend/jobs/inspection": _backend("jobs_inspect media_stills api_limits api_requests"),
    "backend/jobs/size": _backend("jobs_request"),
    "backend/media": _backend("media_sidecar media_picture media_encode media_movie media_stills"),
    "backend/export": Cover("test", ("tests/backend/export",)),
    "backend/engines": _backend("jobs_queue jobs_lanes cli_commands"),
    "backend/engines/draft": Cover("test", ("tests/backend/draft/test_engine.py",)),
    "backend/engines/draft/direction": Cover("test", ("tests/backend/draft/direction", "tests/backend/draft/camera")),
    "backend/engines/draft/camera": Cover("test", ("tests/backend/draft/camera", "tests/backend/draft/test_engine.py")),
    "backend/engines/draft/sound": Cover("test", ("tests/backend/draft/sound",)),
    "backend/engines/draft/view": Cover("test", ("tests/backend/draft/view", "tests/backend/draft/test_engine.py")),
    "backend/weights": _happyhorse("models models_download checkpoints"),
    "backend/keys": _happyhorse("models_download"),
    "backend/gpu": _happyhorse("residents room memory unload"),
    "backend/engines/happyhorse": _happyhorse("engine pipeline settings"),
    "backend/engines/happyhorse/request": _happyhorse("settings prompt picture engine"),
    "backend/engines/happyhorse/files": _happyhorse("checkpoints halves models engine"),
    "backend/engines/happyhorse/text": _happyhorse("text"),
    "backend/engines/happyhorse/cache": _happyhorse("exact text engine"),
    "backend/engines/happyhorse/sampling": _happyhorse("exact samplers pipeline"),
    "backend/engines/happyhorse/memory": _happyhorse("memory room engine"),
    "backend/engines/happyhorse/pipeline": _happyhorse("pipeline progress_estimate engine"),
    "backend/engines/happyhorse/transformer": _happyhorse("transformer checkpoints triton_kernels memory"),
    "backend/engines/happyhorse/vaes": _happyhorse("vaes turbo_vaed triton_kernels"),
    "integrations/comfyui": _integrations("client nodes"),
    "integrations/comfyui/asking": _integrations("nodes client"),
    "integrations/comfyui/nodes": _integrations("nodes"),
    "integrations/comfyui/pictures": _integrations("pictures"),
    "integrations/comfyui/servers": _integrations("servers"),
    "client/connection": _client("connection_rules session session_life one_server_each"),
    "client": _client("session session_life one_server_each hostile_server"),
    "client/api": _client("form transfers hostile_server session final_prompt"),
    "client/protocol": _client("protocol form"),
    "client/jobs": _client("jobs_rules journal_rules session journal transfers clip hostile_server"),
    "client/local": _client("journal_rules backend_process slow_backend real_backend"),
    "client/lease": _client("journal_rules backend_process slow_backend"),
    "client/installing/install": _client("install"),
    "client/installing/pip": _client("journal_rules install"),
    "client/installing/pythons": _client("install"),
    "client/installing/cards": _client("cards install"),
    "client/files": _client("files journal"),
    "client/commands/models": _client("models"),
    "client/commands/secrets": _client("secrets"),
    "scene/model": _blender("takes options press stranger stranger_values stranger_copies operators jobs"),
    "scene/app": _blender("operators press jobs stranger_values"),
    "scene/app/timer": _blender("timer"),
    "scene/edit": _blender("strips_places landing_exact strips landing landing_again compare takes stranger_copies"),
    "scene/edit/trash": _blender("takes"),
    "scene/stills": _blender("still still_moment camera depth facts playhead quick_still"),
    "scene/stills/camera": _blender("camera still_moment press"),
    "scene/stills/known": _blender("facts things"),
    "scene/stills/exr": _blender("exr depth camera still"),
    "scene/session": _blender("connection press jobs prompts setup operators landing"),
    "operators": _blender("operators options press takes quick_still refine verbs_in_sequencer setup jobs"),
    "panels": _blender("operators options quick_still setup"),
}


def cover(module: str) -> Cover | None:
    """What covers a module, by its path from the root ("backend/api/app.py"); None where nothing does."""
    parts = module.removesuffix(".py").split("/")
    names = ("/".join(parts[:count]) for count in range(len(parts), 0, -1))
    return next((COVERS[name] for name in names if name in COVERS), None)
