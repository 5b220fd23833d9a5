"""Captions whose combinations no training picture contains, written down before any training.

    python held_out.py            writes held-out.json (only when it is to be drawn anew)

held-out.json is {"seed": int, "captions": [entry, ...]}. An entry:

    {"id": "000",                                     three digits, its place in the list
     "layout": "pair" | "three" | "stack" | "single",
     "place": "beach", "time": "day" | "sunset" | "night",
     "plant": THING | null,                           in the background
     "base": CLAIM,                                   the caption as it stands
     "sides": CLAIM | null,                           the two things exchanged; null but for pairs
     "colours": CLAIM | null}                         their colours exchanged; null but for pairs without a cat

    CLAIM = {"caption": "...", "left": THING | null, "middle": ..., "right": ..., "top": ...}
    THING = {"colour": "red", "kind": "ball"}

A pair has left and right, a row of three left, middle and right, a stack top and middle (top stands on middle), a
single thing middle. A slot that is null is empty. So a reading of a picture can be scored part by part:

    objects     kind of every named thing, in whatever slot it stands
    relation    every slot that the claim fills holds the kind that the claim puts there
    count       as many of the four slots hold something as the claim names things (plants do not count)
    colours     of every named thing: of its own slot if that holds its kind, else of a slot that does, else of its own
    background  place, time, and the plant's colour and kind, or no plant

Right is what is right in all five: then every slot holds exactly what the claim says, and nothing else.

What must never be trained on are the combinations (scenes.py) of all claims, whatever the place and time.
"""

import json
import random
from pathlib import Path

from captions import name_in_full
from scenes import Combination, Scene, Thing, combinations, draw_pedestal, draw_plant, draw_thing, draw_time
from vocabulary import COLOURS, PLACE_PHRASES, SUPPORTS, TIME_PHRASES

FILE = Path(__file__).parent / "held-out.json"
SEED = 2026
LAYOUTS = {"pair": 230, "three": 40, "stack": 50, "single": 50}
WHICH = ("base", "sides", "colours")
SLOTS = ("left", "middle", "right", "top")
WORDINGS = {
    "pair": ["{left} to the left of {right}", "{right} to the right of {left}", "{left} left of {right}",
             "{left} on the left and {right} on the right"],
    "three": ["{left}, {middle} and {right}", "{middle} between {left} and {right}",
              "{left} on the left, {middle} in the middle and {right} on the right"],
    "stack": ["{top} on top of {middle}", "{middle} under {top}"],
    "single": ["{middle}"],
}
# The lesson's own prompts are trained on.
LESSON = [
    Scene("table", left=Thing("red", "ball"), right=Thing("blue", "cube")),
    Scene("beach", middle=Thing("orange", "cat")),
]


def different(rng: random.Random, count: int) -> list[Thing]:
    """Things of which no two share their colour or their kind."""
    while True:
        things = [draw_thing(rng) for _ in range(count)]
        if len({thing.colour for thing in things}) == len({thing.kind for thing in things}) == count:
            return things


def draw_slots(layout: str, rng: random.Random) -> dict[str, Thing]:
    if layout == "single":
        return {"middle": draw_thing(rng, cats=0.5)}
    if layout == "pair":
        return dict(zip(("left", "right"), different(rng, 2)))
    if layout == "three":
        return dict(zip(("left", "middle", "right"), different(rng, 3)))
    while True:
        top, below = draw_thing(rng, cats=0.25), draw_pedestal(rng)
        if top.colour != below.colour and top.kind != below.kind:
            return {"top": top, "middle": below}


def draw_background(layout: str, rng: random.Random) -> Scene:
    place = rng.choice(SUPPORTS)
    time = "day" if place == "white" else draw_time(rng)
    plant = draw_plant(rng) if rng.random() < (0.6 if layout == "single" else 0.3) else None
    return Scene(place, time, plant=plant)


def partners(scene: Scene) -> dict[str, Scene | None]:
    """The scene and what becomes of a pair when its things, or only their colours, are exchanged."""
    found, (left, right) = {"base": scene, "sides": None, "colours": None}, (scene.left, scene.right)
    if left and not scene.middle:
        found["sides"] = scene._replace(left=right, right=left)
        if "cat" not in (left.kind, right.kind):
            left, right = Thing(right.colour, left.kind), Thing(left.colour, right.kind)
            found["colours"] = scene._replace(left=left, right=right)
    return found


def all_combinations(scene: Scene) -> set[Combination]:
    return {combination for version in partners(scene).values() if version for combination in combinations(version)}


def say(scene: Scene, wording: str, place: str, time: str) -> str:
    """All the things, the place, every time but day, and the plant, as captions.py puts them."""
    named = {slot: name_in_full(getattr(scene, slot)) for slot in SLOTS if getattr(scene, slot)}
    pause = ", " if scene.left else " "
    words = wording.format(**named) + pause + place
    if scene.time != "day":
        words += f" {time}"
    return words + (f"{pause}with {name_in_full(scene.plant)} in the background" if scene.plant else "")


def claim(scene: Scene | None, *wording: str) -> dict | None:
    if scene is None:
        return None
    things = {slot: getattr(scene, slot) for slot in SLOTS}
    return {"caption": say(scene, *wording), **{slot: thing and thing._asdict() for slot, thing in things.items()}}


def draw() -> list[dict]:
    rng, entries = random.Random(SEED), []
    taken = {combination for scene in LESSON for combination in all_combinations(scene)}
    layouts = [layout for layout, count in LAYOUTS.items() for _ in range(count)]
    rng.shuffle(layouts)
    for layout in layouts:
        while True:
            background = draw_background(layout, rng)
            scene = background._replace(**draw_slots(layout, rng))
            if taken.isdisjoint(new := all_combinations(scene)):
                break
        taken |= new
        wording = rng.choice(WORDINGS[layout])
        if layout == "single" and scene.middle.kind == "cat":
            wording += " sitting"
        place, time = rng.choice(PLACE_PHRASES[background.place]), rng.choice(TIME_PHRASES[background.time])
        entries.append({
            "id": f"{len(entries):03}",
            "layout": layout,
            "place": background.place,
            "time": background.time,
            "plant": background.plant and background.plant._asdict(),
            **{which: claim(version, wording, place, time) for which, version in partners(scene).items()},
        })
    return entries


def load() -> list[dict]:
    return json.loads(FILE.read_text())["captions"]


def claims(entries: list[dict]) -> list[tuple[dict, str]]:
    """Every (entry, which) that has a caption, entry by entry."""
    return [(entry, which) for entry in entries for which in WHICH if entry[which]]


def as_scene(entry: dict, which: str) -> Scene:
    things = {slot: Thing(**thing) for slot in SLOTS if (thing := entry[which][slot])}
    plant = Thing(**entry["plant"]) if entry["plant"] else None
    return Scene(entry["place"], entry["time"], plant=plant, **things)


def excluded_combinations() -> frozenset[Combination]:
    """What training must never draw."""
    return frozenset(
        combination for entry, which in claims(load()) for combination in combinations(as_scene(entry, which))
    )


if __name__ == "__main__":
    lines = ",\n".join("  " + json.dumps(entry) for entry in draw())
    FILE.write_text(f'{{\n "seed": {SEED},\n "captions": [\n{lines}\n ]\n}}\n')
