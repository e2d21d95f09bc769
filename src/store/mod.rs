//! The project's database: one SQLite file that holds every item, version, completion, outcome and journal entry.
//!
//! Transactions of operations ([`Txn`], [`Op`]) go to one writer thread, which commits what has gathered as a group
//! and answers once it is on disk. Reads are short and happen on read-only connections, in any thread and process.
//! Which process runs the engine is settled by a [`Lease`]; any process may write decisions.

mod apply;
mod check;
mod completion;
mod digest;
mod error;
pub mod gc;
mod journal;
mod lease;
mod means;
mod netfs;
mod notes;
mod op;
mod open;
mod outcomes;
mod packed;
mod past;
mod read;
mod roots;
mod row;
mod schema;
mod size;
mod tree;
mod writer;
mod zip;

#[cfg(test)]
mod tests;

use std::{
    future::Future,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use rusqlite::Connection;
use tokio::sync::oneshot;

pub use completion::StoredCompletion;
pub use error::StoreError;
pub use lease::{Lease, LeaseError};
pub use means::{CallMean, CallTotal};
pub use op::{Applied, Body, CompletionRef, Op, Txn};
pub use open::{Opening, Tell};
pub use past::{PastCall, PastFailure, PastItem};
pub use read::{QueryHead, Totals};
pub use roots::{KnownQueries, RootHead};
pub use size::{DiskUse, Part, Sizes};
pub use writer::Refused;

use error::Res;
use open::{Presence, Terms};
use writer::{Answer, Job, Writer};

/// What a process opens a project for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Reading and writing.
    Write,
    /// Reading only: nothing is migrated, checked or changed.
    Read,
}

/// An open project database. Clone freely; it closes with the last clone, when all that was written is on disk.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    path: PathBuf,
    notices: Vec<String>,
    readers: Mutex<Vec<Connection>>,
    // Dropped in this order: the writer closes the database last, while the folder is still marked as in use.
    writer: Option<Writer>,
    _presence: Presence,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").field("path", &self.inner.path).finish_non_exhaustive()
    }
}

/// Idle read-only connections that are kept.
const IDLE_READERS: usize = 4;

impl Store {
    /// Makes a database in a folder that has none, and opens it for writing.
    pub fn create(dir: &Path, project_seed: u64) -> Result<Self, StoreError> {
        open::create(dir, project_seed)?;
        Self::open(dir, Access::Write)
    }

    /// Opens the database in a folder.
    pub fn open(dir: &Path, access: Access) -> Result<Self, StoreError> {
        Self::open_telling(dir, access, &|_| ())
    }

    /// The same, telling now and then what takes its time: a check after a crash, a copy before a change of format.
    pub fn open_telling(dir: &Path, access: Access, tell: Tell<'_>) -> Result<Self, StoreError> {
        match access {
            Access::Write => Self::open_on(dir, &Terms::of(dir, tell)),
            Access::Read => {
                let (path, presence) = open::to_look(dir)?;
                let reader = open::for_reading(&path, true).map_err(|trouble| trouble.at(&path))?;
                Ok(Self::assemble(path, Vec::new(), vec![reader], None, presence))
            }
        }
    }

    fn open_on(dir: &Path, terms: &Terms<'_>) -> Result<Self, StoreError> {
        let path = dir.join(open::FILE);
        let opened = open::for_writing(dir, terms)?;
        let writer = Writer::start(opened.conn, path.clone())?;
        Ok(Self::assemble(path, opened.notices, Vec::new(), Some(writer), opened.presence))
    }

    fn assemble(
        path: PathBuf,
        notices: Vec<String>,
        readers: Vec<Connection>,
        writer: Option<Writer>,
        presence: Presence,
    ) -> Self {
        let readers = Mutex::new(readers);
        Self { inner: Arc::new(Inner { path, notices, readers, writer, _presence: presence }) }
    }

    /// Whether nothing can be written through it.
    pub fn is_read_only(&self) -> bool {
        self.inner.writer.is_none()
    }

    /// The database file.
    pub fn path(&self) -> &Path {
        &self.inner.path
    }

    /// What a person should know about how it was opened: a check after a crash, a migration, a network file system.
    pub fn notices(&self) -> &[String] {
        &self.inner.notices
    }

    /// Stores a transaction. It is on its way when this returns, in the order of the calls; the future ends when it
    /// is on disk, or was refused whole.
    pub fn write(&self, txn: Txn) -> impl Future<Output = Result<Applied, StoreError>> + Send + use<> {
        let written = self.write_or_return(txn);
        async move { written.await.map_err(|refused| refused.error) }
    }

    /// The same, and gives the transaction back where it was not stored, so that it can be tried again.
    pub fn write_or_return(&self, txn: Txn) -> impl Future<Output = Result<Applied, Box<Refused>>> + Send + use<> {
        let (reply, answer) = oneshot::channel();
        // Who no longer waits does not want the answer.
        self.send(txn, move |result| drop(reply.send(result)));
        let lost = || Err(Box::new(Refused { error: StoreError::Closed, txn: Txn::default() }));
        async move { answer.await.unwrap_or_else(|_| lost()) }
    }

    /// Stores a transaction and waits until it is on disk. Not for asynchronous code.
    pub fn write_blocking(&self, txn: Txn) -> Result<Applied, StoreError> {
        let (reply, answer) = std::sync::mpsc::sync_channel(1);
        self.send(txn, move |result| drop(reply.send(result)));
        answer.recv().map_or(Err(StoreError::Closed), |answer| answer.map_err(|refused| refused.error))
    }

    fn send(&self, txn: Txn, reply: impl FnOnce(Answer) + Send + 'static) {
        match &self.inner.writer {
            Some(writer) => writer.send(Job { txn, reply: Box::new(reply) }),
            None => {
                reply(Err(Box::new(Refused { error: StoreError::ReadOnly { path: self.inner.path.clone() }, txn })));
            }
        }
    }

    /// Reads with a pooled connection, within one transaction.
    fn read<T>(&self, read: impl FnOnce(&Connection) -> Res<T>) -> Result<T, StoreError> {
        self.pooled(|conn| within(conn, read))
    }

    /// The same for a read of one statement, which is consistent by itself.
    fn read_one<T>(&self, read: impl FnOnce(&Connection) -> Res<T>) -> Result<T, StoreError> {
        self.pooled(read)
    }

    /// A connection on which something failed is not used again.
    fn pooled<T>(&self, read: impl FnOnce(&Connection) -> Res<T>) -> Result<T, StoreError> {
        let path = &self.inner.path;
        let idle = || self.inner.readers.lock().unwrap_or_else(PoisonError::into_inner);
        let pooled = idle().pop();
        let conn = match pooled {
            Some(conn) => conn,
            None => open::for_reading(path, false).map_err(|trouble| trouble.at(path))?,
        };
        let result = read(&conn).map_err(|trouble| trouble.at(path))?;
        let mut readers = idle();
        if readers.len() < IDLE_READERS {
            readers.push(conn);
        }
        Ok(result)
    }
}

/// One consistent state for all statements of a read.
fn within<T>(conn: &Connection, read: impl FnOnce(&Connection) -> Res<T>) -> Res<T> {
    // Prepared once: parsing these two would be a good part of a short read.
    conn.prepare_cached("BEGIN")?.execute([])?;
    let result = read(conn)?;
    conn.prepare_cached("COMMIT")?.execute([])?;
    Ok(result)
}
