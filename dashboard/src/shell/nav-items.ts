// The items of the side navigation and the tab bar, and which of them is current.
import { useRouterState } from "@tanstack/react-router";
import { BookOpen, Braces, Cpu, ListTree, type LucideIcon, Menu, Plus, TriangleAlert } from "lucide-react";
import type { TaskSearch } from "../data/search.js";

export interface NavItem {
  readonly name: string;
  readonly to: "/tasks" | "/new" | "/queues" | "/workers";
  readonly search?: TaskSearch;
  readonly icon: LucideIcon;
}

export const TASKS_ITEM: NavItem = { name: "Tasks", to: "/tasks", icon: ListTree };
export const FAILED_ITEM: NavItem = {
  name: "Failed",
  to: "/tasks",
  search: { status: "FAILED" },
  icon: TriangleAlert,
};
export const QUEUES_ITEM: NavItem = { name: "Queues", to: "/queues", icon: Menu };
export const WORKERS_ITEM: NavItem = { name: "Workers", to: "/workers", icon: Cpu };
export const NEW_ITEM: NavItem = { name: "New task", to: "/new", icon: Plus };
export const GuideIcon = BookOpen;
export const DocsIcon = Braces;

export function useCurrentItem(): NavItem {
  return useRouterState({
    select: ({ location: { pathname, search } }) => {
      if (pathname.startsWith("/queues")) return QUEUES_ITEM;
      if (pathname.startsWith("/workers")) return WORKERS_ITEM;
      if (pathname.startsWith("/new")) return NEW_ITEM;
      return search.status === "FAILED" ? FAILED_ITEM : TASKS_ITEM;
    },
  });
}
