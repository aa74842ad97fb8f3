"""Writes tests/data/vuer_vectors.json: values, as the Python package msgpack packs them.

Run by hand with the tests' own interpreter, target/python-vuer/bin/python, when vectors are added;
what it wrote is committed. Each has the JSON that trefoil prints for it, put together here by hand.
"""

import json
import pathlib

import msgpack

LONG = "x" * 300
VECTORS = [  # name, value, JSON, whether floats are packed in 32 bits
    ("nil", None, "null", False),
    ("true", True, "true", False),
    *((f"int {n}", n, str(n), False) for n in (
        0, 127, 128, 255, 256, 65535, 65536, 2**32 - 1, 2**32, 2**63 - 1, 2**63, 2**64 - 1,
        -1, -32, -33, -128, -129, -32768, -32769, -2**31, -2**31 - 1, -2**63)),
    ("float 64", 0.3, "0.3", False),
    ("float 64 whole", 5.0, "5.0", False),
    ("float 64 large", 1e300, "1e+300", False),
    ("float 32", 0.3, "0.3", True),
    ("float 32 whole", 5.0, "5.0", True),
    ("float 32 small", 1.5e-40, "1.5e-40", True),
    ("float 32 list", [0.1, 0.5, -2.7182817], "[0.1,0.5,-2.7182817]", True),
    ("nan", float("nan"), '{"$float":"NaN"}', False),
    ("minus infinity", float("-inf"), '{"$float":"-Infinity"}', True),
    ("empty string", "", '""', False),
    ("string of 31", "a" * 31, json.dumps("a" * 31), False),
    ("string of 32", "a" * 32, json.dumps("a" * 32), False),
    ("string of 300", LONG, json.dumps(LONG), False),
    ("unicode", "é\u0001\"\\光", '"é\\u0001\\"\\\\光"', False),
    ("binary", b"\x89PNG\r\n", '{"$bytes":"iVBORw0K"}', False),
    ("empty binary", b"", '{"$bytes":""}', False),
    ("binary of 256", b"\0" * 256, '{"$bytes":"' + "A" * 342 + '=="}', False),
    *((f"extension of {n}", msgpack.ExtType(5, b"\0" * n), text, False) for n, text in (
        (0, '{"$ext":[5,""]}'), (1, '{"$ext":[5,"AA=="]}'), (2, '{"$ext":[5,"AAA="]}'),
        (3, '{"$ext":[5,"AAAA"]}'), (4, '{"$ext":[5,"AAAAAA=="]}'),
        (8, '{"$ext":[5,"AAAAAAAAAAA="]}'), (16, '{"$ext":[5,"' + "A" * 22 + '=="]}'))),
    ("array of 15", [0] * 15, json.dumps([0] * 15, separators=(",", ":")), False),
    ("array of 16", [0] * 16, json.dumps([0] * 16, separators=(",", ":")), False),
    ("map of 16", {str(n): n for n in range(16)},
     json.dumps({str(n): n for n in range(16)}, separators=(",", ":")), False),
    ("map with integer keys", {1: "a", 2: {}}, '{"$map":[[1,"a"],[2,{}]]}', False),
    ("map with mixed keys", {"a": 1, None: 2}, '{"$map":[["a",1],[null,2]]}', False),
    ("map that looks special", {"$bytes": 1}, '{"$map":[["$bytes",1]]}', False),
    ("scene", {"etype": "UPSERT", "ts": 1795167037359, "data": {"nodes": [
        {"key": "box", "tag": "Box", "args": [0.3, 0.3, 0.3]}], "to": None}},
     '{"etype":"UPSERT","ts":1795167037359,"data":{"nodes":[{"key":"box","tag":"Box",'
     '"args":[0.3,0.3,0.3]}],"to":null}}', True),
]


def entry(name, value, text, single):
    packed = msgpack.packb(value, use_single_float=single)
    return {"name": name, "json": text, "packed": packed.hex(), "f32": single}


if __name__ == "__main__":
    path = pathlib.Path(__file__).resolve().parent.parent / "data" / "vuer_vectors.json"
    lines = ",\n".join(json.dumps(entry(*vector)) for vector in VECTORS)
    path.write_text(f"[\n{lines}\n]\n")
