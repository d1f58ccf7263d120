"""A register: the documented universe of accounts, as a file of rows."""

from connectors.register.connector import Register
from connectors.register.saved import Form

__all__ = ["Form", "Register"]
