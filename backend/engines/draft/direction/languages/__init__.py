"""The product's other languages: their words of cameras, things and what happens, as English."""
