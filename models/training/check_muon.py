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
    hidden = hidden_matrices(build("transformer").to(device))
    assert sorted(hidden) == [1, 2, 6] and sum(map(len, hidden.values())) == 53
    whole = [(matrix, parts) for parts, matrices in hidden.items() for matrix in matrices]
    theirs = [[torch.nn.Parameter(part.detach().clone()) for part in matrix.chunk(parts)] for matrix, parts in whole]
    flat = [part for matrix in theirs for part in matrix]
    reference = torch.optim.Muon(flat, lr=RATE, weight_decay=WEIGHT_DECAY, adjust_lr_fn="match_rms_adamw")
    ours = fresh(hidden)
    for step in range(STEPS):
        before = [part.detach().clone() for part in flat]
        for (matrix, parts), own in zip(whole, theirs):
            # columns of very different size, so that there is something to orthogonalise
            matrix.grad = torch.randn_like(matrix) * torch.logspace(0, -3, matrix.shape[1], device=device)
            for part, grad in zip(own, matrix.grad.chunk(parts)):
                part.grad = grad.clone()
        ours.step()
        reference.step()
        for part, expected, start in zip((part for matrix, parts in whole for part in matrix.chunk(parts)), flat, before):
            off = ((part - expected).norm() / (expected - start).norm()).item()
            assert off <= CLOSE, f"step {step}, {tuple(part.shape)}: {off:.4f} of a step from torch.optim.Muon"
            part.data.copy_(expected)
        if step == 1:
            ours = through_a_file(ours, fresh(hidden))


def fresh(hidden: dict) -> Muon:
    return Muon([{"params": own, "parts": parts} for parts, own in hidden.items()], lr=RATE, weight_decay=WEIGHT_DECAY)


def through_a_file(optimizer: Muon, other: Muon) -> Muon:
    """`other`, with the state that `optimizer` has."""
    file = io.BytesIO()
    torch.save(optimizer.state_dict(), file)
    file.seek(0)
    other.load_state_dict(torch.load(file))
    return other
