// The panel beside the text: what is known of one passage, and what one can do about it. All of it is
// made by the server; here it is fetched, sent, put in its place and kept up to date, and what people
// typed in it is never thrown away by that.
import { csrfToken, address } from "../config.ts";
import type { Editor } from "../editor.ts";
import { element, listen } from "../elements.ts";

export type Sent = { ok: boolean; response: Response | null };

/** Something else that stands in the panel for a while, such as another wording being prepared. */
export interface Guest {
  content: HTMLElement;
  /** The panel goes on to something else. Answer false to stay. */
  leave(): boolean;
}

const FOLLOW = 350;
const RENEW = 300;

export class Panel {
  readonly editor: Editor;
  readonly content = element("div", { class: "panel-content" });
  readonly #bar = element("div", { class: "panel-bar", hidden: true });
  #id: string | null = null;
  #url = "";
  #asked = 0;
  #following: ReturnType<typeof setTimeout> | undefined;
  #renewing: ReturnType<typeof setTimeout> | undefined;
  #again: ReturnType<typeof setTimeout> | undefined;
  #guest: Guest | null = null;
  #back = false;
  #opening = false;
  /** What was being filled in about other passages, to be found again. */
  readonly #left = new Map<string, HTMLElement[]>();
  /** Presses on buttons of the fragment that are done here, by their names. */
  readonly acts = new Map<string, (value: string) => void>();
  /** Called when a form was sent and taken. */
  onSent: () => void = () => {};

  constructor(editor: Editor) {
    this.editor = editor;
    editor.slots.panel.append(this.#bar, this.content);
    this.content.append(element("p", { class: "muted" }, editor.words.say("panel.none")));
    listen(this.content, {
      submit: (event) => this.#submitted(event as SubmitEvent),
      click: (event) => this.#clicked(event),
      keydown: (event) => {
        if (event.key !== "Escape" || event.defaultPrevented) return;
        event.preventDefault();
        event.stopPropagation();
        editor.closeDrawers();
        if (editor.hasView) editor.view.focus();
      },
    });
    editor.on("select", (id) => this.#follow(id));
    editor.on("news", (news) => {
      if (!this.#id) return;
      const concerns =
        this.#id in (news.passages ?? {}) ||
        news.settled?.includes(this.#id) ||
        news.comments?.length > 0;
      if (concerns) this.renew();
    });
  }

  /** The passage that is shown. */
  get shown(): string | null {
    return this.#id;
  }

  /** Show a passage; `comment` brings one of its comments into view. */
  async show(id: string, { focus = false, comment = 0 } = {}): Promise<boolean> {
    if (this.#guest && !this.#guest.leave()) return false;
    this.#guest = null;
    clearTimeout(this.#following);
    if (focus) this.open();
    const url = address(this.editor.config, "panel", id);
    let shown = true;
    if (this.#id !== id || !this.#url) {
      if (this.#id && this.typed)
        this.#left.set(this.#id, [...this.content.children] as HTMLElement[]);
      this.#id = id;
      this.#hideBar();
      const left = this.#left.get(id);
      this.#left.delete(id);
      if (left) {
        this.#asked++;
        this.#url = url;
        this.content.removeAttribute("aria-busy");
        this.content.replaceChildren(...left);
      } else {
        this.content.setAttribute("aria-busy", "true");
        shown = await this.#load(url);
      }
    } else if (this.typed) this.renew();
    else shown = await this.#load(url);
    if (shown && comment) this.#bring(`comment-${comment}`, focus);
    else if (shown && focus) this.#heading()?.focus({ preventScroll: true });
    return shown;
  }

  /** Something else in the panel for a while. */
  entertain(guest: Guest, of: string): void {
    clearTimeout(this.#following);
    clearTimeout(this.#again);
    this.#asked++;
    this.#hideBar();
    if (this.#id && this.#url && this.typed)
      this.#left.set(this.#id, [...this.content.children] as HTMLElement[]);
    this.#guest = guest;
    this.#id = of;
    this.#url = "";
    this.content.removeAttribute("aria-busy");
    this.content.replaceChildren(guest.content);
  }

  /** The guest has gone; show the passage it was about, as the server just told if it did. */
  async dismiss(guest: Guest, focus = true, told: HTMLElement | null = null): Promise<void> {
    if (this.#guest !== guest) return;
    this.#guest = null;
    if (!this.#id) return;
    if (!told) {
      await this.show(this.#id, { focus });
      return;
    }
    this.#url = address(this.editor.config, "panel", this.#id);
    this.#swap(told, false);
    this.#answered(told, true);
  }

  /** Look again soon whether something changed. */
  renew(): void {
    if (this.#guest || !this.#url || this.#renewing !== undefined) return;
    this.#renewing = setTimeout(() => {
      this.#renewing = undefined;
      if (this.#guest || !this.#url) return;
      if (this.typed) this.#tellChanged();
      else void this.#load(this.#url, true);
    }, RENEW);
  }

  /** Whether something was typed or ticked in a form that has not been sent. */
  get typed(): boolean {
    for (const field of this.content.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>(
      "input, textarea",
    )) {
      // A box to search a list in has no name of its own.
      if (field.type === "hidden" || !field.name) continue;
      if (field.type === "radio" || field.type === "checkbox") {
        if ((field as HTMLInputElement).checked !== (field as HTMLInputElement).defaultChecked) return true;
      } else if (field.value !== field.defaultValue) return true;
    }
    // A form that came back with errors holds what was typed as its own.
    return this.content.querySelector("[aria-invalid=true], .error-summary") !== null;
  }

  /** Choose an answer on the words shown, ready to be confirmed. */
  async prepareStance(position: string): Promise<void> {
    const { editor } = this;
    const id = editor.currentPassage();
    if (!id || !(await this.show(id, { focus: true }))) return;
    const form = this.content.querySelector<HTMLFormElement>("form.stance-form");
    const choice = form?.querySelector<HTMLInputElement>(
      `input[name=position][value="${CSS.escape(position)}"]`,
    );
    if (!form || !choice) {
      editor.announcer.say(editor.words.say("panel.noAnswer"));
      editor.complain(editor.words.say("panel.noAnswer"));
      return;
    }
    for (let part = form.parentElement; part && part !== this.content; part = part.parentElement)
      if (part instanceof HTMLDetailsElement) part.open = true;
    choice.checked = true;
    choice.dispatchEvent(new Event("change", { bubbles: true }));
    this.#back = true;
    const needs = ["reserve", "object", "stand_aside", "undecided"].includes(position);
    const more = form.querySelector<HTMLDetailsElement>("details.stance-more");
    if (needs && more) more.open = true;
    const target = needs
      ? form.querySelector<HTMLElement>("textarea[name=reason]")
      : form.querySelector<HTMLElement>("button[type=submit]");
    target?.focus();
    target?.scrollIntoView({ block: "nearest" });
    const label = choice.closest("label")?.querySelector(".choice-label")?.textContent ?? "";
    editor.announcer.say(editor.words.say("panel.confirm", { answer: label.trim() || position }));
  }

  /** Fill in the form for a comment on words that are selected. */
  async prepareComment(id: string, values: Record<string, string>): Promise<void> {
    if (!(await this.show(id, { focus: true }))) return;
    const form = this.content.querySelector<HTMLFormElement>("form[data-comment-form]");
    if (!form) return;
    for (const [name, value] of Object.entries(values)) {
      let field = form.elements.namedItem(name) as HTMLInputElement | HTMLTextAreaElement | null;
      if (!field) {
        field = element("input", { type: "hidden", name });
        form.append(field);
      }
      field.value = value;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
    const body = form.elements.namedItem("body");
    if (body instanceof HTMLElement) {
      body.focus();
      body.scrollIntoView({ block: "center" });
    }
  }

  #follow(id: string | null): void {
    clearTimeout(this.#following);
    if (!id || id === this.#id || this.#guest) return;
    this.#following = setTimeout(() => {
      // On a small screen the panel is fetched when it is opened.
      if (this.editor.slots.panel.offsetParent === null || this.typed) return;
      void this.show(id);
    }, FOLLOW);
  }

  /** Bring the panel into view for what it is about to show. */
  open(): void {
    this.#opening = true;
    this.editor.openDrawer("panel");
    setTimeout(() => {
      this.#opening = false;
    });
  }

  /** The passage at the caret, when the panel is opened by hand. */
  arrive(): void {
    if (this.#opening) return;
    const id = this.editor.currentPassage();
    if (id && id !== this.#id && !this.#guest && !this.typed) void this.show(id);
  }

  // Fetching and sending

  async #load(url: string, quietly = false): Promise<boolean> {
    const asked = ++this.#asked;
    let response: Response;
    try {
      response = await fetch(url, { headers: { Accept: "text/html" }, credentials: "same-origin" });
    } catch {
      if (asked === this.#asked && !quietly) this.#problem(this.editor.words.say("panel.offline"), url);
      return false;
    }
    if (asked !== this.#asked) return false;
    // Somebody began to type while it was on its way.
    if (quietly && this.typed) {
      this.#tellChanged();
      return false;
    }
    return this.#take(response, url, quietly);
  }

  /** Send a form; its answer takes the place of what is shown. */
  async send(url: string, body: FormData): Promise<Sent> {
    const asked = ++this.#asked;
    this.content.setAttribute("aria-busy", "true");
    let response: Response;
    try {
      response = await fetch(url, {
        method: "POST",
        body,
        headers: { "X-CSRFToken": csrfToken() },
        credentials: "same-origin",
      });
    } catch {
      this.content.removeAttribute("aria-busy");
      this.#say(this.editor.words.say("panel.offline"));
      return { ok: false, response: null };
    }
    if (asked !== this.#asked) return { ok: response.ok, response };
    await this.#take(response, this.#url, false, true);
    if (response.ok) this.onSent();
    return { ok: response.ok && !response.redirected, response };
  }

  async #take(response: Response, url: string, quietly: boolean, sent = false): Promise<boolean> {
    const { words } = this.editor;
    this.content.removeAttribute("aria-busy");
    if (response.redirected) return this.#refused(words.say("panel.signedOut"), url, sent);
    const shown = response.ok || response.status === 409 || response.status === 422;
    if (!shown) {
      const say =
        response.status === 403
          ? words.say("panel.forbidden")
          : response.status === 404
            ? words.say("panel.missing")
            : words.say("panel.failed");
      return this.#refused(say, url, sent);
    }
    const holder = document.createElement("template");
    holder.innerHTML = await response.text();
    const article = holder.content.querySelector<HTMLElement>("[data-panel-of]");
    if (!article) return this.#refused(words.say("panel.failed"), url, sent);
    this.#swap(article, quietly);
    this.#url = url || address(this.editor.config, "panel", article.dataset.panelOf);
    this.#id = article.dataset.panelOf ?? this.#id;
    this.#hideBar();
    clearTimeout(this.#again);
    const again = Number(article.dataset.again);
    if (again > 0) this.#again = setTimeout(() => this.renew(), again * 1000);
    if (sent) this.#answered(article, response.ok);
    return true;
  }

  #swap(article: HTMLElement, quietly: boolean): void {
    const open = new Set(
      quietly
        ? [...this.content.querySelectorAll("details[open] > summary")].map((one) => one.textContent)
        : [],
    );
    const focused = document.activeElement;
    const path = focused && this.content.contains(focused) ? focused.id || focused.getAttribute("name") : "";
    const top = this.content.closest<HTMLElement>(".editor-panel")?.scrollTop ?? 0;
    for (const link of article.querySelectorAll<HTMLAnchorElement>("a[href]"))
      if (!this.#inside(link)) {
        link.target = "_blank";
        link.rel = "noopener";
      }
    this.content.replaceChildren(article);
    if (!quietly) return;
    for (const summary of article.querySelectorAll("details > summary"))
      if (open.has(summary.textContent)) (summary.parentElement as HTMLDetailsElement).open = true;
    const scroller = this.content.closest<HTMLElement>(".editor-panel");
    if (scroller) scroller.scrollTop = top;
    if (path) {
      const same = [...article.querySelectorAll<HTMLElement>("[id], [name]")].find(
        (one) => one.id === path || one.getAttribute("name") === path,
      );
      (same ?? this.#heading())?.focus({ preventScroll: true });
    }
  }

  /** After a form was sent: what came of it is said, and the focus goes where one reads on. */
  #answered(article: HTMLElement, well: boolean): void {
    const { editor } = this;
    const back = this.#back && well;
    this.#back = false;
    const said = article.querySelector<HTMLElement>("[data-panel-said]");
    const words = said?.textContent?.trim() ?? "";
    const wrong = article.querySelector<HTMLElement>("[data-focus-first], .error-summary, .notice-warning");
    if (!well && wrong) {
      wrong.tabIndex = -1;
      wrong.focus();
      wrong.scrollIntoView({ block: "start" });
      return;
    }
    if (words) editor.announcer.say(words);
    if (back) {
      editor.closeDrawers();
      editor.view.focus();
    } else this.#heading()?.focus({ preventScroll: true });
    if (words) said?.scrollIntoView({ block: "nearest" });
  }

  #refused(say: string, url: string, sent: boolean): boolean {
    // What was typed stays where it is; only without anything to keep is the panel emptied.
    if (sent || this.typed) this.#say(say);
    else this.#problem(say, url);
    return false;
  }

  #problem(say: string, url: string): void {
    this.content.removeAttribute("aria-busy");
    this.#url = url;
    this.content.replaceChildren(
      element("p", { class: "notice notice-warning", role: "status" }, say),
      listen(
        element("button", { type: "button", class: "button" }, this.editor.words.say("panel.again")),
        { click: () => void this.#load(url) },
      ),
    );
  }

  #say(words: string): void {
    this.#showBar(element("p", { role: "alert" }, words));
  }

  #tellChanged(): void {
    const { words } = this.editor;
    this.#showBar(
      element("p", { role: "status" }, words.say("panel.changed")),
      listen(
        element("button", { type: "button", class: "button button-small" }, words.say("panel.renew")),
        { click: () => this.#url && void this.#load(this.#url) },
      ),
    );
  }

  #showBar(...content: HTMLElement[]): void {
    this.#bar.replaceChildren(...content);
    this.#bar.hidden = false;
  }

  #hideBar(): void {
    this.#bar.hidden = true;
    this.#bar.replaceChildren();
  }

  #heading(): HTMLElement | null {
    return this.content.querySelector<HTMLElement>("#panel-title");
  }

  #bring(id: string, focus: boolean): void {
    const target = this.content.querySelector<HTMLElement>(`#${CSS.escape(id)}`);
    if (!target) return;
    target.tabIndex = -1;
    target.scrollIntoView({ block: "center" });
    if (focus) target.focus({ preventScroll: true });
  }

  // Presses

  #submitted(event: SubmitEvent): void {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || form.method === "dialog") return;
    event.preventDefault();
    if (form.dataset.underWay || form.hasAttribute("data-own")) return;
    form.dataset.underWay = "yes";
    event.submitter?.setAttribute("aria-busy", "true");
    void this.send(form.action, new FormData(form, event.submitter)).finally(() => {
      delete form.dataset.underWay;
      event.submitter?.removeAttribute("aria-busy");
    });
  }

  #clicked(event: MouseEvent): void {
    const target = event.target instanceof Element ? event.target : null;
    const pressed = target?.closest<HTMLButtonElement>("button[type=button][name]");
    const act = pressed && this.acts.get(pressed.name);
    if (act) {
      event.preventDefault();
      act(pressed.value);
      return;
    }
    const link = target?.closest<HTMLAnchorElement>("a[href]");
    const inside = link && this.#inside(link);
    if (!inside || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (inside.act === "hash") this.#toField(inside.value);
    else if (inside.act === "passage") this.editor.focusPassage(inside.value);
    else void this.#load(inside.value).then((shown) => shown && this.#heading()?.focus());
  }

  /** Where a link leads that does not leave the editor. */
  #inside(link: HTMLAnchorElement): { act: "passage" | "load" | "hash"; value: string } | null {
    const target = new URL(link.getAttribute("href") ?? "", location.href);
    if (target.origin !== location.origin) return null;
    if (link.getAttribute("href")?.startsWith("#")) return { act: "hash", value: target.hash };
    const base = `/texts/${this.editor.config.slug}/`;
    if (!target.pathname.startsWith(base) || link.hasAttribute("data-leaves")) return null;
    const rest = target.pathname.slice(base.length);
    const passage = /^p\/([0-9a-z]{10})\/$/.exec(rest)?.[1];
    if (passage && this.editor.passages.has(passage)) return { act: "passage", value: passage };
    if (/^write\/(p|comments)\/[^?]+$/.test(rest)) return { act: "load", value: target.pathname };
    return null;
  }

  #toField(hash: string): void {
    const field = hash.length > 1 ? this.content.querySelector<HTMLElement>(`#${CSS.escape(hash.slice(1))}`) : null;
    for (let part = field?.parentElement; part && part !== this.content; part = part.parentElement)
      if (part instanceof HTMLDetailsElement) part.open = true;
    field?.focus();
    field?.scrollIntoView({ block: "center" });
  }
}
