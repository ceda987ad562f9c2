//! The user handle: `OF:`, the tenant id, and 32 bytes that stand for the user. Ids are in .NET's byte order.

use sha2::{Digest, Sha256};
use uuid::Uuid;

/// 51 bytes. That the tail is the SHA-256 of the user's id is how the related Windows Hello handle is made.
pub(in crate::simulator) fn user_handle(tenant_id: Uuid, user_id: Uuid) -> Vec<u8> {
    let user = Sha256::digest(user_id.to_bytes_le());
    [b"OF:".as_slice(), &tenant_id.to_bytes_le(), &user].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encoding::base64url;

    #[test]
    fn the_handle_is_made_like_the_published_one_of_windows_hello() {
        let handle = user_handle(Uuid::from_u128(1), Uuid::from_u128(2));
        assert_eq!(
            base64url::encode(&handle),
            "T0Y6AAAAAAAAAAAAAAAAAAAAAWkoZcmjdqGoLRYbD5V4WVVUhzeX-p67sGi3l4KBIuYd"
        );
        let tenant = "00112233-4455-6677-8899-aabbccddeeff".parse();
        let user = "ffeeddcc-bbaa-9988-7766-554433221100".parse();
        let handle = user_handle(tenant.expect("a GUID"), user.expect("a GUID"));
        let published = base64url::decode(
            "T046MyIRAFVEd2aImaq7zN3u_-XL2v8mea6v5bMB3Jw5-rS-TeKZ6lehLC8UuwzR6I2C",
        );
        assert_eq!(handle[3..], published.expect("base64url")[3..]);
    }
}
