"""The published files: which there are, what a folder of them is, what is ready here, and their tensors."""
