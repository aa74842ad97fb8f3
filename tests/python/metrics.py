"""Reads Prometheus's text format on stdin with its own parser; prints one JSON object of all samples, and
fails where the format is broken or a sample has no description.
"""

import json
import sys

from prometheus_client.parser import text_string_to_metric_families

samples = {}
for family in text_string_to_metric_families(sys.stdin.read()):
    assert family.documentation, family.name
    assert family.type in ("counter", "gauge"), family
    for sample in family.samples:
        labels = "".join(f",{key}={value}" for key, value in sorted(sample.labels.items()))
        assert sample.name + labels not in samples, sample
        samples[sample.name + labels] = sample.value
print(json.dumps(samples))
