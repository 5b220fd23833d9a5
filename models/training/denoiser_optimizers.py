"""Which of the denoiser's parameters learns by what, and how fast.

The two matrices that read text, 4,096 and 2,048 numbers wide, have a rate of their own: Adam moves what a matrix makes by up to
the number of its inputs times the rate (rates.py), by 4 at the others' peak, and what they make is of order 1.
"""

import torch
from torch import nn

from muon import Muon, hidden_matrices

MUON_PEAK, MUON_DECAY = 4e-3, 0.1  # without decay matrices that move by a fixed length grow and grow (Liu et al. 2025)
ADAMW_PEAK, ADAMW_DECAY = 1e-3, 0.01
WIDE, WIDE_PEAK = ("context_embedder.weight", "time_text_embed.text_embedder.linear_1.weight"), 2.5e-4


def optimizers_for(transformer: nn.Module) -> dict[str, torch.optim.Optimizer]:
    """Muon and AdamW, with what each is good for; every group knows its `peak`, the highest learning rate."""
    named = dict(transformer.named_parameters())
    hidden, wide = hidden_matrices(transformer), [named[name] for name in WIDE]
    known = {id(matrix) for matrix in (*hidden, *wide)}
    rest = [parameter for parameter in named.values() if id(parameter) not in known]
    by_adamw = [{"params": rest, "peak": ADAMW_PEAK}, {"params": wide, "peak": WIDE_PEAK}]
    return {
        "muon": Muon([{"params": hidden, "peak": MUON_PEAK}], lr=0.0, weight_decay=MUON_DECAY),
        "adamw": torch.optim.AdamW(by_adamw, lr=0.0, betas=(0.9, 0.97), weight_decay=ADAMW_DECAY, fused=rest[0].is_cuda),
    }
