//! Tiny random models against the numbers that PyTorch gets from them (tests/fixtures/nli/make.py).

use std::{collections::HashSet, fs};

use serde::Deserialize;
use tokio_util::sync::CancellationToken;

use super::{
    super::{
        deberta::{Encoded, Model, Relative, bucket},
        *,
    },
    fixture,
};

/// How far two implementations may be apart.
const NEAR: f32 = 1e-5;

#[derive(Deserialize)]
struct Expected {
    most: usize,
    cases: Vec<Case>,
    buckets: Option<Buckets>,
}

#[derive(Deserialize)]
struct Case {
    premise: String,
    hypothesis: String,
    ids: Vec<u32>,
    kinds: Vec<u32>,
    cut: usize,
    logits: [f32; 3],
    padded: [f32; 3],
}

#[derive(Deserialize)]
struct Buckets {
    span: usize,
    furthest: i64,
    positions: Vec<i64>,
}

impl Case {
    fn pair(&self) -> Pair {
        Pair { premise: self.premise.clone(), hypothesis: self.hypothesis.clone() }
    }
}

fn expected(name: &str) -> Expected {
    serde_json::from_slice(&fs::read(fixture(name).join("expected.json")).unwrap()).unwrap()
}

fn model(name: &str) -> Model {
    Model::load(&Files::in_folder(&fixture(name)).unwrap(), 512).unwrap()
}

fn apart(a: [f32; 3], b: [f32; 3]) -> f32 {
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
}

fn encoded(model: &mut Model, cases: &[Case]) -> Vec<Encoded> {
    cases.iter().map(|case| model.encode(&case.pair()).unwrap()).collect()
}

#[test]
fn tokens_are_those_of_the_tokenizer() {
    for name in ["like_v3", "like_v2"] {
        let (mut model, expected) = (model(name), expected(name));
        assert!(expected.cases.iter().any(|case| case.cut > 0 && case.ids.len() == expected.most));
        for case in &expected.cases {
            let read = model.encode(&case.pair()).unwrap();
            let wanted = Encoded { ids: case.ids.clone(), kinds: case.kinds.clone(), cut: case.cut };
            assert_eq!(read, wanted, "{name}: {:?}", case.premise);
        }
    }
}

#[test]
fn logits_are_those_of_pytorch_alone_and_in_a_padded_batch() {
    for name in ["like_v3", "like_v2"] {
        let (mut model, expected) = (model(name), expected(name));
        let pairs = encoded(&mut model, &expected.cases);
        let together = model.logits(&pairs, &|| true).unwrap().unwrap();
        for ((case, pair), found) in expected.cases.iter().zip(&pairs).zip(&together) {
            let far = apart(*found, case.logits).max(apart(*found, case.padded));
            assert!(far < NEAR, "{name}: {:?}: {found:?} and {:?}", case.premise, case.logits);
            let alone = model.logits(std::slice::from_ref(pair), &|| true).unwrap().unwrap();
            assert_eq!(alone, [*found], "{name}: {:?}: alone as in a batch, to the bit", case.premise);
        }
    }
}

#[test]
fn buckets_are_those_of_the_library() {
    let buckets = expected("like_v3").buckets.unwrap();
    let relative = Relative {
        span: buckets.span,
        log_up_to: usize::try_from(buckets.furthest).ok(),
        content_to_position: true,
        position_to_content: true,
        normed: true,
    };
    for (distance, position) in (-buckets.furthest..).zip(&buckets.positions) {
        let span = i64::try_from(buckets.span).unwrap();
        let wanted = (position + span).clamp(0, 2 * span - 1);
        assert_eq!(bucket(distance, &relative), wanted, "{distance}");
    }
}

/// The fixtures must not all say the same, or a wrong order of labels would pass.
#[test]
fn labels_follow_the_order_in_config_json() {
    let mut seen = HashSet::new();
    for (name, order) in [("like_v3", [0, 1, 2]), ("like_v2", [1, 2, 0])] {
        let (mut model, expected) = (model(name), expected(name));
        for case in &expected.cases {
            let pair = model.encode(&case.pair()).unwrap();
            let judgement = model.judgement(case.logits, &pair);
            let sorted = order.map(|at| case.logits[at]);
            let best = (0..3).max_by(|a, b| sorted[*a].total_cmp(&sorted[*b])).unwrap();
            assert_eq!(judgement.label as usize, best, "{name}");
            assert_eq!((judgement.tokens, judgement.cut), (case.ids.len(), case.cut));
            seen.insert((name, judgement.label));
        }
    }
    assert!(seen.len() >= 5, "{seen:?}");
}

#[test]
fn nothing_comes_of_a_batch_that_nobody_waits_for() {
    let (mut model, expected) = (model("like_v3"), expected("like_v3"));
    let pairs = encoded(&mut model, &expected.cases);
    assert_eq!(model.logits(&pairs, &|| false).unwrap(), None);
}

fn started(name: &str, options: Options) -> Nli {
    Nli::start(name, Files::in_folder(&fixture(name)).unwrap(), options).unwrap()
}

#[tokio::test]
async fn many_ask_at_once_and_each_gets_its_own_answer() {
    let expected = expected("like_v2");
    let nli = started("like_v2", Options { threads: 2, batch: 3, ..Options::default() });
    let cancel = CancellationToken::new();
    let asked = (0..40).map(|no| nli.judge(expected.cases[no % expected.cases.len()].pair(), &cancel));
    let answers = futures::future::join_all(asked).await;
    for (no, answer) in answers.into_iter().enumerate() {
        let case = &expected.cases[no % expected.cases.len()];
        let [contradiction, entailment, neutral] = case.logits;
        let wanted = Judgement::of_logits([entailment, neutral, contradiction], case.ids.len(), case.cut);
        let answer = answer.unwrap();
        assert_eq!((answer.label, answer.tokens, answer.cut), (wanted.label, wanted.tokens, wanted.cut));
        let near = |(a, b): (f64, f64)| (a - b).abs() < 2e-4;
        assert!(answer.probabilities.into_iter().zip(wanted.probabilities).all(near));
    }
}

#[tokio::test]
async fn who_cancels_waits_no_longer() {
    let nli = started("like_v3", Options::default());
    let cancel = CancellationToken::new();
    cancel.cancel();
    let pair = Pair { premise: "a".into(), hypothesis: "b".into() };
    assert_eq!(nli.judge(pair.clone(), &cancel).await, Err(NliError::Cancelled));
    assert!(nli.judge(pair, &CancellationToken::new()).await.is_ok(), "the others are answered");
}

/// A copy of a fixture, to be damaged.
fn copy(name: &str) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    for file in ["config.json", "tokenizer.json", "model.safetensors"] {
        fs::copy(fixture(name).join(file), dir.path().join(file)).unwrap();
    }
    dir
}

fn refusal(dir: &tempfile::TempDir) -> String {
    let files = Files::in_folder(dir.path()).unwrap();
    Model::load(&files, 512).err().unwrap().to_string()
}

#[test]
fn damaged_files_are_named() {
    let with = |file: &str, damage: &dyn Fn(Vec<u8>) -> Vec<u8>| {
        let dir = copy("like_v3");
        let path = dir.path().join(file);
        fs::write(&path, damage(fs::read(&path).unwrap())).unwrap();
        refusal(&dir)
    };
    let replaced = |from: &'static str, to: &'static str| {
        move |bytes: Vec<u8>| String::from_utf8(bytes).unwrap().replace(from, to).into_bytes()
    };
    let half = |bytes: Vec<u8>| bytes[..bytes.len() / 2].to_vec();
    for (said, parts) in [
        (with("model.safetensors", &half), ["model.safetensors", "cut or damaged"]),
        (with("model.safetensors", &|_| vec![7; 3]), ["model.safetensors", "too short"]),
        (with("model.safetensors", &|_| vec![0xff; 64]), ["model.safetensors", "no safetensors file"]),
        (with("tokenizer.json", &half), ["tokenizer.json", "fetch or save the model again"]),
        (with("config.json", &half), ["config.json", "EOF"]),
        (with("config.json", &replaced("deberta-v2", "bert")), ["config.json", "`bert`"]),
        (with("config.json", &replaced("\"neutral\"", "\"other\"")), ["config.json", "names entailment, other"]),
        (
            with("config.json", &replaced("\"vocab_size\": 901", "\"vocab_size\": 800")),
            ["tokenizer.json", "901 tokens"],
        ),
        (with("config.json", &replaced("\"hidden_size\": 32", "\"hidden_size\": 64")), ["shape", "config.json"]),
        (with("config.json", &replaced("\"gelu\"", "\"mish\"")), ["config.json", "mish"]),
    ] {
        assert!(parts.iter().all(|part| said.contains(part)), "{said}");
    }
}

#[tokio::test]
async fn a_model_that_cannot_be_loaded_says_so_to_everyone() {
    let dir = copy("like_v3");
    let files = Files::in_folder(dir.path()).unwrap();
    let weights = fs::read(&files.weights).unwrap();
    fs::write(&files.weights, &weights[..1000]).unwrap();
    let nli = Nli::start("broken", files.clone(), Options::default()).unwrap();
    let pair = || Pair { premise: "a".into(), hypothesis: "b".into() };
    let cancel = CancellationToken::new();
    let (a, b) = tokio::join!(nli.judge(pair(), &cancel), nli.judge(pair(), &cancel));
    assert!(a.unwrap_err().to_string().contains("model.safetensors") && b.is_err());
    fs::write(&files.weights, weights).unwrap();
    assert!(nli.judge(pair(), &cancel).await.is_ok(), "mended, it is loaded");
}

/// Processor time of this process in milliseconds, to a hundredth of a second; what a busy machine does not change.
fn cpu_ms() -> u64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
    fields.skip(11).take(2).filter_map(|ticks| ticks.parse::<u64>().ok()).sum::<u64>() * 10
}

/// Any saved model for which `make.py DIR` wrote what PyTorch gets; prints what it costs here.
#[test]
fn a_model_of_ones_own() {
    let Some(dir) = std::env::var_os("ASSAY_NLI_MODEL").map(std::path::PathBuf::from) else {
        println!("not asked for: ASSAY_NLI_MODEL names no folder");
        return;
    };
    let expected: Expected = serde_json::from_slice(&fs::read(dir.join("expected.json")).unwrap()).unwrap();
    let began = cpu_ms();
    let mut model = Model::load(&Files::in_folder(&dir).unwrap(), expected.most).unwrap();
    println!("loaded in {} ms of CPU", cpu_ms() - began);
    let pairs = encoded(&mut model, &expected.cases);
    let mut worst = 0.0_f32;
    for (case, pair) in expected.cases.iter().zip(&pairs) {
        assert_eq!((&pair.ids, &pair.kinds), (&case.ids, &case.kinds), "{:?}", case.premise);
        let began = cpu_ms();
        let found = model.logits(std::slice::from_ref(pair), &|| true).unwrap().unwrap()[0];
        println!("{} tokens in {} ms of CPU", pair.ids.len(), cpu_ms() - began);
        worst = worst.max(apart(found, case.logits));
    }
    let short: Vec<Encoded> = pairs.iter().filter(|pair| pair.ids.len() < 100).cloned().cycle().take(16).collect();
    let began = cpu_ms();
    assert_eq!(model.logits(&short, &|| true).unwrap().unwrap().len(), short.len());
    let tokens: usize = short.iter().map(|pair| pair.ids.len()).sum();
    println!("{} pairs of {tokens} tokens together in {} ms of CPU", short.len(), cpu_ms() - began);
    println!("logits within {worst:e} of PyTorch");
    assert!(worst < 1e-4);
}
