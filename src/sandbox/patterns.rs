//! Regular expressions compiled once for all verifiers. CPython compiles them in Python, which takes as long as loading
//! the rest of a short verifier; and the same few patterns stand in most of them. So the literal patterns of a source
//! are compiled by a pristine interpreter, kept here, and handed to every load that mentions them. What is kept depends
//! on the pattern alone: no verifier has run in the interpreter that made it.

use std::{
    collections::HashMap,
    sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError},
};

use regex::Regex;

/// Patterns of one source that are looked for.
const MENTIONED: usize = 16;
/// Bytes of one literal or of one compiled pattern.
const LONG: usize = 16 << 10;
/// Bytes kept, some thousand patterns; when there are more, all are forgotten.
const KEPT: usize = 8 << 20;

/// A call into `re` with a literal pattern. In the rest of its line flags may stand, and further calls.
static CALL: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let literal = r#"[rR]?"(?:\\.|[^"\\\n])*"|[rR]?'(?:\\.|[^'\\\n])*'"#;
    let name = "compile|search|match|fullmatch|findall|finditer|split|subn?";
    Regex::new(&format!(r"\bre\.(?:{name})\(\s*({literal})")).ok()
});
static FLAG: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"\bre\.([A-Z]+)\b").ok());

/// A pattern as the guest's `pattern` takes it: flags by name, a line break, the literal.
pub(super) type Mention = String;
/// A compiled pattern as the guest's `load` takes it; nothing where the literal is no pattern.
pub(super) type Compiled = Option<Arc<[u8]>>;

/// What is kept, by all workers.
#[derive(Default)]
pub(super) struct Patterns {
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    map: HashMap<Mention, Compiled>,
    weight: usize,
}

impl Patterns {
    fn known(&self) -> MutexGuard<'_, Known> {
        // An entry is put in as a whole.
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A pattern compiled before.
    pub(super) fn get(&self, mention: &str) -> Option<Compiled> {
        self.known().map.get(mention).cloned()
    }

    /// Keeps one.
    pub(super) fn put(&self, mention: Mention, compiled: Compiled) -> Compiled {
        let compiled = compiled.filter(|bytes| bytes.len() <= LONG);
        let mut known = self.known();
        known.weight += mention.len() + compiled.as_ref().map_or(0, |bytes| bytes.len()) + 64;
        if known.weight > KEPT {
            *known = Known::default();
        }
        known.map.insert(mention, compiled.clone());
        compiled
    }
}

/// The patterns that a source mentions, each once.
pub(super) fn mentioned(source: &str) -> Vec<Mention> {
    let mut found = Vec::new();
    let (true, Some(call), Some(flag)) = (source.contains("re."), &*CALL, &*FLAG) else { return found };
    for call in call.captures_iter(source).take(MENTIONED) {
        let Some(literal) = call.get(1) else { continue };
        let rest = source[literal.end()..].lines().next().unwrap_or_default();
        let flags: Vec<&str> = flag.captures_iter(rest).filter_map(|name| Some(name.get(1)?.as_str())).collect();
        let mention = format!("{}\n{}", flags.join(" "), literal.as_str());
        if mention.len() <= LONG && !found.contains(&mention) {
            found.push(mention);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literal_patterns_and_their_flags_are_found() {
        let source = concat!(
            "import re\nA = re.compile(r\"a\\\"b\", re.I | re.M)\n",
            "def evaluate(s):\n    return re.match('x', s) and re.sub( r'y' , '', s) and re.match('x', s)\n",
            "B = re.escape('z') + more.compile('w') + re.search(b'v', s) + re.search(P, s)\n",
        );
        assert_eq!(mentioned(source), ["I M\nr\"a\\\"b\"", "\n'x'", "\nr'y'"]);
        assert_eq!(mentioned("def evaluate(s): return True"), [""; 0]);
    }

    #[test]
    fn what_is_kept_is_bounded() {
        let patterns = Patterns::default();
        for n in 0..2000 {
            patterns.put(format!("\n'{n}'"), Some(vec![0; 10_000].into()));
        }
        let known = patterns.known();
        assert!(known.weight <= KEPT && !known.map.is_empty());
        drop(known);
        assert_eq!(patterns.put("\n'long'".into(), Some(vec![0; LONG + 1].into())), None);
        assert_eq!(patterns.get("\n'long'"), Some(None));
    }
}
