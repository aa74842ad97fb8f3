#!/usr/bin/env bash
# The npm package osc 2.4.5 writes 0 for every 64-bit integer (type `h`) that is given as a number.
#
# Guess before the run: a JavaScript number up to 2^53 is written exactly; beyond that the last bits are lost.
# Seen: the eight bytes are zero, for 1 as for 2^40, and nothing is raised: the writer wants an object with
# `high` and `low`. What it reads from others is such an object, too, so `value + 1` on it is a string.
# osc-min 2.1.2 reads the same bytes as a BigInt. A bridge that sends `h` to a program that uses this package
# reaches it; what that program sends back has to be looked at.
#
# Needs: Node 20 and npm.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund osc@2.4.5 osc-min@2.1.2
cat > integers.mjs <<'JS'
import assert from "node:assert";
import osc from "osc";
import * as min from "osc-min";

const written = (value) =>
  Buffer.from(osc.writeMessage({ address: "/a", args: [{ type: "h", value }] })).subarray(8).toString("hex");
const results = [1, 2 ** 40, { high: 256, low: 0 }].map(written);
console.log("osc writes as h: 1, 2^40, {high: 256, low: 0}:", results);
assert.deepStrictEqual(results, ["0000000000000000", "0000000000000000", "0000010000000000"]);

const message = Buffer.from("2f6100002c6800000000010000000000", "hex");
const [read] = osc.readMessage(message, {}).args;
console.log("osc reads 2^40 as", JSON.stringify(read), "and adds 1 to get", JSON.stringify(read + 1));
assert.deepStrictEqual([read.high, read.low, typeof (read + 1)], [256, 0, "string"]);
const value = min.fromBuffer(message).args[0].value;
console.log("osc-min reads", typeof value, String(value));
assert.strictEqual(value, 2n ** 40n);
JS
node integers.mjs
