// <copy-button data-text data-label data-done>: a button that copies and says that it has.
class CopyButton extends HTMLElement {
  connectedCallback() {
    if (this.firstElementChild || !navigator.clipboard) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button button-quiet button-small";
    button.innerHTML =
      '<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><rect x="8.5" y="8.5" width="11" height="11" rx="1.5"/><path d="M15.5 8.5v-4h-11v11h4"/></svg>';
    const words = document.createElement("span");
    words.setAttribute("aria-live", "polite");
    words.textContent = this.dataset.label ?? "";
    button.append(words);
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(this.dataset.text ?? "");
      words.textContent = this.dataset.done ?? "";
      setTimeout(() => {
        words.textContent = this.dataset.label ?? "";
      }, 2500);
    });
    this.append(button);
  }
}

customElements.define("copy-button", CopyButton);
