//! Instructions in full: asked for when looked at, kept for a while, asked again when they change.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    sync::Arc,
};

use crate::{domain::ItemId, pipeline::handle::Detail};

use super::message::Effect;

/// How many are kept.
const KEPT: usize = 48;

/// The instructions in full that were looked at lately.
#[derive(Clone, Debug, Default)]
pub struct Details {
    held: HashMap<ItemId, Arc<Detail>>,
    order: VecDeque<ItemId>,
    asked: HashSet<ItemId>,
    again: HashSet<ItemId>,
    /// Those that were asked for and are not there; not asked for again until they change.
    missing: HashSet<ItemId>,
}

impl Details {
    /// One, where it is there.
    pub fn get(&self, id: ItemId) -> Option<&Arc<Detail>> {
        self.held.get(&id)
    }

    /// Asks for one that is not there.
    pub fn want(&mut self, id: ItemId) -> Option<Effect> {
        if self.held.contains_key(&id) || self.missing.contains(&id) { None } else { self.ask(id) }
    }

    fn ask(&mut self, id: ItemId) -> Option<Effect> {
        if self.asked.insert(id) {
            return Some(Effect::LoadDetail(id));
        }
        None
    }

    /// One changed: it is asked again where it is shown, else forgotten.
    pub fn changed(&mut self, id: ItemId, shown: bool) -> Option<Effect> {
        self.missing.remove(&id);
        if self.asked.contains(&id) {
            self.again.insert(id);
            return None;
        }
        if shown {
            return self.ask(id);
        }
        self.held.remove(&id);
        None
    }

    /// All may have changed.
    pub fn forget(&mut self, shown: Option<ItemId>) -> Option<Effect> {
        self.again.extend(self.asked.iter().copied());
        self.missing.clear();
        self.held.retain(|id, _| Some(*id) == shown);
        shown.filter(|id| !self.asked.contains(id)).and_then(|id| self.ask(id))
    }

    /// One came. Asks again where it changed meanwhile.
    pub fn put(&mut self, id: ItemId, detail: Option<Arc<Detail>>) -> Option<Effect> {
        self.asked.remove(&id);
        match detail {
            Some(detail) => {
                self.held.insert(id, detail);
                self.order.retain(|other| *other != id);
                self.order.push_back(id);
            }
            None => {
                self.missing.insert(id);
                self.held.remove(&id);
                self.order.retain(|other| *other != id);
            }
        }
        while self.order.len() > KEPT {
            if let Some(oldest) = self.order.pop_front() {
                self.held.remove(&oldest);
            }
        }
        if self.again.remove(&id) { self.ask(id) } else { None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_looked_at_last_is_kept() {
        let detail = crate::workbench::rehearsal::project::Project::of(1);
        let detail = detail.detail(detail.views[0].id).unwrap();
        let ids: Vec<_> = (0..KEPT + 2).map(|n| ItemId::seed(&n.to_string())).collect();
        let mut details = Details::default();
        details.put(ids[0], Some(Arc::clone(&detail)));
        details.changed(ids[0], false);
        for id in &ids {
            details.put(*id, Some(Arc::clone(&detail)));
        }
        assert!(details.get(ids[0]).is_none() && details.get(ids[1]).is_none());
        assert!(details.get(ids[2]).is_some() && details.get(ids[KEPT + 1]).is_some());
    }

    #[test]
    fn what_is_not_there_is_asked_for_once_until_it_changes() {
        let id = ItemId::seed("x");
        let mut details = Details::default();
        assert_eq!(details.want(id), Some(Effect::LoadDetail(id)));
        assert_eq!(details.put(id, None), None);
        assert_eq!(details.want(id), None);
        assert_eq!(details.changed(id, false), None);
        assert_eq!(details.want(id), Some(Effect::LoadDetail(id)));
    }

    #[test]
    fn a_change_during_the_question_asks_once_more() {
        let id = ItemId::seed("x");
        let mut details = Details::default();
        assert_eq!(details.want(id), Some(Effect::LoadDetail(id)));
        assert_eq!(details.want(id), None);
        assert_eq!(details.changed(id, true), None);
        assert_eq!(details.changed(id, true), None);
        assert_eq!(details.put(id, None), Some(Effect::LoadDetail(id)));
        assert_eq!(details.put(id, None), None);
    }
}
