"""The loss on pictures that training never sees, at fixed times and with fixed noise.

It may be compared from step to step, and from run to run as long as the autoencoder is the same.
"""

import torch

from held_out import as_scene, load
from latents import FOLDER, constants, encode
from pools import pictures
from settings import MAIN_SIZE, Settings, scaled
from tokens import T5_LENGTH, Tokens
from train_vae import load_vae

TIMES = (0.2, 0.5, 0.8)  # of the way to noise; for the DDPM twin, of its steps
COUNT, CHUNK = 128, 64
EVERY = 500  # steps


class HeldLoss:
    """Renders of held-out captions, of every layout, at the main size; T5 is padded as in use, and nothing is silenced."""

    @torch.no_grad()
    def __init__(self, settings: Settings, towers):
        device, entries = settings.device, load()
        entries = entries[:: max(1, len(entries) // COUNT)][: min(COUNT, settings.judged)]
        generator = torch.Generator(device).manual_seed(settings.seed + 6)
        scenes = [as_scene(entry, "base") for entry in entries]
        scale = constants(settings.work / FOLDER)
        shown = encode(load_vae(settings), pictures(scenes, *MAIN_SIZE, device, generator).float(), scaled(256, MAIN_SIZE))
        self.latents = (shown.float() - scale["shift"]) * scale["scaling"]  # [n, 16, h, w]
        self.noise = torch.randn(self.latents.shape, generator=generator, device=device)
        tokens = Tokens()
        clip, t5 = (ids.to(device) for ids in tokens([entry["base"]["caption"] for entry in entries]))
        with torch.autocast(device.type, dtype=torch.bfloat16):
            self.texts = towers(*tokens.for_towers(clip, t5, T5_LENGTH))  # [n, 333, 4096], [n, 2048]

    @torch.no_grad()
    def __call__(self, objective, transformer) -> str:
        """The mean squared error of what `objective` predicts at each of TIMES, in words."""
        return "  ".join(f"t {time} {self.at(objective, transformer, time):.4f}" for time in TIMES)

    def at(self, objective, transformer, time: float) -> float:
        total, device = torch.zeros((), device=self.latents.device), self.latents.device
        for latents, noise, embeds, pooled in zip(*(part.split(CHUNK) for part in (self.latents, self.noise, *self.texts))):
            times = torch.full((len(latents),), time, device=device)
            with torch.autocast(device.type, dtype=torch.bfloat16):
                total += len(latents) * objective.loss(transformer, latents, noise, times, embeds, pooled)
        return (total / len(self.latents)).item()
