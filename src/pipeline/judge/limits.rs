//! Caps of an instruction: so many SFT rows and pairs at most (not in the paper; see the profile's last values).

use std::collections::HashMap;

use crate::{
    domain::ItemId,
    pipeline::{
        settings::Settings,
        view::{InstructionView, PairStanding, PairView, TaskView},
    },
    rules::datasets::{Contender, within},
};

use super::is_accepted;

/// Takes out what is beyond the caps; what was taken out stays in sight.
pub fn cap(view: &mut InstructionView, settings: &Settings) {
    let (seed, key) = (settings.config.seed, view.key.clone());
    let profile = &settings.profile;
    if profile.sft_per_instruction > 0 {
        cap_rows(&mut view.tasks, profile.sft_per_instruction, seed, key.as_str());
    }
    if profile.pairs_per_instruction > 0 {
        let most = profile.pairs_per_instruction;
        cap_pairs(&mut view.case_pairs, most, seed, key.as_str(), |_| String::new());
        let mut pairs: Vec<PairView> = view.tasks.iter_mut().flat_map(|task| std::mem::take(&mut task.pairs)).collect();
        let tasks = &view.tasks;
        let task_of = |pair: &PairView| tasks.iter().position(|task| has(task, pair.chosen.item)).unwrap_or(usize::MAX);
        cap_pairs(&mut pairs, most, seed, key.as_str(), |pair| task_of(pair).to_string());
        let places: Vec<usize> = pairs.iter().map(task_of).collect();
        for (pair, at) in pairs.into_iter().zip(places) {
            if let Some(task) = view.tasks.get_mut(at) {
                put(task, pair);
            }
        }
    }
}

fn has(task: &TaskView, item: ItemId) -> bool {
    task.responses.iter().any(|response| response.id == item)
}

/// Puts a pair back, and takes it off its responses' counts where it is one too many.
fn put(task: &mut TaskView, pair: PairView) {
    if pair.standing == PairStanding::Capped {
        for response in &mut task.responses {
            response.pairs.0 -= u32::from(response.id == pair.chosen.item);
            response.pairs.1 -= u32::from(response.id == pair.rejected.item);
        }
    }
    task.pairs.push(pair);
}

fn cap_rows(tasks: &mut [TaskView], most: u32, seed: u64, instruction: &str) {
    let names: HashMap<ItemId, String> = tasks.iter().map(|task| (task.id, task.query_id.to_string())).collect();
    let rows = |task: &TaskView| -> Vec<(ItemId, u32, bool)> {
        let rows = task.responses.iter().filter(|response| response.sft);
        rows.map(|response| (task.id, response.sample, is_accepted(response.decision.as_ref()))).collect()
    };
    let rows: Vec<(ItemId, u32, bool)> = tasks.iter().flat_map(rows).collect();
    let samples: Vec<String> = rows.iter().map(|(_, sample, _)| sample.to_string()).collect();
    let all: Vec<Contender<'_>> = rows
        .iter()
        .zip(&samples)
        .map(|((task, _, accepted), sample)| Contender { task: &names[task], key: sample, accepted: *accepted })
        .collect();
    let stays = within(&all, most, seed, instruction);
    let mut stays = stays.into_iter();
    for response in tasks.iter_mut().flat_map(|task| &mut task.responses).filter(|response| response.sft) {
        response.sft = stays.next().unwrap_or(true);
        response.capped = !response.sft;
    }
}

/// Marks given pairs that are one too many.
fn cap_pairs(pairs: &mut [PairView], most: u32, seed: u64, instruction: &str, task: impl Fn(&PairView) -> String) {
    let given = || pairs.iter().filter(|pair| pair.is_given());
    let keys: Vec<(String, String, bool)> =
        given().map(|pair| (task(pair), pair.id.to_string(), is_accepted(pair.decision.as_ref()))).collect();
    let all: Vec<Contender<'_>> =
        keys.iter().map(|(task, key, accepted)| Contender { task, key, accepted: *accepted }).collect();
    let mut stays = within(&all, most, seed, instruction).into_iter();
    for pair in pairs.iter_mut().filter(|pair| pair.is_given()) {
        if !stays.next().unwrap_or(true) {
            pair.standing = PairStanding::Capped;
        }
    }
}
