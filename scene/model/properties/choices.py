"""What can be chosen of shots and takes, as menus show it."""

STILL_SOURCES = (
    (
        "RENDER",
        "Render",
        "Render the camera's picture with the scene's own engine and settings",
        "RENDER_STILL",
        0,
    ),
    (
        "VIEWPORT",
        "Viewport Render",
        "Render the camera's picture fast, with the viewport's shading",
        "SHADING_RENDERED",
        1,
    ),
    ("RESULT", "Render Result", "Take the picture that was rendered last", "RENDER_RESULT", 2),
    (
        "IMAGE",
        "Image File",
        "Take a picture from disk. It has no depth, so the camera move is plainer",
        "FILE_IMAGE",
        3,
    ),
    ("PLAYHEAD", "Frame Under Playhead", "Take the frame that the sequencer shows now", "SEQ_PREVIEW", 4),
)
MOTIONS = (
    ("WORDS", "Prompt", "The direction's words choose the camera move"),
    ("CAMERA", "Camera's Animation", "Follow the scene camera's own animation over the length of the shot"),
)
STILLS = (
    ("AUTO", "Automatic", "As many stills along the camera's move as show 98 % of it, if the engine uses them"),
    ("NUMBER", "Number", "So many stills along the camera's move, where they show most of it"),
    ("ONE", "One", "The first frame's still only"),
)
WALK_PACES = (
    ("SPEED", "Speed", "The camera walks at an even speed, and the walk takes as long as it does"),
    ("LENGTH", "Length", "The walk takes so long, and the camera is as fast as that asks for"),
)
PLACEMENTS = (
    (
        "REPLACE",
        "Replace Current Take",
        "Put the take in the place of the shot's current one, keeping trims and effects. A shot's first take goes "
        "after the last strip",
    ),
    ("AFTER", "After Last Strip", "Lay the take after the last strip of the edit"),
    ("PLAYHEAD", "At Playhead", "Lay the take where the playhead stands"),
)
SHOT_STATUSES = (
    ("TODO", "To Do", "Nobody has looked at it yet", "BLANK1", 0),
    ("WORK", "In Work", "It is being worked on", "TIME", 1),
    ("REVIEW", "For Review", "Someone should look at it", "HIDE_OFF", 2),
    ("APPROVED", "Approved", "It is as it should be", "CHECKMARK", 3),
    ("OMITTED", "Omitted", "It is not part of the film", "X", 4),
)
TAKE_STATUSES = (
    ("WAITING", "Waiting", "Sent, not ready yet"),
    ("READY", "Ready", "The clip is on disk"),
    ("FAILED", "Failed", "The engine could not make it"),
    ("CANCELLED", "Cancelled", "Stopped before it was ready"),
)
