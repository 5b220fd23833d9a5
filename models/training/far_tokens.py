"""One score for all that is far: T5's encoder tells near tokens apart by their places, far ones only by what they are.

Then a pad in the midst of pads sees what every other such pad sees, wherever it stands: near it pads, far from it the same
words and the same number of pads. Those come out equal, and whoever reads T5's 256 tokens need not read each (the harness
does not: harness/equal-tokens.ts). Captions lose little: what belongs together stands together.
"""

import torch
from torch import Tensor
from transformers.models.t5.modeling_t5 import T5Stack


def far_buckets(encoder: T5Stack) -> Tensor:
    """The buckets of eight tokens and more, in both directions, int64 on the encoder's device."""
    attention = encoder.block[0].layer[0].SelfAttention
    directed = attention.relative_attention_num_buckets // 2  # the first half of them holds a single distance each
    far = [first + bucket for first in (0, directed) for bucket in range(directed // 2, directed)]
    return torch.tensor(far, device=attention.relative_attention_bias.weight.device)


@torch.no_grad()
def forget_far_places(encoder: T5Stack, far: Tensor) -> None:
    """Gives the `far` buckets their mean; to be called after each step."""
    bias = encoder.block[0].layer[0].SelfAttention.relative_attention_bias.weight
    bias[far] = bias[far].mean(dim=0)
