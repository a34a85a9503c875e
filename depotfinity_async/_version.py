"""The version of the package, written once: the build and the User-Agent header both read it here."""

__version__ = "0.1.0"
