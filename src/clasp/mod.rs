//! CLASP: shared state and signals.

pub mod wire;
