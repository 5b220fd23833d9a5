"""What the recipe's stages need, about how long they take, and which GPU does which of them when.

The seconds beside a stage's budget and the denoisers' pace are what `log-bundled.txt` shows on H200s, on the safe side. There
a rehearsal on another GPU had warmed the compiler's cache before the denoisers began; COMPILE is what a cold one takes.
"""

from dataclasses import dataclass

from latents import CONSTANTS, FOLDER
from settings import Settings

START = 15.0  # until a process has said its first line
TEXTS = 20.0  # until T5 has its captions; two other stages ran beside it
LATENTS = 90.0  # to write the training set; a slower GPU stops at its budget
# steps a second of a denoiser's first and second part, the held loss included
PACE = (27.0, 25.0)
COMPILE = {"flow": (117.0, 67.0), "ddpm": (60.0, 30.0)}  # the one that begins first compiles for both
EXPORT, EVALUATION = 6.0, 120.0


@dataclass(frozen=True)
class Stage:
    name: str
    needs: tuple[str, ...]
    leaves: str  # in WORK, written last: a stage whose file is there is done
    seconds: float
    after: tuple[str, ...] = ()  # what it uses if it is there, and waits for as long as it may come


@dataclass(frozen=True)
class Turn:
    stage: Stage
    gpu: int
    begins: float
    ends: float


def stages(settings: Settings) -> dict[str, Stage]:
    found = [
        Stage("vae", (), "vae.pt", settings.vae_seconds + 20),
        Stage("clip", (), "clip.pt", settings.clip_seconds + 6),
        Stage("t5", (), "t5.pt", TEXTS + settings.t5_seconds + 2),
        Stage("judge", ("vae",), "judge/config.json", settings.judge_seconds + 12),
        Stage("latents", ("vae",), f"{FOLDER}/{CONSTANTS}", min(LATENTS, settings.latents_seconds + 6)),
    ]
    for name in ("flow", "ddpm"):
        first, second = (
            COMPILE[name][half] + min(settings.denoiser_steps[half] / PACE[half], settings.denoiser_seconds[half])
            for half in (0, 1)
        )
        found += [
            Stage(f"{name}-1", ("latents", "clip", "t5"), f"{name}.1.pt", first),
            Stage(f"{name}-2", (f"{name}-1",), f"{name}.pt", second),
        ]
    found += [
        Stage("export", ("flow-2",), "sd3-nano/manifest.json", EXPORT),
        Stage("export-twin", ("ddpm-2",), "ddpm-twin/manifest.json", EXPORT),
        Stage("evaluate", ("export", "judge"), "out/evaluation.json", EVALUATION, after=("export-twin",)),
    ]
    return {stage.name: stage for stage in found}


def chains(known: dict[str, Stage]) -> dict[str, float]:
    """Seconds from a stage's beginning to the end of the longest chain of stages that hangs on it."""
    lengths: dict[str, float] = {}
    for name, stage in reversed(known.items()):  # a stage stands behind all that it needs
        behind = [lengths[other.name] for other in known.values() if name in (*other.needs, *other.after)]
        lengths[name] = START + stage.seconds + max(behind, default=0.0)
    return lengths


def possible(waiting: list[Stage], coming: set[str]) -> list[Stage]:
    """Without the stages that will never have what they need; `coming` is what is done or running."""
    kept, coming = [], {*coming}
    for stage in waiting:  # each stands behind what it needs
        if coming.issuperset(stage.needs):
            kept.append(stage)
            coming.add(stage.name)
    return kept


def choose(waiting: list[Stage], done: set[str], coming: set[str], lengths: dict[str, float]) -> Stage | None:
    """The stage to begin next: of those that have what they need, the one with the longest chain.

    `coming` is what waits or runs.
    """
    ready = [stage for stage in waiting if done.issuperset(stage.needs) and coming.isdisjoint(stage.after)]
    return max(ready, key=lambda stage: lengths[stage.name], default=None)


def plan(settings: Settings, gpus: int, done: set[str] = frozenset()) -> list[Turn]:
    """Every stage that is not done, in the order of their beginnings."""
    known = stages(settings)
    lengths, waiting = chains(known), [stage for stage in known.values() if stage.name not in done]
    turns: list[Turn] = []
    now = 0.0
    while waiting:
        ended = done | {turn.stage.name for turn in turns if turn.ends <= now}
        busy = {turn.gpu for turn in turns if turn.ends > now}
        for gpu in sorted(set(range(gpus)) - busy):
            coming = {stage.name for stage in waiting} | {turn.stage.name for turn in turns if turn.ends > now}
            if stage := choose(waiting, ended, coming, lengths):
                waiting.remove(stage)
                turns.append(Turn(stage, gpu, now, now + START + stage.seconds))
        now = min((turn.ends for turn in turns if turn.ends > now), default=now)
    return turns


def written(turns: list[Turn]) -> str:
    """A line for each turn, and when the last one ends."""
    lines = [f"GPU {turn.gpu}  {clock(turn.begins)} to {clock(turn.ends)}  {turn.stage.name}" for turn in turns]
    return "\n".join([*lines, f"all of it: {clock(max((turn.ends for turn in turns), default=0.0))}"])


def clock(seconds: float) -> str:
    return f"{int(seconds) // 60:2}:{int(seconds) % 60:02}"
