"""The components' own unit tests pass, by sfdx-lwc-jest."""

import pytest

from tests.lightning.toolchain import PACKAGE, run


@pytest.mark.usefixtures("npm_packages")
def test_the_components_unit_tests_pass() -> None:
    tested = run(PACKAGE / "node_modules/.bin/sfdx-lwc-jest", "--", "--silent")
    assert tested.returncode == 0, tested.stderr[-4000:]
