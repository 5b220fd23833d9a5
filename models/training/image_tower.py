"""The picture's half of the contrastive training: a small CNN that the two text encoders are held against."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from judge import GROUPS, coordinates

SIZE = 128  # height and width of the pictures it reads
CHANNELS = [5, 96, 192, 384, 512]  # red, green, blue, x, y; then a quarter of the size, then half of it at every stage
HIDDEN, WIDTHS = 1024, {"text_encoder": 768, "text_encoder_2": 1280}


class Norm(nn.GroupNorm):
    """Group norm in the width of what it is given: autocast would write float32 between the convolutions."""

    def __init__(self, channels: int):
        super().__init__(GROUPS, channels)

    def forward(self, x: Tensor) -> Tensor:
        with torch.autocast(x.device.type, enabled=False):
            return F.group_norm(x, self.num_groups, self.weight.to(x.dtype), self.bias.to(x.dtype), self.eps)


class Stage(nn.Module):
    """A smaller picture, then one residual convolution."""

    def __init__(self, narrow: int, wide: int, stride: int):
        super().__init__()
        self.down = nn.Conv2d(narrow, wide, 2 * stride - 1, stride=stride, padding=stride - 1)
        self.conv = nn.Conv2d(wide, wide, 3, padding=1)
        self.down_norm, self.conv_norm = Norm(wide), Norm(wide)

    def forward(self, x: Tensor) -> Tensor:
        x = F.gelu(self.down_norm(self.down(x)))
        return x + F.gelu(self.conv_norm(self.conv(x)))


class ImageTower(nn.Module):
    """Takes the place of CLIP's vision transformer; one projection for each text encoder. Not part of SD3."""

    def __init__(self):
        super().__init__()
        pairs = list(zip(CHANNELS, CHANNELS[1:]))
        self.stages = nn.Sequential(*(Stage(*pair, stride=2 if index else 4) for index, pair in enumerate(pairs)))
        self.hidden = nn.Linear(CHANNELS[-1], HIDDEN)
        self.heads = nn.ModuleDict({name: nn.Linear(HIDDEN, width, bias=False) for name, width in WIDTHS.items()})

    def forward(self, pictures: Tensor) -> dict[str, Tensor]:
        """[n, 3, SIZE, SIZE] in -1..1 -> one vector per picture and text encoder, {name: [n, width]}."""
        x = torch.cat([pictures, coordinates(pictures)], dim=1)
        x = F.gelu(self.hidden(self.stages(x).mean(dim=(2, 3))))
        return {name: head(x) for name, head in self.heads.items()}
