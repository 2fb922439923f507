// A sparkline.

const WIDTH = 96;
const HEIGHT = 20;

export function Spark({ values }: { readonly values: readonly number[] }) {
  const most = Math.max(1, ...values);
  const shown = values.length > 1 ? values : [0, 0];
  const points = shown
    .map((value, index) => {
      const x = (index * WIDTH) / (shown.length - 1);
      const y = HEIGHT - 1 - ((HEIGHT - 3) * value) / most;
      return `${x.toFixed(1)} ${y.toFixed(1)}`;
    })
    .join(" ");
  return (
    <svg className="spark" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true">
      <path className="area" d={`M${points}V${HEIGHT}H0z`} />
      <path d={`M${points}`} />
    </svg>
  );
}
