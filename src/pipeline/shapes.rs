//! The shapes of answers that are read as data: a function with its cases, a label, a score. Reasons stand before what
//! follows from them, as the prompts ask.

use crate::{
    domain::{CallKind, Chances, Label},
    llm::Shape,
    rules::answers::{NO_FENCE, ParsedVerifier, Reading, parse_verifier},
};

/// The form of an answer that the prompt alone asked for, as it is noted with a completion.
const BY_PROMPT: &str = "prompt";

/// JSON strings and white space, for every grammar below.
macro_rules! grammar {
    ($($rule:literal),+ $(,)?) => {
        concat!(
            $($rule, "\n",)+
            r#"string ::= "\"" char* "\"""#, "\n",
            r#"char ::= [^"\\\x7F\x00-\x1F] | "\\" (["\\/bfnrt] | "u" [0-9a-fA-F] [0-9a-fA-F] [0-9a-fA-F] [0-9a-fA-F])"#,
            "\n",
            r#"ws ::= [ \n]?"#, "\n",
        )
    };
}

static VERIFIER: Shape = Shape {
    name: "verifier",
    schema: r#"{"type":"object","properties":{"func":{"type":"string"},"cases":{"type":"array","items":{"type":"object","properties":{"input":{"type":"string"},"output":{"type":"boolean"}},"required":["input","output"],"additionalProperties":false}}},"required":["func","cases"],"additionalProperties":false}"#,
    grammar: grammar!(
        r#"root ::= "{" ws "\"func\":" ws string "," ws "\"cases\":" ws "[" ws case ("," ws case)* ws "]" ws "}""#,
        r#"case ::= "{" ws "\"input\":" ws string "," ws "\"output\":" ws ("true" | "false") ws "}""#,
    ),
    prompt_says_json: true,
};

static LABEL: Shape = Shape {
    name: "entailment",
    schema: r#"{"type":"object","properties":{"reason":{"type":"string"},"label":{"type":"string","enum":["entailment","neutral","contradiction"]}},"required":["reason","label"],"additionalProperties":false}"#,
    grammar: grammar!(
        r#"root ::= "{" ws "\"reason\":" ws string "," ws "\"label\":" ws label ws "}""#,
        r#"label ::= "\"entailment\"" | "\"neutral\"" | "\"contradiction\"""#,
    ),
    prompt_says_json: false,
};

static SCORE: Shape = Shape {
    name: "score",
    schema: r#"{"type":"object","properties":{"reason":{"type":"string"},"score":{"type":"integer","enum":[0,1,2,3,4,5,6,7,8,9,10]}},"required":["reason","score"],"additionalProperties":false}"#,
    grammar: grammar!(
        r#"root ::= "{" ws "\"reason\":" ws string "," ws "\"score\":" ws score ws "}""#,
        r#"score ::= "10" | [0-9]"#,
    ),
    prompt_says_json: false,
};

/// The shape of a call's answer; free text has none.
pub const fn of(call: CallKind) -> Option<&'static Shape> {
    match call {
        CallKind::Verifiers => Some(&VERIFIER),
        CallKind::Entail => Some(&LABEL),
        CallKind::Score => Some(&SCORE),
        CallKind::SelfInstruct | CallKind::BackTranslate | CallKind::Respond => None,
    }
}

/// The words that a call's answer ends with one of, in the order of [`Label`]: how probable each was is kept.
pub const fn choices(call: CallKind) -> &'static [&'static str] {
    match call {
        CallKind::Entail => &["entailment", "neutral", "contradiction"],
        _ => &[],
    }
}

/// The probabilities of entailment, neutral and contradiction, where they were told for the label that was read.
pub fn probabilities(label: Option<Label>, chances: Option<&Chances>) -> Option<[f64; 3]> {
    let chances = chances.filter(|chances| label.is_some_and(|label| label as u32 == chances.said))?;
    chances.of.as_slice().try_into().ok()
}

/// Reads a verifier's answer leniently. `form`: how it was asked for. Where that was structured output, an object and
/// nothing else is what was asked for: that it stands in no fence is no fault, and nothing was repaired.
pub fn read_verifier(text: &str, form: Option<&str>) -> ParsedVerifier {
    let mut read = parse_verifier(text, Reading::Lenient);
    let is_object = || serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(text.trim()).is_ok();
    if form.is_some_and(|form| form != BY_PROMPT) && read.repairs == [NO_FENCE] && is_object() {
        read.repairs.clear();
    }
    read
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::rules::answers::{parse_label, parse_score};

    /// Answers as a schema lets them be are read, on one line and on several.
    #[test]
    fn answers_of_a_shape_are_read() {
        let verifier = r#"{"func": "def evaluate(response):\n    return '{' in response", "cases": [{"input": "a {\"b\"}", "output": true}, {"input": "", "output": false}]}"#;
        let pretty = serde_json::to_string_pretty(&serde_json::from_str::<Value>(verifier).unwrap()).unwrap();
        for text in [verifier, &pretty] {
            let read = parse_verifier(text, Reading::Lenient);
            assert_eq!(read.source.as_deref(), Some("def evaluate(response):\n    return '{' in response"), "{text}");
            assert_eq!(read.cases.len(), 2, "{text}");
            assert_eq!(parse_verifier(text, Reading::Strict).source, None, "the scripts want a fence");
            for (form, repairs) in [(None, 1), (Some("prompt"), 1), (Some("json_schema"), 0), (Some("grammar"), 0)] {
                assert_eq!(read_verifier(text, form).repairs.len(), repairs, "{form:?}: as it was asked for");
            }
            assert_eq!(read_verifier(&format!("Here: {text}"), Some("json_object")).repairs, ["no fence"]);
            assert_eq!(read_verifier(&text.replace("true", "True"), Some("json_object")).repairs.len(), 2);
        }
        for (label, word) in
            [(Label::Entailment, "entailment"), (Label::Neutral, "neutral"), (Label::Contradiction, "contradiction")]
        {
            for text in [
                format!(
                    r#"{{"reason": "It follows; nothing is neutral or a contradiction here: done.", "label": "{word}"}}"#
                ),
                format!("{{\n \"reason\": \"Two words, a label: neutral at first.\",\n \"label\": \"{word}\"\n}}"),
            ] {
                assert_eq!(parse_label(&text), Some(label), "{text}");
            }
        }
        for score in [0, 7, 10] {
            for text in [
                format!(r#"{{"reason": "Score of 3 at first, 9/10 in form.", "score": {score}}}"#),
                format!("{{\n \"reason\": \"x\",\n \"score\": {score}\n}}"),
            ] {
                assert_eq!(parse_score(&text), Some(f64::from(score)), "{text}");
            }
        }
    }

    #[test]
    fn probabilities_are_of_the_label_that_was_read() {
        for (n, word) in (0..).zip(choices(CallKind::Entail)) {
            let label = parse_label(word);
            let chances = Chances { said: n, of: vec![0.2, 0.3, 0.5] };
            assert_eq!(probabilities(label, Some(&chances)), Some([0.2, 0.3, 0.5]), "{word}");
            let other = Chances { said: (n + 1) % 3, ..chances };
            assert_eq!(probabilities(label, Some(&other)), None, "{word}: of another word");
        }
        assert_eq!(probabilities(None, Some(&Chances { said: 0, of: vec![1.0, 0.0, 0.0] })), None);
    }

    #[test]
    fn schemas_are_of_the_strict_subset() {
        for call in CallKind::ALL {
            let Some(shape) = of(call) else { continue };
            let schema: Value = serde_json::from_str(shape.schema).unwrap();
            check(&schema);
            assert!(shape.grammar.starts_with("root ::= "));
        }
    }

    /// Strict servers want every property required and none besides.
    fn check(schema: &Value) {
        if let Some(properties) = schema["properties"].as_object() {
            assert_eq!(schema["required"].as_array().unwrap().len(), properties.len());
            assert_eq!(schema["additionalProperties"], false);
            properties.values().for_each(check);
        }
        if schema["items"].is_object() {
            check(&schema["items"]);
        }
    }
}
