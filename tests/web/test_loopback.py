"""Whether a house listens on this machine alone: what is open to everybody here rests on it."""

import pytest

from syncd.address import Address


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.10", "::1", "localhost"])
def test_nobody_but_this_machine_reaches_loopback(host: str) -> None:
    assert Address(host).is_loopback


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.1.2.3", "fe80::1", "no-such-host.invalid", "", "a..b", "\x00"])
def test_what_is_anything_else_or_unknown_is_not_taken_for_it(host: str) -> None:
    assert not Address(host).is_loopback
