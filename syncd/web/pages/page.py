"""Pages and acts: what may be looked at in a browser, and done there; `syncd/web/pages/table.py` has all of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from syncd.web.api.runs import Word
from syncd.web.operations import SMALL, Asked, Call
from syncd.web.rights import Right


class Shown(Asked):
    """What the address of every page may say."""

    UNQUOTED: ClassVar[frozenset[str]] = frozenset({"format", "after"})  # no page says these words back
    format: Literal["html", "json"] | None = Field(default=None, description="json: what the page is made of")

    def quoted(self) -> dict[str, Any]:
        """What the page's own links may say again: words that the page knew before they were sent, and no other.

        A word of the sender's that came back changed would be a secret, guessed rightly (syncd/web/scrubbing.py).
        """
        return self.model_dump(mode="json", exclude=set(self.UNQUOTED), exclude_none=True)


class Listed(Shown):
    """What the address of a page with one list may say: its order, and from where on it goes."""

    sort: Word | None = Field(default=None, description="a column; with a minus before it from the last on")
    after: Word | None = Field(default=None, description="where the part of the list before this one ended")


class Form(BaseModel):
    """What a form of a page sends: text, which is read as what each field is."""

    model_config = ConfigDict(extra="forbid", frozen=True)


@dataclass(frozen=True)
class Page:
    """One page. title: its name in the navigation, and its heading where its JSON has none (`title`).

    make: its JSON, by the functions that command line and API use. template: in templates/pages, without its suffix.
    place: under what it stands in the navigation; empty: one comes to it by links alone.
    """

    path: str
    title: str
    template: str
    make: Callable[[Call], Any]
    right: Right = Right.VIEW
    place: str = ""
    query: type[Shown] = Shown

    @property
    def in_navigation(self) -> bool:
        """Whether it stands there: a path that names something cannot."""
        return bool(self.place)


@dataclass(frozen=True)
class Done:
    """What an act came to: a sentence that the next page shows, and the address of that page."""

    notice: str
    at: str


@dataclass(frozen=True)
class Act:
    """One thing that a form does. name: by which templates put its button; path: where the form is sent."""

    name: str
    path: str
    right: Right
    summary: str
    carry_out: Callable[[Call], Done]
    form: type[Form] = Form
    most: int = SMALL  # bytes
    costly: bool = False  # it asks the vendors: at most one at a time
