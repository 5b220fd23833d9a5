"""Writes what exercise 2's functions on made-up queries and keys must return, computed by torch.

    python grader/oracles/joint_attention.py > grader/oracles/joint-attention.json
"""

import json

import torch
from torch.nn.functional import scaled_dot_product_attention

SIZES = {"rows": 2, "columns": 3, "text": 4, "headSize": 8, "seed": 42}
LOUD = 1000  # times the queries: logits beyond 1000, where exp overflows even in float64


def queries_and_keys(rows, columns, text, headSize, seed):
    generator = torch.Generator("cpu").manual_seed(seed)

    def draw(tokens):
        return torch.randn([tokens, headSize], generator=generator)

    meaning, text_queries, text_keys = draw(1), draw(text), draw(text)
    row_themes, column_themes = draw(rows), draw(columns)
    image_queries, image_keys = draw(rows * columns), draw(rows * columns)
    themes = (0.5 * row_themes[:, None] + 0.5 * column_themes[None]).reshape(rows * columns, headSize)
    queries = torch.cat([themes + 0.3 * image_queries, 0.5 * meaning + 0.3 * text_queries])
    keys = torch.cat([themes + 0.3 * image_keys, 0.5 * meaning + 0.3 * text_keys])
    return queries, keys


def weights(queries, keys):
    """Attention to unit vectors returns the weights themselves."""
    values = torch.eye(len(keys), dtype=torch.float64)
    return scaled_dot_product_attention(queries.double()[None], keys.double()[None], values[None])[0]


def plain(tensor):
    return {"dims": list(tensor.shape), "data": tensor.float().flatten().tolist()}


queries, keys = queries_and_keys(**SIZES)
print(
    json.dumps(
        {
            "provenance": {
                "source": "torch.randn with one generator; torch.nn.functional.scaled_dot_product_attention",
                "command": "python grader/oracles/joint_attention.py > grader/oracles/joint-attention.json",
                "versions": {"torch": torch.__version__},
                "device": "cpu",
            },
            "options": SIZES,
            "queries": plain(queries),
            "keys": plain(keys),
            "weights": plain(weights(queries, keys)),
            "loud": LOUD,
            "loudWeights": plain(weights(LOUD * queries, keys)),
        },
        separators=(",", ":"),
    )
)
