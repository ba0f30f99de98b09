// data-opens="ID" on a button or a link opens the dialog with that id; a press outside closes it.
document.addEventListener("click", (event) => {
  if (!(event.target instanceof Element)) return;
  const opener = event.target.closest("[data-opens]");
  if (opener) {
    const dialog = document.getElementById(opener.dataset.opens);
    if (dialog instanceof HTMLDialogElement && !event.metaKey && !event.ctrlKey) {
      event.preventDefault();
      dialog.showModal();
    }
    return;
  }
  const dialog = event.target;
  if (dialog instanceof HTMLDialogElement && dialog.matches("dialog.dialog[open]")) {
    const box = dialog.getBoundingClientRect();
    const inside =
      event.clientX >= box.left &&
      event.clientX <= box.right &&
      event.clientY >= box.top &&
      event.clientY <= box.bottom;
    // A dialog in which something has been typed is not closed by a slip of the hand.
    const typed = [...dialog.querySelectorAll("textarea, input[type=text]")].some(
      (field) => field.value !== field.defaultValue,
    );
    if (!inside && !typed && event.detail > 0) dialog.close();
  }
});
