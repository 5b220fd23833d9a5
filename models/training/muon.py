"""Muon: momentum whose matrices are orthogonalised before they are added (Jordan et al. 2024).

torch.optim.Muon is the reference and goes matrix by matrix, which leaves a GPU waiting when they are small. Here all
matrices of one shape are orthogonalised at once, as a batch, and everything else is done with foreach operations.
"""

import math

import torch
from torch import Tensor, nn

COEFFICIENTS = 3.4445, -4.7750, 2.0315  # of the quintic, Jordan's
ITERATIONS, TINY = 5, 1e-7


def orthogonalised(matrices: Tensor) -> Tensor:
    """Newton and Schulz's iteration in bfloat16: singular values go to about 1, [n, rows, columns]."""
    a, b, c = COEFFICIENTS
    tall = matrices.shape[1] > matrices.shape[2]
    x = (matrices.mT if tall else matrices).bfloat16()
    x = x / x.norm(dim=(1, 2), keepdim=True).clamp(min=TINY)
    for _ in range(ITERATIONS):
        gram = x @ x.mT
        x = torch.baddbmm(x, torch.baddbmm(gram, gram, gram, beta=b, alpha=c), x, beta=a)
    return x.mT if tall else x


def matching_rms(lr: float, rows: int, columns: int) -> float:
    """torch's "match_rms_adamw" (Liu et al. 2025): the update is as large as AdamW's would be at the same rate."""
    return 0.2 * lr * math.sqrt(max(rows, columns))


class Muon(torch.optim.Optimizer):
    """For matrices. `parts` of a group says how many matrices lie on top of each other in each of its parameters."""

    def __init__(self, params, lr: float = 1e-3, weight_decay: float = 0.1, momentum: float = 0.95):
        super().__init__(params, {"lr": lr, "weight_decay": weight_decay, "momentum": momentum, "parts": 1})
        for group in self.param_groups:
            for parameter in group["params"]:
                if parameter.ndim != 2 or len(parameter) % group["parts"]:
                    raise ValueError(
                        f"Muon got a parameter of shape {tuple(parameter.shape)} for {group['parts']} matrices on top of "
                        "each other: give it matrices whose rows divide evenly, and leave the rest to AdamW"
                    )

    @torch.no_grad()
    def step(self) -> None:
        """Every parameter must have a gradient."""
        alike: dict[tuple, list[tuple[Tensor, Tensor]]] = {}  # (matrix, its update), by shape and rate
        for group in self.param_groups:
            parameters, grads = group["params"], [parameter.grad for parameter in group["params"]]
            for parameter in parameters:
                if not self.state[parameter]:
                    self.state[parameter]["momentum_buffer"] = torch.zeros_like(parameter)
            buffers = [self.state[parameter]["momentum_buffer"] for parameter in parameters]
            torch._foreach_lerp_(buffers, grads, 1 - group["momentum"])
            torch._foreach_mul_(parameters, 1 - group["lr"] * group["weight_decay"])
            for parameter, update in zip(parameters, torch._foreach_lerp(grads, buffers, group["momentum"])):  # Nesterov's
                for pair in zip(parameter.chunk(group["parts"]), update.chunk(group["parts"])):
                    alike.setdefault((pair[0].shape, group["lr"]), []).append(pair)
        for (shape, lr), pairs in alike.items():
            matrices, updates = zip(*pairs)
            step = orthogonalised(torch.stack(updates)).to(matrices[0].dtype).contiguous()
            torch._foreach_add_(matrices, step.unbind(), alpha=-matching_rms(lr, *shape))


def hidden_matrices(transformer: nn.Module) -> dict[int, list[nn.Parameter]]:
    """The matrices between the hidden states of an SD3Transformer2DModel's blocks, by the number of parts that they have.

    The modulation of a norm (adaLN, Peebles & Xie 2023) is one linear layer for its shifts, scales and gates, six or in
    the last block two: each has its own effect, and is a matrix of its own, width x width. Queries, keys and values of
    all heads are orthogonalised whole, as Muon's authors do.
    """
    found: dict[int, list[nn.Parameter]] = {}
    for name, parameter in transformer.transformer_blocks.named_parameters():
        if parameter.ndim == 2:
            parts = parameter.shape[0] // parameter.shape[1] if "norm" in name else 1
            found.setdefault(parts, []).append(parameter)
    return found
