//! The layouts of requests, responses and signed data (U2F Raw Message Formats §4 to §6).

use super::apdu::Apdu;
use super::status::StatusWord;

const REGISTER: u8 = 0x01;
const AUTHENTICATE: u8 = 0x02;
const VERSION: u8 = 0x03;
/// First byte of a registration response; reserved, for legacy reasons.
const RESERVED: u8 = 0x05;

/// SHA-256 of the client data, or of the application's identity.
type Parameter = [u8; 32];

/// A request, of the right length.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Request<'a> {
    Register(Registration<'a>),
    Authenticate(Authentication<'a>),
    Version,
}

/// U2F_REGISTER.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Registration<'a> {
    pub(super) challenge: &'a Parameter,
    pub(super) application: &'a Parameter,
}

/// U2F_AUTHENTICATE.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Authentication<'a> {
    pub(super) control: Control,
    pub(super) challenge: &'a Parameter,
    pub(super) application: &'a Parameter,
    pub(super) key_handle: &'a [u8],
}

/// The control byte of U2F_AUTHENTICATE, P1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Control {
    /// Sign when touched.
    EnforceUserPresence,
    /// Say whether the key handle is good, and sign nothing.
    CheckOnly,
    /// Sign, touched or not.
    DontEnforceUserPresence,
}

impl<'a> Request<'a> {
    /// The parameters of U2F_REGISTER have had several uses in the past and are not looked at.
    pub(super) fn parse(command: &'a [u8]) -> Result<Self, StatusWord> {
        let apdu = Apdu::parse(command).ok_or(StatusWord::WrongLength)?;
        if apdu.cla != 0 {
            return Err(StatusWord::ClaNotSupported);
        }
        let data = || apdu.data().ok_or(StatusWord::WrongLength);
        match apdu.ins {
            REGISTER => Registration::parse(data()?).map(Self::Register),
            AUTHENTICATE => Authentication::parse(apdu.p1, data()?).map(Self::Authenticate),
            VERSION if data()?.is_empty() => Ok(Self::Version),
            VERSION => Err(StatusWord::WrongLength),
            _ => Err(StatusWord::InsNotSupported),
        }
    }

    /// For the log.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Register(_) => "U2F_REGISTER",
            Self::Authenticate(_) => "U2F_AUTHENTICATE",
            Self::Version => "U2F_VERSION",
        }
    }
}

impl<'a> Registration<'a> {
    fn parse(data: &'a [u8]) -> Result<Self, StatusWord> {
        match parameters(data)? {
            (challenge, application, []) => Ok(Self {
                challenge,
                application,
            }),
            _ => Err(StatusWord::WrongLength),
        }
    }

    /// What the attestation key signs: 0x00 ‖ application ‖ challenge ‖ key handle ‖ public key.
    pub(super) fn signed(&self, key_handle: &[u8], public_key: &[u8]) -> Vec<u8> {
        [
            &[0x00],
            self.application.as_slice(),
            self.challenge,
            key_handle,
            public_key,
        ]
        .concat()
    }
}

impl<'a> Authentication<'a> {
    fn parse(control: u8, data: &'a [u8]) -> Result<Self, StatusWord> {
        let (challenge, application, rest) = parameters(data)?;
        let (&length, key_handle) = rest.split_first().ok_or(StatusWord::WrongLength)?;
        if key_handle.len() != usize::from(length) {
            return Err(StatusWord::WrongLength);
        }
        let control = match control {
            0x03 => Control::EnforceUserPresence,
            0x07 => Control::CheckOnly,
            0x08 => Control::DontEnforceUserPresence,
            _ => return Err(StatusWord::WrongData),
        };
        Ok(Self {
            control,
            challenge,
            application,
            key_handle,
        })
    }

    /// What the credential signs: application ‖ user presence ‖ counter ‖ challenge.
    pub(super) fn signed(&self, user_presence: u8, counter: u32) -> Vec<u8> {
        [
            self.application.as_slice(),
            &[user_presence],
            &counter.to_be_bytes(),
            self.challenge,
        ]
        .concat()
    }
}

/// Challenge parameter, application parameter, and what follows them.
fn parameters(data: &[u8]) -> Result<(&Parameter, &Parameter, &[u8]), StatusWord> {
    let (challenge, rest) = data.split_first_chunk().ok_or(StatusWord::WrongLength)?;
    let (application, rest) = rest.split_first_chunk().ok_or(StatusWord::WrongLength)?;
    Ok((challenge, application, rest))
}

/// The response to U2F_REGISTER. The public key is an uncompressed point, the key handle at most 255 bytes long, the
/// certificate one in DER, and the signature in DER too.
pub(super) fn registration_response(
    public_key: &[u8],
    key_handle: &[u8],
    certificate: &[u8],
    signature: &[u8],
) -> Vec<u8> {
    let length =
        u8::try_from(key_handle.len()).expect("a wrapped credential is shorter than 256 bytes");
    [
        &[RESERVED],
        public_key,
        &[length],
        key_handle,
        certificate,
        signature,
    ]
    .concat()
}

/// The response to U2F_AUTHENTICATE.
pub(super) fn authentication_response(
    user_presence: u8,
    counter: u32,
    signature: &[u8],
) -> Vec<u8> {
    [
        [user_presence].as_slice(),
        &counter.to_be_bytes(),
        signature,
    ]
    .concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encoding::hex;
    use crate::webauthn::CoseKey;

    /// The examples of U2F Raw Message Formats §9.
    const REGISTER_CHALLENGE: &str =
        "4142d21c00d94ffb9d504ada8f99b721f4b191ae4e37ca0140f696b6983cfacb";
    const REGISTER_APPLICATION: &str =
        "f0e6a6a97042a4f1f1c87f5f7d44315b2d852c2df5c7991cc66241bf7072d1c4";
    const PUBLIC_KEY: &str = "04b174bc49c7ca254b70d2e5c207cee9cf174820ebd77ea3c65508c26da51b657c1cc6b952f8621697936482da0a6d3d3826a59095daf6cd7c03e2e60385d2f6d9";
    const KEY_HANDLE: &str = "2a552dfdb7477ed65fd84133f86196010b2215b57da75d315b7b9e8fe2e3925a6019551bab61d16591659cbaf00b4950f7abfe6660e2e006f76868b772d70c25";
    const CERTIFICATE: &str = "3082013c3081e4a003020102020a47901280001155957352300a06082a8648ce3d0403023017311530130603550403130c476e756262792050696c6f74301e170d3132303831343138323933325a170d3133303831343138323933325a3031312f302d0603550403132650696c6f74476e756262792d302e342e312d34373930313238303030313135353935373335323059301306072a8648ce3d020106082a8648ce3d030107034200048d617e65c9508e64bcc5673ac82a6799da3c1446682c258c463fffdf58dfd2fa3e6c378b53d795c4a4dffb4199edd7862f23abaf0203b4b8911ba0569994e101300a06082a8648ce3d0403020347003044022060cdb6061e9c22262d1aac1d96d8c70829b2366531dda268832cb836bcd30dfa0220631b1459f09e6330055722c8d89b7f48883b9089b88d60d1d9795902b30410df";
    const CERTIFIED_KEY: &str = "048d617e65c9508e64bcc5673ac82a6799da3c1446682c258c463fffdf58dfd2fa3e6c378b53d795c4a4dffb4199edd7862f23abaf0203b4b8911ba0569994e101";
    const ATTESTATION_SIGNATURE: &str = "304502201471899bcc3987e62e8202c9b39c33c19033f7340352dba80fcab017db9230e402210082677d673d891933ade6f617e5dbde2e247e70423fd5ad7804a6d3d3961ef871";
    const AUTHENTICATE_CHALLENGE: &str =
        "ccd6ee2e47baef244d49a222db496bad0ef5b6f93aa7cc4d30c4821b3b9dbc57";
    const AUTHENTICATE_APPLICATION: &str =
        "4b0be934baebb5d12d26011b69227fa5e86df94e7d94aa2949a89f2d493992ca";
    const AUTHENTICATE_PUBLIC_KEY: &str = "04d368f1b665bade3c33a20f1e429c7750d5033660c019119d29aa4ba7abc04aa7c80a46bbe11ca8cb5674d74f31f8a903f6bad105fb6ab74aefef4db8b0025e1d";
    const AUTHENTICATE_SIGNATURE: &str = "304402204b5f0cd17534cedd8c34ee09570ef542a353df4436030ce43d406de870b847780220267bb998fac9b7266eb60e7cb0b5eabdfd5ba9614f53c7b22272ec10047a923f";

    fn bytes(text: &str) -> Vec<u8> {
        hex::decode(text).expect("hexadecimal")
    }

    fn key(point: &str) -> CoseKey {
        let point = bytes(point);
        let coordinate = |start: usize| point[start..start + 32].try_into().expect("32 bytes");
        CoseKey::from_p256(coordinate(1), coordinate(33))
    }

    #[test]
    fn the_registration_example_is_read_signed_and_written_as_published() {
        let data = bytes(&[REGISTER_CHALLENGE, REGISTER_APPLICATION].concat());
        let command = [&[0, 1, 0, 0, 0, 0, 64], data.as_slice(), &[0, 0]].concat();
        let Ok(Request::Register(registration)) = Request::parse(&command) else {
            panic!("a registration");
        };
        assert_eq!(registration.challenge[..], data[..32]);
        assert_eq!(registration.application[..], data[32..]);
        let signed = registration.signed(&bytes(KEY_HANDLE), &bytes(PUBLIC_KEY));
        let signature = bytes(ATTESTATION_SIGNATURE);
        assert_eq!(key(CERTIFIED_KEY).verify(&signed, &signature), Ok(()));
        let response = registration_response(
            &bytes(PUBLIC_KEY),
            &bytes(KEY_HANDLE),
            &bytes(CERTIFICATE),
            &signature,
        );
        let published = [
            "05",
            PUBLIC_KEY,
            "40",
            KEY_HANDLE,
            CERTIFICATE,
            ATTESTATION_SIGNATURE,
        ];
        assert_eq!(hex::encode(&response), published.concat());
    }

    #[test]
    fn the_authentication_example_is_read_signed_and_written_as_published() {
        let data = bytes(
            &[
                AUTHENTICATE_CHALLENGE,
                AUTHENTICATE_APPLICATION,
                "40",
                KEY_HANDLE,
            ]
            .concat(),
        );
        let command = [&[0, 2, 3, 0, 0, 0, 129], data.as_slice(), &[0, 0]].concat();
        let Ok(Request::Authenticate(authentication)) = Request::parse(&command) else {
            panic!("an authentication");
        };
        assert_eq!(authentication.control, Control::EnforceUserPresence);
        assert_eq!(authentication.key_handle, bytes(KEY_HANDLE));
        let signature = bytes(AUTHENTICATE_SIGNATURE);
        let signed = authentication.signed(1, 1);
        let public_key = key(AUTHENTICATE_PUBLIC_KEY);
        assert_eq!(public_key.verify(&signed, &signature), Ok(()));
        let response = authentication_response(1, 1, &signature);
        let published = ["0100000001", AUTHENTICATE_SIGNATURE].concat();
        assert_eq!(hex::encode(&response), published);
    }
}
