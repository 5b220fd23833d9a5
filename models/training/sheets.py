"""Contact sheets.

    python sheets.py OUT.png [--height 256 --width 256 --seed 0]     pictures as the renderer paints them
"""

import argparse
import random

import numpy as np
import torch
from PIL import Image, ImageDraw
from torch import Tensor

from captions import caption
from render import render
from scenes import Scenes

LABEL = 26


def to_images(pictures: Tensor) -> list[Image.Image]:
    """[n, 3, H, W] in -1..1 -> images, rounded as the pipeline rounds."""
    values = (pictures.float().cpu() * 0.5 + 0.5).clamp(0, 1).permute(0, 2, 3, 1).numpy()
    return [Image.fromarray((value * 255).round().astype(np.uint8)) for value in values]


def sheet(images: list[Image.Image], labels: list[str], columns: int) -> Image.Image:
    """Pictures of one size in rows, each with its label below."""
    width, height = images[0].size
    rows = -(-len(images) // columns)
    page = Image.new("RGB", (columns * width, rows * (height + LABEL)), "white")
    draw = ImageDraw.Draw(page)
    for number, (image, label) in enumerate(zip(images, labels)):
        x, y = number % columns * width, number // columns * (height + LABEL)
        page.paste(image, (x, y))
        letters = max(10, width // 6)
        for line in range(2):
            draw.text((x + 3, y + height + 1 + 12 * line), label[line * letters : (line + 1) * letters], fill="black")
    return page


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out")
    parser.add_argument("--height", type=int, default=256)
    parser.add_argument("--width", type=int, default=256)
    parser.add_argument("--count", type=int, default=40)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    scenes = Scenes(options.seed, frozenset()).take(options.count)
    rng = random.Random(options.seed)
    generator = torch.Generator().manual_seed(options.seed)
    pictures = render(scenes, options.height, options.width, torch.device("cpu"), generator)
    sheet(to_images(pictures), [caption(scene, rng) for scene in scenes], columns=8).save(options.out)


if __name__ == "__main__":
    main()
