"""The training set: latents of rendered scenes with two captions each, as many as fit into the time, on the device."""

import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import torch
from torch import Tensor

from captions import caption
from clock import Clock, Log
from held_out import excluded_pairs
from judge import labels
from render import render
from scenes import Scenes
from settings import MAIN_SIZE, Settings
from tokens import Tokens

WORDINGS = 2


@dataclass
class Shelf:
    """Everything known about the pictures of one size. Latents are scaled as the denoiser sees them."""

    latents: list[Tensor] = field(default_factory=list)  # float16 [n, 16, h, w]
    clip: list[Tensor] = field(default_factory=list)  # int16 [n, WORDINGS, 77]
    t5: list[Tensor] = field(default_factory=list)  # int16 [n, WORDINGS, 77]
    labels: list[Tensor] = field(default_factory=list)  # int8 [n, heads]
    count: int = 0

    def __len__(self) -> int:
        return self.count

    def settle(self, scaling: float, shift: float) -> None:
        for name in ("latents", "clip", "t5", "labels"):
            setattr(self, name, torch.cat(getattr(self, name)))
        for part in self.latents.split(4096):
            part.copy_((part.float() - shift) * scaling)


@dataclass
class Library:
    shelves: dict[tuple[int, int], Shelf]
    scaling: float
    shift: float


@torch.no_grad()
def encode(vae, pictures: Tensor) -> Tensor:
    """The mode of the posterior, unscaled, float16."""
    with torch.autocast(pictures.device.type, dtype=torch.bfloat16):
        moments = torch.cat([vae.encoder(part) for part in pictures.split(256)])
    return moments.float().chunk(2, dim=1)[0].half()


def build(settings: Settings, vae, tokens: Tokens, log: Log) -> Library:
    device, rng = settings.device, random.Random(settings.seed + 3)
    generator = torch.Generator(device).manual_seed(settings.seed + 3)
    source = Scenes(settings.seed + 3, excluded_pairs())
    shelves = {size: Shelf() for size in (MAIN_SIZE, *settings.other_sizes)}
    caps = {size: settings.main_latents if size == MAIN_SIZE else settings.other_latents for size in shelves}
    vae = vae.to(memory_format=torch.channels_last)
    clock = Clock(settings.latents_seconds, log, "latents")

    def prepare():
        """A chunk's scenes and their words; done in a second thread, while the device draws the chunk before."""
        scenes = source.take(settings.chunk)
        worded = [tokens([caption(scene, rng) for scene in scenes]) for _ in range(WORDINGS)]
        clip, t5 = (torch.stack(parts, dim=1) for parts in zip(*worded))
        return scenes, clip, t5, torch.tensor([labels(scene) for scene in scenes], dtype=torch.int8)

    ahead = ThreadPoolExecutor(1)
    following = ahead.submit(prepare)
    for size in schedule(settings):
        if all(len(shelf) >= caps[key] for key, shelf in shelves.items()):
            break
        if all(len(shelf) for shelf in shelves.values()) and not clock.running():
            break
        shelf = shelves[size]
        if len(shelf) >= caps[size]:
            continue
        scenes, clip, t5, truth = following.result()
        following = ahead.submit(prepare)
        pictures = render(scenes, *size, device, generator).contiguous(memory_format=torch.channels_last)
        shelf.latents.append(encode(vae, pictures))
        shelf.count += len(scenes)
        for kept, part in ((shelf.clip, clip), (shelf.t5, t5), (shelf.labels, truth)):
            kept.append(part.to(device))
        clock.report(main=len(shelves[MAIN_SIZE]))
    sample = torch.cat([part.float().flatten()[::7] for part in shelves[MAIN_SIZE].latents])
    scaling, shift = round(1 / sample.std().item(), 4), round(sample.mean().item(), 4)
    for shelf in shelves.values():
        shelf.settle(scaling, shift)
    counts = "  ".join(f"{height}x{width} {len(shelf)}" for (height, width), shelf in shelves.items())
    log("latents", f"{counts}  scaling {scaling} shift {shift}")
    return Library(shelves, scaling, shift)


def schedule(settings: Settings):
    """Endless sizes: twelve chunks of the main size to one of each other."""
    while True:
        yield from [*[MAIN_SIZE] * 6, *settings.other_sizes, *[MAIN_SIZE] * 6]
