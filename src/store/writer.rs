//! The one writer: a thread that commits what has gathered as one group, and answers once it is on disk.

use std::{
    path::PathBuf,
    sync::mpsc::{Receiver, Sender, channel},
    thread::JoinHandle,
};

use rusqlite::Connection;

use super::{
    apply::{Places, apply},
    error::{StoreError, Trouble},
    op::{Applied, Txn},
};

/// At most so many transactions are committed together, so that the first of them does not wait for ever.
const GROUP: usize = 256;

/// A transaction that was not stored, given back.
#[derive(Clone, Debug)]
pub struct Refused {
    /// Why.
    pub error: StoreError,
    /// What was to be stored.
    pub txn: Txn,
}

/// What a transaction's sender hears.
pub(super) type Answer = Result<Applied, Box<Refused>>;

/// A transaction on its way, and whom to tell.
pub(super) struct Job {
    pub(super) txn: Txn,
    pub(super) reply: Box<dyn FnOnce(Answer) + Send>,
}

/// The sending end and the thread.
pub(super) struct Writer {
    jobs: Option<Sender<Job>>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    /// Starts the thread on a connection.
    pub(super) fn start(conn: Connection, path: PathBuf) -> Result<Self, StoreError> {
        let (jobs, inbox) = channel();
        let at = path.clone();
        let thread = std::thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(move || run(&conn, &path, &inbox))
            .map_err(StoreError::io("start the writer thread for", &at))?;
        Ok(Self { jobs: Some(jobs), thread: Some(thread) })
    }

    /// Hands a transaction over.
    pub(super) fn send(&self, job: Job) {
        let refused = match &self.jobs {
            Some(jobs) => jobs.send(job).err().map(|refused| refused.0),
            None => Some(job),
        };
        if let Some(job) = refused {
            (job.reply)(Err(Box::new(Refused { error: StoreError::Closed, txn: job.txn })));
        }
    }
}

impl Drop for Writer {
    /// Waits until everything that was handed over is on disk.
    fn drop(&mut self) {
        self.jobs = None;
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the store's writer thread panicked");
        }
    }
}

fn run(conn: &Connection, path: &std::path::Path, inbox: &Receiver<Job>) {
    let mut places = Places::default();
    while let Ok(first) = inbox.recv() {
        let mut group = vec![first];
        group.extend(inbox.try_iter().take(GROUP - 1));
        let (txns, replies): (Vec<_>, Vec<_>) = group.into_iter().map(|job| (job.txn, job.reply)).unzip();
        let answers = commit(conn, &mut places, &txns);
        for ((txn, reply), answer) in txns.into_iter().zip(replies).zip(answers) {
            reply(answer.map_err(|trouble| Box::new(Refused { error: trouble.at(path), txn })));
        }
    }
}

/// Commits a group. One that fails is rolled back alone; where the disk fails, all do.
fn commit(conn: &Connection, places: &mut Places, txns: &[Txn]) -> Vec<Result<Applied, Trouble>> {
    // Keeping each apart costs as much as a short one itself, and hardly ever does one fail.
    if let Ok(applied) = together(conn, places, txns) {
        return applied.into_iter().map(Ok).collect();
    }
    roll_back(conn, places);
    let mut answers = Vec::with_capacity(txns.len());
    let done = begin(conn).and_then(|()| {
        for txn in txns {
            answers.push(within_savepoint(conn, places, txn)?);
        }
        end(conn)
    });
    let Err(error) = done else { return answers };
    roll_back(conn, places);
    let shared = std::sync::Arc::new(error);
    txns.iter().map(|_| Err(Trouble::Group(shared.clone()))).collect()
}

/// Commits a group in which nothing fails.
fn together(conn: &Connection, places: &mut Places, txns: &[Txn]) -> Result<Vec<Applied>, Trouble> {
    begin(conn)?;
    let applied = txns.iter().map(|txn| apply(conn, places, txn)).collect::<Result<_, _>>()?;
    end(conn)?;
    Ok(applied)
}

fn roll_back(conn: &Connection, places: &mut Places) {
    places.clear();
    if !conn.is_autocommit()
        && let Err(error) = conn.execute_batch("ROLLBACK")
    {
        tracing::error!(%error, "rolling back failed");
    }
}

fn end(conn: &Connection) -> rusqlite::Result<()> {
    conn.prepare_cached("COMMIT")?.execute([]).map(|_| ())
}

fn begin(conn: &Connection) -> rusqlite::Result<()> {
    conn.prepare_cached("BEGIN IMMEDIATE")?.execute([]).map(|_| ())
}

/// Applies one transaction of a group. The outer error is one that ended the whole group.
fn within_savepoint(conn: &Connection, places: &mut Places, txn: &Txn) -> rusqlite::Result<Result<Applied, Trouble>> {
    conn.prepare_cached("SAVEPOINT txn")?.execute([])?;
    let answer = apply(conn, places, txn);
    match answer {
        Ok(_) => {
            conn.prepare_cached("RELEASE txn")?.execute([])?;
        }
        // SQLite itself rolls everything back when the disk is full or fails.
        Err(Trouble::Sql(error)) if conn.is_autocommit() => return Err(error),
        Err(_) => {
            places.clear();
            conn.execute_batch("ROLLBACK TO txn; RELEASE txn")?;
        }
    }
    Ok(answer)
}

#[cfg(test)]
mod tests {
    use crate::{
        domain::ItemId,
        store::{
            Access, Op, Store,
            open::{Terms, for_writing},
            schema::MIGRATIONS,
        },
    };

    use super::*;

    fn meta(key: &str, length: usize) -> Txn {
        Txn::from(Op::SetMeta { key: key.to_owned(), value: "x".repeat(length) })
    }

    /// A database that may not grow beyond what it is stands for a full disk: SQLite says the same.
    #[test]
    fn a_full_disk_refuses_what_does_not_fit_and_loses_nothing() {
        let dir = tempfile::tempdir().unwrap();
        drop(Store::create(dir.path(), 1).unwrap());
        let opened = for_writing(dir.path(), &Terms { migrations: MIGRATIONS, network: None, tell: &|_| () }).unwrap();
        let pages: i64 = opened.conn.pragma_query_value(None, "page_count", |row| row.get(0)).unwrap();
        let limit = |pages: i64| opened.conn.pragma_update(None, "max_page_count", pages).unwrap();
        limit(pages + 2);
        let mut places = Places::default();
        let mut commit = |txns: Vec<Txn>| commit(&opened.conn, &mut places, &txns);
        let stored = commit(vec![meta("first", 10)]);
        assert!(stored[0].is_ok());
        let path = std::path::Path::new("p");
        for answer in commit(vec![meta("second", 100_000), meta("third", 200_000)]) {
            let error = answer.unwrap_err().at(path);
            assert!(matches!(error, StoreError::Full { .. }), "{error}");
        }
        assert!(opened.conn.is_autocommit(), "nothing is left open");
        limit(100_000);
        let stranger = Txn::from(Op::SetRerun { slot: ItemId::seed("x"), take: None });
        let answers = commit(vec![meta("second", 100_000), stranger, meta("fourth", 10)]);
        assert_eq!(answers.iter().map(Result::is_ok).collect::<Vec<_>>(), [true, false, true]);
        drop(opened);
        let store = Store::open(dir.path(), Access::Read).unwrap();
        let there = |key| store.meta(key).unwrap().map(|value| value.len());
        assert_eq!(["first", "second", "third", "fourth"].map(there), [Some(10), Some(100_000), None, Some(10)]);
    }
}
