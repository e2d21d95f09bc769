//! Which rows are taken, and what they say.

use std::{
    collections::{BTreeMap, HashSet},
    path::Path,
};

use crate::domain::{Digest, Language};

use super::{
    super::rows::{QueryRow, SeedRow},
    Imported,
    error::{At, ImportError},
    object::{Field, Row, Turns},
};

/// Longest text that is taken, in characters.
pub const LONGEST: usize = 10_000;

/// What is said of a row without a text.
pub const NO_TEXT: &str = "no field holds the text";

/// Fields that may hold it.
pub const TEXTS: [&str; 5] = ["text", "instruction", "query", "prompt", "question"];

/// What is imported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Instructions.
    Seeds,
    /// User queries.
    Queries,
}

impl Kind {
    const fn expected(self) -> &'static str {
        match self {
            Self::Seeds => "an object with a text in `text` or `instruction`",
            Self::Queries => {
                "an object with a text in `text`, `query`, `prompt`, `question` or `instruction`, or a list in `conversations` or `messages`"
            }
        }
    }
}

/// A row that was taken.
struct Taken {
    text: String,
    about: Option<String>,
    language: Language,
    id: Option<String>,
    source: usize,
}

/// Rows taken so far, over all files.
pub struct Collector {
    kind: Kind,
    taken: Vec<Taken>,
    sources: Vec<String>,
    seen: HashSet<Digest>,
    read: u64,
    /// Rows read before the file that is being read.
    before: u64,
    at: At,
    skipped: BTreeMap<&'static str, u64>,
    remarks: Vec<String>,
}

/// Skipped rows whose places are told.
const TOLD: usize = 5;

impl Collector {
    /// Nothing taken yet.
    pub fn new(kind: Kind) -> Self {
        Self {
            kind,
            taken: Vec::new(),
            sources: Vec::new(),
            seen: HashSet::new(),
            read: 0,
            before: 0,
            at: At::Line(0),
            skipped: BTreeMap::new(),
            remarks: Vec::new(),
        }
    }

    /// What follows comes from this file.
    pub fn start_file(&mut self, path: &Path) {
        self.sources.push(path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned());
    }

    /// The file is read to its end.
    pub fn end_file(&mut self, path: &Path) {
        if self.read == self.before {
            self.remarks.push(format!("{} holds nothing: no line, no row", path.display()));
        }
        self.before = self.read;
    }

    /// What follows stands here.
    pub const fn at(&mut self, at: At) {
        self.at = at;
    }

    /// Counts a row that is not taken.
    pub fn skip(&mut self, reason: &'static str) {
        self.read += 1;
        if self.remarks.len() < TOLD {
            let file = self.sources.last().map_or("", String::as_str);
            self.remarks.push(format!("{file}: {} skipped: {reason}", self.at));
        }
        *self.skipped.entry(reason).or_default() += 1;
    }

    /// A line of a text file. Lists keep their bullets in other people's files, so one is taken off.
    pub fn text(&mut self, line: &str) {
        let line = line.trim();
        let line = ["- ", "* ", "• "].iter().find_map(|bullet| line.strip_prefix(bullet)).unwrap_or(line);
        self.take(line, None, None, None);
    }

    /// A row of a JSON file.
    pub fn row(&mut self, path: &Path, at: At, row: Row) -> Result<(), ImportError> {
        self.at(at);
        let Row { text, instruction, input, query, prompt, question, conversations, messages, .. } = row;
        let refuse = |message| {
            let (path, expected) = (path.to_owned(), self.kind.expected());
            Err(ImportError::BadRow { path, at, message, expected })
        };
        let named = match self.kind {
            Kind::Seeds => vec![("text", text), ("instruction", instruction)],
            Kind::Queries => {
                for (name, turns) in [("conversations", conversations), ("messages", messages)] {
                    match turns {
                        Turns::Absent => {}
                        Turns::NoHuman => {
                            self.skip("no-human-turn");
                            return Ok(());
                        }
                        Turns::Other(kind) => return refuse(format!("field `{name}` is {kind}")),
                        Turns::Human(Field::Text(said)) => {
                            self.take(&said, row.topic.loosely(), row.language.loosely(), row.id.loosely());
                            return Ok(());
                        }
                        Turns::Human(_) => return refuse(format!("field `{name}`: the human turn has no text")),
                    }
                }
                let alpaca = join(instruction, input);
                vec![
                    ("text", text),
                    ("query", query),
                    ("prompt", prompt),
                    ("question", question),
                    ("instruction", alpaca),
                ]
            }
        };
        for (name, field) in named {
            match field {
                Field::Absent => {}
                Field::Text(text) => {
                    let about = row.topic.loosely().or(row.category.loosely());
                    self.take(&text, about, row.language.loosely(), row.id.loosely());
                    return Ok(());
                }
                Field::Number(_) => return refuse(format!("field `{name}` is a number")),
                Field::Other(kind) => return refuse(format!("field `{name}` is {kind}")),
            }
        }
        refuse(NO_TEXT.to_owned())
    }

    fn take(&mut self, text: &str, about: Option<String>, language: Option<String>, id: Option<String>) {
        let text = text.trim();
        if text.is_empty() {
            return self.skip("empty");
        }
        if text.chars().nth(LONGEST).is_some() {
            return self.skip("too-long");
        }
        let Some(language) = language.map_or_else(|| Some(Language::detect(text)), |name| named_language(&name)) else {
            return self.skip("language");
        };
        if !self.seen.insert(Digest::of_bytes(text.as_bytes())) {
            return self.skip("duplicate");
        }
        self.read += 1;
        let source = self.sources.len().saturating_sub(1);
        self.taken.push(Taken { text: text.to_owned(), about, language, id, source });
    }

    /// The seeds.
    pub fn seeds(self) -> Imported<SeedRow> {
        let rows = self.taken.into_iter().map(|row| SeedRow {
            text: row.text,
            category: row.about,
            language: row.language,
            id: row.id,
        });
        Imported { rows: rows.collect(), read: self.read, skipped: self.skipped, remarks: self.remarks }
    }

    /// The queries.
    pub fn queries(self) -> Imported<QueryRow> {
        let sources = self.sources;
        let rows = self.taken.into_iter().map(|row| QueryRow {
            text: row.text,
            language: row.language,
            topic: row.about,
            source: sources.get(row.source).cloned().unwrap_or_default(),
            id: row.id,
        });
        Imported { rows: rows.collect(), read: self.read, skipped: self.skipped, remarks: self.remarks }
    }
}

/// Alpaca's two halves of a request.
fn join(instruction: Field, input: Field) -> Field {
    match (instruction, input) {
        (Field::Text(instruction), Field::Text(input)) if !input.trim().is_empty() => {
            Field::Text(format!("{}\n{}", instruction.trim_end(), input.trim_start()))
        }
        (instruction, _) => instruction,
    }
}

/// The language a file names, where it is one that the method works in.
fn named_language(name: &str) -> Option<Language> {
    let name = name.trim().to_ascii_lowercase();
    match name.split(['-', '_']).next().unwrap_or_default() {
        "en" | "eng" | "english" => Some(Language::English),
        "zh" | "zho" | "chi" | "cn" | "chinese" => Some(Language::Chinese),
        _ => None,
    }
}
