"""What is saved in the .blend, as Blender's properties, and the engines' own settings among them."""
