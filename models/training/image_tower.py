"""The picture's half of the contrastive training: a small CNN that the two text encoders are held against."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from judge import GROUPS, coordinates

SIZE = 128  # height and width of the pictures it reads
CHANNELS = [5, 64, 128, 256, 512]  # red, green, blue, x, y; then half the size at every stage
HIDDEN, WIDTHS = 1024, {"text_encoder": 768, "text_encoder_2": 1280}


class Stage(nn.Module):
    """Half the size, then one residual convolution."""

    def __init__(self, narrow: int, wide: int, residual: bool):
        super().__init__()
        self.down, self.norm = nn.Conv2d(narrow, wide, 3, stride=2, padding=1), nn.GroupNorm(GROUPS, wide)
        self.conv = nn.Conv2d(wide, wide, 3, padding=1) if residual else None
        self.conv_norm = nn.GroupNorm(GROUPS, wide) if residual else None

    def forward(self, x: Tensor) -> Tensor:
        x = F.gelu(self.norm(self.down(x)))
        return x if self.conv is None else x + F.gelu(self.conv_norm(self.conv(x)))


class ImageTower(nn.Module):
    """Takes the place of CLIP's vision transformer; one projection for each text encoder. Not part of SD3."""

    def __init__(self):
        super().__init__()
        pairs = list(zip(CHANNELS, CHANNELS[1:]))
        self.stages = nn.Sequential(*(Stage(*pair, residual=index > 0) for index, pair in enumerate(pairs)))
        self.hidden = nn.Linear(CHANNELS[-1], HIDDEN)
        self.heads = nn.ModuleDict({name: nn.Linear(HIDDEN, width, bias=False) for name, width in WIDTHS.items()})

    def forward(self, pictures: Tensor) -> dict[str, Tensor]:
        """[n, 3, SIZE, SIZE] in -1..1 -> one vector per picture and text encoder, {name: [n, width]}."""
        x = torch.cat([pictures, coordinates(pictures)], dim=1).contiguous(memory_format=torch.channels_last)
        x = F.gelu(self.hidden(self.stages(x).mean(dim=(2, 3))))
        return {name: head(x) for name, head in self.heads.items()}
