//! What the document says, section by section.

use std::collections::BTreeMap;

use super::{
    Report, StageFacts, Yield,
    compare::{Column, Comparison, Difference, KINDS, Standing, short, verdicts},
    document::{Block, Cell, Section, Table, shortened},
    numbers::{Histogram, share},
};

/// The document's title.
pub(super) fn title(report: &Report) -> String {
    format!("Report on {}", report.project.name)
}

/// The one line that is not about the project.
pub(super) fn made(report: &Report) -> String {
    format!("generated {} by assay {}", report.generated, report.program)
}

/// All sections. `most`: so many items of each kind are explained.
pub(super) fn of(report: &Report, most: usize) -> Vec<Section> {
    let mut all = vec![summary(report), settings(report), rules(report), funnel(report), distributions(report)];
    all.extend([usage(report), decisions(report), exports(report)]);
    all.extend([profiles(&report.comparison), differences(&report.comparison, most)]);
    all
}

fn summary(report: &Report) -> Section {
    let (project, data) = (&report.project, report.datasets);
    let mut section = Section::new("In short");
    section.text(format!(
        "{} SFT rows, {} pairs by query and {} pairs by instruction, under the profile {}. Project seed {}, digest {}.",
        data.sft, data.pairs_query, data.pairs_instruction, project.profile, project.seed, project.digest
    ));
    if data.outdated > 0 {
        section.text(format!("{} rows are left out: stale, or decided on before a change.", data.outdated));
    }
    let mut table = Table::new("Yields", &["what went on", "part", "whole", "share", ""]);
    for Yield { what, part, whole, share } in &report.yields {
        let bar = Cell::Bar(share.unwrap_or(0.0));
        table.row([Cell::text(what), Cell::count(*part), Cell::count(*whole), Cell::percent(*share), bar]);
    }
    section.table(table);
    section
}

fn settings(report: &Report) -> Section {
    let mut section = Section::new("Who was asked, and how");
    let head = ["call", "endpoint", "model", "temperature", "top_p", "max tokens", "samples", "templates"];
    let mut table = Table::new("Model calls as assay.toml has them", &head);
    for call in &report.calls {
        let templates: Vec<String> =
            call.templates.iter().map(|(language, from)| format!("{language}: {from}")).collect();
        table.row([
            Cell::text(&call.call),
            Cell::text(&call.endpoint),
            Cell::text(&call.model),
            Cell::Number(short(call.temperature)),
            Cell::Number(short(call.top_p)),
            Cell::count(call.max_tokens.into()),
            Cell::count(call.samples.into()),
            Cell::text(templates.join("; ")),
        ]);
    }
    section.table(table);
    section.text(format!("Back-translations are labelled by: {}.", report.project.labeller));
    section
}

fn rules(report: &Report) -> Section {
    let mut section = Section::new("Rules in force");
    let mut table =
        Table::new("The profile's values; those that assay.toml sets otherwise are marked", &["rule", "value", ""]);
    for (rule, value) in &report.project.rules {
        let changed = report.project.changed_rules.contains(rule);
        table.row([Cell::text(rule), Cell::text(value), Cell::text(if changed { "changed" } else { "" })]);
    }
    section.table(table);
    section
}

fn funnel(report: &Report) -> Section {
    let mut section = Section::new("Funnel");
    let head = ["stage", "unit", "in", "kept", "dropped", "failed", "pending", "stale", "kept of settled", "reasons"];
    let mut table = Table::new("What reached each stage, and what became of it", &head);
    for stage in &report.stages {
        let settled = stage.kept + stage.dropped + stage.failed;
        table.row([
            Cell::text(&stage.stage),
            Cell::text(&stage.unit),
            Cell::count(stage.total),
            Cell::count(stage.kept),
            Cell::count(stage.dropped),
            Cell::count(stage.failed),
            Cell::count(stage.pending + stage.running),
            Cell::count(stage.stale),
            Cell::percent(share(stage.kept, settled)),
            Cell::text(reasons(stage)),
        ]);
    }
    section.table(table);
    section
}

/// Reasons, the commonest first.
fn reasons(stage: &StageFacts) -> String {
    let mut found: Vec<(&String, &u64)> = stage.reasons.iter().collect();
    found.sort_by_key(|(reason, n)| (std::cmp::Reverse(**n), (*reason).clone()));
    found.iter().map(|(reason, n)| format!("{reason} {n}")).collect::<Vec<_>>().join(", ")
}

fn distributions(report: &Report) -> Section {
    let mut section = Section::new("Distributions");
    for Histogram { name, count, mean, bins, .. } in &report.distributions {
        let mean = mean.map_or_else(String::new, |mean| format!(", mean {}", short(mean)));
        let mut table = Table::new(&format!("{name} ({count}{mean})"), &["range", "how many", "share", ""]);
        for bin in bins.iter().filter(|_| *count > 0) {
            let part = share(bin.count, *count);
            let bar = Cell::Bar(part.unwrap_or(0.0));
            table.row([Cell::text(&bin.range), Cell::count(bin.count), Cell::percent(part), bar]);
        }
        section.table(table);
    }
    section
}

fn usage(report: &Report) -> Section {
    let mut section = Section::new("Tokens and cost");
    let head = ["call", "completions", "prompt tokens", "cached", "completion tokens", "cost"];
    let mut table = Table::new("What the stored completions used, where servers told", &head);
    for call in &report.calls {
        table.row([
            Cell::text(&call.call),
            Cell::count(call.completions),
            Cell::count(call.usage.prompt_tokens),
            Cell::count(call.usage.cached_tokens),
            Cell::count(call.usage.completion_tokens),
            Cell::number(call.cost, 4),
        ]);
    }
    let used = &report.usage;
    table.row([
        Cell::text("in all, failed attempts included"),
        Cell::count(used.requests),
        Cell::count(used.usage.prompt_tokens),
        Cell::count(used.usage.cached_tokens),
        Cell::count(used.usage.completion_tokens),
        Cell::number(used.cost, 4),
    ]);
    section.table(table);
    let mut table = Table::new("For what is kept, all that was dropped included", &["for every", "tokens", "cost"]);
    for (what, tokens, cost) in [
        ("SFT row", used.tokens_per_sft_row, used.cost_per_sft_row),
        ("SFT row or pair", used.tokens_per_row_or_pair, used.cost_per_row_or_pair),
    ] {
        table.row([Cell::text(what), Cell::number(tokens, 0), Cell::number(cost, 6)]);
    }
    section.table(table);
    section
}

fn decisions(report: &Report) -> Section {
    let decisions = &report.decisions;
    let mut section = Section::new("Decisions and audit");
    section.text(format!("{} decisions are in force.", decisions.in_force));
    let head = ["kind", "items", "accepted", "rejected", "use as negative", "written by a person"];
    let mut table = Table::new("By kind", &head);
    for (kind, facts) in &decisions.by_kind {
        let counts = [facts.items, facts.accepted, facts.rejected, facts.use_as_negative, facts.edited];
        table.row(std::iter::once(Cell::text(kind)).chain(counts.map(Cell::count)));
    }
    section.table(table);
    let mut table = Table::new("What is exported and was decided on by a person", &["what", "decided", "of", "share"]);
    for audit in &decisions.audit {
        table.row([
            Cell::text(&audit.what),
            Cell::count(audit.part),
            Cell::count(audit.whole),
            Cell::percent(audit.share),
        ]);
    }
    section.table(table);
    section
}

fn exports(report: &Report) -> Section {
    let mut section = Section::new("Exports");
    let head = ["folder", "format", "profile", "SFT rows", "pairs, responses", "pairs, cases", "as it was written"];
    let mut table = Table::new("Exports in the project's folder", &head);
    for export in &report.exports {
        let whole = export.differences.first().map_or_else(|| "yes".to_owned(), |what| format!("no: {what}"));
        table.row([
            Cell::text(&export.folder),
            Cell::text(&export.format),
            Cell::text(&export.profile),
            Cell::count(export.datasets.sft),
            Cell::count(export.datasets.pairs_query),
            Cell::count(export.datasets.pairs_instruction),
            Cell::text(whole),
        ]);
    }
    section.table(table);
    section
}

/// A number of a column.
type Count = fn(&Column) -> u64;

fn profiles(found: &Comparison) -> Section {
    let mut section = Section::new("Profiles compared");
    section.text(
        "The profiles over the same stored outcomes. What a profile would have to find out first is unknown, with what \
         that takes at most; assay run --profile P finds it out.",
    );
    let names: Vec<String> = found.columns.iter().map(name).collect();
    let head =
        |first: &'static str| -> Vec<&str> { std::iter::once(first).chain(names.iter().map(String::as_str)).collect() };
    let mut table = Table::new("Rules that differ", &head("rule"));
    for rule in &found.different_rules {
        let value = |column: &Column| Cell::text(column.rules.get(rule).cloned().unwrap_or_default());
        table.row(std::iter::once(Cell::text(rule)).chain(found.columns.iter().map(value)));
    }
    section.table(table);
    let mut table = Table::new("Kept of what reached a stage (and unknown)", &head("stage"));
    let stages = found.columns.first().map(|column| column.stages.as_slice()).unwrap_or_default();
    for (at, stage) in stages.iter().enumerate() {
        let kept = |column: &Column| Cell::Number(column.stages.get(at).map_or_else(String::new, kept_of));
        table.row(std::iter::once(Cell::text(&stage.stage)).chain(found.columns.iter().map(kept)));
    }
    section.table(table);
    let mut table = Table::new("Rows, and what is not known", &head("what"));
    let rows: [(&str, Count); 7] = [
        ("SFT rows", |column| column.datasets.sft),
        ("pairs by query", |column| column.datasets.pairs_query),
        ("pairs by instruction", |column| column.datasets.pairs_instruction),
        ("instructions not known", |column| column.unknown.instructions),
        ("responses not known", |column| column.unknown.responses),
        ("model calls to know", |column| column.unknown.calls),
        ("checks to know", |column| column.unknown.checks),
    ];
    for (what, count) in rows {
        table.row(
            std::iter::once(Cell::text(what)).chain(found.columns.iter().map(|column| Cell::count(count(column)))),
        );
    }
    section.table(table);
    section
}

/// A column as it is named.
fn name(column: &Column) -> String {
    if column.in_force { format!("{} (in force)", column.profile) } else { column.profile.clone() }
}

fn kept_of(stage: &StageFacts) -> String {
    let waits = stage.pending + stage.running + stage.stale;
    if waits == 0 {
        format!("{} of {}", stage.kept, stage.total)
    } else {
        format!("{} of {} ({waits} unknown)", stage.kept, stage.total)
    }
}

fn differences(found: &Comparison, most: usize) -> Section {
    let mut section = Section::new("Where they differ, and why");
    section.text(format!(
        "Of {} items the profiles differ on {}, as far as they know; of {} some profile does not know enough.",
        found.items, found.differing_items, found.unknown_items
    ));
    let columns = found.columns.iter().map(|column| column.profile.as_str());
    let head: Vec<&str> = std::iter::once("kind").chain(columns).chain(["items", "for example"]).collect();
    let mut table = Table::new("Ways in which items differ", &head);
    for group in &found.groups {
        let verdicts = group.verdicts.iter().map(Cell::text);
        let ends = [Cell::count(group.items), Cell::text(brief(&group.example))];
        table.row(std::iter::once(Cell::text(group.kind)).chain(verdicts).chain(ends));
    }
    section.table(table);
    section
        .text("Reasons are told by the profile that gives them; what a profile does not come to was dropped before.");
    for kind in KINDS {
        for difference in picked(found, kind, most) {
            section.blocks.push(entry(difference, &found.columns));
        }
    }
    section.text("More are in the report as JSON, and with a larger --items.");
    section
}

/// Some items of a kind: of every way to differ one, then a second of each, and so on.
fn picked<'f>(found: &'f Comparison, kind: &str, most: usize) -> Vec<&'f Difference> {
    let mut met: BTreeMap<Vec<String>, usize> = BTreeMap::new();
    let of_kind = found.differences.iter().filter(|difference| difference.item.kind == kind);
    let mut ranked: Vec<(usize, &Difference)> = of_kind
        .map(|difference| {
            let nth = met.entry(verdicts(&difference.item)).or_default();
            *nth += 1;
            (*nth, difference)
        })
        .collect();
    ranked.sort_by_key(|(nth, _)| *nth);
    ranked.into_iter().take(most).map(|(_, difference)| difference).collect()
}

fn entry(difference: &Difference, columns: &[Column]) -> Block {
    let item = &difference.item;
    let of = if item.kind == "instruction" { String::new() } else { format!(" of {}", brief(&item.instruction)) };
    let head = format!("{} {}{of}: {}", item.kind, brief(&item.id), shortened(&item.text));
    let sentences = columns.iter().zip(&item.standings);
    Block::Entry(head, sentences.map(|(column, standing)| sentence(column, standing)).collect())
}

/// How many characters of an id are told: enough to find it by.
const ID: usize = 12;

/// An id, shortened to a prefix that the program takes.
fn brief(id: &str) -> String {
    let (kind, hash) = id.split_once(':').unwrap_or((id, ""));
    format!("{kind}:{}", hash.chars().take(ID).collect::<String>())
}

fn sentence(column: &Column, standing: &Standing) -> String {
    super::compare::explain(&[&column.profile], std::slice::from_ref(standing))
}
