/** What a job has to say when it failed: in words, and read out. */
import { Notice } from "./Notice.tsx";

interface Props {
  readonly job: { readonly error: { readonly value: string | null } };
}

export function JobNotice({ job }: Props) {
  const error = job.error.value;
  if (error === null) return null;
  return (
    <Notice kind="bad" title="The computation stopped">
      {error}
    </Notice>
  );
}
