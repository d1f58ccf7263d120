"""docs/reference/metrics.md, from the table of figures."""

from collections.abc import Iterator

from syncd.model.health import FindingKind
from syncd.model.runs import RunOutcome
from syncd.web.figures import FIGURES
from tests.reference.markdown import head, row, table

TEXT = """
`GET /metrics` on `SYNCD_HTTP_PORT`, in Prometheus' text format, for whoever may view ([HTTP](http.md)): give the
scraper a token. No label is an id or names a person. While the database is away, what the last column marks is served
all the same; figures that need whole tables are kept for a minute. `process_…` figures (CPU, memory, files) come with
them on Linux. `docs/monitoring/alerts.yaml` has rules and `docs/monitoring/grafana.json` a dashboard:
[monitor](../how-to/monitor.md).
"""


def lines() -> Iterator[str]:
    """Every figure."""
    yield from head("Metrics", "`syncd/web/figures.py`", TEXT)
    yield from table("figure", "type", "labels", "what it is", "kept", "while the database is away")
    for name, figure in FIGURES.items():
        labels = ", ".join(f"`{label}`" for label in figure.labels)
        kept, away = "a minute" if figure.slow else "", "yes" if figure.away else ""
        yield row(f"`{name}`", figure.kind, labels, figure.help, kept, away)
    yield from ("", "## Values of labels", "")
    yield f"`kind`: {', '.join(f'`{kind.value}`' for kind in FindingKind)}."
    yield ""
    yield f"`outcome`: {', '.join(f'`{outcome.value}`' for outcome in RunOutcome)}."
