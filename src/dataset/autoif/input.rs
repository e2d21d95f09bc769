//! The rows of IN, read by a thread of their own: a pipe may keep it waiting, an interrupt may not wait for it.

use std::thread;

use tokio::sync::mpsc;

use crate::dataset::jsonl::{Lines, RowError, Skipped};

use super::{Request, Step, error::AutoifError, step::Row};

/// Rows that wait to be worked on.
const WAITING: usize = 4;

/// Rows on their way, with their lines.
pub struct Input {
    pub rows: mpsc::Receiver<(u64, Row)>,
    reader: thread::JoinHandle<Result<Skipped, RowError>>,
}

impl Input {
    /// Starts to read.
    pub fn open(request: &Request) -> Result<Self, AutoifError> {
        let lines = Lines::open(&request.input)?;
        let (sender, rows) = mpsc::channel(WAITING);
        let (step, keep_going) = (request.step, request.keep_going);
        let thread = thread::Builder::new().name("rows".into());
        let reader = thread.spawn(move || read(lines, step, keep_going, &sender)).map_err(AutoifError::Thread)?;
        Ok(Self { rows, reader })
    }

    /// Once no more rows come: why, and what was skipped.
    pub fn end(self) -> Result<Skipped, RowError> {
        drop(self.rows);
        self.reader.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    }
}

fn read(
    mut lines: Lines,
    step: Step,
    keep_going: bool,
    sender: &mpsc::Sender<(u64, Row)>,
) -> Result<Skipped, RowError> {
    let mut skipped = Skipped::default();
    while let Some(line) = lines.next()? {
        match line.and_then(|line| step.read(line)) {
            Ok(row) => {
                if sender.blocking_send((lines.number(), row)).is_err() {
                    break;
                }
            }
            Err(refusal) => skipped.or_end(lines.malformed(refusal), keep_going)?,
        }
    }
    Ok(skipped)
}
