"""Where T5's attention starts: at neighbours, and at equal tokens.

A sentinel's words can only be guessed once two habits have met: the encoder's sentinel looks at the tokens beside it, and
the decoder's looks for the encoder's sentinel of the same name. Neither lowers the loss without the other, so a short
training finds neither, and guesses from the target's own words alone. Both are therefore given at the start, and free to
change from there, as networks that were trained for long are known to end (mimetic initialisation, Trockman & Kolter 2023).
"""

import torch
from transformers.models.t5.modeling_t5 import T5Attention, T5ForConditionalGeneration

NEIGHBOUR = 4.0  # added to the scores of a neighbour, whose weight becomes e^4 times another token's


@torch.no_grad()
def start(model: T5ForConditionalGeneration) -> None:
    encoder, decoder = (stack.block[0].layer[0].SelfAttention for stack in (model.encoder, model.decoder))
    looks_at(encoder, 0, -1)
    looks_at(encoder, 1, 1)
    looks_at(decoder, 0, -1)
    for block in model.decoder.block:
        looks_for_equals(block.layer[1].EncDecAttention)


def looks_at(attention: T5Attention, head: int, distance: int) -> None:
    """The head prefers keys `distance` tokens after its query."""
    bias, device = attention.relative_attention_bias.weight, attention.relative_attention_bias.weight.device
    bucket = attention._relative_position_bucket(
        torch.tensor(distance, device=device), bidirectional=not attention.is_decoder,
        num_buckets=attention.relative_attention_num_buckets, max_distance=attention.relative_attention_max_distance,
    )
    bias[bucket, head] += NEIGHBOUR


def looks_for_equals(attention: T5Attention) -> None:
    """Queries are the keys' matrix, in the scale that T5 starts queries with: equal states score highest."""
    attention.q.weight.copy_(attention.k.weight / attention.key_value_proj_dim**0.5)
