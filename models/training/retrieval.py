"""Do caption and picture find each other? Held-out captions and renders of them, neither ever trained on.

    python retrieval.py WORK        measures WORK/clip.pt with WORK/image_tower.pt again, writes WORK/retrieval.json
"""

import json
import sys
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from clock import Log
from held_out import as_scene, load
from image_tower import SIZE, ImageTower
from render import render
from settings import Settings
from tokens import Tokens

RENDERS, CHUNK = 4, 256  # renders of each caption; rows at a time


@torch.no_grad()
def picture_vectors(images: ImageTower, entries: list[dict], settings: Settings) -> dict[str, Tensor]:
    """{encoder: [RENDERS, captions, width]}, unit length."""
    generator = torch.Generator(settings.device).manual_seed(settings.seed + 22)
    scenes, found = [as_scene(entry, "base") for entry in entries], []
    for _ in range(RENDERS):
        for start in range(0, len(scenes), CHUNK):
            found.append(images(render(scenes[start : start + CHUNK], SIZE, SIZE, settings.device, generator)))
    joined = {name: F.normalize(torch.cat([part[name] for part in found]), dim=1) for name in found[0]}
    return {name: vectors.view(RENDERS, len(entries), -1) for name, vectors in joined.items()}


@torch.no_grad()
def caption_vectors(encoders: dict[str, nn.Module], captions: list[str], tokens: Tokens, device) -> dict[str, Tensor]:
    """{encoder: [captions, width]}, unit length."""
    towers = tokens.for_towers(*(ids.to(device) for ids in tokens(captions)), t5_length=77)[:2]
    return {
        name: F.normalize(torch.cat([encoder(part).text_embeds for part in ids.split(CHUNK)]), dim=1)
        for (name, encoder), ids in zip(encoders.items(), towers)
    }


def recall(cosines: Tensor, best: int) -> float:
    """Share of rows whose own column is among the `best` largest; cosines [rows, columns]."""
    own = cosines.diagonal()[:, None]
    return ((cosines > own).sum(dim=1) < best).float().mean().item()


def measure(encoders: dict[str, nn.Module], images: ImageTower, settings: Settings, log: Log) -> dict:
    """Logs and writes recall at 1 and 5 in both directions, and how often a true caption beats its partner."""
    entries, tokens = load()[: settings.judged], Tokens()
    images.eval()
    shown = picture_vectors(images, entries, settings)
    said = caption_vectors(encoders, [entry["base"]["caption"] for entry in entries], tokens, settings.device)
    figures = {"captions": len(entries), "renders of each": RENDERS, "chance at 1": 1 / len(entries)}
    for name in encoders:
        cosines = shown[name] @ said[name].T  # [render, picture, caption]
        figures[name] = {
            f"{way} recall at {best}": sum(recall(part, best) for part in table) / RENDERS
            for way, table in (("text to image", cosines.mT), ("image to text", cosines)) for best in (1, 5)
        }
    for which in ("sides", "colours"):
        rows = [row for row, entry in enumerate(entries) if entry.get(which)]
        if not rows:
            continue
        partners = caption_vectors(encoders, [entries[row][which]["caption"] for row in rows], tokens, settings.device)
        for name in encoders:
            pictures = shown[name][:, rows]  # [render, picture, width]
            wins = (pictures * said[name][rows]).sum(dim=-1) > (pictures * partners[name]).sum(dim=-1)
            figures[name] |= {f"beats {which}": wins.float().mean().item(), f"captions with {which}": len(rows)}
    for name in encoders:
        log("clip", f"{name}: " + "  ".join(f"{what} {value:.3f}" for what, value in figures[name].items()))
    (settings.work / "retrieval.json").write_text(json.dumps(figures, indent=2) + "\n")
    return figures


if __name__ == "__main__":
    from train_clip import load_clips  # which imports this file

    given = Settings(Path(sys.argv[1]))
    tower = ImageTower()
    stored = torch.load(given.work / "image_tower.pt", map_location="cpu")
    tower.load_state_dict({key: value.float() for key, value in stored.items()})
    measure(load_clips(given), tower.to(given.device), given, lambda stage, text: print(stage, text, flush=True))
