// Passkeys: asks the site for a challenge and the authenticator for an answer, and sends that with the form around the
// button. Without this, or where the browser knows no passkeys, the buttons stay out of sight; passwords and codes work.
const known = window.PublicKeyCredential?.parseRequestOptionsFromJSON && window.PublicKeyCredential.prototype.toJSON;

const ask = async (place, form) => {
  const token = new URLSearchParams({ csrf_token: form.elements.csrf_token.value });
  const answer = await fetch(place.dataset.challenge, {
    method: "POST", body: token, credentials: "same-origin", redirect: "error",
  });
  if (!answer.ok) throw new Error(String(answer.status));
  const options = await answer.json();
  if (place.dataset.passkey === "create") {
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
    return navigator.credentials.create({ publicKey });
  }
  return navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
};

for (const place of known ? document.querySelectorAll("[data-passkey]") : []) {
  const button = place.querySelector("button");
  const failed = place.querySelector("[role=alert]");
  place.hidden = false;
  button.addEventListener("click", async () => {
    button.disabled = true;
    failed.hidden = true;
    try {
      const credential = await ask(place, button.form);
      button.form.elements.credential.value = JSON.stringify(credential.toJSON());
      button.form.submit();
    } catch {
      // Cancelled, timed out, or none of this site at hand: the person may try again.
      failed.hidden = false;
      button.disabled = false;
      button.focus();
    }
  });
}
