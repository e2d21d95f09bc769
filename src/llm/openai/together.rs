//! Several requests with one prompt made into one request for several choices (`n`), where that is proved: the prompt
//! is read, and paid for, once.
//!
//! Nothing else changes: every request keeps its slot, its permit and its tape entry, and ends by itself. What a
//! choice lacks (text, or the choice) is asked for again alone; what the request as a whole lacks concerns all.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use futures::{
    FutureExt as _,
    future::{BoxFuture, join_all},
};
use tokio::sync::oneshot;

use super::{
    Client, body,
    complete::{Asked, Ended, Ran, Watcher},
    retry::{Failure, Standing},
};
use crate::{
    config::Several,
    domain::Usage,
    llm::{Answer, LlmError, OnAttempt, Request, Tail},
};

/// How long a request waits for those that were announced with it. They come in the same moment; one that was
/// cancelled on its way never does.
const WAIT: Duration = Duration::from_millis(100);

/// The most choices of one request: what OpenAI allows.
pub(super) const MOST: u32 = 128;

/// How many choices may be asked for at once, by model, as far as that is proved.
#[derive(Debug)]
pub(super) struct Proved {
    off: bool,
    most: Mutex<BTreeMap<String, u32>>,
}

impl Proved {
    /// Nothing is proved yet.
    pub fn new(several: Several) -> Self {
        Self { off: several == Several::Off, most: Mutex::default() }
    }

    fn all(&self) -> MutexGuard<'_, BTreeMap<String, u32>> {
        self.most.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The most choices for a model; 1 where more is not proved or not wanted.
    pub fn most(&self, model: &str) -> u32 {
        if self.off { 1 } else { self.all().get(model).copied().unwrap_or(1).max(1) }
    }

    /// Proves so many; 1 takes a proof back. Tells whether that is news.
    pub fn set(&self, model: &str, most: u32) -> bool {
        self.all().insert(model.to_owned(), most).unwrap_or(1) != most
    }

    /// Takes over what an earlier run found out.
    pub fn remember(&self, known: &BTreeMap<String, u32>) {
        *self.all() = known.clone();
    }

    /// All that is known, to be kept.
    pub fn known(&self) -> BTreeMap<String, u32> {
        self.all().clone()
    }
}

/// One of several requests.
struct Member {
    request: Request,
    tail: Arc<Tail>,
    on_attempt: OnAttempt,
    reply: oneshot::Sender<Result<Answer, LlmError>>,
}

impl Member {
    fn watcher(&self) -> Watcher {
        Watcher { tail: self.tail.clone(), on_attempt: self.on_attempt.clone() }
    }
}

/// Requests that wait for their like.
#[derive(Default)]
pub(super) struct Waiting {
    groups: Mutex<(u64, Vec<Group>)>,
}

struct Group {
    number: u64,
    members: Vec<Member>,
}

/// What is to be done once a request waits.
enum Next {
    /// Its group is whole.
    Go(Vec<Member>),
    /// It is the first of its group.
    Wait(u64),
    /// Others wait already.
    Nothing,
}

impl std::fmt::Debug for Waiting {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Waiting")
    }
}

impl Waiting {
    fn groups(&self) -> MutexGuard<'_, (u64, Vec<Group>)> {
        self.groups.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn add(&self, member: Member) -> Next {
        let (next, groups) = &mut *self.groups();
        let wanted = usize::try_from(member.request.together).unwrap_or(usize::MAX);
        let like = |group: &Group| {
            group.members.first().is_some_and(|first| body::is_same_prompt(&first.request, &member.request))
        };
        let Some(at) = groups.iter().position(like) else {
            *next += 1;
            groups.push(Group { number: *next, members: vec![member] });
            return Next::Wait(*next);
        };
        groups[at].members.push(member);
        if groups[at].members.len() >= wanted { Next::Go(groups.swap_remove(at).members) } else { Next::Nothing }
    }

    fn take(&self, number: u64) -> Vec<Member> {
        let groups = &mut self.groups().1;
        let at = groups.iter().position(|group| group.number == number);
        at.map(|at| groups.swap_remove(at).members).unwrap_or_default()
    }
}

impl Client {
    /// Completes a request as one of those that were announced with it.
    pub(super) async fn complete_together(
        self: &Arc<Self>,
        request: Request,
        tail: Arc<Tail>,
        on_attempt: OnAttempt,
    ) -> Result<Answer, LlmError> {
        let (reply, answer) = oneshot::channel();
        match self.waiting.add(Member { request, tail, on_attempt, reply }) {
            Next::Go(members) => drop(tokio::spawn(self.clone().part(members))),
            Next::Wait(number) => {
                let client = self.clone();
                tokio::spawn(async move {
                    tokio::time::sleep(WAIT).await;
                    let members = client.waiting.take(number);
                    client.part(members).await;
                });
            }
            Next::Nothing => {}
        }
        answer.await.unwrap_or_else(|_| {
            let endpoint = self.replicas.first().name.clone();
            let reason = "a request for several answers ended without any: a defect of this program, please report it";
            Err(LlmError::Config { endpoint, reason: reason.to_owned() })
        })
    }

    /// Makes requests of a group, as few as the endpoint takes.
    async fn part(self: Arc<Self>, mut members: Vec<Member>) {
        members.retain(|member| !member.reply.is_closed());
        members.sort_by_key(|member| (member.request.sample, member.request.nth));
        let most = members.first().map_or(1, |first| self.proved.most(&first.request.model));
        join_all(split(members, most).map(|members| self.clone().ask(members, None))).await;
    }

    /// One request for some members. `refused`: so many at once were refused.
    fn ask(self: Arc<Self>, mut members: Vec<Member>, refused: Option<u32>) -> BoxFuture<'static, ()> {
        async move {
            members.retain(|member| !member.reply.is_closed());
            if members.len() < 2 {
                let alone = members.into_iter().map(|member| self.alone(member, None, refused));
                join_all(alone).await;
                return;
            }
            let Some(ran) = self.run_together(&mut members).await else { return };
            match ran {
                Ok(ran) => self.hand_out(members, ran, refused).await,
                Err(Ended::Failed(error)) => {
                    for member in members {
                        give(member, Err(error.clone()));
                    }
                }
                Err(Ended::TooMany(error)) => {
                    let n = u32::try_from(members.len()).unwrap_or(MOST);
                    tracing::warn!(n, "a request for several answers was refused, fewer are asked for: {error}");
                    members.iter().for_each(|member| member.tail.trouble(&error.to_string()));
                    join_all(split(members, n / 2).map(|part| self.clone().ask(part, Some(n)))).await;
                }
            }
        }
        .boxed()
    }

    /// Runs one request for all; nothing where nobody waits for it any longer.
    async fn run_together(&self, members: &mut [Member]) -> Option<Result<Ran, Ended>> {
        let request = members.first()?.request.clone();
        let watchers: Vec<Watcher> = members.iter().map(Member::watcher).collect();
        let asked = Asked { request: &request, watchers: &watchers };
        let gone = join_all(members.iter_mut().map(|member| member.reply.closed()));
        tokio::select! {
            ran = self.run(&asked, None) => Some(ran),
            _ = gone => None,
        }
    }

    /// Gives every member its choice; asks again for what did not come.
    async fn hand_out(&self, members: Vec<Member>, ran: Ran, refused: Option<u32>) {
        let (n, how) = (members.len(), ran.how);
        let model = members.first().map(|member| member.request.model.clone()).unwrap_or_default();
        let fewer =
            ran.choices.iter().filter(|choice| matches!(choice, Err((_, failure)) if failure.is_missing())).count();
        if fewer > 0 {
            self.withdraw(&model, n, n - fewer);
        } else if refused.is_some() && how.at_first {
            self.limit(&model, u32::try_from(n).unwrap_or(MOST));
        }
        let mut lost = Usage::default();
        let (mut good, mut again) = (Vec::new(), Vec::new());
        for (member, choice) in members.into_iter().zip(ran.choices) {
            match choice {
                // Nobody waits for it, but it was used: somebody has to tell.
                Ok(reply) if member.reply.is_closed() => lost += reply.answer.usage.unwrap_or_default(),
                Ok(reply) => good.push((member, reply)),
                Err(failed) => again.push((member, failed)),
            }
        }
        if let Some(member) = good.first().map(|(member, _)| member).or(again.first().map(|(member, _)| member)) {
            member.tail.lose(lost);
        }
        for (member, reply) in good {
            let answer = self.answered(&member.request, reply, how);
            give(member, Ok(answer));
        }
        join_all(again.into_iter().map(|(member, failed)| self.alone(member, Some(failed), None))).await;
    }

    /// A request for one member. `from`: where it stands after one for several.
    async fn alone(&self, mut member: Member, from: Option<(Standing, Failure)>, refused: Option<u32>) {
        let (request, watcher) = (member.request.clone(), member.watcher());
        let ran = tokio::select! {
            ran = self.run_one(&request, watcher, from) => ran,
            () = member.reply.closed() => return,
        };
        if let (Some(n), Ok((_, how))) = (refused, &ran)
            && how.at_first
        {
            self.withdraw(&request.model, n as usize, 0);
        }
        give(member, ran.map(|(answer, _)| answer));
    }

    /// Remembers that so many answers at once are taken, and no more.
    fn limit(&self, model: &str, most: u32) {
        if self.proved.most(model) > most && self.proved.set(model, most) {
            let endpoint = &self.replicas.first().name;
            tracing::warn!(
                endpoint,
                model,
                "more than {most} answers to one request are refused: so many are asked for"
            );
            self.keep(None);
        }
    }

    /// Takes the proof back.
    fn withdraw(&self, model: &str, asked: usize, given: usize) {
        if self.proved.set(model, 1) {
            let endpoint = &self.replicas.first().name;
            tracing::warn!(
                endpoint,
                model,
                "n is used no longer: {asked} answers to one request were asked for, {given} given; `assay doctor` \
                 tries it anew"
            );
            self.keep(None);
        }
    }
}

/// Parts of at most so many, of about one size.
fn split(mut members: Vec<Member>, most: u32) -> impl Iterator<Item = Vec<Member>> {
    let most = usize::try_from(most).unwrap_or(1).max(1);
    let size = members.len().div_ceil(members.len().div_ceil(most).max(1)).max(1);
    std::iter::from_fn(move || {
        let rest = members.split_off(size.min(members.len()));
        let part = std::mem::replace(&mut members, rest);
        (!part.is_empty()).then_some(part)
    })
}

/// Gives a member what became of it; it may have gone meanwhile.
fn give(member: Member, result: Result<Answer, LlmError>) {
    if member.reply.send(result).is_err() {
        tracing::debug!(slot = %member.request.slot, "nobody waits for this answer any longer");
    }
}
