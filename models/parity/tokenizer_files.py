"""sd3-nano's tokenizers with their ids spread over a larger vocabulary, so that all of an embedding table is read.

SD3's own tokenizers come with its gated weights. These cut text into other pieces, and use every id SD3's special tokens
have: 49406 and 49407 around CLIP's, 0 to pad bigG's, 1 behind T5's.
"""

import json
from pathlib import Path

from transformers import CLIPTokenizer, T5TokenizerFast

NANO = Path(__file__).resolve().parent.parent / "sd3-nano"


def clip_tokenizer(folder, work, vocabulary):
    """CLIP's tokenizer for `vocabulary` ids; the last two mark the start and the end of a text."""
    target = work / folder
    target.mkdir(parents=True, exist_ok=True)
    ids = read(NANO / folder / "vocab.json")
    pieces = sorted(ids, key=ids.get)[:-2]
    kept = pieces[: vocabulary - 2]
    placed = spread(kept, vocabulary - 2) + ["<|startoftext|>", "<|endoftext|>"]
    merges = (NANO / folder / "merges.txt").read_text(encoding="utf-8").splitlines()
    known = set(kept)
    merges = merges[:1] + [pair for pair in merges[1:] if pair.replace(" ", "") in known]
    config = read(NANO / folder / "tokenizer_config.json")
    config["added_tokens_decoder"] = {
        str(placed.index(token["content"])): token for token in config["added_tokens_decoder"].values()
    }
    write(target / "vocab.json", {piece: number for number, piece in enumerate(placed)})
    (target / "merges.txt").write_text("\n".join(merges) + "\n", encoding="utf-8")
    write(target / "tokenizer_config.json", config)
    write(target / "special_tokens_map.json", read(NANO / folder / "special_tokens_map.json"))
    return CLIPTokenizer.from_pretrained(target)


def t5_tokenizer(folder, work, vocabulary):
    """T5's tokenizer for `vocabulary` ids; the first three are padding, end and unknown."""
    target = work / folder
    target.mkdir(parents=True, exist_ok=True)
    definition = read(NANO / folder / "tokenizer.json")
    scores = dict(definition["model"]["vocab"])
    pieces = list(scores)
    placed = pieces[:3] + spread(pieces[3:vocabulary], vocabulary - 3)
    definition["model"]["vocab"] = [[piece, scores.get(piece, -1000.0)] for piece in placed]
    write(target / "tokenizer.json", definition)
    for name in ("tokenizer_config.json", "special_tokens_map.json"):
        write(target / name, read(NANO / folder / name))
    return T5TokenizerFast.from_pretrained(target)


def spread(pieces, size):
    """`size` entries with the pieces at even distances, the first one first; nobody's text holds the others."""
    entries = [f"unused {number}" for number in range(size)]
    for number, piece in enumerate(pieces):
        entries[number * size // len(pieces)] = piece
    return entries


def read(path):
    return json.loads(path.read_text(encoding="utf-8"))


def write(path, content):
    path.write_text(json.dumps(content, ensure_ascii=False) + "\n", encoding="utf-8")
