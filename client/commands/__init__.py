"""Commands of the backend that Blender runs in its environment: accounts, exports, models, keys."""
