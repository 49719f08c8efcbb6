"""The client of the `/v1/videos` protocol, and the keeper of the local backend. No bpy, no backend code."""
