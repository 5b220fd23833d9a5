"""Train the three small tokenizers and write them in the layout and with the conventions of SD3 Medium's.

    python build_tokenizers.py ../sd3-nano
"""

import json
import math
import random
import sys
from collections import Counter
from pathlib import Path

from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

from captions import caption
from scenes import Scenes

HERE = Path(__file__).parent
CLIP_MERGES = 638  # with 512 bytes and two specials: 1,152 tokens
T5_TOKENS = 1024
START, END = "<|startoftext|>", "<|endoftext|>"
CLIP_PATTERN = r"<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"


def corpus() -> list[str]:
    """60,000 captions, whose words must become whole tokens, and ordinary English, which must not fall apart."""
    rng = random.Random(1)
    lines = [caption(scene, rng) for scene in Scenes(1, frozenset()).take(60_000)]
    words = (HERE / "english.txt").read_text().split()
    return lines + words * 40


def byte_symbols() -> list[str]:
    """The 256 printable stand-ins for bytes, in CLIP's order ("!" first)."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    rest = [byte for byte in range(256) if byte not in printable]
    return [chr(byte) for byte in printable] + [chr(256 + index) for index in range(len(rest))]


def clip_merges(lines: list[str]) -> list[tuple[str, str]]:
    """Byte-level BPE merges in the order they were learned."""
    tokenizer = Tokenizer(models.BPE(end_of_word_suffix="</w>"))
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFC(), normalizers.Lowercase()])
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(CLIP_PATTERN), behavior="removed", invert=True),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
    ])
    trainer = trainers.BpeTrainer(
        vocab_size=4096, end_of_word_suffix="</w>", initial_alphabet=byte_symbols(), show_progress=False
    )
    tokenizer.train_from_iterator(lines, trainer)
    merges = json.loads(tokenizer.to_str())["model"]["merges"]
    return [tuple(merge) for merge in merges][:CLIP_MERGES]


def write_clip(folder: Path, merges: list[tuple[str, str]], pad: str) -> None:
    symbols = byte_symbols()
    tokens = symbols + [symbol + "</w>" for symbol in symbols] + ["".join(merge) for merge in merges] + [START, END]
    assert len(set(tokens)) == len(tokens) and tokens[-1] == END, "<|endoftext|> must be the highest id"
    folder.mkdir(parents=True, exist_ok=True)
    vocabulary = {token: index for index, token in enumerate(tokens)}
    write_json(folder / "vocab.json", vocabulary, indent=None)
    (folder / "merges.txt").write_text("#version: 0.2\n" + "".join(f"{a} {b}\n" for a, b in merges))
    special = {"bos_token": START, "eos_token": END, "pad_token": pad, "unk_token": END}
    write_json(folder / "special_tokens_map.json", special)
    decoder = {str(vocabulary[token]): added_token(token) for token in dict.fromkeys([pad, START, END])}
    write_json(folder / "tokenizer_config.json", {
        "add_prefix_space": False, "added_tokens_decoder": decoder, **special, "clean_up_tokenization_spaces": True,
        "do_lower_case": True, "errors": "replace", "model_max_length": 77, "tokenizer_class": "CLIPTokenizer",
    })


def added_token(token: str) -> dict:
    return {"content": token, "lstrip": False, "normalized": token == START, "rstrip": False, "single_word": False,
            "special": True}


def t5_tokenizer() -> Tokenizer:
    tokenizer = Tokenizer(models.Unigram())
    # transformers 5 gives every T5 tokenizer these two, whatever its file says: say the same, so that all readers agree.
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always"),
    ])
    return tokenizer


def t5_pieces(lines: list[str]) -> list[tuple[str, float]]:
    """(piece, log probability): specials, every word of the captions, then English words and pieces, down to characters."""
    trainer = trainers.UnigramTrainer(
        vocab_size=2 * T5_TOKENS, special_tokens=["<pad>", "</s>", "<unk>"], unk_token="<unk>", max_piece_length=8,
        show_progress=False, initial_alphabet=[chr(code) for code in range(33, 127)],
    )
    learner = t5_tokenizer()
    learner.train_from_iterator((HERE / "english.txt").read_text().split(), trainer)
    learned = sorted(json.loads(learner.to_str())["model"]["vocab"][3:], key=lambda piece: -piece[1])
    counts = Counter(word for line in lines for word in line.replace(",", " ").split())
    captions = Counter({word: count for word, count in counts.items() if count > 60})
    total = sum(captions.values())
    pieces = {"<pad>": 0.0, "</s>": 0.0, "<unk>": 0.0}
    pieces |= {"▁" + word: math.log(count / total) for word, count in captions.most_common()}
    characters = {"▁": -9.0} | {chr(code): -9.0 for code in range(33, 127)}
    pieces |= {piece: score - 2.0 for piece, score in learned if piece not in pieces and piece not in characters}
    words = ["▁" + word for word in dict.fromkeys((HERE / "english.txt").read_text().split())]
    room = T5_TOKENS - len(pieces) - len(characters)
    pieces |= {word: -12.0 for word in [word for word in words if word not in pieces][:room]}
    return list((pieces | characters).items())


def write_t5(folder: Path, lines: list[str]) -> None:
    """Unigram over Metaspace, ids 0 <pad>, 1 </s>, 2 <unk>, every printable ASCII character included."""
    special = ["<pad>", "</s>", "<unk>"]
    tokenizer = t5_tokenizer()
    pieces = t5_pieces(lines)
    tokenizer.model = models.Unigram(pieces, unk_id=2)
    tokenizer.add_special_tokens(special)
    assert tokenizer.get_vocab_size() == T5_TOKENS
    tokenizer.post_processor = processors.TemplateProcessing(
        single="$A </s>", pair="$A </s> $B </s>", special_tokens=[("</s>", 1)]
    )
    tokenizer.decoder = decoders.Metaspace(replacement="▁", prepend_scheme="always")
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(folder / "tokenizer.json"))
    names = {"eos_token": "</s>", "pad_token": "<pad>", "unk_token": "<unk>"}
    write_json(folder / "special_tokens_map.json", names)
    write_json(folder / "tokenizer_config.json", {
        "added_tokens_decoder": {str(i): {**added_token(token), "normalized": False} for i, token in enumerate(special)},
        **names, "clean_up_tokenization_spaces": True, "extra_ids": 0, "legacy": True, "model_max_length": 512,
        "tokenizer_class": "T5TokenizerFast",
    })


def write_json(path: Path, value, indent=2) -> None:
    path.write_text(json.dumps(value, indent=indent, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    target, text = Path(sys.argv[1]), corpus()
    found = clip_merges(text)
    write_clip(target / "tokenizer", found, pad=END)
    write_clip(target / "tokenizer_2", found, pad="!")
    write_t5(target / "tokenizer_3", text)
    print(f"{len(found) + 514} CLIP tokens, {T5_TOKENS} T5 tokens, {len(Counter(text))} distinct lines")
