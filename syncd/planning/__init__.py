"""Planning: what follows from everything judged so far. Pure functions over rows that the store hands over.

Nothing here reads a clock, a store or a vendor: `today`, the agreement and the rows are arguments.
"""
