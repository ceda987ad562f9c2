//! What object stores do that a ledger has to live with: they list more than they were asked for.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::faulty::{Fault, Faulty};
use super::run;
use super::writing::{note, open};
use crate::ledger::Store;

#[test]
fn what_is_known_is_not_new_because_a_service_lists_from_the_beginning() {
    let objects = Arc::new(Faulty::new(Fault::ListsFromTheBeginning));
    let store = Store::new(objects, "faulty");
    run(async {
        let mut first = open(&store, "a", 1).await.unwrap();
        let mut second = open(&store, "b", 2).await.unwrap();
        for _ in 0..3 {
            first.append(note("x")).await.unwrap();
        }
        assert_eq!(store.list(3).await.unwrap().entries, BTreeSet::from([3]));
        second.refresh().await.unwrap();
        first.append(note("y")).await.unwrap();
        second.refresh().await.unwrap();
        assert_eq!(second.head(), first.head());
    });
}
