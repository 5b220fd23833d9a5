"""Our Muon against torch.optim.Muon, step by step, on the transformer's own matrices."""

import io

import torch

from muon import Muon, hidden_matrices
from networks import build

STEPS, RATE, WEIGHT_DECAY = 4, 2e-3, 0.1
CLOSE = 1e-2  # of a step; both work in bfloat16, and products of many matrices may be rounded in another order than one


def muon_is_torchs() -> None:
    """Goes through a state_dict half-way, as a stage that is killed does."""
    torch.manual_seed(3)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    matrices = hidden_matrices(build("transformer").to(device))
    assert len(matrices) == 45 and {tuple(matrix.shape) for matrix in matrices} == {(256, 256), (1024, 256), (256, 1024)}
    theirs = [torch.nn.Parameter(matrix.detach().clone()) for matrix in matrices]
    settings = {"lr": RATE, "weight_decay": WEIGHT_DECAY}
    ours, reference = Muon(matrices, **settings), torch.optim.Muon(theirs, adjust_lr_fn="match_rms_adamw", **settings)
    for step in range(STEPS):
        before = [matrix.detach().clone() for matrix in theirs]
        for matrix, expected in zip(matrices, theirs):
            # columns of very different size, so that there is something to orthogonalise
            matrix.grad = torch.randn_like(matrix) * torch.logspace(0, -3, matrix.shape[1], device=device)
            expected.grad = matrix.grad.clone()
        ours.step()
        reference.step()
        for matrix, expected, start in zip(matrices, theirs, before):
            off = ((matrix - expected).norm() / (expected - start).norm()).item()
            assert off <= CLOSE, f"step {step}, {tuple(matrix.shape)}: {off:.4f} of a step from torch.optim.Muon"
            matrix.data.copy_(expected)
        if step == 1:
            ours = through_a_file(ours, Muon(matrices, **settings))


def through_a_file(optimizer: Muon, other: Muon) -> Muon:
    """`other`, with the state that `optimizer` has."""
    file = io.BytesIO()
    torch.save(optimizer.state_dict(), file)
    file.seek(0)
    other.load_state_dict(torch.load(file))
    return other
