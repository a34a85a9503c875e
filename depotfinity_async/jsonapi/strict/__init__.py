"""Strict mode: whether a document keeps every rule of JSON:API 1.1, and each place where it does not.

:func:`check` judges a JSON tree, :func:`read` makes one from bytes, :func:`in_order` sorts what both found.
Nothing is mapped here: that is the decoder's work. The modules are named for the sections of the standard.
"""

from depotfinity_async.jsonapi.parse import MAX_DEPTH

from .document import check
from .order import in_order
from .reading import Reading, read

__all__ = ["MAX_DEPTH", "Reading", "check", "in_order", "read"]
