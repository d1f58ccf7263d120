"""What the client does to the log behind our back."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def keep_level(name: str = "urllib3") -> Iterator[None]:
    """Put a logger's level back at the end: building any of the client's API objects resets that of urllib3."""
    logger = logging.getLogger(name)
    level = logger.level
    try:
        yield
    finally:
        logger.setLevel(level)
