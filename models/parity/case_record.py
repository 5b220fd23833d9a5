"""What is stored of a case beside its tensors: NAME.json, which also says that the tensors are complete."""

import json
from dataclasses import asdict

from cases import PROMPTS, negative_prompt


def case_record(case, total):
    """All that a case is made from, and how many cases its checkpoint has; reference-case.ts reads it."""
    seeds = range(case.seeds)
    texts = {"prompts": [PROMPTS[seed] for seed in seeds], "negative_prompts": [negative_prompt(seed) for seed in seeds]}
    return {"name": case.name, **asdict(case), **texts, "checkpoint_cases": total}


def is_stored(folder, case, total):
    """Whether a case is stored as it would be made today; one with other seeds or texts is not."""
    path = folder / f"{case.name}.json"
    if not path.exists():
        return False
    stored = json.loads(path.read_text(encoding="utf-8"))
    return {key: value for key, value in stored.items() if key != "environment"} == case_record(case, total)


def write_record(folder, case, total, environment):
    """`environment` is what environment.py says of the machine."""
    record = case_record(case, total) | {"environment": environment}
    (folder / f"{case.name}.json").write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
