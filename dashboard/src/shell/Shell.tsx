// The frame around every page: rail, header, bar of the phone, toasts.
import { useQuery } from "@tanstack/react-query";
import { Outlet, useNavigate } from "@tanstack/react-router";
import { lazy, Suspense, useMemo, useState } from "react";
import { ApiError } from "../lib/api.js";
import { useKeys } from "../lib/keys.js";
import { HatchPattern } from "../parts/Glyph.js";
import { statsQuery } from "../tasks/queries.js";
import { Header } from "./Header.js";
import { Rail } from "./Rail.js";
import { TabBar } from "./TabBar.js";
import { useTitleBadge } from "./useTitleBadge.js";

// Nobody needs a toast before the page is there.
const Toasts = lazy(() => import("../parts/Toasts.js").then((module) => ({ default: module.Toasts })));
const SignIn = lazy(() => import("./SignIn.js").then((module) => ({ default: module.SignIn })));
const HelpSheet = lazy(() => import("./HelpSheet.js").then((module) => ({ default: module.HelpSheet })));

export function Shell() {
  const navigate = useNavigate();
  const [help, setHelp] = useState(false);
  useTitleBadge();
  const { error } = useQuery(statsQuery);
  useKeys(
    useMemo(
      () => ({
        n: () => void navigate({ to: "/new" }),
        "?": () => setHelp(true),
      }),
      [navigate],
    ),
  );
  if (error instanceof ApiError && error.status === 401) {
    return (
      <Suspense>
        <SignIn />
      </Suspense>
    );
  }
  return (
    <>
      <HatchPattern />
      <Rail />
      <div className="main">
        <Header />
        <main>
          <Outlet />
        </main>
      </div>
      <TabBar />
      <Suspense>
        <Toasts />
      </Suspense>
      {help && (
        <Suspense>
          <HelpSheet onClose={() => setHelp(false)} />
        </Suspense>
      )}
    </>
  );
}
