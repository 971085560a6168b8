#!/usr/bin/env bash
# What does `#[dispatch]` cost the compiler? The same functions, dispatched and written by hand, in
# turn: `cargo check` and `cargo build` of each, and the ratio of the medians.
#
#   bash lionpride-concurrency/benches/expansion.sh [FUNCTIONS] [ROUNDS]
set -euo pipefail
functions=${1:-1000}
rounds=${2:-7}
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# A whole compilation: what is compiled again from a cache costs its expansion alone.
export CARGO_TARGET_DIR="$work/target" CARGO_INCREMENTAL=0

# crate NAME: a library with one function a line of what stands on standard input.
crate() {
    mkdir -p "$work/$1/src"
    cat >"$work/$1/src/lib.rs"
    cat >"$work/$1/Cargo.toml" <<TOML
[package]
name = "$1"
version = "0.0.0"
edition = "2024"
[dependencies]
lionpride-concurrency = { path = "$here" }
[workspace]
TOML
}

# A function of each shape in turn, its body the same on both sides.
body() {
    cat <<RUST
    let mut lines = Vec::new();
    for (index, line) in text.lines().enumerate() {
        if line.len() > limit {
            lines.push(format!("{index}: {}", line.trim()));
        }
    }
    if lines.is_empty() {
        return Err("nothing is longer than the limit".to_owned());
    }
    Ok(lines.join(", ").len() + $1)
RUST
}

dispatched() {
    echo 'use lionpride_concurrency::dispatch;'
    for ((n = 0; n < functions; n++)); do
        printf '#[dispatch]\npub fn f%d(text: String, limit: usize) -> Result<usize, String> {\n%s\n}\n' \
            "$n" "$(body "$n")"
    done
}

by_hand() {
    echo 'use lionpride_concurrency::{Job, RunSync, run_sync};'
    for ((n = 0; n < functions; n++)); do
        printf 'pub fn f%d(text: String, limit: usize) -> RunSync<impl Job<Output = Result<usize, String>>> {\nrun_sync(move || -> Result<usize, String> {\n%s\n})\n}\n' \
            "$n" "$(body "$n")"
    done
}

dispatched | crate dispatched
by_hand | crate by-hand

# seconds COMMAND NAME: how long cargo takes for the crate alone; its dependencies are built before.
seconds() {
    touch "$work/$2/src/lib.rs"
    local start=$EPOCHREALTIME
    cargo "$1" --quiet --manifest-path "$work/$2/Cargo.toml"
    awk -v a="$start" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.3f\n", b - a }'
}

median() {
    sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}

for command in check build; do
    seconds "$command" dispatched >/dev/null
    seconds "$command" by-hand >/dev/null
    : >"$work/dispatched.times"
    : >"$work/by-hand.times"
    for ((round = 0; round < rounds; round++)); do
        seconds "$command" dispatched >>"$work/dispatched.times"
        seconds "$command" by-hand >>"$work/by-hand.times"
    done
    ours=$(median <"$work/dispatched.times")
    hand=$(median <"$work/by-hand.times")
    awk -v c="$command" -v n="$functions" -v a="$ours" -v b="$hand" \
        'BEGIN { printf "cargo %-5s  %d functions  dispatched %.2f s  by hand %.2f s  ratio %.2f\n", c, n, a, b, a / b }'
done
