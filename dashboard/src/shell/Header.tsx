// The header of every page: title, last hour, connection state, theme.
import { Link } from "@tanstack/react-router";
import { Contrast, Moon, Plus, Search, Sun } from "lucide-react";
import { switchZone, TIME_ZONE } from "../lib/format.js";
import { switchTheme, type Theme, useTheme } from "../lib/theme.js";
import { type Connection, useConnection } from "../live/connection.js";
import { SmallPulse } from "../overview/Pulse.js";
import { useCurrentItem } from "./nav-items.js";

export function Header({ onFind }: { readonly onFind: () => void }) {
  const item = useCurrentItem();
  return (
    <header className="top">
      <div className="crumb">
        <h1>{item.to === "/tasks" ? "Tasks" : item.name}</h1>
      </div>
      <button type="button" className="find" aria-haspopup="dialog" onClick={onFind}>
        <Search className="i" aria-hidden />
        <span className="clip">Search or run a command</span>
        <kbd>{FIND_KEY}</kbd>
      </button>
      <div className="top-end">
        {item.to !== "/tasks" && <SmallPulse />}
        <ConnectionState />
        <button
          type="button"
          className="meta-btn hide-s zone"
          title={`All times are shown in ${TIME_ZONE}; click to switch between UTC and local time`}
          onClick={switchZone}
        >
          {TIME_ZONE}
        </button>
        <button
          type="button"
          className="icon-btn phone-only"
          aria-label="Search or run a command"
          aria-haspopup="dialog"
          onClick={onFind}
        >
          <Search className="i" aria-hidden />
        </button>
        <ThemeButton />
        {item.to !== "/new" && (
          <Link className="btn btn-primary hide-s" to="/new">
            <Plus className="i" aria-hidden />
            New task
          </Link>
        )}
      </div>
    </header>
  );
}

const FIND_KEY = /Mac|iPhone|iPad/.test(navigator.platform) ? "⌘K" : "Ctrl K";

const CONNECTION: Readonly<Record<Connection, { readonly word: string; readonly title: string }>> = {
  connecting: { word: "Connecting", title: "Connecting to the event stream" },
  live: { word: "Live", title: "Live: changes arrive as they happen" },
  reconnecting: { word: "Reconnecting", title: "The server does not respond; reconnecting" },
  polling: { word: "Polling", title: "No event stream; polling every 5 seconds" },
};

function ConnectionState() {
  const state = useConnection();
  const { word, title } = CONNECTION[state];
  return (
    <span className="meta-btn connection" role="status" title={title}>
      <span key={state}>
        <span className="live-dot" data-connection={state} />
        {word}
      </span>
    </span>
  );
}

const THEME = {
  system: { icon: Contrast, label: "Theme: system" },
  light: { icon: Sun, label: "Theme: light" },
  dark: { icon: Moon, label: "Theme: dark" },
} as const satisfies Record<Theme, unknown>;

function ThemeButton() {
  const { icon: Icon, label } = THEME[useTheme()];
  return (
    <button type="button" className="icon-btn" aria-label={label} title={label} onClick={switchTheme}>
      <Icon className="i" aria-hidden />
    </button>
  );
}
