"""A year in minutes: a small world that keeps changing, a clock that runs fast, and what the store makes of it.

`changes` is what happens in the world on a day, `site` an installation whose daemon is driven by hand, `passing` lets
the year pass there. `faults` is the table of what goes wrong meanwhile and `strikes` how; `trials` has them strike, be
named by /api/health alone, be mended and be quiet. `figures` are what is measured. The suite walks in steps of a month;
`make year` walks day by day (`python -m tests.year --faults` with faults, and writes their table).
"""
