//! Turning a profile's values: which changes of `[rules]` lead from what is in force to what is wanted.

use crate::{
    config::{Config, Problem},
    domain::journal::Change,
    rules::Profile,
};

use super::profile::table_of;

/// The changes of `[rules]` after which a profile is in force. A value that is the named profile's own needs no line.
///
/// # Errors
/// Never in practice: a profile is plain data.
pub fn changes(config: &Config, wanted: &Profile) -> Result<Vec<Change>, Problem> {
    let usual = table_of(&Profile::named(wanted.name))?;
    let mut changes = Vec::new();
    for (key, value) in table_of(wanted)? {
        let now = config.rules.get(&key);
        let own = usual.get(&key);
        if same(now.or(own), Some(&value)) {
            continue;
        }
        let after = (!same(own, Some(&value))).then(|| value.to_string());
        changes.push(Change::Rule { key, before: now.map(ToString::to_string), after });
    }
    Ok(changes)
}

/// Whether two values mean the same: 7 and 7.0 do.
fn same(one: Option<&toml::Value>, other: Option<&toml::Value>) -> bool {
    use toml::Value::{Float, Integer, Table};
    match (one, other) {
        (Some(Table(one)), Some(Table(other))) => {
            one.len() == other.len() && one.iter().all(|(key, value)| same(Some(value), other.get(key)))
        }
        #[expect(clippy::cast_precision_loss, reason = "bounds are small")]
        (Some(Integer(whole)), Some(Float(number))) | (Some(Float(number)), Some(Integer(whole))) => {
            (*whole as f64 - number).abs() < f64::EPSILON
        }
        (one, other) => one == other,
    }
}

/// Whether `[rules]` says of a key what a change left there.
pub fn holds(config: &Config, key: &str, text: Option<&str>) -> bool {
    let parsed = text.and_then(|text| toml::from_str::<toml::Table>(&format!("value = {text}")).ok());
    same(config.rules.get(key), parsed.as_ref().and_then(|table| table.get("value")))
}

/// A sentence of what changes: "function_kept = { at-least = 0.9 }; pairs as the profile has it".
pub fn label(changes: &[Change]) -> String {
    let each = changes.iter().filter_map(|change| match change {
        Change::Rule { key, after: Some(after), .. } => Some(format!("{key} = {after}")),
        Change::Rule { key, after: None, .. } => Some(format!("{key} as the profile has it")),
        _ => None,
    });
    format!("rules: {}", each.collect::<Vec<_>>().join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        pipeline::profile::profile_of,
        rules::{ProfileName, profile::Threshold},
    };

    #[test]
    fn changes_lead_to_the_profile_and_back_without_a_trace() {
        let rules = toml::from_str("score_kept = { at-least = 8 }").unwrap();
        let mut config = Config { rules, ..Config::default() };
        for name in ProfileName::ALL {
            config.profile = name.name().to_owned();
            let before = profile_of(&config, None).unwrap();
            assert_eq!(changes(&config, &before).unwrap(), []);
            let wanted = Profile { response_kept: Threshold::AtLeast(0.75), functions_after: 2, ..before.clone() };
            let there = changes(&config, &wanted).unwrap();
            let mut turned = config.clone();
            for change in &there {
                let Change::Rule { key, after, .. } = change else { panic!("{change:?}") };
                let text = format!("{key} = {}", after.as_deref().unwrap());
                turned.rules.extend(toml::from_str::<toml::Table>(&text).unwrap());
                assert!(holds(&turned, key, after.as_deref()) && !holds(&config, key, after.as_deref()));
            }
            assert_eq!(profile_of(&turned, None).unwrap(), wanted);
            let back = changes(&turned, &before).unwrap();
            assert_eq!(back.len(), 2);
            assert!(back.iter().all(|change| matches!(change, Change::Rule { after: None, .. })), "{back:?}");
        }
    }
}
