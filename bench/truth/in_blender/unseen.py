"""Scenes that are only scored: the engine was not made on them. Runs in a Python that has bpy."""

from __future__ import annotations

import math
import random

import bpy

from bench.truth.in_blender.parts import ball, box, camera, leaves, light, material, patterned, pole, world


def loft():
    """A hall with columns and beams, a brick wall, a mirror, a wall of glass, a long table, stairs."""
    rng = random.Random(5)
    boards = patterned("boards", "brick", (0.5, 0.42, 0.33), (0.44, 0.36, 0.28), 1.3, Mortar=(0.25, 0.2, 0.16, 1))
    flat = (0, math.pi / 2, 0)
    brick = patterned(
        "brick", "brick", (0.5, 0.24, 0.17), (0.4, 0.2, 0.15), 2.5, rotation=flat, Mortar=(0.6, 0.55, 0.5, 1)
    )
    white, steel = material("white", (0.78, 0.78, 0.76)), material("steel", (0.12, 0.13, 0.14))
    box(boards, (0, 6, -0.05), (10, 16, 0.1))
    box(white, (0, 6, 4.05), (10, 16, 0.1))
    box(brick, (-5.05, 6, 2), (0.1, 16, 4))
    box(white, (5.05, 6, 2), (0.1, 16, 4))
    for y, tint in ((-2.05, (0.6, 0.62, 0.6)), (14.05, (0.3, 0.38, 0.42))):
        box(material("end", tint), (0, y, 2), (10, 0.1, 4))
    for y in (1, 5, 9, 12.5):
        box(steel, (0, y, 3.8), (10, 0.2, 0.3))
        for x in (-2.6, 2.6):
            pole(steel, (x, y, 1.9), 0.13, 3.8)
    mirror = material("mirror", (0.85, 0.87, 0.88), 0.05)
    mirror.node_tree.nodes["Principled BSDF"].inputs["Metallic"].default_value = 1.0
    box(steel, (-4.97, 4.2, 1.5), (0.04, 1.7, 2.3))
    box(mirror, (-4.95, 4.2, 1.5), (0.04, 1.6, 2.2))
    glass = material("glass", (0.95, 1, 0.98), 0.02)
    shader = glass.node_tree.nodes["Principled BSDF"].inputs
    shader["Transmission Weight"].default_value, shader["IOR"].default_value = 1.0, 1.02
    for k in range(4):
        box(glass, (1.6 + 0.9 * k, 7.4, 1.4), (0.86, 0.02, 2.7))
        box(steel, (1.15 + 0.9 * k, 7.4, 1.4), (0.04, 0.05, 2.8))
    wood = patterned("oak", "noise", (0.42, 0.28, 0.16), (0.5, 0.35, 0.2), 9)
    box(wood, (-1.0, 5.2, 0.74), (1.0, 3.2, 0.06), bevel=0.015)
    for a in (-0.4, 0.4):
        for b in (-1.4, 1.4):
            box(steel, (-1.0 + a, 5.2 + b, 0.36), (0.05, 0.05, 0.72))
    for k in range(4):
        for side in (-1, 1):
            x, y = -1.0 + 0.75 * side, 4.05 + 0.78 * k
            pole(material("stool", [rng.uniform(0.1, 0.7) for _ in range(3)]), (x, y, 0.47), 0.19, 0.06)
            for a in range(3):
                angle = 2.1 * a + k
                pole(steel, (x + 0.13 * math.cos(angle), y + 0.13 * math.sin(angle), 0.22), 0.012, 0.44)
    for k in range(5):
        pole(steel, (-1.0, 4.0 + 0.6 * k, 3.0), 0.008, 1.6)
        ball(material("bulb", (0.9, 0.8, 0.5)), (-1.0, 4.0 + 0.6 * k, 2.15), 0.09)
    for k in range(9):
        box(wood, (4.3, 9.2 + 0.3 * k, 0.2 + 0.22 * k), (1.2, 0.3, 0.05))
        pole(steel, (3.72, 9.2 + 0.3 * k, 0.65 + 0.22 * k), 0.012, 0.9)
    sofa = patterned("felt", "noise", (0.3, 0.12, 0.14), (0.42, 0.18, 0.18), 10)
    box(sofa, (3.2, 3.6, 0.3), (2.2, 0.9, 0.42), (0, 0, 0.5), bevel=0.08)
    box(sofa, (3.0, 3.95, 0.65), (2.2, 0.22, 0.5), (0, 0, 0.5), bevel=0.08)
    for x, y in ((-4.3, 8), (4.3, 1.6), (-3.9, 12.8)):
        pole(material("tub", (0.3, 0.3, 0.32)), (x, y, 0.3), 0.26, 0.6)
        leaves(patterned("palm", "noise", (0.08, 0.25, 0.06), (0.2, 0.42, 0.12), 3), (x, y, 1.25), 0.6, 320, 0.09, rng)
    for y in (0.5, 8.0, 11.0):
        art = patterned("print", "wave", *[[rng.uniform(0, 0.8) for _ in range(3)] for _ in range(2)], 3)
        box(steel, (4.97, y, 1.8), (0.04, 1.5, 1.1))
        box(art, (4.95, y, 1.8), (0.04, 1.4, 1.0))
    for y in (1.0, 6.0, 11.0):
        light("AREA", (0.6, y, 3.6), 120, size=2.5)
    world(0.4, (0.9, 0.95, 1))
    camera((1.2, -1.2, 1.6), (-0.5, 6, 1.3), 24)


def garden():
    """A house with a picket fence, hedges, trees, wires between poles, a bench, a path."""
    rng = random.Random(8)
    lawn = patterned("lawn", "noise", (0.1, 0.22, 0.05), (0.16, 0.3, 0.08), 6)
    gravel = patterned("gravel", "noise", (0.5, 0.46, 0.4), (0.36, 0.33, 0.3), 14)
    turned = (math.pi / 2, 0, 0)
    clinker = patterned(
        "clinker", "brick", (0.55, 0.36, 0.28), (0.45, 0.28, 0.22), 1.6, rotation=turned, Mortar=(0.7, 0.68, 0.62, 1)
    )
    white, dark = material("white", (0.8, 0.8, 0.77)), material("dark", (0.07, 0.07, 0.08))
    pane, tile = material("pane", (0.12, 0.17, 0.22)), material("tile", (0.32, 0.15, 0.12))
    box(lawn, (0, 10, -0.05), (60, 60, 0.1))
    box(gravel, (0, 6, 0.005), (1.6, 16, 0.02))
    box(clinker, (0, 16, 2.2), (11, 5, 4.4))
    for side in (-1, 1):
        box(tile, (0, 16 + side * 1.5, 5.3), (11.8, 4.0, 0.15), (side * -0.75, 0, 0))
    box(white, (0, 13.46, 1.05), (1.1, 0.1, 2.1))
    for x in (-4, -2.2, 2.2, 4):
        for z in (1.4, 3.3):
            box(white, (x, 13.47, z), (1.0, 0.1, 1.2))
            box(pane, (x, 13.43, z), (0.84, 0.1, 1.04))
            box(white, (x, 13.4, z), (0.05, 0.1, 1.1))
    for k in range(-30, 31):
        if abs(k) > 3:
            box(white, (0.26 * k, 4.6, 0.5), (0.09, 0.03, 1.0))
    for side in (-1, 1):
        for z in (0.3, 0.75):
            box(white, (side * 4.4, 4.64, z), (7.0, 0.03, 0.07))
    hedge = patterned("hedge", "noise", (0.05, 0.16, 0.04), (0.12, 0.28, 0.08), 5)
    for x, y in ((-3.2, 8), (3.4, 9), (-5.5, 11.5), (5.2, 12), (2.2, 6.2)):
        leaves(hedge, (x, y, 0.6), 0.75, 420, 0.1, rng)
    leaf = patterned("foliage", "noise", (0.07, 0.2, 0.03), (0.22, 0.36, 0.08), 2)
    bark = material("bark", (0.2, 0.13, 0.09))
    for x, y, high in ((-4.6, 6.8, 3.4), (5.6, 7.5, 3.0), (-8, 13, 4), (9, 14, 3.6), (-2.6, 2.2, 2.7)):
        pole(bark, (x, y, high / 2), 0.13, high)
        leaves(leaf, (x, y, high + 0.8), 1.4, 800, 0.14, rng)
    for x in (-9, -3, 3, 9):
        pole(dark, (x, 12.4, 3.2), 0.06, 6.4)
    for z in (5.9, 6.2):
        pole(dark, (0, 12.4, z), 0.015, 22, (0, math.pi / 2, 0))
    plank = material("plank", (0.45, 0.3, 0.18))
    for k in range(4):
        box(plank, (1.75 + 0.13 * k, 7.9, 0.45), (0.1, 1.6, 0.03))
    for y in (7.3, 8.5):
        box(dark, (1.95, y, 0.22), (0.45, 0.05, 0.44))
    for k in range(3):
        box(plank, (2.3, 7.9, 0.6 + 0.14 * k), (0.03, 1.6, 0.1))
    light("SUN", (0, 0, 20), 2.8, (0.7, 0.35, 0.2), colour=(1, 0.95, 0.86))
    world(0.8, (0.55, 0.72, 1))
    camera((-1.4, -2.5, 1.6), (0.2, 8, 1.6), 28)


def closeup():
    """Two heads over a laid table, one near and out of focus, shelves far behind; a lens wide open."""
    rng = random.Random(13)
    plaster = patterned("plaster", "noise", (0.5, 0.44, 0.36), (0.56, 0.5, 0.42), 7)
    oak = patterned("oak", "noise", (0.3, 0.19, 0.11), (0.38, 0.25, 0.15), 9)
    box(oak, (0, 3, -0.05), (7, 9, 0.1))
    box(plaster, (0, 5.55, 1.5), (7, 0.1, 3))
    for side in (-1, 1):
        box(plaster, (side * 3.55, 2, 1.5), (0.1, 9, 3))
    skin, shirt, coat = (material("skin", c) for c in ((0.62, 0.42, 0.33), (0.2, 0.3, 0.45), (0.3, 0.12, 0.12)))
    hair = patterned("hair", "wave", (0.05, 0.03, 0.02), (0.14, 0.08, 0.05), 30)
    for x, y, cloth in ((0.12, 2.1, shirt), (-0.42, 0.75, coat)):
        ball(skin, (x, y, 1.5), 0.12, (0.9, 1, 1.25))
        ball(hair, (x, y + 0.03, 1.56), 0.125, (0.95, 1, 1.15))
        ball(skin, (x, y - 0.125, 1.48), 0.025)
        pole(skin, (x, y, 1.34), 0.06, 0.16)
        ball(cloth, (x, y + 0.02, 1.08), 0.26, (1.05, 0.55, 1))
    box(oak, (0, 1.45, 0.86), (1.4, 0.7, 0.04), bevel=0.01)
    for k in range(5):
        x, y = -0.5 + 0.25 * k, 1.3 + 0.25 * rng.random()
        pole(material("glaze", [rng.uniform(0.1, 0.8) for _ in range(3)]), (x, y, 0.95), 0.03, 0.14)
    for z in (0.5, 1.0, 1.5, 2.0):
        box(oak, (0.6, 5.3, z), (3.4, 0.36, 0.03))
        at = -1.0
        while at < 2.2:
            thick, high = rng.uniform(0.03, 0.08), rng.uniform(0.2, 0.36)
            box(
                material("spine", [rng.uniform(0.05, 0.7) for _ in range(3)]),
                (at, 5.2, z + high / 2),
                (thick, 0.2, high),
            )
            at += thick + rng.choice((0.005, 0.005, 0.2))
    leaves(patterned("fern", "noise", (0.05, 0.2, 0.05), (0.16, 0.4, 0.1), 4), (-1.3, 3.6, 1.4), 0.5, 300, 0.08, rng)
    pole(material("tub", (0.4, 0.3, 0.25)), (-1.3, 3.6, 0.5), 0.2, 1.0)
    light("AREA", (1.6, 0.4, 2.6), 60, (0.3, 0.5, 0), 1.2)
    light("AREA", (-1.5, 4.2, 2.6), 40, size=1.5)
    world(0.35, (0.9, 0.95, 1))
    camera((0.05, -0.6, 1.5), (0.08, 2.1, 1.42), 50)
    lens = bpy.context.scene.camera.data.dof
    lens.use_dof, lens.focus_distance, lens.aperture_fstop = True, 2.6, 1.8
