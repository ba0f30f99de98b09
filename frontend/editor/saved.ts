// What is saved, in words, always in sight.
import type { Saved } from "./connection.ts";
import type { Editor } from "./editor.ts";
import { element, icon, listen } from "./elements.ts";
import type { Words } from "./words.ts";

/** The sentence for a state of saving. */
export function savedWords(words: Words, saved: Saved): string {
  switch (saved.state) {
    case "opening":
      return words.say("saved.opening");
    case "saved":
      return words.say("saved.all");
    case "saving":
      return words.say(saved.slow ? "saved.slow" : "saved.saving");
    case "offline":
      if (saved.waiting === 0) return words.say("saved.offline");
      return words.count(saved.kept ? "saved.offline.kept" : "saved.offline.open", saved.waiting);
    case "trouble":
      return words.say("saved.trouble");
    case "read":
      return saved.why ? words.say("saved.read.because", { why: saved.why }) : words.say("saved.read");
    case "stopped": {
      const why = saved.say || words.say(`stop.${saved.why}`, { code: saved.code });
      const told = words.say("saved.stopped", { why });
      return saved.waiting > 0 && saved.kept
        ? `${told} ${words.count("saved.stopped.kept", saved.waiting)}`
        : told;
    }
  }
}

const ICONS: Record<Saved["state"], string> = {
  opening: "wait",
  saved: "check",
  saving: "wait",
  offline: "device",
  trouble: "alert",
  read: "lock",
  stopped: "alert",
};

export class SavedState {
  constructor(editor: Editor) {
    const { words, room, announcer } = editor;
    const shown = element("p", { class: "saved" });
    const again = listen(
      element("button", { type: "button", class: "button button-small", hidden: true }, words.say("saved.again")),
      { click: () => room.retry() },
    );
    editor.slots.status.append(shown, again);
    let last: Saved["state"] = "opening";
    let steady: ReturnType<typeof setTimeout> | undefined;

    const show = (saved: Saved) => {
      const told = savedWords(words, saved);
      shown.dataset.state = saved.state;
      shown.replaceChildren(icon(ICONS[saved.state]), element("span", {}, told));
      again.hidden = !(saved.state === "stopped" && !["noText", "schema", "epoch"].includes(saved.why));
      if (saved.state === last) return;
      const before = last;
      last = saved.state;
      if (saved.state === "offline") announcer.say(words.say("say.offline"), "saved");
      else if (saved.state === "trouble") announcer.say(words.say("say.trouble"), "saved");
      else if (saved.state === "stopped") announcer.say(told, "saved");
      else if (before === "offline" || before === "trouble")
        announcer.say(words.say(before === "offline" ? "say.online" : "say.untroubled"), "saved");
    };
    editor.on("status", (saved) => {
      // Between two keys the words would flicker: "Saving…" is shown at once, "saved" when it lasts.
      clearTimeout(steady);
      if (saved.state === "saved" && last === "saving") steady = setTimeout(() => show(saved), 350);
      else show(saved);
    });
    room.on("role", ({ role, say }) => {
      announcer.say(
        role === "read" ? words.say("say.role.read", { why: say }) : words.say("say.role.write"),
        "role",
      );
    });
    room.on("notice", (notice) => {
      if (notice.code === "passage-limit" || notice.code === "read-only") editor.complain(notice.say);
    });
    show(room.saved);
  }
}
