"""The engine itself: load, plan, build the layers, and draw frames as they are asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING

from client.protocol import LANGUAGES, MAX_SHOTS, MAX_VIEWS, EngineInfo, TakeRequest, WordsPath
from client.protocol.several import cuts, split

from ..engine import FIRST_TIME, Cancelled, Clip, Progress

if TYPE_CHECKING:
    import numpy as np

    from .view.film import Film

PREPARED = 0.1  # share of the whole that is done once the layers are built
PREVIEWS = 12  # small pictures shown while a clip is made
COVERED = 0.9  # share of a frame that views should show
MENTIONED = 0.005  # share of a frame that no view shows, from which on the take says so
MAX_PIXELS = 4096 * 2304
MAX_SECONDS = 180.0


class DraftEngine:
    """See backend.engines.engine.Engine."""

    def capabilities(self) -> EngineInfo:
        return EngineInfo(
            id="draft",
            name="Draft",
            description="A real camera move through the still's depth, sound made from its words and a scratch "
            "voice. Runs on any machine, in seconds; people in the picture do not move.",
            max_seconds=MAX_SECONDS,
            max_pixels=MAX_PIXELS,
            languages=LANGUAGES,
            sound=True,
            depth=True,
            camera_path=True,
            views=MAX_VIEWS,
            dialogue=True,
            words_path=True,
            handles=True,
            shots=MAX_SHOTS,
            shot_requests=True,
            shot_stills=True,
            overscan=True,
            finer_views=True,
        )

    def words_path(self, request: TakeRequest, whole: bool = True) -> WordsPath:
        """See backend.engines.engine.PathOfWords."""
        from .camera.moves import SEVERAL, path_of

        camera = request.still.camera if request.still else None
        views = SEVERAL if whole else 1
        move = path_of(request.direction.prompt, camera, request.seconds, request.seed, views=views)
        return WordsPath(move.path, move.notes)

    def generate(self, request: TakeRequest, progress: Progress, cancelled: Callable[[], bool]) -> Clip:
        """Raises EngineError for a still, depth, camera or path that cannot be used; Cancelled."""
        if request.shots:
            return _several(request, progress, cancelled)
        from .sound.soundtrack import soundtrack

        with ThreadPoolExecutor(1) as beside:
            sounding = beside.submit(soundtrack, request, request.frame_count / float(request.fps))
            clip = _silent(request, progress, cancelled)
            clip.sound, sound_notes = sounding.result()
        clip.notes = (*clip.notes, *sound_notes)
        return clip


def _silent(request: TakeRequest, progress: Progress, cancelled: Callable[[], bool]) -> Clip:
    """The clip of one shot, without its sound."""
    from ...kernels import compiled, forget_earlier
    from .shot import begin

    progress(0.0, "Reading the still")
    shot = begin(request)
    film = shot.film
    _stop_if(cancelled)
    first = not compiled()
    if first:
        forget_earlier()
    progress(0.02, FIRST_TIME if first else "Building depth layers")
    film.start()
    if first:
        film.rehearse()
    _stop_if(cancelled)
    progress(PREPARED, "Moving the camera")
    clip = Clip(
        width=request.width,
        height=request.height,
        fps=request.fps,
        frame_count=request.frame_count,
        notes=(*shot.notes, *shot.left_out),
        path=shot.path,
        facts={"model": "draft", "depth": shot.still.has_depth, "views": len(film.places)},
    )
    clip.frames = _frames(film, clip, progress, cancelled)
    return clip


def _stop_if(cancelled: Callable[[], bool]) -> None:
    if cancelled():
        raise Cancelled


def _several(request: TakeRequest, progress: Progress, cancelled: Callable[[], bool]) -> Clip:
    """Several shots in one clip, each drawn when its turn comes."""
    from .sound.soundtrack import of_several

    progress(0.0, "Making the sound")
    shots = split(request)
    sound, notes = of_several(shots, request.fps)
    _stop_if(cancelled)
    clip = Clip(
        width=request.width,
        height=request.height,
        fps=request.fps,
        frame_count=request.frame_count,
        sound=sound,
        notes=notes,
        facts={"model": "draft", "cuts": list(cuts(request.shots, request.fps)[:-1])},
    )
    clip.frames = _one_after_the_other(shots, clip, progress, cancelled)
    return clip


def _one_after_the_other(
    shots: Sequence[TakeRequest], clip: Clip, progress: Progress, cancelled: Callable[[], bool]
) -> Iterator[np.ndarray]:
    for number, shot in enumerate(shots, 1):
        made = _silent(shot, partial(_said_of, progress, number, len(shots)), cancelled)
        yield from made.frames
        clip.notes = (*clip.notes, *(f"Shot {number}: {note}" for note in made.notes))


def _said_of(
    progress: Progress, number: int, count: int, fraction: float, stage: str, preview: np.ndarray | None = None
) -> None:
    progress((number - 1 + fraction) / count, f"Shot {number} of {count}: {stage}", preview)


def _frames(film: Film, clip: Clip, progress: Progress, cancelled: Callable[[], bool]) -> Iterator[np.ndarray]:
    """The frames of `film`, drawn one to a core; with the last one `clip` gets notes on what no view showed."""
    import numpy as np

    from .shot import workers

    count = len(film.poses)
    show = max(1, count // PREVIEWS)
    frames = film.frames(workers())
    for index in range(count):
        if cancelled():
            raise Cancelled
        frame = next(frames)
        done = PREPARED + (1 - PREPARED) * (index + 1) / count
        progress(done, "Moving the camera", frame[::4, ::4].copy() if index % show == 0 else None)
        if index == count - 1:
            clip.notes = (*clip.notes, *coverage_notes(film.unseen, float(clip.fps)))
            clip.facts["unseen"] = round(float(np.mean(film.unseen)), 4)
        yield frame


def coverage_notes(unseen: Sequence[float], fps: float) -> tuple[str, ...]:
    """A note on what no view showed, from each frame's share of it; none where that is next to nothing."""
    if max(unseen) < MENTIONED:
        return ()
    import numpy as np

    short = np.flatnonzero(np.array(unseen) > 1 - COVERED)
    said = f"{_percent(float(np.mean(unseen)))} of the picture is guessed: no view shows it."
    if not len(short):
        return (said,)
    worst = int(np.argmax(unseen))
    return (
        f"{said} From {short[0] / fps:.1f} s on it is more than {_percent(1 - COVERED)}, at {worst / fps:.1f} s "
        f"{_percent(unseen[worst])}: render more views along the path, or move less.",
    )


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %" if share >= 0.01 else f"{100 * share:.1f} %"
