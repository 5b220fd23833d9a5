"""Pictures of places alone: ocean, mountains, hills, forest, dunes, city."""

import torch
from torch import Tensor

from picture import Picture, box, circle
from skies import DAY, by_hour, is_hour, sky
from supports import ground, pine, sea, tinted


def ocean(picture: Picture, hour: Tensor) -> None:
    horizon = -0.05
    sea(picture, hour, sky(picture, hour, horizon), horizon)


def mountains(picture: Picture, hour: Tensor) -> None:
    sky(picture, hour, -0.2, low_sun=False)
    ridge(picture, hour, 0.05, (0.52, 0.58, 0.70), (0.60, 0.66, 0.78), peaks=4, steep=0.75)
    ridge(picture, hour, 0.38, (0.34, 0.38, 0.48), (0.42, 0.46, 0.56), peaks=3, steep=1.0, cap=True)
    edge = -0.48 + 0.05 * torch.sin(picture.x * 2 + picture.random(0, 6))
    ground(picture, edge, (0.20, 0.42, 0.18), (0.30, 0.52, 0.28), hour)


def ridge(picture: Picture, hour, height, near, far, peaks, steep, cap=False) -> None:
    """Peaks as the upper hull of triangles, the sunny side lighter, with snow above a ragged line."""
    outline = torch.full_like(picture.rgb[:, 0], -2.0)
    slope = torch.zeros_like(outline)
    for number in range(peaks):
        x = -1.5 + 3.0 * (number + 0.5) / peaks + picture.random(-0.3, 0.3)
        peak = height + picture.random(-0.2, 0.25)
        side = peak - steep * (picture.x - x).abs()
        crease = x + 0.3 * (peak - picture.y) + 0.03 * torch.sin(picture.y * 23)
        slope = torch.where(side > outline, torch.sign(picture.x - crease), slope)
        outline = torch.maximum(outline, side)
    ragged = 0.025 * torch.sin(picture.x * 17 + picture.random(0, 6)) + 0.014 * torch.sin(picture.x * 41)
    outline = outline + ragged
    ground(picture, outline, near, far, hour)
    shade = (slope > 0).float() * 0.22
    picture.paint(picture.y - outline, (0.05, 0.06, 0.14), opacity=shade)
    if cap:
        line = height - 0.2 + 3 * ragged
        white = tinted((0.97, 0.98, 1.0), hour)
        picture.paint(torch.maximum(picture.y - outline, line - picture.y), white, opacity=1 - 1.1 * shade)


def hills(picture: Picture, hour: Tensor) -> None:
    sky(picture, hour, -0.1, low_sun=False)
    for number, height in enumerate((0.12, -0.12, -0.42)):
        crest = height + 0.13 * torch.sin(picture.x * (1.9 - 0.4 * number) + picture.random(0, 6))
        light = 1.0 - 0.17 * number
        ground(picture, crest, (0.30 * light, 0.58 * light, 0.20 * light), (0.52 * light, 0.76 * light, 0.34 * light), hour)
        if number < 2:
            tree_row(picture, hour, crest, 0.07 + 0.05 * number)


def tree_row(picture: Picture, hour, crest, size) -> None:
    for x in (-0.9, -0.3, 0.35, 0.95):
        x = x + picture.random(-0.25, 0.25)
        base = torch.gather(crest, 2, ((x / picture.px + picture.width / 2).long().clamp(0, picture.width - 1)
                                       ).expand(-1, picture.height, -1))[:, :1]
        u, v = picture.x - x, picture.y - base
        picture.paint(box(u, v - 0.3 * size, 0.14 * size, 0.5 * size), tinted((0.36, 0.24, 0.15), hour))
        picture.paint(circle(u, v - 1.4 * size, size), tinted((0.14, 0.40, 0.16), hour))
        picture.paint(circle(u + 0.25 * size, v - 1.6 * size, 0.55 * size), tinted((0.24, 0.52, 0.22), hour))


def forest(picture: Picture, hour: Tensor) -> None:
    sky(picture, hour, -0.1, low_sun=False)
    for foot, size, light in ((-0.12, 0.42, 1.5), (-0.42, 0.56, 1.15), (-0.8, 0.75, 0.8)):
        far, near = (0.16 * light, 0.40 * light, 0.18 * light), (0.12 * light, 0.32 * light, 0.14 * light)
        ground(picture, torch.full_like(picture.y, foot + 0.1), near, far, hour)
        step = size * 0.62
        count = int(3.4 / step)
        for number in range(count):
            x = -1.7 + step * number + picture.random(-0.2, 0.2) * size
            tree = (0.11 * light, 0.33 * light, 0.17 * light)
            pine(picture, x, foot + picture.random(-0.05, 0.08), size * picture.random(0.8, 1.1), tinted(tree, hour))


def dunes(picture: Picture, hour: Tensor) -> None:
    sky(picture, hour, -0.1, low_sun=False)
    for number, height in enumerate((0.18, -0.05, -0.3, -0.62)):
        phase = picture.random(0, 6)
        crest = height + 0.16 * torch.sin(picture.x * (1.4 + 0.3 * number) + phase)
        light = 0.80 + 0.08 * number
        ground(picture, crest, (0.80 * light, 0.48 * light, 0.22 * light), (1.0 * light, 0.74 * light, 0.42 * light), hour)
        slope = torch.cos(picture.x * (1.4 + 0.3 * number) + phase)
        picture.paint(picture.y - crest, (0.30, 0.12, 0.08), opacity=0.3 * (-slope).clamp(min=0))


def city(picture: Picture, hour: Tensor) -> None:
    sky(picture, hour, -0.3)
    dark = 1 - is_hour(DAY, hour)
    for layer, (cell, low, tone) in enumerate(((0.23, 0.0, (0.58, 0.63, 0.72)), (0.31, -0.3, (0.38, 0.42, 0.52)))):
        shifted = picture.x + picture.random(-1, 1) + 9
        number = torch.floor(shifted / cell)
        chance = torch.frac(torch.sin(number * 12.99 + picture.random(0, 50)) * 43758.5).abs()
        top = low + 0.55 * chance
        inside = (torch.frac(shifted / cell) - 0.5) * cell
        tower = torch.maximum(picture.y - top, inside.abs() - 0.46 * cell)
        picture.paint(tower, tinted(tone, hour) * (0.8 + 0.2 * by_hour([(1.0,), (0.7,), (0.5,)], hour)))
        u = (torch.frac(inside / 0.06 + 0.5) - 0.5) * 0.06
        v = (torch.frac(picture.y / 0.085 + 9) - 0.5) * 0.085
        lamp = torch.frac(torch.sin(torch.floor(inside / 0.06 + 0.5) * 7.1 + torch.floor(picture.y / 0.085) * 3.7
                                    + number * 9.3) * 43758.5).abs()
        window = torch.maximum(torch.maximum(box(u, v, 0.016, 0.022), tower + 0.025), -0.72 - picture.y)
        glow = by_hour([(0.78, 0.86, 0.94), (1.0, 0.80, 0.42), (1.0, 0.86, 0.46)], hour)
        picture.paint(window, glow, opacity=torch.where(lamp > 0.4, 0.55 + 0.4 * dark, 0.12))
    ground(picture, torch.full_like(picture.y, -0.72), (0.24, 0.27, 0.32), (0.34, 0.37, 0.42), hour)


LANDSCAPE_PAINTERS = {
    "ocean": ocean, "mountains": mountains, "hills": hills, "forest": forest, "dunes": dunes, "city": city,
}
