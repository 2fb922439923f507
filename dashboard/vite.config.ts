// How the page is built and served while it is worked on. In production our own server serves dist/dashboard.
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const server = process.env.TASKWRIGHT_URL ?? "http://127.0.0.1:8000";

export default defineConfig(({ command }) => {
  // A test run may start the build; the page is React's production build nevertheless.
  if (command === "build") process.env.NODE_ENV = "production";
  return {
    root: import.meta.dirname,
    // The page may be mounted under a prefix: all that it loads is relative to the base in the document.
    base: command === "build" ? "./" : "/",
    plugins: [react(), tailwindcss()],
    build: {
      outDir: "../dist/dashboard",
      emptyOutDir: true,
      // A data: URL would break the page's policy.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
    },
    server: {
      host: "127.0.0.1",
      proxy: Object.fromEntries(
        ["/api", "/docs", "/openapi.json"].map((path) => [path, { target: server, changeOrigin: true }]),
      ),
    },
  };
});
