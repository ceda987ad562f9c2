//! Ways in, for people: those of which the same is to be said in one line.

use crate::tenant::conditional_access::{Way, ways};

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

/// Several ways: all of them, or by application, with the systems where not all of an application's are meant.
fn describe(members: &[Way]) -> String {
    if members.len() == ways().count() {
        return "every way in".to_owned();
    }
    let mut applications: Vec<&str> = members.iter().map(|way| way.application_name).collect();
    applications.dedup();
    let described: Vec<String> = applications
        .into_iter()
        .map(|name| {
            let is_of = |way: &&Way| way.application_name == name;
            let platforms: Vec<&str> = members
                .iter()
                .filter(is_of)
                .map(|way| way.platform.as_str())
                .collect();
            let all = ways().filter(|way| way.application_name == name).count();
            match platforms.len() == all {
                true => name.to_owned(),
                false => format!("{name} on {}", platforms.join(" and ")),
            }
        })
        .collect();
    described.join(", ")
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
