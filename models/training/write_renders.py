"""Renders of held-out captions: what the judge is tested on, and pictures in which it is known where everything is.

    python write_renders.py                    writes ../judge/renders: twelve of the main size, of every layout
    python write_renders.py --masks 60 OUT     writes 60 of the main size to OUT, and for each thing and plant the share
                                               that it covers of every patch of 16 x 16 pixels
"""

import argparse
import json
from pathlib import Path

import torch

from held_out import SLOTS, as_scene, load
from mattes import Mattes
from render import render
from settings import MAIN_SIZE
from sheets import to_images

OUT = Path(__file__).resolve().parent.parent / "judge" / "renders"
SEED = 6
# (layout, which): of each layout the entries are taken in their order, each once
CHOSEN = [
    ("pair", "base"), ("pair", "sides"), ("pair", "colours"), ("three", "base"), ("stack", "base"), ("single", "base"),
    ("pair", "base"), ("three", "base"), ("stack", "base"), ("pair", "colours"), ("stack", "base"), ("single", "base"),
]


def choose(entries: list[dict]):
    """(entry, which) for each of CHOSEN; the places take turns."""
    used, places = set(), []
    for layout, which in CHOSEN:
        free = [entry for entry in entries if entry["layout"] == layout and entry[which] and entry["id"] not in used]
        entry = min(free, key=lambda entry: (places.count(entry["place"]), entry["id"]))
        used.add(entry["id"])
        places.append(entry["place"])
        yield entry, which


def draw(entry: dict, which: str, seed: int, mattes: Mattes | None = None):
    generator = torch.Generator().manual_seed(seed)
    pictures = render([as_scene(entry, which)], *MAIN_SIZE, torch.device("cpu"), generator, mattes)
    return to_images(pictures)[0]


def write_for_judge() -> None:
    OUT.mkdir(exist_ok=True)
    for old in OUT.glob("*.png"):
        old.unlink()
    captions = {}
    for entry, which in choose(load()):
        name = f"{entry['id']}-{which}.png"
        draw(entry, which, SEED).save(OUT / name, optimize=True)
        captions[name] = entry[which]["caption"]
    (OUT / "captions.json").write_text(json.dumps({"seed": SEED, "captions": captions}, indent=2) + "\n")


def with_masks(entry: dict, seed: int, file: Path) -> dict:
    """Saves the picture; everything that is known about it."""
    mattes, claim = Mattes(), entry["base"]
    draw(entry, "base", seed, mattes).save(file, optimize=True)
    things = [
        {"slot": slot, "phrase": f"{thing['colour']} {thing['kind']}", **thing, "mask": rounded(mattes.patches(slot, 0))}
        for slot in (*SLOTS, "plant") if (thing := entry["plant"] if slot == "plant" else claim[slot])
    ]
    return {"file": file.name, "id": entry["id"], "seed": seed, "caption": claim["caption"], "things": things}


def rounded(mask: torch.Tensor) -> list[list[float]]:
    return [[round(share, 2) for share in row] for row in mask.tolist()]


def write_with_masks(count: int, out: Path) -> None:
    """captions.json: {size [height, width], renders: [{file, id, seed, caption, things: [{slot, phrase, mask}]}]}."""
    out.mkdir(parents=True, exist_ok=True)
    for old in out.glob("*.png"):
        old.unlink()
    renders = [with_masks(entry, number, out / f"{entry['id']}.png") for number, entry in enumerate(load()[:count])]
    lines = ",\n".join("  " + json.dumps(one) for one in renders)
    (out / "captions.json").write_text(f'{{\n "size": {json.dumps(MAIN_SIZE)},\n "renders": [\n{lines}\n ]\n}}\n')


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--masks", nargs=2, metavar=("N", "OUT"))
    options = parser.parse_args()
    if options.masks:
        write_with_masks(int(options.masks[0]), Path(options.masks[1]))
    else:
        write_for_judge()
