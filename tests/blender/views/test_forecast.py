"""What the stills of a path will show of each moment, told before anything is rendered."""

from __future__ import annotations

from dataclasses import replace

import bpy
import flats
import numpy as np
import pytest
from take_one.scene.stills.camera import camera_track, path_of, with_unseen
from take_one.scene.stills.coverage import forecast, plan, surfaces
from take_one.scene.stills.coverage.points import met, scattered, seen_by
from take_one.scene.stills.coverage.rays import Trees
from take_one.scene.stills.coverage.steps import at_once

FIRST = 21


def truck(scene, end, count, lens=24.0):
    """A camera at (0, 0, 1.5) that looks along x and goes to y = `end`: its poses, and the scene's surfaces."""
    camera = flats.eye(scene, "Eye", (0, 0, 1.5), (4, 0, 1.5), lens)
    for frame, y in ((FIRST, 0.0), (FIRST + count - 1, end)):
        camera.location.y = y
        camera.keyframe_insert("location", frame=frame)
    scene.frame_set(FIRST)
    bpy.context.view_layer.update()
    return camera, at_once(surfaces.read(scene, np.zeros((1, 3))))


@pytest.fixture
def wall():
    scene = flats.flat(0, furniture=0)
    for thing in list(bpy.data.objects):
        bpy.data.objects.remove(thing)
    flats.box(scene, "wall", (4, -30, -20), (4.2, 30, 20))
    return scene


@pytest.mark.parametrize(("near", "is_there"), [(0.1, False), (0.01, True)])
def test_what_is_nearer_than_the_lens_shows_is_not_there(wall, near, is_there):
    flats.box(wall, "plate", (0.05, -1, 0), (0.06, 1, 3))
    camera, found = truck(wall, 0.4, 12)
    camera.data.clip_start = near
    track = camera_track(wall, camera, FIRST, 12)
    trees = Trees(found)
    at_once(trees.build())
    points = at_once(met(track, [7], scattered(track, [7]), trees, found.size))
    assert np.allclose(points.place[:, 0], 0.05 if is_there else 4.0, atol=1e-4)
    points.place[:, 0] = 3.999  # on the wall: whether the still sees it past the plate
    sees, _ = at_once(seen_by(track, 0, trees, points, np.ones(len(points.sky), bool)))
    inside = np.abs(points.place[:, 1]) < 2
    assert sees[inside].all() != is_there and sees[inside].any() != is_there


def test_what_is_hidden_by_less_than_half_a_pixel_is_shown(wall):
    """A view's own pixels beside an edge hold what is behind it too; in the last view that is guessed."""
    for bar in range(24):
        y = -3 + 0.25 * bar
        flats.box(wall, "bar", (2, y, -3), (2.002, y + 0.024, 5))
    camera, found = truck(wall, 0.1, 12)
    for wide, least, most in ((96, 0.95, 0.99), (960, 0.75, 0.94)):  # a pixel is 31 mm wide at the bars, and 3 mm
        wall.render.resolution_x, wall.render.resolution_y = wide, wide * 9 // 16
        track = camera_track(wall, camera, FIRST, 12)
        last = track.poses[-1]
        back = np.array(last.matrix) * (-1, 1, -1, 1)  # it looks away from the wall
        turned = replace(track, poses=(*track.poses[:-1], replace(last, matrix=tuple(map(tuple, back.tolist())))))
        assert least < at_once(plan.coverage(turned, found, (0, 11))).covered[10] < most
        assert 0.75 < at_once(plan.coverage(track, found, (0,))).covered[10] < 0.94


def test_what_stands_before_what_is_shown_is_told(wall):
    """A plate beside the still's frame comes into the picture before the wall, which the still shows."""
    flats.box(wall, "plate", (1, 0.8, -5), (1.01, 3, 5))
    camera, found = truck(wall, 0.6, 12)
    track = camera_track(wall, camera, FIRST, 12)
    made = at_once(plan.coverage(track, found, (0,)))
    edge = 28 * (0.75 - 0.2) / 1.5  # of the columns: 0.75 is half a picture at 1 m
    assert made.moments == tuple(range(12)) and made.unseen[0] == ((0.0,),)
    assert made.covered[-1] == pytest.approx(1 - edge / 28, abs=0.01)
    told = np.array(made.unseen[-1])
    assert told.shape == (16, 28)
    assert told[:, : int(edge)] == pytest.approx(1.0, abs=1e-6) and (told[:, int(edge) + 1 :] == 0).all()
    wall.unit_settings.system, wall.unit_settings.scale_length = "METRIC", 0.25
    path = with_unseen(wall, path_of(wall, camera, track), made)
    assert [len(key.unseen) for key in path.keyframes] == [len(rows) for rows in made.unseen]
    assert (np.array(path.keyframes[-1].unseen)[:, : int(edge)] == 0.25).all()
    assert path.keyframes[-1].matrix[0][3] == pytest.approx(-0.6 * 0.25)


def test_of_more_moments_than_may_tell_it_some_do_evenly(wall):
    """Many stills of a long shot have its beginning and end looked at beside each of them."""
    camera, _ = truck(wall, 0.6, 301)
    track = camera_track(wall, camera, FIRST, 301)
    rows = ((1.23456, 0.0), (98765.0, 0.00012345))
    made = plan.Plan((0,), tuple(range(301)), (1.0,) * 301, "", unseen=(rows,) * 301)
    path = with_unseen(wall, path_of(wall, camera, track), made)
    told = [at for at, key in enumerate(path.keyframes) if key.unseen]
    assert len(told) == 256 and (told[0], told[-1]) == (0, 300)
    assert set(np.diff(told)) == {1, 2}
    assert path.keyframes[300].unseen == ((1.235, 0.0), (98760.0, 0.0001234))


def test_moments_are_looked_at_closely_where_the_forecast_jumps():
    shares = {0: 1.0, 8: 0.9, 12: 0.89, 13: 0.5, 14: 0.5}
    assert forecast._between({at: forecast.Foreseen(share) for at, share in shares.items()}) == [4]
    scene = flats.flat(2)
    camera = flats.tour(scene, 140, FIRST, rooms=2)
    bpy.context.view_layer.update()
    track = camera_track(scene, camera, FIRST, 140)
    found = at_once(surfaces.read(scene, np.array([pose.place for pose in track.poses[::14]])))
    made = at_once(plan.coverage(track, found, (0, 62)))
    gaps, jumps = np.diff(made.moments), np.abs(np.diff(made.covered))
    assert forecast.LOOKED_AT < len(made.moments) < 140
    assert gaps.max() <= 2 and (gaps == 2).any() and (gaps == 1).any()
    assert not ((gaps > 1) & (jumps > forecast.JUMP)).any()
