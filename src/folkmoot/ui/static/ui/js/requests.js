// htmx: the token against forged requests, and words when something goes wrong.
import { say } from "./toast-region.js";

const words = (name) => document.querySelector("toast-region")?.dataset[name] ?? "";
const cookie = (name) =>
  document.cookie
    .split("; ")
    .find((pair) => pair.startsWith(`${name}=`))
    ?.slice(name.length + 1);

document.addEventListener("htmx:configRequest", (event) => {
  const token = cookie("csrftoken") ?? document.querySelector("[name=csrfmiddlewaretoken]")?.value;
  if (token && event.detail.verb !== "get") event.detail.headers["X-CSRFToken"] = token;
});

// A form refused with 409 or 422 comes back with its errors and is shown.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { status } = event.detail.xhr;
  if (status === 409 || status === 422) {
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  }
});

document.addEventListener("htmx:responseError", (event) => {
  const { status } = event.detail.xhr;
  say(words(status === 403 ? "forbidden" : status >= 500 ? "broken" : "failed"), "error");
});
for (const name of ["htmx:sendError", "htmx:timeout"])
  document.addEventListener(name, () => say(words(navigator.onLine ? "failed" : "offline"), "error"));
addEventListener("offline", () => say(words("offline"), "warning"));
