//! The evidence of a project, gathered for the report: one pass over the trees, each judged under every profile.

mod standing;
mod sums;
mod words;

use std::{collections::BTreeMap, path::Path, sync::Arc};

use crate::{
    analysis::report::{
        CallFacts, Column, Comparer, DatasetFacts, ExportFacts, ProjectFacts, Report, StageFacts, UnknownFacts,
        UsageFacts, VERSION,
    },
    config::{Config, Labeller},
    dataset::export::{self, Counts},
    domain::{CallKind, Language, Stage},
    rules::{Profile, ProfileName},
    store::{StoreError, Totals},
};

use self::{standing::Under, sums::Sums, words::Words};

use super::{
    Project, index,
    profile::{profile_of, table_of},
    settings::Settings,
    snapshot::{Datasets, Funnel},
    survey::each_view_under,
    whatif::{self, Volume},
};

/// The column of a profile whose values `assay.toml` changes.
const IN_FORCE: &str = "assay.toml";

/// The report of a project as it is stored. `generated` is the time that it says. Everything that differs is held in
/// memory.
///
/// # Errors
/// Where the store cannot be read.
pub fn report(project: &Project, generated: String) -> Result<Report, StoreError> {
    let (store, settings) = (&project.store, &project.settings);
    let columns = columns(settings);
    let in_force = columns.iter().position(|(_, column)| column.profile == settings.profile).unwrap_or(0);
    let under: Vec<Settings> = columns.iter().map(|(_, settings)| settings.clone()).collect();
    let mut sums: Vec<Sums> = columns.iter().map(|_| Sums::default()).collect();
    let mut facts: Vec<Vec<Arc<[u8]>>> = vec![Vec::new(); columns.len()];
    let words: Vec<Words> = under.iter().map(|settings| Words::of(&settings.profile)).collect();
    let mut comparer = Comparer::of(columns.iter().map(|(name, _)| name.clone()));
    each_view_under(store, &under, |tree, views| {
        for (at, (view, settings)) in views.iter().zip(&under).enumerate() {
            sums[at].add(view);
            facts[at].push(Arc::from(index::facts_of(tree, view, settings)));
        }
        let columns: Vec<Under<'_>> = views.iter().zip(&words).map(|(view, words)| Under { words, view }).collect();
        standing::items(&columns).into_iter().for_each(|item| comparer.add(item));
    })?;
    let told = columns.iter().zip(&sums).zip(facts).enumerate();
    let told = told.map(|(at, (((name, settings), sums), facts))| Column {
        profile: name.clone(),
        in_force: at == in_force,
        rules: rules(&settings.profile),
        stages: stages(&sums.funnel),
        datasets: datasets(sums.datasets),
        unknown: unknown(facts, settings),
    });
    let comparison = comparer.finish(told.collect());
    let own = sums.swap_remove(in_force);
    let used = store.usage()?;
    Ok(Report {
        assay_report: VERSION,
        generated,
        program: env!("CARGO_PKG_VERSION").to_owned(),
        project: project_facts(project)?,
        calls: calls(project)?,
        stages: stages(&own.funnel),
        datasets: datasets(own.datasets),
        yields: own.yields(),
        usage: usage(&used, own.datasets),
        decisions: own.decisions(store.decisions()?),
        distributions: own.distributions(),
        exports: exports(&project.dir),
        comparison,
    })
}

/// The published and recommended profiles, and the one in force where it is none of them.
fn columns(settings: &Settings) -> Vec<(String, Settings)> {
    let plain = Config { rules: toml::Table::new(), ..settings.config.as_ref().clone() };
    let named = |name| {
        let profile = profile_of(&plain, Some(name)).unwrap_or_else(|_| Profile::named(name));
        let mut under = settings.clone();
        under.profile = Arc::new(profile);
        (name.to_string(), under)
    };
    let mut columns: Vec<(String, Settings)> = ProfileName::ALL.into_iter().map(named).collect();
    if columns.iter().all(|(_, column)| column.profile != settings.profile) {
        columns.push((IN_FORCE.to_owned(), settings.clone()));
    }
    columns
}

fn rules(profile: &Profile) -> BTreeMap<String, String> {
    let table = table_of(profile).unwrap_or_default();
    table.into_iter().map(|(rule, value)| (rule, value.to_string())).collect()
}

fn project_facts(project: &Project) -> Result<ProjectFacts, StoreError> {
    let settings = &project.settings;
    let (own, usual) = (rules(&settings.profile), rules(&Profile::named(settings.profile.name)));
    let labels = &settings.config.consistency;
    let labeller = match labels.by {
        Labeller::Model => {
            format!("model {}, asked of {}", settings.model(CallKind::Entail), settings.endpoint(CallKind::Entail))
        }
        Labeller::Local => format!("{} on this machine", labels.model.as_deref().unwrap_or("a classifier")),
        Labeller::Off => "nobody".to_owned(),
    };
    Ok(ProjectFacts {
        name: project.name(),
        digest: project.store.digest()?.to_string(),
        seed: settings.config.seed,
        profile: settings.profile.name.to_string(),
        changed_rules: own
            .iter()
            .filter(|(rule, value)| usual.get(*rule) != Some(value))
            .map(|(rule, _)| rule.clone())
            .collect(),
        rules: own,
        labeller,
    })
}

fn calls(project: &Project) -> Result<Vec<CallFacts>, StoreError> {
    let (settings, totals) = (&project.settings, project.store.call_totals()?);
    let facts = |call: CallKind| {
        let values = settings.call(call);
        let total = totals.iter().find(|total| total.call == call);
        let templates = [Language::English, Language::Chinese].map(|language| {
            let from = place(settings.templates.origin(call, language), &project.dir);
            let hash = settings.templates.template_hash(call, language).short(12);
            (language.code().to_owned(), format!("{from} ({hash})"))
        });
        CallFacts {
            call: call.name().to_owned(),
            endpoint: settings.endpoint(call).to_owned(),
            model: settings.model(call).to_owned(),
            temperature: values.temperature,
            top_p: values.top_p,
            max_tokens: values.max_tokens,
            samples: values.samples,
            templates: templates.into_iter().collect(),
            completions: total.map_or(0, |total| total.completions),
            usage: total.map(|total| total.usage).unwrap_or_default(),
            cost: total.and_then(|total| total.cost),
        }
    };
    Ok(CallKind::ALL.into_iter().map(facts).collect())
}

/// Where a template stands, from the project's folder: where that is, is nobody's business.
fn place(origin: &str, dir: &Path) -> String {
    let within = Path::new(origin).strip_prefix(dir).map(|path| path.display().to_string());
    within.unwrap_or_else(|_| origin.split_once("templates/").map_or(origin, |(_, name)| name).to_owned())
}

/// The counts of all stages, each with its id and unit: as the report, `status` and events write them.
pub fn stages(funnel: &Funnel) -> Vec<StageFacts> {
    Stage::ALL.into_iter().map(|stage| stage_facts(funnel, stage)).collect()
}

/// The counts of one stage.
pub fn stage_facts(funnel: &Funnel, stage: Stage) -> StageFacts {
    let counts = funnel.stage(stage);
    StageFacts {
        stage: stage.id().to_owned(),
        unit: stage.unit().to_owned(),
        total: counts.total,
        kept: counts.kept,
        dropped: counts.dropped,
        failed: counts.failed,
        pending: counts.pending,
        running: counts.running,
        stale: counts.stale,
        reasons: counts.reasons.iter().map(|(reason, n)| (reason.to_string(), *n)).collect(),
    }
}

const fn datasets(found: Datasets) -> DatasetFacts {
    let Datasets { sft, pairs_instruction, pairs_query, outdated } = found;
    DatasetFacts { sft, pairs_instruction, pairs_query, outdated }
}

fn unknown(facts: Vec<Arc<[u8]>>, settings: &Settings) -> UnknownFacts {
    let found = whatif::outlook(&index::Index { facts }, &settings.profile, Volume::of(settings));
    UnknownFacts {
        instructions: found.unknown_instructions,
        responses: found.unknown_responses,
        calls: found.calls,
        checks: found.checks,
    }
}

#[expect(clippy::cast_precision_loss, reason = "a mean for people")]
fn usage(used: &Totals, rows: Datasets) -> UsageFacts {
    let tokens = (used.usage.prompt_tokens + used.usage.completion_tokens) as f64;
    let all = rows.sft + rows.pairs_instruction + rows.pairs_query;
    let per = |amount: Option<f64>, n: u64| amount.filter(|_| n > 0 && tokens > 0.0).map(|amount| amount / n as f64);
    UsageFacts {
        requests: used.requests,
        usage: used.usage,
        cost: used.cost,
        tokens_per_sft_row: per(Some(tokens), rows.sft),
        cost_per_sft_row: per(used.cost, rows.sft),
        tokens_per_row_or_pair: per(Some(tokens), all),
        cost_per_row_or_pair: per(used.cost, all),
    }
}

/// Exports in the project's folder, up to two levels deep, held to their manifests. What is none is passed over.
fn exports(dir: &Path) -> Vec<ExportFacts> {
    let below = |dir: &Path| {
        let mut found: Vec<_> =
            std::fs::read_dir(dir).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
        found.retain(|path| path.is_dir());
        found.sort();
        found
    };
    let folders = below(dir).into_iter().flat_map(|folder| [vec![folder.clone()], below(&folder)].concat());
    folders.filter_map(|folder| exported(dir, &folder)).collect()
}

fn exported(dir: &Path, folder: &Path) -> Option<ExportFacts> {
    let (manifest, differences) = export::check(folder).ok()?;
    let Counts { sft, pairs_instruction, pairs_query, outdated } = manifest.counts;
    Some(ExportFacts {
        folder: folder.strip_prefix(dir).unwrap_or(folder).display().to_string(),
        format: manifest.format,
        profile: manifest.profile,
        datasets: DatasetFacts { sft, pairs_instruction, pairs_query, outdated },
        differences: differences.iter().map(ToString::to_string).collect(),
    })
}
