//! All rows as they were read, as one JSON document that is written and hashed while they come.

use std::io::{self, Write};

use serde_json::json;
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

use super::who::Who;
use crate::encoding::hex;
use crate::tenant::activity::Log;

/// The document.
pub(super) struct Evidence<'a> {
    sink: &'a mut dyn Write,
    hash: Sha256,
    is_empty: bool,
}

impl<'a> Evidence<'a> {
    /// Begins it.
    pub(super) fn begin(sink: &'a mut dyn Write, who: &Who) -> io::Result<Self> {
        let mut evidence = Self {
            sink,
            hash: Sha256::new(),
            is_empty: true,
        };
        let (tenant, accounts) = (json!(who.tenant), json!(who.accounts));
        evidence.write(&format!(
            "{{\"schema\":\"halligan.monitor.rows/1\",\"tenant\":{tenant},\"accounts\":{accounts},\"rows\":["
        ))?;
        Ok(evidence)
    }

    /// Takes a row in, one line each.
    pub(super) fn add(&mut self, log: Log, row: &RawValue) -> io::Result<()> {
        let comma = if self.is_empty { "" } else { "," };
        self.is_empty = false;
        let log = match log {
            Log::SignIns => "sign_ins",
            Log::DirectoryAudits => "directory_audits",
        };
        self.write(comma)?;
        self.write(&format!("\n{{\"log\":\"{log}\",\"row\":"))?;
        self.write(row.get())?;
        self.write("}")
    }

    /// Ends it; its SHA-256, hexadecimal.
    pub(super) fn finish(mut self) -> io::Result<String> {
        self.write("\n]}\n")?;
        self.sink.flush()?;
        Ok(hex::encode(&self.hash.finalize()))
    }

    fn write(&mut self, text: &str) -> io::Result<()> {
        self.hash.update(text);
        self.sink.write_all(text.as_bytes())
    }
}
