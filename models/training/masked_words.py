"""How well the language model fills in captions of held-out scenes, with its encoder as it ships."""

import json
import math
import random

import torch
from torch import Tensor
from torch.nn import functional as F

from caption_texts import CaptionTexts, ids
from captions import caption
from clock import Log
from held_out import as_scene, load
from settings import Settings
from span_corruption import END, Corrupted, corrupt, draw_spans, join
from tokens import T5_LENGTH
from vocabulary import ALL_COLOURS

DENSITY, DRAWS, CHUNK = 0.15, 4, 64  # T5's own share of missing tokens; corruptions of each caption; rows at a time


class Score:
    """Accuracy and perplexity, gathered over batches."""

    def __init__(self):
        self.right, self.loss, self.count = 0, 0.0, 0

    def add(self, logits: Tensor, targets: Tensor) -> None:
        """[n, classes] and [n]."""
        self.right += (logits.argmax(dim=1) == targets).sum().item()
        self.loss += F.cross_entropy(logits.float(), targets, reduction="sum").item()
        self.count += len(targets)

    def figures(self) -> dict:
        count = max(self.count, 1)
        return {"accuracy": self.right / count, "perplexity": math.exp(self.loss / count), "tokens": self.count}


def unigram(texts: CaptionTexts, classes: int) -> Tensor:
    """Log frequency of every token in the training captions, [classes]; one is added to each count."""
    counts = torch.bincount(texts.rows.long().flatten(), minlength=classes).float()
    counts[: END + 1] = 0
    return ((counts + 1) / (counts + 1).sum()).log()


@torch.no_grad()
def measure(encoder, model, tasks, settings: Settings, log: Log) -> dict:
    """Logs and writes t5.json.

    single    spans of held-out captions, guessed from the rest of the caption
    document  the same after another wording of the scene and a full stop
    colours   all colours of the second wording are missing; counted where the first one names them
    alone     the same colours missing from the same captions, without the first wording
    """
    device, rng = settings.device, random.Random(settings.seed + 32)
    tokens, entries = tasks.texts.tokens, load()[: settings.judged]
    torch.manual_seed(settings.seed + 32)
    said = ids([entry["base"]["caption"] for entry in entries], tokens, device)
    other = ids([caption(as_scene(entry, "base"), rng) for entry in entries], tokens, device)
    both = join(other, said, tasks.between, said.shape[1])
    whole = (both == tasks.between).any(dim=1)  # both wordings fitted
    colours = torch.tensor(tokens.t5.convert_tokens_to_ids(["▁" + colour for colour in ALL_COLOURS]), device=device)
    second = (both == tasks.between).cumsum(dim=1) > 0
    hidden = second & torch.isin(both, colours)
    kept = whole & hidden.any(dim=1)
    density = torch.full((len(said),), DENSITY, device=device)
    scores = {name: Score() for name in ("single", "document", "colours", "alone", "unigram")}
    for _ in range(DRAWS):
        for name, documents in (("single", said), ("document", both)):
            missing = draw_spans(documents, density)
            add(scores[name], encoder, model, corrupt(documents, missing, tasks.sentinels))
            if name == "single":
                flat = documents[missing]
                scores["unigram"].add(unigram(tasks.texts, model.t5.config.vocab_size).expand(len(flat), -1), flat)
    if kept.any():
        for name, documents, gone in (("colours", both, hidden), ("alone", said, torch.isin(said, colours))):
            add(scores[name], encoder, model, corrupt(documents[kept], gone[kept], tasks.sentinels), named_in=other[kept])
    states = encoder(F.pad(said, (0, T5_LENGTH - said.shape[1]))[:CHUNK]).last_hidden_state
    words = states[:, : said.shape[1]][said[:CHUNK] > END]
    figures = {name: score.figures() for name, score in scores.items()}
    for name, found in figures.items():
        log("t5", f"{name}: " + "  ".join(f"{what} {value:.4g}" for what, value in found.items()))
    figures["states"] = {"words std": words.std().item(), "pads std": states[:, said.shape[1] :].std().item()}
    log("t5", "  ".join(f"{what} {value:.3f}" for what, value in figures["states"].items()))
    (settings.work / "t5.json").write_text(json.dumps(figures, indent=2) + "\n")
    return figures


def add(score: Score, encoder, model, task: Corrupted, named_in: Tensor | None = None) -> None:
    """Teacher forcing: every missing token from the input and the targets before it."""
    for start in range(0, len(task.inputs), CHUNK):
        rows = slice(start, start + CHUNK)
        inputs, targets, missing = task.inputs[rows], task.targets[rows], task.missing[rows]
        if named_in is not None:
            missing = missing & (targets[:, :, None] == named_in[rows][:, None, :]).any(dim=2)
        states = encoder(F.pad(inputs, (0, T5_LENGTH - inputs.shape[1]))).last_hidden_state
        score.add(model(states, targets)[missing], targets[missing])
