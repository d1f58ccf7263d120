"""Words that name a whole sector, and the codes that are likely meant: `mappings/industries/sectors.yaml`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, RootModel

from syncd import shipped
from syncd.agreement.industries import DIGITS
from syncd.document import read_as

SECTORS = "industries/sectors.yaml"

Text = Annotated[str, Field(min_length=1)]
Sectors = Sequence[tuple[re.Pattern[str], str]]  # pattern of a sector's words → its likely codes


class Sector(BaseModel):
    """One sector: its names, and what its codes are likely to be."""

    model_config = ConfigDict(frozen=True, extra="forbid", coerce_numbers_to_str=True)

    words: Annotated[tuple[Text, ...], Field(min_length=1)]
    SIC: tuple[Text, ...] = ()
    NAICS: tuple[Text, ...] = ()


class _File(RootModel[tuple[Sector, ...]]):
    """The whole file."""


def load_sectors(folder: Path | None = None) -> Sectors:
    """The sectors, the folder's own before the shipped; raises ConfigError where the file cannot be used."""
    return _sectors(*shipped.read_text(SECTORS, folder))


@cache
def _sectors(text: str, file: str) -> Sectors:
    return tuple(
        (re.compile(rf"\b(?:{'|'.join(map(re.escape, sector.words))})\b", re.IGNORECASE), _codes(sector))
        for sector in read_as(_File, text, file)[0].root
    )


def _codes(sector: Sector) -> str:
    return "; ".join(f"{system} {', '.join(codes)}" for system in DIGITS if (codes := getattr(sector, system)))
