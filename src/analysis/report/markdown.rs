//! The report as Markdown that reads well in a terminal: tables are set in columns.

use crate::term::{escape, width};

use super::{
    Report,
    document::{Block, Cell, Section, Table},
    sections,
};

/// How wide a bar is at most, in cells.
const BAR: usize = 24;

/// The report as Markdown. `most`: so many items of each kind are explained.
pub fn markdown(report: &Report, most: usize) -> String {
    let mut out = format!("# {}\n\n{}\n", safe(&sections::title(report)), safe(&sections::made(report)));
    for section in sections::of(report, most) {
        draw(&section, &mut out);
    }
    out
}

fn draw(section: &Section, out: &mut String) {
    out.push_str(&format!("\n## {}\n", safe(&section.title)));
    for block in &section.blocks {
        out.push('\n');
        match block {
            Block::Text(text) => out.push_str(&format!("{}\n", safe(text))),
            Block::Table(table) => draw_table(table, out),
            Block::Entry(head, sentences) => {
                out.push_str(&format!("- **{}**\n", safe(head)));
                sentences.iter().for_each(|sentence| out.push_str(&format!("  - {}\n", safe(sentence))));
            }
        }
    }
}

fn draw_table(table: &Table, out: &mut String) {
    out.push_str(&format!("{}\n\n", safe(&table.caption)));
    let rows: Vec<Vec<String>> = table.rows.iter().map(|row| row.iter().map(cell).collect()).collect();
    let head: Vec<String> = table.head.iter().map(|name| safe(name)).collect();
    let right: Vec<bool> = (0..head.len()).map(|at| is_number(table, at)).collect();
    let cells = |at: usize| {
        let column = rows.iter().filter_map(|row| row.get(at)).chain(head.get(at));
        column.map(|text| width::width(text)).max().unwrap_or(0).max(3)
    };
    let widths: Vec<usize> = (0..head.len()).map(cells).collect();
    line(&head, &widths, &right, out);
    let rules = widths.iter().zip(&right).map(|(width, right)| match right {
        true => format!("{}:", "-".repeat(width - 1)),
        false => "-".repeat(*width),
    });
    out.push_str(&format!("| {} |\n", rules.collect::<Vec<_>>().join(" | ")));
    rows.iter().for_each(|row| line(row, &widths, &right, out));
}

fn line(row: &[String], widths: &[usize], right: &[bool], out: &mut String) {
    let padded = row.iter().zip(widths).zip(right).map(|((text, width), right)| {
        let gap = " ".repeat(width.saturating_sub(width::width(text)));
        if *right { format!("{gap}{text}") } else { format!("{text}{gap}") }
    });
    out.push_str(&format!("| {} |\n", padded.collect::<Vec<_>>().join(" | ")));
}

fn is_number(table: &Table, at: usize) -> bool {
    table.rows.iter().any(|row| matches!(row.get(at), Some(Cell::Number(_))))
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of a few cells")]
fn cell(cell: &Cell) -> String {
    match cell {
        Cell::Text(text) | Cell::Number(text) => safe(text),
        Cell::Bar(share) => "#".repeat((share.clamp(0.0, 1.0) * BAR as f64).round() as usize),
    }
}

/// A text that is neither Markdown, nor HTML, nor a terminal's command.
fn safe(text: &str) -> String {
    let mut out = String::new();
    let mut before = ' ';
    for c in escape::prose(text).chars() {
        let marks = matches!(c, '\\' | '|' | '<' | '`' | '*') || (before, c) == (']', '(');
        if marks {
            out.push('\\');
        }
        out.push(c);
        before = c;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_stand_in_columns_and_texts_stay_texts() {
        let mut table = Table::new("A table", &["name", "n", "share"]);
        table.row([Cell::text("<b>|x|</b> ![a](http://h)\u{1b}[31m"), Cell::count(7), Cell::Bar(0.5)]);
        table.row([Cell::text("字"), Cell::count(1234), Cell::Bar(0.0)]);
        let mut section = Section::new("T");
        section.table(table);
        section.table(Table::new("Nothing", &["x"]));
        let mut out = String::new();
        draw(&section, &mut out);
        let lines: Vec<&str> = out.lines().filter(|line| line.starts_with('|')).collect();
        assert_eq!(lines.len(), 4);
        assert!(lines.iter().all(|line| width::width(line) == width::width(lines[0])), "{out}");
        assert!(lines[1].contains("--:") && lines[2].contains("############ "), "{out}");
        assert!(out.contains("\\<b>\\|x\\|\\</b> ![a]\\(http://h)") && !out.contains('\u{1b}'), "{out}");
        assert!(out.contains("Nothing: none."), "{out}");
    }
}
