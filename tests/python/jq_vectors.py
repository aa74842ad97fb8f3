"""What the real jq makes of filters that people type: jq_vectors.py > tests/data/jq_vectors.ndjson

Prints a line a case: {"filter", "input", "outputs"}; outputs is null if jq fails. The unit tests of
src/term/filter.rs check ours against them, and that every builtin in the first line is there.

    python3 -m venv /tmp/jq && /tmp/jq/bin/pip install jq==1.13.0
    /tmp/jq/bin/python tests/python/jq_vectors.py > tests/data/jq_vectors.ndjson
"""

import json

import jq

ROWS = [{"id": 1, "name": "a b"}, {"id": 2, "name": 'c"d'}]
CASES = [
    ("@tsv", [1, "a\tb\\c\n\r", None, True, 1.5]),
    ("@csv", [1, 'a"b', None, False, "x,y", ""]),
    ("@tsv", [[1]]),
    ("@csv", {"a": 1}),
    (".[] | [.id, .name] | @csv", ROWS),
    (".[] | [.id, .name] | @tsv", ROWS),
    ('@tsv "x \\(.)"', ["a", 1]),
    ('@csv "\\(.)"', ["a"]),
    ('format("nope")', 1),
    ("@html", "<&'\">"),
    ("@uri", "a b/ü?"),
    ("@sh", [1, "it's"]),
    ("@json", [1, {"a": None}]),
    ("@text", "x"),
    ("@base64d", "aGk="),
    ("IN(1, 2)", 2),
    ("IN(.[]; 5)", [1, 2]),
    ("[.[] | IN(2, 3)]", [1, 2, 3]),
    ("INDEX(.id)", ROWS),
    ("INDEX(.[]; .name)", ROWS),
    ("INDEX(.id) as $i | [JOIN($i; .[]; .id | tostring)]", ROWS),
    ("[tostream]", {"a": [1, {"b": 2}], "c": []}),
    ("[tostream]", 1),
    ("[tostream]", []),
    ("fromstream(tostream)", {"a": [1, {"b": 2}], "c": [], "d": {}}),
    ("[1 | truncate_stream([[0], 1], [[1, 0], 2], [[1, 0]], [[1]])]", None),
    ("[.[] | trim, ltrim, rtrim]", [" a ", "b\n"]),
    ("with_entries(.value += 1)", {"a": 1, "b": 2}),
    ("to_entries", {"a": 1}),
    ('getpath(["a", "b"])', None),
    ('getpath(["a", 0, "b"])', {"a": [{"b": 5}]}),
    ('delpaths([["a"], ["b", 0]])', {"a": 1, "b": [1, 2]}),
    ("delpaths([[0], [1]])", [1, 2, 3]),
    ("del(.[0, 2])", [1, 2, 3]),
    ("del(.a, .b)", {"a": 1, "b": 2, "c": 3}),
    ("del(.[] | select(. > 1))", [1, 2, 3, 0]),
    ("[paths]", {"a": [1]}),
    ("[paths(numbers)]", {"a": [1]}),
    ("pick(.a, .b.c)", {"a": 1, "b": {"c": 2, "d": 3}}),
    ("setpath([\"a\", \"b\"]; 1)", None),
    ("[limit(2; .[])]", [1, 2, 3]),
    ("[first(.[]), last(.[]), nth(1; .[])]", [1, 2, 3]),
    ("first, last, nth(1)", [1, 2, 3]),
    ("[.[] | tojson, (tojson | fromjson)]", [1, "a", [None]]),
    ("[.[] | tonumber]", ["1", "2.5", 3]),
    ("tonumber", "x"),
    ("[splits(\", *\")]", "a, b,c"),
    ('split(", ")', "a, b"),
    ('split(", *"; null)', "a, b,c"),
    ('test("A"; "i"), test("b")', "abc"),
    ('[match("b"; "g").offset]', "abcb"),
    ('capture("(?<x>[a-z]+)-(?<n>[0-9]+)")', "ab-12"),
    ('[scan("[a-z]")]', "a1b2"),
    ('[scan("c"; "i")]', "cC"),
    ('sub("(?<x>b)"; "[\\(.x)]"), gsub("b"; "x")', "abcb"),
    ("ascii_downcase, ascii_upcase", "aBc"),
    ("explode | implode", "aé光"),
    ("[.[] | utf8bytelength]", ["a", "é"]),
    ("join(\",\")", ["a", 1, None, True]),
    ("flatten, flatten(1)", [1, [2, [3]]]),
    ("[combinations]", [[1, 2], [3, 4]]),
    ("[combinations(2)]", [0, 1]),
    ("transpose", [[1, 2], [3]]),
    ("group_by(.a), unique_by(.a), sort_by(.a), min_by(.a), max_by(.a)", [{"a": 2}, {"a": 1}, {"a": 2}]),
    ("unique, sort, min, max, add", [3, 1, 2, 1]),
    ("add(.[].a)", [{"a": 1}, {"a": 2}]),
    ("any, all", [True, False]),
    ("any(. > 1), all(. > 0)", [1, 2]),
    ("range(3), [range(0; 10; 3)], [range(5; 2; -1)]", None),
    ("[.[] | round, floor, ceil, fabs, sqrt]", [2.25, 4]),
    ("[.[] | abs]", [-1, 2, -0.5]),
    ("pow(2; 10), log2, exp10", 2),
    ("[.[] | type]", [None, True, 1, "a", [], {}]),
    ("[.[] | arrays, objects, iterables, booleans, numbers, strings, nulls, values, scalars]", [1, "a", [], {}, None, True]),
    ("infinite | isinfinite, isnan, isnormal", None),
    ("walk(if type == \"number\" then . + 1 else . end)", {"a": [1]}),
    ("[recurse(if . < 3 then . + 1 else empty end)]", 0),
    ("[.[]?]", 1),
    ("try error(\"x\") catch .", None),
    ("try error({a: 1}) catch .a", None),
    ("reduce .[] as $x (0; . + $x)", [1, 2]),
    ("[foreach .[] as $x (0; . + $x; [$x, .])]", [1, 2]),
    ("has(\"a\"), (keys | contains([\"a\"])), (\"a\" | in({\"a\": 1}))", {"a": 1}),
    ('index("b"), rindex("b"), indices("b")', "abcb"),
    ("indices(1)", [1, 2, 1]),
    ("inside([1, 2])", [1]),
    ("bsearch(2), bsearch(0)", [1, 2, 3]),
    ("todate, (todate | fromdate)", 1425599621),
    ("gmtime | mktime", 1425599621),
    ('strftime("%Y-%m-%dT%H:%M:%SZ")', 1425599621),
    ('strptime("%Y-%m-%dT%H:%M:%SZ") | mktime', "2015-03-05T23:51:47Z"),
    ("limit(0; 1, 2)", None),
    ("isempty(empty), isempty(1)", None),
    ("env | type", None),
    ("$ENV | type", None),
    ("$ENV.NO_SUCH_VARIABLE", None),
    ("halt", None),
    ("\"x\" | debug", None),
    ("debug(\"m\")", 1),
    (".a as [$x, {b: $y}] | $x, $y", {"a": [1, {"b": 2}]}),
    ("def f(x): x * 2; f(.)", 4),
    ("label $out | 1, break $out, 2", None),
    (".a //= 1 | .b |= 2 | .c += 3", {}),
    ("to_entries[] | select(.value > 1) | .key", {"a": 1, "b": 2}),
    ("splits(\"a\"; \"i\")", "xAy"),
    ("getpath([\"a\"]) = 3", {}),
    ("tojson", 1.0),
    (". * {b: {c: 2}}", {"b": {"a": 1}}),
    ("[.[] | length]", ["ab", [1], {"a": 1}, None, -3]),
    ("@json \"v=\\(.)\"", {"a": 1}),
    ("limit(3; repeat(1))", None),
    ("significand, logb, gamma, frexp, modf", 8.5),
    ("ldexp(2; 3), scalb(2; 3), nearbyint, trunc", 2.5),
    ("inputs", None),
    ("[., input?]", 1),
    ("tostream | tojson", [1]),
    ("min_by(.x), max_by(.x)", []),
    ("map_values(empty)", {"a": 1}),
    (".[2:4], .[:-1], .[-1:]", [1, 2, 3, 4]),
    (".[1:3]", "abcd"),
]


def main():
    builtins = sorted(set(jq.first("builtins", None)))
    print(json.dumps({"builtins": builtins}))
    for code, value in CASES:
        try:
            outputs = jq.compile(code).input_value(value).all()
        except ValueError:
            outputs = None
        print(json.dumps({"filter": code, "input": value, "outputs": outputs}, ensure_ascii=False))


main()
