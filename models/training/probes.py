"""What can be read off the text encoders with one linear layer? Tells whether they carry the scene before a denoiser is
trained on them.

    python probes.py WORK        needs clip.pt and t5.pt, writes WORK/probes.json

Two questions for each encoder, to fresh captions of scenes without held-out combinations, and to held-out captions:

    scene   from the projected vector and from the mean of the states: every head of the judge (judge.py)
    words   from the state of the word that names a thing: the thing's own colour, and its slot (left, middle, right, top)
"""

import json
import random
import sys
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from captions import caption
from clock import Log
from contrast import CLIPS
from held_out import as_scene, excluded_combinations, load
from judge import HEADS, SIZES, SLOTS, heads_loss, labels
from scenes import Scene, Scenes
from settings import Settings
from tokens import T5_LENGTH, Tokens
from train_clip import load_clips
from train_t5 import load_t5
from vocabulary import COLOUR_NAMES, SYNONYMS

TRAIN, TEST, CHUNK, STEPS, RATE = 12_000, 2_000, 100, 300, 3e-3
GROUPS = {
    "kinds": [f"{slot}_kind" for slot in SLOTS], "colours": [f"{slot}_colour" for slot in SLOTS],
    "plant": ["plant_kind", "plant_colour"], "place and time": ["place", "time"],
}


@dataclass
class Texts:
    """Captions with what is true of them: labels [n, heads]; words (caption, token, colour, slot) for each tokenizer."""

    captions: list[str]
    labels: Tensor
    words: dict[str, Tensor]


def named_things(scene: Scene, words: list[str]):
    """(position of the noun, colour, slot) of every thing that is told with its colour and can't be confused."""
    for slot in SLOTS:
        thing = getattr(scene, slot)
        if not thing:
            continue
        nouns = SYNONYMS.get(thing.kind, [thing.kind])
        places = [at for at, word in enumerate(words) if word.removeprefix("▁").removesuffix("</w>") in nouns]
        if len(places) == 1 and words[places[0] - 1].removeprefix("▁").removesuffix("</w>") == thing.colour:
            yield places[0], COLOUR_NAMES.index(thing.colour), SLOTS.index(slot)


def texts(scenes: list[Scene], captions: list[str], tokens: Tokens) -> Texts:
    found = {"clip": [], "t5": []}
    for row, (scene, words) in enumerate(zip(scenes, captions)):
        pieces = {"clip": ["", *tokens.clip.tokenize(words)], "t5": tokens.t5.tokenize(words)}
        for which, own in pieces.items():
            found[which] += [(row, *thing) for thing in named_things(scene, own)]
    words = {key: torch.tensor(rows) for key, rows in found.items()}
    return Texts(captions, torch.tensor([labels(scene) for scene in scenes]), words)


@torch.no_grad()
def features(encoder: nn.Module, ids: Tensor, words: Tensor, pad: int) -> tuple[dict[str, Tensor], Tensor]:
    """What is read off a batch of captions, {name: [n, width]}, and the states of its named things [m, width]."""
    pooled, means, picked = [], [], []
    for start in range(0, len(ids), CHUNK):
        part = ids[start : start + CHUNK]
        read = encoder(part, output_hidden_states=True)
        clip = hasattr(read, "text_embeds")
        states = read.hidden_states[-2] if clip else read.last_hidden_state
        told = (part != pad).float()[:, :, None]
        means.append((states * told).sum(dim=1) / told.sum(dim=1))
        pooled += [read.text_embeds] if clip else []
        own = words[(words[:, 0] >= start) & (words[:, 0] < start + CHUNK)]
        picked.append(states[own[:, 0] - start, own[:, 1]])
    parts = {"projected vector": torch.cat(pooled)} if pooled else {}
    return parts | {"mean of states": torch.cat(means)}, torch.cat(picked)


def probe(train: Tensor, truth: Tensor, classes: int, loss) -> nn.Module:
    """A linear layer on standardised features, fitted with Adam on random batches of 1,024."""
    torch.manual_seed(0)
    norm, head = nn.BatchNorm1d(train.shape[1], affine=False), nn.Linear(train.shape[1], classes)
    model = nn.Sequential(norm, head).to(train.device)
    optimizer = torch.optim.Adam(model.parameters(), lr=RATE)
    for step in range(STEPS):
        for group in optimizer.param_groups:
            group["lr"] = RATE * (1 - step / STEPS)
        rows = torch.randint(len(train), (1024,), device=train.device)
        optimizer.zero_grad(set_to_none=True)
        loss(model(train[rows]), truth[rows]).backward()
        optimizer.step()
    return model.eval()


def scene_accuracy(logits: Tensor, truth: Tensor) -> dict[str, float]:
    """Share of right answers by group of heads, where there is something: empty slots are not counted."""
    found = {}
    right = torch.stack([part.argmax(dim=1) for part in logits.split(SIZES, dim=1)], dim=1) == truth
    for group, heads in GROUPS.items():
        columns = [list(HEADS).index(head) for head in heads]
        counted = truth[:, columns] >= (0 if group == "place and time" else 1)
        found[group] = right[:, columns][counted].float().mean().item()
    return found


def measure(settings: Settings, log: Log) -> dict:
    """Logs and writes probes.json: {encoder: {what is read: {captions: accuracies}}}."""
    device, tokens, rng = settings.device, Tokens(), random.Random(settings.seed + 40)
    count = min(TRAIN, 20 * settings.clip_batch), min(TEST, 10 * settings.clip_batch)
    source = Scenes(settings.seed + 40, excluded_combinations())
    entries = load()[: settings.judged]
    sets = {name: source.take(number) for name, number in zip(("train", "fresh"), count)}
    told = {name: texts(scenes, [caption(scene, rng) for scene in scenes], tokens) for name, scenes in sets.items()}
    held_out = [as_scene(entry, "base") for entry in entries]
    told["held-out"] = texts(held_out, [entry["base"]["caption"] for entry in entries], tokens)
    encoders = {**load_clips(settings), "text_encoder_3": load_t5(settings)}
    figures = {}
    for number, (name, encoder) in enumerate(encoders.items()):
        read = {}
        for which, own in told.items():
            clip, t5 = (ids.to(device) for ids in tokens(own.captions))
            ids = tokens.for_towers(clip, t5, T5_LENGTH)[number]
            if name in CLIPS:  # only as far as captions go: attention is causal
                ids = ids[:, : int((clip != tokens.end).sum(dim=1).max()) + 1]
            words = own.words["clip" if name in CLIPS else "t5"].to(device)
            pad = {"text_encoder": tokens.end, "text_encoder_2": 0, "text_encoder_3": 0}[name]
            read[which] = (*features(encoder, ids, words, pad), own.labels.to(device), words)
        figures[name] = answers(read)
        for what, found in figures[name].items():
            for which, right in found.items():
                words = "  ".join(f"{key} {value:.3f}" for key, value in right.items())
                log("probes", f"{name}, {what}, {which}: {words}")
    (settings.work / "probes.json").write_text(json.dumps(figures, indent=2) + "\n")
    return figures


def answers(read: dict) -> dict:
    """For one encoder: {what is read: {"fresh" and "held-out": accuracies}}."""
    parts, words, truth, things = read["train"]
    figures = {}
    for what, features_of in parts.items():
        model = probe(features_of, truth, sum(SIZES), heads_loss)
        asked = {which: (read[which][0][what], read[which][2]) for which in ("fresh", "held-out")}
        figures[what] = {which: scene_accuracy(model(given), right) for which, (given, right) in asked.items()}
    figures["words"] = {which: {} for which in ("fresh", "held-out")}
    for column, (what, names) in enumerate((("own colour", COLOUR_NAMES), ("slot", SLOTS)), start=2):
        model = probe(words, things[:, column], len(names), F.cross_entropy)
        for which, right in figures["words"].items():
            right[what] = (model(read[which][1]).argmax(dim=1) == read[which][3][:, column]).float().mean().item()
    return figures


if __name__ == "__main__":
    measure(Settings(Path(sys.argv[1])), lambda stage, text: print(stage, text, flush=True))
