//! Makes a large project: instructions with functions, cases, back-translations, labels, tasks, responses, scores and
//! outcomes, all fresh under the project's settings, so that an engine finds nothing to do.

use std::path::Path;

use assay::{
    domain::{
        BackTranslation, CallBody, CaseBody, Digest, Entailment, InstructionBody, ItemId, Kind, Label, Language, Made,
        Origin, Outcome, OutcomeKind, QueryBody, ResponseBody, ScoreBody, Slot, SlotKey, Value, VerifierBody, Version,
        digest_of,
        tree::{InstructionTree, OutcomeKey, Outcomes},
    },
    pipeline::{Project, expect::Expect, settings::Settings},
    store::{Access, Body, Op, Txn},
};

/// Functions, cases of each, tasks and responses of each task, for every instruction.
const FUNCTIONS: u32 = 3;
const CASES: u32 = 2;
const TASKS: usize = 5;
const RESPONSES: u32 = 2;
/// Lines of each self-instruct call.
const LINES: u32 = 20;
const QUERIES: usize = 400;

const CONFIG: &str = r#"
[endpoints.main]
base_url = "http://127.0.0.1:9/v1"
model = "none"

[calls]
self_instruct = { samples = CALLS }
verifiers = { samples = 3 }
respond = { samples = 2 }

[pipeline]
queries_per_instruction = 5
"#;

/// Random numbers: splitmix64.
struct Draws(u64);

impl Draws {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % n
    }

    fn words(&mut self, n: usize) -> String {
        let word = |draws: &mut Self| {
            let number = draws.below(20_000);
            let syllables = ["ka", "lo", "mi", "ren", "tas", "vu", "pel", "dor", "sha", "nim", "gor", "fei"];
            let pick = |at: u64| syllables[(number / 12_u64.pow(at as u32) % 12) as usize];
            format!("{}{}{}{}", pick(0), pick(1), pick(2), pick(3))
        };
        (0..n).map(|_| word(self)).collect::<Vec<_>>().join(" ")
    }
}

/// Makes a project of so many instructions in an empty folder.
pub fn make(dir: &Path, instructions: u32) {
    std::fs::create_dir_all(dir).unwrap();
    let calls = instructions.div_ceil(LINES);
    std::fs::write(dir.join("assay.toml"), CONFIG.replace("CALLS", &calls.to_string())).unwrap();
    let project = Project::open(dir, Access::Write, None).unwrap();
    let mut draws = Draws(7);
    let language = Language::English;
    let queries: Vec<QueryBody> = (0..QUERIES)
        .map(|_| QueryBody { text: format!("What is {}?", draws.words(6)), language, topic: None, source: None })
        .collect();
    project.add_queries(&queries).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let mut under_way = std::collections::VecDeque::new();
    for call in 0..calls {
        let mut ops = Vec::new();
        let texts: Vec<String> = (0..LINES).map(|_| format!("Use the words {} in order.", draws.words(5))).collect();
        call_ops(&mut ops, &project.settings, call, &texts);
        for (line, text) in (0..LINES).zip(&texts) {
            let chosen: Vec<&QueryBody> =
                (0..TASKS).map(|n| &queries[(line as usize * 31 + call as usize * 7 + n * 53) % QUERIES]).collect();
            instruction_ops(&mut ops, &project.settings, (call, line), text, &chosen, &mut draws);
        }
        under_way.push_back(project.store.write(Txn { ops }));
        if under_way.len() > 16 {
            under_way.pop_front().map(|written| runtime.block_on(written).unwrap());
        }
        if call % 500 == 499 {
            println!("  {} instructions", (call + 1) * LINES);
        }
    }
    for written in under_way {
        runtime.block_on(written).unwrap();
    }
}

fn ensure(ops: &mut Vec<Op>, id: ItemId, key: SlotKey, root: ItemId, owner: Option<ItemId>, index: u32) {
    let query = None;
    ops.push(Op::EnsureSlot { id, key, root: Some(root), owner, index, query });
}

fn version(ops: &mut Vec<Op>, slot: ItemId, body: impl Into<Body>, made: Option<Made>) {
    let (origin, body) = (Origin::Machine, body.into());
    ops.push(Op::AddVersion { slot, origin, body, made, completion: None, make_current: true });
}

fn call_ops(ops: &mut Vec<Op>, settings: &Settings, n: u32, lines: &[String]) {
    let (id, key) = (ItemId::call(n), SlotKey::call(n));
    ops.push(Op::EnsureSlot { id, key, root: None, owner: None, index: n, query: None });
    let language = Language::English;
    let inputs = [digest_of(&["call", &n.to_string()])];
    let made = settings.made(assay::domain::CallKind::SelfInstruct, language, &inputs, n);
    version(ops, id, CallBody { shown: Vec::new(), lines: lines.to_vec(), language, seeds: u32::MAX }, Some(made));
}

fn instruction_ops(
    ops: &mut Vec<Op>,
    settings: &Settings,
    (call, line): (u32, u32),
    text: &str,
    queries: &[&QueryBody],
    draws: &mut Draws,
) {
    let (id, key) = (ItemId::instruction(&ItemId::call(call), line, text), SlotKey::line(call, line));
    let body = InstructionBody { text: text.to_owned(), category: None, language: Language::English };
    let (first, owner) = (ops.len(), Some(ItemId::call(call)));
    ensure(ops, id, key.clone(), id, owner, line);
    version(ops, id, body.clone(), None);
    let mut slot = Slot::new(id, key.clone(), line);
    slot.versions.push(Version {
        no: 0,
        origin: Origin::Machine,
        body,
        made: None,
        completion: None,
        taken_back: false,
    });
    slot.current = Some(0);
    let outcomes = Outcomes::default();
    let tree = InstructionTree {
        slot,
        from: Some((call, line)),
        verifiers: Vec::new(),
        tasks: Vec::new(),
        pairs: Vec::new(),
        outcomes,
    };
    let expect = Expect::of(&tree, settings).unwrap();
    let mut maker = Maker { ops, settings, expect, id, key, draws, sources: Vec::new() };
    maker.functions();
    for (index, query) in (0..).zip(queries) {
        maker.task(index, query);
    }
    debug_assert!(ops.len() > first);
}

struct Maker<'a> {
    ops: &'a mut Vec<Op>,
    settings: &'a Settings,
    expect: Expect<'a>,
    id: ItemId,
    key: SlotKey,
    draws: &'a mut Draws,
    sources: Vec<String>,
}

/// A boolean, as nearly every check gives.
fn boolean(value: bool) -> Outcome {
    let repr = if value { "True" } else { "False" }.to_owned();
    let kind = OutcomeKind::Returned { value: Value::Bool(value), repr };
    Outcome { cpu_us: 40, ..Outcome::quiet(kind) }
}

impl Maker<'_> {
    fn outcomes(&mut self, batch: Option<ItemId>, outcomes: Vec<(OutcomeKey, Outcome)>) {
        let config: Digest = self.settings.outcomes;
        self.ops.push(Op::MergeOutcomes { root: self.id, batch, config, outcomes });
    }

    /// Functions that agree with nearly all cases, and what follows from them.
    fn functions(&mut self) {
        let (mut inputs, id) = (Vec::new(), self.id);
        for sample in 0..FUNCTIONS {
            let made = self.expect.verifier(sample);
            let function = ItemId::child(Kind::Verifier, &id, sample);
            let source = format!(
                "def evaluate(response):\n    words = response.lower().split()\n    return '{}' in words",
                self.draws.words(1)
            );
            let body = VerifierBody { source: Some(source.clone()), problem: None, repairs: Vec::new() };
            ensure(self.ops, function, self.key.clone(), id, None, sample);
            version(self.ops, function, body.clone(), Some(made));
            for index in 0..CASES {
                let case = ItemId::child(Kind::Case, &function, index);
                let input = self.draws.words(12);
                let expected = serde_json::Value::Bool(index % 2 == 0);
                ensure(self.ops, case, self.key.clone(), id, Some(function), index);
                version(self.ops, case, CaseBody { input: input.clone(), expected }, Some(made));
                inputs.push((input, index % 2 == 0));
            }
            self.meaning(function, sample, &body);
            self.sources.push(source);
        }
        let mut outcomes = Vec::new();
        for source in &self.sources {
            for (input, expected) in &inputs {
                let agrees = self.draws.below(25) > 0;
                outcomes.push((OutcomeKey::of(source, input), boolean(*expected == agrees)));
            }
        }
        self.outcomes(None, outcomes);
    }

    fn meaning(&mut self, function: ItemId, sample: u32, body: &VerifierBody) {
        let back = BackTranslation { text: format!("Use the word {}.", self.draws.words(1)) };
        let slot = ItemId::child(Kind::BackTranslation, &function, 0);
        ensure(self.ops, slot, self.key.clone(), self.id, Some(function), sample);
        version(self.ops, slot, back.clone(), Some(self.expect.back(body, sample)));
        let slot = ItemId::child(Kind::Entailment, &function, 0);
        ensure(self.ops, slot, self.key.clone(), self.id, Some(function), sample);
        let label = if self.draws.below(12) == 0 { Label::Contradiction } else { Label::Entailment };
        let body = Entailment { label: Some(label), probabilities: None, text: "Label.".to_owned() };
        version(self.ops, slot, body, Some(self.expect.entailment(&back, sample)));
    }

    fn task(&mut self, index: u32, query: &QueryBody) {
        let (query_id, query_key) = (ItemId::query(&query.text), SlotKey::query(&query.text));
        let task = ItemId::task(&self.id, &query_id);
        let key = SlotKey::task(&self.key, &query_key);
        let (root, owner, query_id) = (Some(self.id), Some(self.id), Some(query_id));
        self.ops.push(Op::EnsureSlot { id: task, key: key.clone(), root, owner, index, query: query_id });
        let mut outcomes = Vec::new();
        for sample in 0..RESPONSES {
            let made = self.expect.response(query, sample);
            let response = ItemId::child(Kind::Response, &task, sample);
            let body = ResponseBody { text: self.draws.words(60), cut: None };
            ensure(self.ops, response, key.clone(), self.id, Some(task), sample);
            version(self.ops, response, body.clone(), Some(made));
            let good = self.draws.below(10) < 7;
            for source in &self.sources {
                let gives = if self.draws.below(20) == 0 { !good } else { good };
                outcomes.push((OutcomeKey::of(source, &body.text), boolean(gives)));
            }
            // Scored whether it passes or not: this is a test of sizes.
            let score = ItemId::child(Kind::Score, &response, 0);
            let points = 6 + self.draws.below(5);
            let value = Some(points as f64);
            let said = ScoreBody { value, text: format!("Fine. Score: {points}"), asked_again: false };
            ensure(self.ops, score, SlotKey::response(&key, sample), self.id, Some(response), 0);
            version(self.ops, score, said, Some(self.expect.score(query, &body, 0)));
        }
        self.outcomes(Some(task), outcomes);
    }
}
