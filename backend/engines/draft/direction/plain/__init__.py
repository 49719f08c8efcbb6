"""From what people type, in any language, to the plain English that read.py knows."""
