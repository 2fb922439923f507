// The frame around every page: side navigation, header, tab bar on phones, toasts.
import { useQuery } from "@tanstack/react-query";
import { Outlet, useNavigate, useRouterState } from "@tanstack/react-router";
import { type ComponentProps, useCallback, useEffect, useMemo, useState } from "react";
import { statsQuery } from "../data/queries.js";
import { ApiError } from "../lib/api.js";
import { after } from "../lib/clock.js";
import { useFindKey, useKeys } from "../lib/keys.js";
import { useConnection } from "../live/connection.js";
import { HatchPattern } from "../parts/Glyph.js";
import { lazily, loadRest } from "../parts/lazily.js";
import { Header } from "./Header.js";
import type { HelpSheet } from "./HelpSheet.js";
import type { Palette } from "./Palette.js";
import { Rail } from "./Rail.js";
import { TabBar } from "./TabBar.js";
import { useTitleBadge } from "./useTitleBadge.js";

export const toasts = lazily<object>();
export const signIn = lazily<object>();
export const helpSheet = lazily<ComponentProps<typeof HelpSheet>>();
export const palette = lazily<ComponentProps<typeof Palette>>();

/** After the first page is shown, so that it does not compete with it for the connection. */
const REST_MS = 300;

export function Shell() {
  const navigate = useNavigate();
  const [help, setHelp] = useState(false);
  const [finding, setFinding] = useState(false);
  const find = useCallback(() => setFinding(true), []);
  useFindKey(find);
  useTitleBadge();
  useTopOfPage();
  const isRestLoaded = useRest();
  const { error } = useQuery(statsQuery);
  useKeys(
    useMemo(
      () => ({
        n: () => void navigate({ to: "/new" }),
        t: () => void navigate({ to: "/tasks" }),
        f: () => void navigate({ to: "/tasks", search: { status: "FAILED" } }),
        q: () => void navigate({ to: "/queues" }),
        w: () => void navigate({ to: "/workers" }),
        "?": () => setHelp(true),
      }),
      [navigate],
    ),
  );
  return (
    <>
      <HatchPattern />
      <Rail />
      <div className="main">
        <Header onFind={find} />
        <main>
          <Outlet />
        </main>
      </div>
      <TabBar />
      {isRestLoaded && <toasts.Component />}
      {finding && <palette.Component onClose={() => setFinding(false)} onHelp={() => setHelp(true)} />}
      {error instanceof ApiError && error.status === 401 && <signIn.Component />}
      {help && <helpSheet.Component onClose={() => setHelp(false)} />}
    </>
  );
}

/** Begins another page, or a list with other filters, at its top. Opening and closing a task keeps the place. */
function useTopOfPage(): void {
  const page = useRouterState({
    select: ({ location: { pathname, searchStr } }) => `${pathname.split("/")[1]} ${searchStr}`,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: scrolls when the page changes.
  useEffect(() => window.scrollTo({ top: 0 }), [page]);
}

/** Loads the other pages and dialogs once this one is shown and the server responds; true when they are there. */
function useRest(): boolean {
  const [isLoaded, setIsLoaded] = useState(false);
  const connection = useConnection();
  const isUp = connection === "live" || connection === "polling";
  useEffect(() => {
    if (!isUp || isLoaded) return;
    return after(REST_MS, () => void loadRest().then(setIsLoaded));
  }, [isUp, isLoaded]);
  return isLoaded;
}
