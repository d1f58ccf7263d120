"""Prints the newest Python of this machine that syncd supports, where it is newer than the one that runs this."""

import shutil
import subprocess
import sys
from pathlib import Path

SUPPORTED = [f"3.{minor}" for minor in range(11, 15)]
ASK = "import sys; print('%d.%d' % sys.version_info[:2] if sys.version_info.releaselevel == 'final' else '')"


def version(python: str) -> str:
    """Return a Python's version, empty where it does not run (pyenv's stand-ins do not) or is no release."""
    return subprocess.run([python, "-c", ASK], check=False, capture_output=True, text=True).stdout.strip()


here = SUPPORTED.index("{}.{}".format(*sys.version_info))
for wanted in reversed(SUPPORTED[here + 1 :]):
    places = [shutil.which(f"python{wanted}"), *Path.home().glob(f".pyenv/versions/{wanted}.*/bin/python")]
    for place in filter(None, places):
        if version(str(place)) == wanted:
            print(place)
            sys.exit()
