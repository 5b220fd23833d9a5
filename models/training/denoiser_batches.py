"""What a denoiser is shown: latents of every size with their captions, some of them empty, and encoders now and then silent."""

import random

import torch
from torch import Tensor

from latents import WORDINGS, Library
from settings import Settings, scaled
from tokens import Tokens

EMPTY = 0.1  # of the captions
WITHOUT_T5, WITHOUT_CLIP = 0.15, 0.1  # of the captions; each CLIP is silenced on its own


class Batches:
    """Random batches from the library: latents, and token ids for the three encoders."""

    def __init__(self, library: Library, tokens: Tokens, settings: Settings, seed: int):
        self.library, self.tokens, self.settings = library, tokens, settings
        self.rng = random.Random(seed)
        self.empty = [ids.to(settings.device) for ids in tokens([""])]

    def draw(self, t5_length: int, size: tuple[int, int] | None = None):
        """Latents [B, 16, h, w] and the towers' ids; of `size`, or of a size by its share."""
        size = size or self.rng.choices(list(self.settings.sizes), list(self.settings.sizes.values()))[0]
        shelf, device = self.library.shelves[size], self.settings.device
        count = scaled(self.settings.batch, size)
        rows = torch.randint(len(shelf), (count,), device=device)
        wording = torch.randint(WORDINGS, (count,), device=device)
        kept = torch.rand(count, 1, device=device) >= EMPTY
        clip = torch.where(kept, shelf.clip[rows, wording], self.empty[0])
        t5 = torch.where(kept, shelf.t5[rows, wording], self.empty[1])
        return shelf.latents[rows].float(), self.tokens.for_towers(clip, t5, t5_length)


def silence(embeds: Tensor, pooled: Tensor) -> tuple[Tensor, Tensor]:
    """Zeros in the place of one encoder or another: embeds [B, 77 + T, 4096], pooled [B, 768 + 1280]."""
    count, device = len(embeds), embeds.device
    t5, first, second = (
        (torch.rand(count, 1, device=device) >= share).to(embeds.dtype) for share in (WITHOUT_T5, WITHOUT_CLIP, WITHOUT_CLIP)
    )
    clip_part = torch.cat([first.expand(-1, 768), second.expand(-1, 1280), first.new_ones(count, 2048)], dim=1)
    heard = torch.cat([clip_part[:, None] * embeds[:, :77], t5[:, None] * embeds[:, 77:]], dim=1)
    return heard, pooled * torch.cat([first.expand(-1, 768), second.expand(-1, 1280)], dim=1).to(pooled.dtype)
