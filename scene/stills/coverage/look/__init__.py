"""What a picture depends on, as values that are the same where the picture would be."""
