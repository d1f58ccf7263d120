"""The components' own unit tests pass, by sfdx-lwc-jest."""

import pytest

from tests.lightning.toolchain import PACKAGE, REQUIRED, Missing, modules, run


def test_the_components_unit_tests_pass() -> None:
    try:
        modules()
    except Missing as missing:
        if REQUIRED:
            raise
        pytest.skip(f"without {missing}")
    if not list((PACKAGE / "force-app").rglob("__tests__/*.test.js")):
        pytest.skip("no component has a unit test yet")
    tested = run(PACKAGE / "node_modules/.bin/sfdx-lwc-jest", "--", "--silent")
    assert tested.returncode == 0, tested.stderr[-4000:]
