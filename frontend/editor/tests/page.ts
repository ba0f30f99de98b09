// A page for tests: the globals that ProseMirror and the editor expect of a browser.
import { Window } from "happy-dom";

const window = new Window({ url: "https://commission.example/texts/report/write/", width: 1280, height: 900 });
const globals = [
  "document", "Node", "Element", "HTMLElement", "HTMLInputElement", "HTMLSelectElement",
  "HTMLTextAreaElement", "HTMLButtonElement", "HTMLTableElement", "HTMLAnchorElement", "HTMLDialogElement", "HTMLImageElement", "SVGElement",
  "DocumentFragment", "Text", "Comment", "DOMParser", "MutationObserver", "Event", "CustomEvent", "KeyboardEvent",
  "InputEvent", "MouseEvent", "ClipboardEvent", "DataTransfer", "FocusEvent", "Range", "Selection",
  "getComputedStyle", "getSelection", "requestAnimationFrame", "cancelAnimationFrame", "matchMedia", "location", "customElements", "FormData", "File", "localStorage",
];
const target = globalThis as unknown as Record<string, unknown>;
target.window = globalThis;
for (const name of globals) {
  const value = (window as unknown as Record<string, unknown>)[name];
  if (value === undefined) continue;
  const bound = typeof value === "function" && !/^[A-Z]/.test(name) ? value.bind(window) : value;
  Object.defineProperty(target, name, { value: bound, configurable: true, writable: true });
}
target.innerWidth = 1280;
target.innerHeight = 900;
const listening = window as unknown as EventTarget;
target.addEventListener = listening.addEventListener.bind(listening);
target.removeEventListener = listening.removeEventListener.bind(listening);

export { window };
