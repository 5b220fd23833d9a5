"""How far pictures are from what they should be, with an eye on outlines. Pictures are [n, 3, H, W] in -1..1."""

import torch
from torch import Tensor
from torch.nn import functional as F

FULL_EDGE = 0.25  # a step of this height between neighbours counts as an edge in full
EDGE_FOCUS = 4.0  # an edge pixel weighs this much more than a flat one
SQUARE_WEIGHT, SLOPE_WEIGHT = 2.0, 0.5


def slopes(x: Tensor) -> tuple[Tensor, Tensor]:
    """Differences between neighbours, to the right [n, 3, H, W - 1] and downwards [n, 3, H - 1, W]."""
    return x[..., :, 1:] - x[..., :, :-1], x[..., 1:, :] - x[..., :-1, :]


def edges(x: Tensor) -> Tensor:
    """Where outlines are: 0 on flat ground to 1, one pixel to either side of a step included, [n, 1, H, W]."""
    across, down = (slope.abs().amax(dim=1, keepdim=True) for slope in slopes(x))
    steepest = torch.maximum(F.pad(across, (0, 1, 0, 0)), F.pad(down, (0, 0, 0, 1)))
    return F.max_pool2d((steepest / FULL_EDGE).clamp(max=1), 3, stride=1, padding=1)


def distance(shown: Tensor, wanted: Tensor) -> tuple[Tensor, Tensor]:
    """The loss, and the plain mean squared error.

    Absolute and squared errors with outlines weighted up, and errors of the slopes: a blurred or misplaced edge costs
    more than its pixels.
    """
    error = shown - wanted
    weight = 1 + EDGE_FOCUS * edges(wanted)
    values = (weight * (error.abs() + SQUARE_WEIGHT * error**2)).mean()
    across, down = slopes(error)
    return values + SLOPE_WEIGHT * (across.abs().mean() + down.abs().mean()), (error**2).mean()


def psnr(square) -> float:
    """In dB, from the mean squared error of pictures in -1..1."""
    return float(-10 * torch.log10(torch.as_tensor(square) / 4))


class Fidelity:
    """PSNR over many batches, of all pixels and of edge pixels alone."""

    def __init__(self):
        self.sums = torch.zeros(4, dtype=torch.float64)  # squared error and pixels, in all and on edges

    def add(self, shown: Tensor, wanted: Tensor) -> None:
        square, edge = ((shown - wanted) ** 2).mean(dim=1, keepdim=True), edges(wanted) >= 1
        self.sums += torch.stack([square.sum(), torch.tensor(square.numel(), device=square.device),
                                  square[edge].sum(), edge.sum()]).double().cpu()

    def __str__(self) -> str:
        square, pixels, on_edges, edge_pixels = self.sums
        return f"{psnr(square / pixels):.2f} dB, {psnr(on_edges / edge_pixels):.2f} on edges"
