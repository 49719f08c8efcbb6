"""What is in the .blend: properties, takes, the shot that is shown, rates, paths; and what panels show meanwhile."""
