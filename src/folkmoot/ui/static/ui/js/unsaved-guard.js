// <unsaved-guard data-key>: around a form. What is typed is kept in this browser until the server has
// taken it; leaving with unsaved words asks first; coming back finds them again.
const PREFIX = "draft:";
const KEEP = 14 * 24 * 3600 * 1000;
const SENT = "draft-sent";
const text = "textarea, input:not([type]), input[type=text], input[type=search], input[type=email], input[type=url]";

function read(key) {
  try {
    return JSON.parse(localStorage.getItem(key) ?? "null");
  } catch {
    return null;
  }
}

function forget(key) {
  try {
    localStorage.removeItem(key);
  } catch {
    // No storage: nothing was kept.
  }
}

class UnsavedGuard extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    if (!this.form || this.key) return;
    this.key = `${PREFIX}${location.pathname}:${this.dataset.key ?? ""}`;
    this.changed = false;
    this.settle();
    this.restore();
    this.form.addEventListener("input", () => this.keep());
    this.form.addEventListener("change", () => this.keep());
    this.form.addEventListener("reset", () => this.drop());
    this.form.addEventListener("submit", () => {
      this.changed = false;
      // The draft is dropped only when the next page shows that the form did not come back.
      try {
        sessionStorage.setItem(SENT, JSON.stringify([this.key, location.pathname]));
      } catch {
        // No storage.
      }
    });
    addEventListener("beforeunload", (this.leaving = (event) => this.changed && event.preventDefault()));
  }

  disconnectedCallback() {
    removeEventListener("beforeunload", this.leaving);
  }

  fields() {
    return [...this.form.querySelectorAll(text)].filter((field) => field.name);
  }

  keep() {
    const words = {};
    for (const field of this.fields())
      if (field.value !== field.defaultValue) words[field.name] = field.value;
    this.changed = Object.keys(words).length > 0;
    if (!this.changed) return forget(this.key);
    try {
      localStorage.setItem(this.key, JSON.stringify({ at: Date.now(), words }));
    } catch {
      // Full or refused: the question before leaving still holds.
    }
  }

  // A form that came back with errors holds the words itself.
  settle() {
    const draft = read(this.key);
    if (draft && Date.now() - draft.at > KEEP) forget(this.key);
  }

  restore() {
    const draft = read(this.key);
    if (!draft) return;
    let found = false;
    for (const field of this.fields()) {
      const kept = draft.words[field.name];
      if (kept !== undefined && kept !== field.value) {
        field.value = kept;
        field.dispatchEvent(new Event("input", { bubbles: true }));
        found = true;
      }
    }
    if (!found) return;
    const notice = document.createElement("div");
    notice.className = "draft-notice";
    notice.setAttribute("role", "status");
    const words = document.createElement("span");
    words.textContent = this.dataset.found ?? "";
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button-link";
    button.textContent = this.dataset.drop ?? "";
    button.addEventListener("click", () => {
      this.form.reset();
      notice.remove();
    });
    notice.append(words, button);
    this.prepend(notice);
  }

  drop() {
    this.changed = false;
    forget(this.key);
  }
}

// A page without errors after sending means that the words arrived.
try {
  const sent = JSON.parse(sessionStorage.getItem(SENT) ?? "null");
  sessionStorage.removeItem(SENT);
  if (sent && !document.querySelector(".error-summary, .error-page")) forget(sent[0]);
} catch {
  // No storage.
}

customElements.define("unsaved-guard", UnsavedGuard);
