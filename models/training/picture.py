"""A batch of pictures and the few ways of putting something into them.

Coordinates: x to the right, y upwards, the shorter side of the picture runs from -1 to 1. Shapes are signed distances
(negative inside), so every edge is exactly one pixel soft at any size.
"""

from functools import lru_cache

import torch
from torch import Tensor
from torch.nn import functional as F


class Picture:
    """`rgb` [n, 3, H, W] in 0..1; `x`, `y` [1, H, W]; `px` the size of a pixel in the same units."""

    def __init__(self, count: int, height: int, width: int, device, generator: torch.Generator):
        self.device, self.generator = device, generator
        self.height, self.width = height, width
        half = min(height, width) / 2
        self.px = 1 / half
        across = (torch.arange(width, device=device) + 0.5 - width / 2) / half
        down = (height / 2 - torch.arange(height, device=device) - 0.5) / half
        self.x = across.expand(1, height, width)
        self.y = down[:, None].expand(1, height, width)
        self.rgb = torch.zeros(count, 3, height, width, device=device)

    def __len__(self) -> int:
        return len(self.rgb)

    def part(self, rows: Tensor) -> "Picture":
        """The pictures `rows` as a batch of their own; bring them home with `put`."""
        part = object.__new__(Picture)
        part.__dict__.update(self.__dict__)
        part.rgb = self.rgb[rows]
        return part

    def put(self, rows: Tensor, part: "Picture") -> None:
        self.rgb[rows] = part.rgb

    def random(self, low: float, high: float) -> Tensor:
        """One uniform number per picture, [n, 1, 1]."""
        values = torch.rand(len(self), 1, 1, device=self.device, generator=self.generator)
        return low + (high - low) * values

    def noise(self, rows: int, columns: int) -> Tensor:
        """Smooth noise of about -1..1, [n, H, W], with that many bumps down and across."""
        coarse = torch.randn(len(self), 1, rows + 2, columns + 2, device=self.device, generator=self.generator) * 0.6
        return F.interpolate(coarse, (self.height, self.width), mode="bicubic", align_corners=True)[:, 0]

    def paint(self, distance: Tensor, colour, opacity=1.0, px=None) -> None:
        """Lay `colour` (a tuple, [n, 3] or [n, 3, H, W]) where `distance` [n, H, W] is negative."""
        inside = (0.5 - distance / (self.px if px is None else px)).clamp(0, 1) * opacity
        self.blend(inside, colour)

    def blend(self, amount: Tensor, colour) -> None:
        """Move towards `colour` by `amount` [n, H, W]."""
        target = as_colour(colour, self.device).expand_as(self.rgb)
        self.rgb = torch.lerp(self.rgb, target, amount.unsqueeze(1).expand_as(self.rgb))


@lru_cache(maxsize=None)
def constant(values: tuple, device) -> Tensor:
    """A table of numbers on the device, sent there once."""
    return torch.tensor(values, dtype=torch.float32, device=device)


def as_colour(colour, device) -> Tensor:
    colour = colour if isinstance(colour, Tensor) else constant(colour, device)
    if colour.ndim == 1:
        colour = colour[None]
    return colour[..., None, None] if colour.ndim == 2 else colour


def mix(first, second, amount: Tensor) -> Tensor:
    """Two colours ([3] or [n, 3]) mixed by `amount` [n, H, W] -> [n, 3, H, W]."""
    first, second = as_colour(first, amount.device), as_colour(second, amount.device)
    return first + (second - first) * amount.unsqueeze(1)


def lit(colour: Tensor, light: Tensor) -> Tensor:
    """`colour` [n, 3] under `light` [n, H, W]: darker below 1, towards white above."""
    light = light.unsqueeze(1)
    shaded = as_colour(colour, light.device) * light.clamp(max=1)
    return shaded + (1 - shaded) * (light - 1).clamp(0, 1)


def circle(u, v, radius):
    return torch.sqrt(u * u + v * v) - radius


def ellipse(u, v, a, b):
    near = torch.sqrt((u / a) ** 2 + (v / b) ** 2)
    slope = torch.sqrt((u / a**2) ** 2 + (v / b**2) ** 2).clamp(min=1e-4)
    return near * (near - 1) / slope


def box(u, v, a, b):
    dx, dy = u.abs() - a, v.abs() - b
    return torch.sqrt(dx.clamp(min=0) ** 2 + dy.clamp(min=0) ** 2) + torch.maximum(dx, dy).clamp(max=0)


def convex(u, v, corners):
    """A convex polygon, corners anticlockwise."""
    distance = None
    for (x0, y0), (x1, y1) in zip(corners, [*corners[1:], corners[0]]):
        length = ((x1 - x0) ** 2 + (y1 - y0) ** 2) ** 0.5
        side = ((u - x0) * (y1 - y0) - (v - y0) * (x1 - x0)) / length
        distance = side if distance is None else torch.maximum(distance, side)
    return distance


def capsule(u, v, start, end, radius):
    (x0, y0), (x1, y1) = start, end
    dx, dy = x1 - x0, y1 - y0
    along = (((u - x0) * dx + (v - y0) * dy) / (dx * dx + dy * dy)).clamp(0, 1)
    return torch.sqrt((u - x0 - along * dx) ** 2 + (v - y0 - along * dy) ** 2) - radius


def join(first, second, soft=0.0):
    """Union, with a fillet of size `soft`."""
    if not soft:
        return torch.minimum(first, second)
    blend = (soft - (first - second).abs()).clamp(min=0) / soft
    return torch.minimum(first, second) - blend * blend * soft / 4


def turn(u, v, angle):
    """Coordinates turned by `angle` (a number or [n, 1, 1])."""
    angle = torch.as_tensor(angle, device=u.device)
    c, s = torch.cos(angle), torch.sin(angle)
    return c * u + s * v, c * v - s * u
