// The tab bar at the bottom of the screen on phones.
import { PlainLink } from "../parts/PlainLink.js";
import { FAILED_ITEM, NEW_ITEM, QUEUES_ITEM, TASKS_ITEM, useCurrentItem, WORKERS_ITEM } from "./nav-items.js";

const ITEMS = [TASKS_ITEM, FAILED_ITEM, NEW_ITEM, QUEUES_ITEM, WORKERS_ITEM];

export function TabBar() {
  const current = useCurrentItem();
  return (
    <nav className="tabbar" aria-label="Main">
      {ITEMS.map((item) => (
        <PlainLink
          key={item.name}
          to={item.to}
          {...(item.search && { search: item.search })}
          current={item === current && "page"}
          {...(item === NEW_ITEM && { className: "add", "aria-label": item.name })}
        >
          {item === NEW_ITEM ? (
            <span>
              <item.icon className="i" aria-hidden />
            </span>
          ) : (
            <>
              <item.icon className="i" aria-hidden />
              {item.name}
            </>
          )}
        </PlainLink>
      ))}
    </nav>
  );
}
