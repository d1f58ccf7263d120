"""Titles as they are written in nine languages, and how each is read: its level and its functions. All are invented."""

Case = tuple[str, str | None, tuple[str, ...]]  # title, level, functions

C, VP, DIRECTOR, MANAGER, IC = "C-level", "VP", "director", "manager", "individual contributor"
