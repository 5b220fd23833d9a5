"""Skies by day, at sunset and at night, and the colour each hour gives to what lies under it."""

import torch
from torch import Tensor

from picture import Picture, circle, constant, mix

DAY, SUNSET, NIGHT = range(3)
TOP = [(0.24, 0.50, 0.90), (0.30, 0.20, 0.46), (0.03, 0.05, 0.16)]
MIDDLE = [(0.52, 0.74, 0.97), (0.88, 0.38, 0.36), (0.08, 0.11, 0.27)]
BOTTOM = [(0.84, 0.92, 0.99), (1.00, 0.74, 0.36), (0.20, 0.22, 0.42)]
GROUND_TINT = [(1.0, 1.0, 1.0), (1.0, 0.76, 0.66), (0.36, 0.40, 0.62)]
THING_TINT = [(1.0, 1.0, 1.0), (1.02, 0.93, 0.87), (0.66, 0.68, 0.84)]


def by_hour(table: list, hour: Tensor) -> Tensor:
    """Rows of a three-line table for `hour` [n] -> [n, 3]."""
    return constant(tuple(table), hour.device)[hour]


def is_hour(which: int, hour: Tensor) -> Tensor:
    return (hour == which).float()[:, None, None]


def sky(picture: Picture, hour: Tensor, horizon: float = 0.0, low_sun: bool = True) -> Tensor:
    """Fill the picture with sky; returns where the sun or moon stands, [n, 1, 1]."""
    height = ((picture.y - horizon) / (1.15 - horizon)).clamp(0, 1)
    lower = mix(by_hour(BOTTOM, hour), by_hour(MIDDLE, hour), (height * 2).clamp(0, 1))
    picture.rgb = lower
    picture.blend(((height * 2 - 1).clamp(0, 1)).expand(len(picture), -1, -1), by_hour(TOP, hour))
    stars(picture, is_hour(NIGHT, hour), horizon)
    where = luminary(picture, hour, horizon, low_sun)
    clouds(picture, hour, horizon)
    return where


def stars(picture: Picture, night: Tensor, horizon: float) -> None:
    cell = 0.16
    column, row = torch.floor(picture.x / cell), torch.floor(picture.y / cell)
    seed = picture.random(0, 50)
    first = torch.frac(torch.sin(column * 12.99 + row * 78.23 + seed) * 43758.5).abs()
    second = torch.frac(first * 57.31)
    u = picture.x - (column + 0.2 + 0.6 * first) * cell
    v = picture.y - (row + 0.2 + 0.6 * second) * cell
    size = max(0.011, 0.8 * picture.px)
    shown = night * (first > 0.7) * (picture.y > horizon + 0.08)
    picture.paint(circle(u, v, size), (1.0, 1.0, 0.9), opacity=shown * (0.5 + 0.5 * second))


def luminary(picture: Picture, hour: Tensor, horizon: float, low_sun: bool) -> Tensor:
    day, sunset, night = (is_hour(which, hour) for which in (DAY, SUNSET, NIGHT))
    across = picture.random(-0.75, 0.75)
    low = horizon + (0.06 if low_sun else 0.26)
    up = day * picture.random(0.62, 0.85) + sunset * (low + picture.random(0.0, 0.12)) + night * picture.random(0.5, 0.8)
    size = day * 0.11 + sunset * 0.2 + night * 0.12
    u, v = picture.x - across, picture.y - up
    glow = torch.exp(-(u * u + v * v) / (0.03 + 0.14 * sunset)) * (0.35 * day + 0.65 * sunset + 0.22 * night)
    picture.blend(glow, by_hour([(1.0, 0.97, 0.8), (1.0, 0.72, 0.3), (0.6, 0.66, 0.9)], hour))
    disc = by_hour([(1.0, 0.96, 0.72), (1.0, 0.86, 0.45), (0.95, 0.94, 0.85)], hour)
    moon = torch.maximum(circle(u, v, size), -night * circle(u - 0.055, v - 0.03, size * 0.92) - (1 - night))
    picture.paint(moon, disc)
    return across


def clouds(picture: Picture, hour: Tensor, horizon: float) -> None:
    billow = picture.noise(5, 4) + 0.5 * picture.noise(12, 9)
    height = ((picture.y - horizon - 0.15) / 0.3).clamp(0, 1)
    amount = ((billow - 0.35) / 0.5).clamp(0, 1) * height
    strength = by_hour([(0.85,), (0.5,), (0.18,)], hour)[:, :, None]
    picture.blend(amount * strength, by_hour([(1.0, 1.0, 1.0), (0.98, 0.62, 0.5), (0.35, 0.38, 0.55)], hour))
