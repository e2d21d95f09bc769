//! The user's changes to the table: `[place]`, then `action = "key"` or `action = ["key", "key"]`; an empty list takes
//! an action its keys. What is not named keeps its own.

use std::ops::Range;

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use crate::{
    config::{Place, closest},
    workbench::chord::Keys,
};

use super::{Action, Binding, Context, Problem};

type Rows = [(Context, Vec<Binding>)];

/// Applies a file to the rows; or all that is wrong with it.
pub(super) fn change(rows: &mut Rows, text: &str) -> Result<(), Vec<Problem>> {
    let table = DeTable::parse(text).map_err(|error| {
        let place = error.span().map(|span| Place::of(text, span.start));
        vec![Problem { place, text: format!("this is not TOML: {}", error.message()) }]
    })?;
    let mut file = File { text, problems: Vec::new() };
    for (name, value) in table.get_ref() {
        file.context(rows, name, value);
    }
    file.problems.sort_by_key(|problem| problem.place.map(|place| (place.line, place.column)));
    if file.problems.is_empty() { Ok(()) } else { Err(file.problems) }
}

struct File<'t> {
    text: &'t str,
    problems: Vec<Problem>,
}

impl File<'_> {
    fn wrong(&mut self, span: Range<usize>, text: String) {
        self.problems.push(Problem { place: Some(Place::of(self.text, span.start)), text });
    }

    fn context(&mut self, rows: &mut Rows, name: &Spanned<std::borrow::Cow<'_, str>>, value: &Spanned<DeValue<'_>>) {
        let Some(context) = Context::named(name.get_ref()) else {
            let advice = meant(name.get_ref(), Context::ALL.map(Context::name));
            let text = format!("[{}] is no place where keys are pressed{advice}", name.get_ref());
            return self.wrong(name.span(), text);
        };
        let DeValue::Table(actions) = value.get_ref() else {
            let text =
                format!("[{0}] is a table: write `[{0}]` and under it lines like `undo = \"U\"`", context.name());
            return self.wrong(value.span(), text);
        };
        let Some((_, bindings)) = rows.iter_mut().find(|(of, _)| *of == context) else { return };
        for (name, value) in actions {
            self.action(context, bindings, name, value);
        }
    }

    fn action(
        &mut self,
        context: Context,
        bindings: &mut [Binding],
        name: &Spanned<std::borrow::Cow<'_, str>>,
        value: &Spanned<DeValue<'_>>,
    ) {
        let wanted = name.get_ref().as_ref();
        let Some(at) = bindings.iter().position(|row| row.action.name() == wanted) else {
            let here: Vec<&str> = bindings.iter().map(|row| row.action.name()).collect();
            let known = Action::ALL.iter().any(|action| action.name() == wanted);
            let text = if known {
                format!("`{wanted}` is done elsewhere, not in [{}]; `assay config keys` lists where", context.name())
            } else {
                format!("`{wanted}` is nothing that [{}] does{}", context.name(), meant(wanted, here))
            };
            return self.wrong(name.span(), text);
        };
        let keys = self.keys(value);
        if let (Some(keys), Some(row)) = (keys, bindings.get_mut(at)) {
            row.keys = keys;
            row.place = Some(Place::of(self.text, value.span().start));
        }
    }

    fn keys(&mut self, value: &Spanned<DeValue<'_>>) -> Option<Vec<Keys>> {
        match value.get_ref() {
            DeValue::String(text) => self.key(text, value.span()).map(|keys| vec![keys]),
            DeValue::Array(values) => values
                .iter()
                .map(|value| match value.get_ref() {
                    DeValue::String(text) => self.key(text, value.span()),
                    _ => self.no_key(value.span()),
                })
                .collect(),
            _ => self.no_key(value.span()),
        }
    }

    fn no_key<T>(&mut self, span: Range<usize>) -> Option<T> {
        self.wrong(span, "keys are texts: \"ctrl-g\", or a list of such texts".to_owned());
        None
    }

    fn key(&mut self, text: &str, span: Range<usize>) -> Option<Keys> {
        match text.parse() {
            Ok(keys) => Some(keys),
            Err(error) => {
                self.wrong(span, format!("{error}"));
                None
            }
        }
    }
}

fn meant<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str> + Clone) -> String {
    let listed: Vec<&str> = candidates.clone().into_iter().collect();
    match closest(name, candidates) {
        Some(near) => format!("; did you mean `{near}`?"),
        None => format!("; there are {}", listed.join(", ")),
    }
}
