//! From a name to an item, and from an item up to its seed.

use serde::Serialize;

use crate::{
    domain::{ItemId, Kind},
    pipeline::{calls::Calls, project::Project, survey::each_view, view::InstructionView},
    store::StoreError,
};

use super::{Lineage, Link, Standing, call, case, function, instruction, pair, response, scene::Scene};

/// What a name means.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum Answer {
    /// One item, with the instruction that it belongs to.
    One(ItemId, Option<ItemId>),
    /// Several (at most 16).
    Several(Vec<ItemId>),
    /// None.
    None,
}

/// The item that an id, or the beginning of one, names. Pairs are computed, so that all instructions are looked
/// through for one.
///
/// # Errors
/// Where the text is no beginning of an id, or the store cannot be read.
pub fn resolve(project: &Project, prefix: &str) -> Result<Answer, StoreError> {
    let stored = project.store.find_prefix(prefix)?;
    if !prefix.starts_with("pair:") {
        return Ok(match stored.as_slice() {
            [] => Answer::None,
            [item] => Answer::One(*item, project.store.root_of(*item)?),
            _ => Answer::Several(stored),
        });
    }
    let mut found: Vec<(ItemId, ItemId)> = Vec::new();
    each_view(project, |tree, view| {
        let pairs = pairs_of(view).filter(|pair| pair.to_string().starts_with(prefix));
        found.extend(pairs.map(|pair| (pair, tree.id())));
    })?;
    found.truncate(16);
    Ok(match found.as_slice() {
        [] => Answer::None,
        [(pair, root)] => Answer::One(*pair, Some(*root)),
        _ => Answer::Several(found.iter().map(|(pair, _)| *pair).collect()),
    })
}

fn pairs_of(view: &InstructionView) -> impl Iterator<Item = ItemId> {
    let of_tasks = view.tasks.iter().flat_map(|task| task.pairs.iter().map(|pair| pair.id));
    view.case_pairs.iter().map(|pair| pair.id).chain(of_tasks)
}

/// The lineage of an item; nothing where it is not there. `root` is the instruction that it belongs to, if it belongs
/// to one.
///
/// # Errors
/// Where the store cannot be read.
pub fn lineage(project: &Project, item: ItemId, root: Option<ItemId>) -> Result<Option<Lineage>, StoreError> {
    let links = match (item.kind, root) {
        (Kind::Query, _) => match project.store.query_slot(item)? {
            Some(slot) => vec![call::query(project, &slot)?],
            None => return Ok(None),
        },
        (Kind::Call, _) => {
            let calls = Calls::read(&project.store)?;
            let Some(made) = calls.by_id(item) else { return Ok(None) };
            vec![call::link(project, made)?]
        }
        (_, Some(root)) => return Ok(lineages(project, root, &[item])?.pop().flatten()),
        (_, None) => return Ok(None),
    };
    Ok(Some(account(project, item, links)))
}

/// The lineages of items of one instruction, which is read once; nothing for those that are not there.
///
/// # Errors
/// Where the store cannot be read.
pub fn lineages(project: &Project, root: ItemId, items: &[ItemId]) -> Result<Vec<Option<Lineage>>, StoreError> {
    let Some(scene) = Scene::of(project, root)? else { return Ok(items.iter().map(|_| None).collect()) };
    let one = |item: &ItemId| {
        let mut links = Vec::new();
        let there = down_to(&scene, *item, &mut links)?;
        Ok(there.then(|| account(project, *item, links)))
    };
    items.iter().map(one).collect()
}

fn account(project: &Project, item: ItemId, links: Vec<Link>) -> Lineage {
    let fate = links.last().map_or_else(|| Standing::unjudged("it is not there"), fate);
    Lineage { item, profile: project.settings.profile.name.to_string(), fate, links }
}

/// Where an item's way ends: the first stage at which it did not go on, else the last that it reached.
fn fate(link: &Link) -> Standing {
    let ends = link.stands.iter().find(|standing| standing.state != "kept");
    let fate = ends.or(link.stands.last()).cloned();
    fate.unwrap_or_else(|| Standing { stage: None, state: "kept", reason: None, rules: Vec::new() })
}

/// The links from the call or seed down to an item of the scene's instruction; whether it is there.
fn down_to(scene: &Scene<'_>, item: ItemId, links: &mut Vec<Link>) -> Result<bool, StoreError> {
    if let Some((n, _)) = scene.tree.from
        && let Some(made) = scene.calls.get(n)
    {
        links.push(call::link(scene.project, made)?);
    }
    links.push(instruction::link(scene)?);
    if item == scene.tree.id() {
        return Ok(true);
    }
    Ok(in_functions(scene, item, links)? || in_tasks(scene, item, links)? || in_pairs(scene, item, links)?)
}

fn in_functions(scene: &Scene<'_>, item: ItemId, links: &mut Vec<Link>) -> Result<bool, StoreError> {
    for sample in &scene.tree.verifiers {
        let is_back = sample.back.as_ref().is_some_and(|slot| slot.id == item);
        let is_label = sample.entailment.as_ref().is_some_and(|slot| slot.id == item);
        let case = sample.cases.iter().find(|case| case.id == item);
        if sample.function.id != item && !is_back && !is_label && case.is_none() {
            continue;
        }
        links.push(function::link(scene, sample)?);
        if let Some(case) = case {
            links.push(case::link(scene, sample, case)?);
        }
        if is_back || is_label {
            links.extend(function::back(scene, sample)?);
        }
        if is_label {
            links.extend(function::label(scene, sample)?);
        }
        return Ok(true);
    }
    Ok(false)
}

fn in_tasks(scene: &Scene<'_>, item: ItemId, links: &mut Vec<Link>) -> Result<bool, StoreError> {
    for task in &scene.tree.tasks {
        let sample = task
            .samples
            .iter()
            .find(|sample| sample.response.id == item || sample.scores.iter().any(|score| score.id == item));
        if task.slot.id != item && sample.is_none() {
            continue;
        }
        links.extend(query_link(scene, task.query_id)?);
        links.push(call::task(scene, task)?);
        if let Some(sample) = sample {
            links.push(response::link(scene, task, sample)?);
            if let Some(score) = sample.scores.iter().find(|score| score.id == item) {
                links.push(response::judge(scene, task, sample, score)?);
            }
        }
        return Ok(true);
    }
    Ok(false)
}

fn query_link(scene: &Scene<'_>, query: ItemId) -> Result<Option<Link>, StoreError> {
    let slot = scene.store().query_slot(query)?;
    let link = slot.map(|slot| call::query(scene.project, &slot)).transpose()?;
    // What else came of the query is another story.
    Ok(link.map(|link| Link { led_to: Vec::new(), ..link }))
}

fn in_pairs(scene: &Scene<'_>, item: ItemId, links: &mut Vec<Link>) -> Result<bool, StoreError> {
    for seen in &scene.view.tasks {
        let Some(of) = seen.pairs.iter().find(|pair| pair.id == item) else { continue };
        let Some(task) = scene.tree.tasks.iter().find(|task| task.slot.id == seen.id) else { continue };
        links.extend(query_link(scene, task.query_id)?);
        links.push(call::task(scene, task)?);
        for side in [&of.chosen, &of.rejected] {
            if let Some(sample) = task.samples.iter().find(|known| known.response.id == side.item) {
                links.push(response::link(scene, task, sample)?);
            }
        }
        links.push(pair::of_responses(scene, seen, of)?);
        return Ok(true);
    }
    let Some(of) = scene.view.case_pairs.iter().find(|pair| pair.id == item) else { return Ok(false) };
    for side in [&of.chosen, &of.rejected] {
        let owner = scene
            .tree
            .verifiers
            .iter()
            .find_map(|sample| sample.cases.iter().find(|case| case.id == side.item).map(|case| (sample, case)));
        if let Some((sample, case)) = owner {
            links.push(case::link(scene, sample, case)?);
        }
    }
    links.push(pair::of_cases(scene, of)?);
    Ok(true)
}
