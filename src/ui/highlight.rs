//! Python source to coloured pieces. Takes milliseconds: run it off the loop.

use std::sync::OnceLock;

use syntect::parsing::{ParseState, Scope, ScopeStack, SyntaxSet};

use crate::{
    term::escape,
    workbench::code::{Code, Syntax},
};

/// Longer sources stay plain.
const MOST: usize = 100_000;
/// So do longer lines.
const LINE: usize = 4_000;

static SYNTAXES: OnceLock<SyntaxSet> = OnceLock::new();

/// The source, line by line, escaped; plain where it is too long or cannot be read as Python. The state of a line goes
/// into the next, so that strings over many lines are right.
pub fn python(source: &str) -> Code {
    if source.len() > MOST || source.lines().any(|line| line.len() > LINE) {
        return Code::plain(source);
    }
    let syntaxes = SYNTAXES.get_or_init(SyntaxSet::load_defaults_newlines);
    let Some(syntax) = syntaxes.find_syntax_by_extension("py") else { return Code::plain(source) };
    let mut parser = ParseState::new(syntax);
    let mut stack = ScopeStack::new();
    let mut lines = Vec::new();
    for line in source.split_inclusive('\n') {
        let Ok(changes) = parser.parse_line(line, syntaxes) else { return Code::plain(source) };
        let mut pieces: Vec<(Syntax, String)> = Vec::new();
        let mut from = 0;
        for (at, change) in changes {
            push(&mut pieces, line.get(from..at), &stack);
            from = at;
            if stack.apply(&change).is_err() {
                return Code::plain(source);
            }
        }
        push(&mut pieces, line.get(from..), &stack);
        lines.push(pieces);
    }
    Code::of(lines)
}

fn push(pieces: &mut Vec<(Syntax, String)>, text: Option<&str>, stack: &ScopeStack) {
    let text = text.unwrap_or_default();
    if text.is_empty() {
        return;
    }
    let syntax = classify(&stack.scopes);
    let text = escape::kept(text);
    match pieces.last_mut() {
        Some((same, before)) if *same == syntax => before.push_str(&text),
        _ => pieces.push((syntax, text)),
    }
}

/// The innermost scope that means something.
fn classify(scopes: &[Scope]) -> Syntax {
    for scope in scopes.iter().rev() {
        let name = scope.build_string();
        let is = |prefix: &str| name.starts_with(prefix);
        if is("comment") {
            return Syntax::Comment;
        }
        if is("string") || is("constant.character") {
            return Syntax::Text;
        }
        if is("constant") {
            return Syntax::Constant;
        }
        if is("keyword.operator.logical") || is("keyword.control") || is("keyword.other") || is("storage") {
            return Syntax::Keyword;
        }
        if is("keyword.operator") || is("punctuation.section") {
            return Syntax::Plain;
        }
        if is("entity.name.function") || is("support.function") || is("support.type") {
            return Syntax::Function;
        }
    }
    Syntax::Plain
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(line: &[(Syntax, String)]) -> Vec<(Syntax, &str)> {
        line.iter().map(|(syntax, text)| (*syntax, text.trim())).filter(|(_, text)| !text.is_empty()).collect()
    }

    #[test]
    fn lines_know_what_came_before() {
        let code =
            python("def evaluate(response):\n    x = \"\"\"one\n    return two\"\"\"\n    return x is None # end\n");
        assert_eq!(code.lines.len(), 4);
        assert!(kinds(&code.lines[0]).contains(&(Syntax::Keyword, "def")));
        assert!(kinds(&code.lines[0]).contains(&(Syntax::Function, "evaluate")));
        assert!(kinds(&code.lines[2]).iter().all(|(syntax, _)| matches!(syntax, Syntax::Text | Syntax::Comment)));
        assert!(kinds(&code.lines[3]).contains(&(Syntax::Constant, "None")));
        assert!(kinds(&code.lines[3]).contains(&(Syntax::Comment, "# end")));
    }

    #[test]
    fn nothing_is_lost_and_nothing_unsafe_is_left() {
        let source = "def f():\n\treturn '\u{1b}[31m'\n";
        let text: Vec<String> =
            python(source).lines.iter().map(|line| line.iter().map(|(_, text)| text.as_str()).collect()).collect();
        assert_eq!(text, ["def f():\n", "\treturn '\\x1b[31m'\n"]);
        assert_eq!(python(source).widest, 21);
    }
}
