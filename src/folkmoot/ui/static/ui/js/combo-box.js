// <combo-box><select>…</select></combo-box>: the select, searched by typing. The select stays in the
// form and holds the value, so what is sent is the same with and without script.
let count = 0;
const fold = (words) => words.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

class ComboBox extends HTMLElement {
  connectedCallback() {
    const select = this.querySelector("select");
    if (!select || select.multiple || this.input) return;
    this.select = select;
    this.options = [...select.options]
      .filter((option) => option.value !== "")
      .map((option) => ({ value: option.value, label: option.label, folded: fold(option.label) }));
    const id = select.id || `combo-${++count}`;
    const input = document.createElement("input");
    input.type = "text";
    input.id = id;
    input.autocomplete = "off";
    input.placeholder = [...select.options].find((option) => option.value === "")?.label ?? "";
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-expanded", "false");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-controls", `${id}-list`);
    for (const name of ["aria-describedby", "aria-invalid", "required", "disabled"])
      if (select.hasAttribute(name)) input.setAttribute(name, select.getAttribute(name));
    const list = document.createElement("ul");
    list.className = "combobox-list";
    list.id = `${id}-list`;
    list.setAttribute("role", "listbox");
    list.hidden = true;
    const label = document.querySelector(`label[for="${CSS.escape(id)}"]`);
    if (label) list.setAttribute("aria-label", label.textContent.trim());
    const said = document.createElement("span");
    said.className = "visually-hidden";
    said.setAttribute("aria-live", "polite");
    select.id = `${id}-select`;
    select.hidden = true;
    select.required = false;
    Object.assign(this, { input, list, said });
    this.append(input, list, said);
    this.settle();
    input.addEventListener("input", () => this.open(input.value));
    input.addEventListener("click", () => this.open(""));
    input.addEventListener("keydown", (event) => this.key(event));
    input.addEventListener("blur", () => this.close());
    list.addEventListener("mousedown", (event) => {
      event.preventDefault();
      const option = event.target.closest("[role=option]");
      if (option) this.choose(option.dataset.value);
    });
    select.form?.addEventListener("reset", () => setTimeout(() => this.settle()));
  }

  open(typed) {
    const words = fold(typed).split(/\s+/).filter(Boolean);
    const found = this.options.filter((option) => words.every((w) => option.folded.includes(w)));
    found.sort((a, b) => b.folded.startsWith(words[0] ?? "") - a.folded.startsWith(words[0] ?? ""));
    this.list.replaceChildren(
      ...found.slice(0, 100).map((option, at) => {
        const item = document.createElement("li");
        item.id = `${this.list.id}-${at}`;
        item.setAttribute("role", "option");
        item.setAttribute("aria-selected", "false");
        item.dataset.value = option.value;
        item.textContent = option.label;
        return item;
      }),
    );
    if (!found.length) {
      const none = document.createElement("li");
      none.className = "combobox-none";
      none.textContent = this.dataset.none ?? "";
      this.list.append(none);
    }
    this.said.textContent = `${found.length} ${this.dataset.count ?? ""}`;
    this.list.hidden = false;
    this.input.setAttribute("aria-expanded", "true");
    this.at = -1;
  }

  close() {
    this.list.hidden = true;
    this.said.textContent = "";
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
    if (this.input.value.trim() === "") this.take("");
    else {
      const typed = fold(this.input.value.trim());
      const exact = this.options.find((option) => option.folded === typed);
      if (exact) this.take(exact.value);
    }
    this.settle();
  }

  // The words shown are always those of what will be sent.
  settle() {
    const chosen = this.select.selectedOptions[0];
    this.input.value = chosen?.value ? chosen.label : "";
  }

  take(value) {
    if (this.select.value === value) return;
    this.select.value = value;
    this.select.dispatchEvent(new Event("change", { bubbles: true }));
  }

  choose(value) {
    this.take(value);
    this.settle();
    this.close();
  }

  key(event) {
    const items = [...this.list.querySelectorAll("[role=option]")];
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      if (this.list.hidden) return this.open("");
      if (!items.length) return;
      this.at = (this.at + step + items.length) % items.length;
      items.forEach((item, at) => item.setAttribute("aria-selected", String(at === this.at)));
      items[this.at].scrollIntoView({ block: "nearest" });
      this.input.setAttribute("aria-activedescendant", items[this.at].id);
    } else if (event.key === "Enter" && !this.list.hidden) {
      const item = items[this.at] ?? (items.length === 1 ? items[0] : null);
      event.preventDefault();
      if (item) this.choose(item.dataset.value);
      else this.close();
    } else if (event.key === "Escape" && !this.list.hidden) {
      event.preventDefault();
      this.settle();
      this.close();
    }
  }
}

customElements.define("combo-box", ComboBox);
