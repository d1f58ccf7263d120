"""Who sits at the command line, as the audit log names them."""

from __future__ import annotations

import os


def actor() -> str:
    """`cli:ann`: who called sudo, else whose process this is; the number of a user without a name."""
    return f"cli:{os.environ.get('SUDO_USER') or _user()}"


def _user() -> str:
    try:
        import pwd  # not everywhere

        return pwd.getpwuid(os.getuid()).pw_name
    except (ImportError, KeyError):  # a container's user may stand in no list
        return str(os.getuid()) if hasattr(os, "getuid") else "somebody"
