// Pictures: chosen, sent to the server, named by their digest.
import { address, csrfToken } from "./config.ts";
import type { Editor } from "./editor.ts";
import { element, listen } from "./elements.ts";
import { passageType } from "./schema.ts";
import { mint } from "./ids.ts";
import { TextSelection } from "prosemirror-state";

const LIMIT = 20;

/** Let a person choose a picture, send it, and answer its digest. */
export function choosePicture(
  editor: Editor,
  trigger: HTMLButtonElement,
  done: (image: string) => void,
): void {
  const input = element("input", { type: "file", accept: "image/*", hidden: true });
  listen(input, {
    change: async () => {
      const file = input.files?.[0];
      input.remove();
      if (!file) return;
      const label = trigger.textContent;
      trigger.setAttribute("aria-busy", "true");
      trigger.textContent = editor.words.say("figure.uploading");
      const image = await sendPicture(editor, file);
      trigger.removeAttribute("aria-busy");
      trigger.textContent = label;
      if (image) done(image);
    },
    cancel: () => input.remove(),
  });
  document.body.append(input);
  input.click();
}

/** Send a picture. Answers its digest, or null after saying what was wrong. */
export async function sendPicture(editor: Editor, file: File): Promise<string | null> {
  const { words } = editor;
  if (file.size > LIMIT << 20) {
    editor.complain(words.say("figure.large", { limit: LIMIT }));
    return null;
  }
  const body = new FormData();
  body.append("picture", file);
  try {
    const answer = await fetch(address(editor.config, "upload"), {
      method: "POST",
      body,
      headers: { "X-CSRFToken": csrfToken(), Accept: "application/json" },
    });
    const told = (await answer.json().catch(() => ({}))) as { image?: string; error?: string };
    if (answer.ok && told.image) return told.image;
    editor.complain(told.error || words.say("figure.failed"));
  } catch {
    editor.complain(words.say("figure.failed"));
  }
  return null;
}

/** Put a picture in after the passage with the caret, at first without its file. */
export function insertFigure(editor: Editor, image: string | null = null): string {
  const { view } = editor;
  const { $from } = view.state.selection;
  const id = mint();
  const figure = passageType.create({ id, kind: "figure", image });
  const transaction = view.state.tr;
  const current = $from.depth > 0 ? $from.node(1) : null;
  const empty =
    current !== null && current.type === passageType && current.content.size === 0 &&
    current.attrs.kind === "paragraph";
  const after = $from.depth > 0 ? $from.after(1) : $from.pos;
  transaction.insert(after, figure);
  // An empty paragraph that waited for something is not wanted above the picture.
  const at = empty ? $from.before(1) : after;
  if (empty) transaction.delete($from.before(1), after);
  transaction.setSelection(TextSelection.near(transaction.doc.resolve(at + 1)));
  view.dispatch(transaction.scrollIntoView());
  return id;
}

/** Files that were pasted or dropped: each picture becomes a figure. Answers whether there were any. */
export function takeFiles(editor: Editor, files: FileList | null | undefined): boolean {
  const pictures = [...(files ?? [])].filter((file) => file.type.startsWith("image/"));
  if (pictures.length === 0 || !editor.view.editable) return false;
  void (async () => {
    for (const file of pictures) {
      const image = await sendPicture(editor, file);
      if (!image) continue;
      const id = insertFigure(editor, image);
      editor.element(id)?.querySelector("textarea")?.focus();
    }
  })();
  return true;
}

