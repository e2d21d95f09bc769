//! The bundled demo: seeds, queries and a tape of hand-written completions, clearly labelled as such.

use serde::Deserialize;

use crate::{
    domain::{InstructionBody, Language, QueryBody},
    store::StoreError,
};

use super::project::Project;

/// The demo's seeds, as a file.
pub const SEEDS: &str = include_str!("../../assets/demo/seeds.jsonl");
/// The demo's queries, as a file.
pub const QUERIES: &str = include_str!("../../assets/demo/queries.jsonl");
const TAPE: &[u8] = include_bytes!("../../assets/demo/tape.jsonl");

/// The bytes of a tape that the program brings along: `demo`.
pub fn bundled_tape(name: &str) -> Option<&'static [u8]> {
    (name == "demo").then_some(TAPE)
}

#[derive(Deserialize)]
struct SeedLine {
    text: String,
    category: Option<String>,
    language: Language,
}

#[derive(Deserialize)]
struct QueryLine {
    text: String,
    topic: Option<String>,
    language: Language,
}

/// The demo's seeds.
pub fn seeds() -> Vec<InstructionBody> {
    lines::<SeedLine>(SEEDS)
        .map(|line| InstructionBody { text: line.text, category: line.category, language: line.language })
        .collect()
}

/// The demo's queries.
pub fn queries() -> Vec<QueryBody> {
    lines::<QueryLine>(QUERIES)
        .map(|line| QueryBody {
            text: line.text,
            language: line.language,
            topic: line.topic,
            source: Some("demo".to_owned()),
        })
        .collect()
}

/// The bundled files are ours; a test reads every line.
fn lines<'a, T: Deserialize<'a>>(file: &'a str) -> impl Iterator<Item = T> {
    file.lines().filter(|line| !line.trim().is_empty()).filter_map(|line| serde_json::from_str(line).ok())
}

/// Puts the demo's seeds and queries into a project.
///
/// # Errors
/// Where the store cannot be written.
pub fn fill(project: &Project) -> Result<(), StoreError> {
    project.add_seeds(&seeds())?;
    project.add_queries(&queries())?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_bundled_files_is_read() {
        assert_eq!(seeds().len(), SEEDS.lines().count());
        assert_eq!(queries().len(), QUERIES.lines().count());
    }
}
