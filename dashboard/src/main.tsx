// Starts the page: cache, stream, router.
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { statsQuery, taskListQuery } from "./data/queries.js";
import { readTaskSearch } from "./data/search.js";
import { ApiError } from "./lib/api.js";
import { after } from "./lib/clock.js";
import { startStream } from "./live/stream.js";
import { router } from "./router.js";
import "./styles/index.css";

/** What the first page is written in; index.html asks for them beforehand. */
const FONTS = ["400 13px Plex Sans", "500 13px Plex Sans", "600 13px Plex Sans", "400 12px Plex Mono"];
const LONGEST_FONT_WAIT_MS = 500;

const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      // The stream keeps what is shown up to date; coming back to the window is no reason to ask again.
      refetchOnWindowFocus: false,
      refetchOnReconnect: false,
      retry: (failures, error) => failures < 2 && !(error instanceof ApiError && error.status < 500),
    },
  },
});

const element = document.getElementById("root");
if (!element) throw new Error("index.html has no element #root");
startStream(queryClient);

// What the first page shows is on its way while the page itself is made ready.
void queryClient.prefetchQuery(statsQuery);
const { pathname, search } = router.latestLocation;
if (pathname === "/" || pathname === "/tasks") {
  void queryClient.prefetchInfiniteQuery(taskListQuery(readTaskSearch(search)));
}

// Text that is drawn before its font is there jumps when it comes.
const loaded = Promise.allSettled(FONTS.map((font) => document.fonts.load(font)));
await Promise.race([loaded, new Promise<void>((resolve) => after(LONGEST_FONT_WAIT_MS, resolve))]);

createRoot(element).render(
  <StrictMode>
    <QueryClientProvider client={queryClient}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  </StrictMode>,
);
