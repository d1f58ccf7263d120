"""No answer shows a secret, whichever operation made it, and one that hands a token out still does."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests
from starlette.applications import Starlette
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from connectors.scrubber import SECRET, know, scrub
from syncd.model.tokens import Token, new_token
from syncd.store import Store
from syncd.web.scrubbing import Scrubbing
from tests.web.houses import listening
from tests.web.identities import paged

CANARY = "canary-of-an-answer-0123"


def _answers(_: Any) -> dict[str, Response]:
    return {
        "text": Response(f"a {CANARY} b", media_type="text/plain"),
        "json": JSONResponse({"error": f"Bearer {CANARY}"}),
        "problem": Response(f'{{"detail": "{CANARY}"}}', media_type="application/problem+json", status_code=400),
        "page": HTMLResponse(f"<p>{CANARY}</p>", headers={"x-note": CANARY}),
        "elsewhere": RedirectResponse(f"/page?token={CANARY}"),
        "pieces": StreamingResponse(iter([CANARY[:9], CANARY[9:]]), media_type="text/plain"),
        "nothing": Response(status_code=204),
        "picture": Response(CANARY.encode(), media_type="image/png"),
        "session": Response("in", headers={"set-cookie": f"session={CANARY}; HttpOnly"}),
    }


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    def answer(request: Any) -> Response:
        return _answers(request)[request.path_params["kind"]]

    with listening(Scrubbing(Starlette(routes=[Route("/{kind}", answer)]))) as address:
        yield address


@pytest.mark.parametrize("kind", [kind for kind in _answers(None) if kind not in ("picture", "session", "nothing")])
def test_no_answer_shows_a_secret(address: str, kind: str) -> None:
    know(CANARY)
    answer = requests.get(f"{address}/{kind}", timeout=5, allow_redirects=False)
    assert CANARY not in answer.text + str(answer.headers)
    assert SECRET in answer.text + str(answer.headers) or kind == "elsewhere"
    assert int(answer.headers["content-length"]) == len(answer.content) if kind != "pieces" else answer.text == SECRET


def test_what_is_no_text_and_what_opens_a_session_goes_out_as_it_is(address: str) -> None:
    know(CANARY)
    assert requests.get(f"{address}/picture", timeout=5).content == CANARY.encode()
    assert CANARY in requests.get(f"{address}/session", timeout=5).headers["set-cookie"]
    assert requests.get(f"{address}/nothing", timeout=5).status_code == 204
    assert requests.head(f"{address}/json", timeout=5).ok


def test_a_token_is_handed_out_once_and_scrubbed_from_the_moment_it_is_used(sqlite_store: Store) -> None:
    secret, now = new_token(), datetime.now(UTC)
    with sqlite_store.writing() as unit:
        unit.tokens.keep(secret, Token("ops", "administer", now, "cli:ann", now + timedelta(days=1), None))
    assert scrub(secret) == secret, "whoever hands it out could not"
    with paged(sqlite_store) as pages:
        bearer = {"authorization": f"Bearer {secret}"}
        assert pages.get("/api/status", headers=bearer).ok
        assert scrub(f"Bearer {secret}") == f"Bearer {SECRET}"
