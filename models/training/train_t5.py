"""T5 as what it is called: an encoder-decoder language model, here of captions; then the decoder is left behind.

A batch mixes T5's span corruption, on single captions and on documents of two wordings of one scene, with its other
objective, continuing a text (Raffel et al. 2020, 3.3.1): the encoder reads one wording, the decoder says another. A
caption alone has little to guess a missing colour from. Two wordings agree, as the sentences of a real text do, and to
use that the encoder must bind colours to things and things to sides. In half of the rows words go missing one by one:
what stands beside a word says more than what stands beside a long span, and is learned first.

SD3 gives T5 no attention mask: pads are read, so they are in training too, in numbers that differ from row to row.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.attention import SDPBackend, sdpa_kernel

from caption_texts import CaptionTexts
from clock import Guard, Log, cosine
from export import load_weights, round_to_stored, weights
from far_tokens import far_buckets, forget_far_places
from float8 import t5_range
from language_model import NAME, LanguageModel, fuse_norms
from masked_words import measure
from measured import measured
from networks import build
from rates import groups
from resumable import ResumableClock
from settings import Settings
from span_corruption import LONGEST_SPAN, PAD, SENTINELS, corrupt, draw_spans, join
from tokens import T5_LENGTH, Tokens

BETAS, TINY = (0.9, 0.98), 1e-12  # gradients of matrices that read the wide stream are small
WARM_UP, ROUNDED_FROM = 0.05, 0.7  # of the time: until the peak; from when on weights are rounded
ALONE, TOLD_AGAIN = 0.25, 0.25  # shares of single captions, and of one wording from another; the rest are documents
DENSITIES, ONE_BY_ONE = (0.1, 0.35), 0.5  # share of missing tokens, from and to; share of rows without longer spans
SHORT, LONG_SHARE, LONG_BATCH = 77, 0.2, 4  # tokens; one batch in five is padded as the pipeline pads, and 4 times smaller
SCENES_PER_ROW = 300
WIDTHS = 8  # tokens
# cuDNN's attention makes a plan for every new shape, and here shapes change from step to step
ATTENTION = [SDPBackend.FLASH_ATTENTION, SDPBackend.EFFICIENT_ATTENTION, SDPBackend.MATH]


class Tasks:
    """Endless batches of (inputs [n, T], targets [n, U]), int64, padded with 0."""

    def __init__(self, settings: Settings, tokens: Tokens):
        self.settings, (self.between, *sentinels) = settings, tokens.t5.convert_tokens_to_ids([".", *SENTINELS])
        self.texts = CaptionTexts(SCENES_PER_ROW * settings.t5_batch, settings, tokens)
        self.sentinels = torch.tensor(sentinels, device=settings.device)

    def draw(self) -> tuple[Tensor, Tensor]:
        long = torch.rand(()).item() < LONG_SHARE
        count = max(1, self.settings.t5_batch // LONG_BATCH) if long else self.settings.t5_batch
        first, second = self.texts.draw(count)
        chance = torch.rand(count, 1, device=first.device)
        document = torch.where(chance < ALONE, first, join(first, second, self.between, SHORT))
        low, high = DENSITIES
        density, kind = low + (high - low) * torch.rand(count, device=first.device), torch.rand(count, device=first.device)
        missing = draw_spans(document, density, torch.where(kind < ONE_BY_ONE, 1, LONGEST_SPAN))
        corrupted = corrupt(document, missing, self.sentinels)
        again = chance > 1 - TOLD_AGAIN
        inputs = torch.where(again, first, corrupted.inputs)
        targets = corrupted.targets
        targets = torch.where(again, F.pad(second, (0, targets.shape[1] - second.shape[1])), targets)
        inputs, targets = crop(inputs, targets)
        return F.pad(inputs, (0, T5_LENGTH - inputs.shape[1])) if long else inputs, targets


def crop(*texts: Tensor) -> list[Tensor]:
    """Each without the columns that are pads in every row, down to a multiple of WIDTHS: few shapes, few kernels to plan."""
    longest = torch.stack([(rows != PAD).sum(dim=1).max() for rows in texts]).tolist()  # the device is waited for once
    return [rows[:, : -(-width // WIDTHS) * WIDTHS] for rows, width in zip(texts, longest)]


def step(model: LanguageModel, inputs: Tensor, targets: Tensor, settings: Settings) -> Tensor:
    """Cross entropy of the targets, pads left out; gradients are added."""
    with torch.autocast(settings.device.type, dtype=torch.bfloat16):
        logits = model(model.encode(inputs), targets)
    loss = F.cross_entropy(logits.float().flatten(0, 1), targets.flatten(), ignore_index=PAD)
    loss.backward()
    return loss.detach()


@sdpa_kernel(ATTENTION)
def train(settings: Settings, log: Log) -> None:
    """Leaves t5.pt, the encoder with the weights that ship, and t5.json."""
    torch.manual_seed(settings.seed + 30)
    tokens, model = Tokens(), LanguageModel().to(settings.device)
    fuse_norms(model)
    tasks, guard, rounded = Tasks(settings, tokens), Guard(), None
    optimizer = torch.optim.AdamW(
        groups(model), lr=0.0, betas=BETAS, eps=TINY, weight_decay=0.0, fused=settings.device.type == "cuda"
    )
    clock = ResumableClock(settings.t5_seconds, log, "t5", settings.work, {"model": model, "optimizer": optimizer})
    torch.manual_seed(settings.seed + 31 + clock.step)
    far, batch = far_buckets(model.t5.encoder), tasks.draw()
    while clock.running():
        for group in optimizer.param_groups:
            group["lr"] = cosine(clock.progress, group["peak"], WARM_UP)
        if rounded is None and clock.progress >= ROUNDED_FROM:
            rounded = t5_range(NAME, model.t5)
        optimizer.zero_grad(set_to_none=True)
        if rounded:
            with rounded.stored():
                loss = step(model, *batch, settings)
        else:
            loss = step(model, *batch, settings)
        batch = tasks.draw()  # while the device is at the gradients, which the guard waits for
        if guard.accepts(torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)):
            optimizer.step()
            forget_far_places(model.t5.encoder, far)
        clock.first_step()
        clock.report(loss=loss)
        clock.keep_if_due()
    log("t5", f"{clock.step} steps")
    encoder = shipped(model)
    clock.finish(weights(NAME, encoder), settings.work / "t5.pt")
    measured("t5", log, measure, encoder, model, tasks, settings, log)


def shipped(model: LanguageModel) -> nn.Module:
    """The encoder with the weights it will have once it has been stored."""
    encoder = model.encoder().eval().requires_grad_(False)
    t5_range(NAME, encoder).apply()
    round_to_stored(NAME, encoder)
    return encoder


def load_t5(settings: Settings) -> nn.Module:
    """The encoder from t5.pt, in float32, for reading only."""
    encoder = build(NAME)
    load_weights(encoder, torch.load(settings.work / "t5.pt", map_location="cpu"))
    return encoder.to(settings.device).eval().requires_grad_(False)
