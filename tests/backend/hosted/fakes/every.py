"""Every provider's fake, the variable with its key, and an engine of its."""

from __future__ import annotations

from tests.backend.hosted.fakes.fake import Fake
from tests.backend.hosted.fakes.fal import FakeFal
from tests.backend.hosted.fakes.gemini import FakeGemini
from tests.backend.hosted.fakes.model_studio import FakeModelStudio
from tests.backend.hosted.fakes.runway import FakeRunway
from tests.backend.hosted.fakes.videos import FakeVideos

FAKES: dict[str, tuple[type[Fake], str]] = {
    "fal": (FakeFal, "FAL_KEY"),
    "model_studio": (FakeModelStudio, "DASHSCOPE_API_KEY"),
    "runway": (FakeRunway, "RUNWAYML_API_SECRET"),
    "gemini": (FakeGemini, "GEMINI_API_KEY"),
    "videos": (FakeVideos, "TAKE_ONE_VIDEOS_KEY"),
}
ENGINE = {
    "fal": "fal-happyhorse-1.1",
    "model_studio": "happyhorse-1.1",
    "runway": "runway-gen-4.5",
    "gemini": "gemini-omni-1.1",
    "videos": "videos-server",
}
LISTED = ("fal", "model_studio", "videos")  # where an order can be looked for
