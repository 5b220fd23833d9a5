"""Captions as token ids, padded as the pipeline pads them."""

from pathlib import Path

import torch
from torch import Tensor
from transformers import CLIPTokenizer, T5TokenizerFast

CLIP_LENGTH, T5_LENGTH = 77, 256
FOLDER = Path(__file__).resolve().parent.parent / "sd3-nano"


class Tokens:
    def __init__(self, folder: Path = FOLDER):
        self.clip = CLIPTokenizer.from_pretrained(folder / "tokenizer")
        self.t5 = T5TokenizerFast.from_pretrained(folder / "tokenizer_3")
        self.end = self.clip.eos_token_id

    def __call__(self, captions: list[str]) -> tuple[Tensor, Tensor]:
        """int16 [n, 77] for the CLIPs, padded with <|endoftext|>, and [n, 77] for T5, padded with 0."""
        return (
            padded([self.clip.bos_token_id], self.clip, captions, self.end, self.end),
            padded([], self.t5, captions, self.t5.eos_token_id, 0),
        )

    def for_towers(self, clip: Tensor, t5: Tensor, t5_length: int) -> tuple[Tensor, Tensor, Tensor]:
        """Ids for the three encoders: tokenizer_2 pads with 0 after the first <|endoftext|>."""
        clip = clip.long()
        second = clip.masked_fill((clip == self.end).cumsum(dim=1) > 1, 0)
        return clip, second, torch.nn.functional.pad(t5.long(), (0, t5_length - t5.shape[1]))


def padded(start: list[int], tokenizer, captions: list[str], end: int, pad: int) -> Tensor:
    encodings = tokenizer.backend_tokenizer.encode_batch(captions, add_special_tokens=False)
    rows = torch.full((len(captions), CLIP_LENGTH), pad, dtype=torch.int16)
    for row, encoding in zip(rows, encodings):
        ids = [*start, *encoding.ids[: CLIP_LENGTH - 1 - len(start)], end]
        row[: len(ids)] = torch.tensor(ids, dtype=torch.int16)
    return rows
