"""The four verbs, and the cycle that runs them in order. Each may be killed and run again at any moment.

Each module is imported by its own name: a function of the same name that stood here would hide it.
"""
