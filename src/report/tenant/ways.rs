//! Ways in, for people: those of which the same is to be said in one line.

use crate::tenant::conditional_access::{ClientApp, Platform, Way, ways};

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

/// Several ways: at once if they are some applications by some programs on some systems, else system by system, and within a system
/// application by application.
fn describe(members: &[Way]) -> String {
    at_once(members).unwrap_or_else(|| {
        let by_system = parts(members, |way| way.platform.as_str());
        let described = by_system.iter().map(|part| {
            at_once(part).unwrap_or_else(|| {
                let by_application = parts(part, |way| way.application_name);
                let each = by_application.iter().filter_map(|part| at_once(part));
                each.collect::<Vec<_>>().join("; ")
            })
        });
        described.collect::<Vec<_>>().join("; ")
    })
}

/// The ways, parted by something that they have.
fn parts(members: &[Way], of: impl Fn(&Way) -> &'static str) -> Vec<Vec<Way>> {
    let values = distinct(members, &of).into_iter();
    values
        .map(|value| {
            members
                .iter()
                .copied()
                .filter(|way| of(way) == value)
                .collect()
        })
        .collect()
}

/// What all of them have in common, if they are all ways that have it in common.
fn at_once(members: &[Way]) -> Option<String> {
    let all: Vec<Way> = ways().collect();
    let applications = distinct(members, |way| way.application_name);
    let clients: Vec<ClientApp> = distinct(members, |way| way.client);
    let platforms: Vec<Platform> = distinct(members, |way| way.platform);
    if members.len() != applications.len() * clients.len() * platforms.len() {
        return None;
    }
    let mut text = match applications.len() == distinct(&all, |way| way.application_name).len() {
        true => "every way in".to_owned(),
        false => applications.join(", "),
    };
    if clients.len() < distinct(&all, |way| way.client).len() {
        let clients: Vec<&str> = clients.iter().map(|one| one.describe()).collect();
        text = format!("{text} by {}", clients.join(", "));
    }
    if platforms.len() < distinct(&all, |way| way.platform).len() {
        let platforms: Vec<&str> = platforms.iter().map(|one| one.as_str()).collect();
        text = format!("{text} on {}", platforms.join(", "));
    }
    Some(text)
}

fn distinct<T: PartialEq>(ways: &[Way], of: impl Fn(&Way) -> T) -> Vec<T> {
    let mut found = Vec::new();
    for one in ways.iter().map(of) {
        if !found.contains(&one) {
            found.push(one);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(same: impl Fn(&Way) -> bool) -> Vec<String> {
        let grouped = grouped(ways().map(|way| (way, same(&way))));
        grouped.into_iter().map(|(name, _)| name).collect()
    }

    #[test]
    fn ways_are_named_by_what_they_have_in_common() {
        assert_eq!(names(|_| true), ["every way in"]);
        assert_eq!(
            names(|way| way.application_name == "Azure portal"),
            [
                "Azure portal",
                "Microsoft Graph, Azure CLI, Azure PowerShell"
            ]
        );
        assert_eq!(
            names(|way| way.platform == Platform::Windows),
            [
                "every way in on windows",
                "every way in on macOS, linux, iOS, android"
            ]
        );
        assert_eq!(
            names(|way| way.client == ClientApp::Browser),
            ["every way in by a browser", "every way in by a program"]
        );
    }

    #[test]
    fn what_has_nothing_in_common_is_named_part_by_part() {
        let odd = |way: &Way| {
            let portal = way.application_name == "Azure portal";
            portal && way.platform == Platform::Linux && way.client == ClientApp::Browser
        };
        let [named, _] = &names(odd)[..] else {
            panic!("two groups")
        };
        assert_eq!(
            named,
            "every way in on windows; every way in on macOS; every way in on iOS; every way in on android; \
             Azure portal by a program on linux; Microsoft Graph on linux; Azure CLI on linux; Azure PowerShell on linux"
        );
    }
}
