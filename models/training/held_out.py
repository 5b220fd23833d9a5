"""A hundred captions whose pair of things no training picture contains, each with two partners.

    python held_out.py            writes held-out.json (only when it is to be drawn anew)

A pair is (colour, shape) on the left and (colour, shape) on the right. The partner `sides` exchanges the two things,
the partner `colours` exchanges their colours; all three pairs are excluded from training, whatever the place or time.
"""

import json
import random
from pathlib import Path

from captions import article
from scenes import Pair, Scene, Thing, draw_plant
from vocabulary import COLOURS, PLACE_PHRASES, SHAPES, SUPPORTS

FILE = Path(__file__).parent / "held-out.json"
SEED, COUNT = 20, 100


def partners(left: Thing, right: Thing) -> dict[str, Pair]:
    return {
        "base": (left, right),
        "sides": (right, left),
        "colours": (Thing(right.colour, left.kind), Thing(left.colour, right.kind)),
    }


def say(pair: Pair, right_first: bool, place: str, plant: Thing | None) -> str:
    left, right = (article(f"{thing.colour} {thing.kind}") for thing in pair)
    words = f"{right} to the right of {left}" if right_first else f"{left} to the left of {right}"
    words += ", " + PLACE_PHRASES[place][0]
    return words + (f", with {article(f'{plant.colour} {plant.kind}')} in the background" if plant else "")


def draw() -> list[dict]:
    rng, taken, entries = random.Random(SEED), set(), []
    lesson = (Thing("red", "ball"), Thing("blue", "cube"))
    taken |= set(partners(*lesson).values())
    while len(entries) < COUNT:
        colours, kinds = rng.sample(list(COLOURS), 2), rng.sample(SHAPES, 2)
        left, right = (Thing(colour, kind) for colour, kind in zip(colours, kinds))
        pairs = partners(left, right)
        right_first, place = rng.random() < 0.4, rng.choice(SUPPORTS)
        plant = draw_plant(rng) if rng.random() < 0.25 else None
        if taken & set(pairs.values()):
            continue
        taken |= set(pairs.values())
        entries.append({
            "id": f"{len(entries):03}",
            "place": place,
            "time": "day",
            "plant": plant and plant._asdict(),
            **{
                which: {
                    "caption": say(pair, right_first, place, plant),
                    "left": pair[0]._asdict(),
                    "right": pair[1]._asdict(),
                }
                for which, pair in pairs.items()
            },
        })
    return entries


def load() -> list[dict]:
    return json.loads(FILE.read_text())["captions"]


def excluded_pairs() -> frozenset[Pair]:
    """All 300 pairs that training must never draw."""
    return frozenset(
        (Thing(**entry[which]["left"]), Thing(**entry[which]["right"]))
        for entry in load()
        for which in ("base", "sides", "colours")
    )


def as_scene(entry: dict, which: str) -> Scene:
    left, right = Thing(**entry[which]["left"]), Thing(**entry[which]["right"])
    plant = Thing(**entry["plant"]) if entry["plant"] else None
    return Scene(entry["place"], entry["time"], left=left, right=right, plant=plant)


if __name__ == "__main__":
    FILE.write_text(json.dumps({"seed": SEED, "captions": draw()}, indent=1) + "\n")
