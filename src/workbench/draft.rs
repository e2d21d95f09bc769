//! Texts on their way through the user's editor: the file an item becomes, and the edit a file becomes.

use serde::{Deserialize, Serialize};

use crate::{domain::ItemId, pipeline::handle::Edit};

/// What marks a line that we put on top to say what is wrong; such lines are taken away again.
const NOTE: &str = "# assay: ";
/// What separates a case's expected value from its input.
const INPUT_BELOW: &str = "--- the input is all that follows this line ---";

/// How a file is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Form {
    /// An instruction.
    Instruction,
    /// A function's source.
    Verifier,
    /// A case in two parts.
    Case,
    /// A response.
    Response,
    /// A pair of two responses; it is decided on and never edited.
    Pair,
}

impl Form {
    /// The file's suffix, so that editors highlight it.
    pub const fn suffix(self) -> &'static str {
        match self {
            Self::Instruction | Self::Case | Self::Pair => ".txt",
            Self::Verifier => ".py",
            Self::Response => ".md",
        }
    }

    /// What it is called.
    pub const fn noun(self) -> &'static str {
        match self {
            Self::Instruction => "instruction",
            Self::Verifier => "verifier",
            Self::Case => "case",
            Self::Response => "response",
            Self::Pair => "pair",
        }
    }
}

/// A text in the editor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// The item.
    pub item: ItemId,
    /// The instruction it belongs to.
    pub root: Option<ItemId>,
    /// How the file is read.
    pub form: Form,
    /// What the item is, in words: `function f2`.
    pub name: String,
    /// What the item says now, as a file.
    pub original: String,
    /// What the editor is opened with.
    pub text: String,
}

impl Draft {
    /// A draft of a text.
    pub fn of_text(item: ItemId, form: Form, text: &str) -> Self {
        let original = with_end(text);
        Self { item, root: None, form, name: form.noun().to_owned(), text: original.clone(), original }
    }

    /// A draft of a case.
    pub fn of_case(item: ItemId, input: &str, expected: &str) -> Self {
        let original = with_end(&format!("expected: {expected}\n{INPUT_BELOW}\n{input}"));
        Self { text: original.clone(), original, ..Self::of_text(item, Form::Case, "") }
    }

    /// The same draft of an item with this name, of this instruction.
    #[must_use]
    pub fn named(mut self, name: &str, root: Option<ItemId>) -> Self {
        (self.name, self.root) = (name.to_owned(), root);
        self
    }

    /// The same draft, opened with this text and what is wrong with it on top.
    #[must_use]
    pub fn again(mut self, body: &str, wrong: &str) -> Self {
        let wrong = wrong.lines().map(|line| format!("{NOTE}{line}\n")).collect::<String>();
        self.text = format!("{wrong}{body}");
        self
    }

    /// The edit that a file's body asks for.
    ///
    /// # Errors
    /// What is wrong with it, for the person who wrote it.
    pub fn read(&self, body: &str) -> Result<Edit, String> {
        let text = body.strip_suffix('\n').unwrap_or(body);
        if self.form == Form::Case {
            return read_case(text);
        }
        if text.trim().is_empty() {
            return Err(format!("the {} is empty; write something, or close without saving", self.form.noun()));
        }
        if self.form == Form::Verifier && !text.contains("evaluate") {
            return Err("a verifier defines `evaluate(response)` and this one does not".to_owned());
        }
        Ok(Edit::Text(text.to_owned()))
    }
}

fn read_case(text: &str) -> Result<Edit, String> {
    let (head, input) = text
        .split_once(&format!("{INPUT_BELOW}\n"))
        .or_else(|| text.strip_suffix(INPUT_BELOW).map(|head| (head, "")))
        .ok_or_else(|| format!("the line `{INPUT_BELOW}` is missing; put it between `expected:` and the input"))?;
    let lines = head.lines().map(str::trim).filter(|line| !line.is_empty());
    let words: Vec<_> = lines.filter_map(|line| line.strip_prefix("expected:")).map(str::trim).collect();
    let expected = match words.as_slice() {
        ["true" | "True"] => true,
        ["false" | "False"] => false,
        [other] => return Err(format!("`expected: {other}` is neither true nor false")),
        _ => return Err("write one line `expected: true` or `expected: false` above the input".to_owned()),
    };
    Ok(Edit::Case { input: input.to_owned(), expected })
}

/// Editors end a file with a line break; we add the one that is taken away again.
fn with_end(text: &str) -> String {
    format!("{text}\n")
}

/// A file without the lines that we put on top.
pub fn body(file: &str) -> &str {
    let mut rest = file;
    while let Some(after) = rest.strip_prefix(NOTE) {
        rest = after.split_once('\n').map_or("", |(_, rest)| rest);
    }
    rest
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn id() -> ItemId {
        ItemId::seed("x")
    }

    #[test]
    fn mistakes_are_told_and_taken_off_again() {
        let draft = Draft::of_case(id(), "One.", "true");
        let bad = draft.original.replace("true", "maybe");
        let wrong = draft.read(&bad).unwrap_err();
        assert!(wrong.contains("maybe"));
        let again = draft.again(&bad, &wrong);
        assert!(again.text.starts_with(NOTE));
        assert_eq!(body(&again.text), bad);
        assert!(Draft::of_text(id(), Form::Verifier, "x").read("def f(): pass\n").is_err());
        assert!(Draft::of_text(id(), Form::Response, "x").read(" \n\n").is_err());
    }

    proptest! {
        #[test]
        fn texts_and_cases_round_trip(text in "\\PC{0,20}(\n\\PC{0,20}){0,3}", expected: bool) {
            let draft = Draft::of_case(id(), &text, if expected { "true" } else { "false" });
            prop_assert_eq!(draft.read(&draft.original), Ok(Edit::Case { input: text.clone(), expected }));
            if !text.trim().is_empty() {
                let draft = Draft::of_text(id(), Form::Response, &text);
                prop_assert_eq!(draft.read(&draft.original), Ok(Edit::Text(text)));
            }
        }
    }
}
