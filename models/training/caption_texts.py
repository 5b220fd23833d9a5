"""Two wordings of every scene as T5 ids on the device: the text that the language model learns from."""

import random

import torch
from torch import Tensor

from captions import caption
from held_out import excluded_combinations
from scenes import Scene, Scenes
from settings import Settings
from span_corruption import END, PAD
from tokens import Tokens, padded

CHUNK = 5000


def ids(captions: list[str], tokens: Tokens, device) -> Tensor:
    """int64 [n, 77], </s> at the end, padded with 0."""
    return padded([], tokens.t5, captions, END, PAD).long().to(device)


def two_wordings(scenes: list[Scene], rng: random.Random, tokens: Tokens, device) -> Tensor:
    """int64 [2, n, 77]: each scene told twice, independently."""
    return torch.stack([ids([caption(scene, rng) for scene in scenes], tokens, device) for _ in range(2)])


class CaptionTexts:
    """`count` scenes without any held-out combination, told twice; int16 [2, count, 77] on the device."""

    def __init__(self, count: int, settings: Settings, tokens: Tokens):
        self.rng, self.settings, self.tokens = random.Random(settings.seed + 30), settings, tokens
        self.source = Scenes(settings.seed + 30, excluded_combinations())
        self.rows = torch.cat([self.tell(min(CHUNK, count - start)) for start in range(0, count, CHUNK)], dim=1)

    def tell(self, count: int) -> Tensor:
        return two_wordings(self.source.take(count), self.rng, self.tokens, self.settings.device).to(torch.int16)

    def draw(self, count: int) -> Tensor:
        """int64 [2, count, 77]; which wording comes first is random."""
        rows = torch.randint(self.rows.shape[1], (count,), device=self.settings.device)
        drawn = self.rows[:, rows].long()
        turned = torch.rand(count, 1, device=self.settings.device) < 0.5
        return torch.stack([torch.where(turned, drawn[1], drawn[0]), torch.where(turned, drawn[0], drawn[1])])
