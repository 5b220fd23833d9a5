#!/usr/bin/env bash
# Holds the harness against diffusers and times both on this machine's GPU.
#
#   bash models/parity/run.sh WORKDIR [STAGE …]
#
# Needs node and python (or python3) on PATH; python with PyTorch, diffusers and transformers. Stages, in this order:
#   checkpoint  random weights in SD3's configs            parity   harness against them, the table
#   reference   what diffusers computes with them          eager    diffusers, eager
#   harness     the harness, in each form of its graphs    cold     first picture of a fresh process, and its memory
#   memory      a picture in each memory mode              lesson   the solutions' specs and grade on this checkpoint
#   profile     where a step of the harness goes           compile  diffusers with a compiled transformer
#   report      BENCHMARKS.md from all that was measured
# Without stages: all that have not ended well yet, so that the same command again goes on where it was cut. parity is not
# judged again when every case could run, whatever came out; what failed then still makes the exit code 1. checkpoint and
# reference keep what they have made and go on from there; the others begin again. Weights lie in
# WORKDIR/checkpoints, what was measured in WORKDIR/results, a few small files. A stage that fails or takes too long does
# not keep the next from running. On a machine of several GPUs two stages may run at once, each with its own
# CUDA_VISIBLE_DEVICES, once checkpoint and reference are there.
#
# PARITY_SIZE=small      little networks and pictures, to rehearse on a CPU (default: full)
# PARITY_ONLY=NAME …     checkpoint, reference and parity: only these checkpoints (default: all)
# PARITY_GRAPHS=FORM …   the graphs' forms that are timed (default: plain, and fused on CUDA)
# PARITY_COMPILE=MODE …  torch.compile's modes (default: reduce-overhead)
# PARITY_STAGE_SECONDS   the most a stage may take (default: 540)
# PARITY_SECONDS         the most all of it may take; stages that there is no time for are named (default: no limit)
# SD3_GRAPH              the graphs' form in the other stages, parity too (default: the harness' own for the device)
# SD3_DTYPE              what the harness computes in on CUDA (default: float16, little networks too)
# SD3_DEVICE             the harness' device (default: cuda where nvidia-smi is, else cpu)
set -uo pipefail
here=models/parity
case ${1:-} in
  -h | --help)
    sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$0"
    exit
    ;;
  -*)
    echo "run.sh: $1 is no WORKDIR" >&2
    echo "Usage: bash models/parity/run.sh WORKDIR [STAGE ...]" >&2
    exit 2
    ;;
esac
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
forms=plain
[[ $SD3_DEVICE != cuda ]] || forms='plain fused'
export CUDA_DEVICE_ORDER=PCI_BUS_ID # CUDA counts GPUs as nvidia-smi does
export PYTHONUNBUFFERED=1 HF_HUB_OFFLINE=1 TOKENIZERS_PARALLELISM=false
export TORCHINDUCTOR_CACHE_DIR=${TORCHINDUCTOR_CACHE_DIR:-$work/inductor}
if [[ $size == full ]]; then
  checkpoints=(medium sd35-medium t5-overflow tiny tiny-sd35)
  base=medium sizes=(512x512 1024x1024) steps=28 repeats=20
else
  checkpoints=(small small-sd35 small-t5-overflow tiny tiny-sd35)
  base=small sizes=(64x64 128x128) steps=4 repeats=3
fi
read -ra only <<<"${PARITY_ONLY:-${checkpoints[*]}}"
listed=$(IFS=,; echo "${sizes[*]}")

ts() { node --import tsx "$here/$1.ts" "${@:2}"; }
watch() { ts watch "$work" "$@"; }
bench_diffusers() { watch "$1" "$python" $here/bench_diffusers.py "$work" --checkpoint $base --sizes "${sizes[@]}" --steps $steps --repeats $repeats "${@:2}"; }
bench_harness() { watch "$1" node --import tsx $here/bench.ts "$work" --checkpoint $base --sizes "$listed" --steps $steps --repeats $repeats "${@:2}"; }

stage() {
  local status=0
  case $1 in
    checkpoint) "$python" $here/random_checkpoint.py "$work/checkpoints" --size "${only[@]}" ;;
    reference) "$python" $here/reference.py "$work" --size "$size" --only "${only[@]}" ;;
    parity) ts harness "$work" --only "$(IFS=,; echo "${only[*]}")" ;;
    eager) bench_diffusers watch-diffusers-eager ;;
    compile)
      for mode in ${PARITY_COMPILE:-reduce-overhead}; do
        bench_diffusers "watch-diffusers-compile-$mode" --compile "$mode" || status=1
      done
      return $status
      ;;
    harness)
      for form in ${PARITY_GRAPHS:-$forms}; do
        SD3_GRAPH=$form bench_harness "watch-harness-$form" || status=1
      done
      return $status
      ;;
    cold)
      bench_harness cold-harness --first-picture || status=1
      bench_diffusers cold-diffusers --first-picture && return $status
      ;;
    memory)
      for mode in resident sequential small; do
        SD3_MEMORY=$mode bench_harness "memory-$mode" --first-picture || return
      done
      ;;
    lesson) ts lesson "$work" --checkpoint $base ;;
    profile)
      ts profile "$work" --checkpoint $base --sizes "$listed" || return
      [[ $SD3_DEVICE != cuda ]] || CUDA_LAUNCH_BLOCKING=1 ts profile "$work" --checkpoint $base --sizes "$listed"
      ;;
    report) ts report "$work" --checkpoint $base ;;
    *) echo "run.sh: there is no stage $1" >&2; return 2 ;;
  esac
}

# A stage of its own process group, so that its time limit ends all of it.
if [[ ${PARITY_INSIDE:-} == 1 ]]; then
  stage "$1"
  exit
fi
# parity has ended when every case of every checkpoint could run, whatever came out.
form=
ended_well() {
  local name
  if [[ $1 != parity ]]; then
    grep -qs '"exitCode": 0' "$work/results/stage-$1.json"
    return
  fi
  for name in "${only[@]}"; do grep -qs '"complete": true' "$work/results/parity-$form-$name.json" || return; done
}
failed=() left=()
if [[ $# -eq 0 ]]; then
  form=$(ts judged-form)
  # Weights and references are looked for by those that make them, when there is a stage that needs them.
  if ended_well parity; then
    echo "== parity: judged already"
    for name in "${only[@]}"; do
      if grep -qs '"pass": false' "$work/results/parity-$form-$name.json"; then failed+=("parity of $name"); fi
    done
  else
    set -- reference parity
  fi
  for name in eager harness cold memory profile compile lesson; do
    if ended_well "$name"; then echo "== $name: done already"; else set -- "$@" "$name"; fi
  done
  [[ $# -eq 0 ]] || set -- checkpoint "$@"
  set -- "$@" report
fi
for name in "$@"; do
  limit=${PARITY_STAGE_SECONDS:-540}
  if [[ -n ${PARITY_SECONDS:-} ]]; then
    rest=$((PARITY_SECONDS - SECONDS))
    if ((rest < 10)); then left+=("$name"); continue; fi
    if ((rest < limit)); then limit=$rest; fi
  fi
  started=$SECONDS
  echo "== $name, at most $limit s"
  PARITY_INSIDE=1 timeout --kill-after=15 "$limit" bash $here/run.sh "$work" "$name" &
  trap "kill $!; exit 143" INT TERM
  wait $!
  status=$?
  took=$((SECONDS - started))
  echo "== $name: $took s, exit code $status"
  # What a stage took is a result; of one that goes on where it was cut, in all calls together.
  record=$work/results/stage-$name.json
  if [[ $name == checkpoint || $name == reference ]] && [[ -e $record ]]; then
    took=$((took + $(sed -E 's/.*"seconds": ([0-9]+).*/\1/' "$record")))
  fi
  [[ $name == report ]] || printf '{ "stage": "%s", "seconds": %d, "exitCode": %d }\n' "$name" "$took" "$status" >"$record"
  [[ $status -eq 0 ]] || failed+=("$name")
done
if [[ ${#left[@]} -gt 0 ]]; then echo "Left for the next call: ${left[*]}" >&2; fi
if [[ ${#failed[@]} -gt 0 ]]; then echo "Failed: $(IFS=,; echo "${failed[*]}")" >&2; fi
[[ $((${#left[@]} + ${#failed[@]})) -eq 0 ]]
