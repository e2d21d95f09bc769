//! Texts that were written and not saved: kept in the project's state folder as they are written, offered again.

use serde::{Deserialize, Serialize};

use crate::domain::ItemId;

use super::draft::{Draft, Form};

/// A text that no version of its item says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unsaved {
    /// The item.
    pub item: ItemId,
    /// The instruction it belongs to.
    pub root: Option<ItemId>,
    /// How the text is read.
    pub form: Form,
    /// What the item is, in words.
    pub name: String,
    /// What the item said when the editor was opened, as a file.
    pub original: String,
    /// What was written, as a file.
    pub text: String,
    /// What is wrong with it, where it was refused.
    #[serde(default)]
    pub wrong: String,
}

impl Unsaved {
    /// What was written over a draft, and what is wrong with it.
    pub fn of(draft: &Draft, text: &str, wrong: impl Into<String>) -> Self {
        Self {
            item: draft.item,
            root: draft.root,
            form: draft.form,
            name: draft.name.clone(),
            original: draft.original.clone(),
            text: text.to_owned(),
            wrong: wrong.into(),
        }
    }

    /// The draft that it was written over.
    pub fn draft(&self) -> Draft {
        Draft {
            item: self.item,
            root: self.root,
            form: self.form,
            name: self.name.clone(),
            original: self.original.clone(),
            text: self.original.clone(),
        }
    }
}
