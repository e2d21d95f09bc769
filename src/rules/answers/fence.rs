//! Fenced blocks of Markdown.

/// One block between fences.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Block<'a> {
    /// The word after the opening fence, as written.
    pub info: &'a str,
    /// Where the content begins in the text.
    pub start: usize,
    /// The content, up to the closing fence or the end.
    pub content: &'a str,
    /// Whether a closing fence was found.
    pub closed: bool,
}

impl Block<'_> {
    /// Whether the word says Python.
    pub fn is_python(&self) -> bool {
        ["python", "py", "python3"].iter().any(|name| self.info.eq_ignore_ascii_case(name))
    }
}

/// The fenced blocks of a text, in order. A fence is three back-ticks or three tildes anywhere in a line, as models
/// also open a block behind a sentence.
pub fn blocks(text: &str) -> Vec<Block<'_>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some((open, fence)) = next_fence(text, at) {
        let after = open + text[open..].bytes().take_while(|byte| *byte == fence.as_bytes()[0]).count();
        let info_len = text[after..].find(|c: char| !c.is_alphanumeric()).unwrap_or(text.len() - after);
        let start = after + info_len;
        let end = text[start..].find(fence).map(|length| start + length);
        let content = &text[start..end.unwrap_or(text.len())];
        found.push(Block { info: &text[after..start], start, content, closed: end.is_some() });
        match end {
            Some(end) => at = end + fence.len(),
            None => break,
        }
    }
    found
}

fn next_fence(text: &str, from: usize) -> Option<(usize, &'static str)> {
    ["```", "~~~"]
        .into_iter()
        .filter_map(|fence| text[from..].find(fence).map(|length| (from + length, fence)))
        .min_by_key(|(at, _)| *at)
}

/// The text without an enclosing fence, where it has one around everything that is not a preamble.
pub fn unfenced(text: &str) -> &str {
    match blocks(text).as_slice() {
        [only] if only.closed => only.content,
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_with_and_without_words_and_ends() {
        let text = "Here: ```json\n{}\n```\n~~~\nx\n~~~ and ```python\ndef";
        let found = blocks(text);
        let seen: Vec<_> = found.iter().map(|block| (block.info, block.content.trim(), block.closed)).collect();
        assert_eq!(seen, [("json", "{}", true), ("", "x", true), ("python", "def", false)]);
        assert!(found[2].is_python());
        assert_eq!(&text[found[0].start..found[0].start + 3], "\n{}");
    }

    #[test]
    fn a_single_block_is_the_text() {
        assert_eq!(unfenced("```text\nhello\n```").trim(), "hello");
        assert_eq!(unfenced("no fence"), "no fence");
    }
}
