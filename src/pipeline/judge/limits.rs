//! Caps of an instruction: so many SFT rows and pairs at most (not in the paper; see the profile's last values).

use std::collections::HashMap;

use crate::{
    domain::ItemId,
    pipeline::{
        settings::Settings,
        view::{InstructionView, ResponseView, TaskView},
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
        let mut gone = cap_pairs(&mut view.tasks, most, seed, key.as_str());
        let names: Vec<String> = view.case_pairs.iter().map(|pair| pair.id.to_string()).collect();
        let all: Vec<Contender<'_>> =
            names.iter().map(|name| Contender { task: "", key: name, accepted: false }).collect();
        let mut stays = within(&all, most, seed, key.as_str()).into_iter();
        view.case_pairs.retain(|pair| {
            let stays = stays.next().unwrap_or(true);
            gone.extend((!stays).then_some(pair.id));
            stays
        });
        view.capped_pairs = gone;
    }
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

/// Tells which pairs are gone.
fn cap_pairs(tasks: &mut [TaskView], most: u32, seed: u64, instruction: &str) -> Vec<ItemId> {
    let names: Vec<String> = tasks.iter().map(|task| task.query_id.to_string()).collect();
    let keys: Vec<(usize, String)> = tasks
        .iter()
        .enumerate()
        .flat_map(|(at, task)| task.pairs.iter().map(move |pair| (at, format!("{}/{}", pair.chosen, pair.rejected))))
        .collect();
    let all: Vec<Contender<'_>> =
        keys.iter().map(|(at, key)| Contender { task: &names[*at], key, accepted: false }).collect();
    let mut stays = within(&all, most, seed, instruction).into_iter();
    let mut gone = Vec::new();
    for task in tasks {
        let (kept, out): (Vec<_>, Vec<_>) =
            std::mem::take(&mut task.pairs).into_iter().partition(|_| stays.next().unwrap_or(true));
        for pair in &out {
            let mut less = |sample: u32, side: fn(&mut ResponseView)| {
                task.responses.iter_mut().filter(|response| response.sample == sample).for_each(side);
            };
            less(pair.chosen, |response| response.pairs.0 -= 1);
            less(pair.rejected, |response| response.pairs.1 -= 1);
        }
        task.pairs = kept;
        gone.extend(out.into_iter().map(|pair| pair.id));
    }
    gone
}
