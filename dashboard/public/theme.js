// Sets the chosen theme before the first paint. A file of its own: the page's policy allows no inline script.
(() => {
  try {
    const theme = localStorage.getItem("taskwright.theme");
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  } catch (error) {
    // Storage may be forbidden; the page then follows the system.
    console.info("The theme is not remembered:", error);
  }
})();
