"""What is set by a wrong name is named, and what names hold reaches no terminal raw."""

import pytest

from syncd.errors import ConfigError
from syncd.settings import read

MISSPELT = [
    ("SYNCD_HUBSPOT_WRITE", "SYNCD_HUBSPOT_WRITES"),
    ("SYNCD_HUBSPOT_WRIETS", "SYNCD_HUBSPOT_WRITES"),
    ("syncd_hubspot_write", "SYNCD_HUBSPOT_WRITES"),
    ("SYNCD_DATABASE", "SYNCD_DATABASE_URL"),
    ("SYNCD_DATABASEURL", "SYNCD_DATABASE_URL"),
    ("SYNCD_DB_URL", "SYNCD_DATABASE_URL"),
    ("SYNCD_HUBSPOT_TOKENFILE", "SYNCD_HUBSPOT_TOKEN_FILE"),
    ("SYNCD_SALESFORCE_SECRET", "SYNCD_SALESFORCE_CLIENT_SECRET"),
    ("SYNCD_INTERVAL", "SYNCD_INTERVAL_MINUTES"),
    ("SYNCD_MAPPING", "SYNCD_MAPPINGS"),
    ("SYNCD_REGISTER", "SYNCD_REGISTERS"),
    ("SYNCD_LOGLEVEL", "SYNCD_LOG_LEVEL"),
    ("SYNCD_PORT", "SYNCD_HTTP_PORT"),
]


@pytest.mark.parametrize(("name", "meant"), MISSPELT)
def test_a_misspelt_setting_is_named_at_start_with_its_nearest_real_one(name: str, meant: str) -> None:
    with pytest.raises(ConfigError) as raised:
        read({name: "9090"})
    assert str(raised.value) == f"{name}: there is no such setting; did you mean {meant}?"


def test_all_misspelt_settings_are_named_at_once() -> None:
    with pytest.raises(ConfigError) as raised:
        read(dict.fromkeys(("SYNCD_HUBSPOT_WRITE", "SYNCD_INTERVAL"), "1"))
    assert len(str(raised.value).splitlines()) == 2


OTHERS = {
    "SYNCD_SERVICE_HOST": "10.0.0.1",
    "SYNCD_SERVICE_PORT": "8080",
    "SYNCD_SERVICE_PORT_HTTP": "8080",
    "SYNCD_PORT": "tcp://10.0.0.1:8080",
    "SYNCD_PORT_8080_TCP": "tcp://10.0.0.1:8080",
    "SYNCD_PORT_8080_TCP_ADDR": "10.0.0.1",
    "SYNCD_EVAL_DATA": "/data",
    "SYNCD_IMAGE_TAG": "1.0",
    "PATH": "/bin",
}


@pytest.mark.parametrize("name", OTHERS)
def test_what_others_set_is_left_alone(name: str) -> None:
    read({name: OTHERS[name]})


def test_every_setting_and_its_file_are_known() -> None:
    read({"SYNCD_HTTP_PORT": "", "SYNCD_HTTP_PORT_FILE": "", "syncd_http_port": ""})
