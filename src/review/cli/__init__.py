"""The command line: words in, values of the library out, printed for people or as JSON."""

from review.cli.app import app, main

__all__ = ["app", "main"]
