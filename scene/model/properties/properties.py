# mypy: disable-error-code="valid-type"
"""What a .blend remembers of Take One: shots with their direction, and the takes made for them.

Only names, ids and numbers are kept here: what changes while a job runs lives in `state`, so that undo
and file load never meet it.
"""

import uuid

import bpy
from bpy.props import (
    BoolProperty,
    CollectionProperty,
    EnumProperty,
    FloatProperty,
    IntProperty,
    PointerProperty,
    StringProperty,
)

from ....client.protocol import LANGUAGES
from ...app.app import app
from ...app.errors import SceneError
from . import edit_properties, options, pictures
from .choices import MOTIONS, PLACEMENTS, SHOT_STATUSES, STILL_SOURCES, STILLS, TAKE_STATUSES, WALK_PACES
from .edit_of import take_rate
from .edit_properties import TAKEONE_PG_burn_in, length_changed

LANGUAGE_ITEMS = [(name, name, "The language that is spoken") for name in LANGUAGES]
MAX_SEED = 2**31 - 1
BESIDE_FILE = {"PATH_SUPPORTS_BLEND_RELATIVE"}  # paths may begin with //

# What a card says of a shot besides its dialogue: copied when a shot is made from another.
DIRECTION = (
    "still_source",
    "image_path",
    "prompt",
    "prompt_text",
    "sound",
    "seconds",
    "engine",
    "size_percent",
    "seed",
    "seed_lock",
    "motion",
    "stills",
    "still_count",
    "scene_facts",
)


def new_uid() -> str:
    """A short random id that stays the same through renames, undo and file load."""
    return uuid.uuid4().hex[:16]


def _is_camera(_self: object, candidate: bpy.types.Object) -> bool:
    return candidate.type == "CAMERA"


def _get_frames(self: "TAKEONE_PG_shot") -> int:
    return max(1, round(self.seconds * float(take_rate(self.id_data))))


def _set_frames(self: "TAKEONE_PG_shot", frames: int) -> None:
    self.seconds = frames / float(take_rate(self.id_data))


def _get_words(self: "TAKEONE_PG_shot") -> str:
    return prompt_of(self)


def _set_words(self: "TAKEONE_PG_shot", words: str) -> None:
    """One line goes into the prompt, more into a text block of their own: another's stays as it is."""
    if "\n" not in words:
        self.prompt_text, self.prompt = None, words
    elif words != prompt_of(self):
        self.prompt_text = bpy.data.texts.new(f"{self.name or 'Shot'} prompt")
        self.prompt_text.from_string(words)


def _set_engine_options(self: "TAKEONE_PG_shot", text: str) -> None:
    """A script gets no error from here: the panel has it."""
    try:
        options.replace(self, options.from_text(text))
    except SceneError as error:
        app().state.fail(error)


class TAKEONE_PG_option_value(bpy.types.PropertyGroup):
    """What is set of one setting of one engine, by name, so that it is kept while the engine is away."""

    name: StringProperty(name="Name", description="The option's name")
    engine: StringProperty(name="Engine", description="Id of the engine. Empty: any that has an option of this name")
    value: StringProperty(name="Value", description="The value as JSON")


class TAKEONE_PG_line(bpy.types.PropertyGroup):
    """One line of dialogue."""

    speaker: StringProperty(name="Speaker", description="Who says the line", maxlen=64)
    language: EnumProperty(
        name="Language",
        description="The language that the line is spoken in",
        items=LANGUAGE_ITEMS,
    )
    line: StringProperty(name="Line", description="The words that are spoken", maxlen=1000)


class TAKEONE_PG_take(bpy.types.PropertyGroup):
    """One clip made for a shot. `request` is JSON of all that it was asked for, so that it can be made again."""

    uid: StringProperty(name="Id", description="The take's id, which is also its job's key")
    number: IntProperty(name="Number", description="Counted up from 1 in each shot, never used twice")
    status: EnumProperty(name="Status", description="How far the take has come", items=TAKE_STATUSES, default="WAITING")
    clip: StringProperty(
        name="Clip", description="The movie file, with its sound", subtype="FILE_PATH", options=BESIDE_FILE
    )
    sidecar: StringProperty(
        name="Sidecar", description="The JSON file that says how it was made", subtype="FILE_PATH", options=BESIDE_FILE
    )
    thumbnail: StringProperty(
        name="Thumbnail", description="A small picture of the clip", subtype="FILE_PATH", options=BESIDE_FILE
    )
    still: StringProperty(
        name="Still", description="The picture that the clip starts from", subtype="FILE_PATH", options=BESIDE_FILE
    )
    engine: StringProperty(name="Engine", description="Id of the engine that made it")
    seed: IntProperty(name="Seed", description="The seed that it was made with", min=0, max=MAX_SEED)
    request: StringProperty(name="Request", description="JSON of all that was asked for")
    notes: StringProperty(name="Notes", description="What the engine says of the take")
    about: StringProperty(name="About", description="Length, size, engine and day, as the list says them")
    words: StringProperty(name="Words", description="What was asked for, its first words")
    refines: StringProperty(name="Refines", description="Id of the take that this one replaces when it is ready")
    rating: IntProperty(name="Rating", description="Stars given to this take", min=0, max=5)
    note: StringProperty(name="Note", description="A remark kept with this take")


class TAKEONE_PG_reference(bpy.types.PropertyGroup):
    """A picture of who or what is seen in a shot."""

    path: StringProperty(name="Picture", description="The picture's file", subtype="FILE_PATH", options=BESIDE_FILE)


class TAKEONE_PG_stop(bpy.types.PropertyGroup):
    """A camera that a walk goes through."""

    camera: PointerProperty(name="Camera", description="A camera on the way", type=bpy.types.Object, poll=_is_camera)


class TAKEONE_PG_client_note(bpy.types.PropertyGroup):
    """What a client said of a shot, as Read Notes took it in."""

    author: StringProperty(name="Author", description="Who said it")
    text: StringProperty(name="Note", description="What was said")
    verdict: StringProperty(name="Verdict", description="Approved, Please change, or empty")
    made: StringProperty(name="Day", description="When it was said, as ISO 8601")
    take: StringProperty(name="Take", description="Id of the take that it is about. Empty: the one in the cut")


class TAKEONE_PG_shot(bpy.types.PropertyGroup):
    """One place in the edit: a camera, a still, a direction, a length."""

    uid: StringProperty(name="Id", description="Stays the same through renames; empty on the blank card")
    name: StringProperty(name="Shot", description="The shot's name; its takes and strips are named after it")
    camera: PointerProperty(
        name="Camera",
        description="The camera that sees this shot. Empty: the scene's active camera, kept from the first take on",
        type=bpy.types.Object,
        poll=_is_camera,
    )
    frame: IntProperty(name="Frame", description="The frame of the scene that the shot's still is taken at")
    frame_lock: BoolProperty(
        name="Keep Frame",
        description="Take the still at this frame, wherever the scene stands. Switched on by the first take",
    )
    still_source: EnumProperty(
        name="Still", description="Where the picture that starts the clip comes from", items=STILL_SOURCES
    )
    image_path: StringProperty(
        name="Image",
        description="The picture to animate",
        subtype="FILE_PATH",
        options=BESIDE_FILE,
        update=pictures.chosen,
    )
    still: StringProperty(
        name="Last Still", description="The picture that was sent last", subtype="FILE_PATH", options=BESIDE_FILE
    )
    prompt: StringProperty(
        name="Prompt",
        description="What should happen: the camera's move and what is seen, such as 'slowly push in'",
        options={"TEXTEDIT_UPDATE"},
    )
    prompt_text: PointerProperty(
        name="Text",
        description="A text block that holds a longer prompt. Used instead of the one-line prompt",
        type=bpy.types.Text,
    )
    words: StringProperty(
        name="Direction",
        description="The prompt, wherever it is written: in one line or in a text block",
        get=_get_words,
        set=_set_words,
        options={"SKIP_SAVE"},
    )
    lines: CollectionProperty(name="Dialogue", description="What is said, line after line", type=TAKEONE_PG_line)
    active_line: IntProperty(
        name="Line", description="The line of dialogue that the buttons act on", options={"SKIP_SAVE"}
    )
    references: CollectionProperty(
        name="References",
        description="Pictures of who and what is seen, in the order in which the words name them",
        type=TAKEONE_PG_reference,
    )
    sound: StringProperty(name="Sound", description="What is heard, such as 'rain on a window, distant traffic'")
    seconds: FloatProperty(
        name="Seconds",
        description="The length of the shot in seconds",
        default=5.0,
        min=0.1,
        soft_max=15.0,
        max=180.0,
        step=50,
        precision=2,
        unit="TIME_ABSOLUTE",
        update=length_changed,
    )
    frames: IntProperty(
        name="Frames",
        description="The length of the shot in frames of the edit",
        min=1,
        get=_get_frames,
        set=_set_frames,
    )
    engine: StringProperty(
        name="Engine",
        description="Id of what turns the still into a clip. Empty: the first one that the server lists and can run",
    )
    option_values: CollectionProperty(
        name="Option Values", description="What is set of the engines' own settings", type=TAKEONE_PG_option_value
    )
    engine_options: StringProperty(
        name="Engine Options",
        description='JSON of what is set of the engine\'s own settings, such as {"quality": "best"}',
        get=options.to_text,
        set=_set_engine_options,
        options={"SKIP_SAVE"},
    )
    size_percent: IntProperty(
        name="Size",
        description="Size of the clip, in percent of the scene's render size",
        default=100,
        min=10,
        max=100,
        subtype="PERCENTAGE",
    )
    seed: IntProperty(
        name="Seed",
        description="The same seed and the same direction give the same take",
        min=0,
        max=MAX_SEED,
    )
    seed_lock: BoolProperty(
        name="Lock Seed", description="Keep this seed for the next take. Unlocked, every take gets a new one"
    )
    motion: EnumProperty(name="Camera Move", description="What moves the camera", items=MOTIONS)
    stills: EnumProperty(name="Stills", description="How many stills the camera's move is made of", items=STILLS)
    still_count: IntProperty(
        name="Stills", description="How many stills the camera's move is made of", default=5, min=1, max=32
    )
    walk_cameras: CollectionProperty(
        name="Walk",
        description="The cameras that the shot's camera walks through, in their order",
        type=TAKEONE_PG_stop,
    )
    walk_by: EnumProperty(name="Pace", description="What sets the pace of a walk", items=WALK_PACES)
    walk_speed: FloatProperty(
        name="Speed",
        description="How fast the camera walks",
        default=1.2,
        min=0.05,
        soft_max=3.0,
        max=50.0,
        unit="VELOCITY",
    )
    walk_seconds: FloatProperty(
        name="Length",
        description="How long the walk takes in all",
        default=20.0,
        min=1.0,
        max=180.0,
        unit="TIME_ABSOLUTE",
    )
    walk_notes: StringProperty(name="Notes", description="What there is to say of the walk")
    scene_facts: BoolProperty(
        name="Tell the Scene",
        description="Add what Blender knows to the prompt: lens, shot size, time of day, named objects in view",
        default=True,
    )
    final_prompt: PointerProperty(
        name="Final Prompt",
        description="What the model is given, word for word, instead of what the engine makes of the direction",
        type=bpy.types.Text,
    )
    final_prompt_of: StringProperty(
        name="Final Prompt Of", description="Mark of the direction that the final prompt was made from"
    )
    status: EnumProperty(name="Status", description="How far the shot has come", items=SHOT_STATUSES)
    rating: IntProperty(name="Rating", description="Stars given to the shot", min=0, max=5)
    note: StringProperty(name="Note", description="A remark kept with the shot")
    client_notes: CollectionProperty(
        name="Client's Notes", description="What clients said of the shot", type=TAKEONE_PG_client_note
    )
    takes: CollectionProperty(name="Takes", description="All clips made for the shot", type=TAKEONE_PG_take)
    active_take: IntProperty(name="Take", description="The take that the buttons act on")
    last_number: IntProperty(name="Last Number", description="The highest number that a take of this shot ever had")
    current_take: StringProperty(name="Current Take", description="Id of the take that the edit shows")


class TAKEONE_PG_scene(bpy.types.PropertyGroup):
    """Everything Take One keeps in a scene."""

    file_id: StringProperty(name="File Id", description="The same in all scenes of a file")
    uid: StringProperty(name="Id", description="The scene's own, so that jobs find it again")
    shots: CollectionProperty(name="Shots", description="The shots of this scene", type=TAKEONE_PG_shot)
    active_shot: IntProperty(name="Shot", description="The shot that the panels show")
    blank: PointerProperty(
        name="Blank Card", description="The card to fill in before there is a first shot", type=TAKEONE_PG_shot
    )
    still_seconds: FloatProperty(
        name="Still Seconds", description="How long a million pixels of the last still took to render"
    )
    still_kind: StringProperty(name="Still Kind", description="The engine and samples of that still")
    placement: EnumProperty(name="Place", description="Where a finished take goes in the edit", items=PLACEMENTS)
    handles: IntProperty(
        name="Handles",
        description="Frames of the edit that a take has before and after the shot, for transitions and trims",
        default=12,
        min=0,
        soft_max=48,
        max=240,
    )
    ripple: BoolProperty(
        name="Ripple",
        description="Let what follows move where a shot gets longer, shorter, another place, or is removed",
    )
    ripple_others: BoolProperty(
        name="Own Strips",
        description="Let your own strips on other channels move too. Those that begin earlier or are locked stay",
        default=True,
    )
    ambience: StringProperty(
        name="Ambience",
        description="What is heard through all shots of the scene, such as 'rain'. Empty: each shot's own sound",
    )
    bed_takes: EnumProperty(
        name="Takes", description="What is heard of the takes over an ambience bed", items=edit_properties.BED_TAKES
    )
    burn_in: PointerProperty(name="Burn-Ins", description="Text over the film", type=TAKEONE_PG_burn_in)
    ripple_markers: BoolProperty(name="Markers", description="Let the markers of the edit move too", default=True)


CLASSES = (
    *edit_properties.CLASSES,
    TAKEONE_PG_option_value,
    TAKEONE_PG_line,
    TAKEONE_PG_reference,
    TAKEONE_PG_take,
    TAKEONE_PG_stop,
    TAKEONE_PG_client_note,
    TAKEONE_PG_shot,
    TAKEONE_PG_scene,
)


def prompt_of(shot: TAKEONE_PG_shot) -> str:
    """The direction's words: the text block's where one is chosen, else the one-line prompt."""
    return (shot.prompt_text.as_string() if shot.prompt_text else shot.prompt).strip()


def stills_of(shot: TAKEONE_PG_shot) -> int | None:
    """How many stills the card asks for; None for as many as are needed."""
    return {"ONE": 1, "NUMBER": int(shot.still_count)}.get(shot.stills)


def register() -> None:
    """Add `scene.take_one`."""
    for cls in CLASSES:
        bpy.utils.register_class(cls)
    bpy.types.Scene.take_one = PointerProperty(type=TAKEONE_PG_scene)


def unregister() -> None:
    """Remove `scene.take_one`. What is in the .blend stays there."""
    del bpy.types.Scene.take_one
    for cls in reversed(CLASSES):
        bpy.utils.unregister_class(cls)
