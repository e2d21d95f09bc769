//! A made-up project in all its states: for the example and for the tests of the workbench.

use std::sync::Arc;

use assay::{
    dataset::rows::PairLevel,
    domain::{
        Decision, Fault, InstructionTree, ItemId, Kind, Label, Language, LoadFault, Outcome, OutcomeKind, Ruling, Slot,
        SlotKey, Value, tree::Outcomes,
    },
    pipeline::{
        handle::Detail,
        snapshot::{Datasets, Funnel, Snapshot},
        view::{
            CaseView, Cell, Copies, FunctionView, InstructionView, PairSide, PairStanding, PairView, ResponseView,
            Source, State, TaskView,
        },
    },
    rules::{Verdict, datasets::Band},
};

use super::{
    counts::{count, row},
    texts::{CASES, INSTRUCTIONS, JUDGE, QUERIES, RESPONSES, RESPONSES_ZH, SOURCES},
};

/// All instructions of the project, in order.
#[derive(Clone, Debug, Default)]
pub struct Project {
    /// In full.
    pub views: Vec<InstructionView>,
    /// Notes on items.
    pub notes: Vec<(ItemId, String)>,
}

impl Project {
    /// A project of so many instructions.
    pub fn of(n: usize) -> Self {
        Self { views: (0..n).map(instruction).collect(), notes: vec![] }
    }

    /// The place of the instruction that an item belongs to.
    pub fn place(&self, id: ItemId) -> Option<usize> {
        self.views.iter().position(|view| holds(view, id))
    }

    /// An instruction in full.
    pub fn detail(&self, id: ItemId) -> Option<Arc<Detail>> {
        let view = self.views.get(self.place(id)?)?.clone();
        let slot = Slot::new(view.id, view.key.clone(), 0);
        let tree = InstructionTree {
            slot,
            from: None,
            verifiers: vec![],
            tasks: vec![],
            pairs: vec![],
            outcomes: Outcomes::default(),
        };
        let notes = self.notes.iter().filter(|(noted, _)| holds(&view, *noted)).cloned().collect();
        Some(Arc::new(Detail { tree, view, notes }))
    }

    /// What an engine would publish.
    pub fn snapshot(&self, seq: u64) -> Snapshot {
        let mut funnel = Funnel::default();
        let mut datasets = Datasets::default();
        for view in &self.views {
            funnel.merge(&view.counts);
            let row = row(view);
            datasets.sft += u64::from(row.rows.0);
            datasets.pairs_query += u64::from(row.rows.1);
        }
        datasets.pairs_instruction = datasets.sft / 2;
        Snapshot {
            seq,
            funnel: Arc::new(funnel),
            datasets,
            instructions: Arc::new(self.views.iter().map(|view| Arc::new(row(view))).collect()),
            decisions: self.views.iter().filter(|view| view.decision.is_some()).count() as u64,
            ..Snapshot::default()
        }
    }
}

fn holds(view: &InstructionView, id: ItemId) -> bool {
    view.id == id
        || view.functions.iter().any(|function| function.id == id)
        || view.cases.iter().any(|case| case.id == id)
        || view.tasks.iter().any(|task| task.id == id || task.responses.iter().any(|response| response.id == id))
}

/// A small deterministic mixture: the n-th number of a stream.
fn mix(a: usize, b: usize) -> usize {
    (a.wrapping_mul(2_654_435_761).wrapping_add(b.wrapping_mul(40_503)) >> 7) % 97
}

/// The n-th instruction with everything made from it.
pub fn instruction(n: usize) -> InstructionView {
    let (text, category, zh) = INSTRUCTIONS[n % INSTRUCTIONS.len()];
    let text =
        if n < INSTRUCTIONS.len() { text.to_owned() } else { format!("{text} (variant {})", n / INSTRUCTIONS.len()) };
    let seed = n < 6;
    let id = if seed { ItemId::seed(&text) } else { ItemId::instruction(&ItemId::call(0), n as u32, &text) };
    let duplicate = n % 11 == 7;
    let mut view = InstructionView {
        id,
        key: SlotKey::line(0, n as u32),
        text: text.into(),
        language: if zh { Language::Chinese } else { Language::English },
        category: Some(category.to_owned()),
        source: if seed {
            Source::Seed
        } else {
            Source::SelfInstruct { call: (n / 8) as u32, line: (n % 8) as u32, shown: vec![] }
        },
        novelty: if duplicate { State::Dropped("duplicate".into()) } else { State::Kept },
        nearest: None,
        copies: Copies::default(),
        cross_validate: None,
        back_translate: None,
        consistency: None,
        decision: (n == 1).then_some(Decision { ruling: Ruling::Accepted, reason: None, version: Some(0) }),
        edited: n == 3,
        functions: vec![],
        cases: vec![],
        matrix: vec![],
        tasks: vec![],
        case_pairs: vec![],
        counts: Funnel::default(),
    };
    if !duplicate && n % 11 != 10 {
        functions(&mut view, n);
        tasks(&mut view, n, zh);
    }
    count(&mut view);
    view
}

fn functions(view: &mut InstructionView, n: usize) {
    for k in 0..4_u32 {
        let which = if k < 2 { k as usize } else { mix(n, k as usize) % SOURCES.len() };
        let id = ItemId::child(Kind::Verifier, &view.id, k);
        let refused = n % 7 == 4 && k == 3;
        let usable = match which {
            _ if refused => Err("refusal".into()),
            2 => Err("does-not-load".into()),
            _ => Ok(()),
        };
        let kept = match which {
            _ if usable.is_err() => Err("unusable".into()),
            0 | 1 => Ok(()),
            3 => Err("says-one-thing".into()),
            _ => Err("below-threshold".into()),
        };
        let used = kept.is_ok();
        let contradicted = used && n % 9 == 8;
        view.functions.push(FunctionView {
            id,
            sample: k,
            source: (!refused).then(|| SOURCES[which].into()),
            usable,
            accuracy: (!refused).then_some([0.89, 0.89, 0.0, 0.56, 0.0, 0.33][which]),
            kept,
            used: used && !contradicted,
            back: used.then(|| {
                let text = "The answer must consist of three sentences, each of at most ten words.".to_owned();
                (ItemId::child(Kind::BackTranslation, &id, 0), text)
            }),
            probabilities: None,
            label: used.then(|| {
                let label = if contradicted { Label::Contradiction } else { Label::Entailment };
                (label, "Both ask for exactly three short sentences.".to_owned())
            }),
            repairs: if which == 5 { vec!["took the code out of a second fence".to_owned()] } else { vec![] },
            decision: (n == 0 && k == 2).then(|| Decision {
                ruling: Ruling::Rejected,
                reason: Some("relies on what is not there".to_owned()),
                version: Some(0),
            }),
            edited: n == 2 && k == 1,
            stale: n == 3 && k > 1,
        });
        let row = (0..CASES.len()).map(|case| cell(which, case, refused)).collect();
        view.matrix.push(row);
    }
    for (i, (input, expected)) in CASES.iter().enumerate() {
        let ambiguous = i == 3;
        view.cases.push(CaseView {
            id: ItemId::child(Kind::Case, &view.functions[i % 4].id, i as u32),
            sample: (i % 4) as u32,
            input: (*input).into(),
            expected_raw: expected.to_string(),
            expected: Some(*expected),
            accuracy: Some(if ambiguous { 0.25 } else { 0.75 }),
            kept: if ambiguous { Err("below-threshold".into()) } else { Ok(()) },
            decision: (n == 0 && i == 1).then_some(Decision {
                ruling: Ruling::Accepted,
                reason: None,
                version: Some(0),
            }),
            edited: false,
            stale: n == 3 && i > 5,
        });
    }
    let kept = n % 5 != 3;
    view.cross_validate = Some(if kept { State::Kept } else { State::Dropped("no-function".into()) });
    if kept {
        view.back_translate = Some(State::Kept);
        let contradicted = n % 9 == 8;
        view.consistency = Some(if contradicted { State::Dropped("contradiction".into()) } else { State::Kept });
    }
}

fn fault(name: &str, message: &str, line: u32) -> Fault {
    Fault {
        type_name: name.to_owned(),
        message: message.to_owned(),
        line: Some(line),
        traceback: format!("  File \"verifier\", line {line}, in evaluate\n{name}: {message}"),
    }
}

fn cell(which: usize, case: usize, refused: bool) -> Cell {
    if refused {
        return Cell::default();
    }
    let expected = CASES[case].1;
    let returned = |value: bool| {
        let repr = if value { "True" } else { "False" }.to_owned();
        OutcomeKind::Returned { value: Value::Bool(value), repr }
    };
    let (kind, verdict) = match which {
        0 | 1 => {
            let value = expected ^ (case == 3);
            (returned(value), if value { Verdict::Pass } else { Verdict::Fail })
        }
        2 => {
            let error = fault("ModuleNotFoundError", "No module named 'nltk'", 1);
            (OutcomeKind::Load { fault: LoadFault::Raised, error }, Verdict::Error)
        }
        3 => (returned(true), Verdict::Pass),
        4 => (OutcomeKind::Timeout, Verdict::Timeout),
        _ if case.is_multiple_of(3) => {
            let value = Value::Str("maybe".to_owned());
            (OutcomeKind::Returned { value, repr: "'maybe'".to_owned() }, Verdict::Invalid)
        }
        _ => (OutcomeKind::Raised(fault("NameError", "name 'check_sentences' is not defined", 3)), Verdict::Error),
    };
    let agrees = verdict.boolean().map(|value| value == expected);
    let outcome = Outcome { cpu_us: 80, ..Outcome::quiet(kind) };
    Cell { outcome: Some(Arc::new(outcome)), verdict: Some(verdict), agrees }
}

fn tasks(view: &mut InstructionView, n: usize, zh: bool) {
    if view.consistency != Some(State::Kept) {
        return;
    }
    for (q, query) in QUERIES.iter().take(2).enumerate() {
        let query = if zh { QUERIES[2] } else { query };
        let query_id = ItemId::query(&format!("{query}{q}"));
        let id = ItemId::task(&view.id, &query_id);
        let texts = if zh { &RESPONSES_ZH } else { &RESPONSES };
        let mut responses: Vec<_> = texts.iter().enumerate().map(|(j, text)| response(&id, n, q, j, text)).collect();
        let mut pairs = Vec::new();
        if responses[0].sft && responses[2].accuracy == Some(0.0) {
            responses[0].pairs.0 = 1;
            responses[2].pairs.1 = 1;
            let side = |at: usize| PairSide {
                item: responses[at].id,
                sample: responses[at].sample,
                text: responses[at].text.clone().unwrap_or_default(),
            };
            pairs.push(PairView {
                id: ItemId::pair(&responses[0].id, &responses[2].id),
                level: PairLevel::Query,
                chosen: side(0),
                rejected: side(2),
                decision: None,
                standing: PairStanding::Given,
            });
        }
        let key = SlotKey::task(&view.key, &SlotKey::query(query));
        view.tasks.push(TaskView {
            id,
            key,
            query_id,
            query: query.into(),
            responses,
            pairs,
            conflicts: Vec::new(),
            left_out: false,
            pass_rate: None,
            band: Band::Inside,
            decision: None,
        });
    }
}

fn response(task: &ItemId, n: usize, q: usize, j: usize, text: &str) -> ResponseView {
    let pending = n % 6 == 5 && q == 1 && j == 3;
    let passes = j < 2;
    let cells: Vec<_> = (0..2).map(|f| if pending { Cell::default() } else { verdict(j, f) }).collect();
    let accuracy = (!pending).then_some([1.0, 0.5 + 0.5 * ((n % 2) as f64), 0.0, 0.0][j]);
    let kept = passes && accuracy.is_some_and(|accuracy| accuracy > 0.5);
    let score = kept.then(|| [9.0, 7.0][j]);
    ResponseView {
        id: ItemId::child(Kind::Response, task, j as u32),
        sample: j as u32,
        text: (!pending).then(|| text.into()),
        cells,
        accuracy,
        found: None,
        outdated: false,
        left_out: false,
        respond: if pending { State::Pending } else { State::Kept },
        verify: (!pending).then(|| if kept { State::Kept } else { State::Dropped("below-threshold".into()) }),
        score: score.map(|score| if score >= 8.0 { State::Kept } else { State::Dropped("below-score".into()) }),
        mean_score: score,
        judges: if kept { vec![JUDGE[j].to_owned()] } else { vec![] },
        decision: None,
        edited: false,
        stale: n == 3,
        capped: false,
        sft: score.is_some_and(|score| score >= 8.0),
        pairs: (0, 0),
        same_as: None,
    }
}

fn verdict(j: usize, f: usize) -> Cell {
    let value = j == 0 || (j == 1 && f == 0);
    let repr = if value { "True" } else { "False" }.to_owned();
    let outcome = Outcome::quiet(OutcomeKind::Returned { value: Value::Bool(value), repr });
    let verdict = if value { Verdict::Pass } else { Verdict::Fail };
    Cell { outcome: Some(Arc::new(outcome)), verdict: Some(verdict), agrees: None }
}
