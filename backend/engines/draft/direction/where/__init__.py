"""Where a move goes: by its verb and direction, by a phrase of place, by the thing that is named."""
