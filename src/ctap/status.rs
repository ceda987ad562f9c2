//! The status byte with which every CTAP2 response begins (CTAP 2.1 §8.2), under the names of the specification.

use std::fmt;

macro_rules! statuses {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $spec:literal;)*) => {
        /// A CTAP status. A byte that the specification does not name stays what it is.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Status {
            $($(#[$doc])* #[doc = $spec] $name,)*
            /// A byte without a name in CTAP 2.1.
            Unknown(u8),
        }

        impl From<u8> for Status {
            fn from(byte: u8) -> Self {
                match byte { $($code => Self::$name,)* other => Self::Unknown(other) }
            }
        }

        impl From<Status> for u8 {
            fn from(status: Status) -> Self {
                match status { $(Status::$name => $code,)* Status::Unknown(byte) => byte }
            }
        }

        impl Status {
            /// The specification's name, where it has one.
            #[must_use]
            pub fn name(self) -> Option<&'static str> {
                match self { $(Self::$name => Some($spec),)* Self::Unknown(_) => None }
            }

            /// Every status that the specification names.
            pub const NAMED: &'static [Self] = &[$(Self::$name,)*];
        }
    };
}

statuses! {
    Ok = 0x00, "CTAP2_OK";
    InvalidCommand = 0x01, "CTAP1_ERR_INVALID_COMMAND";
    InvalidParameter = 0x02, "CTAP1_ERR_INVALID_PARAMETER";
    InvalidLength = 0x03, "CTAP1_ERR_INVALID_LENGTH";
    InvalidSeq = 0x04, "CTAP1_ERR_INVALID_SEQ";
    Timeout = 0x05, "CTAP1_ERR_TIMEOUT";
    ChannelBusy = 0x06, "CTAP1_ERR_CHANNEL_BUSY";
    LockRequired = 0x0a, "CTAP1_ERR_LOCK_REQUIRED";
    InvalidChannel = 0x0b, "CTAP1_ERR_INVALID_CHANNEL";
    CborUnexpectedType = 0x11, "CTAP2_ERR_CBOR_UNEXPECTED_TYPE";
    InvalidCbor = 0x12, "CTAP2_ERR_INVALID_CBOR";
    MissingParameter = 0x14, "CTAP2_ERR_MISSING_PARAMETER";
    LimitExceeded = 0x15, "CTAP2_ERR_LIMIT_EXCEEDED";
    FpDatabaseFull = 0x17, "CTAP2_ERR_FP_DATABASE_FULL";
    LargeBlobStorageFull = 0x18, "CTAP2_ERR_LARGE_BLOB_STORAGE_FULL";
    CredentialExcluded = 0x19, "CTAP2_ERR_CREDENTIAL_EXCLUDED";
    Processing = 0x21, "CTAP2_ERR_PROCESSING";
    InvalidCredential = 0x22, "CTAP2_ERR_INVALID_CREDENTIAL";
    UserActionPending = 0x23, "CTAP2_ERR_USER_ACTION_PENDING";
    OperationPending = 0x24, "CTAP2_ERR_OPERATION_PENDING";
    NoOperations = 0x25, "CTAP2_ERR_NO_OPERATIONS";
    UnsupportedAlgorithm = 0x26, "CTAP2_ERR_UNSUPPORTED_ALGORITHM";
    OperationDenied = 0x27, "CTAP2_ERR_OPERATION_DENIED";
    KeyStoreFull = 0x28, "CTAP2_ERR_KEY_STORE_FULL";
    UnsupportedOption = 0x2b, "CTAP2_ERR_UNSUPPORTED_OPTION";
    InvalidOption = 0x2c, "CTAP2_ERR_INVALID_OPTION";
    KeepaliveCancel = 0x2d, "CTAP2_ERR_KEEPALIVE_CANCEL";
    NoCredentials = 0x2e, "CTAP2_ERR_NO_CREDENTIALS";
    UserActionTimeout = 0x2f, "CTAP2_ERR_USER_ACTION_TIMEOUT";
    NotAllowed = 0x30, "CTAP2_ERR_NOT_ALLOWED";
    PinInvalid = 0x31, "CTAP2_ERR_PIN_INVALID";
    PinBlocked = 0x32, "CTAP2_ERR_PIN_BLOCKED";
    PinAuthInvalid = 0x33, "CTAP2_ERR_PIN_AUTH_INVALID";
    PinAuthBlocked = 0x34, "CTAP2_ERR_PIN_AUTH_BLOCKED";
    PinNotSet = 0x35, "CTAP2_ERR_PIN_NOT_SET";
    PuatRequired = 0x36, "CTAP2_ERR_PUAT_REQUIRED";
    PinPolicyViolation = 0x37, "CTAP2_ERR_PIN_POLICY_VIOLATION";
    RequestTooLarge = 0x39, "CTAP2_ERR_REQUEST_TOO_LARGE";
    ActionTimeout = 0x3a, "CTAP2_ERR_ACTION_TIMEOUT";
    UpRequired = 0x3b, "CTAP2_ERR_UP_REQUIRED";
    UvBlocked = 0x3c, "CTAP2_ERR_UV_BLOCKED";
    IntegrityFailure = 0x3d, "CTAP2_ERR_INTEGRITY_FAILURE";
    InvalidSubcommand = 0x3e, "CTAP2_ERR_INVALID_SUBCOMMAND";
    UvInvalid = 0x3f, "CTAP2_ERR_UV_INVALID";
    UnauthorizedPermission = 0x40, "CTAP2_ERR_UNAUTHORIZED_PERMISSION";
    Other = 0x7f, "CTAP1_ERR_OTHER";
}

impl fmt::Display for Status {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => write!(formatter, "{name} (0x{:02X})", u8::from(*self)),
            None => write!(formatter, "unnamed status 0x{:02X}", u8::from(*self)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_survives_the_round_trip() {
        for byte in 0..=u8::MAX {
            assert_eq!(u8::from(Status::from(byte)), byte);
        }
        assert_eq!(Status::from(0x38), Status::Unknown(0x38));
    }
}
