"""The types of what travels between Blender and a backend, each defined once. Standard library only.

The extension reads this package relatively, the backend as `client.protocol`. Each type checks itself where it is made
and raises Unfit, so that a value that exists is one that can be used. `codec` is the one way
from these types to JSON and back.
"""

from .camera import Camera, CameraPath, Focus, Keyframe, Thing, WordsPath
from .direction import LANGUAGES, Direction, Line
from .engine import Choice, EngineInfo, Option, Price, Tariff
from .job import Binding, BoundPart, Job, JobState, Result
from .problem import Problem, ProblemError, Unfit
from .request import MAX_VIEWS, TakeRequest
from .several import MAX_SHOTS, PartOfClip
from .view import View

__all__ = [
    "LANGUAGES",
    "MAX_SHOTS",
    "MAX_VIEWS",
    "Binding",
    "BoundPart",
    "Camera",
    "CameraPath",
    "Choice",
    "Direction",
    "EngineInfo",
    "Focus",
    "Job",
    "JobState",
    "Keyframe",
    "Line",
    "Option",
    "PartOfClip",
    "Price",
    "Problem",
    "ProblemError",
    "Result",
    "TakeRequest",
    "Tariff",
    "Thing",
    "Unfit",
    "View",
    "WordsPath",
]
