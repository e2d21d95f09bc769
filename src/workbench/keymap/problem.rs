//! What can be wrong with a key table: keys that mean two things, keys that can never be pressed.

use std::{collections::HashMap, fmt};

use crate::{config::Place, workbench::chord::Keys};

use super::{
    Action, Binding,
    context::{CHAINS, Context},
};

/// Something wrong in a key table: where, what, and what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct Problem {
    /// Where in the text.
    pub place: Option<Place>,
    /// What, and what to do.
    pub text: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.place {
            Some(Place { line, column }) => write!(f, "{line}:{column}: {}", self.text),
            None => f.write_str(&self.text),
        }
    }
}

struct Bound<'r> {
    context: Context,
    row: &'r Binding,
    keys: &'r Keys,
}

/// All that is wrong with rows that were read.
pub(super) fn conflicts(rows: &[(Context, Vec<Binding>)]) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (context, rows) in rows.iter().filter(|(context, _)| context.takes_text()) {
        for row in rows {
            problems.extend(row.keys.iter().filter(|keys| is_text(keys)).map(|keys| typed(*context, row, keys)));
        }
    }
    for chain in CHAINS {
        let mut seen: HashMap<&Keys, Bound<'_>> = HashMap::new();
        let alive = rows.iter().filter(|(context, _)| chain.contains(context));
        let mut all: Vec<Bound<'_>> = Vec::new();
        for (context, rows) in alive {
            let bound = |row| move |keys| Bound { context: *context, row, keys };
            all.extend(rows.iter().flat_map(|row| row.keys.iter().map(bound(row))));
        }
        for (at, bound) in all.iter().enumerate() {
            let longer = all.iter().find(|other| other.keys.goes_on_from(&bound.keys.0));
            if let Some(other) = longer {
                problems.push(clash(bound, other));
            }
            if let Some(first) = seen.get(bound.keys) {
                problems.push(clash(first, bound));
            } else if let Some(bound) = all.get(at) {
                seen.insert(bound.keys, Bound { ..*bound });
            }
        }
    }
    problems.sort_by_key(|problem| problem.place.map(|place| (place.line, place.column)));
    problems.dedup();
    problems
}

fn is_text(keys: &Keys) -> bool {
    let plain = |chord: &crate::workbench::chord::Chord| {
        matches!(chord.code, crossterm::event::KeyCode::Char(_)) && !chord.ctrl && !chord.alt
    };
    keys.0.len() > 1 || keys.0.iter().any(plain)
}

fn typed(context: Context, row: &Binding, keys: &Keys) -> Problem {
    let (name, action) = (context.name(), row.action.name());
    let text = format!(
        "`{keys}` cannot be `{action}` in [{name}], where characters are typed; use a key that types nothing, such as \
         `ctrl-g`"
    );
    Problem { place: row.place, text }
}

/// Two meanings for one key, or one key that begins another: the one that the user wrote is pointed at.
fn clash(one: &Bound<'_>, other: &Bound<'_>) -> Problem {
    let (wrong, right) = if one.row.place.is_some() && other.row.place.is_none() { (one, other) } else { (other, one) };
    let say = |bound: &Bound<'_>| format!("`{}` in [{}]", Action::name(bound.row.action), bound.context.name());
    let how = if wrong.keys == right.keys {
        format!("is {} already", say(right))
    } else {
        format!("and `{}`, which is {}, begin alike", right.keys, say(right))
    };
    let text = format!(
        "`{}` for {} {how}; choose another key, or give `{}` other keys under [{}]",
        wrong.keys,
        say(wrong),
        right.row.action.name(),
        right.context.name()
    );
    Problem { place: wrong.row.place, text }
}
