//! Answers as models give them.

use serde_json::json;

use super::*;

const GOOD: &str = "```json\n{\"func\": \" def evaluate(response):\\n    return '\\\\n' in response \", \
                    \"cases\": [{\"input\": \"a\", \"output\": true}, {\"input\": \"b\"}, \
                    {\"input\": \"c\", \"output\": \"False\"}]}\n```";
const SOURCE: &str = "def evaluate(response):\n    return '\\n' in response";

fn lenient(text: &str) -> ParsedVerifier {
    parse_verifier(text, Reading::Lenient)
}

fn strict(text: &str) -> ParsedVerifier {
    parse_verifier(text, Reading::Strict)
}

fn repaired(text: &str, repair: &str) -> ParsedVerifier {
    let parsed = lenient(text);
    assert!(parsed.repairs.iter().any(|found| found == repair), "{text}\n{parsed:?}");
    assert_eq!(parsed.problem, None);
    parsed
}

#[test]
fn a_good_answer_needs_no_repair() {
    for reading in [Reading::Strict, Reading::Lenient] {
        let parsed = parse_verifier(GOOD, reading);
        assert_eq!(parsed.source.as_deref(), Some(SOURCE));
        assert_eq!(parsed.cases, [("a".to_owned(), json!(true)), ("c".to_owned(), json!("False"))]);
        assert_eq!(parsed.problem, None);
    }
    assert!(strict(GOOD).repairs.is_empty());
    assert_eq!(lenient(GOOD).repairs, ["a case without a text input or an output left out"]);
}

#[test]
fn strict_takes_the_first_block_or_nothing() {
    let rows = [
        ("", "empty"),
        (" \n", "empty"),
        ("I'm sorry, I can't.", "refusal"),
        ("{\"func\": \"def evaluate(r): return True\", \"cases\": []}", "no-function"),
        ("```\n{\"func\": \"x\"}\n```", "no-function"),
        ("```json\n{\"func\": \"def", "cut-off"),
        ("```json\n{\"func\": \"x\", \"cases\": [{\"input\": \"a\", \"output\": True}]}\n```", "bad-json"),
        ("```json\n{\"func\": \"it\\'s\"}\n```", "bad-json"),
        ("```json\n[{\"func\": \"x\"}]\n```", "no-function"),
        ("```json\n{\"cases\": []}\n```", "no-function"),
        ("```json\n{\"func\": 3}\n```", "no-function"),
        ("```json\nnot this\n```\n```json\n{\"func\": \"x\"}\n```", "bad-json"),
    ];
    for (text, problem) in rows {
        let parsed = strict(text);
        assert_eq!(parsed.problem, Some(problem), "{text}");
        assert_eq!(parsed.source, None);
    }
}

#[test]
fn fences_of_any_kind_or_none() {
    let object = GOOD.trim_start_matches("```json").trim_end_matches("```");
    assert_eq!(repaired(object, "no fence").source.as_deref(), Some(SOURCE));
    let plain = format!("Sure!\n```\n{object}\n```\nHope it helps {{x}}.");
    assert_eq!(repaired(&plain, "fence without the word json").source.as_deref(), Some(SOURCE));
    let open = format!("```json\n{object}");
    assert_eq!(lenient(&open).source.as_deref(), Some(SOURCE));
    let behind = format!("A set {{a, b}} first. {object}");
    assert_eq!(repaired(&behind, "no fence").cases.len(), 2);
}

#[test]
fn repairs_that_python_dicts_need() {
    let parsed = repaired(
        "```json\n{'func': '''def evaluate(response):\n    return \"a\" in response''', 'cases': [{'input': 'a', 'output': \
         True,},]}\n```",
        "Python literal",
    );
    assert_eq!(parsed.source.as_deref(), Some("def evaluate(response):\n    return \"a\" in response"));
    assert_eq!(parsed.cases, [("a".to_owned(), json!(true))]);
    let parsed = repaired(
        "```json\n{\"func\": \"def evaluate(response):\n    return re.search('\\d', response)\", \"cases\": []}\n```",
        "unknown escape kept as written",
    );
    assert_eq!(parsed.source.as_deref(), Some("def evaluate(response):\n    return re.search('\\d', response)"));
    let parsed =
        repaired("```json\n{\"func\": \"def evaluate(r):\\n  return '\\'' in r\"}\n```", "escape \\' read as '");
    assert_eq!(parsed.source.as_deref(), Some("def evaluate(r):\n  return ''' in r"));
}

#[test]
fn sources_in_odd_shapes() {
    let parsed = repaired(
        "```json\n{\"function\": [\"def evaluate(r):\", \"    return True\"], \"tests\": [[\"a\", true]]}\n```",
        "list of lines joined",
    );
    assert_eq!(parsed.source.as_deref(), Some("def evaluate(r):\n    return True"));
    assert_eq!(parsed.cases.len(), 1);
    let parsed = repaired(
        "```json\n{\"func\": \"```python\\ndef evaluate(r):\\n    return True\\n```\"}\n```",
        "fence inside the function removed",
    );
    assert_eq!(parsed.source.as_deref(), Some("def evaluate(r):\n    return True"));
    let parsed = repaired("```json\n{\"func\": \"def evaluate(r):\\\\n    return True\"}\n```", "escaped twice");
    assert_eq!(parsed.source.as_deref(), Some("def evaluate(r):\n    return True"));
    let parsed = repaired(
        "```json\n{\"func\": \"def evaluate(r):\\n    return bool(re.search(r'\\bcat\\b', r))\"}\n```",
        "backspace read as \\b",
    );
    assert_eq!(parsed.source.as_deref(), Some("def evaluate(r):\n    return bool(re.search(r'\\bcat\\b', r))"));
}

#[test]
fn quotes_of_code_that_are_not_escaped() {
    let parsed = repaired(
        "```json\n{\"func\": \"def evaluate(r):\\n    return d[\"a\"], \"b\"\", \"cases\": [{\"input\": \"a\", \"output\": \
         true}]}\n```",
        "quotes inside the function not escaped",
    );
    assert_eq!(parsed.source.as_deref(), Some("def evaluate(r):\n    return d[\"a\"], \"b\""));
    assert_eq!(parsed.cases.len(), 1);
}

#[test]
fn a_python_block_beside_cases() {
    let text = "The function:\n```python\ndef evaluate(r):\n    return {'a': 1} and True\n```\nThe cases:\n```json\n\
                [{\"input\": \"x\", \"output\": true}]\n```";
    let parsed = repaired(text, "function taken from a Python block");
    assert_eq!(parsed.source.as_deref(), Some("def evaluate(r):\n    return {'a': 1} and True"));
    assert_eq!(parsed.cases, [("x".to_owned(), json!(true))]);
    let text = "```python\ndef evaluate(r):\n    return True\n```\ncases = [{'input': 'x', 'output': False}]";
    assert_eq!(lenient(text).cases, [("x".to_owned(), json!(false))]);
    let text = "```python\ndef evaluate(r):\n    return True\n```\n```json\n{\"cases\": [{\"input\": \"x\", \"output\": 1}]}\n```";
    assert_eq!(lenient(text).cases, [("x".to_owned(), json!(1))]);
    assert!(lenient(text).source.is_some());
}

#[test]
fn what_is_cut_off() {
    let text = "```json\n{\"func\": \"def evaluate(r):\\n    return True\", \"cases\": [{\"input\": \"x\", \"output\": true}, {\"inp";
    let parsed = repaired(text, "cut off after the function: complete cases used");
    assert_eq!(parsed.cases.len(), 1);
    assert_eq!(lenient("```json\n{\"func\": \"def evaluate(r):\\n    ret").problem, Some("cut-off"));
    assert_eq!(lenient("```python\ndef evaluate(r):\n    ret").problem, Some("cut-off"));
}

#[test]
fn why_there_is_no_function() {
    let rows = [
        ("I'm sorry, but I can't write {that}.", "refusal"),
        ("I'm sorry, but I can't write that.", "refusal"),
        ("很抱歉，我无法完成。", "refusal"),
        ("A function could count words.", "no-function"),
        ("```json\n{\"func\": oops here}\n```", "bad-json"),
        ("```json\n{\"func\": \"def evaluate(r):\\n    return r == \"a\"\"\n\"cases\": []}\n```", "bad-json"),
        ("```json\n{\"func\": \"\", \"cases\": [{\"input\": \"a\", \"output\": true}]}\n```", "no-function"),
    ];
    for (text, problem) in rows {
        assert_eq!(lenient(text).problem, Some(problem), "{text}");
    }
}

#[test]
fn lenient_reads_at_least_what_strict_reads() {
    let parsed = (strict(GOOD), lenient(GOOD));
    assert_eq!((parsed.0.source, parsed.0.cases), (parsed.1.source, parsed.1.cases));
}
