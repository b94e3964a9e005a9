"""The world as shapes: land, coasts and borders of Natural Earth, cut to a view and projected to pixels.

Equirectangular with the middle's own scale: a degree of longitude is as wide there as it really is against one of latitude.
The view may lie across the date line.
"""

from __future__ import annotations

import json
import lzma
import math
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from aigc_cli.assets import data
from aigc_cli.storyboard import Shape

Point = tuple[float, float]
_COARSE_SPAN = 150.0  # degrees of longitude above which the coarse outlines are taken
_LEAST_COS = 0.35  # near the poles the map would be all width
_SEAM = 0.02  # degrees from the date line: where an outline is cut along it is no coast
_SOUTH_END = -89.0


class View(Shape):
    """A part of the world on `width` x `height` pixels: its middle in degrees, and pixels per degree of longitude."""

    longitude: float
    latitude: float
    width: float
    height: float
    scale: float
    fixed_stretch: float | None = None
    """Of a view that was grown from another; null takes it from the middle's latitude."""

    @property
    def stretch(self) -> float:
        """Pixels per degree of latitude over pixels per degree of longitude."""
        return self.fixed_stretch or 1 / max(math.cos(math.radians(self.latitude)), _LEAST_COS)

    @property
    def span(self) -> float:
        """Width in degrees of longitude."""
        return self.width / self.scale

    def at(self, longitude: float, latitude: float) -> Point:
        """Where a place stands, taking the shorter way around the world from the middle."""
        return self.fixed((longitude - self.longitude + 180) % 360 - 180 + self.longitude, latitude)

    def fixed(self, longitude: float, latitude: float) -> Point:
        """Where a place stands, its longitude taken as it is."""
        x = self.width / 2 + (longitude - self.longitude) * self.scale
        return x, self.height / 2 - (latitude - self.latitude) * self.scale * self.stretch


def view_of(places: Sequence[Point], span: float, width: float, height: float, *, margin: float = 0.22) -> View:
    """The view that centres on places (longitude, latitude): `span` degrees wide, wider when they would not all be inside.

    `margin` is the part of the frame kept free on each side. Without places, the whole world.
    """
    if not places:
        return _clamped(10.0, 20.0, min(width / 360, height / 165), width, height)
    east = math.degrees(
        math.atan2(sum(math.sin(math.radians(lon)) for lon, _ in places), sum(math.cos(math.radians(lon)) for lon, _ in places))
    )
    offsets = [(lon - east + 180) % 360 - 180 for lon, _ in places]
    east += (min(offsets) + max(offsets)) / 2
    north = (min(lat for _, lat in places) + max(lat for _, lat in places)) / 2
    stretch = 1 / max(math.cos(math.radians(north)), _LEAST_COS)
    inside = 1 - 2 * margin
    across, up = max(offsets) - min(offsets), max(lat for _, lat in places) - min(lat for _, lat in places)
    needed = max(span, across / inside, up * stretch / inside * width / height)
    return _clamped(east, north, width / min(needed, 360.0), width, height)


def _clamped(longitude: float, latitude: float, scale: float, width: float, height: float) -> View:
    """Moved so that what is seen ends before the poles, as far as the height allows."""
    view = View(longitude=(longitude + 180) % 360 - 180, latitude=latitude, width=width, height=height, scale=scale)
    half = height / (scale * view.stretch) / 2
    if half >= 85:
        return view.model_copy(update={"latitude": 0.0 if half > 100 else max(min(latitude, 5.0), -5.0)})
    return view.model_copy(update={"latitude": max(min(latitude, 86 - half), half - 86)})


@cache
def _world(detail: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(lzma.decompress(data("maps", f"world-{detail}.json.xz").read_bytes()))
    (scale_x, scale_y), (left, bottom) = content["scale"], content["translate"]
    arcs: list[list[Point]] = []
    for flat in content["arcs"]:
        x = y = 0
        points = []
        for dx, dy in zip(flat[::2], flat[1::2], strict=True):
            x, y = x + dx, y + dy
            points.append((x * scale_x + left, y * scale_y + bottom))
        arcs.append(points)
    coast = sorted({index if index >= 0 else ~index for polygon in content["land"] for ring in polygon for index in ring})
    return {
        "land": [[_closed(_ring(arcs, indexes)) for indexes in polygon] for polygon in content["land"]],
        "coasts": [piece for index in coast for piece in _without_seams(_unwrapped(arcs[index]))],
        "borders": [_unwrapped(arcs[index]) for index in content["borders"]],
    }


def _ring(arcs: list[list[Point]], indexes: Sequence[int]) -> list[Point]:
    points: list[Point] = []
    for index in indexes:
        arc = arcs[index] if index >= 0 else arcs[~index][::-1]
        points += arc if not points else arc[1:]
    return points


def _unwrapped(points: Sequence[Point]) -> list[Point]:
    """The same outline with longitudes that run on across the date line instead of jumping by 360."""
    turn, before, result = 0.0, points[0][0], []
    for longitude, latitude in points:
        if abs(longitude - before) > 180:
            turn += 360 if longitude < before else -360
        before = longitude
        result.append((longitude + turn, latitude))
    return result


def _closed(ring: list[Point]) -> list[Point]:
    """A ring that goes around the pole (Antarctica) closed along the pole."""
    ring = _unwrapped(ring)
    if abs(ring[-1][0] - ring[0][0]) > 180:
        pole = -90.0 if ring[0][1] < 0 else 90.0
        ring += [(ring[-1][0], pole), (ring[0][0], pole)]
    return ring


def _detail(view: View) -> dict[str, Any]:
    return _world("110m" if view.span > _COARSE_SPAN else "50m")


def _shifts(points: Sequence[Point], view: View) -> Iterator[float]:
    """By how many degrees to move an outline for each time that it is seen."""
    west, east = min(lon for lon, _ in points), max(lon for lon, _ in points)
    first = math.ceil((view.longitude - view.span / 2 - east) / 360)
    last = math.floor((view.longitude + view.span / 2 - west) / 360)
    for turn in range(first, last + 1):
        yield 360.0 * turn


def land(view: View, tolerance: float) -> list[tuple[tuple[float, ...], ...]]:
    """Pieces of land as even-odd rings of flat x, y lists, cut to a little more than the view, points `tolerance` px apart."""
    world = _detail(view)
    pieces = []
    for polygon in world["land"]:
        for turn in _shifts(polygon[0], view):
            cut = []
            for ring in polygon:
                points = _thinned([view.fixed(lon + turn, lat) for lon, lat in ring], tolerance)
                points = _clipped(points, view, 24)
                if len(points) >= 3 and _extent(points) > 2 * tolerance:
                    cut.append(tuple(round(part, 1) for point in points for part in point))
            if cut:
                pieces.append(tuple(cut))
    return pieces


def coasts(view: View, tolerance: float) -> list[list[Point]]:
    """Coast lines inside the view, in pixels."""
    return _lines(_detail(view)["coasts"], view, tolerance)


def borders(view: View, tolerance: float) -> list[list[Point]]:
    """Borders between countries inside the view, in pixels."""
    return _lines(_detail(view)["borders"], view, tolerance)


def _lines(outlines: list[list[Point]], view: View, tolerance: float) -> list[list[Point]]:
    found = []
    for outline in outlines:
        for turn in _shifts(outline, view):
            points = _thinned([view.fixed(lon + turn, lat) for lon, lat in outline], tolerance)
            found += [run for run in _visible(points, view) if _extent(run) > 2 * tolerance]
    return found


def _on_seam(point: Point) -> bool:
    return abs(abs(point[0]) - 180) < _SEAM


def _without_seams(arc: list[Point]) -> Iterator[list[Point]]:
    run: list[Point] = []
    for point in arc:
        is_cut = run and ((_on_seam(run[-1]) and _on_seam(point)) or (run[-1][1] < _SOUTH_END and point[1] < _SOUTH_END))
        if is_cut:
            if len(run) > 1:
                yield run
            run = []
        run.append(point)
    if len(run) > 1:
        yield run


def _visible(points: list[Point], view: View, margin: float = 24) -> Iterator[list[Point]]:
    """Runs of a line whose points, or a neighbour, lie within the view."""
    inside = [-margin <= x <= view.width + margin and -margin <= y <= view.height + margin for x, y in points]
    run: list[Point] = []
    for at, point in enumerate(points):
        if any(inside[max(at - 1, 0) : at + 2]):
            run.append(point)
        elif run:
            yield run
            run = []
    if len(run) > 1:
        yield run


def _thinned(points: list[Point], tolerance: float) -> list[Point]:
    kept = points[:1]
    for point in points[1:-1]:
        if abs(point[0] - kept[-1][0]) + abs(point[1] - kept[-1][1]) >= tolerance:
            kept.append(point)
    return kept + points[-1:] if len(points) > 1 else kept


def _extent(points: Sequence[Point]) -> float:
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return max(max(xs) - min(xs), max(ys) - min(ys))


def _clipped(points: list[Point], view: View, margin: float) -> list[Point]:
    """A ring cut to the view (Sutherland and Hodgman 1974); what was outside runs along the edge."""
    for axis, limit, sign in ((0, -margin, 1), (0, view.width + margin, -1), (1, -margin, 1), (1, view.height + margin, -1)):
        kept: list[Point] = []
        for before, here in zip(points[-1:] + points[:-1], points, strict=True):
            is_in, was_in = (here[axis] - limit) * sign >= 0, (before[axis] - limit) * sign >= 0
            if is_in != was_in:
                share = (limit - before[axis]) / (here[axis] - before[axis])
                kept.append((before[0] + (here[0] - before[0]) * share, before[1] + (here[1] - before[1]) * share))
            if is_in:
                kept.append(here)
        points = kept
        if not points:
            break
    return points
