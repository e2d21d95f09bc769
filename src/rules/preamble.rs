//! Whether a response talks about its answer before it gives it ("Sure! Here are three sentences:"). This decides
//! nothing: a preamble is a frequent cause of failed verification, and worth being seen.

/// Words with which assistants open before they answer; a mark or one of [`ABOUT`] follows them.
const OPENERS: [&str; 18] = [
    "sure thing",
    "sure",
    "certainly",
    "of course",
    "absolutely",
    "okay",
    "ok",
    "great question",
    "great",
    "happy to help",
    "no problem",
    "got it",
    "understood",
    "好的",
    "当然可以",
    "当然",
    "没问题",
    "可以",
];
/// Beginnings that announce what follows.
const ABOUT: [&str; 10] =
    ["here is", "here are", "here's", "here’s", "below is", "below are", "以下是", "下面是", "这是", "i'd be happy to"];
/// Characters within which a preamble ends.
const MOST: usize = 200;

/// Where the answer itself begins, in bytes; nothing where it begins at once, or nothing would be left.
pub fn preamble(text: &str) -> Option<usize> {
    let start = text.len() - text.trim_start().len();
    let body = text.get(start..)?;
    let head: String = body.chars().take(MOST).collect();
    let lower = head.to_lowercase();
    if lower.len() != head.len() {
        return None; // Places in the one are not places in the other.
    }
    let opened = opened(&lower);
    let rest = lower.get(opened.unwrap_or(0)..)?.trim_start();
    let announces = ABOUT.iter().any(|about| rest.starts_with(about));
    if opened.is_none() && !announces {
        return None;
    }
    let end = end(&lower, opened, announces)?;
    let after = body.get(end..)?.trim_start();
    (!after.is_empty()).then(|| text.len() - after.len())
}

/// Where a text goes on after an opener that is one: a mark follows, a line break, or the announcement.
fn after_opener(lower: &str, opener: &str) -> Option<usize> {
    let rest = lower.strip_prefix(opener)?;
    let marked = rest.starts_with(['!', ',', '.', ':', '\n', '！', '，', '。', '：', '—']);
    let announced = ABOUT.iter().any(|about| rest.trim_start().starts_with(about));
    let at = lower.len() - rest.trim_start_matches(['!', ',', '.', '！', '，', '。', '—', ' ']).len();
    (marked || announced).then_some(at)
}

/// Where a text goes on after all the openers it begins with.
fn opened(lower: &str) -> Option<usize> {
    let mut at = 0;
    while let Some(rest) = lower.get(at..)
        && let Some(after) = OPENERS.iter().find_map(|opener| after_opener(rest, opener))
    {
        at += after;
    }
    (at > 0).then_some(at)
}

/// Where the preamble ends: after the colon of an announcement; where openers are a sentence of their own; else with
/// the line.
fn end(lower: &str, opened: Option<usize>, announces: bool) -> Option<usize> {
    let line = lower.find('\n');
    if announces {
        let colon =
            [": ", ":\n", "：", ":**"].iter().filter_map(|mark| lower.find(mark).map(|at| at + mark.len())).min();
        if let Some(colon) = colon.filter(|at| line.is_none_or(|line| *at <= line + 1)) {
            return Some(colon);
        }
    } else if let Some(at) = opened
        && lower.get(..at).is_some_and(|opening| opening.trim_end().ends_with(['!', '.', '！', '。']))
    {
        return Some(at);
    }
    line.map(|line| line + 1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn answer(text: &str) -> Option<&str> {
        preamble(text).map(|at| &text[at..])
    }

    #[test]
    fn openings_before_the_answer_are_found() {
        assert_eq!(answer("Sure! Here are three sentences:\n\n1. One."), Some("1. One."));
        assert_eq!(answer("Sure! Here are three sentences: 1. One."), Some("1. One."));
        assert_eq!(answer("Certainly.\nOne. Two."), Some("One. Two."));
        assert_eq!(answer("Sure, happy to help! An index is a tree."), Some("An index is a tree."));
        assert_eq!(answer("Here's a haiku:\nAn old pond"), Some("An old pond"));
        assert_eq!(answer("好的，以下是三句话：\n一。二。"), Some("一。二。"));
    }

    #[test]
    fn answers_that_begin_at_once_have_none() {
        for text in [
            "Sure footing matters on rock.\nTake good shoes.",
            "Check the frame.\nThen the brakes.",
            "Here is nothing more to say.",
            "Sure!",
            "Sure!\n\n  ",
            "Great, fast trains run here. They are green.",
            "Okayama is a city: it lies in Japan.",
            "",
        ] {
            assert_eq!(answer(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_left_is_an_end_of_the_text(text in "(Sure!|Here is|好的)?[ a:\n！İ]{0,20}") {
            if let Some(at) = preamble(&text) {
                prop_assert!(text.is_char_boundary(at) && at > 0 && !text[at..].trim().is_empty());
            }
        }
    }
}
