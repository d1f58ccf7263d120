"""Where the lines, bars and cells of a chart stand: plain numbers, of which the templates draw SVG without a style.

A chart is 640 units wide; its colours come from classes. Whatever a chart shows stands in a table below it as well.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import ceil, floor, log10
from textwrap import wrap
from typing import Any, Final

WIDTH: Final = 640
LEFT, RIGHT, TOP, BOTTOM = 48, 8, 10, 24
SHADES: Final = 9  # of a heat matrix, beside none
LINE, LETTER = 14, 6  # units that a line of text is tall, and a letter wide
NARROWEST: Final = 48  # units between two labels under the axis


def scale(most: float) -> list[float]:
    """Round marks of an axis from 0 to at least `most`: three to six of them."""
    if most <= 0:
        return [0.0, 1.0]
    rough = most / 4
    power = 10.0 ** floor(log10(rough))
    step = next(power * factor for factor in (1, 2, 2.5, 5, 10) if power * factor >= rough)
    return [step * n for n in range(ceil(most / step - 1e-9) + 1)]


def _frame(marks: Sequence[float], height: int) -> dict[str, Any]:
    """The axis at the left: where each mark stands."""
    top = marks[-1]
    room = height - TOP - BOTTOM
    lines = [{"y": _r(height - BOTTOM - room * mark / top), "value": mark} for mark in marks]
    sides = {"left": LEFT, "right": WIDTH - RIGHT, "floor": height - BOTTOM}
    return {"width": WIDTH, "height": height, **sides, "y": lines}


def step_curve(points: Sequence[Mapping[str, Any]], *, height: int = 220) -> dict[str, Any]:
    """A curve in steps with its band. points: x and y, and where there is a band low and high, by rising x."""
    if not points:
        return {}
    first, last = points[0]["x"], points[-1]["x"]
    highest = max(point.get("high") or point["y"] for point in points)
    frame = _frame(scale(highest), height)
    top, across = frame["y"][-1]["value"], WIDTH - LEFT - RIGHT

    def x(value: float) -> float:
        return _r(LEFT + across * (value - first) / ((last - first) or 1))

    def y(value: float) -> float:
        return _r(height - BOTTOM - (height - TOP - BOTTOM) * value / top)

    banded = [point for point in points if point.get("low") is not None and point.get("high") is not None]
    upper = _steps([(x(point["x"]), y(point["high"])) for point in banded])
    lower = _steps([(x(point["x"]), y(point["low"])) for point in banded])
    band = f"M{' L'.join(_pairs(upper))} L{' L'.join(_pairs(lower[::-1]))} Z" if banded else ""
    line = f"M{' L'.join(_pairs(_steps([(x(point['x']), y(point['y'])) for point in points])))}"
    ticks = [tick for tick in scale(last) if first <= tick <= last]
    return {**frame, "line": line, "band": band, "x": [{"x": x(tick), "value": tick} for tick in ticks]}


def stacked_bars(
    labels: Sequence[str], series: Sequence[Mapping[str, Any]], *, line: Sequence[float] = (), height: int = 220
) -> dict[str, Any]:
    """Bars, each of which is cut into the series. series: name and values; line: a mark across each bar, a target."""
    totals = [sum(each["values"][n] or 0 for each in series) for n in range(len(labels))]
    if not labels:
        return {}
    marks = scale(max([*totals, *line, 0]))
    frame = _frame(marks, height)
    room, each_width = height - TOP - BOTTOM, (WIDTH - LEFT - RIGHT) / len(labels)
    bars = []
    for n, label in enumerate(labels):
        below = 0.0
        x, width = LEFT + each_width * n + each_width * 0.12, each_width * 0.76
        for shade, part in enumerate(series):
            value = part["values"][n] or 0
            tall = room * value / marks[-1]
            if value:
                rect = {"x": _r(x), "y": _r(height - BOTTOM - below - tall), "width": _r(width), "height": _r(tall)}
                bars.append({**rect, "shade": shade, "name": part["name"], "label": label, "value": value})
            below += tall
    every = ceil(NARROWEST / each_width)
    under = [
        {"x": _r(LEFT + each_width * (n + 0.5)), "label": label} for n, label in enumerate(labels) if n % every == 0
    ]
    marks_across = [
        {
            "x": _r(LEFT + each_width * n),
            "to": _r(LEFT + each_width * (n + 1)),
            "y": _r(height - BOTTOM - room * value / marks[-1]),
        }
        for n, value in enumerate(line)
    ]
    return {**frame, "bars": bars, "x": under, "line": marks_across, "names": [each["name"] for each in series]}


def heat_matrix(
    rows: Sequence[str], columns: Sequence[str], values: Sequence[Sequence[float | None]], *, left: int = 120
) -> dict[str, Any]:
    """Cells, the darker the more. values: a row of them per row; None is an empty cell."""
    most = max((value for row in values for value in row if value), default=0) or 1
    wide = (WIDTH - left - RIGHT) / max(len(columns), 1)
    headings = [_lines(label, wide) for label in columns]
    tall, head = 26, 8 + LINE * max(map(len, headings), default=1)
    cells = [
        {
            "x": _r(left + wide * c),
            "y": head + tall * r,
            "middle": _r(left + wide * (c + 0.5)),
            "value": value,
            "shade": 0 if not value else max(1, round(SHADES * value / most)),
        }
        for r, row in enumerate(values)
        for c, value in enumerate(row)
        if value is not None
    ]
    return {
        "width": WIDTH,
        "height": head + tall * len(rows) + 4,
        "cell": {"width": _r(wide - 2), "height": tall - 2},
        "cells": cells,
        "rows": [{"y": head + tall * r + 16, "label": label} for r, label in enumerate(rows)],
        "columns": [{"x": _r(left + wide * (c + 0.5)), "lines": lines} for c, lines in enumerate(headings)],
        "left": left - 8,
    }


def sparkline(values: Sequence[float], *, width: int = 96, height: int = 20) -> dict[str, Any]:
    """A line as small as a word, from 0 up."""
    if not values:
        return {}
    most, step = max(values) or 1, (width - 4) / max(len(values) - 1, 1)
    spots = [(_r(2 + step * n), _r(height - 2 - (height - 4) * value / most)) for n, value in enumerate(values)]
    return {"width": width, "height": height, "points": " ".join(f"{x},{y}" for x, y in spots), "end": spots[-1]}


def _lines(label: str, width: float) -> list[str]:
    """A heading in as many lines as it needs, broken between its words."""
    return wrap(label, max(int(width // LETTER), 1), break_long_words=False, break_on_hyphens=False) or [""]


def _steps(spots: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """The corners of a line that holds each height until the next spot."""
    corners: list[tuple[float, float]] = []
    for x, y in spots:
        if corners:
            corners.append((x, corners[-1][1]))
        corners.append((x, y))
    return corners


def _pairs(spots: Sequence[tuple[float, float]]) -> list[str]:
    return [f"{x} {y}" for x, y in spots]


def _r(value: float) -> float:
    return round(value, 1)
