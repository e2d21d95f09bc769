//! JSON lines, one object a line, where strings may hold lone surrogates: read with exact places for what is wrong,
//! written with those surrogates as escapes again.

mod error;
mod lines;
mod object;
mod skipped;
mod text;

pub use error::{Refusal, RowError};
pub use lines::Lines;
pub(super) use lines::{BOM, read_line};
pub use object::{Object, Place};
pub use skipped::Skipped;
pub use text::{Escape, Wtf8};
