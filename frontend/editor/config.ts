// What the page tells the script, in <script type="application/json" id="editor-config">.
import { Words } from "./words.ts";

export interface Person {
  key: string;
  name: string;
  colour?: number;
}

export interface Config {
  slug: string;
  title?: string;
  language?: string;
  socket: string;
  person: Person;
  role: "write" | "read";
  seat: string;
  mayEdit: boolean;
  mayPropose?: boolean;
  /** "ID" in an address stands for a passage's id or a picture's digest. */
  urls: Record<string, string>;
  words?: Record<string, string>;
}

export function readConfig(root: ParentNode = document): Config {
  const tag = root.querySelector("#editor-config");
  if (!tag?.textContent) throw new Error("The page does not say which text is to be edited.");
  return JSON.parse(tag.textContent) as Config;
}

export function wordsOf(config: Config): Words {
  return new Words(config.words, document.documentElement.lang || "en");
}

/** An address of the page with an id put in. */
export function address(config: Config, name: string, id = ""): string {
  const pattern = config.urls[name] ?? "";
  return pattern.replace("ID", encodeURIComponent(id));
}

/** The token that Django wants with every POST. */
export function csrfToken(): string {
  const cookie = document.cookie
    .split("; ")
    .find((pair) => pair.startsWith("csrftoken="))
    ?.slice("csrftoken=".length);
  const field = document.querySelector<HTMLInputElement>("[name=csrfmiddlewaretoken]");
  return cookie ?? field?.value ?? "";
}
