/** Catches what a section throws and says it in plain words; the rest of the page goes on. */
import { Component, type ComponentChildren } from "preact";
import { Notice } from "../ui/Notice.tsx";

interface Props {
  /** A new value clears the error: another section was opened. */
  readonly resetKey: string;
  readonly children: ComponentChildren;
}

interface State {
  readonly error: Error | null;
  readonly key: string;
}

export class ErrorBoundary extends Component<Props, State> {
  override state: State = { error: null, key: this.props.resetKey };

  static override getDerivedStateFromProps(props: Props, state: State): Partial<State> | null {
    return props.resetKey === state.key ? null : { error: null, key: props.resetKey };
  }

  static override getDerivedStateFromError(error: unknown): Partial<State> {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override render({ children }: Props, { error }: State) {
    if (error === null) return children;
    return (
      <Notice kind="bad" title="This part of the page stopped">
        <p>
          It said: <q>{error.message}</q>. Your quotes and the other sections are untouched.
        </p>
        <button type="button" class="button" onClick={() => this.setState({ error: null })}>
          Try again
        </button>
      </Notice>
    );
  }
}
