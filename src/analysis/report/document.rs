//! A report as a document: sections of texts and tables, which Markdown and HTML draw each in its way.

/// A section.
#[derive(Clone, Debug, Default)]
pub(super) struct Section {
    /// Its title.
    pub title: String,
    /// What stands in it, in order.
    pub blocks: Vec<Block>,
}

impl Section {
    /// An empty section.
    pub fn new(title: &str) -> Self {
        Self { title: title.to_owned(), blocks: Vec::new() }
    }

    /// Adds a paragraph.
    pub fn text(&mut self, text: impl Into<String>) {
        self.blocks.push(Block::Text(text.into()));
    }

    /// Adds a table, or says that there is nothing to show.
    pub fn table(&mut self, table: Table) {
        if table.rows.is_empty() {
            self.text(format!("{}: none.", table.caption));
        } else {
            self.blocks.push(Block::Table(table));
        }
    }
}

/// A part of a section.
#[derive(Clone, Debug)]
pub(super) enum Block {
    /// A paragraph.
    Text(String),
    /// A table.
    Table(Table),
    /// An item with its explanation, sentence by sentence.
    Entry(String, Vec<String>),
}

/// A table. The first column names the row.
#[derive(Clone, Debug)]
pub(super) struct Table {
    /// What it shows.
    pub caption: String,
    /// The columns' names.
    pub head: Vec<String>,
    /// The rows.
    pub rows: Vec<Vec<Cell>>,
}

impl Table {
    /// A table without rows.
    pub fn new(caption: &str, head: &[&str]) -> Self {
        Self {
            caption: caption.to_owned(),
            head: head.iter().map(|name| (*name).to_owned()).collect(),
            rows: Vec::new(),
        }
    }

    /// Adds a row.
    pub fn row(&mut self, cells: impl IntoIterator<Item = Cell>) {
        self.rows.push(cells.into_iter().collect());
    }
}

/// A cell.
#[derive(Clone, Debug)]
pub(super) enum Cell {
    /// Words. May be a model's.
    Text(String),
    /// A number, set to the right.
    Number(String),
    /// A bar, from 0 to 1.
    Bar(f64),
}

impl Cell {
    /// Words.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// A count.
    pub fn count(n: u64) -> Self {
        Self::Number(n.to_string())
    }

    /// A share in per cent; a stroke where there is none.
    pub fn percent(share: Option<f64>) -> Self {
        Self::Number(share.map_or_else(|| "-".to_owned(), |share| format!("{:.1} %", share * 100.0)))
    }

    /// A number with so many digits behind the point; a stroke where there is none.
    pub fn number(value: Option<f64>, digits: usize) -> Self {
        Self::Number(value.map_or_else(|| "-".to_owned(), |value| format!("{value:.digits$}")))
    }
}

/// The most characters of a text that stand in a document.
const LONGEST: usize = 160;

/// A text on one line, shortened.
pub(super) fn shortened(text: &str) -> String {
    let line: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}…", &line[..at]),
        None => line,
    }
}
