"""A year in minutes: a small world that keeps changing, a clock that runs fast, and what the store makes of it.

`make year` walks day by day and tells each month's figures; the suite walks in steps of a fortnight. `clock` moves
every clock of the process, the simulators' too; `changes` is what happens in the world on a day; `figures` are what is
measured; `walk` puts them together. Faults hook in as further changes: anything that is called with a `Day`.
"""
