//! Tests of reading and checking.

use std::path::Path;

use super::*;
use crate::domain::CallKind;

const GOOD: &str = "[endpoints.main]\nbase_url = \"http://h/v1\"\nmodel = \"m\"\n";

fn error(text: &str) -> String {
    parse(Path::new("p/assay.toml"), text).unwrap_err().to_string()
}

/// What each bad file must say: where, which key, and what to do.
#[test]
fn bad_files_say_where_and_what_to_do() {
    let table: &[(&str, &str, &[&str])] = &[
        ("profil = \"paper\"\n", "p/assay.toml:1:1: profil:", &["unknown field `profil`", "did you mean `profile`?"]),
        ("seed = \"x\"\n", "p/assay.toml:1:8: seed:", &["invalid type", "expected a whole number", "config keys"]),
        ("profile = \"papper\"\n", "p/assay.toml:1:1: profile:", &["`papper`", "paper, released or recommended"]),
        ("profile = paper\n", "p/assay.toml:1:11:", &["mend the TOML"]),
        ("[endpoints.a]\nkind = \"opnai\"\n", "p/assay.toml:2:8: endpoints.a.kind:", &["did you mean `openai`?"]),
        ("[endpoints.a]\nbase_ulr = \"x\"\n", "p/assay.toml:2:1: endpoints.a.base_ulr:", &["did you mean `base_url`?"]),
        ("[endpoints.a]\nmodel = \"m\"\n", "p/assay.toml:1:12: endpoints.a.base_url:", &["needs a base_url", "/v1"]),
        ("[endpoints.a]\nbase_url = \"h:1\"\nmodel = \"m\"\n", "p/assay.toml:2:1: endpoints.a.base_url:", &["http://"]),
        ("[endpoints.a]\nkind = \"tape\"\n", "endpoints.a.path:", &["bundled:demo"]),
        ("\n[calls.respond]\ntemprature = 1\n", "p/assay.toml:3:1: calls.respond.temprature:", &["`temperature`"]),
        ("[calls.respnd]\n", "p/assay.toml:1:8: calls.respnd:", &["did you mean `respond`?"]),
        ("seed = 1\n", "calls.self_instruct.endpoint:", &["none is configured", "[endpoints.NAME]"]),
    ];
    for (text, place, words) in table {
        let said = error(text);
        assert!(said.contains(place), "{text:?} said {said:?}, wanted {place:?}");
        for word in *words {
            assert!(said.contains(word), "{text:?} said {said:?}, wanted {word:?}");
        }
    }
}

#[test]
fn bad_values_after_a_good_endpoint() {
    let table: &[(&str, &str, &str)] = &[
        ("[calls.score]\nendpoint = \"mian\"\n", "assay.toml:5:1: calls.score.endpoint:", "did you mean `main`?"),
        ("[calls.score]\ntop_p = 0\n", "calls.score.top_p:", "above 0"),
        ("[calls.score]\ntemperature = nan\n", "calls.score.temperature:", "0 to 2"),
        ("[calls.self_instruct]\nsamples = 0\n", "calls.self_instruct.samples:", "self_instruct = false"),
        ("[calls.score]\ntemplate = \"../x\"\n", "calls.score.template:", "templates/"),
        ("[pipeline]\nquery_chars = [9, 3]\n", "assay.toml:5:1: pipeline.query_chars:", "[shortest, longest]"),
        ("[consistency]\nby = \"local\"\n", "consistency.model:", "config.json"),
        ("[consistency]\nby = \"loca\"\n", "consistency.by:", "did you mean `local`?"),
        ("[consistency]\nbatch = 0\n", "consistency.batch:", "1 or more"),
        ("[consistency]\nmax_tokens = 2\n", "consistency.max_tokens:", "8 or more"),
        ("[prompt]\ntemplates = [\"{query}\"]\n", "prompt.templates:", "{instruction}"),
        ("[prompt]\norder = \"query\"\n", "prompt.order:", "`assay config keys`"),
        ("[pipeline]\nnot_checkable = { en = [\" \"] }\n", "pipeline.not_checkable.en:", "empty list"),
        ("[pipeline]\nnumbers = \"distnct\"\n", "pipeline.numbers:", "did you mean `distinct`?"),
        ("[pipeline]\nnovelty = 7\n", "pipeline.novelty:", "0 to 1"),
        ("[sandbox]\nmemory_mib = 1\n", "sandbox.memory_mib:", "64 to 4096"),
        ("[sandbox]\ntimeout_ms = -1\n", "assay.toml:5:14: sandbox.timeout_ms:", "config keys"),
        ("base_urls = [\"h:2\"]\n", "assay.toml:4:1: endpoints.main.base_urls:", "http://"),
        ("key_command = [\" \"]\n", "endpoints.main.key_command:", "no program"),
        ("key_env = \"A\"\nkey_command = [\"a\"]\n", "assay.toml:5:1: endpoints.main.key_command:", "remove key_env"),
        ("requests_per_minute = 0\n", "endpoints.main.requests_per_minute:", "1 or more"),
        ("tokens_per_minute = 0\n", "endpoints.main.tokens_per_minute:", "1 or more"),
        ("prices = { input = -1 }\n", "endpoints.main.prices:", "0 or more"),
        ("prices = { inptu = 1 }\n", "endpoints.main.prices.inptu:", "did you mean `input`?"),
        ("structured = \"json\"\n", "endpoints.main.structured:", "json_schema"),
        ("proxy = \"h:1\"\n", "endpoints.main.proxy:", "http://proxy"),
        ("[budget]\ntokens = 0\n", "assay.toml:5:1: budget.tokens:", "1 or more"),
        ("[budget]\nmoney = 5\n", "assay.toml:5:1: budget.money:", "[endpoints.main], or limit budget.tokens"),
        ("prices = { input = 1 }\n[budget]\nmoney = -5\n", "budget.money:", "above 0"),
        ("[endpoints.b]\nbase_url = \"http://h/v1\"\n", "calls.self_instruct.endpoint:", "one of: b, main"),
    ];
    for (more, place, word) in table {
        let said = error(&format!("{GOOD}{more}"));
        assert!(said.contains(place) && said.contains(word), "{more:?} said {said:?}, wanted {place:?}, {word:?}");
    }
}

#[test]
fn a_pasted_key_is_not_printed() {
    let said = error(&format!("{GOOD}key_env = \"sk-secret\"\n"));
    assert!(said.contains("key_env") && !said.contains("sk-secret"), "{said}");
    let said = error(&format!("{GOOD}headers = {{ Authorization = \"Bearer sk-secret\" }}\n"));
    assert!(said.contains("key_env") && !said.contains("sk-secret"), "{said}");
    let said = error(&format!("{GOOD}proxy = \"http://me:sk-secret@h:1\"\n"));
    assert!(said.contains("HTTPS_PROXY") && !said.contains("sk-secret"), "{said}");
}

#[test]
fn files_that_are_no_text() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join(FILE_NAME), b"seed = 1\n# caf\xe9\n").unwrap();
    let said = load(dir.path()).unwrap_err().to_string();
    assert!(said.contains(":2:6: byte 0xE9 is not UTF-8") && said.contains("iconv"), "{said}");
    let mut text = b"\xef\xbb\xbf".to_vec();
    text.extend_from_slice(GOOD.as_bytes());
    std::fs::write(dir.path().join(FILE_NAME), text).unwrap();
    assert!(load(dir.path()).is_ok(), "a byte order mark does no harm");
}

#[test]
fn the_nearest_project_upward() {
    let dir = tempfile::tempdir().unwrap();
    let deep = dir.path().join("a/b");
    std::fs::create_dir_all(&deep).unwrap();
    std::fs::write(dir.path().join(FILE_NAME), GOOD).unwrap();
    assert_eq!(find_project(&deep).unwrap(), dir.path().canonicalize().unwrap());
    let said = load(&deep).unwrap_err().to_string();
    assert!(said.contains("assay init"), "{said}");
}

#[test]
fn what_init_writes_is_read_back() {
    let usual = parse(Path::new("a"), &commented(None, false)).unwrap();
    let defaults = Config { endpoints: usual.endpoints.clone(), ..Config::default() };
    assert_eq!(usual, defaults, "the usual file says the defaults");

    let demo = parse(Path::new("a"), &commented(Some(7), true)).unwrap();
    assert_eq!(demo.seed, 7);
    assert_eq!((demo.calls.verifiers.samples, demo.calls.respond.samples, demo.calls.self_instruct.samples), (4, 4, 2));
    assert_eq!((demo.pipeline.queries_per_instruction, demo.pipeline.instructions_per_call), (2, 10));
    let (name, endpoint) = demo.endpoint_of(CallKind::Score).unwrap();
    assert_eq!((name, endpoint.kind, endpoint.path.as_deref()), ("demo", EndpointKind::Tape, Some("bundled:demo")));
}

/// A call that is never sent needs no endpoint.
#[test]
fn labels_without_an_endpoint() {
    let call = "[endpoints.b]\nbase_url = \"http://h/v1\"\n";
    let named: String = CallKind::ALL
        .iter()
        .filter(|call| **call != CallKind::Entail)
        .map(|call| format!("[calls.{}]\nendpoint = \"main\"\n", call.name()))
        .collect();
    let text = format!("{GOOD}{call}{named}");
    assert!(error(&text).contains("calls.entail.endpoint"));
    assert!(parse(Path::new("a"), &format!("{text}[consistency]\nby = \"off\"\n")).is_ok());
}

/// Uncommenting the example lines must give a file that is read.
#[test]
fn the_commented_examples_hold() {
    let text = commented(None, false);
    let opened: Vec<&str> = text
        .lines()
        .map(|line| line.strip_prefix("# ").filter(|rest| looks_like_setting(rest)).unwrap_or(line))
        .collect();
    let config = parse(Path::new("a"), &opened.join("\n")).unwrap();
    assert_eq!(config.author.as_deref(), Some("you"));
    assert_eq!((config.budget.tokens, config.budget.money), (Some(10_000_000), Some(20.0)));
    let main = &config.endpoints["main"];
    assert_eq!(main.addresses().collect::<Vec<_>>(), ["http://127.0.0.1:8000/v1", "http://127.0.0.1:8001/v1"]);
    assert_eq!(main.prices.and_then(|prices| prices.cached_input), Some(0.25));
    assert!(main.requests_per_minute.is_some() && main.tokens_per_minute.is_some() && main.proxy.is_some());
    assert_eq!(config.rules.len(), 13);
    assert_eq!(config.prompt.templates.len(), 2);
}

fn looks_like_setting(line: &str) -> bool {
    line.split_once(" = ").is_some_and(|(key, _)| key.chars().all(|c| c.is_ascii_lowercase() || c == '_'))
}

#[test]
fn every_key_is_listed() {
    let mut config = Config { author: Some(String::new()), ..Config::default() };
    let endpoint = EndpointConfig {
        base_url: Some(String::new()),
        key_env: Some(String::new()),
        requests_per_minute: Some(1),
        tokens_per_minute: Some(1),
        prices: Some(Prices { cached_input: Some(1.0), ..Prices::default() }),
        proxy: Some(String::new()),
        ca_file: Some(String::new()),
        model: Some(String::new()),
        path: Some(String::new()),
        record: Some(String::new()),
        ..EndpointConfig::default()
    };
    config.endpoints.insert("*".into(), endpoint);
    config.consistency.model = Some(String::new());
    config.budget = BudgetConfig { tokens: Some(1), money: Some(1.0) };
    config.calls.score = CallConfig {
        endpoint: Some(String::new()),
        model: Some(String::new()),
        template: Some(String::new()),
        ..CallConfig::default()
    };
    let mut names = Vec::new();
    collect("", &toml::Table::try_from(&config).unwrap(), &mut names);
    for name in names {
        let name =
            CallKind::ALL.iter().fold(name, |name, call| name.replace(&format!("calls.{}.", call.name()), "calls.*."));
        assert!(
            keys::KEYS.iter().any(|key| key.name == name || key.name.strip_suffix(".*") == Some(&name)),
            "{name} is not listed"
        );
    }
}

fn collect(prefix: &str, table: &toml::Table, names: &mut Vec<String>) {
    for (key, value) in table {
        match value.as_table() {
            Some(inner) if !inner.is_empty() => collect(&format!("{prefix}{key}."), inner, names),
            _ => names.push(format!("{prefix}{key}")),
        }
    }
}
