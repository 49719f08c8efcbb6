"""The guide: what the views show along a path, for engines that are told so: warp, holes, depth, poses."""
