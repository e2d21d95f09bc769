//! What models are asked: MiniJinja templates, ours in wording, overridable per project.
//!
//! A template is one file per call and language. A line `{# user #}` parts the system message from the user message;
//! without it everything is the user's. The parts are compiled apart, so that no text put into one can end it.

pub mod bundled;
pub mod context;
pub mod error;
pub mod examples;
pub mod templates;

pub use error::PromptError;
pub use examples::{WorkedExample, examples_digest, examples_for, is_copied_case, is_copied_function, worked_examples};
pub use templates::{Rendered, Templates};

#[cfg(test)]
mod tests;
