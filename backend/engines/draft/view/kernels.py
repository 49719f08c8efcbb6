"""How the draft's inner loops are compiled: see backend.kernels."""

from ....kernels import compiled, forget_earlier, helper, kernel

__all__ = ["compiled", "forget_earlier", "helper", "kernel"]
