"""An empty list of registers is empty, and a bound that everybody passes is none."""

from typing import Any

import pytest

from syncd.agreement.standards import COUNTRIES
from syncd.settings import read
from tests.cli.conftest import Syncd
from tests.rules.agreements import changed, complaints

# ---- no register -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", ["", " ", ","])
def test_an_empty_list_of_registers_is_none(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SYNCD_REGISTERS", value)
    assert read().registers == ()
    monkeypatch.setenv("SYNCD_REGISTERS", "fdic, ours")
    assert read().registers == ("fdic", "ours")
    monkeypatch.delenv("SYNCD_REGISTERS")
    assert read().registers == ("fdic",)


def test_an_installation_without_any_register_runs(begun: Syncd) -> None:
    begun.done("cycle", SYNCD_REGISTERS="")
    streams = begun.done("status", "--json").json["streams"]
    assert {stream["system"] for stream in streams} == {"hubspot", "salesforce"}


# ---- a bound that everybody passes -------------------------------------------------------------------------------

EVERYBODY = {
    "one employee": {"size": {"measure": "employees", "min": 1}},
    "a cent": {"size": {"measure": "total_assets", "currency": "USD", "min": "0.01"}},
    "no more than there are": {"size": {"measure": "employees", "max": 50_000_000}},
    "a trillion times": {"size": {"measure": "annual_revenue", "currency": "USD", "min": 0, "max": 10**15}},
    "one employee in every country": {"size": {"measure": "employees", "min": 1}, "countries": sorted(COUNTRIES)},
}


@pytest.mark.parametrize("segment", EVERYBODY.values(), ids=EVERYBODY)
def test_a_bound_that_everybody_passes_is_refused_like_everyone(segment: dict[str, Any]) -> None:
    text = changed(served_market={"segments": [{"name": "a", **segment}]})
    assert any("the bounds exclude nobody" in complaint for complaint in complaints(text))


@pytest.mark.parametrize("least", [2, 10])
def test_a_bound_that_some_do_not_reach_is_one(least: int) -> None:
    segment = {"name": "a", "size": {"measure": "employees", "min": least}, "countries": ["US"]}
    assert complaints(changed(served_market={"segments": [segment]})) == []


SECTORS = {
    "NAICS 2022 521 to 525": ("NAICS", 2022, ["521", "522", "523", "524", "525"], "52 Finance and Insurance"),
    "all of construction": ("NAICS", 2022, ["236", "237", "238"], "23 Construction"),
    "every leaf of a SIC group": ("SIC", 1987, ["7361", "7363", "737", "7311"], None),
    "SIC 601 to 609": ("SIC", 1987, ["601", "602", "603", "606", "608", "609"], "60 "),
    "a part of it": ("NAICS", 2022, ["521", "522", "523", "524"], None),
}


@pytest.mark.parametrize(("system", "year", "codes", "sector"), SECTORS.values(), ids=SECTORS)
def test_codes_that_add_up_to_a_sector_are_refused_like_the_sector(
    system: str, year: int, codes: list[str], sector: str | None
) -> None:
    segment = {"name": "a", "industries": {"system": system, "year": year, "codes": codes}, "countries": ["US"]}
    lines = [line for line in complaints(changed(served_market={"segments": [segment]})) if "whole sector" in line]
    assert bool(lines) is (sector is not None)
    assert all(f"together are a whole sector ({sector}" in line for line in lines)
