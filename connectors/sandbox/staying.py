"""What stays of a sandbox in a folder: its certificate authority, and where asked the records of both vendors.

Both keys and the records are read and written by their owner alone. The records are in Python's own notation
(pickle), which runs what it reads: a file that others could have written is refused.
"""

from __future__ import annotations

import copyreg
import os
import pickle
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import trustme
from cryptography import x509
from lxml import etree

CERTIFICATE, KEY, SERVER, RECORDS = "ca.pem", "ca.key", "server.pem", "records.pickle"
_NOT_KEPT = frozenset({"faults", "routes"})  # what the command line says anew, and what the code itself makes
copyreg.pickle(etree._Element, lambda element: (etree.fromstring, (etree.tostring(element),)))


def certify(folder: Path, names: Iterable[str]) -> None:
    """Have `folder` hold an authority and a server's certificate for `names`: those that are there stay, if they do.

    Raises ValueError where the folder holds no authority that can be read.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    authority = _authority(folder)
    wanted = {*names}
    if not wanted <= _names(folder / SERVER):
        issued = authority.issue_cert(*sorted(wanted | _names(folder / SERVER)))
        _write(folder / SERVER, issued.private_key_and_cert_chain_pem.bytes())


def _authority(folder: Path) -> trustme.CA:
    certificate, key = folder / CERTIFICATE, folder / KEY
    if certificate.exists() and key.exists():
        try:
            return trustme.CA.from_pem(certificate.read_bytes(), key.read_bytes())
        except ValueError as error:
            raise ValueError(f"{certificate} and {key} are no certificate authority: remove both") from error
    authority = trustme.CA()
    _write(key, authority.private_key_pem.bytes())
    certificate.write_bytes(authority.cert_pem.bytes())
    (folder / SERVER).unlink(missing_ok=True)  # another authority's
    return authority


def _names(server: Path) -> set[str]:
    """The names and addresses that a server's certificate is for; none where there is no such file."""
    if not server.exists():
        return set()
    extensions = x509.load_pem_x509_certificate(server.read_bytes()).extensions
    names = extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return {str(name.value) for name in names}


def keep(folder: Path, made_of: Mapping[str, Any], clock: Any, simulators: Mapping[str, Any]) -> None:
    """Write down both vendors as they are now, and of which options they were made."""
    state = {
        system: {name: value for name, value in vars(simulator).items() if name not in _NOT_KEPT}
        for system, simulator in simulators.items()
        if simulator is not None
    }
    _write(folder / RECORDS, pickle.dumps({"made_of": dict(made_of), "clock": clock, "vendors": state}))


def take_back(folder: Path, made_of: Mapping[str, Any], simulators: Mapping[str, Any]) -> Callable[[], Any] | None:
    """Put both vendors back to what was kept, and return their clock; None where nothing was.

    Raises ValueError for records made of other options, that others could have written, or that cannot be read.
    """
    file = folder / RECORDS
    if not file.exists():
        return None
    status = file.stat()
    if status.st_mode & 0o022 or status.st_uid != os.geteuid():
        raise ValueError(f"{file} could have been written by somebody else: remove it, or make it yours alone")
    try:
        kept = pickle.loads(file.read_bytes())
        clock: Callable[[], Any] = kept["clock"]
        vendors, before = kept["vendors"], kept["made_of"]
    except (pickle.UnpicklingError, AttributeError, ImportError, EOFError, KeyError, TypeError, IndexError) as error:
        raise ValueError(f"{file} was not written by this version of the sandbox: remove it") from error
    if others := [name for name in made_of if before.get(name) != made_of[name]]:
        were = ", ".join(f"--{name} {before.get(name)}" for name in others)
        raise ValueError(f"{file} was made with {were}: give the same options, or another folder")
    for system, state in vendors.items():
        vars(simulators[system]).update(state)
    if (hubspot := simulators.get("hubspot")) is not None:  # bursts are counted by a clock that starts with the machine
        hubspot.portal.limits.burst.clear()
        hubspot.portal.limits.searches.clear()
    return clock


def _write(file: Path, content: bytes) -> None:
    """Write a file that only its owner reads, whole or not at all."""
    beside = file.with_name(f".{file.name}")
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as opened:
        opened.write(content)
    beside.replace(file)
