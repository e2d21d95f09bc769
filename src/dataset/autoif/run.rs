//! From IN to OUT: rows worked on side by side, written in order.

use std::{collections::HashSet, sync::atomic::Ordering};

use futures::{StreamExt, stream::FuturesOrdered};
use tokio_util::sync::CancellationToken;

use crate::{
    dataset::jsonl::Skipped,
    domain::Digest,
    rules::Profile,
    sandbox::{Sandbox, SandboxError},
};

use super::{
    Progress, Request, Summary,
    beside::Beside,
    error::AutoifError,
    format::Layout,
    input::Input,
    report::Report,
    step::{Done, Office},
};

/// Rows worked on at once: enough to keep all workers busy, few enough to hold in memory.
const FLIGHT: usize = 16;

/// Does a step. OUT is written beside its place and renamed at the end; interrupted, nothing is written. The sandbox
/// is needed by the steps that run functions ([`super::Step::needs_sandbox`]).
///
/// # Errors
/// Where rows cannot be read, one is malformed (and that is not to be passed over), the sandbox fails, or a file cannot
/// be written.
pub async fn autoif(
    request: &Request,
    sandbox: Option<Sandbox>,
    progress: &Progress,
    cancel: &CancellationToken,
) -> Result<Summary, AutoifError> {
    let mut input = Input::open(request)?;
    let out = Beside::of(&request.output)?;
    let mut desk = Desk {
        report: Report::start(request, out.place())?,
        out,
        layout: request.step.layout(),
        seen: HashSet::new(),
        summary: Summary::default(),
    };
    let office = Office { profile: Profile::named(request.profile), seed: request.seed, step: request.step, sandbox };
    let mut flight = FuturesOrdered::new();
    let mut reading = true;
    while reading || !flight.is_empty() {
        tokio::select! {
            biased;
            () = cancel.cancelled() => {
                desk.summary.interrupted = true;
                return Ok(desk.summary);
            }
            done = flight.next(), if !flight.is_empty() => if let Some((line, done)) = done {
                desk.take(line, done?)?;
                progress.done.fetch_add(1, Ordering::Relaxed);
            },
            row = input.rows.recv(), if reading && flight.len() < FLIGHT => match row {
                Some((line, row)) => flight.push_back(at_line(line, office.work(row))),
                None => reading = false,
            },
        }
    }
    drop(flight);
    let skipped = input.end()?;
    desk.close(skipped)
}

async fn at_line(
    line: u64,
    work: impl Future<Output = Result<Done, SandboxError>>,
) -> (u64, Result<Done, SandboxError>) {
    (line, work.await)
}

/// Where rows go when they are done.
struct Desk {
    out: Beside,
    report: Report,
    layout: Layout,
    /// Rows written so far.
    seen: HashSet<Digest>,
    summary: Summary,
}

impl Desk {
    fn take(&mut self, line: u64, mut done: Done) -> Result<(), AutoifError> {
        self.summary.read += 1;
        let mut written = 0;
        let (mut equal, rows) = (0_u64, std::mem::take(&mut done.rows));
        for row in rows {
            match self.layout {
                Layout::Lines if !self.seen.insert(Digest::of_bytes(&row)) => {
                    equal += 1;
                    continue;
                }
                Layout::Lines => {
                    self.out.write(&row)?;
                    self.out.write(b"\n")?;
                }
                Layout::Array => {
                    let before: &[u8] = if self.summary.written == 0 { b"[\n    " } else { b",\n    " };
                    self.out.write(before)?;
                    self.out.write(&row)?;
                }
            }
            written += 1;
            self.summary.written += 1;
        }
        if equal > 0 {
            done.report.tell("equal_to_rows_before", equal.into());
            *self.summary.dropped.entry("equal-row").or_default() += equal;
        }
        for reason in done.report.reason.iter().chain(&done.report.dropped) {
            *self.summary.dropped.entry(reason).or_default() += 1;
        }
        self.report.row(line, written, done.report)
    }

    fn close(mut self, skipped: Skipped) -> Result<Summary, AutoifError> {
        if self.layout == Layout::Array {
            self.out.write(if self.summary.written == 0 { b"[]" } else { b"\n]" })?;
        }
        self.summary.skipped = skipped;
        self.out.publish()?;
        self.report.publish(&self.summary)?;
        Ok(self.summary)
    }
}
