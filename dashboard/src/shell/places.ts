// The pages that the rail and the bar of the phone lead to, and which of them one is at.
import { useRouterState } from "@tanstack/react-router";
import { BookOpen, Braces, Cpu, ListTree, type LucideIcon, Menu, Plus, TriangleAlert } from "lucide-react";
import type { TaskSearch } from "../tasks/search.js";

export interface Place {
  readonly name: string;
  readonly to: "/tasks" | "/new" | "/queues" | "/workers";
  readonly search?: TaskSearch;
  readonly icon: LucideIcon;
}

export const TASKS_PLACE: Place = { name: "Tasks", to: "/tasks", icon: ListTree };
export const FAILED_PLACE: Place = {
  name: "Failed",
  to: "/tasks",
  search: { status: "FAILED" },
  icon: TriangleAlert,
};
export const QUEUES_PLACE: Place = { name: "Queues", to: "/queues", icon: Menu };
export const WORKERS_PLACE: Place = { name: "Workers", to: "/workers", icon: Cpu };
export const NEW_PLACE: Place = { name: "New task", to: "/new", icon: Plus };
export const GuideIcon = BookOpen;
export const DocsIcon = Braces;

export function useCurrentPlace(): Place {
  return useRouterState({
    select: ({ location: { pathname, search } }) => {
      if (pathname.startsWith("/queues")) return QUEUES_PLACE;
      if (pathname.startsWith("/workers")) return WORKERS_PLACE;
      if (pathname.startsWith("/new")) return NEW_PLACE;
      return search.status === "FAILED" ? FAILED_PLACE : TASKS_PLACE;
    },
  });
}
