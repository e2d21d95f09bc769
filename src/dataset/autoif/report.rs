//! `--report`: what was dropped, and why, row by row; written while rows are worked on.

use std::path::Path;

use serde_json::{Map, Value as Json, json};

use super::{Request, Summary, beside::Beside, error::AutoifError};

/// What became of a row.
#[derive(Debug, Default)]
pub struct RowReport {
    /// Why the row as a whole fell.
    pub reason: Option<&'static str>,
    /// Why parts of it fell that count as items, such as responses.
    pub dropped: Vec<&'static str>,
    /// All else to tell.
    pub told: Map<String, Json>,
}

impl RowReport {
    /// Tells one thing more.
    pub fn tell(&mut self, name: &str, value: Json) {
        self.told.insert(name.to_owned(), value);
    }
}

/// The report on its way; nothing where none was asked for.
pub struct Report {
    file: Option<Beside>,
    rows: u64,
}

impl Report {
    /// Begins a report.
    pub fn start(request: &Request, out: &Path) -> Result<Self, AutoifError> {
        let Some(path) = &request.report else { return Ok(Self { file: None, rows: 0 }) };
        let mut file = Beside::of(path)?;
        if file.place() == out {
            return Err(AutoifError::SameFile(path.clone()));
        }
        let head = json!({
            "step": request.step.name(), "profile": request.profile.name(), "seed": request.seed,
            "input": request.input.display().to_string(), "output": request.output.display().to_string(),
        });
        let head = head.to_string();
        file.write(head.trim_end_matches('}').as_bytes())?;
        file.write(b",\"rows\":[")?;
        Ok(Self { file: Some(file), rows: 0 })
    }

    /// Adds a row.
    pub fn row(&mut self, line: u64, written: u64, report: RowReport) -> Result<(), AutoifError> {
        self.rows += 1;
        let Some(file) = &mut self.file else { return Ok(()) };
        let mut row = Map::new();
        row.insert("row".into(), self.rows.into());
        row.insert("line".into(), line.into());
        row.insert("written".into(), written.into());
        row.insert("reason".into(), report.reason.into());
        row.extend(report.told);
        let comma = if self.rows > 1 { ",\n" } else { "\n" };
        file.write(format!("{comma}{}", Json::Object(row)).as_bytes())
    }

    /// Ends the report and puts it in place.
    pub fn publish(self, summary: &Summary) -> Result<(), AutoifError> {
        let Some(mut file) = self.file else { return Ok(()) };
        let tail = json!({
            "read": summary.read, "written": summary.written, "dropped": summary.dropped, "skipped": summary.skipped.count,
            "first_skipped": summary.skipped.first,
        });
        file.write(format!("\n],{}\n", tail.to_string().trim_start_matches('{')).as_bytes())?;
        file.publish()
    }
}
