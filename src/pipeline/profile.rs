//! The profile in force: the named one with the `[rules]` of `assay.toml` laid over it.

use crate::{
    config::{Config, Labeller, Problem, closest},
    rules::{Profile, ProfileName, profile::ConsistencyRule},
};

/// The profile that a configuration asks for, or the one a run asks for in its place.
///
/// # Errors
/// Where `[rules]` has an unknown key or a value of the wrong kind; the problem names the key.
pub fn profile_of(config: &Config, instead: Option<ProfileName>) -> Result<Profile, Problem> {
    let name = match instead {
        Some(name) => name,
        None => config
            .profile
            .parse()
            .map_err(|message: String| Problem::at(&["profile"], message, "expected paper, released or recommended"))?,
    };
    let mut values = table_of(&Profile::named(name))?;
    for (key, value) in &config.rules {
        overlay(&mut values, key, value)?;
    }
    let mut profile: Profile = values.try_into().map_err(|error: toml::de::Error| {
        Problem::at(&["rules"], error.message().to_owned(), "`assay config keys` shows the values of the profile")
    })?;
    profile.name = name;
    check(&profile)?;
    if config.consistency.by == Labeller::Off {
        profile.consistency = ConsistencyRule::Off;
    }
    Ok(profile)
}

/// Shares that are none, and a band that holds nothing.
fn check(profile: &Profile) -> Result<(), Problem> {
    for (key, share) in [
        ("pass_rate_from", profile.pass_rate_from),
        ("pass_rate_to", profile.pass_rate_to),
        ("category_share", profile.category_share),
        ("language_share", profile.language_share),
    ] {
        if !(0.0..=1.0).contains(&share) {
            return Err(Problem::at(&["rules", key], format!("{share} is not a share"), "write 0 to 1"));
        }
    }
    let (from, to) = (profile.pass_rate_from, profile.pass_rate_to);
    if from > to {
        let message = format!("no pass rate is both at least {from} and at most {to}");
        return Err(Problem::at(&["rules", "pass_rate_from"], message, "write a number up to pass_rate_to"));
    }
    Ok(())
}

/// Every value of a profile as it would stand in `[rules]`.
///
/// # Errors
/// Never in practice: a profile is plain data.
pub fn table_of(profile: &Profile) -> Result<toml::Table, Problem> {
    toml::Table::try_from(profile)
        .map_err(|error| Problem::at(&["rules"], error.to_string(), "this is a defect of Assay; please report it"))
}

/// Lays one key over the values, and tries it at once so that an error names it.
fn overlay(values: &mut toml::Table, key: &str, value: &toml::Value) -> Result<(), Problem> {
    let Some(usual) = values.get(key).cloned() else {
        let fix = match closest(key, values.keys().map(String::as_str)) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("the rules are: {}", values.keys().cloned().collect::<Vec<_>>().join(", ")),
        };
        return Err(Problem::at(&["rules", key], format!("there is no rule `{key}`"), fix));
    };
    values.insert(key.to_owned(), value.clone());
    match values.clone().try_into::<Profile>() {
        Ok(_) => Ok(()),
        Err(error) => {
            let message = error.message().trim().replace('\n', " ");
            let mut quoted = message.split('`').skip(1).step_by(2);
            let near = quoted.next().and_then(|name| closest(name, quoted));
            let fix = match near {
                Some(near) if message.starts_with("unknown") => format!("did you mean `{near}`?"),
                _ => format!("write it like the profile's own value: {key} = {usual}"),
            };
            Err(Problem::at(&["rules", key], message, fix))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::profile::{PairDraw, Threshold};

    fn with_rules(text: &str) -> Config {
        Config { rules: toml::from_str(text).unwrap(), ..Config::default() }
    }

    #[test]
    fn named_profiles_come_through_whole() {
        for name in ProfileName::ALL {
            let config = Config { profile: name.name().into(), ..Config::default() };
            assert_eq!(profile_of(&config, None).unwrap(), Profile::named(name));
            assert_eq!(profile_of(&Config::default(), Some(name)).unwrap(), Profile::named(name));
        }
    }

    #[test]
    fn rules_are_laid_over_the_named_profile() {
        let mut config =
            with_rules("function_kept = { above = 0.4 }\npairs = { up-to = 2 }\nscore_kept = { at-least = 7 }");
        config.profile = "paper".into();
        let expected = Profile {
            function_kept: Threshold::Above(0.4),
            pairs: PairDraw::UpTo(2),
            score_kept: Threshold::AtLeast(7.0),
            ..Profile::paper()
        };
        assert_eq!(profile_of(&config, None).unwrap(), expected);
    }

    #[test]
    fn wrong_rules_name_the_key() {
        let problem = profile_of(&with_rules("functon_kept = 1"), None).unwrap_err();
        assert_eq!(problem.key, ["rules", "functon_kept"]);
        assert!(problem.fix.contains("`function_kept`"));
        for (rules, key) in [
            ("pass_rate_from = 0.8\npass_rate_to = 0.2", "pass_rate_from"),
            ("pass_rate_to = 1.5", "pass_rate_to"),
            ("category_share = -0.5", "category_share"),
            ("language_share = nan", "language_share"),
            ("conflicts = \"leaveout\"", "conflicts"),
        ] {
            let problem = profile_of(&with_rules(rules), None).unwrap_err();
            assert_eq!(problem.key, ["rules", key], "{problem:?}");
        }
        let problem = profile_of(&with_rules("function_kept = \"high\""), None).unwrap_err();
        assert_eq!(problem.key, ["rules", "function_kept"]);
        assert!(problem.fix.contains("at-least"), "{problem:?}");
    }
}
