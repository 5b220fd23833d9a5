"""A scene is a handful of words; everything else about a picture is drawn at random when it is painted."""

import random
from typing import Iterator, NamedTuple, Optional

from vocabulary import COATS, COLOURS, LANDSCAPES, PEDESTALS, PLANTS, SHAPES, SUPPORTS, TIMES


class Thing(NamedTuple):
    colour: str
    kind: str


class Scene(NamedTuple):
    place: str
    time: str = "day"
    left: Optional[Thing] = None
    middle: Optional[Thing] = None
    right: Optional[Thing] = None
    top: Optional[Thing] = None  # stands on `middle`
    plant: Optional[Thing] = None  # in the background

    @property
    def row(self) -> list[Thing]:
        """The things on the ground, from left to right."""
        return [thing for thing in (self.left, self.middle, self.right) if thing]


Combination = tuple


def combinations(scene: Scene) -> Iterator[Combination]:
    """What is new about a scene if it was never seen: who stands left of whom, who stands on whom, who stands where alone."""
    row = scene.row
    for i, first in enumerate(row):
        for second in row[i + 1 :]:
            yield "left of", first, second
    if scene.top:
        yield "on top of", scene.top, scene.middle
    elif len(row) == 1:
        yield "alone", scene.middle, scene.place, scene.plant


def draw_thing(rng: random.Random, cats: float = 0.12) -> Thing:
    if rng.random() < cats:
        return Thing(rng.choice(list(COATS)), "cat")
    return Thing(rng.choice(list(COLOURS)), rng.choice(SHAPES))


def draw_plant(rng: random.Random) -> Thing:
    colour = "green" if rng.random() < 0.5 else rng.choice(list(COLOURS))
    kind = "plant" if rng.random() < 0.5 else rng.choice(PLANTS)
    return Thing(colour, kind)


def draw_pedestal(rng: random.Random) -> Thing:
    return Thing(rng.choice(list(COLOURS)), rng.choice(PEDESTALS))


def draw_time(rng: random.Random) -> str:
    return "day" if rng.random() < 0.55 else rng.choice(TIMES)


# The scenes of the lesson's own prompts, drawn a little more often than chance would.
LESSON = [
    Scene("beach", "sunset", middle=Thing("orange", "cat")),
    Scene("ocean", "sunset"),
    Scene("table", "day", left=Thing("red", "ball"), right=Thing("blue", "cube"), plant=Thing("green", "plant")),
]


def draw_scene(rng: random.Random) -> Scene:
    """One scene from the whole distribution, held-out combinations included."""
    if rng.random() < 0.012:
        return rng.choice(LESSON)
    if rng.random() < 0.14:
        return Scene(rng.choice(LANDSCAPES), rng.choice(TIMES))
    place = rng.choice(SUPPORTS)
    time = "day" if place == "white" else draw_time(rng)
    plant = draw_plant(rng) if rng.random() < 0.3 else None
    layout = rng.random()
    if layout < 0.25:
        return Scene(place, time, middle=draw_thing(rng, cats=0.5), plant=plant)
    if layout < 0.77:
        return Scene(place, time, left=draw_thing(rng), right=draw_thing(rng), plant=plant)
    if layout < 0.90:
        return Scene(place, time, left=draw_thing(rng), middle=draw_thing(rng), right=draw_thing(rng), plant=plant)
    return Scene(place, time, middle=draw_pedestal(rng), top=draw_thing(rng, cats=0.25), plant=plant)


class Scenes:
    """An endless, seeded stream of scenes that contains none of the `excluded` combinations."""

    def __init__(self, seed: int, excluded: frozenset[Combination]):
        self.rng = random.Random(seed)
        self.excluded = excluded

    def draw(self) -> Scene:
        while True:
            scene = draw_scene(self.rng)
            if self.excluded.isdisjoint(combinations(scene)):
                return scene

    def take(self, count: int) -> list[Scene]:
        return [self.draw() for _ in range(count)]
