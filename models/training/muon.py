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
    """For matrices alone, with Nesterov's momentum."""

    def __init__(self, params, lr: float = 1e-3, weight_decay: float = 0.1, momentum: float = 0.95):
        super().__init__(params, {"lr": lr, "weight_decay": weight_decay, "momentum": momentum})
        for parameter in (parameter for group in self.param_groups for parameter in group["params"]):
            if parameter.ndim != 2:
                raise ValueError(f"Muon got a parameter of shape {tuple(parameter.shape)}: leave what is no matrix to AdamW")

    @torch.no_grad()
    def step(self) -> None:
        """Every parameter must have a gradient."""
        for group in self.param_groups:
            matrices, grads = group["params"], [parameter.grad for parameter in group["params"]]
            for matrix in matrices:
                if not self.state[matrix]:
                    self.state[matrix]["momentum_buffer"] = torch.zeros_like(matrix)
            buffers = [self.state[matrix]["momentum_buffer"] for matrix in matrices]
            torch._foreach_lerp_(buffers, grads, 1 - group["momentum"])
            torch._foreach_mul_(matrices, 1 - group["lr"] * group["weight_decay"])
            alike: dict[torch.Size, list[tuple[Tensor, Tensor]]] = {}  # (matrix, what it moves along), by shape
            for matrix, update in zip(matrices, torch._foreach_lerp(grads, buffers, group["momentum"])):
                alike.setdefault(matrix.shape, []).append((matrix, update))
            for shape, pairs in alike.items():
                moved, updates = zip(*pairs)
                steps = orthogonalised(torch.stack(updates)).to(moved[0].dtype).contiguous()
                torch._foreach_add_(moved, steps.unbind(), alpha=-matching_rms(group["lr"], *shape))


def hidden_matrices(transformer: nn.Module) -> list[nn.Parameter]:
    """The matrices of an SD3Transformer2DModel's blocks that map hidden states to hidden states.

    Queries, keys and values of all heads are one matrix each, as for Muon's authors. The modulation of the norms (adaLN,
    Peebles & Xie 2023) is not among them: it reads time and pooled text, and is up to six matrices on top of each other.
    """
    named = transformer.transformer_blocks.named_parameters()
    return [parameter for name, parameter in named if parameter.ndim == 2 and "norm" not in name]
