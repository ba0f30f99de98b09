// <theme-switch data-light data-dark data-auto data-label>: three buttons; the choice is remembered.
const ICONS = {
  light:
    '<circle cx="12" cy="12" r="3.8"/><path d="M12 3v2M12 19v2M3 12h2M19 12h2M5.6 5.6 7 7M17 17l1.4 1.4M18.4 5.6 17 7M7 17l-1.4 1.4"/>',
  dark: '<path d="M19.5 14.5A8 8 0 0 1 9.5 4.5a8 8 0 1 0 10 10z"/>',
  auto: '<rect x="3.5" y="5" width="17" height="11.5" rx="1.5"/><path d="M9 20h6M12 16.5V20"/>',
};

class ThemeSwitch extends HTMLElement {
  connectedCallback() {
    if (this.firstElementChild) return;
    this.setAttribute("role", "group");
    this.setAttribute("aria-label", this.dataset.label ?? "");
    for (const theme of ["light", "dark", "auto"]) {
      const button = document.createElement("button");
      button.type = "button";
      button.dataset.theme = theme;
      button.innerHTML = `<svg class="icon" viewBox="0 0 24 24" aria-hidden="true">${ICONS[theme]}</svg>`;
      button.append(this.dataset[theme] ?? theme);
      button.addEventListener("click", () => this.choose(theme));
      this.append(button);
    }
    this.show();
  }

  choose(theme) {
    try {
      if (theme === "auto") localStorage.removeItem("theme");
      else localStorage.setItem("theme", theme);
    } catch {
      // No storage: the choice holds for this page.
    }
    if (theme === "auto") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
    for (const other of document.querySelectorAll("theme-switch")) other.show();
  }

  show() {
    const chosen = document.documentElement.dataset.theme ?? "auto";
    for (const button of this.querySelectorAll("button"))
      button.setAttribute("aria-pressed", String(button.dataset.theme === chosen));
  }
}

customElements.define("theme-switch", ThemeSwitch);
