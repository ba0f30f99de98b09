// Every small behaviour of the interface. Each page works without any of them.
import "./theme-switch.js";
import "./toast-region.js";
import "./dialogs.js";
import "./growing.js";
import "./combo-box.js";
import "./copy-button.js";
import "./unsaved-guard.js";
import "./submit-once.js";
import "./shortcut-keys.js";
import "./footnotes.js";
import "./state-bar.js";
import "./error-focus.js";
import "./file-size.js";
import "./requests.js";
