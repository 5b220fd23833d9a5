"""What things stand on, and what is behind them. Ground begins about the middle of the picture."""

import torch
from torch import Tensor

from picture import Picture, as_colour, box, constant, convex, mix
from skies import BOTTOM, GROUND_TINT, MIDDLE, TOP, by_hour, sky

HORIZON = 0.12
WALLS = [(0.86, 0.80, 0.70), (0.66, 0.74, 0.80), (0.74, 0.80, 0.70), (0.88, 0.76, 0.72), (0.78, 0.76, 0.82)]


def tinted(colour, hour: Tensor) -> Tensor:
    """A ground colour (tuple or [n, 3]) under the hour's light, [n, 3]."""
    colour = colour if isinstance(colour, Tensor) else constant(colour, hour.device)
    return colour.expand(len(hour), 3) * by_hour(GROUND_TINT, hour)


def wall(picture: Picture, hour: Tensor, colours=WALLS) -> None:
    choice = (picture.random(0, len(colours) - 1e-3)[:, 0, 0]).long()
    colour = tinted(constant(tuple(colours), picture.device)[choice], hour)
    light = 0.98 - 0.16 * (picture.x * 0.5 - picture.y * 0.4 + 0.2)
    picture.rgb = as_colour(colour, picture.device) * light[:, None].clamp(0, 1.05)


def ground(picture: Picture, edge: Tensor, near, far, hour: Tensor) -> None:
    """Everything under `edge` [n or 1, H, W] (a height), from the colour `far` at the edge to `near` at your feet."""
    depth = ((edge - picture.y) / 1.1).clamp(0, 1).expand(len(picture), -1, -1)
    picture.paint((picture.y - edge).expand(len(picture), -1, -1), mix(tinted(far, hour), tinted(near, hour), depth))


def table(picture: Picture, hour: Tensor) -> None:
    wall(picture, hour)
    far = 0.0
    depth = far - picture.y + 0.55
    plank = (picture.x / depth * 1.5 + picture.random(-1, 1))
    number = torch.floor(plank)
    tone = torch.frac(torch.sin(number * 12.99 + picture.random(0, 9)) * 43758.5).abs()
    grain = torch.sin((plank * 14 + 2.2 * picture.noise(3, 5)))
    wood = tinted((0.70, 0.46, 0.26), hour)
    light = 0.80 + 0.16 * tone + 0.045 * grain + 0.14 * (-picture.y).clamp(0, 1)
    picture.paint((picture.y - far).expand_as(light), as_colour(wood, picture.device) * light.unsqueeze(1))
    gap = (torch.frac(plank.abs()) - 0.5).abs() - 0.5 + 0.018
    picture.paint(torch.maximum(-gap * depth / 1.5, picture.y - far), tinted((0.34, 0.20, 0.11), hour), opacity=0.8)
    picture.paint((picture.y - far + 0.012).abs().expand_as(light) - 0.012, tinted((0.86, 0.64, 0.42), hour))


def grass(picture: Picture, hour: Tensor) -> None:
    sky(picture, hour, HORIZON)
    hill = HORIZON + 0.06 * torch.sin(picture.x * 1.7 + picture.random(0, 6))
    ground(picture, hill + 0.07, (0.38, 0.62, 0.35), (0.42, 0.66, 0.42), hour)
    ground(picture, HORIZON - 0.05 + 0 * hill, (0.22, 0.50, 0.14), (0.46, 0.72, 0.28), hour)
    depth = HORIZON - picture.y + 0.35
    blades = torch.sin(picture.x / depth * 26 + 3 * picture.noise(4, 4)) * torch.sin(12 * torch.log(depth.clamp(min=0.05)) * 3)
    picture.blend((0.16 * blades.clamp(min=0)) * (picture.y < HORIZON - 0.08), tinted((0.70, 0.88, 0.36), hour))


def beach(picture: Picture, hour: Tensor) -> None:
    across = sky(picture, hour, HORIZON)
    sea(picture, hour, across, HORIZON, shore=-0.16)
    shore = -0.16 + 0.03 * torch.sin(picture.x * 2.4 + picture.random(0, 6))
    ground(picture, shore + 0.05, (0.97, 0.97, 0.95), (0.95, 0.97, 0.98), hour)
    ground(picture, shore, (0.95, 0.84, 0.60), (0.84, 0.71, 0.50), hour)
    ripple = torch.sin((picture.y + 0.06 * picture.noise(3, 3)) * 34)
    picture.blend(0.12 * ripple.clamp(min=0) * (picture.y < shore - 0.08), tinted((0.78, 0.64, 0.42), hour))


def sea(picture: Picture, hour: Tensor, across: Tensor, horizon: float, shore: float = -9.0) -> None:
    """Water from the horizon down, with the light of sun or moon lying on it."""
    count = len(picture)
    depth = ((horizon - picture.y) / 1.0).clamp(0, 1).expand(count, -1, -1)
    far = by_hour([(0.36, 0.66, 0.86), (0.90, 0.50, 0.38), (0.12, 0.16, 0.34)], hour)
    near = by_hour([(0.06, 0.34, 0.62), (0.28, 0.20, 0.42), (0.03, 0.06, 0.18)], hour)
    water = (picture.y - horizon).expand(count, -1, -1)
    picture.paint(water, mix(far, near, depth.sqrt()))
    beat = torch.log((horizon - picture.y).clamp(min=0) + 0.05)
    waves = torch.sin(beat * 16 + 1.6 * picture.noise(6, 3)) * torch.sin(picture.x / (depth + 0.12) * 1.8 + beat * 5)
    path = torch.exp(-(((picture.x - across) / (0.10 + 0.35 * depth)) ** 2))
    shine = by_hour([(0.85,), (0.9,), (0.6,)], hour)[:, :, None]
    glitter = (waves.clamp(min=0) * 0.25 + path * shine * (0.5 + 0.5 * waves).clamp(0, 1)) * (picture.y < horizon)
    picture.blend(glitter.clamp(0, 1), by_hour([(0.92, 0.97, 1.0), (1.0, 0.80, 0.45), (0.75, 0.80, 0.95)], hour))


def snow(picture: Picture, hour: Tensor) -> None:
    sky(picture, hour, HORIZON)
    for number in range(7):
        x, size = -1.5 + number * 0.5 + picture.random(-0.15, 0.15), picture.random(0.16, 0.28)
        pine(picture, x, HORIZON - 0.03, size, tinted((0.16, 0.34, 0.26), hour), tinted((0.93, 0.96, 0.99), hour))
    bank = HORIZON - 0.02 + 0.05 * torch.sin(picture.x * 2.1 + picture.random(0, 6))
    ground(picture, bank, (0.97, 0.98, 1.0), (0.84, 0.89, 0.97), hour)
    drift = torch.sin(picture.x * 1.5 + picture.random(0, 6) + picture.y * 3)
    picture.blend(0.2 * drift.clamp(min=0) * (picture.y < bank), tinted((0.76, 0.84, 0.96), hour))


def pine(picture: Picture, x, y, size, colour, cap=None) -> None:
    """A fir of three tiers, its foot at (x, y)."""
    u, v = (picture.x - x) / size, (picture.y - y) / size
    px = picture.px / size
    for low, wide in ((0.1, 0.52), (0.5, 0.42), (0.9, 0.3)):
        picture.paint(convex(u, v, [(-wide, low), (wide, low), (0.0, low + 0.75)]), colour, px=px)
        if cap is not None:
            picture.paint(convex(u, v, [(-wide * 0.4, low + 0.45), (wide * 0.4, low + 0.45), (0.0, low + 0.75)]), cap, px=px)


def room(picture: Picture, hour: Tensor) -> None:
    wall(picture, hour)
    side = torch.where(picture.random(0, 1) < 0.5, -0.52, 0.52)
    u, v = picture.x - side, picture.y - 0.56
    frame, pane = box(u, v, 0.31, 0.33), box(u, v, 0.26, 0.28)
    picture.paint(frame, tinted((0.97, 0.96, 0.93), hour))
    outside = mix(by_hour(BOTTOM, hour), by_hour(MIDDLE, hour) * 0.5 + by_hour(TOP, hour) * 0.5, (v / 0.5 + 0.5).clamp(0, 1))
    picture.paint(pane, outside)
    bars = torch.minimum(u.abs(), v.abs()) - 0.016
    picture.paint(torch.maximum(bars, pane), tinted((0.97, 0.96, 0.93), hour))
    floor = torch.full_like(picture.y, -0.06)
    ground(picture, floor + 0.09, (0.95, 0.94, 0.90), (0.95, 0.94, 0.90), hour)
    ground(picture, floor, (0.60, 0.36, 0.34), (0.48, 0.28, 0.29), hour)
    rug = ((picture.x / 1.15) ** 2 + ((picture.y + 0.62) / 0.42) ** 2).expand(len(picture), -1, -1)
    picture.paint((rug - 1) * 0.3, tinted((0.80, 0.66, 0.52), hour))
    picture.paint(((rug - 0.8).abs() - 0.03) * 0.3, tinted((0.60, 0.36, 0.34), hour))


def desert(picture: Picture, hour: Tensor) -> None:
    sky(picture, hour, HORIZON)
    for number, height in enumerate((0.16, 0.04, -0.1)):
        crest = height + 0.1 * torch.sin(picture.x * (1.2 + 0.5 * number) + picture.random(0, 6))
        light = 0.86 + 0.1 * number
        ground(picture, crest, (0.93 * light, 0.62 * light, 0.30 * light), (0.98 * light, 0.74 * light, 0.42 * light), hour)
    ripple = torch.sin(picture.y * 40 + 2.5 * torch.sin(picture.x * 2 + picture.random(0, 6)))
    picture.blend(0.14 * ripple.clamp(min=0) * (picture.y < -0.22), tinted((0.72, 0.44, 0.20), hour))


def stone(picture: Picture, hour: Tensor) -> None:
    wall(picture, hour, [(0.62, 0.58, 0.56), (0.58, 0.60, 0.64)])
    row = torch.floor((picture.y + 9) / 0.2)
    brick = torch.maximum((torch.frac(picture.x / 0.44 + 9 + 0.5 * (row % 2)) - 0.5).abs() * 0.44 - 0.205,
                          (torch.frac((picture.y + 9) / 0.2) - 0.5).abs() * 0.2 - 0.085)
    picture.paint(-brick.expand(len(picture), -1, -1), tinted((0.46, 0.43, 0.42), hour), opacity=0.7)
    ground(picture, torch.zeros_like(picture.y), (0.66, 0.67, 0.70), (0.50, 0.51, 0.55), hour)
    depth = 0.5 - picture.y
    u, v = picture.x / depth * 1.3, 1.6 / depth
    line = torch.minimum((torch.frac(u + 20.5) - 0.5).abs() * depth / 1.3, (torch.frac(v) - 0.5).abs() * depth**2 / 1.6)
    slab = torch.maximum(line - 0.007, picture.y + 0.005)
    picture.paint(slab.expand(len(picture), -1, -1), tinted((0.34, 0.35, 0.39), hour), opacity=0.8)


def white(picture: Picture, hour: Tensor) -> None:
    depth = ((-0.05 - picture.y) / 0.25).clamp(0, 1).expand(len(picture), -1, -1)
    picture.rgb = mix(tinted((0.97, 0.97, 0.97), hour), tinted((0.90, 0.90, 0.91), hour), depth)


SUPPORT_PAINTERS = {
    "table": table, "grass": grass, "beach": beach, "snow": snow,
    "room": room, "desert": desert, "stone": stone, "white": white,
}
