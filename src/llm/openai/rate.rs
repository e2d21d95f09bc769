//! Ceilings per minute: no minute, wherever it begins, has more requests or tokens in it.

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use crate::{config::EndpointConfig, domain::Usage, llm::Request};

/// The time that the ceilings hold for.
const SPAN: Duration = Duration::from_secs(60);

/// How many bytes of a prompt are about a token, on the safe side.
const BYTES_PER_TOKEN: usize = 3;

/// The ceilings of an endpoint.
#[derive(Debug)]
pub(super) struct Rate {
    state: Mutex<State>,
    /// Those that wait go in the order in which they came.
    gate: tokio::sync::Mutex<()>,
}

#[derive(Debug)]
struct State {
    requests: Option<Window>,
    tokens: Option<Window>,
    next: u64,
}

/// What a request was counted as.
#[derive(Debug)]
pub(super) struct Ticket(u64);

impl Rate {
    /// The ceilings of the configuration.
    pub fn new(config: &EndpointConfig) -> Self {
        let state = State {
            requests: config.requests_per_minute.map(|limit| Window::new(u64::from(limit))),
            tokens: config.tokens_per_minute.map(Window::new),
            next: 0,
        };
        Self { state: Mutex::new(state), gate: tokio::sync::Mutex::default() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until a request of `n` choices fits, and counts it: its prompt by length, its answers by their limit, as
    /// servers do.
    pub async fn admit(&self, request: &Request, n: usize) -> Ticket {
        let prompt: usize = request.messages.iter().map(|message| message.content.len() / BYTES_PER_TOKEN + 8).sum();
        let tokens = u64::try_from(prompt)
            .unwrap_or(u64::MAX)
            .saturating_add(u64::from(request.max_tokens).saturating_mul(n as u64));
        let _turn = self.gate.lock().await;
        loop {
            let wait = match self.state().admit(Instant::now(), tokens) {
                Ok(ticket) => return ticket,
                Err(wait) => wait,
            };
            tokio::time::sleep(wait).await;
        }
    }

    /// Corrects the count once the server has told. More than the ceiling counts as the ceiling: a broken server may
    /// tell any number.
    pub fn settle(&self, ticket: &Ticket, usage: Option<Usage>) {
        if let (Some(usage), Some(tokens)) = (usage, &mut self.state().tokens) {
            tokens.settle(ticket.0, usage.prompt_tokens.saturating_add(usage.completion_tokens));
        }
    }
}

impl State {
    fn admit(&mut self, now: Instant, tokens: u64) -> Result<Ticket, Duration> {
        let requests = self.requests.as_mut().and_then(|window| window.wait(now, 1));
        let waits = requests.max(self.tokens.as_mut().and_then(|window| window.wait(now, tokens)));
        if let Some(wait) = waits {
            return Err(wait);
        }
        self.next += 1;
        if let Some(window) = &mut self.requests {
            window.add(now, self.next, 1);
        }
        if let Some(window) = &mut self.tokens {
            window.add(now, self.next, tokens);
        }
        Ok(Ticket(self.next))
    }
}

/// What was used in the last minute.
#[derive(Debug)]
struct Window {
    limit: u64,
    used: VecDeque<Used>,
    sum: u64,
}

#[derive(Debug)]
struct Used {
    at: Instant,
    ticket: u64,
    amount: u64,
}

impl Window {
    const fn new(limit: u64) -> Self {
        Self { limit, used: VecDeque::new(), sum: 0 }
    }

    /// How long an amount has to wait; nothing where it fits. One that never would goes alone.
    fn wait(&mut self, now: Instant, amount: u64) -> Option<Duration> {
        while let Some(used) = self.used.front().filter(|used| now.duration_since(used.at) >= SPAN) {
            self.sum = self.sum.saturating_sub(used.amount);
            self.used.pop_front();
        }
        let mut sum = self.sum;
        let mut until = None;
        for used in &self.used {
            if sum.saturating_add(amount) <= self.limit {
                break;
            }
            sum = sum.saturating_sub(used.amount);
            until = Some(used.at + SPAN);
        }
        until.map(|until| until.saturating_duration_since(now))
    }

    fn add(&mut self, at: Instant, ticket: u64, amount: u64) {
        self.used.push_back(Used { at, ticket, amount });
        self.sum = self.sum.saturating_add(amount);
    }

    fn settle(&mut self, ticket: u64, amount: u64) {
        if let Ok(at) = self.used.binary_search_by_key(&ticket, |used| used.ticket) {
            let used = &mut self.used[at];
            let amount = amount.min(self.limit.max(used.amount));
            self.sum = self.sum.saturating_sub(used.amount).saturating_add(amount);
            used.amount = amount;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(requests: Option<u64>, tokens: Option<u64>) -> State {
        State { requests: requests.map(Window::new), tokens: tokens.map(Window::new), next: 0 }
    }

    #[test]
    fn no_minute_has_more_requests() {
        let (mut state, start) = (state(Some(10), None), Instant::now());
        let (mut now, mut sent) = (start, Vec::new());
        while sent.len() < 35 {
            match state.admit(now, 5) {
                Ok(_) => sent.push(now),
                Err(wait) => {
                    assert!(!wait.is_zero());
                    now += wait;
                }
            }
            now += Duration::from_millis(700);
        }
        for (n, at) in sent.iter().enumerate().skip(10) {
            assert!(*at - sent[n - 10] >= SPAN, "{n}");
        }
    }

    #[test]
    fn an_answer_shorter_than_its_limit_makes_room() {
        let (mut state, now) = (state(None, Some(100)), Instant::now());
        let first = state.admit(now, 90).unwrap();
        assert_eq!(state.admit(now, 20).unwrap_err(), SPAN);
        state.tokens.as_mut().unwrap().settle(first.0, 30);
        assert!(state.admit(now, 20).is_ok());
        assert!(state.admit(now, 51).is_err(), "50 of 100 are used");
    }

    #[test]
    fn a_server_that_tells_nonsense_does_no_harm() {
        let (mut state, now) = (state(None, Some(100)), Instant::now());
        for _ in 0..2 {
            let ticket = state.admit(now, 10).unwrap();
            state.tokens.as_mut().unwrap().settle(ticket.0, 10);
        }
        let ticket = state.admit(now, 10).unwrap();
        state.tokens.as_mut().unwrap().settle(ticket.0, u64::MAX);
        assert_eq!(state.admit(now, 1).unwrap_err(), SPAN);
        assert!(state.admit(now + SPAN, 100).is_ok());
    }

    #[test]
    fn what_never_fits_goes_alone() {
        let (mut state, now) = (state(None, Some(100)), Instant::now());
        assert!(state.admit(now, 500).is_ok());
        assert_eq!(state.admit(now + SPAN / 2, 1).unwrap_err(), SPAN / 2);
        assert!(state.admit(now + SPAN, 500).is_ok());
    }
}
