//! What a decision, an edit or a re-run would be about.

use crate::domain::ItemId;

use super::{
    draft::{Draft, Form},
    go::About,
    keymap::Context,
    state::State,
};

/// The selected item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// The item.
    pub item: ItemId,
    /// What it is.
    pub form: Form,
    /// Its name here: `instruction`, `f2`, `c3`, `r1`.
    pub name: String,
}

impl Target {
    /// Where it is found again.
    pub fn about(&self, state: &State) -> Option<About> {
        Some(About::Item { root: state.current()?, item: self.item, form: self.form })
    }
}

/// The item that the keys of the current context are about.
pub fn target(state: &State) -> Option<Target> {
    of(state, state.context())
}

/// The item that the keys of a context would be about.
pub fn of(state: &State, context: Context) -> Option<Target> {
    let (item, form, name) = match context {
        Context::Instructions => (state.current()?, Form::Instruction, "the instruction".to_owned()),
        // Where nothing was made of the instruction, it is what is shown.
        Context::Matrix | Context::Case | Context::Code if is_bare(state) => {
            (state.current()?, Form::Instruction, "the instruction".to_owned())
        }
        Context::Matrix | Context::Case => {
            let (at, case) = state.case()?;
            (case.id, Form::Case, format!("case c{}", at + 1))
        }
        Context::Code => {
            let (at, function) = state.function()?;
            (function.id, Form::Verifier, format!("function f{}", at + 1))
        }
        Context::Pairs => {
            let pair = state.pair()?;
            let name = format!("the pair of r{} and r{}", pair.chosen.sample + 1, pair.rejected.sample + 1);
            (pair.id, Form::Pair, name)
        }
        Context::Samples | Context::Response => {
            let response = state.response()?;
            (response.id, Form::Response, format!("response r{}", response.sample + 1))
        }
        _ => return None,
    };
    Some(Target { item, form, name })
}

/// Whether the current instruction has neither functions nor cases.
fn is_bare(state: &State) -> bool {
    state.detail().is_some_and(|detail| detail.view.functions.is_empty() && detail.view.cases.is_empty())
}

/// The selected item's text as a file.
///
/// # Errors
/// Why it cannot be edited, for a toast.
pub fn draft(state: &State, target: &Target) -> Result<Draft, String> {
    says(state, target).map(|draft| draft.named(&target.name, state.current()))
}

fn says(state: &State, target: &Target) -> Result<Draft, String> {
    let missing = || format!("{} holds no text yet; wait until it is made, or re-run it", target.name);
    match target.form {
        Form::Instruction => {
            let row = state.current_row().ok_or_else(missing)?;
            Ok(Draft::of_text(target.item, target.form, &row.text))
        }
        Form::Verifier => {
            let (_, function) = state.function().ok_or_else(missing)?;
            let empty = "def evaluate(response):\n    return False\n";
            Ok(Draft::of_text(target.item, target.form, function.source.as_deref().unwrap_or(empty)))
        }
        Form::Case => {
            let (_, case) = state.case().ok_or_else(missing)?;
            let expected = case.expected.map_or_else(|| case.expected_raw.clone(), |value| value.to_string());
            Ok(Draft::of_case(target.item, &case.input, &expected))
        }
        Form::Response => {
            let text = state.response().and_then(|response| response.text.clone()).ok_or_else(missing)?;
            Ok(Draft::of_text(target.item, target.form, &text))
        }
        Form::Pair => Err("a pair is not edited: edit one of its responses, and pairs are drawn again".to_owned()),
    }
}

/// The selected text as it is copied: raw.
pub fn text(state: &State) -> Option<String> {
    match state.context() {
        Context::Instructions => state.current_row().map(|row| row.text.to_string()),
        Context::Matrix | Context::Case => state.case().map(|(_, case)| case.input.to_string()),
        Context::Code => state.function().and_then(|(_, function)| function.source.as_ref()).map(ToString::to_string),
        Context::Pairs => state.pair().map(|pair| format!("{}\n---\n{}", pair.chosen.text, pair.rejected.text)),
        Context::Samples | Context::Response => {
            state.response().and_then(|response| response.text.as_ref()).map(ToString::to_string)
        }
        _ => None,
    }
}

/// Reasons for rejecting, offered under the digits.
pub const fn reasons(form: Form) -> &'static [&'static str] {
    match form {
        Form::Instruction => &[
            "cannot be checked by code",
            "ambiguous",
            "same as another in meaning",
            "more than one constraint",
            "does not fit most queries",
            "wrong language",
        ],
        Form::Verifier => &[
            "wrong logic",
            "too strict",
            "too lenient",
            "says the same to everything",
            "checks something else",
            "relies on what is not there",
        ],
        Form::Case => &["wrong expected value", "could be either", "not a realistic text", "same as another"],
        Form::Response => &[
            "does not follow the instruction",
            "does not answer the query",
            "wrong in fact",
            "talks about the task instead of doing it",
            "poor writing",
            "unsafe or private",
        ],
        Form::Pair => &["the rejected one is better", "both are good", "both are bad", "they hardly differ"],
    }
}
