"""How the transformers share the GPU's memory, and all that is loaded."""
