//! Scores of a judge: 0 to 10, on the last line (paper 3.3, "Query Quality Verification").

use super::super::python;

/// Words before a score. Small letters.
const KEYS: [&str; 7] = ["score", "rating", "评分", "得分", "分数", "打分", "总分"];

/// The last score that an answer gives: `Score: 8.5`, `**Score: 9**`, `"score": 7`, `评分：8分`; else the last `9/10`;
/// else a last line that is a number. Other scales than tens are converted. Nothing outside 0 to 10.
pub fn parse_score(text: &str) -> Option<f64> {
    let plain: String = text.to_lowercase().chars().filter(|c| !"*_`\"'{}[]“”\\$#>".contains(*c)).collect();
    let keyed = plain.char_indices().rev().find_map(|(at, _)| {
        let key = KEYS.iter().find(|key| plain[at..].starts_with(**key))?;
        Some(after_key(&plain[at + key.len()..])).filter(|found| *found != Found::Nothing)
    });
    match keyed.or_else(|| last_fraction(&plain)).unwrap_or_else(|| last_line(&plain)) {
        Found::Score(score) if (0.0..=10.0).contains(&score) => Some(score),
        _ => None,
    }
}

/// The released script's reading of one text: `re.findall(r"Score: (\d+?)$", text)`, then `int`. Digits of any
/// script; `$` also before one final newline.
pub fn parse_score_released(text: &str) -> Option<f64> {
    let line = text.strip_suffix('\n').unwrap_or(text);
    let start = line.trim_end_matches(|c| python::digit(c).is_some());
    let digits = &line[start.len()..];
    if start.ends_with("Score: ") { python::int_of_str(digits) } else { None }
}

/// What stands where a score is expected.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Found {
    /// A number on a scale of ten.
    Score(f64),
    /// A number that is no single score (a range, a negative one).
    Unclear,
    /// No number.
    Nothing,
}

/// Reads `: 8.5/10` behind the word.
fn after_key(rest: &str) -> Found {
    let mut rest = rest.trim_start_matches([' ', '\t']);
    if let Some((_, after)) = rest.strip_prefix(['(', '（']).and_then(|inside| inside.split_once([')', '）'])) {
        rest = after;
    }
    let rest = rest.trim_start_matches([':', '：', '=', ' ', '\t', '\n']);
    let rest = ["is ", "of ", "- ", "– ", "— ", "为", "是"]
        .into_iter()
        .find_map(|word| rest.strip_prefix(word))
        .unwrap_or(rest);
    let rest = rest.trim_start_matches([':', '：', ' ']);
    let negative = rest.strip_prefix(['-', '−']).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    if negative { Found::Unclear } else { number(rest).map_or(Found::Nothing, scaled) }
}

/// A number with what follows it.
fn number(text: &str) -> Option<(f64, &str)> {
    let whole = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let decimals = text[whole..].strip_prefix('.').map_or(0, |rest| {
        let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        if digits == 0 { 0 } else { digits + 1 }
    });
    let (digits, rest) = text.split_at(whole + decimals);
    if whole == 0 { None } else { Some((digits.parse().ok()?, rest)) }
}

/// A number as a score: a scale behind it is applied, a range or another unit makes it unclear.
fn scaled((value, rest): (f64, &str)) -> Found {
    let after = rest.trim_start_matches([' ', '\t']);
    let scale = ["/", "out of", "of"].into_iter().find_map(|word| after.strip_prefix(word));
    if let Some((top, _)) = scale.and_then(|rest| number(rest.trim_start())) {
        return if top > 0.0 { Found::Score(value * 10.0 / top) } else { Found::Unclear };
    }
    let range = ["-", "–", "~", "to ", "or ", "到", "至"].into_iter().find_map(|word| after.strip_prefix(word));
    let is_range = range.is_some_and(|rest| number(rest.trim_start()).is_some());
    let is_other = rest.starts_with(|c: char| c == '%' || c == ',' || c.is_ascii_alphabetic())
        && !rest.starts_with(", ")
        && !rest.starts_with("points");
    if is_range || is_other { Found::Unclear } else { Found::Score(value) }
}

/// The last `9/10` of a text, where it is no date or path.
fn last_fraction(plain: &str) -> Option<Found> {
    plain.rmatch_indices("/10").find_map(|(at, slash)| {
        let before = &plain[..at];
        let digits = before.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
        let ends = !plain[at + slash.len()..].starts_with(|c: char| c.is_ascii_digit() || c == '/');
        let begins = !digits.ends_with(['/', '-']);
        let (value, rest) = number(&before[digits.len()..])?;
        (ends && begins && rest.is_empty()).then_some(Found::Score(value))
    })
}

/// A last line that is a number and nothing else.
fn last_line(plain: &str) -> Found {
    let line = plain.lines().map(str::trim).rfind(|line| !line.is_empty()).unwrap_or("");
    match number(line) {
        Some((value, "" | ".")) => Found::Score(value),
        _ => Found::Nothing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_as_judges_write_them() {
        let rows = [
            ("It follows.\nScore: 9", 9.0),
            ("Score: 8.5", 8.5),
            ("**Score: 9**", 9.0),
            ("**Score:** 9", 9.0),
            ("Score: `7`", 7.0),
            ("Score: 8/10", 8.0),
            ("Score: 4 / 5", 8.0),
            ("Score: 9 out of 10", 9.0),
            ("Score (0-10): 6", 6.0),
            ("Score: 9.", 9.0),
            ("score:9", 9.0),
            ("SCORE - 7", 7.0),
            ("Score: [10]", 10.0),
            ("{\"reason\": \"ok\", \"score\": 7}", 7.0),
            ("Score: 3\nOn reflection:\nScore: 8\n\nThis score reflects clarity.", 8.0),
            ("A score of 6 is fair.", 6.0),
            ("Final rating: 5 points", 5.0),
            ("评分：8分", 8.0),
            ("I would say 9/10.", 9.0),
            ("Fine.\n8", 8.0),
            ("Score: 0", 0.0),
            ("Score:\n7", 7.0),
        ];
        for (text, score) in rows {
            assert_eq!(parse_score(text), Some(score), "{text}");
        }
    }

    #[test]
    fn what_is_no_score() {
        for text in [
            "",
            "Good.",
            "Score: N",
            "Score: -9",
            "Score: 100",
            "Score: 8-9",
            "Score: 8 or 9",
            "Score: 90%",
            "On 5/10/2024 it was fine.",
            "Score: 9th",
            "7 of the words are wrong",
            "Score: 3/0",
        ] {
            assert_eq!(parse_score(text), None, "{text}");
        }
    }

    #[test]
    fn the_released_reading_as_measured() {
        let rows = [
            ("Score: 9", Some(9.0)),
            ("Score: 10\n", Some(10.0)),
            ("My Score: 9", Some(9.0)),
            ("Score: 100", Some(100.0)),
            ("Score: ٩", Some(9.0)),
            ("Score: 9.5", None),
            ("Score: 9/10", None),
            ("Score:9", None),
            ("score: 9", None),
            ("**Score: 9**", None),
            ("Score: **9**", None),
            ("Score: 9 ", None),
            ("Score: 9\n\n", None),
            ("Score: 9\r\n", None),
            ("Score: 9\nGood.", None),
            ("Score: -9", None),
            ("Score: 9.", None),
            ("Score: `9`", None),
            ("Score: {9}", None),
            ("Score: ", None),
            ("Score: 3\nScore: 4", Some(4.0)),
        ];
        for (text, score) in rows {
            assert_eq!(parse_score_released(text), score, "{text:?}");
        }
    }
}
