"""A flat of three rooms in a row, with doorways. Runs in a Python that has bpy."""

from __future__ import annotations

import math
import random

import bpy

from bench.truth.in_blender.parts import add, ball, box, camera, leaves, light, material, patterned, pole, world

WIDE, HIGH, THICK = 6.0, 2.7, 0.12
ROOMS = ((0.0, 5.5), (5.5, 9.5), (9.5, 14.0))  # from y to y
DOORS = ((5.5, -1.0), (9.5, 1.2))  # y of the wall, x of the opening's middle
DOOR = 1.05, 2.1


def flat():
    rng = random.Random(21)
    _shell()
    _living(rng)
    _dining(rng)
    _bedroom(rng)
    for low, high in ROOMS:
        light("AREA", (0, (low + high) / 2, HIGH - 0.08), 75, size=2.2)
    world(0.5, (0.9, 0.95, 1))
    camera((0.6, 0.7, 1.55), (-0.4, 4, 1.3), 22)


def _shell():
    planks = patterned("planks", "brick", (0.40, 0.25, 0.13), (0.31, 0.18, 0.10), 2.0, Mortar=(0.12, 0.07, 0.04, 1))
    tiles = patterned("tiles", "checker", (0.62, 0.60, 0.55), (0.38, 0.40, 0.42), 2.5)
    white = material("white", (0.8, 0.8, 0.78))
    tints = (
        material("cream", (0.72, 0.69, 0.6)),
        material("sage", (0.45, 0.55, 0.45)),
        material("blue", (0.42, 0.5, 0.6)),
    )
    end = ROOMS[-1][1]
    box(white, (0, end / 2, HIGH + 0.05), (WIDE, end, 0.1))
    for (low, high), tint, floor in zip(ROOMS, tints, (planks, tiles, planks), strict=True):
        middle, length = (low + high) / 2, high - low
        box(floor, (0, middle, -0.05), (WIDE, length, 0.1))
        for side in (-1, 1):
            box(tint, (side * (WIDE / 2 + 0.05), middle, HIGH / 2), (0.1, length, HIGH))
            box(white, (side * (WIDE / 2 - 0.015), middle, 0.06), (0.03, length, 0.12))
    box(tints[0], (0, -0.05, HIGH / 2), (WIDE, 0.1, HIGH))
    box(tints[2], (0, end + 0.05, HIGH / 2), (WIDE, 0.1, HIGH))
    wide, high = DOOR
    for y, x in DOORS:
        left, right = x - wide / 2 + WIDE / 2, WIDE / 2 - x - wide / 2
        box(tints[0], (-WIDE / 2 + left / 2, y, HIGH / 2), (left, THICK, HIGH))
        box(tints[0], (WIDE / 2 - right / 2, y, HIGH / 2), (right, THICK, HIGH))
        box(tints[0], (x, y, (HIGH + high) / 2), (wide, THICK, HIGH - high))
        for side in (-1, 1):
            box(white, (x + side * wide / 2, y, high / 2), (0.08, THICK + 0.06, high))
        box(white, (x, y, high), (wide + 0.16, THICK + 0.06, 0.08))


def _window(x, y, wide, high):
    outside = material("outside", (0, 0, 0))
    shader = outside.node_tree.nodes["Principled BSDF"]
    shader.inputs["Emission Color"].default_value = (0.75, 0.87, 1, 1)
    shader.inputs["Emission Strength"].default_value = 1.0
    white, side = material("frame", (0.8, 0.8, 0.8)), 1 if x > 0 else -1
    box(outside, (x, y, 1.5), (0.03, wide, high))
    for k in (-0.5, 0.0, 0.5):
        box(white, (x - side * 0.03, y + k * wide, 1.5), (0.06, 0.06, high + 0.06))
        box(white, (x - side * 0.03, y, 1.5 + k * high), (0.06, wide + 0.06, 0.06))


def _art(x, y, z, wide, high, seed):
    """A picture that hangs on a side wall."""
    ink, side = random.Random(seed), 1 if x > 0 else -1
    colours = [[ink.uniform(0, 0.8) for _ in range(3)] for _ in range(2)]
    box(material("rail", (0.05, 0.05, 0.06)), (x, y, z), (0.04, wide + 0.08, high + 0.08))
    box(patterned("art", "noise", *colours, 3 + seed), (x - side * 0.015, y, z), (0.04, wide, high))


def _chair(x, y, turn, tint):
    seat = material("seat", tint)
    c, s = math.cos(turn), math.sin(turn)
    box(seat, (x, y, 0.45), (0.44, 0.44, 0.05), (0, 0, turn), bevel=0.015)
    box(seat, (x - 0.2 * s, y + 0.2 * c, 0.75), (0.44, 0.04, 0.5), (0, 0, turn), bevel=0.015)
    for a, b in ((-0.18, -0.18), (0.18, -0.18), (0.18, 0.18), (-0.18, 0.18)):
        pole(material("leg", (0.06, 0.06, 0.06)), (x + a * c - b * s, y + a * s + b * c, 0.22), 0.016, 0.44)


def _shelf(x, y, length, rng):
    wood, side = material("wood", (0.35, 0.2, 0.1)), 1 if x > 0 else -1
    for z in (0.05, 0.5, 0.95, 1.4, 1.85):
        box(wood, (x, y, z), (0.34, length, 0.03))
    for end in (-1, 1):
        box(wood, (x, y + end * length / 2, 0.95), (0.34, 0.03, 1.84))
    for z in (0.07, 0.52, 0.97, 1.42):
        at = y - length / 2 + 0.05
        while at < y + length / 2 - 0.08:
            thick, high = rng.uniform(0.03, 0.07), rng.uniform(0.24, 0.38)
            spine = material("spine", [rng.uniform(0.05, 0.7) for _ in range(3)])
            box(spine, (x - side * 0.03, at, z + high / 2), (0.22, thick, high))
            at += thick + (0.004 if rng.random() < 0.85 else 0.25)


def _plant(x, y, rng, size=0.42):
    pole(material("pot", (0.5, 0.25, 0.15)), (x, y, 0.2), 0.18, 0.4)
    leaf = patterned("leaf", "noise", (0.05, 0.2, 0.04), (0.15, 0.4, 0.1), 4)
    leaves(leaf, (x, y, 0.45 + size), size, 240, 0.065, rng)


def _sofa(x, y, turn, tints):
    cloth = patterned("cloth", "noise", *tints, 12)
    c, s = math.cos(turn), math.sin(turn)

    def part(made, a, b, z, size, bevel):
        box(made, (x + a * c - b * s, y + a * s + b * c, z), size, (0, 0, turn), bevel=bevel)

    part(cloth, 0, 0, 0.28, (2.1, 0.9, 0.4), 0.08)
    part(cloth, 0, 0.36, 0.62, (2.1, 0.22, 0.55), 0.08)
    for end in (-1, 1):
        part(cloth, end, -0.03, 0.42, (0.22, 0.85, 0.55), 0.07)
        part(material("cushion", (0.7, 0.42, 0.1)), 0.6 * end, 0.18, 0.64, (0.42, 0.16, 0.38), 0.07)


def _living(rng):
    rug = patterned("rug", "checker", (0.5, 0.12, 0.1), (0.66, 0.5, 0.36), 3)
    box(rug, (0.6, 2.9, 0.01), (2.6, 2.2, 0.02))
    _sofa(2.4, 3.0, -math.pi / 2, ((0.16, 0.24, 0.36), (0.24, 0.34, 0.48)))
    wood, dark = material("wood", (0.35, 0.2, 0.1)), material("dark", (0.05, 0.05, 0.06))
    box(wood, (0.9, 2.9, 0.42), (0.6, 1.1, 0.05), bevel=0.01)
    for a in (-0.22, 0.22):
        for b in (-0.45, 0.45):
            pole(dark, (0.9 + a, 2.9 + b, 0.2), 0.02, 0.4)
    ball(material("bowl", (0.8, 0.8, 0.75)), (0.9, 3.1, 0.53), 0.1, (1, 1, 0.7))
    for k, tint in enumerate(((0.6, 0.1, 0.1), (0.1, 0.3, 0.5), (0.75, 0.7, 0.55))):
        box(material("book", tint), (0.85, 2.6, 0.46 + 0.03 * k), (0.22, 0.3, 0.028), (0, 0, 0.3 * k))
    _shelf(-2.8, 2.4, 1.8, rng)
    _window(2.97, 1.0, 1.2, 1.2)
    _art(-2.97, 4.5, 1.6, 0.7, 0.5, 1)
    box(dark, (1.2, 5.42, 1.5), (1.3, 0.04, 0.8))
    box(patterned("canvas", "noise", (0.7, 0.3, 0.1), (0.1, 0.2, 0.5), 4), (1.2, 5.4, 1.5), (1.2, 0.04, 0.7))
    _plant(2.4, 4.9, rng)
    box(wood, (-1.2, 0.3, 0.4), (1.6, 0.4, 0.8), bevel=0.01)
    _art(2.97, 2.9, 1.75, 0.9, 0.6, 2)
    box(dark, (-1.2, 0.02, 1.5), (1.0, 0.04, 0.6))
    pole(dark, (-2.4, 0.6, 0.8), 0.018, 1.6)
    shade = {"radius1": 0.25, "radius2": 0.15, "depth": 0.34, "vertices": 32}

    cone = bpy.ops.mesh.primitive_cone_add
    add(cone, material("shade", (0.85, 0.78, 0.6)), (-2.4, 0.6, 1.65), (1, 1, 1), (0, 0, 0), True, **shade)


def _dining(rng):
    wood = material("table", (0.45, 0.28, 0.14))
    box(wood, (1.3, 7.4, 0.74), (1.0, 1.8, 0.05), bevel=0.01)
    for a in (-0.4, 0.4):
        for b in (-0.8, 0.8):
            box(wood, (1.3 + a, 7.4 + b, 0.36), (0.06, 0.06, 0.72))
    for y in (6.9, 7.8):
        _chair(0.55, y, math.pi / 2, (0.62, 0.32, 0.12))
        _chair(2.05, y, -math.pi / 2, (0.62, 0.32, 0.12))
    for y, tint in ((7.0, (0.7, 0.7, 0.72)), (7.8, (0.15, 0.35, 0.4))):
        pole(material("vase", tint), (1.3, y, 0.87), 0.06, 0.22)
    _shelf(-2.8, 7.6, 1.5, rng)
    _window(2.97, 7.5, 1.4, 1.2)
    _plant(-2.4, 6.1, rng, 0.36)
    box(material("dark", (0.05, 0.05, 0.06)), (-1.2, 9.42, 1.55), (0.9, 0.04, 1.1))
    box(patterned("poster", "checker", (0.75, 0.6, 0.2), (0.2, 0.25, 0.3), 5), (-1.2, 9.4, 1.55), (0.84, 0.04, 1.04))


def _bedroom(rng):
    quilt = patterned("quilt", "checker", (0.7, 0.66, 0.6), (0.35, 0.42, 0.55), 4)
    box(material("frame", (0.3, 0.18, 0.1)), (-1.6, 12.6, 0.2), (1.9, 2.1, 0.4), bevel=0.02)
    box(quilt, (-1.6, 12.4, 0.5), (1.8, 1.9, 0.24), bevel=0.08)
    box(material("head", (0.3, 0.18, 0.1)), (-1.6, 13.75, 0.7), (1.9, 0.1, 1.1), bevel=0.03)
    for x in (-2.1, -1.1):
        box(material("pillow", (0.82, 0.82, 0.8)), (x, 13.35, 0.7), (0.7, 0.4, 0.18), (0.2, 0, 0), bevel=0.08)
    box(material("wardrobe", (0.55, 0.5, 0.42)), (2.55, 12.5, 1.05), (0.8, 2.2, 2.1), bevel=0.01)
    for y in (11.95, 12.5, 13.05):
        box(material("gap", (0.1, 0.1, 0.1)), (2.14, y, 1.05), (0.02, 0.02, 2.0))
    _window(-2.97, 11.2, 1.3, 1.2)
    rug = patterned("mat", "noise", (0.5, 0.3, 0.25), (0.65, 0.5, 0.4), 5)
    box(rug, (0.6, 12.0, 0.01), (1.4, 2.0, 0.02))
    _chair(0.4, 13.3, 0.2, (0.2, 0.35, 0.3))
    _plant(1.4, 13.5, rng, 0.34)
    box(material("rail", (0.05, 0.05, 0.06)), (0.7, 13.97, 1.6), (1.0, 0.04, 0.7))
    box(patterned("sea", "wave", (0.1, 0.3, 0.5), (0.7, 0.75, 0.7), 2), (0.7, 13.95, 1.6), (0.94, 0.04, 0.64))
