//! Lists of instructions, as self-instruct asks for them (paper 3.2, "Self-Instruct").

use super::{back::unquoted, fence::unfenced, refusal::looks_like_refusal};

/// How lines begin that introduce or end a list. Small letters.
const CHATTER: &[&str] = &[
    "sure",
    "certainly",
    "of course",
    "absolutely",
    "okay",
    "ok,",
    "great",
    "here are",
    "here is",
    "here's",
    "below are",
    "below is",
    "the following",
    "these are",
    "i hope",
    "hope ",
    "let me know",
    "feel free",
    "please let me know",
    "note:",
    "note that these",
    "each of these",
    "these instructions",
    "当然",
    "好的",
    "以下是",
    "下面是",
    "希望",
    "这些指令",
    "如果您需要",
];

/// The candidate lines of an answer, in order: bullets, numbers, quotes and Markdown marks removed, introductions,
/// headings and blank lines skipped. Where most lines are marked as list items, only those count. An answer that
/// declines has none.
pub fn parse_instructions(text: &str) -> Vec<String> {
    let text = unfenced(text).trim();
    if let Ok(items) = serde_json::from_str::<Vec<String>>(text) {
        return items.iter().map(|item| clean(item)).filter(|item| !item.is_empty()).collect();
    }
    let lines: Vec<(bool, &str)> = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !is_rule(line))
        .map(|line| unmarked(line).map_or((false, line), |rest| (true, rest)))
        .collect();
    let marked = lines.iter().filter(|(marked, _)| *marked).count();
    // Two lines more than half are allowed for an introduction and an end.
    let listed = marked * 2 > lines.len() || (marked >= 2 && marked * 2 >= lines.len() - 2);
    if marked == 0 && looks_like_refusal(text) {
        return Vec::new();
    }
    lines
        .into_iter()
        .filter(|(marked, line)| if listed { *marked } else { *marked || !is_preamble(line) })
        .map(|(_, line)| clean(line))
        .filter(|line| line.chars().any(char::is_alphanumeric))
        .collect()
}

/// Whether a line introduces or ends a list and is no item of it.
pub(super) fn is_preamble(line: &str) -> bool {
    let plain = line.trim_matches(|c: char| c.is_whitespace() || "*_#>`".contains(c)).to_lowercase();
    let ends_open = plain.ends_with([':', '：']);
    line.starts_with('#') || ends_open || CHATTER.iter().any(|opening| starts_with_words(&plain, opening))
}

/// Whether a text starts with the words of an opening, not with a longer word ("surely" is not "sure").
fn starts_with_words(text: &str, opening: &str) -> bool {
    let Some(rest) = text.strip_prefix(opening) else { return false };
    !opening.ends_with(|c: char| c.is_ascii_alphabetic()) || !rest.starts_with(|c: char| c.is_ascii_alphabetic())
}

/// A horizontal rule, a fence or brackets alone.
fn is_rule(line: &str) -> bool {
    line.starts_with("```") || line.chars().all(|c| "-*_=~[]{}".contains(c))
}

/// What stands before an item.
const BULLETS: [&str; 10] = ["- ", "* ", "+ ", "• ", "– ", "— ", "●", "·", "◦", "▪"];

/// What follows bullets and a number; nothing where the line has none. A loop: a model that got stuck writes thousands
/// of bullets in a line.
fn unmarked(line: &str) -> Option<&str> {
    let mut item = None;
    let mut line = line.trim_start_matches(['>', ' ']);
    while let Some(rest) = BULLETS.iter().find_map(|bullet| line.strip_prefix(bullet)) {
        item = Some(rest.trim_start());
        line = rest.trim_start().trim_start_matches(['>', ' ']);
    }
    numbered(line.strip_prefix("**").unwrap_or(line)).or_else(|| numbered(line)).or(item)
}

/// What follows `12.`, `12)`, `(12)`, `[12]`, `12、`, `12:`, `#12`, `Instruction 12:`.
fn numbered(line: &str) -> Option<&str> {
    let named = ["Instruction ", "instruction ", "指令"].into_iter().find_map(|word| line.strip_prefix(word));
    let start = named.unwrap_or(line).trim_start();
    let bracketed = start.strip_prefix(['(', '[', '（', '#', '【']);
    let digits = bracketed.unwrap_or(start);
    let length = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
    if !(1..=3).contains(&length) {
        return None;
    }
    let rest = &digits[length..];
    let after = rest.trim_start_matches(['*', '_']);
    let closed = after.strip_prefix(['.', ')', '、', '．', '）', ']', '】', ':', '：']);
    let body = match closed {
        // "3.5 stars" is a number, "3.Use" and "3. Use" are items.
        Some(body) if !body.starts_with(|c: char| c.is_ascii_digit()) => body,
        _ if bracketed.is_some() && line.starts_with('#') => rest,
        _ => return None,
    };
    Some(body.trim_start_matches(['*', '_', ':', '：', ' ', '\t']))
}

/// The line without a bold title, marks and quotes around it, and a trailing comma of a list of strings.
fn clean(line: &str) -> String {
    let line = line.trim().trim_end_matches("\",").trim_end_matches("**").trim();
    let line = if line.starts_with('"') && !line[1..].contains('"') { &line[1..] } else { line };
    let line = untitled(line.trim_start_matches("**"));
    unquoted(line).to_owned()
}

/// What follows a short title in bold: `Word limit:** Use at most 50 words.`
fn untitled(line: &str) -> &str {
    let Some((title, rest)) = line.split_once("**") else { return line };
    let titled = title.ends_with([':', '：']) || rest.trim_start().starts_with([':', '：']);
    let rest = rest.trim_start_matches([':', '：', ' ']);
    if titled && title.split_whitespace().count() <= 6 && !rest.is_empty() { rest } else { line }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_lose_their_marks() {
        for line in [
            "- Use no commas.",
            "* Use no commas.",
            "• Use no commas.",
            "1. Use no commas.",
            "12) Use no commas.",
            "(3) Use no commas.",
            "3、Use no commas.",
            "Instruction 4: Use no commas.",
            "**5.** Use no commas.",
            "6. \"Use no commas.\"",
            "7. **Use no commas.**",
            "8. **Commas**: Use no commas.",
            "9. **Commas:** Use no commas.",
            "- 10. Use no commas.",
            "> - “Use no commas.”",
        ] {
            assert_eq!(parse_instructions(line), ["Use no commas."], "{line}");
        }
    }

    #[test]
    fn bullets_without_end_are_no_end_of_the_program() {
        let stuck = "- ".repeat(200_000);
        assert_eq!(parse_instructions(&format!("{stuck}Use no commas.")), ["Use no commas."]);
        assert_eq!(parse_instructions(&format!("{}7. Use no commas.", "> * ".repeat(1000))), ["Use no commas."]);
        assert!(parse_instructions(&stuck).iter().all(|line| line.len() < 3));
    }

    #[test]
    fn chatter_is_left_out() {
        let text =
            "Sure, here are some instructions:\n\n1. Use no commas.\n2. Answer in 3.5 lines\n\n---\nLet me know!";
        assert_eq!(parse_instructions(text), ["Use no commas.", "Answer in 3.5 lines"]);
        let text = "Here are some:\nUse no commas.\nSurely answer in verse.\n3.5 stars must be mentioned.\n## More\nI hope this helps!";
        let lines = ["Use no commas.", "Surely answer in verse.", "3.5 stars must be mentioned."];
        assert_eq!(parse_instructions(text), lines);
        assert_eq!(
            parse_instructions("以下是指令：\n1. 不要使用逗号。\n2、请用三句话回答。"),
            ["不要使用逗号。", "请用三句话回答。"]
        );
    }

    #[test]
    fn json_lists_are_lists() {
        let lines = ["Use no commas.", "Answer in verse."];
        assert_eq!(parse_instructions("```json\n[\"Use no commas.\", \"Answer in verse.\"]\n```"), lines);
        assert_eq!(parse_instructions("[\n\"Use no commas.\",\n\"Answer in verse.\"\n]"), lines);
        assert_eq!(parse_instructions("[\n\"Use no commas.\",\n\"Answer in verse.\",\n]"), lines);
    }

    #[test]
    fn one_marked_line_does_not_make_a_list() {
        let text = "Use no commas.\nAnswer in verse.\n- End with a question.\nUse no digits.";
        assert_eq!(parse_instructions(text).len(), 4);
        assert_eq!(parse_instructions("Some ideas\n1. Use no commas.\n2. Answer in verse.\nDone").len(), 2);
    }

    #[test]
    fn nothing_comes_of_nothing() {
        assert!(parse_instructions("").is_empty());
        assert!(parse_instructions("I'm sorry, I can't do that.\nIt is not possible.").is_empty());
        assert!(parse_instructions("Sure!").is_empty());
    }
}
