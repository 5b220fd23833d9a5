"""How long and how large: the full run on one GPU, and a rehearsal that takes seconds anywhere."""

from dataclasses import dataclass, field
from pathlib import Path

import torch

MAIN_SIZE = (256, 256)
# (height, width): share of the training batches
OTHER_SIZES = {
    (128, 192): 0.07, (192, 128): 0.03, (128, 128): 0.03, (256, 384): 0.03, (384, 256): 0.02, (192, 192): 0.02,
}


@dataclass
class Settings:
    work: Path
    minutes: float = 23.0  # wall clock from the first start to the last line
    vae_seconds: float = 220.0
    judge_seconds: float = 85.0
    latents_seconds: float = 95.0
    closing_seconds: float = 75.0  # kept for export and evaluation; the denoiser gets what is left
    frozen_share: float = 0.30  # of the denoiser's time goes to training with rounded, frozen text encoders
    vae_batch: int = 32
    judge_batch: int = 128
    batch: int = 512
    pool: int = 2048  # pictures rendered at a time for the autoencoder and the judge
    chunk: int = 1024  # pictures rendered and encoded at a time
    main_latents: int = 220_000
    other_latents: int = 24_000
    judged: int = 100
    judged_steps: int = 28
    judge_tests: int = 2000
    steps: tuple = (2, 4, 6, 10, 20, 30, 50)
    other_sizes: dict = field(default_factory=lambda: dict(OTHER_SIZES))
    compile: bool = True
    seed: int = 7
    device: torch.device = field(default_factory=lambda: torch.device("cuda" if torch.cuda.is_available() else "cpu"))


def rehearsal(work: Path) -> Settings:
    """Every stage, a few steps each; on a GPU with the full batch, to see that it fits."""
    batch = 512 if torch.cuda.is_available() else 4
    return Settings(
        work, minutes=0.6, vae_seconds=3, judge_seconds=3, latents_seconds=3, closing_seconds=15, vae_batch=2,
        judge_batch=4, batch=batch, pool=8, chunk=8, main_latents=16, other_latents=8, judged=2, judged_steps=2, judge_tests=8,
        steps=(2,), other_sizes={(128, 192): 0.3}, compile=False,
    )
