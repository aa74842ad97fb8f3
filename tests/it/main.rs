//! Integration tests.

// Hostile frames: no panic, no memory beyond a multiple of the input.
mod wire_hostile;
// JSON and values, both ways.
mod wire_json;
// Ours against the reference codec, both ways.
mod wire_reference;
// The reference frames in tests/data, byte for byte.
mod wire_vectors;
