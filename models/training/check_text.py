"""Check what the text encoders' training rests on, without training: seconds on any machine.

    python check_text.py
"""

import random
import time

import torch
from torch import nn

from captions import caption
from caption_texts import ids
from contrast import CLIPS, Contrast, info_nce
from far_tokens import far_buckets, forget_far_places
from float8 import clip_range, t5_range
from held_out import excluded_combinations
from language_model import LanguageModel
from networks import build
from scenes import Scenes
from span_corruption import END, PAD, SENTINELS, corrupt, draw_spans, first_of, join
from tokens import T5_LENGTH, Tokens
from train_clip import spread
from train_t5 import crop

TOKENS, RNG = Tokens(), random.Random(2)


def captions(count: int) -> list[str]:
    return [caption(scene, RNG) for scene in Scenes(13, excluded_combinations()).take(count)]


def spans_can_be_put_back() -> None:
    first, second = (ids(captions(200), TOKENS, "cpu") for _ in range(2))
    between, *sentinels = TOKENS.t5.convert_tokens_to_ids([".", *SENTINELS])
    assert not torch.isin(torch.cat([first, second]), torch.tensor([between, *sentinels])).any(), "captions use a sentinel"
    documents = join(first, second, between, 77)
    missing = draw_spans(documents, 0.1 + 0.4 * torch.rand(200))
    task = corrupt(documents, missing, torch.tensor(sentinels))
    assert (first_of(missing).sum(dim=1) >= 1).all() and not (missing & (documents <= END)).any()
    for document, inputs, targets, marks in zip(documents, task.inputs, task.targets, task.missing):
        spans: dict[int, list[int]] = {}
        for token in targets[targets > END].tolist():
            if token in sentinels:
                spans[last := token] = []
            else:
                spans[last].append(token)
        whole = [token for entry in inputs.tolist() for token in spans.get(entry, [entry])]
        assert [token for token in whole if token != PAD] == document[document != PAD].tolist()
        assert targets[marks].tolist() == [token for span in spans.values() for token in span]


@torch.no_grad()
def cropped_captions_give_the_same_vectors() -> None:
    model = Contrast().eval()
    clip, t5 = TOKENS(captions(12))
    found = model.text(clip.long(), (clip != TOKENS.end).sum(dim=1) + 1)
    for name, padded in zip(CLIPS, TOKENS.for_towers(clip, t5, 77)):
        assert torch.allclose(found[name], getattr(model, name)(padded).text_embeds, atol=1e-5)


@torch.no_grad()
def t5_starts_from_two_habits() -> None:
    model = LanguageModel().eval().t5
    assert model.lm_head.weight is not model.shared.weight, "transformers tied the output layer to the embeddings"
    attention, cross = (model.encoder.block[0].layer[0].SelfAttention, model.decoder.block[0].layer[1].EncDecAttention)
    favourite = attention.compute_bias(9, 9)[0].argmax(dim=-1)  # [heads, queries]
    assert favourite[0, 1:].tolist() == list(range(8)) and favourite[1, :-1].tolist() == list(range(1, 9))
    names = nn.functional.rms_norm(model.shared(torch.tensor(TOKENS.t5.convert_tokens_to_ids(SENTINELS))), (4096,))
    scores = cross.q(names) @ cross.k(names).T
    assert (scores.argmax(dim=1) == torch.arange(len(names))).all()


@torch.no_grad()
def pads_amid_pads_are_equal() -> None:
    model = LanguageModel().eval()
    encoder = model.t5.encoder
    encoder.block[0].layer[0].SelfAttention.relative_attention_bias.weight.normal_(std=3)
    _, words = (rows.long() for rows in TOKENS(captions(1)))
    ids = nn.functional.pad(words[:, words[0] != 0], (0, T5_LENGTH - int((words[0] != 0).sum())))
    # Each of the two layers lets a pad see whether one of the seven next to it stands at an edge.
    amid = slice(int((ids != 0).sum()) + 14, T5_LENGTH - 14)

    def spread() -> float:
        states = model.encode(ids)[0, amid]
        return ((states - states[0]).norm(dim=1) / states[0].norm()).max().item()

    before = spread()
    forget_far_places(encoder, far_buckets(encoder))
    assert spread() < 1e-5 < 1e-3 < before, (spread(), before)


def equal_captions_are_no_negatives() -> None:
    vectors = torch.eye(4)[[0, 1, 2, 2]]
    same = torch.eye(4, dtype=torch.bool)
    scale = torch.tensor(20.0)
    counted, _ = info_nce(vectors, vectors, scale, same)
    same[2, 3] = same[3, 2] = True
    left_out, right = info_nce(vectors, vectors, scale, same)
    assert counted > 0.3 and left_out < 1e-6 and right == 1
    worse, _ = info_nce(vectors, vectors, scale, same, exchanged=vectors[:1])
    assert worse > left_out + 0.05


@torch.no_grad()
def factors_change_nothing() -> None:
    clip, t5 = (rows.long() for rows in TOKENS(captions(8)))
    readers = {
        CLIPS[0]: lambda encoder: encoder(clip).text_embeds,
        "text_encoder_3": lambda encoder: encoder(t5).last_hidden_state,
    }
    for name, read in readers.items():
        encoder = build(name).eval()
        before = read(encoder)
        found = clip_range(name, encoder, *spread(encoder, clip)) if name in CLIPS else t5_range(name, encoder)
        weights = {key: value.clone() for key, value in encoder.state_dict().items()}
        with found.stored():
            rounded = read(encoder)
        assert all(torch.equal(value, weights[key]) for key, value in encoder.state_dict().items())
        found.apply()
        after = read(encoder)
        near, far = (nn.functional.cosine_similarity(before, other, dim=-1).min() for other in (after, rounded))
        assert near > 0.999 and 0.9 < far < 0.999999, (name, near, far)
        if name in CLIPS:
            assert all(0.5 < std < 2 for std in spread(encoder, clip)), spread(encoder, clip)


@torch.no_grad()
def what_does_not_ship_is_not_rounded() -> None:
    model = LanguageModel().t5
    own = {name: tensor.clone() for name, tensor in model.named_parameters()}
    with t5_range("text_encoder_3", model).stored():
        rounded = {name for name, tensor in model.named_parameters() if not torch.equal(tensor, own[name])}
    assert "shared.weight" in rounded and any("encoder.block.0" in name for name in rounded)
    assert not [name for name in rounded if name.startswith(("decoder.", "lm_head."))], rounded


@torch.no_grad()
def batches_have_few_widths() -> None:
    long, short = torch.ones(3, 77).long(), nn.functional.pad(torch.ones(3, 17).long(), (0, 60))
    assert [rows.shape[1] for rows in crop(long, short, short[:, 1:], short[:, :18])] == [77, 24, 16, 18]


if __name__ == "__main__":
    torch.manual_seed(1)
    began = time.time()
    for check in (
        spans_can_be_put_back, cropped_captions_give_the_same_vectors, equal_captions_are_no_negatives,
        t5_starts_from_two_habits, pads_amid_pads_are_equal, factors_change_nothing, what_does_not_ship_is_not_rounded,
        batches_have_few_widths,
    ):
        check()
        print(f"{check.__name__.replace('_', ' ')} ({time.time() - began:.0f} s)", flush=True)
