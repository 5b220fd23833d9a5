"""One score for all that is far: T5's encoder tells near tokens apart by their places, far ones only by what they are.

Then a pad in the midst of pads sees what every other such pad sees, wherever it stands: near it pads, far from it the same
words and the same number of pads. Those come out equal, and whoever reads T5's 256 tokens need not read each (the harness
does not: harness/equal-tokens.ts). Captions lose little: what belongs together stands together.
"""

import torch
from transformers.models.t5.modeling_t5 import T5Stack


@torch.no_grad()
def forget_far_places(encoder: T5Stack) -> None:
    """Gives the buckets of eight tokens and more, in both directions, their mean; to be called after each step."""
    attention = encoder.block[0].layer[0].SelfAttention
    directed = attention.relative_attention_num_buckets // 2  # the first half of them holds a single distance each
    bias = attention.relative_attention_bias.weight
    far = [first + bucket for first in (0, directed) for bucket in range(directed // 2, directed)]
    bias[far] = bias[far].mean(dim=0)
