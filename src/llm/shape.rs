//! The shape that an answer is to have, for servers that can hold a model to one.

/// A shape, in the languages that servers understand. The schema is a text because the order of its properties is
/// the order of the answer: the reason has to come before what follows from it.
#[derive(Debug, PartialEq, Eq)]
pub struct Shape {
    /// Letters, digits, `_` and `-`.
    pub name: &'static str,
    /// A JSON schema of the subset that strict servers take.
    pub schema: &'static str,
    /// The same as llama.cpp's GBNF.
    pub grammar: &'static str,
    /// Whether the prompt asks for JSON: without that, servers refuse to be asked for just any JSON object.
    pub prompt_says_json: bool,
}
