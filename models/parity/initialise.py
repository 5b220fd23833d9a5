"""Seeded random weights that keep activations as large as a trained network's.

What a layer puts out is about as large as its gain says, for inputs of about unit size. torch's own initialisation would
make attention uniform and every branch a thousandth of the stream it is added to, and a fault there would not show.
Biases and norms are drawn too, so that none can be left out unnoticed.
"""

import re

import torch

# The first pattern found in a parameter's name holds. A gain is for standard deviation gain / √fan-in.
GAINS = [
    # Transformer. Attention scores get a standard deviation of 2: a token attends to some dozens of thousands.
    (r"transformer_blocks.*\.(to_q|to_k|add_q_proj|add_k_proj)\.weight", 1.4),
    (r"norm(1|1_context|_out)\.linear\.weight", 0.5),  # shifts, scales and gates of about 0.3
    (r"_embedder\.linear_1\.weight", 1.4),
    (r"_embedder\.linear_2\.weight", 1.2),
    (r"proj_out\.weight", 0.7),  # velocities
    # CLIP
    (r"self_attn\.(q|k)_proj\.weight", 1.3),
    (r"self_attn\.out_proj\.weight", 0.6),
    (r"mlp\.fc2\.weight", 0.6),
    # T5 does not divide the scores by √64: its queries are small instead.
    (r"SelfAttention\.q\.weight", 0.15),
    # AutoencoderKL: each resnet's second convolution is added to its input.
    (r"resnets\.\d+\.conv1\.weight", 1.4),
    (r"attentions\.\d+\.to_(q|k)\.weight", 1.4),
    (r"encoder\.conv_out\.weight", 1.5),
    (r"decoder\.conv_out\.weight", 0.7),  # most of the picture within -1…1
]
# Tables are looked up, not multiplied with: these are their standard deviations.
TABLES = [(r"shared\.weight", 1.0), (r"relative_attention_bias", 0.5), (r"(token|position)_embedding\.weight", 0.1)]

BIAS = 0.05
NORM = 0.1
# RMS norm on queries and keys (SD3.5): the same scores as without it.
QUERY_KEY_NORM = 1.4

# T5-XXL as trained carries a residual stream that half precision cannot: here the feed-forward layers' inner values
# reach some ten thousands, which fits, and their outputs some hundred thousands, which does not.
OVERFLOW_GAINS = [(r"DenseReluDense\.(wi|wi_0|wi_1)\.weight", 22.0), (r"DenseReluDense\.wo\.weight", 100.0)]


@torch.no_grad()
def initialise(module, seed, overflow=False):
    """Draws every parameter of a module anew on its device. Buffers, such as SD3's table of positions, stay."""
    device = next(module.parameters()).device
    generator = torch.Generator(device).manual_seed(seed)
    gains = (OVERFLOW_GAINS if overflow else []) + GAINS
    for name, parameter in module.named_parameters():
        mean, deviation = distribution(name, parameter.shape, gains)
        parameter.normal_(mean, deviation, generator=generator)
    return module.eval().requires_grad_(False)


def distribution(name, shape, gains):
    """Mean and standard deviation of a parameter."""
    if len(shape) == 1:
        if re.search(r"norm_(added_)?[qk]\.weight$", name):
            return QUERY_KEY_NORM, NORM
        return (0.0, BIAS) if name.endswith("bias") else (1.0, NORM)
    for pattern, deviation in TABLES:
        if re.search(pattern, name):
            return 0.0, deviation
    fan_in = shape[1:].numel()
    gain = next((gain for pattern, gain in gains if re.search(pattern, name)), 1.0)
    return 0.0, gain / fan_in**0.5
