"""Every path stands in one table, with its versions and the days on which support for them ends."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any, get_args

import pytest

import connectors.hubspot
from connectors.hubspot import OAuth, paths
from connectors.sandbox.hubspot.paths import PATHS
from connectors.sandbox.hubspot.routes import Routes
from tests.connectors.hubspot.portals import Portal, contact

NUMBERED = re.compile(r"v[1-4]")
DATED = re.compile(r"20\d\d-0[39]")
# What no source has in a dated version on 30 November 2026.
ONLY_NUMBERED = {
    "/marketing/v3/forms/",
    "/form-integrations/v1/submissions/forms/{id}",
    "/email/public/v1/events",
    "/email/public/v1/campaigns/{id}",
    "/oauth/v2/private-apps/get/access-token-info",
}


def test_every_path_stands_in_the_one_table_with_its_version() -> None:
    """Paths of a version end on a day; the table is where to move on."""
    folder = Path(connectors.hubspot.__file__).parent
    modules = {file.name: file.read_text(encoding="utf-8") for file in folder.glob("*.py")}
    written = re.compile(r'"/(?:crm|marketing|email|form-integrations|account-info|oauth|events)/')
    assert [name for name, text in modules.items() if written.search(text)] == ["paths.py"]
    assert not re.search(r"/v\d", modules["paths.py"].partition("Path:")[2].replace('"v', ""))


@pytest.mark.parametrize("path", paths.ALL, ids=lambda path: path.in_words("dated", {}))
def test_each_version_of_a_path_is_served_and_ends_on_a_day(path: paths.Path) -> None:
    """A table over all paths: what the connector may ask is there, in both kinds of versions."""
    routes = Routes(PATHS)
    places = [place for place in (path.numbered, path.dated) if place is not None]
    assert places
    for place in places:
        route = routes.find(path.method, place.url.replace("{", "<").replace("}", ">"))
        assert route is not None, f"the simulator does not serve {path.method} {place.url}"
        assert route.path.version == place.version.name in place.url
        assert place.version.ends is not None and place.version.ends > date(2027, 2, 16)
    assert path.numbered is None or NUMBERED.fullmatch(path.numbered.version.name)
    assert path.dated is None or DATED.fullmatch(path.dated.version.name)


def test_dated_versions_are_asked_wherever_there_are_any() -> None:
    assert {path.at("dated").url for path in paths.ALL if path.dated is None} == ONLY_NUMBERED
    assert all(path.at("dated") is path.dated for path in paths.ALL if path.dated)
    assert all(path.at("numbered") is path.numbered for path in paths.ALL if path.numbered)


def test_a_dated_version_is_supported_for_18_months() -> None:
    """2026-03 came on 30 March 2026, 2026-09 on 8 September."""
    for version, came in ((paths.OAUTH, date(2026, 3, 30)), (paths.DATED, date(2026, 9, 8))):
        assert version.ends is not None
        assert timedelta(days=540) < version.ends - came < timedelta(days=552)


@pytest.mark.parametrize("api", get_args(paths.Api))
def test_only_the_chosen_versions_are_asked(open_portal: Any, api: paths.Api) -> None:
    portal: Portal = open_portal({"contacts": [contact(7, companies=[1])]})
    heard = portal.overhear()
    hubspot = portal.connect(api=api)
    hubspot.deploy()
    assert not hubspot.check(dict.fromkeys(hubspot.streams, ()))
    for stream in hubspot.streams:
        list(hubspot.pull(stream, ("associations.companies",) if stream == "contacts" else (), None))
    kind = DATED if api == "dated" else NUMBERED
    others = {"forms", "form-integrations", "email", "oauth"}
    asked = {scope["path"] for scope in heard if not others & set(scope["path"].split("/"))}
    assert len(asked) > 15
    assert [path for path in asked if not any(map(kind.fullmatch, path.split("/")))] == []


def test_an_oauth_app_asks_for_its_tokens_by_the_dated_path_alone(open_portal: Any) -> None:
    portal: Portal = open_portal({"contacts": []})
    hubspot = portal.connect(token=OAuth("sandbox-client", "sandbox-secret", "sandbox-refresh", host=portal.url))
    asked = {endpoint.path for endpoint in hubspot.endpoints()}
    assert {"/oauth/2026-03/token", "/oauth/2026-03/token/introspect"} <= asked
    assert paths.PRIVATE_TOKEN.at("dated").url not in asked
    key = {endpoint.path for endpoint in portal.connect().endpoints()}
    assert {path for path in key if "oauth" in path} == {paths.PRIVATE_TOKEN.at("dated").url}
