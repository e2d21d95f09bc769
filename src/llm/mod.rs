//! Model clients: OpenAI-compatible servers and tapes behind one trait.

pub mod tail;

pub use tail::Tail;
