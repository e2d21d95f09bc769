//! What can go wrong with a project's database: what happened, where, and what to do next.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use rusqlite::ErrorCode;

use crate::domain::{ItemId, Kind};

/// A failure of the store. Cheap to clone, as one failed commit answers every transaction of its group.
#[derive(Clone, Debug, thiserror::Error)]
pub enum StoreError {
    /// There is no database.
    #[error("there is no project database at {}: `assay init DIR` makes a project", path.display())]
    Missing {
        /// Where it should be.
        path: PathBuf,
    },
    /// A database is there already.
    #[error("{} exists already: open that project, or choose another folder", path.display())]
    Exists {
        /// The database.
        path: PathBuf,
    },
    /// The file is a database of something else, or empty.
    #[error("{} is not an Assay database ({found}): move it away, or choose another folder", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
        /// What it is instead.
        found: String,
    },
    /// The file is damaged.
    #[error(
        "{} is damaged ({detail}): nothing was changed; restore a copy of the folder, or save what can be read with `sqlite3 assay.db .recover`",
        path.display()
    )]
    Corrupt {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        detail: String,
    },
    /// A newer program made it.
    #[error("{} has format {found}, and this program knows up to {known}: update assay; nothing was changed", path.display())]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its format.
        found: i64,
        /// The newest known format.
        known: i64,
    },
    /// Another process keeps it locked.
    #[error("{} is locked by another process for more than 5 s: wait for it or end it, then try again", path.display())]
    Locked {
        /// The file.
        path: PathBuf,
    },
    /// No space is left.
    #[error("no space is left for {}: free some, then run the same command again; what was stored is whole", path.display())]
    Full {
        /// The file.
        path: PathBuf,
    },
    /// It cannot be written.
    #[error("{} cannot be written: open it read-only, or change its permissions", path.display())]
    ReadOnly {
        /// The file.
        path: PathBuf,
    },
    /// It was not closed in order, and cannot be read before a process that may write it has opened it.
    #[error("{} was not closed in order the last time, and only a process that may write there can mend that: open the project once with such an account, or make space", path.display())]
    Unfinished {
        /// The file.
        path: PathBuf,
    },
    /// The operating system refused.
    #[error("cannot {action} {}: {source}", path.display())]
    Io {
        /// What was tried.
        action: &'static str,
        /// On what.
        path: PathBuf,
        /// Why not.
        source: Arc<std::io::Error>,
    },
    /// SQLite refused.
    #[error("{}: {source}; try again, and if it stays so, keep a copy of the folder before anything else", path.display())]
    Sqlite {
        /// The file.
        path: PathBuf,
        /// Why.
        source: Arc<rusqlite::Error>,
    },
    /// An operation names an item that is not there.
    #[error("{0} is not in this project: check the id, and that the project is the right one")]
    UnknownItem(ItemId),
    /// An operation names a version that is not there.
    #[error("{item} has no version {no}: load it again, as it may have changed meanwhile")]
    UnknownVersion {
        /// The item.
        item: ItemId,
        /// The version.
        no: u32,
    },
    /// A body was given to a slot of another kind.
    #[error("{item} cannot hold the body of a {body:?}")]
    WrongBody {
        /// The item.
        item: ItemId,
        /// What the body is of.
        body: Kind,
    },
    /// A version names a completion that its transaction does not add before it.
    #[error("a version of {item} names completion {index} of its transaction, which has fewer before it")]
    UnknownCompletion {
        /// The item.
        item: ItemId,
        /// The position that was named.
        index: usize,
    },
    /// Undo or redo is refused, as later work is in the way.
    #[error("{what}")]
    Conflict {
        /// What cannot be done, and why.
        what: String,
    },
    /// Nothing can be undone.
    #[error("there is nothing to undo")]
    NothingToUndo,
    /// Nothing can be done again.
    #[error("there is nothing to redo")]
    NothingToRedo,
    /// A text is no prefix of an item id.
    #[error("`{0}` is not the beginning of an item id: expected a kind and hexadecimal digits, like `ins:1a2b`")]
    BadPrefix(String),
    /// The writer has ended.
    #[error("the project is closed: open it again")]
    Closed,
}

impl StoreError {
    /// Whether it may pass by itself, or once somebody made room: what was refused can be tried again as it is.
    pub fn passes(&self) -> bool {
        match self {
            Self::Locked { .. } | Self::Full { .. } => true,
            Self::Sqlite { source, .. } => matches!(
                source.sqlite_error_code(),
                Some(
                    ErrorCode::SystemIoFailure
                        | ErrorCode::CannotOpen
                        | ErrorCode::OutOfMemory
                        | ErrorCode::FileLockingProtocolFailed
                )
            ),
            _ => false,
        }
    }

    /// An I/O failure.
    pub(super) fn io(action: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |error| Self::Io { action, path, source: Arc::new(error) }
    }
}

/// A failure before its place is known.
#[derive(Debug)]
pub(super) enum Trouble {
    /// SQLite's.
    Sql(rusqlite::Error),
    /// What is stored cannot be read back.
    Unreadable(String),
    /// Already said in full.
    Said(StoreError),
    /// SQLite's, for every transaction of a group.
    Group(Arc<rusqlite::Error>),
}

/// The result of work on a connection.
pub(super) type Res<T> = Result<T, Trouble>;

impl From<rusqlite::Error> for Trouble {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sql(error)
    }
}

impl From<StoreError> for Trouble {
    fn from(error: StoreError) -> Self {
        Self::Said(error)
    }
}

impl Trouble {
    /// The failure, said with the path of the database.
    pub(super) fn at(self, path: &Path) -> StoreError {
        let path = path.to_owned();
        match self {
            Self::Said(error) => error,
            Self::Unreadable(detail) => StoreError::Corrupt { path, detail },
            Self::Sql(error) => from_sqlite(path, Arc::new(error)),
            Self::Group(error) => from_sqlite(path, error),
        }
    }
}

fn from_sqlite(path: PathBuf, error: Arc<rusqlite::Error>) -> StoreError {
    let text = error.to_string();
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreError::Locked { path },
        Some(ErrorCode::DiskFull) => StoreError::Full { path },
        Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => StoreError::ReadOnly { path },
        Some(ErrorCode::NotADatabase) => StoreError::Foreign { path, found: "it is no SQLite file".to_owned() },
        Some(ErrorCode::DatabaseCorrupt) => StoreError::Corrupt { path, detail: text },
        _ if text.starts_with("no such table") || text.starts_with("no such column") => {
            StoreError::Corrupt { path, detail: text }
        }
        _ if matches!(
            *error,
            rusqlite::Error::FromSqlConversionFailure(..)
                | rusqlite::Error::InvalidColumnType(..)
                | rusqlite::Error::IntegralValueOutOfRange(..)
        ) =>
        {
            StoreError::Corrupt { path, detail: text }
        }
        _ => StoreError::Sqlite { path, source: error },
    }
}
