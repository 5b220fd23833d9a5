"""T5's pre-training task on captions (Raffel et al. 2020, sections 3.1.4 and 3.3): whole batches at once, on any device.

    document  a red ball on grass . a ball on a green lawn </s>
    input     a ~ on grass . a } green lawn </s>
    target    ~ red ball } ball on a | </s>

Sentinels stand for what is missing. T5 takes the highest ids for them; the small vocabulary has no spare ones, so here
they are punctuation that captions do not use, from the highest id down.
"""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

PAD, END = 0, 1
SENTINELS = list("~}|{`_^]\\[@>=<+*&%$#/")
LONGEST_SPAN, MOST_MISSING = 5, 32  # spans of 1 to 5 tokens, 3 on average


@dataclass
class Corrupted:
    inputs: Tensor  # int64 [n, T], </s> at the end, padded with 0
    targets: Tensor  # int64 [n, U], likewise
    missing: Tensor  # bool [n, U], which targets are tokens of the document


def compact(values: Tensor, kept: Tensor) -> Tensor:
    """The kept values of every row moved to its front, in order, the rest 0; [n, T] -> [n, T]."""
    place = torch.where(kept, kept.cumsum(dim=1) - 1, values.shape[1])
    return F.pad(torch.zeros_like(values), (0, 1)).scatter(1, place, values)[:, :-1]


def draw_spans(documents: Tensor, density: Tensor, longest: Tensor | int = LONGEST_SPAN) -> Tensor:
    """Which tokens go missing, bool [n, T]: at least one, about `density` [n] of them, never </s> or a pad.

    `longest`, 1 to LONGEST_SPAN, may be [n]; spans that touch become one.
    """
    count, width = documents.shape
    device = documents.device
    words = documents > END
    longest = torch.as_tensor(longest, device=device).expand(count)
    length = 1 + (torch.rand(count, width, device=device) * longest[:, None]).long()
    starts = torch.rand(count, width, device=device) < (density / ((longest + 1) / 2))[:, None]
    chances = torch.rand(count, width, device=device).masked_fill(~words, -1.0)
    starts |= F.one_hot(chances.argmax(dim=1), width).bool()
    missing = starts.clone()
    for step in range(1, LONGEST_SPAN):
        missing[:, step:] |= starts[:, :-step] & (length[:, :-step] > step)
    missing &= words
    return missing & (missing.cumsum(dim=1) <= MOST_MISSING) & (first_of(missing).cumsum(dim=1) < len(SENTINELS))


def first_of(missing: Tensor) -> Tensor:
    """Where a span begins, bool [n, T]."""
    return missing & ~F.pad(missing, (1, 0))[:, :-1]


def corrupt(documents: Tensor, missing: Tensor, sentinels: Tensor) -> Corrupted:
    """int64 [n, T], each row ended by </s>; bool [n, T]; ids of the sentinels [len(SENTINELS)]."""
    count, width = documents.shape
    first = first_of(missing)
    span = first.cumsum(dim=1)  # 1 for the first span
    inputs = compact(torch.where(first, sentinels[(span - 1).clamp(min=0)], documents), ~missing | first)
    total, spans = missing.sum(dim=1), span[:, -1]
    # a missing token stands behind its own and all earlier sentinels, a sentinel behind earlier spans
    place = missing.cumsum(dim=1) - 1 + span
    room = width + len(SENTINELS) + 3
    targets, marks = documents.new_zeros(count, room), torch.zeros(count, room, dtype=torch.bool, device=documents.device)
    rubbish = room - 1
    targets.scatter_(1, torch.where(missing, place, rubbish), documents)
    marks.scatter_(1, torch.where(missing, place, rubbish), missing)
    targets.scatter_(1, torch.where(first, place - 1, rubbish), sentinels[(span - 1).clamp(min=0)])
    targets.scatter_(1, (total + spans)[:, None], sentinels[spans][:, None])
    targets.scatter_(1, (total + spans + 1)[:, None], END)
    targets[:, rubbish], marks[:, rubbish] = PAD, False
    return Corrupted(inputs, targets, marks)


def join(first: Tensor, second: Tensor, between: int, width: int) -> Tensor:
    """Two texts as one document, "first . second </s>"; int64 [n, T] each -> [n, width].

    Where both do not fit, the first stays alone.
    """
    length, other = (first > END).sum(dim=1), (second > END).sum(dim=1)
    fits = length + other + 2 <= width
    joined = torch.cat([first.masked_fill(first == END, between), second], dim=1)
    alone = torch.cat([first, torch.zeros_like(second)], dim=1)
    document = torch.where(fits[:, None], joined, alone)
    return compact(document, document != PAD)[:, :width]
