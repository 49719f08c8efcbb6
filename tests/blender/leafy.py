"""Materials that pictures decide where they are: to test leaves with."""

from __future__ import annotations

import bpy
import numpy as np


def material(name, alpha=None, image=None, output="Alpha", between=None, mix=None):
    """A material of a Principled BSDF, or of a `mix` with nothing first or second, by a number or an image."""
    made = bpy.data.materials.new(name)
    made.use_nodes = True
    tree = made.node_tree
    shader = tree.nodes["Principled BSDF"]
    socket = shader.inputs["Alpha"]
    if mix is not None:
        node, clear = tree.nodes.new("ShaderNodeMixShader"), tree.nodes.new("ShaderNodeBsdfTransparent")
        parts = (clear, shader) if mix == "first" else (shader, clear)
        for part, place in zip(parts, node.inputs[1:], strict=True):
            tree.links.new(part.outputs[0], place)
        tree.links.new(node.outputs[0], tree.get_output_node("ALL").inputs[0])
        socket = node.inputs[0]
    if alpha is not None:
        socket.default_value = alpha
    if image is not None:
        texture = tree.nodes.new("ShaderNodeTexImage")
        texture.image = image
        source = texture.outputs[output]
        for kind in between or ():
            node = tree.nodes.new(kind)
            tree.links.new(source, node.inputs[0])
            source = node.outputs[0]
        tree.links.new(source, socket)
    return made


def image(there, colour=0.25, alpha=True):
    """Its alpha is where it is `there` [height, width], row 0 at the bottom; its red is the other way round."""
    there = np.array(there, np.float32)
    high, wide = there.shape
    made = bpy.data.images.new("Leaf", wide, high, alpha=alpha)
    pixels = np.stack([(1 - there) * (1 - colour) + colour / 2, there * 0, there * 0, there], -1)
    made.pixels.foreach_set(pixels.astype(np.float32).ravel())
    return made


THERE = [[1, 0, 0], [1, 1, 0]]
