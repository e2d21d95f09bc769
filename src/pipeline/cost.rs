//! What completions cost, what a budget still allows, and what is left to spend. Pure: numbers in, numbers out.

use std::{fmt, time::Duration};

use crate::{
    config::{BudgetConfig, Config, Prices},
    domain::{CallKind, Stage, Usage},
    llm::Endpoints,
    store::{CallMean, Store, StoreError, Totals},
};

use super::{
    calls::has_ended,
    settings::Settings,
    snapshot::{Snapshot, StageCounts},
    work::shares_prompt,
};

/// Bytes of text that are about a token, where a server does not count.
const BYTES_PER_TOKEN: usize = 4;

/// What one completion used.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Spent {
    /// Tokens, where the server told.
    pub usage: Option<Usage>,
    /// Money, where there are prices.
    pub cost: Option<f64>,
}

impl Spent {
    /// What a completion from an endpoint used. Where the server did not count, its cost is estimated by length: a
    /// budget that counted such answers as free would hold nothing.
    pub fn of(config: &Config, endpoint: &str, usage: Option<Usage>, prompt: &str, answer: &str) -> Self {
        let prices = config.endpoints.get(endpoint).and_then(|endpoint| endpoint.prices);
        let counted = usage.unwrap_or_else(|| {
            let tokens = |text: &str| u64::try_from(text.len().div_ceil(BYTES_PER_TOKEN)).unwrap_or(u64::MAX);
            Usage { prompt_tokens: tokens(prompt), cached_tokens: 0, completion_tokens: tokens(answer) }
        });
        Self { usage, cost: prices.map(|prices| price(counted, prices)) }
    }
}

/// The price of some tokens.
#[expect(clippy::cast_precision_loss, reason = "no answer has 2^53 tokens")]
pub fn price(usage: Usage, prices: Prices) -> f64 {
    let cached = usage.cached_tokens.min(usage.prompt_tokens);
    let fresh = usage.prompt_tokens - cached;
    let cached_price = prices.cached_input.unwrap_or(prices.input);
    let millionths =
        fresh as f64 * prices.input + cached as f64 * cached_price + usage.completion_tokens as f64 * prices.output;
    millionths / 1e6
}

/// How many calls may be in flight so that the budget is reached, not overrun; nothing where there is no limit or
/// nothing is known yet of what a call uses. Zero: it is reached.
pub fn affordable(budget: &BudgetConfig, spent: &Totals) -> Option<usize> {
    let tokens = budget.tokens.map(|limit| {
        let used = spent.usage.prompt_tokens.saturating_add(spent.usage.completion_tokens);
        calls(limit as f64, used as f64, spent.requests)
    });
    let money = budget.money.map(|limit| calls(limit, spent.cost.unwrap_or(0.0), spent.requests));
    [tokens, money].into_iter().flatten().flatten().min()
}

/// Calls of mean size that fit into what is left, at least one where anything is.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "an estimate, of what is not negative"
)]
fn calls(limit: f64, used: f64, requests: u64) -> Option<usize> {
    if used >= limit {
        return Some(0);
    }
    let mean = used / requests as f64;
    (mean > 0.0).then(|| ((limit - used) / mean).max(1.0) as usize)
}

/// What is said where the budget is reached.
pub fn reached(budget: &BudgetConfig, spent: &Totals) -> Option<String> {
    let used = spent.usage.prompt_tokens.saturating_add(spent.usage.completion_tokens);
    let (what, key) = match (budget.tokens, budget.money, spent.cost.unwrap_or(0.0)) {
        (_, Some(limit), cost) if cost >= limit => (format!("{cost:.4} of {limit} are spent"), "money"),
        (Some(limit), ..) if used >= limit => (format!("{used} of {limit} tokens are used"), "tokens"),
        _ => return None,
    };
    Some(format!(
        "the budget is reached: {what}, on {} completions. What is stored is whole; raise `{key}` under [budget] in \
         assay.toml and run again",
        spent.requests
    ))
}

/// Calls of one kind that are left, as far as can be told.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Left {
    call: CallKind,
    calls: f64,
    /// Whether the rates that it rests on are of too few items.
    thin: bool,
}

/// Answers of a kind, or items of a stage, below which their mean or share is none, unless most of them are in.
const ENOUGH: u64 = 8;

/// Whether so many of so many are too few to judge the rest by.
const fn is_thin(seen: u64, of: u64) -> bool {
    seen < ENOUGH && seen * 2 < of
}

/// What is left to spend, from counts and from the means of what is stored.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Estimate {
    /// Calls.
    pub calls: f64,
    /// The requests that they are, where some are made together (`n`).
    pub requests: f64,
    /// Of those, calls of kinds that nothing is stored of yet: not in the numbers below.
    pub unknown: f64,
    /// Tokens, prompts and answers.
    pub tokens: f64,
    /// Money, where every endpoint that is asked has prices.
    pub cost: Option<f64>,
    /// Seconds, with every endpoint as busy as it may be.
    pub seconds: f64,
    /// Stored completions that the means are of.
    pub pilot: u64,
    /// Whether the numbers rest on too little to be told: few answers, few judged items, or kinds never seen.
    pub early: bool,
}

/// What a run is to do, and what of it is not in the funnel.
#[derive(Clone, Copy, Debug, Default)]
pub struct Scope {
    /// Only the first so many instructions are worked on.
    pub limit: Option<u32>,
    /// The last stage.
    pub until: Option<Stage>,
    /// Self-instruct calls that are still to be made.
    pub calls: u32,
    /// Self-instruct calls that have ended.
    pub ended: u32,
    /// Queries that there are to pair with.
    pub queries: u32,
    /// How many calls of a kind are one request at most, by kind.
    pub together: [u32; CallKind::ALL.len()],
}

impl Scope {
    /// Of a run of a project. `some`: only chosen items are worked on, so that nothing new is thought of.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn of(
        store: &Store,
        config: &Config,
        limit: Option<u32>,
        until: Option<Stage>,
        some: bool,
    ) -> Result<Self, StoreError> {
        let ended = store.calls()?.iter().filter(|call| has_ended(call)).count();
        Ok(Self::new(config, limit, until, some, (ended, store.queries()?.len())))
    }

    /// The same where it is known how many calls have ended and how many queries there are.
    pub fn new(
        config: &Config,
        limit: Option<u32>,
        until: Option<Stage>,
        some: bool,
        (ended, queries): (usize, usize),
    ) -> Self {
        let small = |n| u32::try_from(n).unwrap_or(u32::MAX);
        let (ended, queries) = (small(ended), small(queries));
        let wanted = if config.pipeline.self_instruct && !some { config.calls.self_instruct.samples } else { 0 };
        Self { limit, until, calls: wanted.saturating_sub(ended), ended, queries, together: [1; 6] }
    }

    /// Asking these endpoints, some of which make one request of the samples of one prompt.
    #[must_use]
    pub fn asking(mut self, endpoints: &Endpoints, settings: &Settings) -> Self {
        for call in CallKind::ALL.into_iter().filter(|call| shares_prompt(*call)) {
            let Some(endpoint) = endpoints.get(settings.endpoint(call)) else { continue };
            let concurrency = u32::try_from(endpoint.concurrency()).unwrap_or(u32::MAX);
            let most = endpoint.together(settings.model(call)).min(concurrency);
            self.together[call as usize] = most.min(settings.call(call).samples).max(1);
        }
        self
    }
}

impl Estimate {
    /// Of a project as it stands.
    pub fn of(config: &Config, now: &Snapshot, means: &[CallMean], scope: Scope) -> Self {
        let mut estimate = Self { pilot: means.iter().map(|mean| mean.calls).sum(), ..Self::default() };
        let mut cost = Some(0.0);
        for Left { call, calls, thin } in left(config, now, scope) {
            let together = f64::from(scope.together[call as usize].max(1));
            estimate.calls += calls;
            estimate.requests += calls / together;
            let Some(mean) = means.iter().find(|mean| mean.call == call) else {
                estimate.unknown += calls;
                continue;
            };
            let (prompt, cached) = prompt_of(mean, together);
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a number of calls")]
            let few = is_thin(mean.calls, mean.calls + calls as u64);
            estimate.early |= calls >= 1.0 && (thin || few);
            estimate.tokens += calls * (prompt + mean.completion_tokens);
            let endpoint = config.endpoint_of(call).map(|(_, endpoint)| endpoint);
            let at_a_time = endpoint.map_or(1, |endpoint| endpoint.concurrency.max(1));
            estimate.seconds += calls * mean.ms / 1000.0 / f64::from(at_a_time);
            let price = endpoint
                .and_then(|endpoint| endpoint.prices)
                .map(|prices| mean_price((prompt, cached, mean.completion_tokens), prices));
            cost = cost.zip(price).map(|(cost, price)| cost + calls * price);
        }
        // A tenth that is not known does not turn the rest round.
        let early = estimate.early || estimate.unknown * 10.0 > estimate.calls;
        Self { cost: cost.filter(|_| estimate.tokens > 0.0), early, ..estimate }
    }

    /// The time that is left, where enough was seen to tell.
    pub fn time(&self) -> Option<Duration> {
        (!self.early).then(|| Duration::from_secs_f64(self.seconds.clamp(0.0, 1e9)))
    }
}

/// A call's prompt tokens, and those of them that are cached: its share where it is asked for with others, as it was
/// seen where any were, else as it will be at best.
fn prompt_of(mean: &CallMean, together: f64) -> (f64, f64) {
    let was_shared = mean.whole_prompt > mean.prompt_tokens * 1.01;
    match together > 1.0 {
        true if was_shared => (mean.prompt_tokens, mean.cached_tokens),
        true => (mean.whole_prompt / together, mean.whole_cached / together),
        false => (mean.whole_prompt, mean.whole_cached),
    }
}

/// The price of so many tokens: of a prompt, cached of those, of an answer.
fn mean_price((prompt, cached, answer): (f64, f64, f64), prices: Prices) -> f64 {
    let cached = cached.min(prompt);
    let cached_price = prices.cached_input.unwrap_or(prices.input);
    ((prompt - cached) * prices.input + cached * cached_price + answer * prices.output) / 1e6
}

/// Calls that are left, stage by stage: what reaches a stage is what the one before lets through, at the rate seen so
/// far, or all of it where nothing was seen.
fn left(config: &Config, now: &Snapshot, scope: Scope) -> Vec<Left> {
    let samples = |call| f64::from(config.calls.get(call).samples);
    let funnel = &now.funnel;
    let kept = count(funnel.stage(Stage::SelfInstruct).kept);
    let enough = scope.limit.is_some_and(|limit| kept >= f64::from(limit));
    let (calls, new) = if enough { (0.0, 0.0) } else { (f64::from(scope.calls), invented(config, now, scope)) };
    let instructions = scope.limit.map_or(kept + new, |limit| (kept + new).min(f64::from(limit)));
    let checked = instructions * pass(funnel.stage(Stage::CrossValidate));
    let functions = functions(now).unwrap_or_else(|| samples(CallKind::Verifiers));
    let tasks = checked
        * pass(funnel.stage(Stage::Consistency))
        * f64::from(config.pipeline.queries_per_instruction.min(scope.queries));
    let responses = tasks * samples(CallKind::Respond);
    let scores = responses * pass(funnel.stage(Stage::Verify)) * samples(CallKind::Score);
    let done = |stage, per: f64| count(settled(funnel.stage(stage))) * per;
    let thin = |stage| is_thin(settled(funnel.stage(stage)), funnel.stage(stage).total);
    // What is in doubt at a stage is so for all that comes after it.
    let new = calls > 0.0 && scope.ended == 0;
    let meaning = new || thin(Stage::CrossValidate);
    let answers = meaning || thin(Stage::Consistency);
    let rating = answers || thin(Stage::Verify);
    let rows = [
        (CallKind::SelfInstruct, calls, 0.0, false),
        (CallKind::Verifiers, instructions * samples(CallKind::Verifiers), done(Stage::Verifiers, 1.0), new),
        (CallKind::BackTranslate, checked * functions, done(Stage::BackTranslate, functions), meaning),
        (CallKind::Entail, checked * functions, done(Stage::Consistency, functions), meaning),
        (CallKind::Respond, responses, done(Stage::Respond, 1.0), answers),
        (CallKind::Score, scores, done(Stage::Score, samples(CallKind::Score)), rating),
    ];
    let asked = rows.into_iter().filter(|(call, ..)| scope.until.is_none_or(|last| stage_of(*call) <= last));
    asked.map(|(call, all, done, thin)| Left { call, calls: (all - done).max(0.0), thin }).collect()
}

/// New instructions of the calls that are still to be made: lines of a call and the share that is new as seen so far;
/// what is asked for, and all of it, where nothing was seen.
fn invented(config: &Config, now: &Snapshot, scope: Scope) -> f64 {
    let counts = now.funnel.stage(Stage::SelfInstruct);
    let seeds = now.instructions.iter().filter(|row| row.seed).count() as u64;
    let seen = count(settled(counts).saturating_sub(seeds));
    let (lines, share) = if scope.ended == 0 || seen == 0.0 {
        (f64::from(config.pipeline.instructions_per_call), 1.0)
    } else {
        (seen / f64::from(scope.ended), count(counts.kept.saturating_sub(seeds)) / seen)
    };
    f64::from(scope.calls) * lines * share
}

/// The stage that asks a call.
const fn stage_of(call: CallKind) -> Stage {
    match call {
        CallKind::SelfInstruct => Stage::SelfInstruct,
        CallKind::Verifiers => Stage::Verifiers,
        CallKind::BackTranslate => Stage::BackTranslate,
        CallKind::Entail => Stage::Consistency,
        CallKind::Respond => Stage::Respond,
        CallKind::Score => Stage::Score,
    }
}

/// Functions in use per instruction that has any.
fn functions(now: &Snapshot) -> Option<f64> {
    let used = now.instructions.iter().map(|row| row.functions.0).filter(|used| *used > 0);
    let (n, sum) = used.fold((0_u32, 0_u32), |(n, sum), used| (n + 1, sum + used));
    (n > 0).then(|| f64::from(sum) / f64::from(n))
}

const fn settled(counts: &StageCounts) -> u64 {
    counts.kept + counts.dropped + counts.failed
}

fn pass(counts: &StageCounts) -> f64 {
    if settled(counts) == 0 { 1.0 } else { count(counts.kept) / count(settled(counts)) }
}

#[expect(clippy::cast_precision_loss, reason = "an estimate")]
const fn count(n: u64) -> f64 {
    n as f64
}

impl fmt::Display for Estimate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "left to do: about {:.0} calls", self.calls)?;
        if self.requests < self.calls * 0.99 {
            write!(f, " in {:.0} requests", self.requests.ceil())?;
        }
        if self.unknown >= self.calls {
            return write!(f, "; what they use is told after a pilot, such as `assay run --limit 3`");
        }
        write!(f, ", {:.0} tokens", self.tokens)?;
        if let Some(cost) = self.cost {
            write!(f, ", cost {cost:.2}")?;
        }
        write!(f, ", {:.0} min, by the means of {} stored answers", (self.seconds / 60.0).ceil(), self.pilot)?;
        if self.unknown > 0.0 {
            write!(f, "; {:.0} calls of kinds that were never made are not in these numbers", self.unknown)?;
        }
        if self.early { f.write_str("; too little was seen yet for more than a guess") } else { Ok(()) }
    }
}

#[cfg(test)]
#[path = "cost_tests.rs"]
mod tests;
