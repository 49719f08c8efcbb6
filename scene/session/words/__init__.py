"""What is written: the final prompt, and texts that Blender shows in a window of their own."""
