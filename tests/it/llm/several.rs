//! Several samples of one prompt by one request.

use std::{
    collections::{BTreeMap, HashSet},
    sync::{Arc, Mutex},
};

use assay::{
    config::{EndpointConfig, Several},
    domain::{Together, Usage, digest_of},
    llm::{
        Answer, Endpoint as _, LlmError, Memory, Nature, Request, Tail,
        openai::OpenAi,
        tape::{Tape, TapeWriter},
        unheard,
    },
};
use futures::{
    StreamExt as _,
    future::{join, join_all},
    stream,
};
use tokio_util::sync::CancellationToken;

use super::{
    client, config,
    faults::passing,
    request,
    server::{DONE, Seen, Server, Step, chunked, counts, end, piece, refusal, several},
};

/// A client whose endpoint was seen to give `most` answers to one request, and its memory.
fn proved(config: &EndpointConfig, most: u32) -> (OpenAi, Arc<Memory>, tempfile::TempDir) {
    let dir = tempfile::tempdir().unwrap();
    let memory = Arc::new(Memory::of(dir.path()));
    let address = OpenAi::address(config).unwrap();
    memory.change("test", &address, |known| known.several = BTreeMap::from([("m".to_owned(), most)]));
    (client(config).remembering(memory.clone()), memory, dir)
}

/// What is remembered of the endpoint.
fn known(memory: &Memory, server: &Server) -> u32 {
    memory.known("test", &server.url).unwrap().several["m"]
}

/// Sample `sample` of so many.
fn sample(slot: &str, sample: u32, of: u32) -> Request {
    Request { sample, seed: Some(100 + u64::from(sample)), together: of, ..request(slot) }
}

type Ended = (Result<Answer, LlmError>, Arc<Tail>);

async fn one(client: &OpenAi, request: Request) -> Ended {
    let tail = Arc::new(Tail::default());
    (client.complete(request, tail.clone(), unheard(), CancellationToken::new()).await, tail)
}

async fn all(client: &OpenAi, slot: &str, of: u32) -> Vec<Ended> {
    join_all((0..of).map(|n| one(client, sample(slot, n, of)))).await
}

/// How many choices a request asks for.
fn n(seen: &Seen) -> usize {
    usize::try_from(seen.body["n"].as_u64().unwrap_or(1)).unwrap()
}

fn texts(of: usize) -> Vec<String> {
    (0..of).map(|choice| "x".repeat(choice + 1)).collect()
}

fn used(ended: &[Ended]) -> Usage {
    let mut sum = Usage::default();
    for (answer, tail) in ended {
        sum += answer.as_ref().map(|answer| answer.usage.unwrap()).unwrap_or_default();
        sum += tail.attempts().lost;
    }
    sum
}

#[tokio::test]
async fn samples_of_one_prompt_are_one_request() {
    let server = Server::new(|seen, _| several(&texts(n(seen)))).await;
    let (client, _, dir) = proved(&config(&server.url), 8);
    let tape = dir.path().join("tape.jsonl");
    let client = client.recording(TapeWriter::open(&tape, "t").unwrap().into());
    let ended = all(&client, "a", 4).await;
    assert_eq!(server.asked(), 1);
    assert_eq!((&server.seen()[0].body["n"], &server.seen()[0].body["seed"]), (&4.into(), &100.into()));
    for (choice, (answer, tail)) in (0..).zip(&ended) {
        let answer = answer.as_ref().unwrap();
        assert_eq!(answer.content.len(), choice as usize + 1, "in order of the samples");
        assert_eq!(answer.together, Some(Together { n: 4, choice, seed: Some(100) }));
        assert_eq!(tail.sample().text, answer.content, "each streams into its own tail");
        assert_eq!(answer.usage.unwrap().completion_tokens, u64::from(choice) + 1);
        assert_eq!(answer.attempts, 1);
    }
    assert_eq!(used(&ended), Usage { prompt_tokens: 10, cached_tokens: 0, completion_tokens: 10 }, "as it was told");
    assert_eq!(Tape::read(&tape).unwrap().len(), 4, "each has its line");
    let alone = join_all((0..4).map(|n| one(&client, sample("b", n, 1)))).await;
    assert_eq!(server.asked(), 5);
    assert_eq!(used(&alone).prompt_tokens, 40, "four times what one request costs");
    assert!(alone.iter().all(|(answer, _)| answer.as_ref().unwrap().together.is_none()));
}

#[tokio::test]
async fn what_is_not_proved_or_not_wanted_is_not_asked_for() {
    let server = Server::new(|seen, _| several(&texts(n(seen)))).await;
    let off = EndpointConfig { n: Several::Off, ..config(&server.url) };
    for client in [client(&config(&server.url)), proved(&off, 8).0] {
        let before = server.asked();
        assert!(all(&client, "a", 3).await.iter().all(|(answer, _)| answer.is_ok()));
        assert_eq!(server.asked() - before, 3);
    }
    let seeds: HashSet<u64> = server.seen().iter().map(|seen| seen.body["seed"].as_u64().unwrap()).collect();
    assert_eq!((seeds.len(), server.seen().iter().all(|seen| n(seen) == 1)), (3, true));
}

#[tokio::test]
async fn other_prompts_and_settings_go_by_themselves() {
    let server = Server::new(|seen, _| several(&texts(n(seen)))).await;
    let (client, ..) = proved(&config(&server.url), 8);
    let warm = |request: Request| Request { temperature: 1.0, ..request };
    let mixed = [sample("a", 0, 4), sample("b", 0, 4), warm(sample("a", 1, 4)), sample("a", 2, 4)];
    let ended = join_all(mixed.map(|request| one(&client, request))).await;
    assert!(ended.iter().all(|(answer, _)| answer.is_ok()));
    let mut asked: Vec<usize> = server.seen().iter().map(n).collect();
    asked.sort_unstable();
    assert_eq!(asked, [1, 1, 2], "they do not wait for ever for what never comes");
}

#[tokio::test]
async fn what_one_choice_lacks_concerns_its_sample_alone() {
    let server = Server::new(|seen, _| match n(seen) {
        1 => several(&["asked again".to_owned()]),
        _ => {
            let body = [piece(0, "good"), end(1, "stop"), piece(2, "<think>hm"), end(2, "length"), end(0, "stop")];
            let filtered = [end(3, "content_filter"), counts(10, 8), DONE.to_owned()];
            chunked(&[body.concat().as_bytes(), filtered.concat().as_bytes()], true)
        }
    })
    .await;
    let (client, memory, _dir) = proved(&config(&server.url), 8);
    let ended = all(&client, "a", 4).await;
    let said: Vec<_> = ended.iter().map(|(answer, _)| answer.as_ref().map(|answer| answer.content.as_str())).collect();
    assert_eq!((said[0], said[1], said[2]), (Ok("good"), Ok("asked again"), Ok("asked again")));
    let error = ended[3].0.as_ref().unwrap_err();
    assert_eq!((error.code().as_ref(), error.nature()), ("content-filter", Nature::Lasting));
    assert_eq!(server.asked(), 3, "the filtered one is a result");
    assert_eq!(ended[1].0.as_ref().unwrap().attempts, 2);
    assert_eq!(used(&ended), Usage { prompt_tokens: 30, cached_tokens: 0, completion_tokens: 30 });
    assert_eq!(known(&memory, &server), 8, "n itself was answered");
}

#[tokio::test]
async fn fewer_choices_than_asked_take_the_proof_back() {
    let server = Server::new(|seen, _| several(&texts(n(seen).min(2)))).await;
    let (client, memory, _dir) = proved(&config(&server.url), 8);
    let ended = all(&client, "a", 4).await;
    assert!(ended.iter().all(|(answer, _)| answer.is_ok()));
    assert_eq!((server.asked(), known(&memory, &server), client.together("m")), (3, 1, 1));
    assert!(ended[3].1.attempts().trouble.unwrap().contains("fewer answers"), "it is told");
    assert_eq!(ended[3].0.as_ref().unwrap().attempts, 1, "no attempt of its own was lost");
    all(&client, "b", 4).await;
    assert_eq!(server.asked(), 7, "single from then on");
}

#[tokio::test]
async fn a_limit_of_choices_is_found_and_kept() {
    let server = Server::new(|seen, _| match n(seen) {
        0..=4 => several(&texts(n(seen))),
        _ => refusal("400 Bad Request", "", "{\"error\":{\"message\":\"Field 'n': at most 4\"}}"),
    })
    .await;
    let (client, memory, _dir) = proved(&config(&server.url), 128);
    assert!(all(&client, "a", 8).await.iter().all(|(answer, _)| answer.is_ok()));
    assert_eq!((server.asked(), known(&memory, &server)), (3, 4));
    assert!(all(&client, "b", 6).await.iter().all(|(answer, _)| answer.is_ok()));
    assert_eq!(server.seen()[3..].iter().map(n).collect::<Vec<_>>(), [3, 3], "as evenly as can be");
}

#[tokio::test]
async fn a_refusal_that_has_other_causes_proves_nothing() {
    let long = refusal("400 Bad Request", "", "{\"error\":{\"message\":\"the prompt is too long\"}}");
    let server = Server::of(vec![long]).await;
    let (client, memory, _dir) = proved(&config(&server.url), 8);
    for (answer, _) in all(&client, "a", 2).await {
        assert_eq!(answer.unwrap_err().code(), "http-400");
    }
    assert_eq!((server.asked(), known(&memory, &server)), (3, 8));
    let server = Server::new(|seen, _| match n(seen) {
        1 => several(&texts(1)),
        _ => refusal("422 Unprocessable Entity", "", "{}"),
    })
    .await;
    let (client, memory, _dir) = proved(&config(&server.url), 8);
    assert!(all(&client, "a", 4).await.iter().all(|(answer, _)| answer.is_ok()));
    assert_eq!(known(&memory, &server), 1, "no number of choices was taken");
}

#[tokio::test]
async fn a_request_that_fails_fails_for_all_and_is_retried_once_for_all() {
    for (name, _, steps) in passing().into_iter().filter(|(_, code, _)| !code.starts_with("empty")) {
        let server = Server::new(move |seen, at| if at == 0 { steps.clone() } else { several(&texts(n(seen))) }).await;
        let (client, ..) = proved(&config(&server.url), 8);
        for (answer, tail) in all(&client, "a", 3).await {
            let answer = answer.unwrap_or_else(|error| panic!("{name}: {error}"));
            assert_eq!((answer.attempts, answer.together.map(|t| t.n)), (2, Some(3)), "{name}");
            assert!(tail.attempts().trouble.is_some() && tail.sample().text == answer.content, "{name}");
        }
        assert_eq!(server.asked(), 2, "{name}");
    }
}

#[tokio::test]
async fn what_had_ended_before_a_stream_broke_is_kept() {
    let server = Server::new(|seen, _| match n(seen) {
        1 => several(&["whole".to_owned()]),
        _ => {
            let body = [piece(0, "half"), piece(1, "ended"), end(1, "stop"), piece(0, " of it")].concat();
            [chunked(&[body.as_bytes()], false), vec![Step::Reset]].concat()
        }
    })
    .await;
    let (client, memory, _dir) = proved(&config(&server.url), 8);
    let ended = all(&client, "a", 3).await;
    let said: Vec<_> = ended.iter().map(|(answer, _)| answer.as_ref().unwrap().content.as_str()).collect();
    assert_eq!((said, server.asked()), (vec!["whole", "ended", "whole"], 3));
    assert_eq!((ended[0].1.sample().text.as_str(), known(&memory, &server)), ("whole", 8));
}

#[tokio::test]
async fn one_that_is_cancelled_leaves_the_others() {
    let go = Arc::new(tokio::sync::Notify::new());
    let wait = go.clone();
    let server = Server::new(move |_, _| {
        let first = [piece(0, "a"), piece(1, "b"), piece(2, "c")].concat();
        let rest = [end(0, "stop"), end(1, "stop"), end(2, "stop"), counts(10, 9), DONE.to_owned()].concat();
        let mut steps = chunked(&[first.as_bytes()], false);
        let Step::Bytes(tail) = chunked(&[rest.as_bytes()], true).remove(0) else { unreachable!() };
        let at = tail.windows(4).position(|four| four == b"\r\n\r\n").unwrap() + 4;
        steps.extend([Step::Until(wait.clone()), Step::Bytes(tail[at..].to_vec())]);
        steps
    })
    .await;
    let (client, ..) = proved(&config(&server.url), 8);
    let cancel = CancellationToken::new();
    let tails: Vec<Arc<Tail>> = (0..3).map(|_| Arc::default()).collect();
    let ask = |n: u32| {
        let cancel = if n == 0 { cancel.clone() } else { CancellationToken::new() };
        client.complete(sample("a", n, 3), tails[n as usize].clone(), unheard(), cancel)
    };
    let steer = async {
        while tails[0].sample().text.is_empty() {
            tokio::task::yield_now().await;
        }
        cancel.cancel();
        tokio::task::yield_now().await;
        go.notify_one();
    };
    let (answers, ()) = join(join_all((0..3).map(ask)), steer).await;
    assert_eq!(answers[0], Err(LlmError::Cancelled));
    let kept: Vec<_> = answers[1..].iter().map(|answer| answer.as_ref().unwrap()).collect();
    assert_eq!((kept[0].content.as_str(), kept[1].content.as_str(), server.asked()), ("b", "c", 1));
    let ended: Vec<Ended> = answers.into_iter().zip(tails).collect();
    assert_eq!(
        used(&ended),
        Usage { prompt_tokens: 10, cached_tokens: 0, completion_tokens: 9 },
        "nothing is forgotten"
    );
}

/// Which fault the `n`-th request for a prompt meets, and in which choice.
fn draw(prompt: &str, n: usize) -> (usize, usize) {
    let digest = digest_of(&[b"seed 7".as_slice(), prompt.as_bytes(), &n.to_le_bytes()]);
    (usize::from(digest.0[0]) * 256 + usize::from(digest.0[1]), usize::from(digest.0[2]))
}

/// 500 items, five to a prompt, with faults of requests and of choices: each ends once, and no answer is given twice.
#[tokio::test]
async fn every_item_ends_once_and_right() {
    const PROMPTS: usize = 100;
    const SAMPLES: u32 = 5;
    let whole: Vec<_> = passing().into_iter().filter(|(_, code, _)| !code.starts_with("empty")).collect();
    let met = Arc::new(Mutex::new((BTreeMap::<String, usize>::new(), BTreeMap::<&str, usize>::new(), 0)));
    let counts = Arc::clone(&met);
    let server = Server::new(move |seen, _| {
        let (asked, met, given) = &mut *counts.lock().unwrap();
        let prompt = seen.item().to_owned();
        let times = asked.entry(prompt.clone()).or_default();
        *times += 1;
        let (fault, choice) = draw(&prompt, *times - 1);
        let of = n(seen);
        let mut answers = |of: usize| -> Vec<String> {
            *given += of;
            (0..of).map(|choice| format!("answer {} to {prompt}", *given - choice)).collect()
        };
        // The first request for a prompt may fail as a whole or in one choice, the second as a whole.
        let odds = [(25, 55), (20, 20)].get(*times - 1).copied().unwrap_or_default();
        let mut note = |name| *met.entry(name).or_insert(0) += 1;
        match fault % 100 {
            draw if draw < odds.0 => {
                let (name, _, steps) = &whole[fault / 100 % whole.len()];
                note(name);
                steps.clone()
            }
            draw if draw < odds.1 && of > 1 => {
                let bad = choice % of;
                let texts = answers(of - 1);
                let rest: Vec<usize> = (0..of).filter(|choice| *choice != bad).collect();
                let good: String = rest
                    .iter()
                    .zip(&texts)
                    .map(|(choice, text)| piece(*choice, text) + &end(*choice, "stop"))
                    .collect();
                match choice % 3 {
                    0 => {
                        note("one choice is empty");
                        chunked(&[end(bad, "stop").as_bytes(), good.as_bytes(), DONE.as_bytes()], true)
                    }
                    1 => {
                        note("one choice only thinks");
                        let thought = piece(bad, "<think>hm") + &end(bad, "length");
                        chunked(&[good.as_bytes(), thought.as_bytes(), DONE.as_bytes()], true)
                    }
                    _ => {
                        note("cut inside one choice");
                        [chunked(&[piece(bad, "half").as_bytes(), good.as_bytes()], false), vec![Step::Reset]].concat()
                    }
                }
            }
            _ => several(&answers(of)),
        }
    })
    .await;
    let (client, memory, _dir) = proved(&EndpointConfig { attempts: 5, ..config(&server.url) }, 8);
    let ended: Vec<Ended> = stream::iter(0..PROMPTS)
        .map(|prompt| {
            let client = &client;
            async move { all(client, &prompt.to_string(), SAMPLES).await }
        })
        .buffer_unordered(4)
        .flat_map(stream::iter)
        .collect()
        .await;
    let (_, met, given) = &*met.lock().unwrap();
    let texts: HashSet<&str> = ended.iter().map(|(answer, _)| answer.as_ref().unwrap().content.as_str()).collect();
    assert_eq!((ended.len(), texts.len(), *given), (500, 500, 500), "each once, and nothing that was given is lost");
    assert_eq!(known(&memory, &server), 8);
    let (faults, requests) = (met.values().sum::<usize>(), server.asked());
    assert!(requests < 300, "{requests} requests");
    assert!(
        ["one choice is empty", "one choice only thinks", "cut inside one choice"]
            .iter()
            .all(|name| met.contains_key(name))
    );
    println!("{faults} faults met in {requests} requests for 500 samples: {met:?}");
}
