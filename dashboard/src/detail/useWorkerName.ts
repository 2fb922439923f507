// The display name of a worker: host and pid if it is still known, otherwise the end of its id.
import { useQuery } from "@tanstack/react-query";
import { workersQuery } from "../data/queries.js";

export function useWorkerName(): (id: string) => string {
  const { data: workers = [] } = useQuery(workersQuery);
  return (id) => {
    const worker = workers.find((known) => known.id === id);
    return worker ? `${worker.host}, pid ${worker.pid}` : `…${id.slice(-12)}`;
  };
}
