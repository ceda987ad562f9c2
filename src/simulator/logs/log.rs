//! A log in memory: rows by time, found by time and by the object that they are about, without a look at any other.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::Timestamp;
use uuid::Uuid;

use crate::simulator::logs::{Entry, LogRow};

/// How many rows are kept; the oldest give way.
const LIMIT: usize = 200_000;

/// The place of a row: its time, and a number of its own.
pub(in crate::simulator) type Key = (Timestamp, u64);

/// Rows in the order of their times. Each is kept as text, which takes a fifth of the room.
pub(in crate::simulator) struct Log {
    limit: usize,
    rows: BTreeMap<Key, Kept>,
    by_object: BTreeSet<(Uuid, Key)>,
    by_id: HashMap<Box<str>, Key>,
    next: u64,
}

struct Kept {
    id: Box<str>,
    visible_from: Timestamp,
    text: Box<str>,
    objects: Box<[Uuid]>,
}

/// What a reader asks for.
#[derive(Debug, Clone, Copy)]
pub(in crate::simulator) struct Window {
    /// The first and the last time.
    pub(in crate::simulator) from: Timestamp,
    pub(in crate::simulator) to: Timestamp,
    /// When it is asked: rows that are visible only later are left out.
    pub(in crate::simulator) now: Timestamp,
    pub(in crate::simulator) ascending: bool,
    /// Only what comes behind this place, in the order that is asked for.
    pub(in crate::simulator) behind: Option<Key>,
    /// Only what is about this object.
    pub(in crate::simulator) object: Option<Uuid>,
}

impl Default for Log {
    fn default() -> Self {
        Self::with_limit(LIMIT)
    }
}

impl Log {
    fn with_limit(limit: usize) -> Self {
        Self {
            limit,
            rows: BTreeMap::new(),
            by_object: BTreeSet::new(),
            by_id: HashMap::new(),
            next: 0,
        }
    }

    /// Adds a row, in the place of one with the same id.
    pub(in crate::simulator) fn insert(&mut self, entry: Entry) {
        if let Some(key) = self.by_id.get(entry.id.as_str()).copied() {
            self.remove(key);
        }
        let key = (entry.time, self.next);
        self.next += 1;
        let objects = entry.objects().into_boxed_slice();
        self.by_object.extend(objects.iter().map(|id| (*id, key)));
        let id: Box<str> = entry.id.into();
        self.by_id.insert(id.clone(), key);
        let text = serde_json::Value::Object(entry.row).to_string();
        let kept = Kept {
            id,
            visible_from: entry.visible_from,
            text: text.into(),
            objects,
        };
        self.rows.insert(key, kept);
        if self.rows.len() > self.limit
            && let Some((oldest, _)) = self.rows.first_key_value()
        {
            self.remove(*oldest);
        }
    }

    fn remove(&mut self, key: Key) {
        let Some(kept) = self.rows.remove(&key) else {
            return;
        };
        for id in &kept.objects {
            self.by_object.remove(&(*id, key));
        }
        self.by_id.remove(&kept.id);
    }

    /// How many rows are kept, visible or not.
    pub(in crate::simulator) fn len(&self) -> usize {
        self.rows.len()
    }

    /// Every row, oldest first, with the time from which it is visible.
    pub(in crate::simulator) fn all(&self) -> impl Iterator<Item = (Timestamp, LogRow)> {
        self.rows
            .values()
            .map(|kept| (kept.visible_from, kept.row()))
    }

    /// The first so many rows of the window that fit, and the place behind which the others are, if there are any.
    pub(in crate::simulator) fn page(
        &self,
        window: &Window,
        size: usize,
        fits: impl Fn(&LogRow) -> bool,
    ) -> (Vec<LogRow>, Option<Key>) {
        let (mut page, mut last) = (Vec::new(), None);
        for key in self.keys(window) {
            let Some(kept) = self.rows.get(&key) else {
                continue;
            };
            if kept.visible_from > window.now {
                continue;
            }
            let row = kept.row();
            if !fits(&row) {
                continue;
            }
            if page.len() == size {
                return (page, last);
            }
            page.push(row);
            last = Some(key);
        }
        (page, None)
    }

    /// The places of the window in the order that is asked for.
    fn keys(&self, window: &Window) -> Box<dyn Iterator<Item = Key> + '_> {
        let (mut first, mut last) = ((window.from, 0), (window.to, u64::MAX));
        match (window.behind, window.ascending) {
            (Some((time, number)), true) => first = first.max((time, number.saturating_add(1))),
            (Some((time, number)), false) => {
                // Nothing is before the very first number of a time but what is of an earlier time.
                let before = number.checked_sub(1).map(|number| (time, number));
                let earlier = time.checked_sub(jiff::SignedDuration::from_nanos(1));
                let earlier = earlier.unwrap_or(Timestamp::MIN);
                last = last.min(before.unwrap_or((earlier, u64::MAX)));
            }
            (None, _) => {}
        }
        if first > last {
            return Box::new(std::iter::empty());
        }
        match (window.object, window.ascending) {
            (None, true) => Box::new(self.rows.range(first..=last).map(|(key, _)| *key)),
            (None, false) => Box::new(self.rows.range(first..=last).rev().map(|(key, _)| *key)),
            (Some(id), true) => {
                let range = self.by_object.range((id, first)..=(id, last));
                Box::new(range.map(|(_, key)| *key))
            }
            (Some(id), false) => {
                let range = self.by_object.range((id, first)..=(id, last));
                Box::new(range.rev().map(|(_, key)| *key))
            }
        }
    }
}

impl Kept {
    fn row(&self) -> LogRow {
        serde_json::from_str(&self.text).expect("the text was made of a row")
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::simulator::logs::LogKind;

    const ONE: Uuid = Uuid::from_u128(1);

    fn entry(id: &str, second: i64, user: Uuid) -> Entry {
        let time = Timestamp::from_second(second).unwrap();
        let row = json!({"id": id, "createdDateTime": time, "userId": user});
        Entry::new(LogKind::SignIns, row.as_object().unwrap().clone(), time)
    }

    fn ids(log: &Log, window: &Window) -> Vec<String> {
        let (rows, _) = log.page(window, 100, |_| true);
        let ids = rows
            .iter()
            .map(|row| row["id"].as_str().unwrap().to_owned());
        ids.collect()
    }

    fn everything() -> Window {
        Window {
            from: Timestamp::MIN,
            to: Timestamp::MAX,
            now: Timestamp::MAX,
            ascending: true,
            behind: None,
            object: None,
        }
    }

    #[test]
    fn the_oldest_row_gives_way_and_nothing_is_left_of_it() {
        let mut log = Log::with_limit(2);
        for (id, second) in [("b", 2), ("c", 3), ("a", 1), ("d", 4)] {
            log.insert(entry(id, second, ONE));
        }
        assert_eq!(ids(&log, &everything()), ["c", "d"]);
        assert_eq!((log.by_id.len(), log.by_object.len()), (2, 2));
    }

    #[test]
    fn a_row_takes_the_place_of_the_one_with_its_id() {
        let mut log = Log::default();
        log.insert(entry("a", 1, ONE));
        log.insert(entry("b", 2, ONE));
        log.insert(entry("a", 3, Uuid::from_u128(2)));
        assert_eq!(ids(&log, &everything()), ["b", "a"]);
        let of_one = Window {
            object: Some(ONE),
            ..everything()
        };
        assert_eq!(ids(&log, &of_one), ["b"]);
    }

    #[test]
    fn pages_go_on_behind_a_place_among_rows_of_the_same_time() {
        let mut log = Log::default();
        for id in ["a", "b", "c", "d", "e"] {
            log.insert(entry(id, 1, ONE));
        }
        for ascending in [true, false] {
            let mut window = Window {
                ascending,
                ..everything()
            };
            let mut all = Vec::new();
            loop {
                let (rows, next) = log.page(&window, 2, |_| true);
                all.extend(
                    rows.iter()
                        .map(|row| row["id"].as_str().unwrap().to_owned()),
                );
                window.behind = next;
                if next.is_none() {
                    break;
                }
            }
            if !ascending {
                all.reverse();
            }
            assert_eq!(all, ["a", "b", "c", "d", "e"]);
        }
    }
}
