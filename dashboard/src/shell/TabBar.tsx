// The bar at the foot of a phone.
import { PlainLink } from "../parts/PlainLink.js";
import {
  FAILED_PLACE,
  NEW_PLACE,
  QUEUES_PLACE,
  TASKS_PLACE,
  useCurrentPlace,
  WORKERS_PLACE,
} from "./places.js";

const PLACES = [TASKS_PLACE, FAILED_PLACE, NEW_PLACE, QUEUES_PLACE, WORKERS_PLACE];

export function TabBar() {
  const here = useCurrentPlace();
  return (
    <nav className="tabbar" aria-label="Main">
      {PLACES.map((place) => (
        <PlainLink
          key={place.name}
          to={place.to}
          {...(place.search && { search: place.search })}
          current={place === here && "page"}
          {...(place === NEW_PLACE && { className: "add", "aria-label": place.name })}
        >
          {place === NEW_PLACE ? (
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
