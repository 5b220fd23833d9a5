"""Freshly rendered pictures, a pool at a time."""

from typing import Iterator

import torch
from torch import Tensor

from render import render
from scenes import Scene, Scenes


def pictures(scenes: list[Scene], height: int, width: int, device, generator, chunk: int = 512) -> Tensor:
    """float16 [n, 3, height, width] in -1..1."""
    parts = [scenes[start : start + chunk] for start in range(0, len(scenes), chunk)]
    return torch.cat([render(part, height, width, device, generator).half() for part in parts])


def mosaic(small: Tensor) -> Tensor:
    """Four small pictures to a large one: [4n, 3, h, w] -> [n, 3, 2h, 2w]."""
    count, channels, height, width = small.shape
    grid = small.view(count // 4, 2, 2, channels, height, width)
    return grid.permute(0, 3, 1, 4, 2, 5).reshape(count // 4, channels, 2 * height, 2 * width)


def batches(source: Scenes, pool: int, batch: int, device, generator, reuse: int = 3) -> Iterator[Tensor]:
    """Endless float16 batches [batch, 3, 256, 256]; a quarter of the pictures are mosaics of half-size ones."""
    quarter = pool // 4
    while True:
        large = pictures(source.take(pool - quarter), 256, 256, device, generator)
        small = mosaic(pictures(source.take(4 * quarter), 128, 128, device, generator))
        filled = torch.cat([large, small])
        for _ in range(reuse):
            order = torch.randperm(len(filled), device=device, generator=generator)
            for start in range(0, len(order) - batch + 1, batch):
                yield filled[order[start : start + batch]]
