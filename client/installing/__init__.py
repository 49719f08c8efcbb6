"""The backend's environment: the Pythons there are, pip, graphics cards, installing and updating."""
