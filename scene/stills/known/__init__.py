"""What Blender knows of a view without a picture: facts in words, the named things in it, a few distances."""
