"""Small renders with several captions each, all of them on the device: what the two CLIPs learn from."""

import random
import time
from concurrent.futures import ThreadPoolExecutor

import torch
from torch import Tensor
from torch.nn import functional as F

from captions import caption
from clock import Log
from held_out import excluded_combinations, partners
from image_tower import SIZE
from render import render
from scenes import Scene, Scenes, combinations
from settings import Settings
from tokens import Tokens, padded

WORDINGS, SHIFT = 4, 6


class Numbers(dict):
    """The same number for the same thing, counting up."""

    def __missing__(self, key) -> int:
        self[key] = len(self)
        return self[key]


class CaptionedPictures:
    """As many pictures as `seconds` allow, at most `settings.clip_pool`, at least two batches or the pool.

    pictures  uint8 [n, 3, SIZE, SIZE]     captions  int16 [n, WORDINGS, 77], as the first tokenizer pads them
    wordings  int64 [n, WORDINGS]          equal captions have the same number
    scenes    int64 [n]                    equal scenes have the same number
    lengths   int64 [n, WORDINGS], CPU     tokens with <|startoftext|> and the first <|endoftext|>
    exchanged int16 [n, 77]                a caption with things or colours exchanged; zeros where there is none
    """

    def __init__(self, settings: Settings, tokens: Tokens, seconds: float, log: Log, exchange: bool = False):
        self.settings, self.tokens, self.exchange = settings, tokens, exchange
        self.rng, self.excluded = random.Random(settings.seed + 20), excluded_combinations()
        self.source = Scenes(settings.seed + 20, self.excluded)
        self.numbers = Numbers(), Numbers()
        began, count, parts = time.time(), 0, []
        generator = torch.Generator(settings.device).manual_seed(settings.seed + 20)
        ahead = ThreadPoolExecutor(1)  # puts scenes into words while the device draws the ones before
        following = ahead.submit(self.prepare)
        least = min(2 * settings.clip_batch, settings.clip_pool)
        while count < settings.clip_pool and (count < least or time.time() - began < seconds):
            scenes, *columns = following.result()
            following = ahead.submit(self.prepare)
            drawn = render(scenes, SIZE, SIZE, settings.device, generator)
            parts.append([((drawn + 1) * 127.5).round().to(torch.uint8), *columns])
            count += len(scenes)
        ahead.shutdown(cancel_futures=True)
        columns = [torch.cat(column) for column in zip(*parts)]
        self.lengths = columns[1].ne(tokens.end).sum(dim=2) + 1
        self.pictures, self.captions, self.wordings, self.scenes, self.exchanged = (
            column.to(settings.device) for column in columns
        )
        self.seconds = time.time() - began
        log("clip", f"{count:,} pictures with {WORDINGS} captions each in {self.seconds:.1f} s")

    def prepare(self):
        scenes = self.source.take(min(self.settings.chunk, self.settings.clip_pool))
        told = [[caption(scene, self.rng) for scene in scenes] for _ in range(WORDINGS)]
        return (
            scenes,
            torch.stack([self.ids(captions) for captions in told], dim=1),
            torch.tensor([[self.numbers[0][words] for words in captions] for captions in told]).T,
            torch.tensor([self.numbers[1][scene] for scene in scenes]),
            self.exchanges(scenes, zip(*told)),
        )

    def ids(self, captions: list[str]) -> Tensor:
        return padded([self.tokens.clip.bos_token_id], self.tokens.clip, captions, self.tokens.end, self.tokens.end)

    def exchanges(self, scenes: list[Scene], told) -> Tensor:
        """One caption of a partner for every pair that has one; its combinations are not held out."""
        rows = torch.zeros(len(scenes), 77, dtype=torch.int16)
        if not self.exchange:
            return rows
        found = {}
        for row, (scene, own) in enumerate(zip(scenes, told)):
            others = [partners(scene)[which] for which in ("sides", "colours")]
            others = [other for other in others if other and self.excluded.isdisjoint(combinations(other))]
            words = caption(self.rng.choice(others), self.rng) if others else None
            if words and words not in own:
                found[row] = words
        if found:
            rows[list(found)] = self.ids(list(found.values()))
        return rows

    def draw(self, count: int):
        """Rows of the pool, floating pictures [count, 3, SIZE, SIZE], a caption of each [count, 77] and its length."""
        device, total = self.settings.device, len(self.pictures)
        rows, which = torch.randint(total, (count,)), torch.randint(WORDINGS, (count,))
        lengths = self.lengths[rows, which]
        rows, which = rows.to(device), which.to(device)
        pictures = jitter(self.pictures[rows].float() / 127.5 - 1)
        return pictures, self.captions[rows, which].long(), lengths, self.same(rows, which), self.exchanged[rows].long()

    def same(self, rows: Tensor, which: Tensor) -> Tensor:
        """Whether picture i is shown by the caption of picture j too: same words or same scene, bool [n, n]."""
        words, scenes = self.wordings[rows, which], self.scenes[rows]
        return (words[:, None] == words) | (scenes[:, None] == scenes)


def jitter(pictures: Tensor) -> Tensor:
    """The batch moved by a few pixels, every picture a little brighter or darker."""
    across, down = torch.randint(2 * SHIFT + 1, (2,)).tolist()
    moved = F.pad(pictures, (SHIFT,) * 4, mode="replicate")[..., down : down + SIZE, across : across + SIZE]
    return moved * (0.92 + 0.16 * torch.rand(len(moved), 1, 1, 1, device=moved.device))
