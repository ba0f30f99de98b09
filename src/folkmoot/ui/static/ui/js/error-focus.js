// After a form came back, the summary of its errors takes the focus; its links focus the fields.
const summary = document.querySelector("[data-focus-first]");
if (summary) {
  summary.focus();
  if (!document.title.startsWith("⚠")) document.title = `⚠ ${document.title}`;
}
document.addEventListener("click", (event) => {
  const link = event.target instanceof Element ? event.target.closest(".error-summary a") : null;
  const field = link && document.querySelector(link.getAttribute("href"));
  if (!field) return;
  event.preventDefault();
  field.focus();
  (field.closest(".field") ?? field).scrollIntoView({ block: "start" });
});
