// <toast-region>: gives each message a button to close it. Good news leaves by itself after a
// while, unless somebody is looking at it; bad news stays.
const STAY = 12_000;

class ToastRegion extends HTMLElement {
  connectedCallback() {
    for (const toast of this.querySelectorAll(".toast")) this.prepare(toast);
    this.watcher = new MutationObserver((changes) => {
      for (const change of changes)
        for (const node of change.addedNodes)
          if (node instanceof HTMLElement && node.matches(".toast")) this.prepare(node);
    });
    this.watcher.observe(this, { childList: true });
  }

  disconnectedCallback() {
    this.watcher?.disconnect();
  }

  prepare(toast) {
    if (toast.querySelector(".toast-close")) return;
    const close = document.createElement("button");
    close.type = "button";
    close.className = "toast-close";
    close.setAttribute("aria-label", this.dataset.close ?? "Close");
    close.innerHTML =
      '<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="m6 6 12 12M18 6 6 18"/></svg>';
    close.addEventListener("click", () => toast.remove());
    toast.append(close);
    if (toast.matches(".toast-error, .toast-warning")) return;
    const leave = () => {
      if (toast.matches(":hover, :focus-within")) setTimeout(leave, STAY);
      else toast.remove();
    };
    setTimeout(leave, STAY);
  }

  say(words, kind = "info") {
    const toast = document.createElement("div");
    toast.className = `toast toast-${kind}`;
    toast.setAttribute("role", kind === "error" ? "alert" : "status");
    const paragraph = document.createElement("p");
    paragraph.textContent = words;
    toast.append(paragraph);
    for (const same of this.querySelectorAll(".toast"))
      if (same.querySelector("p")?.textContent === words) same.remove();
    this.append(toast);
  }
}

customElements.define("toast-region", ToastRegion);

export function say(words, kind) {
  document.querySelector("toast-region")?.say(words, kind);
}
