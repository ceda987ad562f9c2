//! Ways in, for people: those of which the same is to be said in one line.

use crate::tenant::conditional_access::{Platform, Way, ways};

/// A line for each thing that is to be said, in the order in which it comes up, with the ways of which it is said.
pub(super) fn grouped<T: PartialEq>(said: impl IntoIterator<Item = (Way, T)>) -> Vec<(String, T)> {
    let mut groups: Vec<(Vec<Way>, T)> = Vec::new();
    for (way, what) in said {
        match groups.iter_mut().find(|(_, known)| *known == what) {
            Some((members, _)) => members.push(way),
            None => groups.push((vec![way], what)),
        }
    }
    let named = groups.into_iter();
    named.map(|(ways, what)| (describe(&ways), what)).collect()
}

/// Several ways: all of them, all on some systems, or by application.
fn describe(members: &[Way]) -> String {
    let on: Vec<Platform> = platforms(members.iter().copied());
    let everywhere = platforms(ways());
    if members.len() == ways().filter(|way| on.contains(&way.platform)).count() {
        return match on == everywhere {
            true => "every way in".to_owned(),
            false => format!("every way in on {}", names(&on)),
        };
    }
    let mut applications: Vec<&str> = members.iter().map(|way| way.application_name).collect();
    applications.dedup();
    let described: Vec<String> = applications
        .into_iter()
        .map(|name| {
            let of_it = members.iter().filter(|way| way.application_name == name);
            let on = platforms(of_it.copied());
            match on == everywhere {
                true => name.to_owned(),
                false => format!("{name} on {}", names(&on)),
            }
        })
        .collect();
    described.join(", ")
}

/// The systems of some ways, each once.
fn platforms(ways: impl Iterator<Item = Way>) -> Vec<Platform> {
    let mut platforms: Vec<Platform> = Vec::new();
    for way in ways {
        if !platforms.contains(&way.platform) {
            platforms.push(way.platform);
        }
    }
    platforms
}

fn names(platforms: &[Platform]) -> String {
    let names: Vec<&str> = platforms.iter().map(|one| one.as_str()).collect();
    names.join(" and ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ways_are_named_together() {
        let same = grouped(ways().map(|way| (way, ())));
        assert_eq!(same, [("every way in".to_owned(), ())]);
        let by_application =
            grouped(ways().map(|way| (way, way.application_name == "Azure portal")));
        let names: Vec<&str> = by_application
            .iter()
            .map(|(name, _)| name.as_str())
            .collect();
        assert_eq!(
            names,
            [
                "Azure portal",
                "Microsoft Graph, Azure CLI, Azure PowerShell"
            ]
        );
        let by_platform = grouped(
            ways()
                .take(3)
                .map(|way| (way, way.platform.as_str() == "linux")),
        );
        let names: Vec<&str> = by_platform.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(
            names,
            ["Azure portal on windows and macOS", "Azure portal on linux"]
        );
    }
}
