// Textareas grow with their words by CSS; browsers that cannot are helped.
if (!CSS.supports("field-sizing", "content")) {
  const grow = (area) => {
    const outer = area.offsetHeight - area.clientHeight;
    area.style.blockSize = "auto";
    area.style.blockSize = `${area.scrollHeight + outer}px`;
  };
  document.addEventListener("input", (event) => {
    if (event.target instanceof HTMLTextAreaElement) grow(event.target);
  });
  for (const area of document.querySelectorAll("textarea")) if (area.value) grow(area);
}
