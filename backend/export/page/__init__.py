"""The client page: one file that plays in a browser, without a network."""

from .page import to_html

__all__ = ["to_html"]
