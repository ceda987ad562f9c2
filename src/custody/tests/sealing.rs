use age::secrecy::ExposeSecret;
use zeroize::Zeroizing;

use super::seeded;
use crate::custody::{
    Custodian, Custodians, Error, Identity, IdentityError, NotARecipient, Recipient, Share,
    ShareError, combine, generate_password, open, open_shares, seal,
};
use crate::ledger::SealedSecret;
use crate::secret::{Password, Pin};

/// A custodian and what the custodian holds.
fn somebody(name: &str) -> (Custodian, Identity) {
    let secret = age::x25519::Identity::generate();
    let custodian = Custodian {
        name: name.to_owned(),
        recipients: vec![secret.to_public().to_string().parse().unwrap()],
    };
    (custodian, identity(secret.to_string().expose_secret()))
}

fn identity(file: &str) -> Identity {
    Identity::read("file", file.as_bytes(), &mut |_| None).unwrap()
}

fn people(threshold: u8) -> (Custodians, [Identity; 3]) {
    let [(alice, a), (bob, b), (carol, c)] = ["Alice", "Bob", "Carol"].map(somebody);
    let custodians = Custodians::new(threshold, vec![alice, bob, carol]).unwrap();
    (custodians, [a, b, c])
}

fn sealed(threshold: u8) -> (SealedSecret, [Identity; 3]) {
    let (custodians, identities) = people(threshold);
    let pin = Pin::new("48271639").unwrap();
    (seal(&pin, &custodians, &seeded(1)).unwrap(), identities)
}

fn failure(sealed: &SealedSecret, identities: &[Identity]) -> Error {
    open::<Pin>(sealed, identities).err().unwrap()
}

#[test]
fn every_custodian_alone_opens_a_pin_that_is_not_shared() {
    let (sealed, identities) = sealed(1);
    assert_eq!(sealed.parts.len(), 1);
    for (identity, name) in identities.iter().zip(["Alice", "Bob", "Carol"]) {
        let opened = open::<Pin>(&sealed, std::slice::from_ref(identity)).unwrap();
        assert_eq!(opened.secret.expose_bytes(), b"48271639");
        assert_eq!(opened.by, [name]);
    }
    let (_, stranger) = somebody("Mallory");
    let Error::NotForThese(names) = failure(&sealed, &[stranger]) else {
        panic!("opened by a stranger")
    };
    assert_eq!(names, ["Alice, Bob, Carol"]);
}

#[test]
fn a_shared_pin_needs_as_many_custodians_as_were_said() {
    let (sealed, [alice, bob, carol]) = sealed(2);
    assert_eq!(sealed.parts.len(), 3);
    let alone = failure(&sealed, std::slice::from_ref(&bob));
    let few = ShareError::TooFew {
        needed: 2,
        found: 1,
    };
    assert!(matches!(alone, Error::Share(found) if found == few));
    let opened = open::<Pin>(&sealed, &[carol, alice]).unwrap();
    assert_eq!(opened.secret.expose_bytes(), b"48271639");
    assert_eq!(opened.by, ["Alice", "Carol"]);
}

#[test]
fn shares_are_handed_over_as_text() {
    let (sealed, identities) = sealed(3);
    let shares: Vec<Share> = identities
        .iter()
        .map(|identity| {
            let opened = open_shares(&sealed, std::slice::from_ref(identity)).unwrap();
            opened[0].share.to_text().parse().unwrap()
        })
        .collect();
    assert_eq!(combine::<Pin>(&shares).unwrap().expose_bytes(), b"48271639");
    assert!(matches!(
        combine::<Pin>(&shares[..2]),
        Err(Error::Share(ShareError::TooFew {
            needed: 3,
            found: 2
        }))
    ));
}

#[test]
fn the_length_of_a_pin_does_not_show_in_its_seal() {
    for threshold in [1, 2] {
        let (custodians, _) = people(threshold);
        let lengths = ["4827", "48271639", &"4".repeat(63)].map(|pin| {
            let sealed = seal(&Pin::new(pin).unwrap(), &custodians, &seeded(1)).unwrap();
            payload(&sealed.parts[0].ciphertext).len()
        });
        assert_eq!(lengths, [lengths[0]; 3]);
    }
}

/// What comes after the header, which has a random length.
fn payload(file: &[u8]) -> &[u8] {
    let mac = file
        .windows(5)
        .position(|bytes| bytes == b"\n--- ")
        .unwrap();
    let end = file[mac + 1..].iter().position(|byte| *byte == b'\n');
    &file[mac + 1 + end.unwrap()..]
}

#[test]
fn a_pin_with_a_line_break_is_not_sealed() {
    let (custodians, _) = people(1);
    let pin = Pin::new("4827\n1639").unwrap();
    assert!(matches!(
        seal(&pin, &custodians, &seeded(1)),
        Err(Error::LineBreak)
    ));
}

#[test]
fn a_damaged_part_is_an_error_unless_the_others_are_enough() {
    let (mut sealed, identities) = sealed(2);
    let last = sealed.parts[0].ciphertext.len() - 1;
    sealed.parts[0].ciphertext[last] ^= 1;
    let opened = open::<Pin>(&sealed, &identities).unwrap();
    assert_eq!(opened.by, ["Bob", "Carol"]);
    sealed.parts[1].ciphertext.truncate(40);
    let Error::Part { recipients, .. } = failure(&sealed, &identities) else {
        panic!("opened")
    };
    assert_eq!(recipients, "Alice");
}

#[test]
fn any_changed_byte_of_a_part_is_noticed() {
    let (sealed, [alice, ..]) = sealed(1);
    let alice = [alice];
    for at in 0..sealed.parts[0].ciphertext.len() {
        let mut damaged = sealed.clone();
        damaged.parts[0].ciphertext[at] ^= 1;
        assert!(open::<Pin>(&damaged, &alice).is_err(), "byte {at}");
    }
}

#[test]
fn what_was_sealed_by_others_must_still_be_a_pin() {
    let (mut sealed, [alice, ..]) = sealed(1);
    let to: age::x25519::Recipient = sealed.parts[0].recipients[0].parse().unwrap();
    let alice = [alice];
    for (plaintext, fine) in [
        (&b"48271639"[..], true),
        (b"48271639\n", true),
        (b"482", false),
        (b"", false),
        (b"\xff\xff\xff\xff", false),
    ] {
        sealed.parts[0].ciphertext = age::encrypt(&to, plaintext).unwrap();
        assert_eq!(open::<Pin>(&sealed, &alice).is_ok(), fine, "{plaintext:?}");
    }
    sealed.threshold = 2;
    assert!(matches!(failure(&sealed, &alice), Error::Foreign(_)));
}

#[test]
fn custodians_are_counted_right() {
    let (alice, _) = somebody("Alice");
    let (bob, _) = somebody("Bob");
    let new = |threshold, list: &[&Custodian]| {
        let list = list.iter().map(|one| (*one).clone()).collect();
        Custodians::new(threshold, list).err()
    };
    assert!(new(2, &[&alice, &bob]).is_none());
    assert!(matches!(new(1, &[]), Some(Error::NoCustodian)));
    assert!(matches!(new(0, &[&alice]), Some(Error::Threshold { .. })));
    assert!(matches!(
        new(3, &[&alice, &bob]),
        Some(Error::Threshold { .. })
    ));
    let twin = Custodian {
        name: "Alice".to_owned(),
        ..bob.clone()
    };
    assert!(matches!(
        new(1, &[&alice, &twin]),
        Some(Error::TwiceNamed(_))
    ));
    let double = Custodian {
        name: "Bob".to_owned(),
        ..alice.clone()
    };
    assert!(matches!(
        new(2, &[&alice, &double]),
        Some(Error::SameRecipient { .. })
    ));
    let keyless = Custodian {
        recipients: vec![],
        ..bob.clone()
    };
    assert!(matches!(new(1, &[&keyless]), Some(Error::NoRecipient(_))));
    let nameless = Custodian {
        name: " ".to_owned(),
        ..bob
    };
    assert!(matches!(new(1, &[&nameless]), Some(Error::NotAName(_))));
}

#[test]
fn a_recipient_is_a_public_key_that_age_knows() {
    let secret = age::x25519::Identity::generate();
    let secret = secret.to_string();
    for (text, expected) in [
        (secret.expose_secret(), NotARecipient::Secret),
        ("-----BEGIN OPENSSH PRIVATE KEY-----", NotARecipient::Secret),
        (
            "age1yubikey1qwt50d05nh5vutpdzmlg5wn80xq5negm4uj9ghv0snvdd3yysf5yw3rhl3t",
            NotARecipient::Plugin,
        ),
        ("ssh-ed25519 AAAA", NotARecipient::Ssh),
        ("bob@contoso.example", NotARecipient::Unknown),
        ("", NotARecipient::Unknown),
    ] {
        assert_eq!(text.parse::<Recipient>().err(), Some(expected), "{text}");
    }
    assert!(matches!(
        "age1abc".parse::<Recipient>(),
        Err(NotARecipient::Age(_))
    ));
    let ecdsa = "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBEmKSENjQEezOmxkZMy7opKgwFB9nkt5YRrYMjNuG5N87uRgg6CLrbo5wAdT/y6v0mKV0U2w0WZ2YB/++Tpockg= a@b";
    assert!(
        matches!(ecdsa.parse::<Recipient>(), Err(NotARecipient::SshType(_))),
        "{:?}",
        ecdsa.parse::<Recipient>()
    );
}

#[test]
fn the_comment_of_an_ssh_key_does_not_matter() {
    let key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHsKLqeplhpW+uObz5dvMgjz1OxfM/XXUB+VHtZ6isGN";
    let with: Recipient = format!("{key} alice@vault\n").parse().unwrap();
    assert_eq!(with.as_str(), key);
}

#[test]
fn an_identity_file_is_one_of_age_or_ssh_and_its_content_is_never_repeated() {
    let read = |file: &str| {
        let result = Identity::read("alice.txt", file.as_bytes(), &mut |_| None);
        result.err().unwrap()
    };
    let wrong = "# created\n\nAGE-SECRET-KEY-1QQQ\n";
    let error = read(wrong);
    assert!(matches!(&error, IdentityError::Unknown { line: 3, .. }));
    assert!(!error.to_string().contains("AGE-SECRET"));
    assert!(matches!(read(""), IdentityError::Unknown { .. }));
    assert!(matches!(read("# nothing\n"), IdentityError::Unknown { .. }));
    assert!(matches!(
        read("-----BEGIN RSA PRIVATE KEY-----\nAAAA\n"),
        IdentityError::Unknown { .. }
    ));
    assert!(matches!(read("age1abc"), IdentityError::Public(_)));
    assert!(matches!(read("ssh-ed25519 AAAA"), IdentityError::Public(_)));
    assert!(matches!(
        read("AGE-PLUGIN-YUBIKEY-1QQQ"),
        IdentityError::Plugin { .. }
    ));
}

#[test]
fn an_identity_with_a_passphrase_asks_for_it() {
    let secret = age::x25519::Identity::generate();
    let recipient = secret.to_public().to_string();
    let mut passphrase = age::scrypt::Recipient::new("correct horse".to_owned().into());
    // The least work, so that the test does not take seconds.
    passphrase.set_work_factor(2);
    let file = age::encrypt(&passphrase, secret.to_string().expose_secret().as_bytes()).unwrap();
    let read = |given: Option<&str>| {
        Identity::read("alice.age", &file, &mut |name| {
            assert_eq!(name, "alice.age");
            given.map(|given| Zeroizing::new(given.to_owned()))
        })
    };
    assert!(matches!(read(None), Err(IdentityError::NoPassphrase(_))));
    assert!(matches!(
        read(Some("wrong")),
        Err(IdentityError::Unreadable { .. })
    ));
    let identity = read(Some("correct horse")).unwrap();
    let alice = Custodian {
        name: "Alice".to_owned(),
        recipients: vec![recipient.parse().unwrap()],
    };
    let custodians = Custodians::new(1, vec![alice]).unwrap();
    let pin = Pin::new("48271639").unwrap();
    let sealed = seal(&pin, &custodians, &seeded(1)).unwrap();
    assert_eq!(open::<Pin>(&sealed, &[identity]).unwrap().by, ["Alice"]);
}

/// What a password of 64 characters is opened as.
fn reopened(sealed: &SealedSecret, identities: &[Identity]) -> Option<String> {
    let opened = open::<Password>(sealed, identities).ok()?;
    Some(opened.secret.expose().to_owned())
}

#[test]
fn a_password_is_sealed_like_a_pin_and_is_none() {
    for threshold in 1..=3 {
        let (custodians, identities) = people(threshold);
        let password = generate_password(&seeded(1));
        let sealed = seal(&password, &custodians, &seeded(2)).unwrap();
        assert_eq!(
            reopened(&sealed, &identities).as_deref(),
            Some(password.expose())
        );
        let Some(error) = open::<Pin>(&sealed, &identities).err() else {
            panic!("a password is no PIN")
        };
        let alone = matches!(error, Error::Foreign(_));
        let shared = matches!(error, Error::Share(ShareError::DoNotFit));
        assert!(if threshold == 1 { alone } else { shared }, "{error}");
        let mut shares = Vec::new();
        if threshold > 1 {
            shares = open_shares(&sealed, &identities).unwrap();
        }
        for share in shares {
            let text = share.share.to_text();
            assert!(text.len() <= 384, "{}", text.len());
            assert!(text.parse::<Share>() == Ok(share.share));
        }
    }
}

#[test]
fn a_password_too_short_or_too_long_for_the_service_is_not_opened() {
    let (mut sealed, [alice, ..]) = sealed(1);
    let to: age::x25519::Recipient = sealed.parts[0].recipients[0].parse().unwrap();
    let alice = [alice];
    for (length, fine) in [(7, false), (8, true), (256, true), (257, false)] {
        let plaintext = "x".repeat(length);
        sealed.parts[0].ciphertext = age::encrypt(&to, plaintext.as_bytes()).unwrap();
        assert_eq!(reopened(&sealed, &alice).is_some(), fine, "{length}");
    }
}
