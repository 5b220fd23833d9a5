"""A reading of a picture held against a held-out claim, part by part (the parts are defined in held_out.py)."""

from collections import Counter

from judge import NOTHING, SLOTS

PARTS = ("colours", "objects", "relation", "count", "background")


def seen(reading: dict[str, str]) -> dict[str, tuple[str, str]]:
    """What stands where: slot -> (colour, kind); empty slots are left out."""
    return {
        slot: (reading[f"{slot}_colour"], reading[f"{slot}_kind"])
        for slot in SLOTS if reading[f"{slot}_kind"] != NOTHING
    }


def score(reading: dict[str, str], entry: dict, which: str) -> dict[str, bool]:
    """Each of PARTS, and `whole`: every thing in its slot with its colour, nothing else, and the background."""
    named = {slot: (thing["colour"], thing["kind"]) for slot in SLOTS if (thing := entry[which][slot])}
    shown, plant = seen(reading), entry["plant"] or {"colour": NOTHING, "kind": NOTHING}
    parts = {
        "colours": Counter(colour for colour, _ in named.values()) == Counter(colour for colour, _ in shown.values()),
        "objects": Counter(kind for _, kind in named.values()) == Counter(kind for _, kind in shown.values()),
        "relation": {slot: kind for slot, (_, kind) in named.items()} == {slot: kind for slot, (_, kind) in shown.items()},
        "count": len(named) == len(shown),
        "background": (reading["place"], reading["time"], reading["plant_colour"], reading["plant_kind"])
        == (entry["place"], entry["time"], plant["colour"], plant["kind"]),
    }
    return {**parts, "whole": named == shown and parts["background"]}
