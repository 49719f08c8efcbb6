"""Which tests cover a module: by folder, the nearest first. The longest beginning of a module's path counts."""

from __future__ import annotations

from typing import NamedTuple


class Cover(NamedTuple):
    """The environment that tests run in, and their files or folders."""

    environment: str
    tests: tuple[str, ...]


def _files(environment: str, folder: str, names: str) -> Cover:
    places = (name.rpartition("/") for name in names.split())
    return Cover(environment, tuple(f"tests/{folder}/{room}/test_{name}.py" for room, _, name in places))


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
    "backend": _backend("root/pieces root/arguments api/service_life api/cli_commands"),
    "scene": _blender("press/press press/jobs film/takes ui/operators"),
    "backend/api": _backend(
        "api/pieces api/routes api/taking api/starting api/waiting api/guard api/submission api/requests api/limits "
        "api/prompt api/path"
    ),
    "backend/api/service": _backend("api/pieces api/starting api/service_home api/service_life"),
    "backend/api/running": _backend("api/starting api/service_life api/guard"),
    "backend/api/users": _backend("api/pieces several/users"),
    "backend/api/watch": _backend("api/pieces api/routes several/watch_parts several/watch"),
    "backend/api/guides": _backend("api/waiting guide/api_guide"),
    "backend/accounts": _backend("root/pieces root/accounts hosted/accounts"),
    "backend/workflows": _backend("root/pieces root/accounts comfy/shelf comfy/comfy"),
    "backend/guide": _backend("guide/limits guide/exact guide/parts guide/guide guide/api_guide"),
    "backend/guide/span": _backend("guide/span guide/exact guide/parts"),
    "backend/cli": _backend("root/cli api/cli_commands"),
    "backend/home": _backend("root/home api/service_home"),
    "backend/kernels": _backend("root/pieces root/kernels draft/view/kernels"),
    "backend/lifetime": _backend("root/lifetime api/service_life"),
    "backend/__main__": _backend("root/arguments api/service_life api/cli_commands"),
    "backend/jobs": _backend(
        "jobs/seams jobs/pool jobs/runner jobs/child jobs/worker jobs/store_changes jobs/spending jobs/choice "
        "jobs/take jobs/store jobs/lanes jobs/queue"
    ),
    "backend/jobs/meter": _backend("several/watch_parts several/watch"),
    "backend/jobs/cluster": _backend(
        "jobs/seams cluster/parcels cluster/line cluster/bridge cluster/keeping cluster/crew"
    ),
    "backend/jobs/cluster/parcel": _backend("cluster/parcels"),
    "backend/jobs/store/turns": _backend("several/turns jobs/spending"),
    "backend/jobs/store/migrations": _backend("jobs/migrations jobs/store"),
    "backend/jobs/request": _backend("jobs/request api/requests api/limits api/prompt"),
    "backend/jobs/inspection": _backend("jobs/seams jobs/inspect jobs/inspector media/stills api/limits api/requests"),
    "backend/jobs/size": _backend("jobs/request"),
    "backend/media": _backend(
        "media/colour_numbers media/movie_numbers media/sidecar media/picture media/exact media/encode media/movie "
        "media/stills media/colour media/frame_ends media/planes"
    ),
    "backend/export": Cover("test", ("tests/backend/export",)),
    "backend/engines": _backend("jobs/take jobs/queue jobs/lanes api/cli_commands"),
    "backend/engines/comfy": _backend(
        "comfy/graph comfy/filling comfy/corners comfy/calls comfy/arrivals comfy/exact comfy/engine comfy/engine_ends "
        "comfy/listen comfy/shelf comfy/streams comfy/delivered comfy/comfy"
    ),
    "backend/engines/comfy/graph": _backend("comfy/graph comfy/filling comfy/corners comfy/exact"),
    "backend/engines/comfy/shelf": _backend("comfy/shelf comfy/arrivals"),
    "backend/engines/comfy/server/listen": _backend("comfy/listen comfy/arrivals comfy/comfy"),
    "backend/engines/hosted": _backend(
        "hosted/parts hosted/words_exact hosted/account_rules hosted/wire hosted/wire_again hosted/engine "
        "hosted/providers hosted/lists hosted/models_table hosted/prices hosted/references hosted/estimate "
        "hosted/dial hosted/pictures hosted/orders hosted/refusals hosted/hosted"
    ),
    "backend/engines/hosted/account": _backend("hosted/account_rules hosted/accounts"),
    "backend/engines/draft": _backend("draft/parts draft/clips draft/engine"),
    "backend/engines/draft/direction": Cover("test", ("tests/backend/draft/direction", "tests/backend/draft/camera")),
    "backend/engines/draft/camera": Cover("test", ("tests/backend/draft/camera", "tests/backend/draft/test_engine.py")),
    "backend/engines/draft/sound": Cover("test", ("tests/backend/draft/sound",)),
    "backend/engines/draft/view": Cover("test", ("tests/backend/draft/view", "tests/backend/draft/test_engine.py")),
    "backend/weights": _happyhorse(
        "weights/parts weights/fetching weights/models weights/models_download weights/checkpoints"
    ),
    "backend/keys": _backend("root/keys"),
    "backend/gpu": _happyhorse(
        "gpu/probe gpu/processes gpu/pinned gpu/exchanges gpu/members gpu/member gpu/launcher gpu/promises cards/held "
        "cards/residents cards/room cards/memory cards/unload cards/ranks cards/sharing cards/gpus"
    ),
    "backend/engines/happyhorse": _happyhorse("engine/engine engine/figures engine/pipeline weights/settings"),
    "backend/engines/happyhorse/request": _happyhorse(
        "weights/settings engine/figures model/prompt engine/picture engine/engine"
    ),
    "backend/engines/happyhorse/files": _happyhorse(
        "weights/checkpoints weights/halves weights/models engine/engine weights/models_download"
    ),
    "backend/engines/happyhorse/text": _happyhorse("engine/figures model/text"),
    "backend/engines/happyhorse/cache": _happyhorse("model/exact model/text engine/engine"),
    "backend/engines/happyhorse/sampling": _happyhorse("model/exact engine/figures model/samplers engine/pipeline"),
    "backend/engines/happyhorse/memory": _happyhorse("cards/memory engine/figures cards/room engine/engine cards/gpus"),
    "backend/engines/happyhorse/pipeline": _happyhorse(
        "engine/figures engine/steps engine/pipeline engine/progress_estimate engine/engine"
    ),
    "backend/engines/happyhorse/transformer": _happyhorse(
        "model/transformer model/exact weights/checkpoints model/triton_kernels cards/memory cards/sharing"
    ),
    "backend/engines/happyhorse/vaes": _happyhorse("engine/figures model/vaes model/turbo_vaed model/triton_kernels"),
    "integrations/comfyui": _integrations("steps waits client nodes"),
    "integrations/comfyui/asking": _integrations("steps nodes client"),
    "integrations/comfyui/nodes": _integrations("inputs nodes"),
    "integrations/comfyui/pictures": _integrations("pictures steps"),
    "integrations/comfyui/servers": _integrations("servers"),
    "client/connection": _client(
        "api/connection_exact api/connection_rules session/session session/session_life session/one_server_each"
    ),
    "client": _client(
        "session/session_steps session/session_installing session/small_exact session/session session/session_life "
        "session/one_server_each api/hostile_server"
    ),
    "client/api": _client(
        "api/calls_steps api/form api/answers api/fetch api/transfers api/hostile_server session/session "
        "session/final_prompt"
    ),
    "client/protocol": _client(
        "api/refused_words api/codec_exact api/protocol api/protocol_more api/form api/several session/session"
    ),
    "client/protocol/edit": Cover(
        "test",
        (
            "tests/client/api/test_refused_words.py",
            "tests/client/api/test_codec_exact.py",
            "tests/client/api/test_edit_types.py",
            "tests/backend/export",
        ),
    ),
    "client/jobs": _client(
        "api/calls_steps session/jobs_rules session/jobs_cancelled session/jobs_retry session/journal_rules "
        "session/session session/journal api/answers api/fetch api/transfers api/clip api/hostile_server"
    ),
    "client/local": _client(
        "installing/local_steps session/journal_rules installing/backend_process api/slow_backend "
        "installing/real_backend"
    ),
    "client/lease": _client(
        "session/small_exact installing/local_steps session/journal_rules installing/backend_process api/slow_backend"
    ),
    "client/installing/install": _client("installing/installing_steps installing/install"),
    "client/installing/pip": _client("session/journal_rules installing/installing_steps installing/install"),
    "client/installing/pythons": _client("installing/installing_steps installing/pythons_elsewhere installing/install"),
    "client/installing/cards": _client("installing/cards installing/installing_steps"),
    "client/files": _client("session/small_exact api/files api/answers session/journal"),
    "client/commands/accounts": Cover(
        "test",
        ("tests/client/installing/test_commands_steps.py", "tests/backend/hosted/test_accounts.py"),
    ),
    "client/commands/export": _client("installing/commands_steps installing/export"),
    "client/commands/models": _client("installing/commands_steps installing/models"),
    "client/commands/secrets": _client("installing/commands_steps installing/secrets"),
    "scene/model": _blender(
        "film/exact/model_parts film/exact/cards film/model_exact film/shot_list film/takes server/options press/press "
        "film/stranger film/stranger_values "
        "film/stranger_copies film/stranger_blocks film/links ui/operators ui/shot_row press/jobs"
    ),
    "scene/app": _blender("press/timer ui/operators press/press press/jobs film/stranger_values"),
    "scene/app/timer": _blender("press/timer"),
    "scene/edit": _blender(
        "edit/exact/edit_numbers edit/exact/strips_exact edit/exact/landing_figures edit/exact/edit_scene "
        "edit/exact/edit_parts edit/strips_places "
        "edit/landing_exact edit/strips edit/landing edit/landing_again edit/compare film/takes film/found film/moving "
        "film/stranger_copies film/stranger_strips"
    ),
    "scene/edit/found": _blender("edit/exact/edit_numbers film/found press/opened_again"),
    "scene/edit/trash": _blender("film/trash film/found film/takes"),
    "scene/edit/cut": _blender(
        "edit/exact/cut_numbers edit/exact/cut_exact edit/exact/cut_parts edit/exact/cut_moves edit/ripple "
        "edit/transitions edit/bed edit/burn_in edit/handles edit/board ui/shot_row edit/hand_made"
    ),
    "scene/edit/board": _blender("edit/exact/edit_numbers edit/exact/boards edit/board edit/ripple"),
    "scene/edit/burn_in": _blender("edit/exact/burn_ins edit/burn_in"),
    "scene/edit/out": _blender(
        "edit/exact/out_numbers edit/exact/out_parts edit/exact/cut_render ui/out_exact ui/export ui/export_steps "
        "edit/hand_made"
    ),
    "scene/session/out": _blender(
        "press/exact/sent edit/exact/exports edit/exact/beds ui/out_exact ui/export ui/export_steps edit/bed"
    ),
    "scene/edit/several": Cover(
        "blender",
        (
            "tests/blender/edit/exact/test_edit_numbers.py",
            "tests/blender/edit/exact/test_parts_exact.py",
            "tests/blender/edit/one_clip",
        ),
    ),
    "scene/stills": _blender(
        "stills/still stills/still_moment stills/camera stills/depth stills/facts stills/playhead stills/quick_still "
        "stills/png stills/depth_layers stills/render_result stills/still_files stills/still_linked "
        "stills/still_others stills/exact/still_steps stills/exact/render_job stills/exact/still_parts "
        "stills/exact/under_playhead stills/exact/viewport stills/exact/captured stills/exact/taking "
        "stills/exact/rendering"
    ),
    "scene/stills/track": _blender("stills/exact/still_steps views/exact/coverage_numbers stills/exact/still_parts"),
    "scene/stills/views": _blender("views/exact/view_files views/views views/views_queue"),
    "scene/stills/borrow": _blender(
        "stills/exact/there stills/exact/borrowed stills/exact/rendering stills/exact/compositor "
        "stills/exact/looked_through stills/exact/shaders stills/png stills/depth stills/depth_layers stills/still "
        "stills/still_moment stills/still_linked stills/still_others"
    ),
    "scene/stills/coverage": _blender(
        "views/plan_numbers views/exact/coverage_numbers views/exact/foreseen_numbers views/exact/choice_numbers "
        "views/exact/triangles_numbers views/exact/plain_values views/exact/surfaces_numbers "
        "views/exact/marks_numbers views/exact/marks_things views/exact/may_be_wider views/forecast views/coverage "
        "views/wider"
    ),
    "scene/stills/walk": _blender(
        "views/exact/walk_parts views/exact/walk_keys views/plan_numbers views/exact/walk_numbers views/walkthrough"
    ),
    "scene/stills/camera": _blender("stills/camera stills/exact/camera_numbers stills/still_moment press/press"),
    "scene/stills/known": _blender("stills/facts stills/exact/facts_numbers stills/render_result film/things"),
    "scene/stills/formats": _blender(
        "stills/exact/formats_bytes stills/exr stills/png stills/still_files stills/depth stills/camera stills/still "
        "views/wider"
    ),
    "scene/session": _blender(
        "press/exact/events press/exact/jobs_queue press/exact/session_parts press/exact/words_and_commands "
        "server/connection press/press press/jobs press/prompts film/setup ui/operators edit/landing"
    ),
    "scene/session/board": _blender("edit/exact/boards edit/exact/drawing edit/board"),
    "scene/session/press": _blender(
        "press/exact/sent press/exact/going_on press/exact/orders press/exact/quotes press/press edit/handles "
        "press/together press/continuity press/refine press/budget edit/landing_again press/jobs film/stranger_again"
    ),
    "scene/session/views": _blender(
        "press/exact/going_on press/exact/ways press/exact/moves views/exact/shoot_exact views/plan_numbers "
        "views/views views/views_queue views/wider views/walkthrough"
    ),
    "operators": _blender(
        "ui/exact/dialogs ui/exact/setting_up ui/exact/making ui/exact/making_again ui/exact/walks ui/exact/rows "
        "ui/exact/verbs_of_edit ui/exact/verbs_out ui/verbs/verbs_of_takes ui/verbs/verbs_of_shots ui/card_words "
        "ui/shot_row ui/operators server/options press/press film/takes stills/quick_still press/refine "
        "ui/verbs_in_sequencer film/setup press/jobs"
    ),
    "panels": _blender(
        "ui/exact/card_lines ui/exact/takes_lines ui/exact/edit_lines ui/exact/panel_parts ui/panels_card "
        "ui/panels_more ui/card_words ui/shot_row ui/operators server/options stills/quick_still film/setup"
    ),
}


def cover(module: str) -> Cover | None:
    """What covers a module, by its path from the root ("backend/api/app.py"); None where nothing does."""
    parts = module.removesuffix(".py").split("/")
    names = ("/".join(parts[:count]) for count in range(len(parts), 0, -1))
    return next((COVERS[name] for name in names if name in COVERS), None)
