"""Strict mode: whether a document keeps every rule of JSON:API 1.1, and each place where it does not.

:func:`check` judges a JSON tree, :func:`read` makes one from bytes. Nothing is mapped here: that is the
decoder's work. The modules are named for the sections of the standard.
"""

from .document import check
from .reading import MAX_DEPTH, Reading, read

__all__ = ["MAX_DEPTH", "Reading", "check", "read"]
