// The page on which a text is written: <folk-editor>, and what is built on top of it.
import { readConfig } from "./config.ts";
import { attach } from "./consent/attach.ts";
import { Editor } from "./editor.ts";

class FolkEditor extends HTMLElement {
  editor: Editor | null = null;

  connectedCallback(): void {
    if (this.editor) return;
    this.editor = new Editor(this, readConfig());
    attach(this.editor);
    this.dispatchEvent(new CustomEvent("folk-editor", { detail: this.editor, bubbles: true }));
  }
}

customElements.define("folk-editor", FolkEditor);
