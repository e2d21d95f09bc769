//! "Did you mean": the nearest of some names.

/// Bytes of the longest name that is compared.
const LONGEST: usize = 200;

/// The candidate nearest to a name, where it is near enough to be a slip of the fingers.
pub fn closest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // A name of thousands of letters is no slip, and comparing it would take its length in time and memory.
    if name.len() > LONGEST {
        return None;
    }
    let candidates: Vec<&str> = candidates.into_iter().collect();
    let bare = |name: &str| name.replace(['-', '_', ' '], "").to_lowercase();
    if let Some(same) = candidates.iter().find(|candidate| bare(candidate) == bare(name)) {
        return Some(same);
    }
    let allowed = (name.chars().count() / 3).max(1);
    candidates
        .into_iter()
        .map(|candidate| (distance(name, candidate), candidate))
        .filter(|(distance, _)| *distance <= allowed)
        .min()
        .map(|(_, candidate)| candidate)
}

/// Edits between two names, a swap of neighbours counting as one (optimal string alignment).
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows = vec![vec![0; b.len() + 1]; a.len() + 1];
    for (i, row) in rows.iter_mut().enumerate() {
        row[0] = i;
    }
    rows[0] = (0..=b.len()).collect();
    for i in 1..=a.len() {
        for j in 1..=b.len() {
            let changed = usize::from(a[i - 1] != b[j - 1]);
            let mut best = (rows[i - 1][j] + 1).min(rows[i][j - 1] + 1).min(rows[i - 1][j - 1] + changed);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(rows[i - 2][j - 2] + 1);
            }
            rows[i][j] = best;
        }
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_found_and_strangers_are_not() {
        let names = ["temperature", "top_p", "max_tokens", "samples"];
        assert_eq!(closest("temprature", names), Some("temperature"));
        assert_eq!(closest("top-p", names), Some("top_p"));
        assert_eq!(closest("smaples", names), Some("samples"));
        assert_eq!(closest("colour", names), None);
        assert_eq!(closest("atleast", ["all", "at-least"]), Some("at-least"));
    }
}
