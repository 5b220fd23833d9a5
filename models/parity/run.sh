#!/usr/bin/env bash
# Holds the harness against diffusers and times both on this machine's GPU.
#
#   bash models/parity/run.sh WORKDIR [STAGE …]
#
# Needs node and python (or python3) on PATH; python with PyTorch, diffusers and transformers. Stages, in this order:
#   checkpoint  random weights in SD3's configs            parity   harness against them, the table
#   reference   what diffusers computes with them          eager    diffusers, eager
#   harness     the harness                                cold     first picture of a fresh process, and its memory
#   memory      a picture in each memory mode              lesson   the solutions' specs and grade on this checkpoint
#   profile     where a step of the harness goes           compile  diffusers with a compiled transformer
#   report      BENCHMARKS.md from all that was measured
# Without stages all of them run. Each stage prints and stores as it goes (WORKDIR/results); what checkpoint and reference
# have stored is not made again. A stage that fails or takes too long does not keep the next from running.
#
# PARITY_SIZE=small      little networks and pictures, to rehearse on a CPU (default: full)
# PARITY_COMPILE=MODE …  torch.compile's modes (default: reduce-overhead)
# PARITY_STAGE_SECONDS   the most a stage may take (default: 240)
# SD3_DTYPE              what the harness computes in on CUDA (default: float16, little networks too)
# SD3_DEVICE             the harness' device (default: cuda where nvidia-smi is, else cpu)
set -uo pipefail
here=models/parity
if [[ $# -lt 1 ]]; then
  echo "run.sh: there is no WORKDIR" >&2
  echo "Usage: bash models/parity/run.sh WORKDIR [STAGE ...]" >&2
  exit 2
fi
mkdir -p "$1/results" || exit 2
work=$(cd "$1" && pwd)
shift
cd "$(dirname "$0")/../.." || exit 2
python=$(command -v python || command -v python3)
size=${PARITY_SIZE:-full}
if command -v nvidia-smi >/dev/null; then device=cuda; else device=cpu; fi
export SD3_DEVICE=${SD3_DEVICE:-$device} SD3_MEMORY=${SD3_MEMORY:-resident} # diffusers keeps all on the GPU too
export SD3_DTYPE=${SD3_DTYPE:-float16}
export PYTHONUNBUFFERED=1 HF_HUB_OFFLINE=1 TOKENIZERS_PARALLELISM=false
export TORCHINDUCTOR_CACHE_DIR=${TORCHINDUCTOR_CACHE_DIR:-$work/inductor}
if [[ $size == full ]]; then
  checkpoints=(medium sd35-medium t5-overflow tiny tiny-sd35)
  base=medium sizes=(512x512 1024x1024) steps=28 repeats=20
else
  checkpoints=(small small-sd35 small-t5-overflow tiny tiny-sd35)
  base=small sizes=(64x64 128x128) steps=4 repeats=3
fi
listed=$(IFS=,; echo "${sizes[*]}")

ts() { node --import tsx "$here/$1.ts" "${@:2}"; }
watch() { ts watch "$work" "$@"; }
bench_diffusers() { watch "$1" "$python" $here/bench_diffusers.py "$work" --checkpoint $base --sizes "${sizes[@]}" --steps $steps --repeats $repeats "${@:2}"; }
bench_harness() { watch "$1" node --import tsx $here/bench.ts "$work" --checkpoint $base --sizes "$listed" --steps $steps --repeats $repeats "${@:2}"; }

stage() {
  case $1 in
    checkpoint) "$python" $here/random_checkpoint.py "$work/checkpoints" --size "${checkpoints[@]}" ;;
    reference) "$python" $here/reference.py "$work" --size "$size" ;;
    parity) ts harness "$work" ;;
    eager) bench_diffusers watch-diffusers-eager ;;
    compile)
      local status=0
      for mode in ${PARITY_COMPILE:-reduce-overhead}; do
        bench_diffusers "watch-diffusers-compile-$mode" --compile "$mode" || status=1
      done
      return $status
      ;;
    harness) bench_harness watch-harness ;;
    cold)
      bench_harness cold-harness --first-picture
      local status=$?
      bench_diffusers cold-diffusers --first-picture && return $status
      ;;
    memory)
      ts memory-needs "$work" --checkpoint $base --size "${sizes[-1]}" || return
      for mode in resident sequential small; do
        SD3_MEMORY=$mode bench_harness "memory-$mode" --first-picture || return
      done
      ;;
    lesson) ts lesson "$work" --checkpoint $base ;;
    profile)
      ts profile "$work" --checkpoint $base --sizes "$listed" || return
      [[ $SD3_DEVICE != cuda ]] || CUDA_LAUNCH_BLOCKING=1 ts profile "$work" --checkpoint $base --sizes "$listed"
      ;;
    report) PARITY_SIZE=$size ts report "$work" --checkpoint $base ;;
    *) echo "run.sh: there is no stage $1" >&2; return 2 ;;
  esac
}

# A stage of its own process group, so that its time limit ends all of it.
if [[ ${PARITY_INSIDE:-} == 1 ]]; then
  stage "$1"
  exit
fi
if [[ $# -eq 0 ]]; then set -- checkpoint reference parity eager harness cold memory profile compile lesson report; fi
failed=()
for name in "$@"; do
  started=$SECONDS
  echo "== $name"
  PARITY_INSIDE=1 timeout --kill-after=15 "${PARITY_STAGE_SECONDS:-240}" bash $here/run.sh "$work" "$name"
  status=$?
  echo "== $name: $((SECONDS - started)) s, exit code $status"
  [[ $status -eq 0 ]] || failed+=("$name")
done
if [[ ${#failed[@]} -gt 0 ]]; then
  echo "Failed: ${failed[*]}" >&2
  exit 1
fi
