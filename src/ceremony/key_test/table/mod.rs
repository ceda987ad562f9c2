//! All checks, in the order in which they run: what leaves nothing on the key, then what is only for a key without anything on
//! it.

mod destructive;
mod read_only;

use super::bench::Bench;
use super::check::{Answer, Check, Kind, Need, Tag};

const ALL: usize = read_only::CHECKS.len() + destructive::CHECKS.len();

/// Every check.
pub static CHECKS: [Check; ALL] = {
    let mut all = [read_only::CHECKS[0]; ALL];
    let mut index = 0;
    while index < ALL {
        all[index] = match index.checked_sub(read_only::CHECKS.len()) {
            None => read_only::CHECKS[index],
            Some(index) => destructive::CHECKS[index],
        };
        index += 1;
    }
    all
};

/// A check that needs nothing and nobody.
const fn check(
    id: &'static str,
    title: &'static str,
    tags: &'static [Tag],
    run: fn(&mut Bench<'_>) -> Answer,
) -> Check {
    Check {
        id,
        title,
        tags,
        kind: Kind::ReadOnly,
        needs: &[],
        touches: 0,
        reinsertions: 0,
        run,
    }
}

impl Check {
    const fn needing(self, needs: &'static [Need]) -> Self {
        Self { needs, ..self }
    }

    const fn touched(self, touches: u8) -> Self {
        Self { touches, ..self }
    }

    const fn writing(self) -> Self {
        Self {
            kind: Kind::Writes,
            ..self
        }
    }

    const fn destroying(self) -> Self {
        Self {
            kind: Kind::Destructive,
            ..self
        }
    }

    const fn reinserted(self, reinsertions: u8) -> Self {
        Self {
            reinsertions,
            ..self
        }
    }
}
