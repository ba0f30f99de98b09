// Passkeys: asks the device and puts its answer into the form, which is then sent as usual.
// The sections for it are hidden until we know that the browser can do it.

const words = document.querySelector("script[data-cancelled]").dataset;

if (window.PublicKeyCredential) {
  for (const section of document.querySelectorAll("[data-passkey]")) section.hidden = false;
  for (const section of document.querySelectorAll("[data-no-passkey]")) section.hidden = true;
}

function optionsOnPage() {
  return JSON.parse(document.getElementById("js_data").textContent);
}

async function optionsFromServer(form) {
  const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`The server answered ${answer.status}.`);
  return answer.json();
}

/** Sends the form with what `ask` gets from the device; says so kindly when there is nothing. */
function answering(form, ask) {
  const problem = form.querySelector("[data-passkey-problem]");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    problem.hidden = true;
    try {
      form.elements.credential.value = JSON.stringify(await ask(form));
    } catch (error) {
      const cancelled = error.name === "NotAllowedError" || error.name === "AbortError";
      problem.textContent = cancelled ? words.cancelled : words.failed;
      problem.hidden = false;
      return;
    }
    form.submit();
  });
}

for (const form of document.querySelectorAll("[data-passkey-sign-in]")) {
  answering(form, async () => window.webauthnJSON.get((await optionsFromServer(form)).request_options));
}
for (const form of document.querySelectorAll("[data-passkey-proof]")) {
  answering(form, () => window.webauthnJSON.get(optionsOnPage().request_options));
}
for (const form of document.querySelectorAll("[data-passkey-new]")) {
  answering(form, () => {
    const options = optionsOnPage().creation_options;
    Object.assign(options.publicKey.authenticatorSelection, {
      residentKey: "required",
      requireResidentKey: true,
      userVerification: "required",
    });
    return window.webauthnJSON.create(options);
  });
}
