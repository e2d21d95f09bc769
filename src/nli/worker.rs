//! The thread that holds a model: it takes what waits, computes it together, and answers.

use std::{
    num::NonZero,
    sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel},
    thread::available_parallelism,
    time::{Duration, Instant},
};

use rayon::{ThreadPool, ThreadPoolBuilder};
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

use super::{
    Files, Judgement, NliError, Pair,
    deberta::{Encoded, Model},
    service::Options,
};

/// How long a model that nobody asks stays in memory.
const IDLE: Duration = Duration::from_secs(120);

/// A pair that waits. Who no longer wants it has dropped the other end.
struct Ask {
    pair: Pair,
    reply: oneshot::Sender<Result<Judgement, NliError>>,
}

/// The way to the thread, which ends with the last of its clones.
#[derive(Clone, Debug)]
pub struct Worker {
    name: String,
    asks: Sender<Ask>,
}

impl Worker {
    /// Starts the thread. It reads no file before it is asked.
    ///
    /// # Errors
    /// Where the system gives no threads.
    pub fn start(name: &str, files: Files, options: Options) -> Result<Self, NliError> {
        let cores = || available_parallelism().map_or(1, NonZero::get);
        let threads = if options.threads == 0 { cores() } else { options.threads };
        let compute = |error: &dyn std::fmt::Display| NliError::Compute {
            model: name.to_owned(),
            message: format!("no thread can be started: {error}"),
        };
        let pool = ThreadPoolBuilder::new().num_threads(threads).thread_name(|no| format!("nli-{no}"));
        let pool = pool.build().map_err(|error| compute(&error))?;
        let (asks, asked) = channel();
        let shift = Shift { name: name.to_owned(), files, options, pool, model: None };
        let thread = std::thread::Builder::new().name("nli".to_owned());
        thread.spawn(move || shift.work(&asked)).map_err(|error| compute(&error))?;
        Ok(Self { name: name.to_owned(), asks })
    }

    /// Judges a pair.
    ///
    /// # Errors
    /// Where the model cannot be loaded or run, or `cancel` says to stop.
    pub async fn judge(&self, pair: Pair, cancel: &CancellationToken) -> Result<Judgement, NliError> {
        let (reply, answer) = oneshot::channel();
        let ended = || NliError::Compute { model: self.name.clone(), message: "its thread has ended".to_owned() };
        self.asks.send(Ask { pair, reply }).map_err(|_| ended())?;
        tokio::select! {
            biased;
            () = cancel.cancelled() => Err(NliError::Cancelled),
            judged = answer => judged.unwrap_or_else(|_| Err(ended())),
        }
    }
}

/// The thread's own.
struct Shift {
    name: String,
    files: Files,
    options: Options,
    pool: ThreadPool,
    model: Option<Model>,
}

impl Shift {
    fn work(mut self, asked: &Receiver<Ask>) {
        loop {
            let first = match asked.recv_timeout(if self.model.is_some() { IDLE } else { Duration::MAX }) {
                Ok(ask) => ask,
                Err(RecvTimeoutError::Timeout) => {
                    self.model = None;
                    continue;
                }
                Err(RecvTimeoutError::Disconnected) => return,
            };
            let mut batch = vec![first];
            batch.extend(asked.try_iter().take(self.options.batch.saturating_sub(1)));
            batch.retain(|ask| !ask.reply.is_closed());
            if !batch.is_empty() {
                self.answer(batch);
            }
        }
    }

    fn answer(&mut self, batch: Vec<Ask>) {
        if self.model.is_none() {
            match self.load() {
                Ok(model) => self.model = Some(model),
                Err(error) => return refuse(batch, &error),
            }
        }
        let Some(model) = self.model.as_mut() else { return };
        let compute = |message| NliError::Compute { model: self.name.clone(), message };
        let mut encoded = Vec::with_capacity(batch.len());
        let mut asks = Vec::with_capacity(batch.len());
        for ask in batch {
            match model.encode(&ask.pair) {
                Ok(read) => {
                    encoded.push(read);
                    asks.push(ask);
                }
                Err(message) => refuse(vec![ask], &compute(message)),
            }
        }
        if asks.is_empty() {
            return;
        }
        // Where nobody of a batch waits any longer, it is given up between two layers.
        let go_on = || asks.iter().any(|ask| !ask.reply.is_closed());
        let judged = self.pool.install(|| judge(model, &encoded, &go_on));
        match judged {
            Ok(judgements) => {
                for (ask, judgement) in asks.into_iter().zip(judgements) {
                    // Who asked may have gone.
                    let _gone = ask.reply.send(Ok(judgement));
                }
            }
            Err(message) => refuse(asks, &compute(message)),
        }
    }

    fn load(&self) -> Result<Model, NliError> {
        let began = Instant::now();
        let model = self.pool.install(|| Model::load(&self.files, self.options.max_tokens))?;
        tracing::info!(model = self.name, ms = began.elapsed().as_millis(), "NLI model loaded");
        Ok(model)
    }
}

fn judge(model: &Model, pairs: &[Encoded], go_on: &(dyn Fn() -> bool + Sync)) -> Result<Vec<Judgement>, String> {
    let logits = model.logits(pairs, go_on)?.unwrap_or_default();
    Ok(logits.into_iter().zip(pairs).map(|(logits, pair)| model.judgement(logits, pair)).collect())
}

fn refuse(asks: Vec<Ask>, error: &NliError) {
    for ask in asks {
        let _gone = ask.reply.send(Err(error.clone()));
    }
}
