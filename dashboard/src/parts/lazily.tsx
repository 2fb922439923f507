// Components that are loaded after the first page. All of them are in one file (rest.ts), which is fetched once the first
// page is shown; where that fails, the page stays, says so, and offers to try again.
import { type ComponentType, type ReactNode, useEffect, useState } from "react";
import { client } from "../lib/api.js";
import { Notice } from "./Notice.js";
import { explain } from "./toasts.js";

let load: () => Promise<unknown> = () =>
  Promise.reject(new Error("No file with the other components is known."));

/** Sets how the file with all these components is loaded. */
export function provideRest(loadRest: () => Promise<unknown>): void {
  load = loadRest;
}

/** Loads all of them, so that they open immediately, also when the server is no longer reachable. Resolves to whether it could. */
export async function loadRest(): Promise<boolean> {
  try {
    await load();
    return true;
  } catch (error) {
    console.info("Could not load the rest of the dashboard yet:", error);
    return false;
  }
}

export interface Lazy<Props extends object> {
  /** Draws nothing until the component is loaded. */
  readonly Component: (props: Props) => ReactNode;
  /** Called by the file that has the component. */
  fill(component: ComponentType<Props>): void;
}

/** Call once for each component, outside of components. */
export function lazily<Props extends object>(): Lazy<Props> {
  let loaded: ComponentType<Props> | undefined;
  return {
    fill(component) {
      loaded = component;
    },
    Component(props) {
      const [, setIsLoaded] = useState(false);
      const [fault, setFault] = useState<unknown>();
      useEffect(() => {
        let left = false;
        load().then(
          () => left || setIsLoaded(true),
          (error: unknown) => left || setFault(error),
        );
        return () => {
          left = true;
        };
      }, []);
      const tryAgain = async () => {
        const [health] = await Promise.allSettled([client.health()]);
        if (health.status === "rejected") return setFault(health.reason);
        // Browsers remember that a file could not be loaded, and after an update it has another name: a new page helps.
        if (!(await loadRest())) return location.reload();
        setFault(undefined);
        setIsLoaded(true);
      };
      const Part = loaded;
      if (Part) return <Part {...props} />;
      if (fault === undefined) return null;
      return (
        <Notice
          status="FAILED"
          strong="Couldn't load this part of the dashboard."
          afloat
          action={{ label: "Try again", onClick: () => void tryAgain() }}
        >
          {fault instanceof TypeError ? "Couldn't reach the server." : explain(fault)}
        </Notice>
      );
    },
  };
}
