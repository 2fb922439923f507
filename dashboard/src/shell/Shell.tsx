// The frame around every page: side navigation, header, tab bar on phones, toasts.
import { useQuery } from "@tanstack/react-query";
import { Outlet, useNavigate } from "@tanstack/react-router";
import { lazy, Suspense, useCallback, useMemo, useState } from "react";
import { statsQuery } from "../data/queries.js";
import { ApiError } from "../lib/api.js";
import { useFindKey, useKeys } from "../lib/keys.js";
import { HatchPattern } from "../parts/Glyph.js";
import { Header } from "./Header.js";
import { Rail } from "./Rail.js";
import { TabBar } from "./TabBar.js";
import { useTitleBadge } from "./useTitleBadge.js";

// Loaded later: no toast is shown before the page itself.
const Toasts = lazy(() => import("../parts/Toasts.js").then((module) => ({ default: module.Toasts })));
const SignIn = lazy(() => import("./SignIn.js").then((module) => ({ default: module.SignIn })));
const HelpSheet = lazy(() => import("./HelpSheet.js").then((module) => ({ default: module.HelpSheet })));
const Palette = lazy(() => import("./Palette.js").then((module) => ({ default: module.Palette })));

export function Shell() {
  const navigate = useNavigate();
  const [help, setHelp] = useState(false);
  const [finding, setFinding] = useState(false);
  const find = useCallback(() => setFinding(true), []);
  useFindKey(find);
  useTitleBadge();
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
      <Suspense>
        <Toasts />
      </Suspense>
      {finding && (
        <Suspense>
          <Palette onClose={() => setFinding(false)} />
        </Suspense>
      )}
      {error instanceof ApiError && error.status === 401 && (
        <Suspense>
          <SignIn />
        </Suspense>
      )}
      {help && (
        <Suspense>
          <HelpSheet onClose={() => setHelp(false)} />
        </Suspense>
      )}
    </>
  );
}
