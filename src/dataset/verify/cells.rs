//! What runs, in output order: a thread reads the inputs and hands on chunks.

use std::{
    collections::HashMap,
    path::PathBuf,
    sync::{Arc, atomic::Ordering},
    thread,
};

use tokio::sync::mpsc;

use crate::dataset::jsonl::{Refusal, Skipped, Wtf8};

use super::{
    Pairing, Progress, Request,
    error::VerifyError,
    functions::Function,
    rows::{Input, Inputs},
    spool::{Ended, Spool},
};

/// Most cells of a chunk: enough to make loading a verifier cheap, few enough to keep all workers busy.
const CELLS: usize = 256;

/// The same where every cell may have another function.
const ZIP_CELLS: usize = 1024;

/// Bytes of texts at which a chunk is full.
const BYTES: usize = 1 << 20;

/// Chunks that wait to be taken.
const WAITING: usize = 2;

/// A function, by position, and what it runs on.
#[derive(Clone, Debug)]
pub struct Cell {
    pub function: usize,
    pub input: Input,
}

/// Some cells that follow one another.
pub type Chunk = Vec<Cell>;

/// The cells on their way.
pub struct Cells {
    pub chunks: mpsc::Receiver<Chunk>,
    reader: thread::JoinHandle<Result<Skipped, VerifyError>>,
}

impl Cells {
    /// Starts reading.
    pub fn start(request: &Request, functions: &[Function], progress: Arc<Progress>) -> Result<Self, VerifyError> {
        let (sender, chunks) = mpsc::channel(WAITING);
        let inputs = Inputs::open(&request.inputs, request.pairing == Pairing::Zip, request.keep_going)?;
        let limit = if request.pairing == Pairing::Zip { ZIP_CELLS } else { CELLS };
        let mut reader = Reader {
            inputs,
            out: Outlet { sender, chunk: Vec::new(), bytes: 0, limit },
            skipped: Skipped::default(),
            progress,
            path: request.functions.clone(),
        };
        let pairing = request.pairing;
        let functions = functions.to_vec();
        let reader = thread::Builder::new()
            .name("inputs".into())
            .spawn(move || reader.read(pairing, &functions))
            .map_err(VerifyError::Thread)?;
        Ok(Self { chunks, reader })
    }

    /// Once no more chunks come: why, and what was skipped.
    pub fn end(self) -> Result<Skipped, VerifyError> {
        drop(self.chunks);
        self.reader.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    }
}

struct Reader {
    inputs: Inputs,
    out: Outlet,
    skipped: Skipped,
    progress: Arc<Progress>,
    path: PathBuf,
}

impl Reader {
    fn read(&mut self, pairing: Pairing, functions: &[Function]) -> Result<Skipped, VerifyError> {
        let read = match pairing {
            Pairing::Matrix => self.matrix(functions.len()),
            Pairing::Zip => self.zip(functions),
        };
        // What was read before an error runs too. Where nobody takes it, nobody needs it.
        self.out.pass_on(true).ok();
        match read {
            Ok(()) | Err(Stop::Enough) => Ok(std::mem::take(&mut self.skipped)),
            Err(Stop::Error(error)) => Err(error),
        }
    }

    fn matrix(&mut self, functions: usize) -> Result<(), Stop> {
        let mut spool = (functions > 1).then(Spool::default);
        let mut rows = 0;
        while let Some(input) = self.inputs.next(&mut self.skipped)? {
            if functions == 0 {
                continue;
            }
            if let Some(spool) = &mut spool {
                spool.push(&input).map_err(VerifyError::Spool)?;
            }
            rows += 1;
            let waits = self.inputs.may_block();
            self.out.put(Cell { function: 0, input })?;
            self.out.pass_on(waits)?;
        }
        self.progress.total.store(rows * functions as u64, Ordering::Relaxed);
        for function in 1..functions {
            let Some(spool) = &mut spool else { break };
            spool.again(|input| self.out.put(Cell { function, input }))?;
        }
        Ok(())
    }

    fn zip(&mut self, functions: &[Function]) -> Result<(), Stop> {
        let place: HashMap<&Wtf8, usize> = functions.iter().enumerate().map(|(at, f)| (&*f.id, at)).collect();
        let mut rows = 0;
        while let Some(input) = self.inputs.next(&mut self.skipped)? {
            let Some(&function) = input.function.as_ref().and_then(|name| place.get(name)) else {
                let message = format!("names no function of {}", self.path.display());
                self.inputs.skip(Refusal::field("function", message), &mut self.skipped)?;
                continue;
            };
            rows += 1;
            let waits = self.inputs.may_block();
            self.out.put(Cell { function, input })?;
            self.out.pass_on(waits)?;
        }
        self.progress.total.store(rows, Ordering::Relaxed);
        Ok(())
    }
}

/// Why reading ended early.
enum Stop {
    Error(VerifyError),
    /// Nobody needs more.
    Enough,
}

impl From<VerifyError> for Stop {
    fn from(error: VerifyError) -> Self {
        Self::Error(error)
    }
}

impl From<Ended> for Stop {
    fn from(ended: Ended) -> Self {
        match ended {
            Ended::Io(error) => Self::Error(VerifyError::Spool(error)),
            Ended::Enough => Self::Enough,
        }
    }
}

/// Gathers cells to chunks.
struct Outlet {
    sender: mpsc::Sender<Chunk>,
    chunk: Chunk,
    bytes: usize,
    limit: usize,
}

impl Outlet {
    fn put(&mut self, cell: Cell) -> Result<(), Ended> {
        self.bytes += cell.input.text.0.len();
        self.chunk.push(cell);
        self.pass_on(self.chunk.len() >= self.limit || self.bytes >= BYTES)
    }

    /// Hands on what there is, if so wished.
    fn pass_on(&mut self, now: bool) -> Result<(), Ended> {
        if !now || self.chunk.is_empty() {
            return Ok(());
        }
        self.bytes = 0;
        self.sender.blocking_send(std::mem::take(&mut self.chunk)).map_err(|_| Ended::Enough)
    }
}
