"""What is in the .blend: properties, takes, the shot that is shown, rates, paths, and which files are ours."""
