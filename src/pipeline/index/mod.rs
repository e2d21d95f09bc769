//! The index: what lists, funnels and what-if need of every instruction, small enough to hold all of them in memory
//! and to be read back from the store in one scan. It is derived: where it is missing or made under other settings,
//! it is made again from the trees.

mod codec;
mod entry;
mod facts;
mod gather;
mod stored;

pub use entry::{Counts, Entry, order_of};
pub use facts::{CaseFact, Facts, FunctionFact, LabelFact, ResponseFact, TaskFact};
pub use gather::facts_of;
use std::sync::Arc;

/// The facts of every instruction in stable order, packed: what what-if works on.
#[derive(Clone, Debug, Default)]
pub struct Index {
    /// One instruction each.
    pub facts: Vec<Arc<[u8]>>,
}

pub use stored::{Loaded, MARKS, Totals, key, load, mark, totals};
