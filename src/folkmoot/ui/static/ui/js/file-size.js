// A file that is larger than its field allows is named before it is sent, not after.
document.addEventListener("change", (event) => {
  const input = event.target;
  if (!(input instanceof HTMLInputElement) || input.type !== "file" || !input.dataset.limit) return;
  const large = [...input.files].find((file) => file.size > Number(input.dataset.limit));
  const hint = document.getElementById(`${input.id}_sizehint`);
  input.setCustomValidity(large ? `${large.name}: ${hint?.textContent ?? ""}` : "");
  input.reportValidity();
});
