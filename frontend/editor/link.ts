// The dialog for a link.
import { TextSelection } from "prosemirror-state";
import type { EditorView } from "prosemirror-view";
import { button, dialog, fault, field } from "./dialogs.ts";
import type { Editor } from "./editor.ts";
import { element, listen } from "./elements.ts";
import { linkAddress, schema } from "./schema.ts";

const type = schema.marks.link!;

/** Set, change or take away the link at the selection. */
export function editLink(editor: Editor, view: EditorView): void {
  if (!view.editable) return;
  const { words } = editor;
  const { state } = view;
  const { $from, empty, $to } = state.selection;
  if (!$from.sameParent($to) || !$from.parent.isTextblock) return;
  let { from, to } = state.selection;
  let href = "";
  const mark = (empty ? $from.marks() : ($from.nodeAfter?.marks ?? [])).find((one) => one.type === type);
  if (mark) {
    // The whole of the link, wherever in it the caret stands.
    href = String(mark.attrs.href);
    const start = $from.start();
    $from.parent.forEach((node, offset) => {
      if (!mark.isInSet(node.marks)) return;
      const left = start + offset;
      const right = left + node.nodeSize;
      if (left <= to && right >= from) {
        from = Math.min(from, left);
        to = Math.max(to, right);
      }
    });
  }
  const doc = state.doc;
  const address = element("input", { class: "input", type: "url", inputmode: "url", value: href, autocomplete: "off" });
  const text = element("input", { class: "input", type: "text" });
  const needsWords = from === to;
  const form = element(
    "form",
    { class: "form", novalidate: true },
    needsWords && field(words.say("link.words"), text),
    field(words.say("link.address"), address, words.say("link.hint")),
    element(
      "div",
      { class: "buttons" },
      element("button", { type: "submit", class: "button button-primary" }, words.say("link.set")),
      mark && button(words.say("link.remove"), () => set(null)),
      button(words.say("dialog.cancel"), () => made.close(), "quiet"),
    ),
  );
  const set = (value: string | null) => {
    made.close();
    const transaction = view.state.tr;
    // Words may have moved while the dialog was open; if they changed here, the link is not put on others.
    if (view.state.doc.nodeAt(from) === null || view.state.doc.textBetween(from, to) !== doc.textBetween(from, to)) {
      view.focus();
      return;
    }
    if (needsWords && value) {
      transaction.insert(from, schema.text(text.value.trim() || value, [type.create({ href: value })]));
      transaction.setSelection(TextSelection.create(transaction.doc, transaction.mapping.map(from)));
    } else {
      transaction.removeMark(from, to, type);
      if (value) transaction.addMark(from, to, type.create({ href: value }));
    }
    view.dispatch(transaction.scrollIntoView());
    view.focus();
  };
  listen(form, {
    submit: (event) => {
      event.preventDefault();
      const value = linkAddress(address.value);
      if (value) set(value);
      else fault(address, words.say("link.wrong"));
    },
  });
  const made = dialog(words, words.say("link.title"), form);
  (needsWords ? text : address).focus();
}
