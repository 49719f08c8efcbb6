"""The views of a camera's move: planned, taken for an order, and the walks that they are for."""
