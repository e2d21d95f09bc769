//! What an endpoint's section may not say.

use super::{
    check::Problem,
    model::{EndpointConfig, EndpointKind},
};

/// Everything that is wrong with an endpoint.
pub(super) fn check_endpoint(name: &str, endpoint: &EndpointConfig, found: &mut Vec<Problem>) {
    let mut bad = |key: &str, message: String, fix: &str| {
        found.push(Problem::at(&["endpoints", name, key], message, fix));
    };
    match endpoint.kind {
        EndpointKind::Openai => check_addresses(endpoint, &mut bad),
        EndpointKind::Tape if endpoint.path.as_deref().is_none_or(str::is_empty) => bad(
            "path",
            "an endpoint of kind `tape` needs a path".into(),
            "name the tape's file, or \"bundled:demo\" for the demo's",
        ),
        EndpointKind::Tape => {}
    }
    check_secrets(endpoint, &mut bad);
    check_limits(endpoint, &mut bad);
    if endpoint.concurrency == 0 {
        bad("concurrency", "0 requests in flight would never ask anything".into(), "write 1 or more");
    }
    if endpoint.attempts == 0 {
        bad("attempts", "0 attempts would never ask anything".into(), "write 1 or more");
    }
    if !(endpoint.speed.is_finite() && endpoint.speed >= 0.0) {
        bad("speed", format!("{} is not a speed", endpoint.speed), "1 is real time, 0 as fast as possible");
    }
    let waits = endpoint.timeouts;
    for (key, seconds) in [
        ("connect_s", waits.connect_s),
        ("first_token_s", waits.first_token_s),
        ("idle_s", waits.idle_s),
        ("total_s", waits.total_s),
    ] {
        if !(seconds.is_finite() && seconds > 0.0 && seconds < 1e9) {
            found.push(Problem::at(
                &["endpoints", name, "timeouts", key],
                format!("{seconds} is not a number of seconds to wait"),
                "write a number above 0",
            ));
        }
    }
}

/// Notes a problem: the key within the section, what is wrong, what to do.
type Bad<'a> = dyn FnMut(&str, String, &str) + 'a;

fn is_http(url: &str) -> bool {
    url.starts_with("http://") || url.starts_with("https://")
}

fn check_addresses(endpoint: &EndpointConfig, bad: &mut Bad<'_>) {
    if endpoint.addresses().next().is_none() {
        bad(
            "base_url",
            "an endpoint of kind `openai` needs a base_url".to_owned(),
            "write the server's address up to and including /v1, like \"http://127.0.0.1:8000/v1\"",
        );
    } else if !endpoint.addresses().all(is_http) {
        let key = if endpoint.base_urls.iter().all(|url| is_http(url)) { "base_url" } else { "base_urls" };
        bad(
            key,
            "an address does not start with http:// or https://".to_owned(),
            "write it in full, like \"http://127.0.0.1:8000/v1\"",
        );
    }
}

/// Nothing that may be a key is printed, wherever it was pasted.
fn check_secrets(endpoint: &EndpointConfig, bad: &mut Bad<'_>) {
    if endpoint.key_env.as_deref().is_some_and(|name| !is_variable_name(name)) {
        bad(
            "key_env",
            "this is not the name of an environment variable".to_owned(),
            "write the variable's name, like \"OPENAI_API_KEY\"; a key itself never belongs in this file",
        );
    }
    if endpoint.key_env.is_some() && !endpoint.key_command.is_empty() {
        bad("key_command", "the key has two sources".to_owned(), "remove key_env or key_command");
    }
    if endpoint.key_command.first().is_some_and(|program| program.trim().is_empty()) {
        let fix = "write the program and its arguments, like [\"pass\", \"show\", \"openai\"]";
        bad("key_command", "the command names no program".to_owned(), fix);
    }
    if let Some(header) = endpoint.headers.keys().find(|header| is_secret_header(header)) {
        bad(
            "headers",
            format!("`{header}` would write a key into this file"),
            "remove it and set key_env to the name of a variable that holds the key",
        );
    }
    let Some(proxy) = endpoint.proxy.as_deref() else { return };
    if !is_http(proxy) {
        let fix = "write an address, like \"http://proxy:3128\"";
        bad("proxy", "the proxy does not start with http:// or https://".to_owned(), fix);
    } else if proxy.split('/').nth(2).is_some_and(|host| host.contains('@')) {
        let fix = "remove them and put the whole address into the environment variable HTTPS_PROXY";
        bad("proxy", "a user or password would stand in this file".to_owned(), fix);
    }
}

fn check_limits(endpoint: &EndpointConfig, bad: &mut Bad<'_>) {
    if endpoint.requests_per_minute == Some(0) {
        bad("requests_per_minute", "0 requests a minute would never ask anything".to_owned(), "write 1 or more");
    }
    if endpoint.tokens_per_minute == Some(0) {
        bad("tokens_per_minute", "0 tokens a minute would never ask anything".to_owned(), "write 1 or more");
    }
    let Some(prices) = endpoint.prices else { return };
    if ![prices.input, prices.cached_input.unwrap_or(0.0), prices.output]
        .iter()
        .all(|price| *price >= 0.0 && price.is_finite())
    {
        bad("prices", "a price is below 0 or no number".to_owned(), "write what a million tokens cost, 0 or more");
    }
}

fn is_variable_name(name: &str) -> bool {
    let starts_well = name.chars().next().is_some_and(|c| c.is_ascii_uppercase() || c == '_');
    starts_well && name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
}

fn is_secret_header(header: &str) -> bool {
    ["authorization", "api-key", "x-api-key", "x-goog-api-key"].contains(&header.to_ascii_lowercase().as_str())
}
