#!/usr/bin/env python3
"""Writes the seeds of the fuzz targets to fuzz/corpus/: valid input of every kind, some hundred bytes each.

    fuzz/seeds.py
    cargo +nightly fuzz run decode

`decode` and `peer` take the frames of tests/data/clasp_vectors.json, `peer` each of them in a masked
WebSocket frame behind a byte for the size of the pieces; `osc`, `mqtt` and `dmx` take the packets below,
`dmx` without their first bytes and behind a byte that says how they are mapped.
What the fuzzer finds on its own stays in fuzz/corpus/, which is not committed. Standard library only.
"""

import hashlib
import json
import pathlib
import struct

HERE = pathlib.Path(__file__).resolve().parent
VECTORS = HERE.parent / "tests/data/clasp_vectors.json"


def websocket(payload: bytes) -> bytes:
    """A masked binary frame; the mask is zero, so the payload stays readable."""
    size = len(payload)
    length = bytes([0x80 | size]) if size < 126 else b"\xfe" + struct.pack(">H", size)
    return b"\x82" + length + bytes(4) + payload


def osc_string(text: bytes) -> bytes:
    return text + bytes(4 - len(text) % 4)


def osc(address: bytes, types: bytes, arguments: bytes = b"") -> bytes:
    return osc_string(address) + osc_string(b"," + types) + arguments


def osc_bundle(*packets: bytes) -> bytes:
    sized = b"".join(struct.pack(">I", len(packet)) + packet for packet in packets)
    return b"#bundle\0" + struct.pack(">II", 0, 1) + sized


def mqtt(first: int, rest: bytes) -> bytes:
    return bytes([first, len(rest)]) + rest


def topic(name: bytes) -> bytes:
    return struct.pack(">H", len(name)) + name


def sacn(vector: int, rest: bytes) -> bytes:
    """What follows the first 16 bytes of a packet."""
    return struct.pack(">HI", 0x7000 | (22 + len(rest)), vector) + bytes([1] * 16) + rest


def sacn_layer(vector: int, rest: bytes) -> bytes:
    return struct.pack(">HI", 0x7000 | (6 + len(rest)), vector) + rest


def sacn_data(start_code: int, levels: bytes, options: int = 0, sync: int = 0) -> bytes:
    slots = struct.pack(">H", 1 + len(levels)) + bytes([start_code]) + levels
    dmp = struct.pack(">H", 0x7000 | (8 + len(slots))) + b"\x02\xa1\0\0\0\x01" + slots
    head = b"desk".ljust(64, b"\0") + struct.pack(">BHBBH", 100, sync, 1, options, 1)
    return sacn(4, sacn_layer(2, head + dmp))


def artnet(opcode: int, rest: bytes) -> bytes:
    """What follows the first 8 bytes of a packet."""
    return struct.pack("<H", opcode) + rest


def seeds() -> dict[str, list[bytes]]:
    frames = [bytes.fromhex(vector["frame"]) for vector in json.loads(VECTORS.read_text())]
    frames = [frame for frame in frames if len(frame) < 1_000]
    messages = [
        osc(b"/fader/1", b"f", struct.pack(">f", 0.5)),
        osc(b"/fader/1/z", b"i", struct.pack(">i", 1)),
        osc(b"/many", b"s[iT]b", osc_string(b"hi") + struct.pack(">ii", 2, 3) + b"abc\0"),
        osc(b"/wide", b"hdtcrmNI", bytes(36)),
        osc(b"/light/[1-3]", b""),
    ]
    return {
        "decode": frames,
        "peer": [bytes([7]) + websocket(frame) for frame in frames],
        "osc": [*messages, osc_bundle(*messages[:2]), osc_bundle(osc_bundle(messages[0]))],
        "mqtt": [
            mqtt(0x31, topic(b"a/b") + b"1"),
            mqtt(0x33, topic(b"a/b") + b"\0\1" + b'{"x":1}'),
            # Version 5, with an expiry of ten seconds.
            mqtt(0x31, topic(b"a/b") + b"\x05\x02" + struct.pack(">I", 10) + b"1"),
            # With a content type, a response topic, correlation data, and a user property twice.
            mqtt(0x31, topic(b"a/b") + b"\x1a\x03" + topic(b"t") + b"\x08" + topic(b"r") + b"\x09" + topic(b"\xff")
                 + 2 * (b"\x26" + topic(b"k") + topic(b"v")) + b"1"),
            mqtt(0x20, b"\0\0"),
            mqtt(0x90, b"\0\1\0"),
            mqtt(0xD0, b""),
        ],
        # 16: sACN. 1: a param for each channel. 2: levels from 0 to 255. 8: with sync packets.
        "dmx": [
            *(bytes([how]) + packet for how in [19, 27, 16] for packet in [
                sacn_data(0, bytes(range(20))),
                sacn_data(0xDD, bytes([100] * 20)),
                sacn_data(0, b"\1", sync=7),
                sacn_data(0, b"\1", options=0x40),
                sacn(8, struct.pack(">HIBHH", 0x700B, 1, 1, 7, 0)),
                sacn(8, sacn_layer(2, b"desk".ljust(64, b"\0") + bytes(4) + sacn_layer(1, b"\0\0\0\1\0\2"))),
            ]),
            *(bytes([how]) + packet for how in [3, 11, 0] for packet in [
                artnet(0x5000, b"\0\x0e\1\0\1\0" + struct.pack(">H", 20) + bytes(range(20))),
                artnet(0x2000, b"\0\x0e\2\0"),
                artnet(0x2100, bytes(229)),
                artnet(0x5200, b"\0\x0e\0\0"),
            ]),
        ],
    }


for target, inputs in seeds().items():
    folder = HERE / "corpus" / target
    folder.mkdir(parents=True, exist_ok=True)
    for seed in inputs:
        (folder / hashlib.sha1(seed).hexdigest()).write_bytes(seed)
    print(f"{len(inputs)} seeds for {target}")
