"""What every language says of one kind of thing, side by side."""
