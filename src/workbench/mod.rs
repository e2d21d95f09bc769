//! The workbench without a screen: state, typed messages, and the pure `update(state, message) -> effects`.
//!
//! Nothing here draws or waits. Drawing (`ui`) reads the state; `app` brings messages and executes effects.

pub mod actions;
pub mod arrive;
pub mod chord;
pub mod code;
pub mod details;
pub mod diff;
pub mod draft;
pub mod editor;
pub mod facets;
pub mod filter;
pub mod follow;
pub mod fuzzy;
pub mod go;
pub mod idle;
pub mod input;
pub mod keymap;
pub mod list;
pub mod listing;
pub mod log;
pub mod marks;
pub mod message;
pub mod order;
pub mod overlay;
pub mod palette;
pub mod panes;
pub mod past;
pub mod rates;
pub mod saved;
pub mod screen;
pub mod sift;
pub mod sort;
pub mod state;
pub mod tally;
pub mod target;
pub mod toast;
pub mod trail;
pub mod unsaved;
mod update;
pub mod watching;
pub mod whatif;

pub use keymap::Keymap;
pub use message::{Effect, Message};
pub use state::{Screen, State};
pub use update::update;

#[cfg(test)]
#[allow(clippy::indexing_slicing, clippy::float_cmp, reason = "bounds are the points of a range")]
mod funnel_tests;
#[cfg(test)]
#[allow(missing_docs, clippy::indexing_slicing, dead_code, reason = "for tests; shared with the example")]
pub mod rehearsal;
#[cfg(test)]
mod tests;
