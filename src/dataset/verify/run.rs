//! Chunks run side by side; rows are written in their order, whole lines at a time.

use std::{
    collections::{HashMap, VecDeque},
    io::Write,
    sync::{Arc, atomic::Ordering},
    time::{Duration, Instant},
};

use tokio_util::sync::CancellationToken;

use crate::{
    domain::{Outcome, OutcomeKind},
    sandbox::{Batch, Run, Sandbox, SandboxError},
};

use super::{
    Progress, Request, Summary,
    cells::{Cells, Chunk},
    error::VerifyError,
    functions::{self, Function},
    outcome,
    timeouts::Timeouts,
};

/// Chunks that run at once.
const FLIGHT: usize = 8;

/// Bytes of rows that are written together.
const TOGETHER: usize = 64 << 10;

/// How long a row may wait for others before it is written.
const PATIENCE: Duration = Duration::from_millis(100);

/// Runs what was requested and writes the rows. Ends early, with whole lines written, when cancelled.
///
/// # Errors
/// Where a file cannot be read, a row is malformed (and that is not to be passed over), the sandbox fails or the rows
/// cannot be written. The rows before are written.
pub async fn verify(
    request: &Request,
    sandbox: &Sandbox,
    out: &mut (dyn Write + Send),
    progress: &Arc<Progress>,
    cancel: &CancellationToken,
) -> Result<Summary, VerifyError> {
    let mut summary = Summary::default();
    let functions = functions::read(&request.functions, request.pairing, request.keep_going, &mut summary.skipped)?;
    let mut cells = Cells::start(request, &functions, Arc::clone(progress))?;
    let mut flight = Flight {
        request,
        sandbox,
        timeouts: Timeouts::new(functions.len(), request.never_skip),
        functions,
        running: VecDeque::new(),
        lines: Lines { out, bytes: Vec::new(), since: Instant::now() },
        progress,
        written: 0,
        unrun: 0,
    };
    let ended = flight.go(&mut cells, cancel).await;
    // Rows that are ready go out, whatever ended the run; the first error is the one told.
    let flushed = flight.lines.flush();
    (summary.written, summary.unrun) = (flight.written, flight.unrun);
    if !ended? {
        summary.interrupted = true;
        flushed?;
        // The reader may be waiting for a pipe; it ends with the process.
        return Ok(summary);
    }
    let skipped = cells.end()?;
    flushed?;
    summary.skipped.extend(skipped);
    Ok(summary)
}

/// A chunk that runs.
struct Running {
    chunk: Chunk,
    run: Run,
    /// The cells that run, as positions in the chunk.
    places: Vec<usize>,
    /// What is known of each cell and not yet written.
    outcomes: Vec<Option<Outcome>>,
    /// The cell whose row comes next.
    next: usize,
}

impl Running {
    /// Ends the run where all that is left of it would be skipped.
    fn give_up(&mut self, timeouts: &Timeouts) {
        let open = |at: &usize| self.outcomes[*at].is_none();
        let left: Vec<usize> = (self.next..self.chunk.len()).filter(open).collect();
        if left.iter().all(|at| timeouts.spent(self.chunk[*at].function)) {
            self.run.token().cancel();
            for at in left {
                self.outcomes[at] = Some(Outcome::quiet(OutcomeKind::Skipped));
            }
        }
    }
}

struct Flight<'a> {
    request: &'a Request,
    sandbox: &'a Sandbox,
    functions: Vec<Function>,
    timeouts: Timeouts,
    running: VecDeque<Running>,
    lines: Lines<'a>,
    progress: &'a Progress,
    written: u64,
    unrun: u64,
}

impl Flight<'_> {
    /// Runs to the end; false where it was cancelled.
    async fn go(&mut self, cells: &mut Cells, cancel: &CancellationToken) -> Result<bool, VerifyError> {
        let mut reading = true;
        while reading || !self.running.is_empty() {
            let room = self.running.len() < FLIGHT;
            let waiting = self.lines.waiting();
            tokio::select! {
                biased;
                () = cancel.cancelled() => return Ok(false),
                told = next(self.running.front_mut()) => self.told(told)?,
                chunk = cells.chunks.recv(), if reading && room => match chunk {
                    Some(chunk) => self.start(chunk)?,
                    None => reading = false,
                },
                () = tokio::time::sleep(PATIENCE), if waiting => self.lines.flush()?,
            }
        }
        Ok(true)
    }

    fn start(&mut self, chunk: Chunk) -> Result<(), VerifyError> {
        let mut batch =
            Batch { limits: self.request.limits, allow_skips: !self.request.never_skip, ..Batch::default() };
        // Of the chunk's functions alone: there may be as many functions as inputs.
        let mut place = HashMap::new();
        let (mut places, mut outcomes) = (Vec::new(), Vec::with_capacity(chunk.len()));
        for (at, cell) in chunk.iter().enumerate() {
            if self.timeouts.spent(cell.function) {
                outcomes.push(Some(Outcome::quiet(OutcomeKind::Skipped)));
                continue;
            }
            let function = *place.entry(cell.function).or_insert_with(|| {
                batch.functions.push(Arc::clone(&self.functions[cell.function].source));
                batch.functions.len() as u32 - 1
            });
            batch.cells.push((function, batch.texts.len() as u32));
            batch.texts.push(cell.input.text.clone());
            places.push(at);
            outcomes.push(None);
        }
        let run = self.sandbox.run(batch)?;
        self.running.push_back(Running { chunk, run, places, outcomes, next: 0 });
        self.write_ready()
    }

    fn told(&mut self, told: Option<Result<(u32, Outcome), SandboxError>>) -> Result<(), VerifyError> {
        let Some(front) = self.running.front_mut() else { return Ok(()) };
        let (cell, outcome) = told.unwrap_or(Err(SandboxError::Cancelled))?;
        if let Some(place) = front.places.get(cell as usize) {
            front.outcomes[*place] = Some(outcome);
        }
        self.write_ready()
    }

    /// Writes what is next and known.
    fn write_ready(&mut self) -> Result<(), VerifyError> {
        while let Some(front) = self.running.front_mut() {
            while let Some(outcome) = front.outcomes.get_mut(front.next).and_then(Option::take) {
                let cell = &front.chunk[front.next];
                let function = cell.function;
                let spent = self.timeouts.spent(function);
                let outcome = self.timeouts.tell(function, outcome);
                let id = &self.functions[function].id;
                outcome::write(id, &cell.input.id, &outcome, self.request.limits, &mut self.lines.bytes);
                front.next += 1;
                self.written += 1;
                self.unrun += u64::from(outcome.kind == OutcomeKind::Skipped);
                self.lines.write_full()?;
                if !spent && self.timeouts.spent(function) {
                    self.running.iter_mut().for_each(|running| running.give_up(&self.timeouts));
                    break;
                }
            }
            let Some(front) = self.running.front() else { break };
            if front.next == front.chunk.len() {
                self.running.pop_front();
            } else if front.outcomes[front.next].is_none() {
                break;
            }
        }
        self.progress.done.store(self.written, Ordering::Relaxed);
        Ok(())
    }
}

/// The next outcome of the chunk whose rows come next.
async fn next(front: Option<&mut Running>) -> Option<Result<(u32, Outcome), SandboxError>> {
    match front {
        Some(front) => front.run.next().await,
        None => std::future::pending().await,
    }
}

/// Rows on their way out.
struct Lines<'a> {
    out: &'a mut (dyn Write + Send),
    bytes: Vec<u8>,
    since: Instant,
}

impl Lines<'_> {
    fn waiting(&self) -> bool {
        !self.bytes.is_empty()
    }

    fn write_full(&mut self) -> Result<(), VerifyError> {
        if self.bytes.len() >= TOGETHER || self.since.elapsed() >= PATIENCE { self.flush() } else { Ok(()) }
    }

    /// Writes all rows there are.
    fn flush(&mut self) -> Result<(), VerifyError> {
        let bytes = std::mem::take(&mut self.bytes);
        self.since = Instant::now();
        self.out.write_all(&bytes).and_then(|()| self.out.flush()).map_err(VerifyError::Write)
    }
}
