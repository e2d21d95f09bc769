//! Fetching a model from the Hugging Face hub into the cache that its tools share.

use std::{env, fs, path::Path, thread::sleep, time::Duration};

use hf_hub::{
    Cache, Repo, RepoType,
    api::{
        self,
        sync::{ApiBuilder, ApiError, ApiRepo},
    },
};

use crate::domain::Digest;

use super::{
    Hub, NliError,
    identity::of_file,
    service::Progress,
    source::{CONFIG, TOKENIZER, WEIGHTS},
};

/// Attempts for a file; each goes on where the one before ended.
const ATTEMPTS: u32 = 3;
/// The wait before the second attempt; it doubles.
const WAIT: Duration = Duration::from_millis(500);
/// Bytes between two reports.
const REPORT: u64 = 1 << 20;

/// Fetches the files that are not there yet. Blocks.
///
/// # Errors
/// Which file the hub did not give, why, and what to do.
pub fn fetch(hub: &Hub, mut told: impl FnMut(Progress)) -> Result<(), NliError> {
    let url = |file: &str| format!("{}/{}/resolve/{}/{file}", hub.endpoint, hub.id, hub.revision);
    if env::var("HF_HUB_OFFLINE").is_ok_and(|set| matches!(set.as_str(), "1" | "true" | "TRUE" | "ON" | "YES")) {
        return Err(no(&url(CONFIG), "HF_HUB_OFFLINE is set", &by_hand(hub, "unset it, or ")));
    }
    let cache = Cache::new(hub.cache.clone());
    let token = env::var("HF_TOKEN").ok().filter(|token| !token.is_empty()).or_else(|| cache.token());
    // Its own retries begin a resumed file anew without emptying it.
    let client = ApiBuilder::from_cache(cache.clone()).with_retries(0).with_progress(false);
    let client = client.with_endpoint(hub.endpoint.clone()).with_token(token);
    let client = client.with_user_agent("assay", env!("CARGO_PKG_VERSION")).build();
    let client = client.map_err(|error| refusal(hub, &url(CONFIG), &error))?;
    let repo = Repo::with_revision(hub.id.clone(), RepoType::Model, hub.revision.clone());
    let (there, remote) = (cache.repo(repo.clone()), client.repo(repo));
    for file in [CONFIG, TOKENIZER, WEIGHTS] {
        if there.get(file).is_none() {
            download(&remote, file, &mut told).map_err(|error| match error {
                Trouble::Hub(error) => refusal(hub, &url(file), &error),
                Trouble::Damaged(message) => no(&url(file), &message, "it was removed; fetch it again"),
            })?;
        }
    }
    Ok(())
}

enum Trouble {
    Hub(ApiError),
    Damaged(String),
}

fn download(remote: &ApiRepo, file: &str, told: &mut dyn FnMut(Progress)) -> Result<(), Trouble> {
    let mut attempt = 1;
    loop {
        let mut size = 0;
        let counter = Counter { file, size: &mut size, done: 0, reported: 0, told };
        match remote.download_with_progress(file, counter) {
            Ok(path) => return check(&path, size).map_err(Trouble::Damaged),
            Err(error) if attempt < ATTEMPTS && is_passing(&error) => {
                tracing::warn!(file, %error, "fetching goes on after a while");
                sleep(WAIT * 2_u32.pow(attempt - 1));
                attempt += 1;
            }
            Err(error) => return Err(Trouble::Hub(error)),
        }
    }
}

/// What came must be what the hub has: large files are called by their SHA-256 in the cache.
fn check(path: &Path, size: u64) -> Result<(), String> {
    let real = path.canonicalize().map_err(|error| format!("what came cannot be read: {error}"))?;
    let found = fs::metadata(&real).map_err(|error| format!("what came cannot be read: {error}"))?.len();
    let name = real.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let wanted = crate::domain::digest::unhex::<32>(name).map(Digest);
    let is_whole = found == size
        && match wanted {
            Some(wanted) => of_file(&real).is_ok_and(|digest| digest == wanted),
            None => true,
        };
    if is_whole {
        return Ok(());
    }
    for file in [path, &real] {
        if let Err(error) = fs::remove_file(file) {
            tracing::warn!(path = %file.display(), %error, "a damaged file cannot be removed");
        }
    }
    Err(format!("what came is damaged ({found} bytes of {size})"))
}

/// Counts what comes in.
struct Counter<'t> {
    file: &'t str,
    size: &'t mut u64,
    done: u64,
    reported: u64,
    told: &'t mut dyn FnMut(Progress),
}

impl Counter<'_> {
    fn tell(&mut self) {
        self.reported = self.done;
        (self.told)(Progress { file: self.file.to_owned(), done: self.done, all: *self.size });
    }
}

impl api::Progress for Counter<'_> {
    fn init(&mut self, size: usize, _: &str) {
        (*self.size, self.done) = (size as u64, 0);
        self.tell();
    }

    fn update(&mut self, size: usize) {
        self.done += size as u64;
        if self.done - self.reported >= REPORT {
            self.tell();
        }
    }

    fn finish(&mut self) {
        self.tell();
    }
}

/// Whether another attempt may help.
fn is_passing(error: &ApiError) -> bool {
    match error {
        ApiError::RequestError(error) => match &**error {
            ureq::Error::StatusCode(status) => *status >= 500 || *status == 429,
            ureq::Error::Io(_) | ureq::Error::Timeout(_) | ureq::Error::ConnectionFailed => true,
            _ => false,
        },
        ApiError::IoError(error) => error.kind() != std::io::ErrorKind::PermissionDenied,
        _ => false,
    }
}

/// What happened, in words.
fn refusal(hub: &Hub, url: &str, error: &ApiError) -> NliError {
    let status = match error {
        ApiError::RequestError(error) => match &**error {
            ureq::Error::StatusCode(status) => Some(*status),
            _ => None,
        },
        _ => None,
    };
    match (status, error) {
        (Some(status @ (401 | 403)), _) => {
            let advice = "see that the name is right; for a private or gated model, ask for access on its page and set \
                          HF_TOKEN (or run `hf auth login`)";
            no(url, &format!("the hub answers {status}, so the model is private, gated, or not there"), advice)
        }
        (Some(404), _) => {
            let advice = format!("see {} for the files and revisions that it has", hub.page());
            no(url, "the hub answers 404: there is no such model, revision or file", &advice)
        }
        (Some(status), _) => no(url, &format!("the hub answers {status}"), &by_hand(hub, "try again later, or ")),
        (None, ApiError::LockAcquisition(path)) => {
            let message = format!("another process fetches it ({})", path.display());
            no(url, &message, "wait for it and run again")
        }
        (None, ApiError::MissingHeader(_) | ApiError::InvalidHeader(_) | ApiError::ParseIntError(_)) => {
            let message = format!("{} does not answer as the hub does ({error})", hub.endpoint);
            no(url, &message, "see what HF_ENDPOINT names, and that no proxy answers in its place")
        }
        (None, ApiError::IoError(_)) => {
            let message = format!("{error}");
            let advice = format!("see that {} can be written and has room; what came is kept", hub.cache.display());
            no(url, &message, &advice)
        }
        (None, _) => no(url, &error.to_string(), &by_hand(hub, "see that the network is there (HTTPS_PROXY), or ")),
    }
}

/// How to do without the hub.
fn by_hand(hub: &Hub, first: &str) -> String {
    format!(
        "{first}put {CONFIG}, {TOKENIZER} and {WEIGHTS} of {} into a folder and name it as consistency.model",
        hub.page()
    )
}

fn no(url: &str, message: &str, advice: &str) -> NliError {
    NliError::Hub { url: url.to_owned(), message: message.to_owned(), advice: advice.to_owned() }
}
