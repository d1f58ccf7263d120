"""Shipped files have one door: a file of one's own stands in for the shipped one of its name, whatever it is."""

import gzip
from contextlib import closing
from importlib.resources import files
from pathlib import Path

import pytest

from syncd import shipped
from syncd.agreement import load, load_industries
from syncd.doctor import configuration
from syncd.errors import AgreementError, ConfigError
from syncd.mapping import load as load_mapping
from syncd.mapping.files import tables
from syncd.settings import Settings
from syncd.store import Store
from syncd.sync.reader import load_customs
from syncd.wiring import wire


def copied(name: str, folder: Path, old: str, new: str) -> None:
    """Put a shipped file with one change into the folder."""
    text = files("mappings").joinpath(*name.split("/")).read_text(encoding="utf-8")
    assert old in text
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text(text.replace(old, new, 1), encoding="utf-8")


def settings(folder: Path) -> Settings:
    """One that takes its mappings from the folder, which holds a file at least: an empty one is refused."""
    (folder / "notes.txt").touch()
    return Settings(
        mappings=folder,
        hubspot_token="token",
        salesforce_login_url="https://nowhere.example",
        salesforce_client_id="id",
        salesforce_client_secret="secret",
    )


def digest(folder: Path) -> str:
    with closing(Store(f"sqlite:///{folder / 'syncd.db'}")) as store:
        return wire(settings(folder), store).agreement_digest


def test_industry_tables_of_ones_own_wake_every_account(tmp_path: Path) -> None:
    before = digest(tmp_path)
    copied("industries/sic1987.csv", tmp_path, "National Commercial Banks", "Banks of the nation")
    assert digest(tmp_path) != before
    assert load_industries(tmp_path).title(("SIC", 1987), "6021") == "Banks of the nation"
    assert load_industries().title(("SIC", 1987), "6021") != "Banks of the nation"


def test_a_folder_without_a_file_that_we_know_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert digest(tmp_path) == digest(tmp_path / "empty")
    assert load(None, tmp_path) == load()


def test_an_agreement_in_the_folder_is_the_one_in_force(tmp_path: Path) -> None:
    copied("agreement.yaml", tmp_path, 'version: "2026.1"', 'version: "ours"')
    assert load(None, tmp_path).version == "ours"


def test_an_agreement_that_is_named_outranks_the_folders(tmp_path: Path) -> None:
    copied("agreement.yaml", tmp_path, 'version: "2026.1"', 'version: "ours"')
    named = tmp_path / "named.yaml"
    named.write_text((tmp_path / "agreement.yaml").read_text(encoding="utf-8").replace("ours", "named"), "utf-8")
    assert load(named, tmp_path).version == "named"


def test_places_of_ones_own_are_read_through(tmp_path: Path) -> None:
    copied("places.yaml", tmp_path, "states:\n", "states:\n  Narnia: NA\n")
    assert tables(load_mapping("fdic", tmp_path), tmp_path)["places:state"]["Narnia"] == "NA"


def test_customs_and_nicknames_of_ones_own_are_kept(tmp_path: Path) -> None:
    copied("matching.yaml", tmp_path, "free_mail: [", "free_mail: [mail.example, ")
    (tmp_path / "nicknames.csv").write_text("name1,relationship,name2\nzebedee,has_nickname,zeb\n", encoding="utf-8")
    customs = load_customs((), tmp_path)
    assert "mail.example" in customs.free_mail
    assert customs.nicknames["zeb"] == {"zebedee"}


@pytest.mark.parametrize("mark", ["", "\ufeff"])  # Excel's "CSV UTF-8" begins with it
def test_a_table_saved_by_a_spreadsheet_is_read(tmp_path: Path, mark: str) -> None:
    (tmp_path / "nicknames.csv").write_text(f"{mark}name1,name2\r\nZebedee,Zeb\r\n\r\n", "utf-8", newline="")
    (tmp_path / "legal_forms.csv").write_text(f'{mark}full_name,abbreviation\r\n"zeta, limited",zzl\r\n', "utf-8")
    copied("matching.yaml", tmp_path, "# Who is who", f"{mark}# Who is who")
    customs = load_customs((), tmp_path)
    assert customs.nicknames["zeb"] == {"zebedee"}
    assert {"zzl", "zeta limited"} <= customs.legal_forms


def test_sectors_of_ones_own_are_asked(tmp_path: Path) -> None:
    copied("industries/sectors.yaml", tmp_path, "words: [banks, ", "words: [zeppelins, banks, ")
    copied("agreement.yaml", tmp_path, "  segments:\n", "  segments:\n    - {name: zeppelins, states: [NY]}\n")
    with pytest.raises(AgreementError, match="'zeppelins' is a whole sector"):
        load(None, tmp_path)


def test_a_register_of_ones_own_is_pulled(tmp_path: Path) -> None:
    (tmp_path / "registers").mkdir()
    with gzip.open(tmp_path / "registers" / "fdic.csv.gz", "wt") as file:
        file.write("CERT,NAME\n1,Own Bank\n")
    with closing(Store(f"sqlite:///{tmp_path / 'syncd.db'}")) as store:
        register = wire(settings(tmp_path), store).sources["fdic"]
    names = [record.raw["NAME"] for page in register.pull("institutions", [], None) for record in page.records]
    assert names == ["Own Bank"]


def test_a_file_that_nobody_brings_is_named() -> None:
    with pytest.raises(ConfigError, match=r"there is no mapping file nothing\.yaml"):
        shipped.read_text("nothing.yaml")


def test_what_is_wrong_with_a_mapping_of_ones_own_is_said_once(tmp_path: Path) -> None:
    copied("hubspot.yaml", tmp_path, "title: {from: properties.jobtitle}", "titel: {from: properties.jobtitle}")
    problems = [problem.what for problem in configuration.files(settings(tmp_path))]
    assert len(problems) == 1
    assert "contact has no field 'titel'" in problems[0]


@pytest.mark.parametrize("name", [shipped.BANKS, *shipped.examples()])
def test_ones_own_starts_from_an_example_signed_by_nobody(name: str, tmp_path: Path) -> None:
    folder = tmp_path / "our"
    shipped.copy_example(name, folder)
    own, example = load(None, folder), load() if name == shipped.BANKS else load(None, shipped.example(name))
    assert own.unsigned == ("sales", "marketing")
    assert own.model_copy(update={"signed": example.signed}) == example
    assert configured(folder) == []


def configured(folder: Path) -> list[str]:
    own = settings(folder).model_copy(update={"registers": ()})
    return [problem.what for problem in configuration.files(own)]


def test_what_stands_there_is_not_written_over(tmp_path: Path) -> None:
    (tmp_path / "agreement.yaml").write_text("ours", encoding="utf-8")
    with pytest.raises(
        ConfigError, match=r"agreement\.yaml is there already: name another folder, nothing was written"
    ):
        shipped.copy_example("supplier", tmp_path)
    assert not (tmp_path / "titles").exists()


def test_an_example_that_there_is_not_is_answered_with_those_there_are() -> None:
    with pytest.raises(ConfigError, match="there is no example 'bakers': there are banks, manufacturers, supplier"):
        shipped.example("bakers")
