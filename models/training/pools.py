"""Freshly rendered pictures, a pool at a time."""

from typing import Iterator

import torch
from torch import Tensor

from render import render
from scenes import Scene, Scenes
from settings import MAIN_SIZE, scaled

REUSE = 8  # times a pool is gone through, every other time mirrored


def pictures(scenes: list[Scene], height: int, width: int, device, generator, chunk: int = 1024) -> Tensor:
    """float16 [n, 3, height, width] in -1..1, drawn `chunk` at a time, fewer of large ones."""
    count = scaled(chunk, (height, width))
    parts = [scenes[start : start + count] for start in range(0, len(scenes), count)]
    return torch.cat([render(part, height, width, device, generator).half() for part in parts])


def mosaic(small: Tensor) -> Tensor:
    """Four small pictures to a large one: [4n, 3, h, w] -> [n, 3, 2h, 2w]."""
    count, channels, height, width = small.shape
    grid = small.view(count // 4, 2, 2, channels, height, width)
    return grid.permute(0, 3, 1, 4, 2, 5).reshape(count // 4, channels, 2 * height, 2 * width)


def tiles(large: Tensor) -> Tensor:
    """The four quarters of each large picture: [n, 3, 2h, 2w] -> [4n, 3, h, w]."""
    count, channels, height, width = large.shape
    grid = large.view(count, channels, 2, height // 2, 2, width // 2)
    return grid.permute(0, 2, 4, 1, 3, 5).reshape(4 * count, channels, height // 2, width // 2)


def batches(source: Scenes, pool: int, batch: int, device, generator) -> Iterator[Tensor]:
    """Endless float16 batches [batch, 3, 256, 256]: half of them whole pictures, a quarter mosaics of pictures half as
    high, a quarter tiles of pictures twice as high, so that things and their edges come in every size.
    """
    height, width = MAIN_SIZE
    quarter = pool // 4
    while True:
        filled = torch.cat([
            pictures(source.take(pool - 2 * quarter), height, width, device, generator),
            mosaic(pictures(source.take(4 * quarter), height // 2, width // 2, device, generator)),
            tiles(pictures(source.take(-(-quarter // 4)), 2 * height, 2 * width, device, generator))[:quarter],
        ])
        for turn in range(REUSE):
            order = torch.randperm(len(filled), device=device, generator=generator)
            for start in range(0, len(order) - batch + 1, batch):
                chosen = filled[order[start : start + batch]]
                yield chosen.flip(-1) if turn % 2 else chosen
