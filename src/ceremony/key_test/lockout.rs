//! What becomes of three wrong PINs in a row (CTAP 2.1 §6.5.5.7): the key is locked, plugged in anew, and asked again. One
//! re-insertion for all checks that look at it.

use super::bench::{Bench, Trouble};
use super::throw_away::{keep, kept};
use crate::attestation::Verdict;
use crate::ctap;
use crate::ctap::status::Status;

/// CTAP 2.1 §6.5.5.7.2: so many wrong ones in a row, and no more until the power is cut.
pub(super) const IN_A_ROW: u8 = 3;

/// What was seen.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lockout {
    /// Tries left before, after the lock-out with the right PIN in it, and after the right PIN in the end.
    pub(super) tries: [u8; 3],
    /// What the last of the wrong ones got.
    pub(super) last_wrong: Status,
    /// What the right one got in the lock-out.
    pub(super) locked: Status,
    /// What the right one got once the key was plugged in anew.
    pub(super) anew: Status,
    /// Whether a proof from before was still taken then; none where there is no cheap way to use one.
    pub(super) proof_outlives_power: Option<bool>,
}

impl Bench<'_> {
    pub(super) fn lockout(&mut self) -> Result<Lockout, Trouble> {
        if self.lockout.is_some() {
            return kept(&self.lockout, "the PIN could not be locked out");
        }
        let made = self.lock_out();
        keep(made, &mut self.lockout)
    }

    fn lock_out(&mut self) -> Result<Lockout, Trouble> {
        let (right, wrong) = (self.own_pin()?, self.new_pin()?);
        let (right, wrong) = (right.expose_text(), wrong.expose_text());
        let before = self.tries()?;
        if before <= IN_A_ROW {
            let why = format!("{before} wrong PINs would block the key");
            return Err(Verdict::not_applicable(why).into());
        }
        let proof = match self.has(super::Need::CredentialManagement) {
            Ok(()) => Some(self.proof_for_management()?),
            Err(_) => None,
        };
        if let Some(proof) = &proof {
            self.key()?.credentials_metadata(proof)?;
        }
        let mut last_wrong = Status::Ok;
        for _ in 0..IN_A_ROW {
            last_wrong = self.try_pin(wrong)?;
        }
        let locked = self.try_pin(right)?;
        let meanwhile = self.tries()?;
        self.cut_power()?;
        let outlives = proof.map(|proof| self.is_taken(&proof)).transpose()?;
        let anew = self.try_pin(right)?;
        Ok(Lockout {
            tries: [before, meanwhile, self.tries()?],
            last_wrong,
            locked,
            anew,
            proof_outlives_power: outlives,
        })
    }

    /// Whether the key still takes a proof for credential management.
    pub(super) fn is_taken(&mut self, proof: &ctap::PinUvAuth) -> Result<bool, Trouble> {
        match self.key()?.credentials_metadata(proof) {
            Ok(_) => Ok(true),
            Err(ctap::Error::Status { .. } | ctap::Error::Pin { .. }) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }
}
