"""Options that several commands share, declared once."""

from __future__ import annotations

from typing import Annotated, Any

import typer

Json = Annotated[bool, typer.Option("--json", help="Answer in JSON.")]
Csv = Annotated[bool, typer.Option("--csv", help="Answer in CSV, safe to open in a spreadsheet.")]
LONGEST = 3_650  # days that an option may span: ten years
DAY = "DAY"  # how an option is marked that takes a day, as year-month-day
Force = Annotated[bool, typer.Option("--force", help="Go past the safety valve: a person has looked at the plan.")]
System = Annotated[str | None, typer.Option("--system", help="hubspot, salesforce or a register such as fdic.")]
Stream = Annotated[str | None, typer.Option("--stream", help="One stream, such as contacts or Opportunity.")]
Record = Annotated[str, typer.Argument(help="system.stream/id, e.g. hubspot.companies/123")]


def first_day(otherwise: str) -> Any:
    """The option --since; otherwise: the first day where none is named, in words."""
    return typer.Option("--since", metavar=DAY, help=f"First day, e.g. 2026-10-01; else {otherwise}.")
