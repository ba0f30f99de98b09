// <state-bar>: one stop for the tab key; arrows walk along its parts.
class StateBar extends HTMLElement {
  connectedCallback() {
    const first = this.querySelector(".state-strip a");
    first?.setAttribute("tabindex", "0");
    this.addEventListener("keydown", (event) => {
      const back = getComputedStyle(this).direction === "rtl" ? "ArrowRight" : "ArrowLeft";
      const step = { [back]: -1, [back === "ArrowLeft" ? "ArrowRight" : "ArrowLeft"]: 1 }[event.key];
      if (!step && event.key !== "Home" && event.key !== "End") return;
      const parts = [...this.querySelectorAll(".state-strip a")];
      const at = parts.indexOf(document.activeElement);
      if (at < 0) return;
      event.preventDefault();
      const to = event.key === "Home" ? 0 : event.key === "End" ? parts.length - 1 : at + step;
      const next = parts[Math.min(Math.max(to, 0), parts.length - 1)];
      parts[at].setAttribute("tabindex", "-1");
      next.setAttribute("tabindex", "0");
      next.focus();
    });
  }
}

customElements.define("state-bar", StateBar);
