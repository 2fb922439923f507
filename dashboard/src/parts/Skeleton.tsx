// Grey bars in place of a list that is being read.
import { useEffect, useState } from "react";
import { after } from "../lib/clock.js";

/** Shown only where reading takes long enough to be noticed. */
export function Skeleton() {
  const [late, setLate] = useState(false);
  useEffect(() => after(150, () => setLate(true)), []);
  if (!late) return null;
  return (
    <div className="skeleton px-6" aria-hidden="true">
      {["w-44", "w-36", "w-52", "w-40"].map((width) => (
        <div key={width}>
          <i className="w-16" />
          <i className="w-28" />
          <i className={width} />
        </div>
      ))}
    </div>
  );
}
