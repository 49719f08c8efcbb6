"""The parts of the shot's card in the sidebar."""
