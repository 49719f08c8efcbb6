"""How much, how far, how large and how long, from the words of other languages to English figures and marks."""
