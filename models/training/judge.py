"""A small network that says what a picture shows, so that prompts can be held against pictures without a person.

Plain enough to be written down anywhere: [convolution 3x3, stride 2, padding 1 -> group norm -> GELU] seven times
over the picture in -1..1 with two coordinate channels, the mean over all positions, one linear layer, one softmax per
head. The last convolution sees 255 pixels in either direction: a thing in a 512x512 picture is that large.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from scenes import Scene
from vocabulary import ALL_COLOURS, COLOURS, KINDS, PLACES, PLANTS, TIMES

NOTHING = "nothing"
CHANNELS = [5, 32, 48, 64, 96, 128, 176, 224]
GROUPS = 8
SLOTS = ("left", "middle", "right", "top")
HEADS: dict[str, list[str]] = {
    **{f"{slot}_{what}": [NOTHING, *names] for slot in SLOTS for what, names in (("kind", KINDS), ("colour", ALL_COLOURS))},
    "plant_kind": [NOTHING, *PLANTS],
    "plant_colour": [NOTHING, *COLOURS],
    "place": PLACES,
    "time": TIMES,
}
SIZES = [len(labels) for labels in HEADS.values()]


def labels(scene: Scene) -> list[int]:
    """The scene as one label per head."""
    words = {"place": scene.place, "time": scene.time}
    for slot in (*SLOTS, "plant"):
        thing = getattr(scene, slot)
        words[f"{slot}_kind"] = thing.kind if thing else NOTHING
        words[f"{slot}_colour"] = thing.colour if thing else NOTHING
    return [names.index(words[head]) for head, names in HEADS.items()]


def heads_loss(logits: Tensor, targets: Tensor) -> Tensor:
    """Mean cross entropy of all heads; logits [n, sum of SIZES], targets int64 [n, heads]."""
    parts = enumerate(logits.split(SIZES, dim=1))
    return torch.stack([F.cross_entropy(part.float(), targets[:, head]) for head, part in parts]).mean()


class Judge(nn.Module):
    def __init__(self):
        super().__init__()
        pairs = list(zip(CHANNELS, CHANNELS[1:]))
        self.convs = nn.ModuleList(nn.Conv2d(narrow, wide, 3, stride=2, padding=1) for narrow, wide in pairs)
        self.norms = nn.ModuleList(nn.GroupNorm(GROUPS, wide) for _, wide in pairs)
        self.head = nn.Linear(CHANNELS[-1], sum(SIZES))

    def forward(self, pictures: Tensor) -> Tensor:
        """[n, 3, H, W] in -1..1 -> logits [n, sum of SIZES], the heads one after the other."""
        x = torch.cat([pictures, coordinates(pictures)], dim=1)
        for conv, norm in zip(self.convs, self.norms):
            x = F.gelu(norm(conv(x)))
        return self.head(x.mean(dim=(2, 3)))

    @torch.no_grad()
    def read(self, pictures: Tensor) -> list[dict[str, str]]:
        """What each picture shows, head by head."""
        return self.readings(self(pictures))

    @staticmethod
    def readings(logits: Tensor) -> list[dict[str, str]]:
        best = [part.argmax(dim=1).tolist() for part in logits.split(SIZES, dim=1)]
        return [
            {head: names[index] for (head, names), index in zip(HEADS.items(), row)}
            for row in zip(*best)
        ]


def coordinates(pictures: Tensor) -> Tensor:
    """x then y of every pixel, -1 at the left and the top edge's first pixel, 1 at the last, [n, 2, H, W]."""
    count, _, height, width = pictures.shape
    x = torch.linspace(-1, 1, width, device=pictures.device, dtype=pictures.dtype)
    y = torch.linspace(-1, 1, height, device=pictures.device, dtype=pictures.dtype)
    return torch.stack([x.expand(height, width), y[:, None].expand(height, width)]).expand(count, -1, -1, -1)
