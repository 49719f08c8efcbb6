"""How much of a material's surface is there: its alpha, whatever shaders, mixes and groups it comes from.

Cycles takes what is between there and not there by chance, so the depth asks for the alpha as a number of each place.
Nodes beside the material's own work it out; in a group a copy of the group does, which tells it by an output of its
own. All of them bear our name.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

import bpy

OURS = "Take One Depth"  # what the names of our nodes and groups begin with
ROUGH = 0.25  # frosted glass, from here on, shows no room behind it
HALF = 0.5
Groups = tuple[bpy.types.Node, ...]
Value: TypeAlias = "bpy.types.NodeSocket | float"


def source(socket: bpy.types.NodeSocket) -> bpy.types.NodeLink | None:
    """The link that brings a socket its value, through bends and what is muted."""
    seen = set()
    while socket.is_linked:
        link = socket.links[0]
        node = link.from_node
        if node.type == "REROUTE":
            through = node.inputs[0]
        elif node.mute:
            passed = (one.from_socket for one in node.internal_links if one.to_socket == link.from_socket)
            through = next(passed, None)
        else:
            return link
        if through is None or through in seen:
            return None
        seen.add(through)
        socket = through
    return None


def varies(socket: bpy.types.NodeSocket) -> bool:
    """Whether a number is another at other places or frames than its input says."""
    return bool(socket.is_linked) or socket.path_from_id("default_value") in set(_animated(socket.id_data))


def masks(socket: bpy.types.NodeSocket, groups: Groups) -> bool:
    """Whether a number is another at other places or frames, and not by the angle of the view: glass that reflects more
    at its edges is glass there too. `groups` are the group nodes around it, outermost first."""
    if not varies(socket):
        return False
    waiting, seen = [(socket, groups)], set()
    while waiting:
        socket, groups = waiting.pop()
        link = source(socket)
        if link is None or (link.from_socket, groups) in seen:
            continue
        seen.add((link.from_socket, groups))
        node = link.from_node
        if node.type in {"FRESNEL", "LAYER_WEIGHT"} or link.from_socket.identifier == "Incoming":
            return False
        if node.type in {"GROUP", "GROUP_INPUT"}:
            inner, around = _into(node, link.from_socket.identifier, groups)
            waiting += [(inner, around)] if inner is not None else []
        else:
            waiting += [(one, groups) for one in node.inputs]
    return True


def is_smooth(node: bpy.types.Node) -> bool:
    """Whether what a Glass, Refraction or Principled BSDF lets through is seen as through glass: 0 counts where a
    texture decides."""
    rough, metallic = (_plain(node, name) for name in ("Roughness", "Metallic"))
    return rough < ROUGH and metallic < HALF


def _plain(node: bpy.types.Node, name: str) -> float:
    socket = node.inputs.get(name)
    return 0.0 if socket is None or socket.is_linked else float(socket.default_value)


def most_absent(socket: bpy.types.NodeSocket, groups: Groups = ()) -> float:
    """Of the shader at this input: how much of it may be not there at some place or frame, 0 to 1. `groups` are the
    group nodes around it, outermost first."""
    node, groups = shader_at(socket, groups)
    if node is None:
        return 0.0
    if node.type in {"MIX_SHADER", "ADD_SHADER"}:
        one, two = (most_absent(inner, groups) for inner in node.inputs if inner.type == "SHADER")
        if node.type == "ADD_SHADER":
            return min(1.0, one + two)
        factor = node.inputs[0]
        return max(one, two) if varies(factor) else one + (two - one) * min(1.0, max(0.0, factor.default_value))
    if node.type == "BSDF_TRANSPARENT":
        colour = node.inputs["Color"]
        return 1.0 if varies(colour) else min(1.0, sum(colour.default_value[:3]) / 3)
    if node.type == "BSDF_PRINCIPLED":
        alpha = node.inputs["Alpha"]
        return 1.0 if varies(alpha) else 1 - float(alpha.default_value)
    return 0.0


def shader_at(socket: bpy.types.NodeSocket, groups: Groups) -> tuple[bpy.types.Node | None, Groups]:
    """The node whose shader comes to this input, in whatever group it is, and the group nodes around it; None for none.
    `groups` are those around the input, outermost first."""
    link = source(socket)
    while link is not None and link.from_node.type in {"GROUP", "GROUP_INPUT"}:
        inner, groups = _into(link.from_node, link.from_socket.identifier, groups)
        link = source(inner) if inner is not None else None
    return (link.from_node if link is not None else None), groups


def _into(node: bpy.types.Node, identifier: str, groups: Groups) -> tuple[bpy.types.NodeSocket | None, Groups]:
    """Into a group by its output, or out of it by its input: the socket there, and the group nodes around it."""
    if node.type == "GROUP":
        output = _output(node.node_tree)
        sockets, groups = output.inputs if output else (), (*groups, node)
    else:
        sockets, groups = groups[-1].inputs if groups else (), groups[:-1]
    return next((one for one in sockets if one.identifier == identifier), None), groups


def remove_groups() -> None:
    """Remove the copies of groups, whose nodes are gone."""
    for group in [one for one in bpy.data.node_groups if one.name.startswith(OURS) and one.library is None]:
        bpy.data.node_groups.remove(group)


@dataclass
class There:
    """Builds in `tree`. `now` is the same tree as it is evaluated at the frame, for numbers that are animated, of which
    `depsgraph` knows others (None: nothing is animated). `handed` are the shaders that come from outside of a group, by
    the input's identifier: the input of ours that brings their alpha. With `glass`, what is seen through is as good as
    not there. `groups` are the group nodes around the tree, outermost first."""

    tree: bpy.types.NodeTree
    now: bpy.types.NodeTree
    depsgraph: bpy.types.Depsgraph | None
    handed: dict[str, str] = field(default_factory=dict)
    glass: bool = False
    groups: Groups = ()

    def alpha(self, surface: bpy.types.NodeSocket) -> Value:
        """Of the shader at this input; a number where it is the same everywhere."""
        link = source(surface)
        if link is None:
            return 1.0
        node = link.from_node
        if node.type == "MIX_SHADER":
            one, two = (self.alpha(inner) for inner in node.inputs if inner.type == "SHADER")
            return self._mixed(self._factor(node), one, two)
        if node.type == "ADD_SHADER":
            one, two = (self.alpha(inner) for inner in node.inputs if inner.type == "SHADER")
            return self._math("SUBTRACT", self._math("ADD", one, two), 1.0)
        if node.type == "BSDF_TRANSPARENT":
            return self._math("SUBTRACT", 1.0, self._number(node, "Color"))
        if node.type == "BSDF_PRINCIPLED":
            alpha = self._number(node, "Alpha")
            return self._mixed(self._transmission(node), alpha, 0.0) if self.glass else alpha
        if self.glass and node.type in {"BSDF_GLASS", "BSDF_REFRACTION"}:
            return float(not is_smooth(node))
        if node.type == "GROUP" and node.node_tree is not None:
            return self._of_group(node, link.from_socket.identifier)
        if node.type == "GROUP_INPUT":
            return self._from_outside(node, link.from_socket)
        return 1.0

    def _factor(self, node: bpy.types.Node) -> Value:
        """Of a mix: where it goes by the angle, glass counts as one in halves."""
        by_angle = self.glass and varies(node.inputs[0]) and not masks(node.inputs[0], self.groups)
        return HALF if by_angle else self._number(node, 0)

    def _transmission(self, node: bpy.types.Node) -> Value:
        """How much of a Principled BSDF is glass."""
        weight = node.inputs["Transmission Weight"]
        by_angle = varies(weight) and not masks(weight, self.groups)
        return self._number(node, "Transmission Weight") if is_smooth(node) and not by_angle else 0.0

    def _of_group(self, node: bpy.types.Node, identifier: str) -> Value:
        now = node.node_tree.evaluated_get(self.depsgraph) if self.depsgraph is not None else node.node_tree
        copy = node.node_tree.copy()
        copy.name = OURS
        inner = There(copy, now, self.depsgraph, glass=self.glass, groups=(*self.groups, node))
        output = _output(copy)
        shader = next((one for one in output.inputs if one.identifier == identifier), None) if output else None
        alpha = inner.alpha(shader) if shader is not None else 1.0
        if output is None or isinstance(alpha, float):
            bpy.data.node_groups.remove(copy)
            return alpha
        told = copy.interface.new_socket(OURS, in_out="OUTPUT", socket_type="NodeSocketFloat").identifier
        copy.links.new(alpha, next(one for one in output.inputs if one.identifier == told))
        twin = add(self.tree, "ShaderNodeGroup")
        twin.node_tree = copy
        self._give(node, twin, inner.handed)
        return next(one for one in twin.outputs if one.identifier == told)

    def _give(self, node: bpy.types.Node, twin: bpy.types.Node, handed: dict[str, str]) -> None:
        """The inputs of a group node, for its twin."""
        sockets, as_now = {one.identifier: one for one in twin.inputs}, self.now.nodes[node.name].inputs
        for index, given in enumerate(node.inputs):
            if given.identifier in handed:
                self._bring(self.alpha(given), sockets[handed[given.identifier]])
            elif given.is_linked:
                self.tree.links.new(given.links[0].from_socket, sockets[given.identifier])
            elif hasattr(given, "default_value"):
                sockets[given.identifier].default_value = as_now[index].default_value

    def _from_outside(self, node: bpy.types.Node, shader: bpy.types.NodeSocket) -> Value:
        if shader.identifier not in self.handed:
            new = self.tree.interface.new_socket(OURS, in_out="INPUT", socket_type="NodeSocketFloat")
            self.handed[shader.identifier] = new.identifier
        return next(one for one in node.outputs if one.identifier == self.handed[shader.identifier])

    def _number(self, node: bpy.types.Node, name: str | int) -> Value:
        """An input: where its number comes from, else the number (of a colour the mean), 0 to 1."""
        link = source(node.inputs[name])
        if link is not None:
            return link.from_socket
        value = self.now.nodes[node.name].inputs[name].default_value
        return min(1.0, max(0.0, float(value) if isinstance(value, float) else sum(value[:3]) / 3))

    def _mixed(self, factor: Value, one: Value, two: Value) -> Value:
        if isinstance(one, float) and isinstance(two, float):
            if one == two or isinstance(factor, float):
                return one + (two - one) * (factor if isinstance(factor, float) else 0.0)
            if (one, two) == (0.0, 1.0):
                return factor
        mix = add(self.tree, "ShaderNodeMix")
        for value, socket in zip((factor, one, two), (mix.inputs[0], mix.inputs[2], mix.inputs[3]), strict=True):
            self._bring(value, socket)
        return mix.outputs[0]

    def _math(self, operation: str, one: Value, two: Value) -> Value:
        if isinstance(one, float) and isinstance(two, float):
            return one + two if operation == "ADD" else one - two
        node = add(self.tree, "ShaderNodeMath")
        node.operation = operation
        self._bring(one, node.inputs[0])
        self._bring(two, node.inputs[1])
        return node.outputs[0]

    def _bring(self, value: Value, socket: bpy.types.NodeSocket) -> None:
        if isinstance(value, float):
            socket.default_value = value
        else:
            self.tree.links.new(value, socket)


def is_animated(tree: bpy.types.NodeTree) -> bool:
    """Whether numbers of this tree, or of a group in it, are other ones at other frames."""
    return any(True for one in (tree, *groups_in(tree)) for _ in _animated(one))


def groups_in(tree: bpy.types.NodeTree) -> list[bpy.types.NodeTree]:
    """All groups in a tree, those within others too."""
    found: list[bpy.types.NodeTree] = []
    waiting = [tree]
    while waiting:
        inner = [node.node_tree for node in waiting.pop().nodes if node.type == "GROUP" and node.node_tree is not None]
        new = [one for one in dict.fromkeys(inner) if one not in found]
        waiting += new
        found += new
    return found


def add(tree: bpy.types.NodeTree, kind: str) -> bpy.types.Node:
    """A node of ours."""
    node = tree.nodes.new(kind)
    node.name = OURS
    return node


def _output(tree: bpy.types.NodeTree | None) -> bpy.types.Node | None:
    nodes = tree.nodes if tree is not None else ()
    return next((one for one in nodes if one.type == "GROUP_OUTPUT" and one.is_active_output), None)


def _animated(block: bpy.types.ID) -> Iterator[str]:
    """The paths of what drivers and keys change in a block."""
    data = block.animation_data
    if data is None:
        return
    yield from (driver.data_path for driver in data.drivers)
    actions = [data.action, *(strip.action for track in data.nla_tracks for strip in track.strips)]
    for action in actions:
        for layer in action.layers if action is not None else ():
            for strip in layer.strips:
                yield from (curve.data_path for bag in strip.channelbags for curve in bag.fcurves)
