//! The names that functions see in `released`.
//!
//! The scripts `exec` a function into a dictionary of its own while its globals are the script's: code/7 and
//! `code_dpo/1` then call it with neither its helpers, nor its imports at top level, nor its own name. code/3 leaks
//! them into the script's globals first, so there they are seen; that one candidate also sees another's is not
//! reproduced. numpy, nltk and whatever else the guest lacks are not among the names.
//!
//! A program around the source does the same inside the guest: the source is compiled under its usual file name, so
//! that places in it stay right.

use super::super::{jsonl::Wtf8, python};

/// What a function sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Names {
    /// Its own names, as in a module.
    Own,
    /// Its own names and the scripts' imports.
    OwnAndScript,
    /// The scripts' imports only.
    Script,
}

/// The program to run for a source.
pub fn program(source: &Wtf8, names: Names) -> String {
    let shared = match names {
        Names::Own => return python::source(source),
        Names::OwnAndScript => "True",
        Names::Script => "False",
    };
    PROGRAM.replace("SHARED", shared).replace("SOURCE", &python::literal(source))
}

/// SOURCE is replaced last, so that nothing in it is.
const PROGRAM: &str = r#"def released(source, shared):
    names = {"__name__": "__main__", "__builtins__": __builtins__}
    for name in ("json", "random", "re", "os", "copy", "time", "logging", "signal"):
        try:
            names[name] = __import__(name)
        except ImportError:
            pass
    own = names if shared else {}
    exec(compile(source, "verifier.py", "exec", dont_inherit=True), names, own)
    return own.get("evaluate")
evaluate = released(SOURCE, SHARED)
"#;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_source_is_replaced() {
        let source = Wtf8::from("x = 'SOURCE SHARED'");
        assert_eq!(program(&source, Names::Own), "x = 'SOURCE SHARED'");
        let made = program(&source, Names::Script);
        assert!(made.ends_with("evaluate = released(\"x = 'SOURCE SHARED'\", False)\n"), "{made}");
    }
}
