"""Both vendors on loopback sockets, and the world that they show: for the demo, for tests, for benchmarks.

`with Sandbox(world) as sandbox:` serves them from a thread; `python -m connectors.sandbox` from a process of its own.
"""
