//! The work that is measured: verifiers as models write them, and texts for them.

use std::sync::Arc;

use crate::sandbox::{Batch, Text};

/// Counting words, lines by pattern, JSON, syllables, sentences, Unicode.
pub const VERIFIERS: [&str; 6] = [
    "def evaluate(response):\n    return 20 <= len(response.split()) <= 60\n",
    "import re\ndef evaluate(response):\n    lines = [l for l in response.splitlines() if l.strip()]\n    return bool(lines) and all(re.match(r'^(\\d+\\.|-)\\s+\\S', l) for l in lines)\n",
    "import json\ndef evaluate(response):\n    try:\n        return isinstance(json.loads(response), dict)\n    except ValueError:\n        return False\n",
    "import re\ndef syllables(word):\n    return max(1, len(re.findall(r'[aeiouy]+', word.lower())))\ndef evaluate(response):\n    words = re.findall(r\"[A-Za-z']+\", response)\n    return sum(map(syllables, words)) % 2 == 0\n",
    "import re\ndef evaluate(response):\n    sentences = [s for s in re.split(r'(?<=[.!?])\\s+', response) if s]\n    return all(s[0].isupper() and len(s.split()) < 25 for s in sentences)\n",
    "import unicodedata\nfrom collections import Counter\ndef evaluate(response):\n    kinds = Counter(unicodedata.category(c) for c in unicodedata.normalize('NFKD', response))\n    return kinds['Mn'] == 0 and kinds['Lu'] > 3\n",
];

/// So many sources that were never seen before, of all kinds in turn.
pub fn variants(count: usize) -> Vec<String> {
    VERIFIERS.iter().cycle().take(count).enumerate().map(|(n, source)| format!("{source}# variant {n}\n")).collect()
}

/// So many texts: JSON, numbered lists, prose of one to ten sentences.
pub fn texts(count: usize) -> Vec<String> {
    const WORDS: [&str; 12] =
        ["The", "quick", "answer", "is", "forty-two", "café", "naïve", "because", "Nobody", "asked", "why", "again"];
    let word = |i: usize| WORDS.iter().cycle().nth(i % WORDS.len()).copied().unwrap_or_default();
    let sentence = |n: usize| {
        let body: Vec<_> = (0..6 + n % 9).map(|i| word(i * 5 + n * 7)).collect();
        let end = ['.', '!', '?'].iter().cycle().nth(n % 3).copied().unwrap_or_default();
        format!("{}{end} ", body.join(" "))
    };
    (0..count)
        .map(|n| match n % 5 {
            0 => format!("{{\"answer\": {n}, \"words\": [\"a\", \"b\"]}}"),
            1 => (0..5).map(|i| format!("{}. {}\n", i + 1, sentence(n + i))).collect(),
            _ => (0..3 + n % 7).map(|i| sentence(n * 3 + i)).collect(),
        })
        .collect()
}

/// Every source on every text.
pub fn batch(sources: &[String], texts: &[String]) -> Batch {
    let sources = sources.iter().map(|s| Arc::from(s.as_str())).collect();
    Batch::matrix(sources, texts.iter().map(|t| Text::from(t.as_str())).collect())
}
