//! A back-translation: the sentence that a model makes of a function (paper 3.2).

use super::{fence::unfenced, list::is_preamble};

/// Words before the sentence.
const LABELS: [&str; 6] =
    ["instruction", "the instruction", "back-translated instruction", "指令", "the instruction is", "user instruction"];

/// The sentence of an answer: without fence, preamble, `Instruction:` and quotes; empty where there is none. Lines of
/// one paragraph are joined.
pub fn parse_back_translation(text: &str) -> String {
    let text = unfenced(text).trim();
    if let Some(found) = from_json(text) {
        return found;
    }
    let mut sentence: Vec<&str> = Vec::new();
    for line in text.lines().map(str::trim) {
        match without_label(line) {
            Some(rest) => {
                sentence.clear();
                sentence.extend(Some(rest).filter(|rest| !rest.is_empty()));
            }
            None if line.is_empty() && sentence.is_empty() => {}
            None if line.is_empty() => break,
            None if sentence.is_empty() && is_preamble(line) => {}
            None => sentence.push(line),
        }
    }
    unquoted(&sentence.join(" ")).to_owned()
}

fn from_json(text: &str) -> Option<String> {
    let value: serde_json::Value = serde_json::from_str(text).ok()?;
    let found = value.get("instruction").unwrap_or(&value).as_str()?;
    Some(found.trim().to_owned())
}

/// What follows `Instruction:` at the beginning of a line.
fn without_label(line: &str) -> Option<&str> {
    let (label, rest) = line.split_once([':', '：'])?;
    let label = label.trim_matches(|c: char| "*_#> `".contains(c));
    let known = LABELS.iter().any(|known| label.eq_ignore_ascii_case(known));
    known.then(|| rest.trim_start_matches(['*', '_', '`']).trim())
}

/// The text without quotes or Markdown marks around all of it.
pub(super) fn unquoted(text: &str) -> &str {
    const PAIRS: [(char, char); 9] = [
        ('"', '"'),
        ('\'', '\''),
        ('`', '`'),
        ('“', '”'),
        ('‘', '’'),
        ('「', '」'),
        ('『', '』'),
        ('*', '*'),
        ('_', '_'),
    ];
    let mut text = text.trim();
    'again: loop {
        for (open, close) in PAIRS {
            let inner = text.strip_prefix(open).and_then(|rest| rest.strip_suffix(close));
            if let Some(inner) = inner.filter(|inner| !inner.trim_matches(['*', '_']).contains([open, close])) {
                text = inner.trim();
                continue 'again;
            }
        }
        return text;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_are_found() {
        let rows = [
            ("Answer in at most 50 words.", "Answer in at most 50 words."),
            ("\"Answer in at most 50 words.\"", "Answer in at most 50 words."),
            ("Instruction: Use no commas.", "Use no commas."),
            ("**Instruction:** \"Use no commas.\"", "Use no commas."),
            ("Here is the instruction:\n\nUse no commas.", "Use no commas."),
            ("Sure! The function checks this.\n\nInstruction:\nUse no commas.\n", "Use no commas."),
            ("```\nUse no commas.\n```", "Use no commas."),
            ("{\"instruction\": \"Use no commas.\"}", "Use no commas."),
            ("指令：“不要使用逗号。”", "不要使用逗号。"),
            ("Use the word \"cat\" and \"dog\"", "Use the word \"cat\" and \"dog\""),
            (
                "Begin with \"Dear all,\" and\nend with a line of thanks.\n\nThis follows from the code.",
                "Begin with \"Dear all,\" and end with a line of thanks.",
            ),
            ("", ""),
            ("```\n\n```", ""),
        ];
        for (text, sentence) in rows {
            assert_eq!(parse_back_translation(text), sentence, "{text}");
        }
    }

    #[test]
    fn quotes_of_parts_stay() {
        assert_eq!(unquoted("\"a\" and \"b\""), "\"a\" and \"b\"");
        assert_eq!(unquoted("**\"a\"**"), "a");
    }
}
