"""The loss on pictures that training never sees, at fixed times and with fixed noise.

It may be compared from step to step, and from run to run as long as the autoencoder is the same.
"""

import math

import torch
from torch import Tensor

from held_out import as_scene, load
from latents import FOLDER, constants, encode
from pools import pictures
from settings import MAIN_SIZE, Settings, scaled
from tokens import T5_LENGTH, Tokens
from train_vae import load_vae

TIMES = (0.2, 0.5, 0.8)  # of the way to noise; for the DDPM twin, of its steps
COUNT, CHUNK = 128, 64  # pictures of the main size, in all and at a time
EVERY = 500  # steps


class HeldLoss:
    """Renders of held-out captions, of every layout, at the main size and, fewer of them, at the largest.

    T5 is padded as in use, and no encoder is silenced.
    """

    @torch.no_grad()
    def __init__(self, settings: Settings, towers):
        entries, tokens, self.device = load(), Tokens(), settings.device
        entries = entries[:: max(1, len(entries) // COUNT)][: min(COUNT, settings.judged)]
        clip, t5 = (ids.to(self.device) for ids in tokens([entry["base"]["caption"] for entry in entries]))
        with torch.autocast(self.device.type, dtype=torch.bfloat16):
            self.texts = towers(*tokens.for_towers(clip, t5, T5_LENGTH))  # [n, 333, 4096], [n, 2048]
        sizes, scenes = {MAIN_SIZE, max(settings.sizes, key=math.prod)}, [as_scene(entry, "base") for entry in entries]
        self.shown = {size: self.draw(settings, scenes[: scaled(len(scenes), size)], size) for size in sorted(sizes)}

    def draw(self, settings: Settings, scenes: list, size: tuple[int, int]) -> tuple[Tensor, Tensor]:
        """Latents as a denoiser sees them, and noise, both [n, 16, h, w]."""
        generator = torch.Generator(self.device).manual_seed(settings.seed + 6)
        scale, drawn = constants(settings.work / FOLDER), pictures(scenes, *size, self.device, generator)
        encoded = encode(load_vae(settings), drawn.float(), scaled(CHUNK, size)).float()
        noise = torch.randn(encoded.shape, generator=generator, device=self.device)
        return (encoded - scale["shift"]) * scale["scaling"], noise

    @torch.no_grad()
    def __call__(self, objective, transformer) -> str:
        """The mean squared error of what `objective` predicts, size by size at each of TIMES, in words."""
        words = []
        for size in self.shown:
            losses = (f"t {time} {self.at(objective, transformer, size, time):.4f}" for time in TIMES)
            words.append("  ".join([f"{size[0]}x{size[1]}", *losses]))
        return "; ".join(words)

    def at(self, objective, transformer, size: tuple[int, int], time: float) -> float:
        latents, noise = self.shown[size]
        total, chunk = 0.0, scaled(CHUNK, size)
        for start in range(0, len(latents), chunk):
            rows = slice(start, start + chunk)
            embeds, pooled = (text[: len(latents)][rows] for text in self.texts)
            times = torch.full((len(embeds),), time, device=self.device)
            with torch.autocast(self.device.type, dtype=torch.bfloat16):
                total += len(embeds) * objective.loss(transformer, latents[rows], noise[rows], times, embeds, pooled).item()
        return total / len(latents)
