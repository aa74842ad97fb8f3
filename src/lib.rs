//! trefoil: CLASP, forge and Vuer from the command line.

#![forbid(unsafe_code)]

pub mod clasp;
pub mod error;
pub mod exit;
