"""Scenes put into words, each in many ways."""

import random

from scenes import Scene, Thing
from vocabulary import (
    LANDSCAPE_FORMS,
    LANDSCAPE_NOUNS,
    OPENINGS,
    PLACE_PHRASES,
    SYNONYMS,
    TIME_PHRASES,
)


def article(words: str) -> str:
    return ("an " if words[0] in "aeiou" else "a ") + words


def name(thing: Thing, rng: random.Random) -> str:
    """"a red ball"; a cat's coat is usually left unsaid."""
    if thing.kind == "cat" and rng.random() < 0.55:
        return "a cat"
    noun = thing.kind
    if rng.random() < 0.15:
        noun = rng.choice(SYNONYMS.get(noun, [noun]))
    return article(f"{thing.colour} {noun}")


def name_in_full(thing: Thing) -> str:
    return article(f"{thing.colour} {thing.kind}")


def say_pair(scene: Scene, rng: random.Random) -> str:
    left, right = name(scene.left, rng), name(scene.right, rng)
    form = rng.random()
    if form < 0.45:
        return f"{left} to the left of {right}"
    if form < 0.75:
        return f"{right} to the right of {left}"
    if form < 0.83:
        return f"{left} left of {right}"
    if form < 0.91:
        return f"{right} right of {left}"
    return f"{left} on the left and {right} on the right"


def say_three(scene: Scene, rng: random.Random) -> str:
    left, middle, right = (name(thing, rng) for thing in scene.row)
    return rng.choice([
        f"{left}, {middle} and {right}",
        f"{middle} between {left} and {right}",
        f"{left} on the left, {middle} in the middle and {right} on the right",
    ])


def say_things(scene: Scene, rng: random.Random) -> str:
    if scene.top:
        top, below = name(scene.top, rng), name(scene.middle, rng)
        return rng.choice([f"{top} on top of {below}", f"{top} on {below}", f"{below} under {top}"])
    if scene.left and scene.middle:
        return say_three(scene, rng)
    if scene.left:
        return say_pair(scene, rng)
    words = name(scene.middle, rng)
    return f"{words} sitting" if scene.middle.kind == "cat" and rng.random() < 0.75 else words


def caption(scene: Scene, rng: random.Random) -> str:
    """One of the many captions of a scene; what it leaves out, the picture is free to choose."""
    opening = rng.choice(OPENINGS) if rng.random() < 0.15 else ""
    if scene.place in LANDSCAPE_NOUNS:
        form = rng.choice(LANDSCAPE_FORMS[scene.time])
        return opening + form.format(rng.choice(LANDSCAPE_NOUNS[scene.place]))
    comma = ", " if rng.random() < 0.6 and scene.left else " "
    words = opening + say_things(scene, rng)
    if rng.random() < 0.9:
        words += comma + rng.choice(PLACE_PHRASES[scene.place])
    if scene.time != "day" or rng.random() < 0.15:
        words += " " + rng.choice(TIME_PHRASES[scene.time])
    if scene.plant:
        words += (", " if comma == ", " else " ") + f"with {name_in_full(scene.plant)} in the background"
    return words
