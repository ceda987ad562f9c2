"""A relying party that asks for attestation and trusts one root, on python-fido2's server."""

from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from fido2.attestation import AttestationResult, AttestationType, AttestationVerifier
from fido2.client import Fido2Client
from fido2.server import Fido2Server
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    AuthenticatorData,
    PublicKeyCredentialRpEntity,
    RegistrationResponse,
)

import expect


class OneRoot(AttestationVerifier):
    """Trusts what one certificate issued, and nothing without a certificate."""

    def __init__(self, root: x509.Certificate) -> None:
        super().__init__()
        self._root = root

    def ca_lookup(self, attestation_result: AttestationResult, auth_data: AuthenticatorData) -> bytes | None:
        expect.equal("attestation type", AttestationType.BASIC, attestation_result.attestation_type)
        return self._root.public_bytes(Encoding.DER)


def read_root(pem: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(pem.read_bytes())


def verify_certificates(x5c: list[bytes], root: x509.Certificate) -> None:
    """What python-fido2 does not look at: the names in the chain, and that the root is one."""
    chain = [x509.load_der_x509_certificate(der) for der in x5c]
    if chain[-1] != root:
        chain.append(root)
    for certificate, issuer in pairwise(chain):
        certificate.verify_directly_issued_by(issuer)
        constraints = issuer.extensions.get_extension_for_class(x509.BasicConstraints)
        expect.equal(f"CA of {issuer.subject.rfc4514_string()}", True, constraints.value.ca)
    root.verify_directly_issued_by(root)


class RelyingParty:
    def __init__(self, rp_id: str, root: x509.Certificate) -> None:
        rp = PublicKeyCredentialRpEntity(id=rp_id, name=f"Relying party {rp_id}")
        self.server = Fido2Server(rp, attestation="direct", verify_attestation=OneRoot(root))
        self.rp_id_hash = rp.id_hash

    def register(
        self,
        client: Fido2Client,
        user_handle: bytes,
        exclude: list[AttestedCredentialData] | None = None,
        extensions: Mapping[str, Any] | None = None,
        resident_key: str = "required",
        user_verification: str = "required",
    ) -> tuple[RegistrationResponse, Any]:
        """The response, and the state to complete the registration with."""
        options, state = self.server.register_begin(
            {"id": user_handle, "name": "bg1@example.com", "displayName": "Break glass 1"},
            credentials=exclude,
            resident_key_requirement=resident_key,
            user_verification=user_verification,
            extensions=extensions,
        )
        return client.make_credential(options.public_key), state

    def authenticate(
        self,
        client: Fido2Client,
        credential: AttestedCredentialData,
        discover: bool = False,
        user_verification: str = "required",
        extensions: Mapping[str, Any] | None = None,
    ) -> tuple[AuthenticationResponse, Any]:
        """An assertion by this credential, found by the key itself if `discover`; the response and its state."""
        options, state = self.server.authenticate_begin(
            credentials=None if discover else [credential],
            user_verification=user_verification,
            extensions=extensions,
        )
        selection = client.get_assertion(options.public_key)
        expect.equal("number of assertions", 1, len(selection.get_assertions()))
        return selection.get_response(0), state

    def accept_registration(self, response: RegistrationResponse | Mapping[str, Any], state: Any) -> AuthenticatorData:
        return expect.succeeds("the registration", lambda: self.server.register_complete(state, response))

    def accept_assertion(
        self, response: AuthenticationResponse, state: Any, credential: AttestedCredentialData
    ) -> None:
        complete = self.server.authenticate_complete
        expect.succeeds("the assertion", lambda: complete(state, [credential], response))
