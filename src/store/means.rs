//! What calls of a kind used on the average.

use crate::domain::{CallKind, Usage};

use super::{Store, StoreError, completion::unsigned};

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
                "SELECT call, COUNT(*), AVG(prompt_tokens), AVG(cached_tokens), AVG(completion_tokens), AVG(total_ms)
                 FROM (SELECT call, prompt_tokens, cached_tokens, completion_tokens, total_ms FROM completion
                       ORDER BY row DESC LIMIT ?1)
                 WHERE prompt_tokens IS NOT NULL GROUP BY call ORDER BY call",
            )?;
            let rows = select.query_map([LATEST], |row| {
                let call: String = row.get(0)?;
                Ok(CallKind::from_name(&call).map(|call| {
                    Ok::<_, rusqlite::Error>(CallMean {
                        call,
                        calls: row.get::<_, u32>(1)?.into(),
                        prompt_tokens: row.get(2)?,
                        cached_tokens: row.get(3)?,
                        completion_tokens: row.get(4)?,
                        ms: row.get(5)?,
                    })
                }))
            })?;
            let mut means = Vec::new();
            for mean in rows {
                means.extend(mean?.transpose()?);
            }
            Ok(means)
        })
    }
}
