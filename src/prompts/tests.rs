//! Tests of templates and examples.

use std::{collections::BTreeSet, fs};

use super::{bundled::files, context::*, *};
use crate::domain::{CallKind, Language};

const BOTH: [Language; 2] = [Language::English, Language::Chinese];

fn render_all(templates: &Templates, language: Language) -> Vec<Rendered> {
    let text = || "Write <b>{{ x }}</b> & 'more' {# user #}".to_owned();
    let render =
        |call, rendered: Result<Rendered, PromptError>| rendered.unwrap_or_else(|error| panic!("{call:?}: {error}"));
    vec![
        render(
            CallKind::SelfInstruct,
            templates.render(CallKind::SelfInstruct, language, &SelfInstruct::new(vec![text(), text()], 7, language)),
        ),
        render(
            CallKind::Verifiers,
            templates.render(CallKind::Verifiers, language, &Verifiers::new(&text(), language, 0)),
        ),
        render(
            CallKind::BackTranslate,
            templates.render(CallKind::BackTranslate, language, &BackTranslate { source: text() }),
        ),
        render(
            CallKind::Entail,
            templates.render(CallKind::Entail, language, &Entail { premise: text(), hypothesis: text() }),
        ),
        render(CallKind::Respond, templates.render(CallKind::Respond, language, &respond(&text()))),
        render(
            CallKind::Score,
            templates.render(
                CallKind::Score,
                language,
                &Score { instruction: text(), query: text(), response: text() },
            ),
        ),
    ]
}

fn respond(instruction: &str) -> Respond {
    let prompt = format!("{instruction}\nWhy?");
    Respond { instruction: instruction.to_owned(), query: "Why?".to_owned(), prompt }
}

#[test]
fn every_built_in_template_renders_what_it_is_given_as_it_is() {
    let templates = Templates::bundled().unwrap();
    for language in BOTH {
        for (call, prompt) in CallKind::ALL.into_iter().zip(render_all(&templates, language)) {
            assert!(prompt.user.contains("Write <b>{{ x }}</b> & 'more' {# user #}"), "{call:?} {language:?}");
            assert_eq!(prompt.system.is_some(), call != CallKind::Respond);
        }
    }
}

#[test]
fn prompts_ask_for_the_form_that_is_read() {
    let templates = Templates::bundled().unwrap();
    for language in BOTH {
        let prompts = render_all(&templates, language);
        assert!(prompts[0].user.contains("\n- Write <b>"));
        assert!(prompts[0].user.contains("\"- \"") || prompts[0].user.contains("“- ”"));
        assert!(prompts[0].user.contains('7'));
        assert!(prompts[1].user.contains("```json\n{\"func\":\""));
        assert!(prompts[3].user.ends_with("Label: entailment|neutral|contradiction"));
        assert_eq!(prompts[4].user, "Write <b>{{ x }}</b> & 'more' {# user #}\nWhy?");
        assert!(prompts[5].user.ends_with("Score: N"));
    }
}

#[test]
fn examples_are_well_formed_and_rotate() {
    for language in BOTH {
        let all = worked_examples(language).len();
        let mut seen = BTreeSet::new();
        for n in 0..64 {
            let instruction = format!("instruction {n}");
            let shown = |sample| examples_for(language, &instruction, sample);
            seen.insert(shown(0)[0].instruction);
            let pairs: BTreeSet<_> =
                (0..8).map(|sample| shown(sample).iter().map(|e| e.instruction).collect()).collect();
            let pairs: BTreeSet<Vec<&str>> = pairs;
            assert_eq!(pairs.len(), 8, "no two of eight samples see the same examples");
            assert!(pairs.iter().all(|pair| pair.len() == 2 && pair[0] != pair[1]));
            let shown: BTreeSet<&str> = pairs.into_iter().flatten().collect();
            assert_eq!(shown.len(), all, "eight samples see all of them");
        }
        assert_eq!(seen.len(), all, "all of them take turns");
        for example in worked_examples(language) {
            let answer: serde_json::Value = serde_json::from_str(&example.answer()).unwrap();
            assert_eq!(answer["func"], example.source);
            assert_eq!(answer["cases"].as_array().unwrap().len(), 3);
            assert!(example.cases.iter().any(|case| case.1) && example.cases.iter().any(|case| !case.1));
        }
    }
}

#[test]
fn copies_of_examples_are_recognised() {
    for language in BOTH {
        for example in worked_examples(language) {
            assert!(is_copied_function(language, &format!("\n{}  ", example.source)));
            assert!(!is_copied_function(language, &example.source.replace("response", "text")));
            for (input, _) in example.cases {
                assert_eq!(is_copied_case(language, &format!("{input}\n")), input.chars().count() >= 8, "{input}");
                assert!(!is_copied_case(language, &format!("{input} And more.")));
            }
        }
    }
    assert_ne!(examples_digest(Language::English), examples_digest(Language::Chinese));
}

#[test]
fn a_project_overrides_single_templates() {
    let dir = tempfile::tempdir().unwrap();
    let usual = Templates::load(dir.path(), &[]).unwrap();
    let folder = dir.path().join("templates/en");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("score.md.j2"), "Be kind.\r\n{# user #}\r\nRate {{ response }}\r\n").unwrap();
    let mine = Templates::load(dir.path(), &[]).unwrap();
    let context = Score { instruction: "i".into(), query: "q".into(), response: "r".into() };
    let prompt = mine.render(CallKind::Score, Language::English, &context).unwrap();
    assert_eq!(prompt, Rendered { system: Some("Be kind.".into()), user: "Rate r".into() });
    assert_ne!(
        mine.template_hash(CallKind::Score, Language::English),
        usual.template_hash(CallKind::Score, Language::English)
    );
    assert_eq!(
        mine.template_hash(CallKind::Score, Language::Chinese),
        usual.template_hash(CallKind::Score, Language::Chinese)
    );
}

#[test]
fn copies_that_init_writes_hash_like_the_built_in_ones() {
    let dir = tempfile::tempdir().unwrap();
    for (name, text) in files() {
        let path = dir.path().join("templates").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let (mine, usual) = (Templates::load(dir.path(), &[]).unwrap(), Templates::bundled().unwrap());
    for call in CallKind::ALL {
        for language in BOTH {
            assert_eq!(mine.template_hash(call, language), usual.template_hash(call, language));
            assert!(mine.origin(call, language).contains("templates/"));
        }
    }
}

#[test]
fn bad_templates_say_where_and_what_to_do() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("templates/en");
    fs::create_dir_all(&folder).unwrap();
    let file = folder.join("score.md.j2");

    fs::write(&file, "Hello\n{# user #}\nRate\n{% for x in %}\n").unwrap();
    let said = Templates::load(dir.path(), &[]).unwrap_err().to_string();
    assert!(said.contains("score.md.j2:4:") && said.contains("mend the template"), "{said}");

    fs::write(&file, "Hello\n{# user #}\nRate\n{{ answer }}\n").unwrap();
    let context = Score { instruction: "i".into(), query: "q".into(), response: "r".into() };
    let templates = Templates::load(dir.path(), &[]).unwrap();
    let said = templates.render(CallKind::Score, Language::English, &context).unwrap_err().to_string();
    assert!(said.contains("score.md.j2:4:") && said.contains("it may use: instruction, query, response"), "{said}");

    fs::write(&file, b"caf\xe9").unwrap();
    let said = Templates::load(dir.path(), &[]).unwrap_err().to_string();
    assert!(said.contains("score.md.j2: cannot be read"), "{said}");
}

#[test]
fn a_call_may_name_another_file() {
    let dir = tempfile::tempdir().unwrap();
    let named = [(CallKind::Score, "strict".to_owned())];
    let said = Templates::load(dir.path(), &named).unwrap_err().to_string();
    assert!(said.contains("calls.score.template") && said.contains("strict"), "{said}");
    fs::create_dir_all(dir.path().join("templates")).unwrap();
    fs::write(dir.path().join("templates/strict.md.j2"), "Rate {{ response }}").unwrap();
    let templates = Templates::load(dir.path(), &named).unwrap();
    assert!(templates.origin(CallKind::Score, Language::English).ends_with("strict.md.j2"));
}

/// A loop in a loop in a loop: nobody waits for its end.
#[test]
fn a_template_that_does_not_end_is_an_error() {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir_all(dir.path().join("templates/en")).unwrap();
    let loops = "{% for a in range(9999) %}".repeat(3) + "x" + &"{% endfor %}".repeat(3);
    fs::write(dir.path().join("templates/en/score.md.j2"), loops).unwrap();
    let templates = Templates::load(dir.path(), &[]);
    let context = Score { instruction: "i".into(), query: "q".into(), response: "r".into() };
    let said = templates.and_then(|templates| templates.render(CallKind::Score, Language::English, &context));
    let said = said.unwrap_err().to_string();
    assert!(said.contains("score.md.j2") && said.contains("out of fuel"), "{said}");
}
