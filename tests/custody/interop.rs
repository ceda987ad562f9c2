//! Against the reference implementations: Debian's `age`, which is the Go one, OpenSSH's keys, and the program of
//! `docs/custody.md` that puts shares together. Ignored unless `tests/interop/custody/run` says that they are there.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use halligan::custody::{Custodian, Custodians, Identity, Recipient, open, seal};
use halligan::env::Env;
use halligan::ledger::{SealedPart, SealedSecret};
use halligan::secret::Pin;
use tempfile::TempDir;
use zeroize::Zeroizing;

const PIN: &str = "48271639";
const PASSPHRASE: &str = "correct horse";

/// A key pair in files that foreign programs made.
struct Pair {
    private: PathBuf,
    recipient: String,
    folder: TempDir,
}

fn run(program: &str, arguments: &[&str], stdin: &[u8]) -> Vec<u8> {
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(stdin).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{program} {arguments:?}");
    output.stdout
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

impl Pair {
    fn age() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let private = folder.path().join("key.txt");
        run("age-keygen", &["-o", text(&private)], b"");
        let recipient = String::from_utf8(run("age-keygen", &["-y", text(&private)], b"")).unwrap();
        Self {
            private,
            recipient,
            folder,
        }
    }

    fn ssh(kind: &str, bits: &str, passphrase: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let private = folder.path().join("id");
        let options = [
            "-q",
            "-t",
            kind,
            "-b",
            bits,
            "-N",
            passphrase,
            "-C",
            "alice@vault",
            "-f",
        ];
        run(
            "ssh-keygen",
            &[&options[..], &[text(&private)]].concat(),
            b"",
        );
        let recipient = std::fs::read_to_string(folder.path().join("id.pub")).unwrap();
        Self {
            private,
            recipient,
            folder,
        }
    }

    fn custodian(&self, name: &str) -> Custodian {
        Custodian {
            name: name.to_owned(),
            recipients: vec![self.recipient.parse().unwrap()],
        }
    }

    fn identity(&self) -> Identity {
        let file = std::fs::read(&self.private).unwrap();
        let passphrase = |_: &str| Some(Zeroizing::new(PASSPHRASE.to_owned()));
        Identity::read("identity", &file, &mut { passphrase }).unwrap()
    }

    /// What `age` makes of a part.
    fn decrypt(&self, part: &SealedPart) -> Vec<u8> {
        run("age", &["-d", "-i", text(&self.private)], &part.ciphertext)
    }

    fn both_ways(&self) {
        let custodians = Custodians::new(1, vec![self.custodian("Alice")]).unwrap();
        let mut sealed = seal(&Pin::new(PIN).unwrap(), &custodians, &Env::system()).unwrap();
        let plain = self.decrypt(&sealed.parts[0]);
        assert_eq!(String::from_utf8(plain).unwrap(), format!("{PIN:\n<64}"));
        assert_opens(&sealed, &self.identity());
        for armor in [false, true] {
            let recipient = self.folder.path().join("recipient");
            std::fs::write(&recipient, &self.recipient).unwrap();
            let arguments = ["-R", text(&recipient), "-a"];
            let arguments = &arguments[..if armor { 3 } else { 2 }];
            sealed.parts[0].ciphertext = run("age", arguments, format!("{PIN}\n").as_bytes());
            if armor {
                // The format wants the binary form, and nothing else is taken.
                assert!(open::<Pin>(&sealed, &[self.identity()]).is_err());
            } else {
                assert_opens(&sealed, &self.identity());
            }
        }
    }
}

fn assert_opens(sealed: &SealedSecret, identity: &Identity) {
    let opened = open::<Pin>(sealed, std::slice::from_ref(identity)).unwrap();
    assert_eq!(opened.secret.expose_bytes(), PIN.as_bytes());
    assert_eq!(opened.by, ["Alice"]);
}

#[test]
#[ignore = "tests/interop/custody/run"]
fn x25519_both_ways() {
    Pair::age().both_ways();
}

#[test]
#[ignore = "tests/interop/custody/run"]
fn ssh_ed25519_both_ways() {
    Pair::ssh("ed25519", "256", "").both_ways();
}

#[test]
#[ignore = "tests/interop/custody/run"]
fn ssh_rsa_both_ways() {
    for bits in ["2048", "4096"] {
        Pair::ssh("rsa", bits, "").both_ways();
    }
}

#[test]
#[ignore = "tests/interop/custody/run"]
fn an_ssh_key_with_a_passphrase_opens() {
    for kind in ["ed25519", "rsa"] {
        let pair = Pair::ssh(kind, "2048", PASSPHRASE);
        let custodians = Custodians::new(1, vec![pair.custodian("Alice")]).unwrap();
        let sealed = seal(&Pin::new(PIN).unwrap(), &custodians, &Env::system()).unwrap();
        assert_opens(&sealed, &pair.identity());
    }
}

/// `age -p` reads the passphrase from a terminal only; `script` is one.
#[test]
#[ignore = "tests/interop/custody/run"]
fn an_identity_that_age_protected_with_a_passphrase_opens() {
    let mut pair = Pair::age();
    for armor in ["", "-a"] {
        let protected = pair.folder.path().join("protected");
        let command = format!(
            "age -p {armor} -o {} {}",
            text(&protected),
            text(&pair.folder.path().join("key.txt"))
        );
        let typed = format!("{PASSPHRASE}\n{PASSPHRASE}\n");
        run(
            "script",
            &["-q", "-e", "-c", &command, "/dev/null"],
            typed.as_bytes(),
        );
        pair.private = protected;
        let custodians = Custodians::new(1, vec![pair.custodian("Alice")]).unwrap();
        let sealed = seal(&Pin::new(PIN).unwrap(), &custodians, &Env::system()).unwrap();
        assert_opens(&sealed, &pair.identity());
        std::fs::remove_file(&pair.private).unwrap();
    }
}

#[test]
#[ignore = "tests/interop/custody/run"]
fn one_part_is_for_recipients_of_every_kind() {
    let pairs = [
        Pair::age(),
        Pair::ssh("ed25519", "256", ""),
        Pair::ssh("rsa", "2048", ""),
    ];
    let list = ["Alice", "Bob", "Carol"].into_iter().zip(&pairs);
    let list = list.map(|(name, pair)| pair.custodian(name)).collect();
    let custodians = Custodians::new(1, list).unwrap();
    let sealed = seal(&Pin::new(PIN).unwrap(), &custodians, &Env::system()).unwrap();
    for pair in &pairs {
        assert!(pair.decrypt(&sealed.parts[0]).starts_with(PIN.as_bytes()));
        let opened = open::<Pin>(&sealed, &[pair.identity()]).unwrap();
        assert_eq!(opened.secret.expose_bytes(), PIN.as_bytes());
    }
}

/// The program in the documentation, on what `age` makes of the parts: nothing of ours takes part in the opening.
#[test]
#[ignore = "tests/interop/custody/run"]
fn shares_are_put_together_without_halligan() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/custody.md");
    let page = std::fs::read_to_string(page).unwrap();
    let (_, program) = page.split_once("```python\n").unwrap();
    let (program, _) = program.split_once("```").unwrap();
    let pairs: Vec<Pair> = (0..4).map(|_| Pair::age()).collect();
    let names = ["Alice", "Bob", "Carol", "Dave"].into_iter().zip(&pairs);
    let list = names.map(|(name, pair)| pair.custodian(name)).collect();
    let custodians = Custodians::new(3, list).unwrap();
    for pin in [PIN, "k4x9h2tr-with-more-than-fifteen-bytes"] {
        let sealed = seal(&Pin::new(pin).unwrap(), &custodians, &Env::system()).unwrap();
        let shares: Vec<Vec<u8>> = pairs
            .iter()
            .zip(&sealed.parts)
            .map(|(pair, part)| pair.decrypt(part))
            .collect();
        for left_out in 0..4 {
            let mut chosen = shares.clone();
            chosen.remove(left_out);
            let printed = run("python3", &["-c", program], &chosen.concat());
            assert_eq!(String::from_utf8(printed).unwrap(), format!("{pin}\n"));
        }
    }
}

#[test]
#[ignore = "tests/interop/custody/run"]
fn recipients_are_read_as_age_reads_them() {
    for (pair, fine) in [
        (Pair::age(), true),
        (Pair::ssh("ed25519", "256", ""), true),
        (Pair::ssh("rsa", "1024", ""), false),
        (Pair::ssh("ecdsa", "256", ""), false),
    ] {
        assert_eq!(
            pair.recipient.parse::<Recipient>().is_ok(),
            fine,
            "{}",
            pair.recipient
        );
    }
}
