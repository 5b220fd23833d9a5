"""The training set: latents of rendered scenes with two captions each, written once and read by every denoiser."""

import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import torch
from torch import Tensor

from captions import caption
from clock import Clock, Log
from held_out import excluded_combinations
from render import render
from resumable import save
from scenes import Scenes
from settings import MAIN_SIZE, Settings, scaled
from tokens import Tokens
from train_vae import load_vae

WORDINGS = 2
FOLDER, CONSTANTS = "latents", "constants.pt"
COLUMNS = ("latents", "clip", "t5")


@dataclass
class Shelf:
    """Everything known about the pictures of one size. Latents are scaled as the denoiser sees them."""

    latents: list[Tensor] | Tensor = field(default_factory=list)  # float16 [n, 16, h, w]
    clip: list[Tensor] | Tensor = field(default_factory=list)  # int16 [n, WORDINGS, 77]
    t5: list[Tensor] | Tensor = field(default_factory=list)  # int16 [n, WORDINGS, 77]
    count: int = 0

    def __len__(self) -> int:
        return self.count

    def add(self, latents: Tensor, clip: Tensor, t5: Tensor) -> None:
        for name, part in zip(COLUMNS, (latents, clip, t5)):
            getattr(self, name).append(part)
        self.count += len(latents)

    def settle(self, scaling: float, shift: float) -> None:
        for name in COLUMNS:
            setattr(self, name, torch.cat(getattr(self, name)))
        for part in self.latents.split(4096):
            part.copy_((part.float() - shift) * scaling)


@dataclass
class Library:
    shelves: dict[tuple[int, int], Shelf]
    scaling: float
    shift: float

    def save(self, folder: Path) -> None:
        """One file for each size; the constants last, so that a folder that has them is whole."""
        folder.mkdir(exist_ok=True)
        for (height, width), shelf in self.shelves.items():
            torch.save({name: getattr(shelf, name).cpu() for name in COLUMNS}, folder / f"{height}x{width}.pt")
        save({"scaling": self.scaling, "shift": self.shift}, folder / CONSTANTS)

    @staticmethod
    def load(folder: Path, device) -> "Library":
        shelves = {}
        for file in folder.glob("*x*.pt"):
            height, width = map(int, file.stem.split("x"))
            columns = {name: part.to(device) for name, part in torch.load(file, map_location="cpu").items()}
            shelves[height, width] = Shelf(**columns, count=len(columns["latents"]))
        return Library(shelves, **constants(folder))


def constants(folder: Path) -> dict[str, float]:
    """`scaling` and `shift`: a latent as the denoiser sees it is (latent - shift) · scaling."""
    return torch.load(folder / CONSTANTS)


@torch.no_grad()
def encode(vae, pictures: Tensor, chunk: int) -> Tensor:
    """The mode of the posterior, unscaled, float16."""
    with torch.autocast(pictures.device.type, dtype=torch.bfloat16):
        moments = torch.cat([vae.encoder(part) for part in pictures.split(chunk)])
    return moments.float().chunk(2, dim=1)[0].half()


def build(settings: Settings, log: Log) -> None:
    """Renders and encodes until every size has its number of pictures, or the time is up."""
    tokens, vae = Tokens(), load_vae(settings).to(memory_format=torch.channels_last)
    device, rng = settings.device, random.Random(settings.seed + 3)
    generator = torch.Generator(device).manual_seed(settings.seed + 3)
    source = Scenes(settings.seed + 3, excluded_combinations())
    wanted = {size: settings.main_latents if size == MAIN_SIZE else settings.other_latents for size in settings.sizes}
    shelves = {size: Shelf() for size in wanted}
    clock = Clock(settings.latents_seconds, log, "latents")

    def prepare(size):
        """A chunk's scenes and their words; done in a second thread, while the device draws the chunk before."""
        scenes = source.take(scaled(settings.chunk, size))
        worded = [tokens([caption(scene, rng) for scene in scenes]) for _ in range(WORDINGS)]
        clip, t5 = (torch.stack(parts, dim=1) for parts in zip(*worded))
        return size, scenes, clip, t5

    with ThreadPoolExecutor(1) as ahead:
        following = None
        for size in turns(shelves, wanted):
            if all(len(shelf) for shelf in shelves.values()) and not clock.running():
                break
            prepared, following = following, ahead.submit(prepare, size)
            if prepared is None:
                continue
            size, scenes, clip, t5 = prepared.result()
            pictures = render(scenes, *size, device, generator).contiguous(memory_format=torch.channels_last)
            shelves[size].add(encode(vae, pictures, scaled(256, size)), clip, t5)
            clock.report(main=len(shelves[MAIN_SIZE]))
    sample = torch.cat([part.float().flatten()[::7] for part in shelves[MAIN_SIZE].latents])
    scaling, shift = round(1 / sample.std().item(), 4), round(sample.mean().item(), 4)
    for shelf in shelves.values():
        shelf.settle(scaling, shift)
    counts = "  ".join(f"{height}x{width} {len(shelf)}" for (height, width), shelf in shelves.items())
    log("latents", f"{counts}  scaling {scaling} shift {shift}")
    Library(shelves, scaling, shift).save(settings.work / FOLDER)


def turns(shelves: dict, wanted: dict):
    """Always the size that lacks the largest share of its pictures; ends when none lacks any."""
    while True:
        size = min(wanted, key=lambda size: len(shelves[size]) / wanted[size])
        if len(shelves[size]) >= wanted[size]:
            return
        yield size
