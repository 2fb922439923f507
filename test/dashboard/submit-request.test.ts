// A submit request as the dashboard shows it: complete in every form.
import { expect, test } from "vitest";
import { requestAs } from "../../dashboard/src/data/submit-request.js";

const request = {
  task_type: "data_processing",
  parameters: { rows: 1000, title: "It's a test" },
  queue: "night shift",
  priority: -5,
  max_attempts: 2,
  delay: "30s",
  tags: ["a", "b c"],
  summary: undefined,
};

test("the command line has the options, too", () => {
  expect(requestAs("cli", request, "http://127.0.0.1:8000")).toBe(
    "npx taskwright submit data_processing -p rows=1000 -p 'title=It'\\''s a test' --queue='night shift' " +
      "--priority=-5 --max-attempts=2 --delay=30s --tag=a --tag='b c' --wait",
  );
});

test("every form names the server and the options", () => {
  for (const form of ["curl", "cli", "typescript"] as const) {
    const text = requestAs(form, request, "https://tasks.example.com/jobs");
    expect(text).toContain("https://tasks.example.com/jobs");
    for (const option of ["night shift", "-5", "30s", "b c"]) expect(text).toContain(option);
    expect(text).not.toContain("summary");
  }
});

test("a retry is shown as one, in every form", () => {
  const retry = { ...request, retry_of: "0199d8a4-6c32-7b1e-9f04-2ad0c85e7713" };
  expect(requestAs("cli", retry, "http://127.0.0.1:8000")).toBe(
    `npx taskwright retry ${retry.retry_of} --params '{"rows":1000,"title":"It'\\''s a test"}' --wait`,
  );
  expect(requestAs("typescript", retry, "http://127.0.0.1:8000")).toContain(
    `client.retry("${retry.retry_of}", {`,
  );
  for (const form of ["json", "curl"] as const) {
    const text = requestAs(form, retry, "http://127.0.0.1:8000");
    expect(text).toContain(`/api/tasks/${retry.retry_of}/retry`);
    expect(text).toContain("rows");
    for (const left of ["retry_of", "task_type"]) expect(text).not.toContain(left);
  }
});
