//! The tables, and how older files get them.

/// What marks the file as ours: "ASAY".
pub(super) const APPLICATION_ID: i64 = 0x4153_4159;

/// A step from one format to the next.
#[derive(Clone, Copy, Debug)]
pub(super) struct Migration {
    /// The format it makes.
    pub(super) to: i64,
    /// How.
    pub(super) sql: &'static str,
}

/// Every format there was, in order. Entries are never changed once released; new ones are added below.
pub(super) const MIGRATIONS: &[Migration] = &[Migration { to: 1, sql: V1 }, Migration { to: 2, sql: V2 }];

/// The newest format of a list.
pub(super) fn newest(migrations: &[Migration]) -> i64 {
    migrations.last().map_or(0, |migration| migration.to)
}

/// The tables of the newest format.
pub(super) const TABLES: [&str; 9] =
    ["meta", "counters", "slot", "version", "prompt", "completion", "outcome", "journal", "summary"];

/// Format 2: `summary` has what lists and counters need of every instruction, derived from the rest, so that a large
/// project opens without reading its trees. It names its instructions itself, so that reading it is one scan.
const V2: &str = "
CREATE TABLE summary(root INTEGER PRIMARY KEY, kind INTEGER NOT NULL, hash BLOB NOT NULL, data BLOB NOT NULL);
";

/// Format 1.
///
/// - `slot`: one row an item. `root` is the row of its instruction (its own for a seed or instruction, none for
///   queries and calls), so that a tree is one index range. `touched` is the change sequence at which anything of a
///   root, query or call last changed, so that another process finds what to reload.
/// - `version`: bodies as JSON; `inputs`, `settings`, `sample`, `take` say what a machine version was made from. A take
///   that was asked for and taken back is stored as -1 - `take`.
/// - `completion`: raw answers, zstd-compressed behind their length, with their provenance as JSON in a
///   skippable frame behind that; prompts are kept once each.
/// - `outcome`: packed outcomes, one blob for a root, a batch (0 = its cases, else a task's row) and a configuration.
/// - `journal`: `state` is 0 for an act in force, 1 for an undone one that can be done again, 2 for one undone for
///   good, and nothing for undo and redo entries.
const V1: &str = "
CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE counters(
  id INTEGER PRIMARY KEY CHECK (id = 1),
  seq INTEGER NOT NULL DEFAULT 0,
  requests INTEGER NOT NULL DEFAULT 0,
  prompt_tokens INTEGER NOT NULL DEFAULT 0,
  cached_tokens INTEGER NOT NULL DEFAULT 0,
  completion_tokens INTEGER NOT NULL DEFAULT 0,
  cost REAL,
  decisions INTEGER NOT NULL DEFAULT 0
);
INSERT INTO counters(id) VALUES (1);
CREATE TABLE slot(
  row INTEGER PRIMARY KEY,
  kind INTEGER NOT NULL,
  hash BLOB NOT NULL,
  key TEXT NOT NULL,
  root INTEGER,
  owner INTEGER,
  query INTEGER,
  idx INTEGER NOT NULL,
  current INTEGER,
  decision TEXT,
  rerun INTEGER,
  failure TEXT,
  completions INTEGER NOT NULL DEFAULT 0,
  touched INTEGER
);
CREATE UNIQUE INDEX slot_id ON slot(kind, hash);
CREATE INDEX slot_root ON slot(root) WHERE root IS NOT NULL;
CREATE INDEX slot_touched ON slot(touched) WHERE touched IS NOT NULL;
CREATE TABLE version(
  row INTEGER PRIMARY KEY,
  slot INTEGER NOT NULL,
  no INTEGER NOT NULL,
  origin INTEGER NOT NULL,
  body TEXT NOT NULL,
  inputs BLOB,
  settings BLOB,
  sample INTEGER,
  take INTEGER,
  completion INTEGER
);
CREATE UNIQUE INDEX version_no ON version(slot, no);
CREATE TABLE prompt(row INTEGER PRIMARY KEY, hash BLOB NOT NULL, text BLOB NOT NULL);
CREATE UNIQUE INDEX prompt_hash ON prompt(hash);
CREATE TABLE completion(
  row INTEGER PRIMARY KEY,
  slot INTEGER NOT NULL,
  sample INTEGER NOT NULL,
  nth INTEGER NOT NULL,
  key BLOB NOT NULL,
  call TEXT NOT NULL,
  prompt INTEGER NOT NULL,
  content BLOB NOT NULL,
  reasoning BLOB,
  finish TEXT NOT NULL,
  prompt_tokens INTEGER,
  cached_tokens INTEGER,
  completion_tokens INTEGER,
  endpoint TEXT NOT NULL,
  model TEXT NOT NULL,
  first_ms INTEGER NOT NULL,
  total_ms INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  cost REAL
);
CREATE UNIQUE INDEX completion_nth ON completion(slot, sample, nth);
CREATE TABLE outcome(
  row INTEGER PRIMARY KEY,
  root INTEGER NOT NULL,
  config BLOB NOT NULL,
  batch INTEGER NOT NULL,
  count INTEGER NOT NULL,
  data BLOB NOT NULL
);
CREATE UNIQUE INDEX outcome_batch ON outcome(root, config, batch);
CREATE TABLE journal(
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  at TEXT NOT NULL,
  author TEXT NOT NULL,
  kind INTEGER NOT NULL,
  of INTEGER,
  label TEXT NOT NULL,
  changes TEXT NOT NULL,
  state INTEGER
);
CREATE INDEX journal_state ON journal(state, seq) WHERE state IS NOT NULL;
";
