"""Text encoders learn to live with float8 e4m3 before they are stored in it.

Matrices are stored as they are, without scales (export.py), and e4m3 has its full three bits of mantissa only from
2^-6 up, where most of CLIP's and T5's matrices start; T5's queries start at 2^-8, twice its smallest number. So every
matrix is given a power of two, and what reads it or writes beside it takes the same factor back: the function of the
network stays as it was, but for the norms' epsilon. The residual stream's factor also settles how large the states are
that are read.

While a network trains its weights keep their own scale, so that the optimizer notices nothing; only `apply` moves them.
"""

import math
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from export import FLOAT8, rounds_to_float8

LEFT_BEHIND = ("decoder.", "lm_head.")  # of a T5 that is still whole
TARGET = 0.25  # root mean square that a stored matrix should have


def power_of_two(wanted: float) -> float:
    return 2.0 ** round(math.log2(wanted))


def rms(*tensors: Tensor) -> float:
    squares = sum(tensor.detach().float().square().sum().item() for tensor in tensors)
    return math.sqrt(squares / sum(map(torch.numel, tensors)))


class Float8Range:
    """Which factor every parameter of a text encoder will be stored with."""

    def __init__(self, component: str, encoder: nn.Module):
        self.component, self.encoder, self.factors = component, encoder, {}

    def behind_norm(self, norm: nn.Module, *readers: nn.Linear) -> None:
        """The norm's output becomes smaller, the matrices that read it larger."""
        factor = power_of_two(TARGET / rms(*(reader.weight for reader in readers)))
        self.put(factor, *(reader.weight for reader in readers))
        self.put(1 / factor, *norm.parameters())

    def put(self, factor: float, *parameters: nn.Parameter) -> None:
        self.factors |= {id(parameter): factor for parameter in parameters}

    def factor(self, parameter: nn.Parameter) -> float:
        return self.factors.get(id(parameter), 1.0)

    @contextmanager
    def stored(self):
        """Inside, the matrices have the values they will be stored with; outside, their own again.

        Gradients computed inside are applied outside: they go straight through the rounding (Bengio et al. 2013).
        """
        matrices = [
            parameter for name, parameter in self.encoder.named_parameters()
            if rounds_to_float8(self.component, name, parameter) and not name.startswith(LEFT_BEHIND)
        ]
        own = [matrix.detach().clone() for matrix in matrices]
        with torch.no_grad():
            for matrix in matrices:
                matrix.copy_(round_to_float8(matrix * self.factor(matrix)) / self.factor(matrix))
        try:
            yield
        finally:
            with torch.no_grad():
                for matrix, value in zip(matrices, own):
                    matrix.copy_(value)

    @torch.no_grad()
    def apply(self) -> None:
        for parameter in self.encoder.parameters():
            parameter.mul_(self.factor(parameter))
        self.factors = {}


def round_to_float8(tensor: Tensor) -> Tensor:
    return tensor.clamp(-448, 448).to(FLOAT8).to(tensor.dtype)


def clip_range(component: str, encoder: nn.Module, state_std: float, pooled_std: float) -> Float8Range:
    """For a CLIPTextModelWithProjection whose penultimate states and projected vectors have these standard deviations.

    Both are brought near 1, which is what a denoiser likes to read.
    """
    found, model = Float8Range(component, encoder), encoder.text_model
    embeddings = model.embeddings
    residual = [embeddings.token_embedding.weight, embeddings.position_embedding.weight]
    for layer in model.encoder.layers:
        attention = layer.self_attn
        found.behind_norm(layer.layer_norm1, attention.q_proj, attention.k_proj, attention.v_proj)
        found.behind_norm(layer.layer_norm2, layer.mlp.fc1)
        residual += [*attention.out_proj.parameters(), *layer.mlp.fc2.parameters()]
    found.put(power_of_two(1 / state_std), *residual)
    found.put(power_of_two(1 / pooled_std), encoder.text_projection.weight)
    return found


def t5_range(component: str, encoder: nn.Module) -> Float8Range:
    """For a T5EncoderModel."""
    found, residual = Float8Range(component, encoder), [encoder.shared.weight]
    for block in encoder.encoder.block:
        attention, feed_forward = block.layer[0].SelfAttention, block.layer[1].DenseReluDense
        found.behind_norm(block.layer[0].layer_norm, attention.q, attention.k, attention.v)
        found.behind_norm(block.layer[1].layer_norm, feed_forward.wi_0, feed_forward.wi_1)
        residual += [attention.o.weight, feed_forward.wo.weight]
    found.put(power_of_two(TARGET / rms(*residual)), *residual)
    return found
