// Loaded before the first paint, so that a remembered choice shows without a flash.
try {
  const theme = localStorage.getItem("theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // No storage: the device's own setting holds.
}
