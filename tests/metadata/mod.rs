//! FIDO's metadata: which blobs are believed, and `halligan mds` from outside.

mod blob;
mod commands;
pub(crate) mod signer;

use serde_json::{Value, json};

/// A good FIDO2 model, a revoked one, and a U2F model; of the edition with this number.
fn payload(no: u64) -> Value {
    payload_until(no, "2099-01-01")
}

fn payload_until(no: u64, next_update: &str) -> Value {
    json!({
        "legalHeader": "terms",
        "no": no,
        "nextUpdate": next_update,
        "entries": [
            {
                "aaguid": "11111111-1111-1111-1111-111111111111",
                "metadataStatement": {
                    "description": "Fine Key\n\u{1b}[31m]", "protocolFamily": "fido2",
                    "keyProtection": ["hardware", "secure_element"],
                    "userVerificationDetails": [[{"userVerificationMethod": "passcode_external"}]],
                    "attachmentHint": ["external", "wired", "nfc"],
                    "authenticatorGetInfo": {"versions": ["FIDO_2_1"], "transports": ["usb"], "firmwareVersion": 5},
                },
                "statusReports": [
                    {"status": "FIDO_CERTIFIED_L2", "effectiveDate": "2025-05-05", "authenticatorVersion": 5},
                    {"status": "FIDO_CERTIFIED_L1", "effectiveDate": "2024-04-04"},
                ],
            },
            {
                "aaguid": "22222222-2222-2222-2222-222222222222",
                "metadataStatement": {
                    "description": "Foul Key", "protocolFamily": "fido2", "keyProtection": ["software"],
                    "attachmentHint": ["internal"],
                },
                "statusReports": [{"status": "REVOKED", "effectiveDate": "2025-06-06"}],
            },
            {
                "attestationCertificateKeyIdentifiers": ["00112233445566778899aabbccddeeff00112233"],
                "metadataStatement": {"description": "Old Key", "protocolFamily": "u2f"},
                "statusReports": [],
            },
            {"aaguid": "33333333-3333-3333-3333-333333333333", "statusReports": "none"},
        ],
    })
}
