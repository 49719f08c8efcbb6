"""Picture files by their bytes, without Blender: EXR, PNG, what EXIF says."""
