"""A register: the documented universe of accounts, as a CSV file."""

from connectors.register.connector import Register

__all__ = ["Register"]
