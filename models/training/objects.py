"""The nine shapes, each painted in its own coordinates: u across -1..1, v upwards from the ground at 0 to about 2.

Every painter takes the picture, u and v [n, H, W], the size of a pixel in those units [n, 1, 1], and colours [n, 3].
Light comes from the upper left.
"""

import math

import torch
from torch import Tensor

from picture import Picture, box, capsule, circle, convex, ellipse, join, lit, turn


def round_light(across: Tensor) -> Tensor:
    """Light over an upright round wall, `across` from -1 (left edge) to 1."""
    across = across.clamp(-1, 1)
    depth = torch.sqrt(1 - across * across)
    return 0.5 + 0.58 * (0.75 * depth - 0.6 * across).clamp(0, 1) + 0.28 * (1 - (across + 0.45).abs() / 0.16).clamp(0, 1)


def ball(picture: Picture, u, v, px, colour):
    v = v - 1
    radius = torch.sqrt(u * u + v * v)
    depth = torch.sqrt((1 - radius * radius).clamp(min=0))
    diffuse = (-0.5 * u + 0.6 * v + 0.62 * depth).clamp(min=0)
    gloss = (-0.32 * u + 0.4 * v + 0.86 * depth).clamp(0, 1) ** 36
    bounce = 0.12 * (-v).clamp(min=0)
    picture.paint(radius - 1, lit(colour, 0.42 + 0.6 * diffuse + bounce + 0.85 * gloss), px=px)


def cube(picture: Picture, u, v, px, colour):
    front = [(-0.92, 0.0), (0.5, 0.0), (0.5, 1.42), (-0.92, 1.42)]
    top = [(-0.92, 1.42), (0.5, 1.42), (0.92, 1.8), (-0.5, 1.8)]
    side = [(0.5, 0.0), (0.92, 0.38), (0.92, 1.8), (0.5, 1.42)]
    picture.paint(convex(u, v, side), lit(colour, 0.52 + 0.1 * v / 1.8), px=px)
    picture.paint(convex(u, v, front), lit(colour, 0.78 + 0.16 * v / 1.42), px=px)
    picture.paint(convex(u, v, top), lit(colour, 1.3 + 0 * v), px=px)
    for end in ((-0.92, 1.42), (0.92, 1.8), (0.5, 0.0)):
        picture.paint(capsule(u, v, (0.5, 1.42), end, 0.018), (1.0, 1.0, 1.0), opacity=0.35, px=px)


def cone(picture: Picture, u, v, px, colour):
    shape = join(convex(u, v, [(-0.85, 0.2), (0.85, 0.2), (0.0, 2.0)]), ellipse(u, v - 0.2, 0.85, 0.2))
    width = 0.85 * ((2.0 - v) / 1.8).clamp(min=0.05)
    picture.paint(shape, lit(colour, round_light(u / width)), px=px)


def cylinder(picture: Picture, u, v, px, colour):
    shape = join(box(u, v - 0.9, 0.72, 0.72), ellipse(u, v - 0.18, 0.72, 0.18))
    picture.paint(shape, lit(colour, round_light(u / 0.72)), px=px)
    picture.paint(ellipse(u, v - 1.62, 0.72, 0.18), lit(colour, 1.28 + 0.1 * u), px=px)


def star(picture: Picture, u, v, px, colour):
    v = v - 0.98
    angle = torch.atan2(u, v)
    sector = 2 * math.pi / 5
    folded = (angle + sector / 2) % sector - sector / 2
    radius = torch.sqrt(u * u + v * v)
    across, along = radius * torch.sin(folded).abs(), radius * torch.cos(folded)
    tip, inner = 1.12, 0.46
    valley = (inner * math.sin(sector / 2), inner * math.cos(sector / 2))
    edge = (valley[0], valley[1] - tip)
    distance = (across * -edge[1] + (along - tip) * edge[0]) / math.hypot(*edge)
    left = torch.where(folded < 0, 1.0, -1.0)
    facing = torch.cos(angle + left * 0.5 + 0.7)
    picture.paint(distance, lit(colour, 0.88 + 0.26 * facing), px=px)


def ring(picture: Picture, u, v, px, colour):
    v = v - 1
    radius = torch.sqrt(u * u + v * v).clamp(min=1e-3)
    across = ((radius - 0.72) / 0.27).clamp(-1, 1)
    depth = torch.sqrt(1 - across * across)
    nu, nv = across * u / radius, across * v / radius
    diffuse = (-0.5 * nu + 0.6 * nv + 0.62 * depth).clamp(min=0)
    gloss = (-0.32 * nu + 0.4 * nv + 0.86 * depth).clamp(0, 1) ** 30
    picture.paint((radius - 0.72).abs() - 0.27, lit(colour, 0.45 + 0.58 * diffuse + 0.6 * gloss), px=px)


def cup(picture: Picture, u, v, px, colour):
    handle = circle((u - 0.62) / 0.85, v - 0.85, 0.42).abs() - 0.09
    picture.paint(handle, lit(colour, 0.72 + 0.2 * (v - 0.85)), px=px)
    body = join(convex(u, v, [(-0.5, 0.14), (0.5, 0.14), (0.72, 1.55), (-0.72, 1.55)]), ellipse(u, v - 0.14, 0.5, 0.13))
    picture.paint(body, lit(colour, round_light(u / (0.48 + 0.155 * v))), px=px)
    picture.paint(ellipse(u, v - 1.55, 0.72, 0.2), lit(colour, 1.3 + 0 * u), px=px)
    picture.paint(ellipse(u, v - 1.54, 0.62, 0.145), lit(colour, 0.45 - 0.12 * u), px=px)


def pyramid(picture: Picture, u, v, px, colour):
    top = (-0.02, 1.85)
    picture.paint(convex(u, v, [(0.3, 0.0), (0.98, 0.42), top]), lit(colour, 0.55 + 0.06 * v), px=px)
    picture.paint(convex(u, v, [(-0.98, 0.3), (0.3, 0.0), top]), lit(colour, 0.92 + 0.1 * v), px=px)


def heart(picture: Picture, u, v, px, colour):
    across, up = u.abs() / 1.62, v / 1.62 - 0.02
    lobes = torch.sqrt((across - 0.25) ** 2 + (up - 0.75) ** 2) - 0.3535
    first = across**2 + (up - 1.0) ** 2
    half = (0.5 * (across + up)).clamp(min=0)
    second = (across - half) ** 2 + (up - half) ** 2
    point = torch.sqrt(torch.minimum(first, second)) * torch.sign(across - up)
    distance = 1.62 * torch.where(across + up > 1.0, lobes, point)
    bulge = (-distance / 0.5).clamp(0, 1)
    light = 0.62 + 0.34 * torch.sqrt(bulge) + 0.12 * (v - 1 - u)
    shine = turn(u + 0.47, v - 1.35, 0.7)
    picture.paint(distance, lit(colour, light), px=px)
    picture.paint(ellipse(*shine, 0.2, 0.1), (1.0, 1.0, 1.0), opacity=0.55, px=px)


SHAPE_PAINTERS = {
    "ball": ball, "cube": cube, "cone": cone, "cylinder": cylinder, "star": star,
    "ring": ring, "cup": cup, "pyramid": pyramid, "heart": heart,
}
# v of the highest point a thing may be stood on
TOP_OF = {"cube": 1.62, "cylinder": 1.6}
