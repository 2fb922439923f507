// The bar at the foot of a phone.
import { PlainLink } from "../parts/PlainLink.js";
import { FAILED_ITEM, NEW_ITEM, QUEUES_ITEM, TASKS_ITEM, useCurrentItem, WORKERS_ITEM } from "./nav-items.js";

const PLACES = [TASKS_ITEM, FAILED_ITEM, NEW_ITEM, QUEUES_ITEM, WORKERS_ITEM];

export function TabBar() {
  const here = useCurrentItem();
  return (
    <nav className="tabbar" aria-label="Main">
      {PLACES.map((place) => (
        <PlainLink
          key={place.name}
          to={place.to}
          {...(place.search && { search: place.search })}
          current={place === here && "page"}
          {...(place === NEW_ITEM && { className: "add", "aria-label": place.name })}
        >
          {place === NEW_ITEM ? (
            <span>
              <place.icon className="i" aria-hidden />
            </span>
          ) : (
            <>
              <place.icon className="i" aria-hidden />
              {place.name}
            </>
          )}
        </PlainLink>
      ))}
    </nav>
  );
}
