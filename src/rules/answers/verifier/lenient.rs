//! Lenient reading: JSON in any fence or none, repaired where one reading is possible; a Python block beside a block
//! of cases.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{
    super::{
        fence::{Block, blocks},
        loose::{self, Loose},
        refusal::looks_like_refusal,
    },
    NO_FENCE, ParsedVerifier, first_of, salvage, tidy,
};

const SOURCE_KEYS: [&str; 6] = ["func", "function", "code", "source", "evaluate", "verifier"];
const CASE_KEYS: [&str; 4] = ["cases", "test_cases", "testcases", "tests"];
const INPUT_KEYS: [&str; 4] = ["input", "response", "text", "inp"];
const OUTPUT_KEYS: [&str; 5] = ["output", "expected", "expected_output", "result", "out"];

/// Places of an answer that are tried as the beginning of an object or list, of each kind: a reading may go on to the
/// end of the answer, and a model that got stuck repeats its fences thousands of times.
const MAX_TRIES: usize = 40;

/// Reads an answer as far as it can be understood.
pub fn parse(text: &str) -> ParsedVerifier {
    let fenced = blocks(text);
    let mut draft = Draft::default();
    let mut attempted = false;
    if let Some(found) = find_object(text, &fenced, &mut attempted) {
        draft.take_object(found);
    }
    if draft.source.is_none() && attempted {
        draft.take_salvaged(text);
    }
    if draft.source.is_none() {
        draft.take_python(&fenced);
    }
    if draft.cases.is_empty() && draft.source.is_some() {
        draft.take_loose_cases(text);
    }
    draft.finish(text, &fenced, attempted)
}

/// The first object with a function or cases in it: after a `json` fence, after other fences, anywhere.
fn find_object(text: &str, fenced: &[Block<'_>], attempted: &mut bool) -> Option<Loose> {
    let is_json = |block: &&Block<'_>| block.info.eq_ignore_ascii_case("json");
    let starts_fenced = fenced.iter().filter(is_json).chain(fenced.iter().filter(|block| !is_json(block)));
    let fence_starts = starts_fenced.filter(|block| !block.is_python()).filter_map(|block| {
        let rest = text[block.start..].trim_start();
        let note = (!is_json(&block)).then_some("fence without the word json");
        rest.starts_with(['{', '[']).then_some((text.len() - rest.len(), note))
    });
    let inside_python =
        |at: usize| fenced.iter().any(|b| b.is_python() && (b.start..b.start + b.content.len()).contains(&at));
    let bare_starts = text.match_indices('{').map(|(at, _)| (at, Some(NO_FENCE))).filter(|(at, _)| !inside_python(*at));
    for (at, note) in fence_starts.take(MAX_TRIES).chain(bare_starts.take(MAX_TRIES)) {
        *attempted = true;
        if let Some(mut found) = read_at(&text[at..]) {
            found.repairs.extend(note);
            return Some(found);
        }
    }
    None
}

/// The object that the text begins with, where it has the keys of an answer. A list of one such object counts.
fn read_at(text: &str) -> Option<Loose> {
    let strict = serde_json::Deserializer::from_str(text).into_iter::<Value>().next();
    let mut found = match strict {
        Some(Ok(value)) => Loose { value, repairs: BTreeSet::new(), cut: false },
        _ => loose::read(text)?,
    };
    if let Value::Array(items) = &mut found.value
        && items.len() == 1
    {
        found.value = items.swap_remove(0);
        found.repairs.insert("object in a list");
    }
    let map = found.value.as_object()?;
    (first_of(map, &SOURCE_KEYS).is_some() || first_of(map, &CASE_KEYS).is_some()).then_some(found)
}

/// What has been understood so far.
#[derive(Default)]
struct Draft {
    source: Option<String>,
    cases: Vec<(String, Value)>,
    repairs: BTreeSet<&'static str>,
    cut: bool,
}

impl Draft {
    fn take_object(&mut self, found: Loose) {
        self.cut = found.cut;
        self.repairs.extend(found.repairs);
        let Some(map) = found.value.as_object() else { return };
        if let Some((key, value)) = first_of(map, &SOURCE_KEYS) {
            self.source = self.source_of(value);
            if key != "func" && self.source.is_some() {
                self.repairs.insert("function under another key");
            }
        }
        if let Some((_, Value::Array(items))) = first_of(map, &CASE_KEYS) {
            self.take_cases(items);
        }
        if self.cut && self.source.is_some() {
            self.repairs.insert("cut off after the function: complete cases used");
        }
    }

    /// A source given as a text or as a list of lines, maybe fenced or escaped twice.
    fn source_of(&mut self, value: &Value) -> Option<String> {
        let text = match value {
            Value::String(text) => text.clone(),
            Value::Array(lines) => {
                self.repairs.insert("list of lines joined");
                lines.iter().map(Value::as_str).collect::<Option<Vec<_>>>()?.join("\n")
            }
            _ => return None,
        };
        let mut source = text;
        if let [block] = blocks(&source).as_slice()
            && block.content.contains("def ")
        {
            self.repairs.insert("fence inside the function removed");
            source = block.content.to_owned();
        }
        if !source.contains('\n') && source.contains("\\n") && source.contains("def ") {
            self.repairs.insert("escaped twice");
            source = loose::unescape(&source, &mut BTreeSet::new());
        }
        if source.contains('\u{8}') {
            self.repairs.insert("backspace read as \\b");
            source = source.replace('\u{8}', "\\b");
        }
        tidy(&source)
    }

    fn take_cases(&mut self, items: &[Value]) {
        for item in items {
            match self.case(item) {
                Some(case) => self.cases.push(case),
                None => {
                    self.repairs.insert("a case without a text input or an output left out");
                }
            }
        }
    }

    fn case(&mut self, item: &Value) -> Option<(String, Value)> {
        let (input, output) = match item {
            Value::Object(map) => {
                let (input_key, input) = first_of(map, &INPUT_KEYS)?;
                let (output_key, output) = first_of(map, &OUTPUT_KEYS)?;
                if (input_key, output_key) != ("input", "output") {
                    self.repairs.insert("case under other keys");
                }
                (input, output)
            }
            Value::Array(pair) => {
                let [input, output] = pair.as_slice() else { return None };
                self.repairs.insert("case given as a pair");
                (input, output)
            }
            _ => return None,
        };
        Some((input.as_str()?.to_owned(), output.clone()))
    }

    /// A function whose own quotes are not escaped.
    fn take_salvaged(&mut self, text: &str) {
        if let Some(found) = salvage::function(text) {
            self.repairs.insert("quotes inside the function not escaped");
            self.repairs.extend(found.repairs);
            self.source = self.source_of(&Value::String(found.source));
        }
    }

    /// A Python block that defines `evaluate`; of several, the last, as models improve on what they wrote.
    fn take_python(&mut self, fenced: &[Block<'_>]) {
        let is_code = |block: &Block<'_>| {
            block.is_python() || (block.info.is_empty() && !block.content.trim_start().starts_with(['{', '[']))
        };
        let defines = |block: &&Block<'_>| is_code(block) && block.content.contains("def evaluate");
        let found = fenced.iter().filter(|block| block.closed).rfind(defines);
        if let Some(block) = found {
            self.repairs.insert("function taken from a Python block");
            self.source = tidy(block.content);
        }
    }

    /// Cases outside an object: `cases = [...]`, `"cases": [...]`, or a fenced list of objects.
    fn take_loose_cases(&mut self, text: &str) {
        let named = text.match_indices("cases").filter_map(|(at, word)| {
            let rest = text[at + word.len()..].trim_start_matches(['"', '\'', ' ', '`', '*']);
            let rest = rest.strip_prefix([':', '='])?.trim_start_matches(['*', ' ', '\n']);
            rest.starts_with('[').then_some(rest)
        });
        let fenced = blocks(text);
        let lists = fenced.iter().map(|block| text[block.start..].trim_start()).filter(|rest| rest.starts_with('['));
        for rest in named.take(MAX_TRIES).chain(lists.take(MAX_TRIES)) {
            let Some(Loose { value: Value::Array(items), repairs, .. }) = loose::read(rest) else { continue };
            let before = self.repairs.clone();
            self.take_cases(&items);
            if !self.cases.is_empty() {
                self.repairs.extend(repairs);
                self.repairs.insert("cases taken from outside the object");
                return;
            }
            self.repairs = before;
        }
    }

    fn finish(self, text: &str, fenced: &[Block<'_>], attempted: bool) -> ParsedVerifier {
        let problem = if self.source.is_some() {
            None
        } else if looks_like_refusal(text) {
            Some("refusal")
        } else if self.cut || fenced.last().is_some_and(|block| !block.closed) {
            Some("cut-off")
        } else if attempted && self.cases.is_empty() {
            Some("bad-json")
        } else {
            Some("no-function")
        };
        let repairs = match self.source {
            Some(_) => self.repairs.into_iter().map(str::to_owned).collect(),
            None => Vec::new(),
        };
        ParsedVerifier { source: self.source, cases: self.cases, problem, repairs }
    }
}
