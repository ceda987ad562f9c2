//! Files that a command writes: whole or not at all.

use std::fs::{File, OpenOptions, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::cli::Error;

/// Who may read a file.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Readers {
    /// Everybody, whatever the umask says: another program waits for it.
    Everybody,
    /// Whoever the umask lets.
    Usual,
    /// Its owner.
    Owner,
}

/// A file that is being written. Dropped before its end it leaves what was there.
pub(crate) struct Target<'a> {
    path: &'a Path,
    sink: Sink,
}

enum Sink {
    /// Beside the file, and renamed at the end.
    Beside(NamedTempFile),
    /// A device or a pipe, `/dev/stdout` for instance: a file in its place would take it away from everybody.
    Special(File),
}

/// Writes a file at once.
pub(crate) fn write(path: &Path, content: &[u8], readers: Readers) -> Result<(), Error> {
    let mut target = Target::open(path, readers)?;
    let written = target.write_all(content);
    written.map_err(|source| target.failed(source))?;
    target.finish()
}

/// Whether a file can be written, before much is done for its content.
pub(crate) fn require_writable(path: &Path) -> Result<(), Error> {
    Target::open(path, Readers::Owner).map(drop)
}

impl<'a> Target<'a> {
    /// Begins to write a file.
    pub(crate) fn open(path: &'a Path, readers: Readers) -> Result<Self, Error> {
        let sink = match is_special(path) {
            true => OpenOptions::new().write(true).open(path).map(Sink::Special),
            false => beside(path, readers).map(Sink::Beside),
        };
        let sink = sink.map_err(|source| failed(path, source))?;
        Ok(Self { path, sink })
    }

    /// Puts it in its place.
    pub(crate) fn finish(self) -> Result<(), Error> {
        let finished = match self.sink {
            Sink::Special(_) => Ok(()),
            Sink::Beside(file) => file
                .as_file()
                .sync_all()
                .and_then(|()| Ok(file.persist(self.path).map(drop)?)),
        };
        finished.map_err(|source| failed(self.path, source))
    }

    /// What an error of writing to it is.
    pub(crate) fn failed(&self, source: io::Error) -> Error {
        failed(self.path, source)
    }
}

impl Write for Target<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.sink {
            Sink::Beside(file) => file.write(bytes),
            Sink::Special(file) => file.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.sink {
            Sink::Beside(file) => file.flush(),
            Sink::Special(file) => file.flush(),
        }
    }
}

fn failed(path: &Path, source: io::Error) -> Error {
    let path = PathBuf::from(path);
    Error::Write { path, source }
}

fn is_special(path: &Path) -> bool {
    let found = std::fs::metadata(path);
    found.is_ok_and(|found| !found.is_file() && !found.is_dir())
}

fn beside(path: &Path, readers: Readers) -> io::Result<NamedTempFile> {
    let parent = path.parent();
    let directory = parent.filter(|parent| !parent.as_os_str().is_empty());
    let mode = match readers {
        Readers::Everybody => 0o644,
        Readers::Usual => 0o666,
        Readers::Owner => 0o600,
    };
    let permissions = Permissions::from_mode(mode);
    let file = tempfile::Builder::new()
        .permissions(permissions.clone())
        .tempfile_in(directory.unwrap_or(Path::new(".")))?;
    if matches!(readers, Readers::Everybody) {
        file.as_file().set_permissions(permissions)?;
    }
    Ok(file)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn a_file_is_replaced_at_the_end_and_not_before() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("result");
        write(&path, b"first", Readers::Owner).unwrap();
        assert_eq!(
            fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o600
        );
        require_writable(&path).unwrap();
        let mut target = Target::open(&path, Readers::Usual).unwrap();
        target.write_all(b"second").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"first");
        target.finish().unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"second");
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_device_is_written_into_and_stays_a_device() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("device");
        symlink("/dev/null", &path).unwrap();
        write(&path, b"result", Readers::Owner).unwrap();
        assert!(is_special(&path));
        fs::remove_file(&path).unwrap();
        symlink("/dev/full", &path).unwrap();
        assert!(write(&path, b"result", Readers::Owner).is_err());
        assert!(is_special(&path));
    }
}
