"""fido2-cred and fido2-assert in U2F mode, and credentials of one mode in the other."""

import expect
from credentials import check_attestation, check_forgeries
from fido2 import FLAG_UP, PIN, Key, flags
from management import on_a_new_key


def check_u2f(key: Key) -> None:
    expect.step("-M -u registers, -V verifies")
    credential = key.make("-u")
    expect.equal("format", "fido-u2f", credential.printed[2])
    check_attestation(key, credential)
    check_forgeries(credential)

    expect.step("-G -u asserts")
    expect.equal("flags", FLAG_UP, flags(key.get(credential, "-u", "-p", verify=("-p",))[2]))

    expect.step("each mode uses the other's credential")
    key.get(credential, "-p", verify=("-p",))
    of_ctap2 = key.make()
    expect.equal("format", "packed", of_ctap2.printed[2])
    key.get(of_ctap2, "-u", "-p", verify=("-p",))

    expect.step("a credential of another key is refused")
    key.token("-R")
    for mode in (("-u",), ()):
        key.get_refused("FIDO_ERR_", credential, *mode, "-p")

    expect.step("always-UV switches U2F off")
    key.set_pin()
    key.token("-S", "-u", answers=(PIN,))
    key.make_refused("FIDO_ERR_", "-u")


if __name__ == "__main__":
    expect.group("U2F", on_a_new_key, "default", check_u2f)
    expect.summary()
