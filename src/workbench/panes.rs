//! What each screen remembers.

use std::sync::Arc;

use tui_input::Input;

use crate::{
    domain::ItemId,
    pipeline::{handle::Detail, view::Reason},
};

use super::{
    filter::{Filter, Rows},
    list::{List, Scroll},
    log::Log,
    marks::Marks,
    order::Order,
    past::Past,
    rates::Rates,
    sift::Sifting,
    sort::Sort,
    tally::Tally,
    whatif::WhatIf,
};

/// The part of the Verifiers screen that takes the keys.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Focus {
    /// The matrix of cases and functions.
    #[default]
    Matrix,
    /// The code.
    Code,
    /// What the function did on the case.
    Case,
}

impl Focus {
    /// All of them, in the order of the tab key.
    pub const ALL: [Self; 3] = [Self::Matrix, Self::Code, Self::Case];
}

/// The Funnel screen.
#[derive(Clone, Debug, Default)]
pub struct FunnelPane {
    /// The selected stage, as a place in `Stage::ALL`.
    pub stage: usize,
    /// The selected reason of that stage; nothing while the stages have the keys.
    pub reason: Option<Reason>,
    /// Questions about turned values so far.
    pub asked: u64,
    /// Values being turned, where they are.
    pub whatif: Option<WhatIf>,
}

/// The Instructions screen.
#[derive(Clone, Debug, Default)]
pub struct InstructionsPane {
    /// The list.
    pub list: List<ItemId>,
    /// What it shows.
    pub rows: Rows,
    /// Why it shows that.
    pub filter: Filter,
    /// The filter being typed.
    pub typing: Option<Input>,
    /// Its order.
    pub sort: Sort,
    /// How many further ones would be shown if it were listed anew.
    pub news: usize,
    /// How many of those shown no longer fit.
    pub gone: usize,
    /// How many of those shown are decided on.
    pub reviewed: usize,
    /// What is selected for what is done to many.
    pub marks: Marks,
    /// Where the selected one's detail stands.
    pub detail: Scroll,
    /// Whether the user was looking after the last message.
    pub looked_at: bool,
    /// Where there are very many rows: the list that is being made.
    pub sifting: Sifting,
}

/// The Verifiers screen. It shows the instruction that is selected on the Instructions screen.
#[derive(Clone, Debug, Default)]
pub struct VerifiersPane {
    /// Which part takes the keys.
    pub focus: Focus,
    /// The cases of the current instruction.
    pub cases: List<ItemId>,
    /// Its functions.
    pub functions: List<ItemId>,
    /// In which order the cases are shown.
    pub order: Order,
    /// Where the code stands.
    pub code: Scroll,
    /// How far it is scrolled to the right, in cells.
    pub code_across: Scroll,
    /// Where the case's text stands.
    pub case: Scroll,
    /// Whose cases and functions these are.
    pub of: Option<ItemId>,
    /// What they were read from.
    pub seen: Option<Arc<Detail>>,
    /// What cross-validation said when everything was known last.
    pub tally: Option<Tally>,
    /// What it said before that, where something changed while one looked.
    pub was: Option<Tally>,
}

/// The Samples screen. It shows the instruction that is selected on the Instructions screen.
#[derive(Clone, Debug, Default)]
pub struct SamplesPane {
    /// The task.
    pub task: Option<ItemId>,
    /// Which part takes the keys.
    pub focus: Part,
    /// Its responses.
    pub responses: List<ItemId>,
    /// Its pairs.
    pub pairs: List<ItemId>,
    /// Where the selected response's text stands.
    pub text: Scroll,
}

/// The part of the Samples screen that takes the keys.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Part {
    /// The responses.
    #[default]
    Responses,
    /// The text of the selected one.
    Text,
    /// The pairs of the task.
    Pairs,
}

impl Part {
    /// All of them, in the order of the tab key.
    pub const ALL: [Self; 3] = [Self::Responses, Self::Text, Self::Pairs];
}

/// The Jobs screen.
#[derive(Clone, Debug, Default)]
pub struct JobsPane {
    /// The log, while it is shown.
    pub log: Option<Log>,
    /// Completions a second, a number for every two seconds, the newest last.
    pub rates: Rates,
    /// The jobs by number.
    pub list: List<u64>,
    /// Calls of before this start.
    pub past: Past,
    /// Whether the user chose one. Until then, and again from the top on, the first stays selected.
    pub chosen: bool,
}
