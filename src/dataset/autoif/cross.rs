//! `cross-validate` (code/3): an instruction's answers become functions and cases, which judge one another.

use std::{
    borrow::Cow,
    collections::{HashMap, HashSet},
    sync::Arc,
};

use serde_json::{Value as Json, json};

use crate::{
    dataset::{
        jsonl::{Escape, Object, Refusal, Wtf8},
        python,
    },
    domain::{Outcome, OutcomeKind},
    rules::{
        autoif::{Answers, Conclusion, Load, Trial, conclude, read_answers, trial},
        cross_validation::Judged,
    },
    sandbox::{SandboxError, Text},
};

use super::{
    format::RowWriter,
    report::RowReport,
    step::{Done, Office},
};

/// An instruction with the answers to the verifier prompt.
pub struct Row {
    instruction: Wtf8,
    answers: Vec<Wtf8>,
}

impl Row {
    pub fn read(object: &Object<'_>) -> Result<Self, Refusal> {
        Ok(Self { instruction: object.text("instruction")?, answers: object.texts("gpt-answer")? })
    }

    pub async fn work(&self, office: &Office) -> Result<Done, SandboxError> {
        let lone = self.answers.iter().any(|answer| answer.as_str().is_none());
        let texts: Vec<Cow<'_, str>> = self.answers.iter().map(Wtf8::stood_in).collect();
        let answers = read_answers(&texts, &office.profile);
        let grid = Grid::run(&answers, lone, office).await?;
        let loads: Vec<Load> = (0..answers.sources.len()).map(|function| grid.load(function)).collect();
        let trial = trial(&answers, &loads, &office.profile);
        let outcomes: Vec<Vec<&Outcome>> = trial
            .functions
            .iter()
            .map(|function| trial.cases.iter().filter_map(|(input, _)| grid.outcome(*function, input)).collect())
            .collect();
        let conclusion = conclude(&trial, &outcomes, &office.profile);
        let rows = match conclusion.kept {
            Ok(()) => vec![self.kept(&answers, &trial, &conclusion, lone)],
            Err(_) => Vec::new(),
        };
        Ok(Done { rows, report: self.report(&answers, &trial, &conclusion, &grid) })
    }

    fn kept(&self, answers: &Answers, trial: &Trial, conclusion: &Conclusion, lone: bool) -> Vec<u8> {
        let mut row = RowWriter::line(Escape::Least);
        row.key("instruction").text(&self.instruction);
        row.key("eval_func").list(&conclusion.functions, |row, (function, accuracy)| {
            let source = Wtf8::from_stood_in(&answers.sources[*function], lone);
            row.raw("[").text(&source).raw(", ").raw(&json!(accuracy).to_string()).raw("]");
        });
        row.key("cases").list(&conclusion.cases, |row, case| {
            let (input, expected) = &trial.cases[*case];
            row.raw("[").text(&Wtf8::from_stood_in(input, lone)).raw(", ").json(expected, lone).raw("]");
        });
        row.end()
    }

    fn report(&self, answers: &Answers, trial: &Trial, conclusion: &Conclusion, grid: &Grid) -> RowReport {
        let mut report = RowReport { reason: conclusion.kept.err(), ..RowReport::default() };
        report.tell("instruction", json!(self.instruction.stood_in()));
        let fell = trial.fell.iter().map(|(at, reason)| {
            let error = answers.answers[*at].function.ok().and_then(|function| grid.load_error(function));
            json!({"answer": at, "reason": reason, "error": error})
        });
        report.tell("answers_dropped", fell.collect());
        let repaired = answers.answers.iter().enumerate().filter(|(_, answer)| !answer.repairs.is_empty());
        let repaired = repaired.map(|(at, answer)| json!({"answer": at, "repairs": answer.repairs}));
        report.tell("answers_repaired", repaired.collect());
        let functions = trial.functions.iter().zip(&conclusion.judged.functions);
        let functions = functions.filter(|(_, judged)| judged.kept.is_err()).map(|(function, judged)| {
            let answer = answers.answers.iter().position(|answer| answer.function == Ok(*function));
            tell(judged, &json!({"answer": answer}))
        });
        report.tell("functions_dropped", functions.collect());
        let cases = trial.cases.iter().zip(&conclusion.judged.cases).filter(|(_, judged)| judged.kept.is_err());
        let cases = cases.map(|((input, output), judged)| tell(judged, &json!({"input": input, "output": output})));
        report.tell("cases_dropped", cases.collect());
        report.tell("cases_invalid", trial.invalid.into());
        report
    }
}

/// How a function or case came out, beside what it is.
fn tell(judged: &Judged, what: &Json) -> Json {
    let mut told = what.clone();
    if let Json::Object(fields) = &mut told {
        fields.insert("accuracy".into(), json!(judged.accuracy));
        fields.insert("reason".into(), json!(judged.kept.err()));
    }
    told
}

/// What every source did on every input.
struct Grid {
    columns: HashMap<String, usize>,
    width: usize,
    outcomes: Vec<Outcome>,
    /// Sources whose load hit a limit or left the interpreter.
    stopped: HashSet<usize>,
}

impl Grid {
    /// Runs all of them: which cases count is only known once it is known which sources load.
    async fn run(answers: &Answers, lone: bool, office: &Office) -> Result<Self, SandboxError> {
        let functions: Vec<Wtf8> = answers.sources.iter().map(|text| Wtf8::from_stood_in(text, lone)).collect();
        let mut columns: HashMap<String, usize> = HashMap::new();
        let mut texts = Vec::new();
        for (input, _) in answers.answers.iter().flat_map(|answer| &answer.cases) {
            if !columns.contains_key(input) {
                columns.insert(input.clone(), texts.len());
                texts.push(Text::from(Wtf8::from_stood_in(input, lone).into_bytes()));
            }
        }
        if texts.is_empty() {
            // Loading is seen by a check.
            texts.push(Text::from(""));
        }
        let width = texts.len();
        let programs = functions.iter().map(|source| Arc::from(python::source(source))).collect();
        let outcomes = office.collect(programs, texts).await?;
        let stopped = stopped_loads(&functions, &outcomes, width, office).await?;
        Ok(Self { columns, width, outcomes, stopped })
    }

    fn outcome(&self, function: usize, input: &str) -> Option<&Outcome> {
        self.outcomes.get(function * self.width + self.columns.get(input)?)
    }

    fn load(&self, function: usize) -> Load {
        if self.stopped.contains(&function) {
            return Load::Fails;
        }
        self.outcomes.get(function * self.width).map_or(Load::Fails, Load::of)
    }

    /// Why a source does not load.
    fn load_error(&self, function: usize) -> Option<String> {
        match &self.outcomes.get(function * self.width)?.kind {
            OutcomeKind::Load { error, .. } => Some(error.said()),
            _ if self.stopped.contains(&function) => Some("its load hit a limit or left the interpreter".to_owned()),
            _ => None,
        }
    }
}

/// The sources whose load did not come to its end. An outcome does not tell a load that hit a limit from a call that
/// did, so where all outcomes of a source ended so, it is loaded once more with an `evaluate` that always returns.
async fn stopped_loads(
    functions: &[Wtf8],
    outcomes: &[Outcome],
    width: usize,
    office: &Office,
) -> Result<HashSet<usize>, SandboxError> {
    let halted = |outcome: &Outcome| {
        use OutcomeKind::{Exit, Forbidden, Memory, Timeout};
        matches!(outcome.kind, Timeout | Memory | Exit | Forbidden { .. })
    };
    let rows = outcomes.chunks(width).enumerate();
    let suspects: Vec<usize> = rows.filter(|(_, row)| row.iter().all(halted)).map(|(function, _)| function).collect();
    if suspects.is_empty() {
        return Ok(HashSet::new());
    }
    let probe = |function: &usize| {
        let source = python::literal(&functions[*function]);
        let program =
            format!("exec(compile({source}, 'verifier.py', 'exec'))\ndef evaluate(response):\n    return True\n");
        Arc::from(program)
    };
    let found = office.collect(suspects.iter().map(probe).collect(), vec![Text::from("")]).await?;
    let stopped = suspects.iter().zip(&found).filter(|(_, outcome)| halted(outcome));
    Ok(stopped.map(|(function, _)| *function).collect())
}
