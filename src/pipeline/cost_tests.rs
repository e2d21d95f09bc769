//! Tests of prices, budgets and estimates.

use std::sync::Arc;

use super::*;
use crate::{config::EndpointConfig, pipeline::snapshot::Funnel};

const PRICES: Prices = Prices { input: 2.0, cached_input: Some(0.5), output: 10.0 };

fn usage(prompt_tokens: u64, cached_tokens: u64, completion_tokens: u64) -> Usage {
    Usage { prompt_tokens, cached_tokens, completion_tokens }
}

fn config() -> Config {
    let mut config = Config::default();
    let endpoint = EndpointConfig { prices: Some(PRICES), concurrency: 4, ..EndpointConfig::default() };
    config.endpoints.insert("main".into(), endpoint);
    config
}

fn totals(requests: u64, tokens: u64, cost: f64) -> Totals {
    Totals { requests, usage: usage(tokens, 0, 0), cost: Some(cost) }
}

#[test]
fn prices_are_per_million_and_cached_tokens_have_their_own() {
    let close = |a: f64, b: f64| assert!((a - b).abs() < 1e-12, "{a} {b}");
    close(price(usage(1_000_000, 0, 0), PRICES), 2.0);
    close(price(usage(1_000_000, 400_000, 100_000), PRICES), 1.2 + 0.2 + 1.0);
    close(
        price(usage(10, 0, 0), Prices { cached_input: None, ..PRICES }),
        price(usage(10, 7, 0), Prices { cached_input: None, ..PRICES }),
    );
    close(price(usage(5, 9, 0), PRICES), 2.5e-6);
}

#[test]
fn what_the_server_does_not_count_is_estimated_and_not_called_counted() {
    let spent = Spent::of(&config(), "main", None, "12345678", "1234");
    assert_eq!((spent.usage, spent.cost), (None, Some(price(usage(2, 0, 1), PRICES))));
    assert_eq!(Spent::of(&Config::default(), "main", Some(usage(1, 0, 1)), "", "").cost, None, "no prices, no cost");
}

#[test]
fn a_budget_narrows_what_is_in_flight_and_then_stops() {
    let budget = BudgetConfig { tokens: Some(1000), money: Some(1.0) };
    assert_eq!(affordable(&BudgetConfig::default(), &totals(5, 1 << 40, 1e9)), None);
    assert_eq!(affordable(&budget, &Totals::default()), None, "nothing is known yet");
    assert_eq!(affordable(&budget, &totals(10, 500, 0.1)), Some(10), "50 a call, 500 left");
    assert_eq!(affordable(&budget, &totals(10, 100, 0.9)), Some(1), "0.09 a call, 0.1 left");
    assert_eq!(affordable(&budget, &totals(10, 999, 0.0)), Some(1), "one is always tried while anything is left");
    assert_eq!(affordable(&budget, &totals(10, 1000, 0.0)), Some(0));
    assert_eq!(affordable(&budget, &totals(10, 10, 1.0)), Some(0));
    assert_eq!(reached(&budget, &totals(10, 999, 0.99)), None);
    let said = reached(&budget, &totals(10, 20, 1.25)).unwrap();
    assert!(said.contains("1.2500 of 1 are spent") && said.contains("raise `money` under [budget]"), "{said}");
    let said = reached(&budget, &totals(10, 1001, 0.5)).unwrap();
    assert!(said.contains("1001 of 1000 tokens") && said.contains("raise `tokens`"), "{said}");
}

/// Everything is to be done, and nothing more is to be thought of.
const DONE: Scope = Scope { limit: None, until: None, calls: 0, ended: 2, queries: 100, together: [1; 6] };

/// Ten instructions of which a pilot did two: half of what was checked passed, half of the responses did.
fn pilot() -> Snapshot {
    let mut funnel = Funnel::default();
    let mut set = |stage: Stage, kept, dropped| {
        let counts = funnel.stage_mut(stage);
        (counts.kept, counts.dropped, counts.total) = (kept, dropped, kept + dropped);
    };
    set(Stage::SelfInstruct, 10, 5);
    set(Stage::Verifiers, 16, 0);
    set(Stage::CrossValidate, 1, 1);
    set(Stage::BackTranslate, 1, 0);
    set(Stage::Consistency, 1, 0);
    set(Stage::Respond, 128, 0);
    set(Stage::Verify, 64, 64);
    set(Stage::Score, 64, 0);
    Snapshot { funnel: Arc::new(funnel), ..Snapshot::default() }
}

#[test]
fn a_pilot_is_scaled_stage_by_stage() {
    let calls = |limit| {
        let left = left(&config(), &pilot(), Scope { limit, ..DONE });
        left.iter().map(|left| left.calls).collect::<Vec<_>>()
    };
    // 10 instructions x 8; 5 pass x 8 functions, less those of one; 5 x 16 queries x 8 responses; half of them scored.
    assert_eq!(calls(None), [0.0, 64.0, 32.0, 32.0, 640.0 - 128.0, 320.0 - 64.0]);
    assert_eq!(calls(Some(2)), [0.0; 6], "the pilot itself is done");
}

/// Two calls gave fifteen lines of which ten were new: two more will give ten more.
#[test]
fn what_is_not_thought_of_yet_is_counted_too() {
    let calls = |scope: Scope| {
        let left = left(&config(), &pilot(), scope);
        left.iter().map(|left| left.calls).collect::<Vec<_>>()
    };
    let more = Scope { calls: 2, ended: 2, ..DONE };
    assert_eq!(calls(more), [2.0, 144.0, 72.0, 72.0, 1280.0 - 128.0, 640.0 - 64.0]);
    assert_eq!(calls(Scope { limit: Some(2), ..more }), [0.0; 6], "there are enough");
    assert_eq!(calls(Scope { limit: Some(12), ..more })[..2], [2.0, 80.0]);
    assert_eq!(calls(Scope { until: Some(Stage::Verifiers), ..more }), [2.0, 144.0]);
    assert_eq!(calls(Scope { ended: 0, ..more })[1], 384.0, "20 lines are asked for in a call");
    assert_eq!(calls(Scope { queries: 1, ..DONE })[4], 0.0, "one query: 5 x 1 x 8 is less than was answered");
}

#[test]
fn an_estimate_says_what_it_does_not_know() {
    let none = Estimate::of(&config(), &pilot(), &[], DONE);
    assert!(none.to_string().contains("896 calls; what they use is told after a pilot"), "{none}");
    let mean = |call, calls| CallMean {
        call,
        calls,
        prompt_tokens: 100.0,
        whole_prompt: 100.0,
        completion_tokens: 50.0,
        ms: 3000.0,
        ..CallMean::new(call)
    };
    let means = [mean(CallKind::Verifiers, 16), mean(CallKind::Respond, 128)];
    let some = Estimate::of(&config(), &pilot(), &means, DONE);
    assert_eq!((some.calls, some.unknown, some.tokens, some.pilot), (896.0, 320.0, 576.0 * 150.0, 144));
    assert!((some.cost.unwrap() - 576.0 * 7e-4).abs() < 1e-9, "{some:?}");
    assert!((some.seconds - 576.0 * 3.0 / 4.0).abs() < 1e-9);
    assert_eq!(
        some.to_string(),
        "left to do: about 896 calls, 86400 tokens, cost 0.40, 8 min, by the means of 144 stored answers; 320 calls of \
         kinds that were never made are not in these numbers; too little was seen yet for more than a guess"
    );
    let mut together = DONE;
    together.together[CallKind::Respond as usize] = 8;
    let less = Estimate::of(&config(), &pilot(), &means, together);
    assert_eq!((less.calls, less.requests), (896.0, 896.0 - 512.0 + 64.0));
    assert_eq!(less.tokens, 64.0 * 150.0 + 512.0 * (100.0 / 8.0 + 50.0), "a prompt is paid once for eight");
    assert!(less.to_string().starts_with("left to do: about 896 calls in 448 requests, 41600 tokens"), "{less}");
    let shared = CallMean { prompt_tokens: 20.0, whole_prompt: 100.0, ..means[1] };
    let seen = Estimate::of(&config(), &pilot(), &[means[0], shared], together);
    assert_eq!(seen.tokens, 64.0 * 150.0 + 512.0 * 70.0, "as it was seen, with groups that were not full");
    let single = Estimate::of(&config(), &pilot(), &[means[0], shared], DONE);
    assert_eq!(single.tokens, some.tokens, "n is used no longer: each pays its own");
    let mut unpriced = config();
    unpriced.endpoints.get_mut("main").unwrap().prices = None;
    assert_eq!(Estimate::of(&unpriced, &pilot(), &means, DONE).cost, None);
}

/// Early in a run a share or a mean rests on one item or two: no time is told.
#[test]
fn time_is_told_only_where_enough_was_seen() {
    let mean = |call, calls| CallMean {
        call,
        calls,
        prompt_tokens: 100.0,
        cached_tokens: 0.0,
        whole_prompt: 100.0,
        whole_cached: 0.0,
        completion_tokens: 50.0,
        ms: 3000.0,
    };
    let all = |calls| {
        use CallKind::{BackTranslate, Entail, Respond, Score, Verifiers};
        [Verifiers, BackTranslate, Entail, Respond, Score].map(|call| mean(call, calls))
    };
    let with = |checked: u64, reached: u64| {
        let mut now = pilot();
        let counts = Arc::make_mut(&mut now.funnel).stage_mut(Stage::CrossValidate);
        (counts.kept, counts.dropped, counts.total) = (checked, 0, reached);
        now
    };
    let time = |now: &Snapshot, means: &[CallMean]| Estimate::of(&config(), now, means, DONE).time();
    assert!(time(&with(10, 10), &all(20)).is_some());
    assert_eq!(time(&with(1, 10), &all(20)), None, "one instruction of ten was checked");
    assert!(time(&with(6, 10), &all(20)).is_some(), "most of them are");
    assert_eq!(time(&with(10, 10), &all(2)), None, "two answers of a kind");
    assert_eq!(time(&with(10, 10), &all(20)[..3]), None, "how long a response takes is not known");
    let none = Scope { calls: 3, ended: 0, ..DONE };
    assert!(Estimate::of(&config(), &with(10, 10), &all(20), none).early, "no line was seen yet");
}
