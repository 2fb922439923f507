// What the API docs look like beyond the library's own style: the colors of the dashboard, in light and dark, with enough contrast,
// and names for controls that have none.

/** The theme that was chosen on the dashboard, or else the system's. */
const SCRIPT = `
const system = matchMedia("(prefers-color-scheme: dark)");
function apply() {
  const chosen = localStorage.getItem("taskwright.theme");
  const isDark = chosen === "dark" || (chosen !== "light" && system.matches);
  document.documentElement.classList.toggle("dark-mode", isDark);
}
apply();
system.addEventListener("change", apply);
document.documentElement.lang = "en";
new MutationObserver(() => {
  for (const select of document.querySelectorAll("select:not([aria-label])")) {
    select.setAttribute("aria-label", select.id === "servers" ? "Server" : "Media type");
  }
  for (const block of document.querySelectorAll("pre:not([tabindex])")) block.tabIndex = 0;
  // A link in a button: the button opens the same.
  for (const link of document.querySelectorAll(".opblock-summary-control a[href]")) link.removeAttribute("href");
}).observe(document, { childList: true, subtree: true });
`;

/** Background of the name of a method; white text on it has a contrast of at least 5.9. */
const METHODS = { get: "#0f52b8", post: "#17663a", patch: "#0b5e6b", put: "#8a4b00", delete: "#a8201a" };

const STYLE = `
html { --ink: #16181d; --quiet: #4a4f59; --canvas: #f7f6f3; --surface: #fff; --line: #8a8f99; --link: #0f52b8; }
html.dark-mode { --ink: #ecedef; --quiet: #a9afb9; --canvas: #0e1013; --surface: #15181d; --line: #6b727e; --link: #8fb9ff; }
html, body { background: var(--canvas); }
.swagger-ui, .swagger-ui .scheme-container { background: var(--canvas); box-shadow: none; }
.swagger-ui :is(h1, h2, h3, h4, h5, p, li, td, th, label, small, span.prop-type, .markdown, .tab li, .opblock-tag,
  .opblock-tag small, .opblock-summary-description, .opblock-summary-path, .opblock-summary-path a, .parameter__name, .parameter__type,
  .parameter__in, .parameter__deprecated, .response-col_status, .response-col_links, .response-control-media-type__title,
  .response-control-media-type__accept-message, .model, .model-title, .prop-format, .json-schema-2020-12__title,
  .json-schema-2020-12-keyword__name, .json-schema-2020-12-keyword__value, .json-schema-2020-12-accordion,
  .json-schema-2020-12-expand-deep-button, .btn) { color: var(--ink) !important; }
.swagger-ui :is(.opblock-summary-description, .opblock-tag small, .parameter__in, .prop-format) { color: var(--quiet) !important; }
.swagger-ui :is(a, .info a, .link) { color: var(--link) !important; }
.swagger-ui .info .title small { background: var(--quiet) !important; }
.swagger-ui .info .title small pre.version { color: var(--surface) !important; }
.swagger-ui .opblock { background: var(--surface) !important; border-color: var(--line) !important; box-shadow: none; }
.swagger-ui .opblock :is(.opblock-section-header, .responses-inner, .opblock-summary) { background: transparent !important; box-shadow: none; }
.swagger-ui .opblock-summary-path a { display: inline-block; min-height: 24px; line-height: 24px; }
.swagger-ui :is(input, select, textarea) { background: var(--surface) !important; color: var(--ink) !important; border: 1px solid var(--line) !important; }
.swagger-ui .parameter__name.required :is(span, &::after) { color: #a8201a; }
html.dark-mode .swagger-ui .parameter__name.required :is(span, &::after) { color: #ff9c93; }
.swagger-ui .microlight span[style*="211, 99, 99"] { color: #ff9c93 !important; }
@media (prefers-reduced-motion: reduce) { .swagger-ui * { transition: none !important; } }
${Object.entries(METHODS)
  .map(
    ([name, color]) =>
      `.swagger-ui .opblock.opblock-${name} .opblock-summary-method { background: ${color} !important; color: #fff !important; }`,
  )
  .join("\n")}
`;

export const DOCS_THEME = {
  title: "Taskwright API",
  js: [{ filename: "taskwright.js", content: SCRIPT }],
  css: [{ filename: "taskwright.css", content: STYLE }],
};
