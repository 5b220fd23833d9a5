"""A running mean of weights: what ships is smoother than any single step."""

import copy

import torch
from torch import nn


class Average:
    """Exponential moving average of a module's parameters, kept as a second module."""

    def __init__(self, module: nn.Module, decay: float):
        self.live, self.decay, self.updates = list(module.parameters()), decay, 0
        self.module = copy.deepcopy(module).requires_grad_(False)
        self.kept = list(self.module.parameters())

    @torch.no_grad()
    def update(self) -> None:
        self.updates += 1
        decay = min(self.decay, (1 + self.updates) / (10 + self.updates))
        torch._foreach_lerp_(self.kept, self.live, 1 - decay)

    def state_dict(self) -> dict:
        return {"updates": self.updates, "module": self.module.state_dict()}

    def load_state_dict(self, state: dict) -> None:
        self.updates = state["updates"]
        self.module.load_state_dict(state["module"])
