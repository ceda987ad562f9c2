'use strict';
const form = document.getElementById('key');
const status = document.getElementById('status');
const button = document.getElementById('ask');
const bytes = (text) => Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (one) => one.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)))
  .replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');

async function ask() {
  button.disabled = true;
  status.textContent = 'Touch the security key, and enter its PIN when you are asked.';
  const ids = form.dataset.credentials.split(',').filter((id) => id !== '');
  const publicKey = {
    challenge: bytes(form.dataset.challenge),
    rpId: form.dataset.rpId,
    allowCredentials: ids.map((id) => ({ type: 'public-key', id: bytes(id) })),
    userVerification: 'required',
    timeout: 120000,
  };
  try {
    const { id, response } = await navigator.credentials.get({ publicKey });
    form.elements.assertion.value = JSON.stringify({
      id,
      clientDataJSON: text(response.clientDataJSON),
      authenticatorData: text(response.authenticatorData),
      signature: text(response.signature),
      userHandle: response.userHandle ? text(response.userHandle) : '',
    });
    status.textContent = 'Signing in.';
    form.submit();
  } catch (error) {
    status.textContent = `The key did not answer (${error.name}). Try again, or cancel.`;
    button.disabled = false;
  }
}

button.addEventListener('click', ask);
ask();
