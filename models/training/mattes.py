"""Where in a picture each thing is: how much of every pixel it covers, with what stands before it taken away."""

from typing import Callable

import torch
from torch import Tensor
from torch.nn import functional as F

from picture import Picture


def coverage(part: Picture, paint: Callable[[Picture], None]) -> Tensor:
    """What `paint` covers, 0..1, [n, H, W]: found by painting on black and on white."""
    canvas = part.part(torch.arange(len(part), device=part.device))
    canvas.rgb = torch.zeros_like(part.rgb)
    paint(canvas)
    on_black, canvas.rgb = canvas.rgb, torch.ones_like(part.rgb)
    paint(canvas)
    return (1 - (canvas.rgb - on_black).mean(dim=1)).clamp(0, 1)


class Mattes:
    """Filled by `render`, from back to front: `of[slot]` [n, H, W], zeros where a scene has nothing in the slot."""

    def __init__(self):
        self.of: dict[str, Tensor] = {}

    def add(self, slot: str, rows: Tensor, part: Picture, paint: Callable[[Picture], None], count: int) -> None:
        """One thing in each of the pictures `rows`, of `count` in all."""
        matte = coverage(part, paint)
        for behind in self.of.values():
            behind[rows] *= 1 - matte
        if slot not in self.of:
            self.of[slot] = torch.zeros(count, part.height, part.width, device=part.device)
        self.of[slot][rows] = matte

    def patches(self, slot: str, picture: int, size: int = 16) -> Tensor:
        """Share of every patch of size x size pixels that the thing covers, [H / size, W / size]."""
        return F.avg_pool2d(self.of[slot][picture][None, None], size)[0, 0]
