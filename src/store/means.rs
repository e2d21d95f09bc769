//! What calls of a kind used on the average.

use std::collections::BTreeMap;

use crate::domain::{CallKind, Usage};

use super::{
    Store, StoreError,
    completion::{provenance, unsigned},
};

/// How many of the latest completions are looked at: enough for a mean, and quick in a project of millions.
const LATEST: u32 = 4000;

/// Means of the stored completions of one call.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CallMean {
    /// Which call.
    pub call: CallKind,
    /// How many completions the means are of.
    pub calls: u64,
    /// Tokens of prompts.
    pub prompt_tokens: f64,
    /// Of those, cached ones.
    pub cached_tokens: f64,
    /// Tokens of prompts if each completion had been asked for alone: one of `n` choices has a share of its prompt.
    pub whole_prompt: f64,
    /// Of those, cached ones.
    pub whole_cached: f64,
    /// Tokens of answers.
    pub completion_tokens: f64,
    /// Milliseconds of an answer.
    pub ms: f64,
}

/// What the stored completions of one call used.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CallTotal {
    /// Which call.
    pub call: CallKind,
    /// How many completions there are.
    pub completions: u64,
    /// Their tokens, where servers told.
    pub usage: Usage,
    /// Their cost, where there were prices.
    pub cost: Option<f64>,
}

impl Store {
    /// What all stored completions used, by call. Reads every row: seconds in a project of millions.
    pub fn call_totals(&self) -> Result<Vec<CallTotal>, StoreError> {
        self.read(|conn| {
            let mut select = conn.prepare_cached(
                "SELECT call, COUNT(*), COALESCE(SUM(prompt_tokens), 0), COALESCE(SUM(cached_tokens), 0),
                 COALESCE(SUM(completion_tokens), 0), SUM(cost) FROM completion GROUP BY call ORDER BY call",
            )?;
            let rows = select.query_map([], |row| {
                let call: String = row.get(0)?;
                Ok(CallKind::from_name(&call).map(|call| {
                    Ok::<_, rusqlite::Error>(CallTotal {
                        call,
                        completions: unsigned(row.get(1)?),
                        usage: Usage {
                            prompt_tokens: unsigned(row.get(2)?),
                            cached_tokens: unsigned(row.get(3)?),
                            completion_tokens: unsigned(row.get(4)?),
                        },
                        cost: row.get(5)?,
                    })
                }))
            })?;
            let mut totals = Vec::new();
            for total in rows {
                totals.extend(total?.transpose()?);
            }
            Ok(totals)
        })
    }

    /// What calls used on the average, of those that a server counted, over the latest completions.
    pub fn call_means(&self) -> Result<Vec<CallMean>, StoreError> {
        self.read(|conn| {
            let mut select = conn.prepare_cached(
                "SELECT call, prompt_tokens, cached_tokens, completion_tokens, total_ms, content
                 FROM (SELECT * FROM completion ORDER BY row DESC LIMIT ?1) WHERE prompt_tokens IS NOT NULL",
            )?;
            let mut rows = select.query([LATEST])?;
            let mut means: BTreeMap<CallKind, CallMean> = BTreeMap::new();
            while let Some(row) = rows.next()? {
                let call = row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?;
                let Some(call) = CallKind::from_name(call) else { continue };
                let together = provenance(row.get_ref(5)?.as_blob().map_err(rusqlite::Error::from)?).together;
                let of = together.map_or(1.0, |together| f64::from(together.n));
                let mean = means.entry(call).or_insert_with(|| CallMean::new(call));
                let (prompt, cached): (f64, f64) = (row.get(1)?, row.get(2)?);
                mean.calls += 1;
                let n = mean.calls as f64;
                for (mean, new) in [
                    (&mut mean.prompt_tokens, prompt),
                    (&mut mean.cached_tokens, cached),
                    (&mut mean.whole_prompt, prompt * of),
                    (&mut mean.whole_cached, cached * of),
                    (&mut mean.completion_tokens, row.get(3)?),
                    (&mut mean.ms, row.get(4)?),
                ] {
                    *mean += (new - *mean) / n;
                }
            }
            Ok(means.into_values().collect())
        })
    }
}

impl CallMean {
    /// Of nothing yet.
    pub const fn new(call: CallKind) -> Self {
        Self {
            call,
            calls: 0,
            prompt_tokens: 0.0,
            cached_tokens: 0.0,
            whole_prompt: 0.0,
            whole_cached: 0.0,
            completion_tokens: 0.0,
            ms: 0.0,
        }
    }
}
