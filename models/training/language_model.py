"""T5 whole, with its decoder: what is trained. SD3 keeps the encoder.

SD3's T5 is version 1.1, whose output layer is a matrix of its own (`tie_word_embeddings` is false). transformers 5 makes it
the embeddings all the same. Then one matrix has two tasks of different sizes: logits of order 1 take numbers of order
4096^-0.5, and embeddings so small are drowned by what the first layer adds to them, with all that tells tokens apart.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from transformers import T5Config, T5ForConditionalGeneration
from transformers.modeling_outputs import BaseModelOutput
from transformers.models.t5.modeling_t5 import T5LayerNorm

from attention_start import start
from configs import T5
from networks import build

NAME = "text_encoder_3"


class FusedNorm(T5LayerNorm):
    """The same norm in one kernel and in the width of what it is given."""

    def forward(self, states: Tensor) -> Tensor:
        with torch.autocast(states.device.type, enabled=False):
            return F.rms_norm(states, self.weight.shape, self.weight.to(states.dtype), self.variance_epsilon)


class LanguageModel(nn.Module):
    """T5ForConditionalGeneration with `networks.build("text_encoder_3")` as its encoder."""

    def __init__(self):
        super().__init__()
        config = {key: value for key, value in T5.items() if key not in ("torch_dtype", "architectures")}
        self.t5 = T5ForConditionalGeneration(T5Config(**config))
        self.t5.encoder.embed_tokens = self.t5.decoder.embed_tokens = self.t5.shared
        self.t5.lm_head = nn.Linear(self.t5.config.d_model, self.t5.config.vocab_size, bias=False)
        nn.init.normal_(self.t5.lm_head.weight, std=self.t5.config.d_model**-0.5)
        start(self.t5)

    def encode(self, inputs: Tensor) -> Tensor:
        """int64 [n, T] -> [n, T, 4096]; under autocast the states are kept in bfloat16 to save memory."""
        return self.t5.encoder(inputs_embeds=self.embed(inputs)).last_hidden_state

    def embed(self, ids: Tensor) -> Tensor:
        embeds = self.t5.shared(ids)
        return embeds.to(torch.bfloat16) if torch.is_autocast_enabled(ids.device.type) else embeds

    def forward(self, states: Tensor, targets: Tensor) -> Tensor:
        """What the encoder made, and int64 [n, U] -> logits of every target from those before it, [n, U, 1024]."""
        before = F.pad(targets, (1, 0))[:, :-1]  # T5 begins with a pad
        return self.t5(
            encoder_outputs=BaseModelOutput(states), decoder_inputs_embeds=self.embed(before), use_cache=False
        ).logits

    def encoder(self) -> nn.Module:
        """The half that SD3 keeps, as its own module."""
        kept = build(NAME)
        own = self.t5.state_dict()
        kept.load_state_dict({key: own[key] for key in kept.state_dict()})
        return kept.to(self.t5.device)


def fuse_norms(model: nn.Module) -> None:
    for module in model.modules():
        if isinstance(module, T5LayerNorm):
            module.__class__ = FusedNorm
