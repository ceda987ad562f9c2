//! What is true of an open ceremony, and what can be done about it.

/// What ledger, directory and key show of an open ceremony.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inspection {
    /// What is true, one sentence each, for people.
    pub facts: Vec<String>,
    /// Whether it can be finished; if not, why.
    pub finish: Result<(), String>,
    /// Whether it can be undone; if not, why.
    pub undo: Result<(), String>,
    /// Whether either needs the key in hand.
    pub needs_key: bool,
}

impl Inspection {
    /// Of a ceremony that no key takes part in.
    pub(in crate::ceremony) fn without_key(
        fact: String,
        finish: Result<(), String>,
        undo: Result<(), String>,
    ) -> Self {
        Self {
            facts: vec![fact],
            finish,
            undo,
            needs_key: false,
        }
    }
}
