// The main page: last hour, filters, live list, and the task drawer over it.
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Outlet } from "@tanstack/react-router";
import { useState } from "react";
import { statsQuery } from "../data/queries.js";
import type { WireTask } from "../lib/api.js";
import { useConnection } from "../live/connection.js";
import { Overview } from "../overview/Overview.js";
import { Notice } from "../parts/Notice.js";
import { Skeleton } from "../parts/Skeleton.js";
import { explain } from "../parts/toasts.js";
import { editDialog } from "./editing.js";
import { Filters } from "./Filters.js";
import { FirstTask } from "./FirstTask.js";
import { ListFooter } from "./ListFooter.js";
import { NothingFound } from "./NothingFound.js";
import { RetryAll } from "./RetryAll.js";
import { StatusTabs } from "./StatusTabs.js";
import { TaskTable } from "./TaskTable.js";
import { useTaskList } from "./useTaskList.js";

const route = getRouteApi("/tasks");

export function TasksPage() {
  const search = route.useSearch();
  const list = useTaskList(search);
  const { data: stats } = useQuery(statsQuery);
  // Here, not in the row: a dialog stays open when its row leaves the list.
  const [edited, setEdited] = useState<WireTask>();
  const filtered = Object.keys(search).length > 0;
  const never = stats !== undefined && Object.values(stats.counts).every((count) => count === 0);

  return (
    <>
      {list.loaded && list.tasks.length === 0 && !filtered && never ? (
        <FirstTask />
      ) : (
        <>
          <Overview />
          <StoreNotice error={list.error} retry={list.refresh} />
          <StatusTabs search={search} />
          <Filters search={search}>
            {search.status === "FAILED" && <RetryAll search={search} list={list} />}
          </Filters>
          {list.searchedUntil && (
            <Notice
              strong={`Searched back to ${list.searchedUntil}.`}
              action={{ label: "Continue search", onClick: list.more }}
            >
              {list.tasks.length} found so far.
            </Notice>
          )}
          {!list.loaded && !list.error && <Skeleton />}
          {list.loaded && list.tasks.length === 0 && <NothingFound search={search} list={list} />}
          {list.tasks.length > 0 && <TaskTable list={list} onEdit={setEdited} />}
          <LiveNotice />
          <ListFooter list={list} />
        </>
      )}
      {edited && <editDialog.Component task={edited} onClose={() => setEdited(undefined)} />}
      <Outlet />
    </>
  );
}

function StoreNotice({ error, retry }: { readonly error: unknown; readonly retry: () => void }) {
  if (error) {
    return (
      <Notice status="FAILED" strong="Couldn't load tasks." action={{ label: "Try again", onClick: retry }}>
        {explain(error)}
      </Notice>
    );
  }
  return null;
}

function LiveNotice() {
  const connection = useConnection();
  if (connection === "polling" || connection === "reconnecting") {
    return (
      <Notice status="PENDING" waitingFor="retry" strong="Live updates are off." afloat>
        {connection === "polling"
          ? "Polling every 5 s instead."
          : "The server does not respond; reconnecting."}
      </Notice>
    );
  }
  return null;
}
