"""How long and how large: the full run on one GPU, and a rehearsal that takes seconds anywhere."""

import math
from dataclasses import dataclass, field
from pathlib import Path

import torch

MAIN_SIZE = (256, 256)
# (height, width): share of the training batches
OTHER_SIZES = {(128, 192): 0.06, (192, 128): 0.02, (256, 384): 0.07, (384, 256): 0.04, (512, 512): 0.12}


@dataclass
class Settings:
    work: Path
    vae_seconds: float = 400.0
    judge_seconds: float = 160.0
    clip_seconds: float = 200.0
    t5_seconds: float = 300.0
    latents_seconds: float = 150.0
    # of each denoiser, with T5 padded to 77 tokens, then to 256; and the seconds of training that neither may exceed
    denoiser_steps: tuple[int, int] = (12_000, 9_000)
    denoiser_seconds: tuple[float, float] = (460.0, 405.0)
    vae_batch: int = 32
    judge_batch: int = 128
    clip_batch: int = 2048  # captions that each picture is told from
    clip_pool: int = 100_000  # pictures kept for the contrastive training
    t5_batch: int = 512
    batch: int = 256
    pool: int = 2048  # pictures rendered at a time for the autoencoder and the judge
    chunk: int = 1024  # pictures rendered and encoded at a time
    main_latents: int = 90_000
    other_latents: int = 6_000
    judged: int = 10_000  # held-out captions, at most
    judged_steps: int = 28
    judge_tests: int = 2000
    steps: tuple = (2, 4, 6, 10, 20, 30, 50)
    long_run: int = 200
    other_sizes: dict = field(default_factory=lambda: dict(OTHER_SIZES))
    compile: bool = True
    seed: int = 7
    device: torch.device = field(default_factory=lambda: torch.device("cuda" if torch.cuda.is_available() else "cpu"))

    @property
    def sizes(self) -> dict[tuple[int, int], float]:
        """(height, width): share of the training batches, the main size included."""
        return {MAIN_SIZE: 1 - sum(self.other_sizes.values()), **self.other_sizes}


def scaled(count: int, size: tuple[int, int]) -> int:
    """How many pictures of `size` take the room of `count` pictures of the main size; never more than `count`."""
    return max(1, min(count, count * MAIN_SIZE[0] * MAIN_SIZE[1] // (size[0] * size[1])))


def rehearsal(work: Path) -> Settings:
    """Every stage, a few steps each; on a GPU with the full batch of every size, to see that it fits, and compiled.

    What PyTorch compiled it keeps in a cache, so a run beside it or after it need not compile that again.
    """
    gpu = torch.cuda.is_available()
    return Settings(
        work, vae_seconds=3, judge_seconds=3, clip_seconds=3, t5_seconds=3, latents_seconds=3, denoiser_steps=(3, 3),
        denoiser_seconds=(math.inf, math.inf), vae_batch=2, judge_batch=4, clip_batch=8, clip_pool=16, t5_batch=4,
        batch=256 if gpu else 4, pool=8, chunk=8, main_latents=16, other_latents=8, judged=2, judged_steps=2,
        judge_tests=8, steps=(2,), long_run=3, other_sizes=dict(OTHER_SIZES) if gpu else {(128, 192): 0.3}, compile=gpu,
    )
