"""The words the small model knows, and what each of them looks like."""

# Linear-ish sRGB values in 0..1. Eight colours for things; cats also come in coats.
COLOURS = {
    "red": (0.86, 0.13, 0.13),
    "orange": (0.97, 0.50, 0.08),
    "yellow": (0.98, 0.84, 0.15),
    "green": (0.16, 0.62, 0.24),
    "blue": (0.13, 0.34, 0.86),
    "purple": (0.50, 0.20, 0.70),
    "pink": (0.97, 0.50, 0.70),
    "white": (0.94, 0.94, 0.92),
}
COATS = {
    "orange": (0.90, 0.55, 0.22),
    "gray": (0.55, 0.56, 0.60),
    "black": (0.20, 0.20, 0.24),
    "white": (0.93, 0.91, 0.88),
    "brown": (0.50, 0.35, 0.24),
}
ALL_COLOURS = {**COLOURS, "gray": COATS["gray"], "black": COATS["black"], "brown": COATS["brown"]}
COLOUR_NAMES = list(ALL_COLOURS)

SHAPES = ["ball", "cube", "cone", "cylinder", "star", "ring", "cup", "pyramid", "heart"]
KINDS = [*SHAPES, "cat"]
# What a shape may stand on without looking absurd.
PEDESTALS = ["cube", "cylinder"]
SYNONYMS = {"ball": ["ball", "sphere"], "cube": ["cube", "box", "block"], "cup": ["cup", "mug"]}

SUPPORTS = ["table", "grass", "beach", "snow", "room", "desert", "stone", "white"]
LANDSCAPES = ["ocean", "mountains", "hills", "forest", "dunes", "city"]
PLACES = [*SUPPORTS, *LANDSCAPES]
TIMES = ["day", "sunset", "night"]
PLANTS = ["plant", "tree", "bush", "flower"]

PLACE_PHRASES = {
    "table": ["on a wooden table", "on a wooden table", "on a table"],
    "grass": ["on grass", "on the grass", "on a green lawn", "in a meadow"],
    "beach": ["on a beach", "on the beach", "on the sand"],
    "snow": ["on snow", "in the snow", "on the snow"],
    "room": ["in a room", "on the floor of a room", "indoors"],
    "desert": ["in a desert", "in the desert"],
    "stone": ["on a stone floor", "on stone", "on a street"],
    "white": ["on a white background", "in front of a white wall"],
}
TIME_PHRASES = {
    "day": ["by day", "on a sunny day", "in daylight"],
    "sunset": ["at sunset", "at sunset", "in the evening"],
    "night": ["at night", "at night", "in the dark"],
}
LANDSCAPE_NOUNS = {
    "ocean": ["the ocean", "the sea"],
    "mountains": ["the mountains", "a mountain", "snowy mountains"],
    "hills": ["green hills", "the hills", "rolling hills"],
    "forest": ["a forest", "the forest", "the woods"],
    "dunes": ["the sand dunes", "a desert", "the dunes"],
    "city": ["a city", "the city", "a city skyline"],
}
LANDSCAPE_FORMS = {
    "day": ["{} under a blue sky", "{} by day", "{} on a sunny day", "a blue sky over {}", "{}"],
    "sunset": ["a sunset over {}", "a sunset over {}", "{} at sunset", "the sun setting over {}"],
    "night": ["{} at night", "the moon over {}", "{} under the stars", "a night sky over {}"],
}
OPENINGS = ["a picture of ", "a photo of ", "a drawing of ", "an image of "]
