"""The audio-video transformer: its shape, its weights, where these lie, its arithmetic."""
