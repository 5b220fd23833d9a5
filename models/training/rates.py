"""A learning rate for each kind of T5's parameters. Its streams are 4,096 wide, what lies between them 64.

Adam moves every number of a matrix by about the rate, all in the direction that the batch agrees on. So a step moves an
output by up to the number of inputs times the rate: at a usual 1e-3, a matrix that reads the stream would have its outputs,
which are of order 1, moved by 4. A matrix' rate is therefore a fixed move divided by its inputs (Yang et al. 2022,
Tensor Programs V), which also makes the rates found at a small width hold at this one.
"""

from torch import nn

MOVE = 0.3  # of a matrix' outputs in one step at the peak, at most, if its inputs are of order 1
EMBEDDINGS, NORMS = 3e-3, 1e-3
POSITIONS = 3e-2  # they are added to scores, where 3 is a preference: at 1e-3 that would take 3,000 steps


def groups(model: nn.Module) -> list[dict]:
    """All parameters of a T5 for an optimizer of Adam's kind, one group for each `peak` rate."""
    found: dict[float, list[nn.Parameter]] = {}
    for name, parameter in model.named_parameters():
        found.setdefault(peak(name, parameter), []).append(parameter)
    return [{"params": parameters, "peak": rate} for rate, parameters in found.items()]


def peak(name: str, parameter: nn.Parameter) -> float:
    if "relative_attention_bias" in name:
        return POSITIONS
    if name.endswith("shared.weight"):
        return EMBEDDINGS
    return NORMS if parameter.ndim == 1 else MOVE / parameter.shape[1]
