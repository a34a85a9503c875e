"""Settings of a client and the places they come from.

Importing this package reads no file, no environment and loads no HTTP library.
"""

from .load import ConnectionArguments, SettingArguments, load_settings
from .secret import Secret
from .settings import REGIONS, Settings

__all__ = ["REGIONS", "ConnectionArguments", "Secret", "SettingArguments", "Settings", "load_settings"]
