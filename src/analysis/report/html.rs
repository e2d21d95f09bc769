//! The report as one HTML file that needs nothing else: no scripts, no fonts, no pictures, light and dark.

use crate::term::escape;

use super::{
    Report,
    document::{Block, Cell, Section, Table},
    sections,
};

/// Nothing is fetched, nothing is run.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

const STYLE: &str = "
:root { color-scheme: light dark; --text: #1c1e21; --muted: #5a6068; --back: #fff; --line: #d5d9de; --bar: #3a6fb5; --stripe: #f5f6f8 }
@media (prefers-color-scheme: dark) {
  :root { --text: #e4e6e9; --muted: #a0a7b0; --back: #15181c; --line: #363c44; --bar: #6fa3e8; --stripe: #1c2026 }
}
body { margin: 2rem auto; max-width: 76rem; padding: 0 1rem; font: 16px/1.5 system-ui, sans-serif; color: var(--text); background: var(--back) }
a { color: var(--bar) } h1 { font-size: 1.6rem } h2 { margin-top: 2.5rem; border-bottom: 1px solid var(--line); font-size: 1.25rem }
.made, caption { color: var(--muted) } caption { text-align: left; padding: .3rem 0; white-space: nowrap }
.wide { overflow-x: auto } table { border-collapse: collapse; margin: .8rem 0 }
th, td { padding: .25rem .7rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; font-weight: normal }
thead th { font-weight: 600 } tbody tr:nth-child(even) { background: var(--stripe) }
.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap }
.bar { min-width: 12rem } .bar span { display: block; height: .8rem; margin-top: .35rem; background: var(--bar) }
dt { font-weight: 600; margin-top: .8rem; overflow-wrap: anywhere } dd { margin-left: 1.2rem; overflow-wrap: anywhere }
@media print { body { margin: 0; max-width: none } }
";

/// The report as HTML. `most`: so many items of each kind are explained.
pub fn html(report: &Report, most: usize) -> String {
    let sections = sections::of(report, most);
    let title = safe(&sections::title(report));
    let mut out = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title}</title>\n\
         <style>{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n<p class=\"made\">{}</p>\n",
        safe(&sections::made(report))
    );
    out.push_str("<nav aria-label=\"Sections\">\n<ul>\n");
    for (n, section) in sections.iter().enumerate() {
        out.push_str(&format!("<li><a href=\"#s{n}\">{}</a></li>\n", safe(&section.title)));
    }
    out.push_str("</ul>\n</nav>\n");
    for (n, section) in sections.iter().enumerate() {
        draw(n, section, &mut out);
    }
    out.push_str("</main>\n</body>\n</html>\n");
    out
}

fn draw(n: usize, section: &Section, out: &mut String) {
    out.push_str(&format!("<section aria-labelledby=\"s{n}\">\n<h2 id=\"s{n}\">{}</h2>\n", safe(&section.title)));
    let mut in_list = false;
    for block in &section.blocks {
        let entry = matches!(block, Block::Entry(..));
        if entry != in_list {
            out.push_str(if entry { "<dl>\n" } else { "</dl>\n" });
            in_list = entry;
        }
        match block {
            Block::Text(text) => out.push_str(&format!("<p>{}</p>\n", safe(text))),
            Block::Table(table) => draw_table(table, out),
            Block::Entry(head, sentences) => {
                out.push_str(&format!("<dt>{}</dt>\n", safe(head)));
                sentences.iter().for_each(|sentence| out.push_str(&format!("<dd>{}</dd>\n", safe(sentence))));
            }
        }
    }
    out.push_str(if in_list { "</dl>\n</section>\n" } else { "</section>\n" });
}

fn draw_table(table: &Table, out: &mut String) {
    let caption = safe(&table.caption);
    // A region that scrolls can be reached by keys.
    out.push_str(&format!(
        "<div class=\"wide\" role=\"region\" aria-label=\"{caption}\" tabindex=\"0\">\n<table>\n\
         <caption>{caption}</caption>\n<thead><tr>"
    ));
    for (at, name) in table.head.iter().enumerate() {
        let number = table.rows.iter().any(|row| matches!(row.get(at), Some(Cell::Number(_))));
        let class = if number { " class=\"n\"" } else { "" };
        // A bar says again what the number beside it says: it is no column to be read out.
        out.push_str(&match name.as_str() {
            "" => "<td></td>".to_owned(),
            name => format!("<th scope=\"col\"{class}>{}</th>", safe(name)),
        });
    }
    out.push_str("</tr></thead>\n<tbody>\n");
    for row in &table.rows {
        out.push_str("<tr>");
        for (at, cell) in row.iter().enumerate() {
            out.push_str(&match cell {
                Cell::Text(text) if at == 0 => format!("<th scope=\"row\">{}</th>", safe(text)),
                Cell::Text(text) => format!("<td>{}</td>", safe(text)),
                Cell::Number(text) => format!("<td class=\"n\">{}</td>", safe(text)),
                Cell::Bar(share) => {
                    let percent = share.clamp(0.0, 1.0) * 100.0;
                    format!("<td class=\"bar\" aria-hidden=\"true\"><span style=\"width:{percent:.1}%\"></span></td>")
                }
            });
        }
        out.push_str("</tr>\n");
    }
    out.push_str("</tbody>\n</table>\n</div>\n");
}

/// A text that is no HTML, with control and direction marks made visible.
fn safe(text: &str) -> String {
    let mut out = String::new();
    for c in escape::prose(text).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_texts_and_lists_are_closed() {
        let mut section = Section::new("<T>");
        section.text("a & b");
        section.blocks.push(Block::Entry("\"x\" <script>".into(), vec!["y'\u{202e}".into()]));
        let mut table = Table::new("Cap", &["a", "b"]);
        table.row([Cell::text("r"), Cell::Bar(0.25)]);
        section.table(table);
        let mut out = String::new();
        draw(0, &section, &mut out);
        assert!(out.contains("<dt>&quot;x&quot; &lt;script&gt;</dt>") && out.contains("<dd>y&#39;"), "{out}");
        assert!(!out.contains("<script") && !out.contains('\u{202e}') && out.contains("width:25.0%"), "{out}");
        for tag in ["dl", "section", "table", "tr", "th", "td", "div"] {
            let open = out.matches(&format!("<{tag}>")).count() + out.matches(&format!("<{tag} ")).count();
            assert_eq!(open, out.matches(&format!("</{tag}>")).count(), "{tag}: {out}");
        }
    }
}
