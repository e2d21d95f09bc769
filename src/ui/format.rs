//! Numbers and times for people.

use std::time::Duration;

/// `1284` as `1 284`, large numbers as `1.3M`.
pub(super) fn count(n: u64) -> String {
    match n {
        0..10_000 => n.to_string(),
        10_000..1_000_000 => format!("{}k", one_decimal(n, 1_000)),
        _ => format!("{}M", one_decimal(n, 1_000_000)),
    }
}

/// `12000` as `12,000`.
pub(super) fn thousands(n: u64) -> String {
    let digits = n.to_string();
    let first = digits.len() % 3;
    let (head, tail) = digits.split_at(first);
    let groups = (0..tail.len() / 3).filter_map(|at| tail.get(at * 3..at * 3 + 3));
    let parts: Vec<&str> = Some(head).filter(|head| !head.is_empty()).into_iter().chain(groups).collect();
    parts.join(",")
}

fn one_decimal(n: u64, unit: u64) -> String {
    let tenths = n * 10 / unit;
    if tenths >= 1000 { (tenths / 10).to_string() } else { format!("{}.{}", tenths / 10, tenths % 10) }
}

/// `12:41`, `1:02:03`.
pub(super) fn clock(time: Duration) -> String {
    let s = time.as_secs();
    if s >= 3600 {
        format!("{}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60)
    } else {
        format!("{}:{:02}", s / 60, s % 60)
    }
}

/// `850 ms`, `12.4 s`, `3 min`.
pub(super) fn span(time: Duration) -> String {
    let ms = time.as_millis();
    match ms {
        0..1000 => format!("{ms} ms"),
        1000..100_000 => format!("{:.1} s", time.as_secs_f64()),
        _ => format!("{} min", ms / 60_000),
    }
}

/// `.89`, `1.0`; nothing as given.
pub(super) fn share(share: Option<f64>, none: &str) -> String {
    match share {
        Some(share) if share >= 0.995 => "1.0".to_owned(),
        Some(share) => format!("{share:.2}").trim_start_matches('0').to_owned(),
        None => none.to_owned(),
    }
}

/// `one function`, `3 functions`.
pub(super) fn plural(n: usize, noun: &str) -> String {
    match noun.strip_suffix("ry") {
        _ if n == 1 => format!("1 {noun}"),
        Some(stem) => format!("{n} {stem}ries"),
        None => format!("{n} {noun}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_forms() {
        assert_eq!([count(9_999), count(12_345), count(999_999), count(3_200_000)], ["9999", "12.3k", "999k", "3.2M"]);
        assert_eq!(
            [0, 12, 999, 1000, 12_000, 100_000, 1_234_567].map(thousands),
            ["0", "12", "999", "1,000", "12,000", "100,000", "1,234,567"]
        );
        assert_eq!(clock(Duration::from_secs(761)), "12:41");
        assert_eq!(clock(Duration::from_secs(3723)), "1:02:03");
        assert_eq!([share(Some(1.0), "–"), share(Some(0.888), "–"), share(None, "–")], ["1.0", ".89", "–"]);
    }
}
