"""From words to moves: clauses, phrases, subjects, vocabulary."""
