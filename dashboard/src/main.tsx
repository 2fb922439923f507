// Starts the dashboard: cache, event stream, router.
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { statsQuery, taskListQuery } from "./data/queries.js";
import { readTaskSearch } from "./data/search.js";
import { ApiError } from "./lib/api.js";
import { after } from "./lib/clock.js";
import { startStream } from "./live/stream.js";
import { provideRest } from "./parts/lazily.js";
import { router } from "./router.js";
import "./styles/index.css";

/** Fonts of the first page; index.html preloads them. */
const FONTS = ["400 13px Plex Sans", "500 13px Plex Sans", "600 13px Plex Sans", "400 12px Plex Mono"];
const LONGEST_FONT_WAIT_MS = 500;

const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      // The stream keeps data up to date, so returning to the window needs no refetch, and neither does a second component.
      staleTime: 1000,
      refetchOnWindowFocus: false,
      refetchOnReconnect: false,
      retry: (failures, error) => failures < 2 && !(error instanceof ApiError && error.status < 500),
    },
  },
});

const element = document.getElementById("root");
const streaming = startStream(queryClient);
provideRest(() => import("./rest.js"));

/** Fetches the data of the first page while the page itself is prepared. */
function prefetch(): void {
  void queryClient.prefetchQuery(statsQuery);
  const { pathname, search } = router.latestLocation;
  if (/^\/(?:tasks(?:\/|$)|$)/.test(pathname)) {
    void queryClient.prefetchInfiniteQuery(taskListQuery(readTaskSearch(search)));
  }
}

function render(): void {
  if (!element) throw new Error("index.html has no #root element");
  createRoot(element).render(
    <StrictMode>
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </StrictMode>,
  );
}

// Text drawn before its font is loaded would shift when the font arrives.
const loaded = Promise.allSettled(FONTS.map((font) => document.fonts.load(font)));
const longEnough = new Promise<void>((resolve) => after(LONGEST_FONT_WAIT_MS, resolve));
void Promise.all([streaming.then(prefetch), Promise.race([loaded, longEnough])]).then(render);
