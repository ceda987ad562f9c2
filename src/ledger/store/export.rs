//! An export: the entries of a ledger as the lines of one file, entry *n* in line *n*, counted from zero. To be read only.

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::os::unix::fs::FileExt;
use std::path::Path;

use bytes::Bytes;

use super::Object;
use crate::ledger::entry::SIZE_LIMIT;

/// A file whose lines are known.
#[derive(Debug)]
pub(super) struct Export {
    file: File,
    /// Where each line begins, and its length without the line feed.
    lines: Vec<(u64, u64)>,
}

impl Export {
    /// Finds the lines; none if there is no such file.
    pub(super) fn open(path: &Path) -> io::Result<Option<Self>> {
        let file = match File::open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let lines = lines(&mut BufReader::with_capacity(1 << 16, &file))?;
        Ok(Some(Self { file, lines }))
    }

    pub(super) fn entries(&self) -> u64 {
        u64::try_from(self.lines.len()).unwrap_or(u64::MAX)
    }

    pub(super) fn read(&self, index: u64) -> io::Result<Object> {
        let line = usize::try_from(index)
            .ok()
            .and_then(|index| self.lines.get(index));
        let Some((start, length)) = line.copied() else {
            return Ok(Object::Absent);
        };
        match usize::try_from(length) {
            Ok(length) if length <= SIZE_LIMIT => {
                let mut bytes = vec![0; length];
                self.file.read_exact_at(&mut bytes, start)?;
                Ok(Object::Bytes(Bytes::from(bytes)))
            }
            _ => Ok(Object::TooLarge(length)),
        }
    }
}

/// Goes by the reader's buffer, so that a file without line feeds costs no memory.
fn lines(reader: &mut impl BufRead) -> io::Result<Vec<(u64, u64)>> {
    let mut lines = Vec::new();
    let (mut start, mut position) = (0, 0_u64);
    loop {
        let buffer = reader.fill_buf()?;
        if buffer.is_empty() {
            if position > start {
                lines.push((start, position - start));
            }
            return Ok(lines);
        }
        let length = buffer.len();
        for (place, byte) in (position..).zip(buffer) {
            if *byte == b'\n' {
                lines.push((start, place - start));
                start = place + 1;
            }
        }
        position += u64::try_from(length).unwrap_or(u64::MAX);
        reader.consume(length);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_found_across_buffers_and_without_a_last_line_feed() -> io::Result<()> {
        for capacity in [1, 2, 3, 100] {
            let found =
                |text: &str| lines(&mut BufReader::with_capacity(capacity, text.as_bytes()));
            assert_eq!(found("")?, []);
            assert_eq!(found("ab\n\nc\n")?, [(0, 2), (3, 0), (4, 1)]);
            assert_eq!(found("ab\nc")?, [(0, 2), (3, 1)]);
        }
        Ok(())
    }
}
