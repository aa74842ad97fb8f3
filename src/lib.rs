//! trefoil: CLASP, forge and Vuer from the command line.

#![forbid(unsafe_code)]

pub mod clasp;
pub mod config;
pub mod error;
pub mod exit;
pub mod term;
pub mod text;
