"""The calls of the vendor's API, one module per API: thin, and ignorant of how bytes travel."""
