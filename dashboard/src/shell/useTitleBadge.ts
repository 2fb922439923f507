// The window title: the page, and how many tasks have failed since the page was last visible.
import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { statsQuery } from "../data/queries.js";
import { useCurrentItem } from "./nav-items.js";

export function useTitleBadge(): void {
  const { name } = useCurrentItem();
  const failed = useQuery({ ...statsQuery, select: (stats) => stats.counts.FAILED }).data;
  const [seen, setSeen] = useState<number>();

  useEffect(() => {
    const look = () => {
      if (!document.hidden) setSeen(failed);
    };
    look();
    document.addEventListener("visibilitychange", look);
    return () => document.removeEventListener("visibilitychange", look);
  }, [failed]);

  const fresh = failed !== undefined && seen !== undefined ? Math.max(0, failed - seen) : 0;
  useEffect(() => {
    document.title = `${fresh > 0 ? `(${fresh} failed) ` : ""}${name} · Taskwright`;
  }, [name, fresh]);
}
