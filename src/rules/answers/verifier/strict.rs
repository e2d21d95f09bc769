//! Strict reading: ```` ```json(.*?)``` ````, stripped, strict JSON with the keys `func` and `cases`.
//!
//! Two things differ from `json.loads`: `NaN` and `Infinity`, and lone surrogates as escapes, are bad JSON here.

use serde_json::Value;

use super::{super::refusal::looks_like_refusal, ParsedVerifier, python, tidy};

/// Reads an answer as the released scripts do. Where they would end with an exception (no `func`, a list), the answer
/// holds no function.
pub fn parse(text: &str) -> ParsedVerifier {
    let Some((_, after)) = text.split_once("```json") else {
        let problem = if looks_like_refusal(text) { "refusal" } else { "no-function" };
        return ParsedVerifier::without_function(problem);
    };
    let Some((block, _)) = after.split_once("```") else { return ParsedVerifier::without_function("cut-off") };
    let Ok(value) = serde_json::from_str::<Value>(python::strip(block)) else {
        return ParsedVerifier::without_function("bad-json");
    };
    let Some(source) = value.get("func").and_then(Value::as_str).and_then(tidy) else {
        return ParsedVerifier::without_function("no-function");
    };
    let cases = value.get("cases").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    ParsedVerifier { source: Some(source), cases: cases.iter().filter_map(case).collect(), ..ParsedVerifier::default() }
}

fn case(value: &Value) -> Option<(String, Value)> {
    Some((value.get("input")?.as_str()?.to_owned(), value.get("output")?.clone()))
}
