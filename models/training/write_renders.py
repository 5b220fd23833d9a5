"""Renders of held-out captions, for the judge's own test.

    python write_renders.py        writes ../judge/renders: the first entry of six places, two as they stand, two with
                                   their things exchanged, two with their colours exchanged
"""

import json
from pathlib import Path

import torch

from held_out import as_scene, load
from render import render
from settings import MAIN_SIZE
from sheets import to_images

OUT = Path(__file__).resolve().parent.parent / "judge" / "renders"
SEED, COUNT = 6, 6
WHICH = ("base", "sides", "colours")


def first_of_each_place(entries: list[dict]) -> list[dict]:
    first: dict[str, dict] = {}
    for entry in entries:
        first.setdefault(entry["place"], entry)
    return list(first.values())[:COUNT]


def main() -> None:
    chosen = [(entry, WHICH[i % len(WHICH)]) for i, entry in enumerate(first_of_each_place(load()))]
    scenes = [as_scene(entry, which) for entry, which in chosen]
    pictures = render(scenes, *MAIN_SIZE, torch.device("cpu"), torch.Generator().manual_seed(SEED))
    OUT.mkdir(exist_ok=True)
    captions = {}
    for (entry, which), image in zip(chosen, to_images(pictures)):
        name = f"{entry['id']}-{which}.png"
        image.save(OUT / name, optimize=True)
        captions[name] = entry[which]["caption"]
    (OUT / "captions.json").write_text(json.dumps({"seed": SEED, "captions": captions}, indent=2) + "\n")


if __name__ == "__main__":
    main()
