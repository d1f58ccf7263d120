import pytest

pytest.register_assert_rewrite("tests.connectors.contract")  # no test module by its name, but full of assertions
