//! Whatever a model writes, reading it ends and says something.

use proptest::prelude::*;

use super::*;

/// Pieces that readers look for, in any order.
fn answers() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        prop::sample::select(vec![
            "```json\n",
            "```",
            "```python\n",
            "{",
            "}",
            "[",
            "]",
            "\"func\": \"",
            "\"cases\": ",
            "\\n",
            "\\u12",
            "\\ud83d",
            "\"",
            "'",
            "'''",
            "def evaluate(r):\n",
            "True",
            ",",
            ":",
            "Score: ",
            "9",
            "/10",
            "-",
            "Label: ",
            "neutral",
            "1. ",
            "**",
            "“",
            "”",
            "Instruction:",
            "指令：",
            "评分",
            "\n",
            "#",
            "//",
            "é",
            "𝟗",
            "(",
            ")",
        ])
        .prop_map(str::to_owned),
        any::<char>().prop_map(String::from),
    ];
    prop::collection::vec(piece, 0..30).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn reading_never_fails(text in answers()) {
        for reading in [Reading::Strict, Reading::Lenient] {
            let parsed = parse_verifier(&text, reading);
            prop_assert_eq!(parsed.source.is_none(), parsed.problem.is_some());
        }
        parse_instructions(&text);
        parse_label(&text);
        parse_back_translation(&text);
        looks_like_refusal(&text);
        prop_assert!(parse_score(&text).is_none_or(|score| (0.0..=10.0).contains(&score)));
        prop_assert!(parse_score_released(&text).is_none_or(|score| score >= 0.0));
    }

    #[test]
    fn lenient_reads_all_that_strict_reads(source in "[a-z\\n \"'\\\\{}]{1,30}", input in any::<String>(), output in any::<bool>()) {
        let body = serde_json::json!({"func": source, "cases": [{"input": input, "output": output}]});
        let text = format!("```json\n{body}\n```");
        let strict = parse_verifier(&text, Reading::Strict);
        prop_assume!(strict.source.is_some() && !source.contains("\\n"));
        let lenient = parse_verifier(&text, Reading::Lenient);
        prop_assert_eq!((strict.source, strict.cases), (lenient.source, lenient.cases));
        prop_assert!(lenient.repairs.is_empty());
    }
}
