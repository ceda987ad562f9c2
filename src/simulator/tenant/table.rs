//! Rows that are found by name without looking at each: tenants have hundreds of thousands of them.

use std::collections::HashMap;
use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::{Arc, OnceLock};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// What a table keeps.
pub trait Row {
    /// The names by which it is found, in lower case.
    fn names(&self) -> Vec<String>;

    /// Object ids that it refers to and by which it is found too: the members of a group, the principal of an assignment.
    fn holds(&self) -> &[String];
}

/// Rows in the order in which they came. Clones share them until one of the clones changes, so that a change elsewhere in
/// the state costs nothing here. The index is made at the first look and thrown away by every change.
#[derive(Clone)]
pub struct Table<T> {
    rows: Arc<Vec<T>>,
    index: OnceLock<Arc<Index>>,
}

/// Positions of rows.
#[derive(Default)]
struct Index {
    by_name: HashMap<String, usize>,
    by_held: HashMap<String, Vec<usize>>,
}

impl<T> Table<T> {
    /// Whether nothing has changed between two clones, as far as that is seen without a look at the rows.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.rows, &other.rows)
    }
}

impl<T: Row> Table<T> {
    /// The first row of this name, which is in lower case.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<&T> {
        self.position(name).map(|at| &self.rows[at])
    }

    /// The first row of this name, to change it.
    pub fn named_mut(&mut self, name: &str) -> Option<&mut T>
    where
        T: Clone,
    {
        let at = self.position(name)?;
        self.deref_mut().get_mut(at)
    }

    /// The rows that refer to this object.
    pub fn holding<'a>(&'a self, id: &str) -> impl Iterator<Item = &'a T> + use<'a, T> {
        let positions = self.index().by_held.get(id).into_iter().flatten();
        positions.map(|at| &self.rows[*at])
    }

    fn position(&self, name: &str) -> Option<usize> {
        self.index().by_name.get(name).copied()
    }

    fn index(&self) -> &Index {
        self.index.get_or_init(|| Arc::new(Index::of(&self.rows)))
    }
}

impl Index {
    fn of<T: Row>(rows: &[T]) -> Self {
        let mut index = Self::default();
        for (at, row) in rows.iter().enumerate() {
            for name in row.names() {
                index.by_name.entry(name).or_insert(at);
            }
            for id in row.holds() {
                index.by_held.entry(id.clone()).or_default().push(at);
            }
        }
        index
    }
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Vec::new().into()
    }
}

impl<T> From<Vec<T>> for Table<T> {
    fn from(rows: Vec<T>) -> Self {
        Self {
            rows: Arc::new(rows),
            index: OnceLock::new(),
        }
    }
}

impl<T> Deref for Table<T> {
    type Target = Vec<T>;

    fn deref(&self) -> &Vec<T> {
        &self.rows
    }
}

impl<T: Clone> DerefMut for Table<T> {
    fn deref_mut(&mut self) -> &mut Vec<T> {
        self.index.take();
        Arc::make_mut(&mut self.rows)
    }
}

impl<T: fmt::Debug> fmt::Debug for Table<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.rows.fmt(formatter)
    }
}

impl<T: PartialEq> PartialEq for Table<T> {
    fn eq(&self, other: &Self) -> bool {
        self.rows == other.rows
    }
}

impl<T: Serialize> Serialize for Table<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.rows.serialize(serializer)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Table<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Vec::deserialize(deserializer).map(Self::from)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::cell::Cell;
    use std::rc::Rc;

    use super::*;

    /// Counts how often its names are asked for: what every look at a row begins with.
    struct Counted(String, Rc<Cell<usize>>);

    impl Row for Counted {
        fn names(&self) -> Vec<String> {
            self.1.set(self.1.get() + 1);
            vec![self.0.clone()]
        }

        fn holds(&self) -> &[String] {
            std::slice::from_ref(&self.0)
        }
    }

    #[test]
    fn every_row_is_looked_at_once_however_many_are_looked_up() {
        let looks = Rc::new(Cell::new(0));
        let rows = (0..1000).map(|number| Counted(number.to_string(), looks.clone()));
        let table = Table::from(rows.collect::<Vec<_>>());
        for number in 0..1000 {
            let name = number.to_string();
            assert_eq!(table.named(&name).unwrap().0, name);
            assert_eq!(table.holding(&name).count(), 1);
        }
        assert!(table.named("missing").is_none());
        assert_eq!(looks.get(), 1000);
    }

    #[derive(Clone, PartialEq, Debug)]
    struct Box(&'static str, Vec<String>);

    impl Row for Box {
        fn names(&self) -> Vec<String> {
            vec![self.0.to_owned()]
        }

        fn holds(&self) -> &[String] {
            &self.1
        }
    }

    #[test]
    fn rows_are_found_after_every_change_and_clones_stay_as_they_were() {
        let mut table: Table<Box> =
            vec![Box("a", vec!["x".to_owned()]), Box("b", Vec::new())].into();
        assert_eq!(table.named("b").unwrap().0, "b");
        let before = table.clone();
        table[1].0 = "c";
        table.push(Box("d", vec!["x".to_owned()]));
        assert!(table.named("b").is_none());
        assert_eq!(table.named("c").unwrap().0, "c");
        assert_eq!(table.holding("x").count(), 2);
        assert_eq!(before.holding("x").count(), 1);
        assert!(before.named("b").is_some());
        table.named_mut("d").unwrap().1.clear();
        assert_eq!(table.holding("x").count(), 1);
    }
}
