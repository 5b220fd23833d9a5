"""Two text encoders, an image tower, and the loss that brings a picture and its caption together."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from image_tower import ImageTower
from networks import build

CLIPS = ("text_encoder", "text_encoder_2")
FIRST_SCALE = 1 / 0.07  # of the cosines, CLIP's own
LENGTH_GROUPS = 4


class Contrast(nn.Module):
    """Both text encoders, the image tower, and a temperature for each pair of towers."""

    def __init__(self):
        super().__init__()
        for name in CLIPS:
            setattr(self, name, build(name))
        self.images = ImageTower()
        self.scales = nn.ParameterDict({name: nn.Parameter(torch.tensor(FIRST_SCALE).log()) for name in CLIPS})

    def text(self, ids: Tensor, lengths: Tensor) -> dict[str, Tensor]:
        """int64 [n, 77] and, on the CPU, their lengths -> {name: [n, width]}, the projected states of <|endoftext|>.

        Attention is causal: what follows <|endoftext|> changes nothing, so captions of about one length are cropped
        together, and the two tokenizers' different padding does not matter here.
        """
        order = lengths.argsort()
        back, found = order.argsort().to(ids.device), {name: [] for name in CLIPS}
        for rows in order.chunk(LENGTH_GROUPS):
            part = ids[rows.to(ids.device), : int(lengths[rows].max())]
            for name in CLIPS:
                found[name].append(getattr(self, name)(part).text_embeds)
        return {name: torch.cat(parts)[back] for name, parts in found.items()}


def info_nce(pictures: Tensor, captions: Tensor, scale: Tensor, same: Tensor, exchanged: Tensor | None = None):
    """Symmetric InfoNCE of vectors [n, width]; `same` [n, n] marks pairs that are no negatives of each other.

    `exchanged` [m, width] are further captions that no picture shows. Returns the loss and the share of pictures that
    find their own caption.
    """
    pictures, captions = (F.normalize(vectors.float(), dim=1) for vectors in (pictures, captions))
    own = torch.arange(len(pictures), device=pictures.device)
    others = same.clone().fill_diagonal_(False)
    cosines = (scale * pictures @ captions.T).masked_fill(others, float("-inf"))  # [picture, caption]
    offered = cosines
    if exchanged is not None and len(exchanged):
        offered = torch.cat([cosines, scale * pictures @ F.normalize(exchanged.float(), dim=1).T], dim=1)
    loss = (F.cross_entropy(offered, own) + F.cross_entropy(cosines.T, own)) / 2
    return loss, (offered.argmax(dim=1) == own).float().mean()
