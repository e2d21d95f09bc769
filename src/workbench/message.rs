//! What comes in and what goes out: everything the workbench is told, and everything it asks for.

use std::{sync::Arc, time::Duration};

use crossterm::event::KeyEvent;

use crate::{
    diag::log::Line,
    domain::{ItemId, Stage},
    pipeline::{
        handle::{Command, Detail, Note, Reply, Transcript},
        past::Page,
        snapshot::Snapshot,
        whatif::Dial,
    },
    sandbox::Facts,
};

use super::{code::Code, diff::Diff, draft::Draft, go::About, sift, unsaved::Unsaved, whatif};

/// What the workbench is told.
#[derive(Clone, Debug)]
pub enum Message {
    /// A key was pressed.
    Key(KeyEvent),
    /// Text was pasted; never commands.
    Paste(String),
    /// The terminal has this many columns and rows.
    Resize(u16, u16),
    /// Time passed; since the start.
    Tick(Duration),
    /// The engine published.
    Snapshot(Arc<Snapshot>),
    /// The engine told.
    Note(Note),
    /// Notes were lost; anything may have changed.
    NotesLost,
    /// What came of a command.
    Replied(Asked, Reply),
    /// An instruction in full.
    Detail(ItemId, Option<Arc<Detail>>),
    /// A completion in full.
    Transcript(i64, Option<Arc<Transcript>>),
    /// Stored calls; nothing where they could not be read.
    Past(Option<Arc<Page>>),
    /// What turned values would give.
    WhatIf(Dial, whatif::Answer),
    /// A long list was made.
    Sifted(Box<sift::Sifted>),
    /// A long list could not be made: its number, and what went wrong.
    Unsifted(u64, String),
    /// The program's log, its newest lines.
    Log(Result<Vec<Line>, String>),
    /// The instructions of which something fell at a stage for a reason.
    Fell(Stage, Arc<str>, Vec<ItemId>),
    /// Highlighted source.
    Highlighted(Arc<str>, Arc<Code>),
    /// The editor was closed: what its file says now, or what went wrong.
    Edited(Draft, Result<String, String>),
    /// Two texts compared.
    Diffed((Arc<str>, Arc<str>), Arc<Diff>),
    /// What the sandbox says of a source; nothing where it could not be asked.
    Checked(Arc<str>, Option<Arc<Facts>>),
    /// Texts that an earlier run left unsaved.
    Recovered(Vec<Unsaved>),
    /// An effect failed: what, and what to do.
    Failed(String),
}

/// What a reply answers.
#[derive(Clone, Debug, PartialEq)]
pub enum Asked {
    /// A command whose reply is only told.
    Plain,
    /// A command with words of its own for what it did; consequences are added.
    Said(String),
    /// A command on an item that one can go to.
    On(About),
    /// An edit: the text goes back into the drafts where it is refused.
    Edit(Unsaved),
}

/// What the workbench asks for.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// A command to the engine.
    Command(Command, Asked),
    /// An instruction in full.
    LoadDetail(ItemId),
    /// A completion in full.
    LoadTranscript(i64),
    /// Stored calls before a row, or the newest.
    LoadPast(Option<i64>),
    /// What turned values would give; only the newest question matters.
    WhatIf(Box<whatif::Ask>),
    /// A long list; only the newest question matters.
    Sift(Box<sift::Ask>),
    /// What is shown no longer; letting go of it takes a while where it is large.
    Discard(sift::Gone),
    /// The program's log, its newest lines.
    LoadLog,
    /// The instructions of which something fell at a stage for a reason.
    LoadFell(Stage, Arc<str>),
    /// Highlighted source.
    Highlight(Arc<str>),
    /// Two texts compared.
    Diff(Arc<str>, Arc<str>),
    /// What the sandbox says of a source, without running it.
    Check(Arc<str>),
    /// A text to be kept on disk until it is saved; the newest of an item counts.
    Keep(Unsaved),
    /// Nothing of an item is left to be kept.
    Forget(ItemId),
    /// The user's editor on a draft.
    OpenEditor(Draft),
    /// A text for the clipboard.
    Copy(String),
    /// A stop, as ctrl-z does.
    Suspend,
    /// The end.
    Quit,
}
