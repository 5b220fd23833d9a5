"""A reading of a picture held against a held-out claim, part by part; held_out.py says what each part means."""

from judge import NOTHING, SLOTS

PARTS = ("colours", "objects", "relation", "count", "background")


def score(reading: dict[str, str], entry: dict, which: str) -> dict[str, bool]:
    """Each of PARTS, and `whole`: all of them."""
    named = {slot: thing for slot in SLOTS if (thing := entry[which][slot])}
    filled = [slot for slot in SLOTS if reading[f"{slot}_kind"] != NOTHING]

    def found(slot: str, kind: str) -> str:
        """Where the thing that belongs into a slot stands."""
        return next((at for at in (slot, *filled) if reading[f"{at}_kind"] == kind), slot)

    plant = entry["plant"]
    parts = {
        "colours": all(
            reading[f"{found(slot, thing['kind'])}_colour"] == thing["colour"] for slot, thing in named.items()
        ),
        "objects": all(any(reading[f"{at}_kind"] == thing["kind"] for at in filled) for thing in named.values()),
        "relation": all(reading[f"{slot}_kind"] == thing["kind"] for slot, thing in named.items()),
        "count": len(named) == len(filled),
        "background": (reading["place"], reading["time"]) == (entry["place"], entry["time"])
        and reading["plant_kind"] == (plant["kind"] if plant else NOTHING)
        and (plant is None or reading["plant_colour"] == plant["colour"]),
    }
    return {**parts, "whole": all(parts.values())}
