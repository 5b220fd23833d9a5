"""A learning rate for each kind of T5's parameters. Its streams are 4,096 wide, what lies between them 64.

Adam moves every number of a matrix by about the rate, all in the direction that the batch agrees on. So a step moves what a
matrix makes by up to the number of its inputs times the rate: at a usual 1e-3, what is read off the stream would move by 4,
and is of order 1. So its rate is divided by the width of the stream (Yang et al. 2022, Tensor Programs V).

What writes into the stream, embeddings too, is read again. Each of its numbers moves with the sign of what the reader
weighs it with, and a reader, drawn with numbers of order width^-0.5, adds these moves up to order width^0.5. Tensor Programs
let all widths grow and so do not see this; here the inner width stays, and the rate is divided by the root of the stream's.
"""

from torch import nn

READS = 0.3  # divided by the stream's width
WRITES = 0.6  # divided by the root of both widths
EMBEDDINGS = 0.048  # divided by the root of the stream's width
POSITIONS = 3e-2  # they are added to scores, where 3 is a preference: at 1e-3 that would take 3,000 steps
NORMS = 1e-3


def groups(model: nn.Module) -> list[dict]:
    """All parameters of a T5 for an optimizer of Adam's kind, one group for each `peak` rate."""
    found: dict[float, list[nn.Parameter]] = {}
    for name, parameter in model.named_parameters():
        found.setdefault(peak(name, parameter), []).append(parameter)
    return [{"params": parameters, "peak": rate} for rate, parameters in found.items()]


def peak(name: str, parameter: nn.Parameter) -> float:
    if "relative_attention_bias" in name:
        return POSITIONS
    if parameter.ndim == 1:
        return NORMS
    outputs, inputs = parameter.shape
    if name.endswith("shared.weight"):
        return EMBEDDINGS / inputs**0.5  # [tokens, width]
    return READS / inputs if inputs > outputs else WRITES / (inputs * outputs) ** 0.5
