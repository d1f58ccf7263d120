"""A year in minutes: a small world that keeps changing, a clock that runs fast, and what the store makes of it.

`changes` is what happens in the world on a day, `site` an installation whose daemon is driven by hand, `passing` lets
the year pass there. `faults` is the table of what goes wrong meanwhile, `strikes` and `stores` how; `trials` has them
strike, be named by /api/health alone, be mended and be quiet. `figures` are what is measured; `apart` has the
simulators in a process of their own, so that memory is syncd's. The suite walks in steps of two months; `make year`
walks day by day (`python -m tests.year --faults` with faults, and writes their table).
"""
