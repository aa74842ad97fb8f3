#!/usr/bin/env bash
# Runs fuzz targets one after the other without nightly and without cargo-fuzz: the flags are those
# that cargo-fuzz gives to rustc, and stable takes them.
#
#     fuzz/stable.sh SECONDS TARGET…
set -euo pipefail
seconds=$1
shift
cd "$(dirname "$0")"
target=$(rustc -vV | sed -n 's/^host: //p')
flags="-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4"
flags+=" -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table"
flags+=" -Cllvm-args=-sanitizer-coverage-trace-compares --cfg fuzzing -Ccodegen-units=4"
flags+=" -Cdebug-assertions -Coverflow-checks"
export RUSTFLAGS=$flags
bins=()
for name in "$@"; do bins+=(--bin "$name"); done
cargo build --release --locked --target "$target" --target-dir target "${bins[@]}"
./seeds.py
for name in "$@"; do
  mkdir -p "artifacts/$name"
  "target/$target/release/$name" -max_total_time="$seconds" -timeout=20 -print_final_stats=1 \
    -artifact_prefix="artifacts/$name/" "corpus/$name"
done
