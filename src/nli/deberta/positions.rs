//! Buckets of relative positions: near ones have one each, far ones share, on a logarithmic scale (DeBERTa-v2).

use super::config::Relative;

/// The row of the table of relative positions for a distance (query minus key).
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "distances are below a million; the scale is computed in single precision because models were trained so"
)]
pub fn bucket(distance: i64, relative: &Relative) -> i64 {
    let span = relative.span as i64;
    let mid = span / 2;
    let far = distance.abs();
    let position = match relative.log_up_to {
        Some(furthest) if far > mid => {
            let scale = ((furthest as f32 - 1.0) / mid as f32).ln();
            let steps = ((far as f32 / mid as f32).ln() / scale * (mid as f32 - 1.0)).ceil();
            distance.signum() * (steps as i64 + mid)
        }
        _ => distance,
    };
    (position + span).clamp(0, 2 * span - 1)
}

/// Where a pair of `len` tokens looks in the table.
pub struct Window {
    /// First row that is needed.
    pub first: usize,
    /// Rows that are needed.
    pub rows: usize,
    /// For every query and key, in this order, the row after `first`.
    pub content_to_position: Vec<u32>,
    /// For every key and query, in this order, the row after `first`.
    pub position_to_content: Vec<u32>,
}

impl Window {
    /// The window of a length.
    pub fn of(len: usize, relative: &Relative) -> Self {
        let len = i64::try_from(len).unwrap_or(i64::MAX);
        let rows: Vec<i64> = ((1 - len)..len).map(|distance| bucket(distance, relative)).collect();
        let (first, last) = (rows.iter().min().copied().unwrap_or(0), rows.iter().max().copied().unwrap_or(0));
        let at = |query: i64, key: i64| rows[usize::try_from(query - key + len - 1).unwrap_or(0)];
        let index = |row: i64| u32::try_from(row - first).unwrap_or(0);
        let square = || (0..len).flat_map(|row| (0..len).map(move |column| (row, column)));
        Self {
            first: usize::try_from(first).unwrap_or(0),
            rows: usize::try_from(last - first + 1).unwrap_or(1),
            content_to_position: square().map(|(query, key)| index(at(query, key))).collect(),
            // Seen from the key the distance has the other sign, and its row is counted from the other end: the same row.
            position_to_content: square().map(|(key, query)| index(at(query, key))).collect(),
        }
    }
}
